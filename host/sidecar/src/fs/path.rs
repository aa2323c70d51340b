//! Paths as clients write them, before anything is looked up.

use tollgate_vfs::{FsError, MAX_PATH_BYTES};

/// A name at the root that is kept free: clients of other sidecars know it as a place of the overlay's own.
const RESERVED: &str = ".secure-exec-overlay";

/// A path from `/`, without `.`, `..` and empty names: those are taken away by what is written, before any link is looked
/// at. `..` in `/` stays there.
///
/// # Errors
///
/// `Invalid` for control characters, `NameTooLong`, and `NotPermitted` for the name that is kept free.
pub(super) fn normalise(path: &str) -> Result<String, FsError> {
    if path.bytes().any(|byte| byte.is_ascii_control()) {
        return Err(FsError::Invalid);
    }
    let mut names: Vec<&str> = Vec::new();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()),
            name => names.push(name),
        }
    }
    let bytes: usize = names.iter().map(|name| name.len() + 1).sum();
    if bytes > MAX_PATH_BYTES {
        return Err(FsError::NameTooLong);
    }
    if names.first().is_some_and(|first| is_reserved(first)) {
        return Err(FsError::NotPermitted);
    }
    Ok(format!("/{}", names.join("/")))
}

/// Whether a name in `/` is kept free.
pub(super) fn is_reserved(name: &str) -> bool {
    name == RESERVED
}

/// A normal path as it is resolved: from the descriptor on `/`.
pub(super) fn below_root(path: &str) -> &str {
    match path.strip_prefix('/') {
        Some("") | None => ".",
        Some(below) => below,
    }
}

/// Whether a normal path lies in a folder that is made anew for each VM, so that what a client puts there is not kept.
pub(super) fn is_synthesised(path: &str) -> bool {
    let below = |folder: &str| {
        path.strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
    };
    below("/dev") || below("/proc") || below("/sys")
}

/// The paths above a normal one, from just below the root on.
pub(super) fn parents(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/')
        .skip(1)
        .filter_map(|(at, _)| path.get(..at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_from_the_root_and_never_lead_above_it() {
        let normal = |path: &str| normalise(path).unwrap();
        assert_eq!(normal(""), "/");
        assert_eq!(normal("rel.txt"), "/rel.txt");
        assert_eq!(normal("/a/./b//../c/"), "/a/c");
        assert_eq!(normal("../../etc"), "/etc");
    }

    #[test]
    fn odd_paths_are_refused_before_anything_is_touched() {
        assert_eq!(normalise("a\0b"), Err(FsError::Invalid));
        assert_eq!(normalise("a\nb"), Err(FsError::Invalid));
        assert_eq!(normalise(&"a/".repeat(2_049)), Err(FsError::NameTooLong));
        assert!(normalise(&"a/../".repeat(10_000)).is_ok());
        assert_eq!(
            normalise("/x/../.secure-exec-overlay/y"),
            Err(FsError::NotPermitted)
        );
    }

    #[test]
    fn parents_come_from_the_top() {
        assert_eq!(parents("/a/b/c").collect::<Vec<_>>(), ["/a", "/a/b"]);
        assert_eq!(parents("/a").count(), 0);
        assert_eq!(parents("/").count(), 0);
    }
}
