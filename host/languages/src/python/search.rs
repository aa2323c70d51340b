//! Where the modules of a program are looked for, beneath its root.

use super::finder::Listing;
use tollgate_modules::Kind;

/// The folders that modules come from, first to last: the entry's, then packages beside the entry and beside the root, in
/// `site-packages` or in the newest Python of an environment `.venv`. Each is in its own spelling; one that leads out of the
/// root is none of the program's.
#[must_use]
pub fn search_path(files: &impl Listing, folder: &str, root: &str) -> Vec<String> {
    let mut found = vec![folder.to_owned()];
    for place in [folder, root] {
        let place = place.trim_end_matches('/');
        let library = format!("{place}/.venv/lib");
        let environment =
            newest(files.names_in(&library)).map(|name| format!("{library}/{name}/site-packages"));
        for packages in std::iter::once(format!("{place}/site-packages")).chain(environment) {
            if files.kind(&packages) != Kind::Directory {
                continue;
            }
            if let Ok(own) = files.real(&packages)
                && !found.contains(&own)
            {
                found.push(own);
            }
        }
    }
    found
}

/// Of names as `python3.14`, the one with the largest number.
fn newest(names: Vec<String>) -> Option<String> {
    let minor = |name: &str| name.strip_prefix("python3.")?.parse::<u32>().ok();
    names
        .into_iter()
        .filter(|name| minor(name).is_some())
        .max_by_key(|name| minor(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        let names = ["python3.9", "python3.14", "python3.x", "lib", "python3"];
        let names = names.map(str::to_owned).to_vec();
        assert_eq!(newest(names).as_deref(), Some("python3.14"));
        assert_eq!(newest(vec!["python2.7".to_owned()]), None);
    }
}
