//! What the runner is made from, and components of programs with it, as the binary carries it.

/// Each file: the length of its path, a colon, the path; the length of its content, a colon, the content. The digest of these
/// bytes is what a runner is known by.
const KIT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/python.kit"));

/// The file that is a program in Python for the machine itself, and does the building.
pub const PYTHON_BUILD: &str = "guest-shims/python/build";

/// Path and content of each file, below one folder.
pub fn python_kit() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    let mut rest = KIT;
    std::iter::from_fn(move || {
        let path = str::from_utf8(piece(&mut rest)?).ok()?;
        Some((path, piece(&mut rest)?))
    })
}

/// Takes off bytes with their length before them.
fn piece(rest: &mut &'static [u8]) -> Option<&'static [u8]> {
    let colon = rest.iter().position(|byte| *byte == b':')?;
    let (length, after) = rest.split_at_checked(colon)?;
    let length = str::from_utf8(length).ok()?.parse().ok()?;
    let (piece, after) = after.get(1..)?.split_at_checked(length)?;
    *rest = after;
    Some(piece)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::RUNNER_INPUTS;

    #[test]
    fn the_binary_carries_the_very_files_that_runners_are_known_by() {
        let mut again = Vec::new();
        for (path, content) in python_kit() {
            again.extend(format!("{}:{path}{}:", path.len(), content.len()).bytes());
            again.extend(content);
        }
        let digest = Sha256::digest(&again);
        let hex = digest.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        });
        assert_eq!(hex, RUNNER_INPUTS);
        for needed in [
            PYTHON_BUILD,
            "guest-shims/python/python.wit",
            "wit/bridge/plugin.wit",
        ] {
            assert!(python_kit().any(|(path, _)| path == needed), "{needed}");
        }
    }
}
