//! What belongs to a program: its folder, and what of it was loaded.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::bounds::{MOST_FILES, MOST_FOLDERS};

/// Where a program's files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home<'a> {
    /// The folder, of those that were offered.
    pub folder: &'a str,
    /// The entry's path in it, without a slash before it.
    pub entry: &'a str,
    /// It has a marker of a package; otherwise it is merely the folder that the entry is in.
    pub is_package: bool,
}

/// How a language marks the folder of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packages {
    /// Files of which one marks such a folder, as paths in it.
    pub markers: &'static [&'static str],
    /// What a folder of dependencies is called.
    pub dependencies: &'static str,
}

/// Node's packages.
pub const NODE: Packages = Packages {
    markers: &["package.json"],
    dependencies: "node_modules",
};

/// Python's: what tools build a package from, or the environment that one made for it. A `.git` does not mark one: whoever
/// keeps their home under version control would hand all of it to each script in it.
pub const PYTHON: Packages = Packages {
    markers: &[
        "pyproject.toml",
        "setup.py",
        "setup.cfg",
        ".venv/pyvenv.cfg",
    ],
    dependencies: "site-packages",
};

/// The folder that a program has its files in, by its entry's path: the nearest one upward with a marker, or the one that
/// the entry is in.
///
/// A marker inside of a folder of dependencies is a dependency's and not the program's, so that the search goes on above the
/// outermost of those on the way, unless there is none above; one beside the folder's own marker is in the folder. `is_file`
/// says whether there is a file of a name, and is asked at most [`MOST_FOLDERS`] times for each marker. Paths are the
/// caller's, with slashes between names, and nothing is done to them but cutting off names from behind. Nothing if the entry
/// has no name.
#[must_use]
pub fn home<'a>(
    entry: &'a str,
    packages: &Packages,
    is_file: impl Fn(&str) -> bool,
) -> Option<Home<'a>> {
    let file = entry.rsplit('/').next()?;
    if matches!(file, "" | "." | "..") {
        return None;
    }
    let at = |folder: &'a str, is_package: bool| Home {
        folder: if folder.is_empty() && entry.starts_with('/') {
            "/"
        } else {
            folder
        },
        entry: entry
            .get(folder.len()..)
            .unwrap_or(entry)
            .trim_start_matches('/'),
        is_package,
    };
    let own = entry.strip_suffix(file)?.trim_end_matches('/');
    let outside = outside_dependencies(own, packages.dependencies);
    let nearest = |folder| nearest(entry, folder, packages.markers, &is_file);
    let package = nearest(outside).or_else(|| {
        // Something that was installed for all programs, and so is nobody's dependency.
        (outside != own).then(|| nearest(own))?
    });
    Some(package.map_or_else(|| at(own, false), |folder| at(folder, true)))
}

/// The nearest folder with a marker, from `folder` upward.
fn nearest<'a>(
    entry: &str,
    mut folder: &'a str,
    markers: &[&str],
    is_file: impl Fn(&str) -> bool,
) -> Option<&'a str> {
    for _ in 0..MOST_FOLDERS / 2 {
        // What `..` is can't be left by cutting it off.
        if folder.rsplit('/').next() == Some("..") {
            break;
        }
        let has = |marker: &&str| match folder {
            "" if entry.starts_with('/') => is_file(&format!("/{marker}")),
            "" => is_file(marker),
            folder => is_file(&format!("{folder}/{marker}")),
        };
        if markers.iter().any(has) {
            return Some(folder);
        }
        if folder.is_empty() {
            break;
        }
        let end = folder.rfind('/').unwrap_or(0);
        folder = folder.get(..end).unwrap_or("").trim_end_matches('/');
    }
    None
}

/// The folder that the outermost folder of dependencies on the way to `folder` is in, or `folder` itself.
fn outside_dependencies<'a>(folder: &'a str, dependencies: &str) -> &'a str {
    let mut start = 0;
    for name in folder.split('/') {
        if name == dependencies {
            return folder.get(..start).unwrap_or(folder).trim_end_matches('/');
        }
        start += name.len() + 1;
    }
    folder
}

/// What of a program was loaded, for its digest.
///
/// Files come in whatever order they are loaded in, from several threads perhaps; the digest is over them in the order of
/// their paths. It is SHA-256 over, for each file, the length of the path and the path, and the SHA-256 of its bytes.
/// Lengths are eight bytes, the largest first, so that no two sets of files read alike.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    files: BTreeMap<String, [u8; 32]>,
}

/// Why a file is no part of the one program that runs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CountError {
    /// It was loaded twice, and was another the second time.
    #[error("{path} changed while the program was loaded")]
    Changed {
        /// The file.
        path: String,
    },
    /// The program has loaded as many files as it may.
    #[error("the program loads more than {MOST_FILES} files")]
    TooMany,
}

impl CountError {
    /// The error's `code`, as programs compare it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Changed { .. } => "ERR_TOLLGATE_CHANGED",
            Self::TooMany => "ERR_TOLLGATE_PROGRAM_LIMIT",
        }
    }
}

impl Loaded {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts in the file at `path`, by what was read: before types are stripped from it.
    ///
    /// # Errors
    ///
    /// Other bytes were read from the same path before, so that there is no one program that runs; or there are more than
    /// [`MOST_FILES`].
    pub fn add(&mut self, path: &str, bytes: &[u8]) -> Result<(), CountError> {
        let digest: [u8; 32] = Sha256::digest(bytes).into();
        match self.files.get(path) {
            Some(before) if *before != digest => Err(CountError::Changed {
                path: path.to_owned(),
            }),
            Some(_) => Ok(()),
            None if self.files.len() >= MOST_FILES => Err(CountError::TooMany),
            None => {
                self.files.insert(path.to_owned(), digest);
                Ok(())
            }
        }
    }

    /// The paths, in the order of the digest.
    pub fn paths(&self) -> impl ExactSizeIterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The digest over all that were added.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut whole = Sha256::new();
        for (path, digest) in &self.files {
            whole.update((path.len() as u64).to_be_bytes());
            whole.update(path);
            whole.update(digest);
        }
        whole.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found<'a>(entry: &'a str, packages: &[&str]) -> Option<(&'a str, &'a str, bool)> {
        home(entry, &NODE, |path| packages.contains(&path))
            .map(|it| (it.folder, it.entry, it.is_package))
    }

    #[test]
    fn the_nearest_package_is_the_program() {
        let packages = ["/a/package.json", "/a/b/package.json"];
        assert_eq!(
            found("/a/b/c/d.js", &packages),
            Some(("/a/b", "c/d.js", true))
        );
        assert_eq!(found("/a/d.js", &packages), Some(("/a", "d.js", true)));
        assert_eq!(found("/x/y/d.js", &packages), Some(("/x/y", "d.js", false)));
        assert_eq!(
            found("/d.js", &["/package.json"]),
            Some(("/", "d.js", true))
        );
        assert_eq!(found("/d.js", &[]), Some(("/", "d.js", false)));
    }

    #[test]
    fn relative_paths_are_followed_as_far_as_they_have_names() {
        assert_eq!(
            found("a/b.js", &["package.json"]),
            Some(("", "a/b.js", true))
        );
        assert_eq!(found("b.js", &[]), Some(("", "b.js", false)));
        assert_eq!(
            found("../a/b.js", &["package.json"]),
            Some(("../a", "b.js", false))
        );
        assert_eq!(
            found("../a/b.js", &["../a/package.json"]),
            Some(("../a", "b.js", true))
        );
        assert_eq!(found("a/", &[]), None);
        assert_eq!(found("", &[]), None);
        assert_eq!(found("..", &[]), None);
    }

    #[test]
    fn a_dependency_is_part_of_who_depends_on_it() {
        let packages = [
            "/a/package.json",
            "/a/node_modules/b/package.json",
            "/x/node_modules/b/package.json",
        ];
        assert_eq!(
            found("/a/node_modules/b/c.js", &packages),
            Some(("/a", "node_modules/b/c.js", true))
        );
        assert_eq!(
            found("/x/node_modules/b/c.js", &packages),
            Some(("/x/node_modules/b", "c.js", true))
        );
    }

    #[test]
    fn a_python_program_has_more_than_one_kind_of_marker() {
        let found = |entry: &str, markers: &[&str]| {
            let home = home(entry, &PYTHON, |path| markers.contains(&path)).unwrap();
            (home.folder.to_owned(), home.is_package)
        };
        for marker in [
            "pyproject.toml",
            "setup.py",
            "setup.cfg",
            ".venv/pyvenv.cfg",
        ] {
            let marker = format!("/a/{marker}");
            assert_eq!(found("/a/b/c.py", &[&marker]), ("/a".to_owned(), true));
        }
        let markers = [
            "/a/.venv/pyvenv.cfg",
            "/a/.venv/lib/python3.14/site-packages/b/setup.py",
        ];
        let inside = "/a/.venv/lib/python3.14/site-packages/b/c.py";
        assert_eq!(found(inside, &markers), ("/a".to_owned(), true));
        assert_eq!(
            found("/a/b/c.py", &["/a/.git/HEAD"]),
            ("/a/b".to_owned(), false)
        );
    }

    #[test]
    fn a_file_that_changes_is_noticed() {
        let mut loaded = Loaded::new();
        assert_eq!(loaded.add("/a", b"1"), Ok(()));
        assert_eq!(loaded.add("/a", b"1"), Ok(()));
        assert_eq!(
            loaded.add("/a", b"2"),
            Err(CountError::Changed { path: "/a".into() })
        );
    }

    #[test]
    fn where_a_path_ends_and_a_file_begins_is_part_of_the_digest() {
        let digest = |files: &[(&str, &str)]| {
            let mut loaded = Loaded::new();
            for (path, bytes) in files {
                loaded.add(path, bytes.as_bytes()).unwrap();
            }
            loaded.digest()
        };
        assert_ne!(digest(&[("/a", "b")]), digest(&[("/ab", "")]));
        assert_ne!(digest(&[("/a", ""), ("/b", "")]), digest(&[("/a", "")]));
        assert_ne!(digest(&[]), digest(&[("", "")]));
    }

    proptest! {
        #[test]
        fn the_order_of_loading_does_not_matter(
            files in proptest::collection::btree_map("[a-c/]{0,4}", "[xy]{0,3}", 0..6),
            seed in any::<u64>(),
        ) {
            let mut one = Loaded::new();
            for (path, bytes) in &files {
                one.add(path, bytes.as_bytes()).unwrap();
            }
            let mut order: Vec<_> = files.iter().collect();
            order.sort_by_key(|(path, _)| path.bytes().fold(seed, |sum, byte| sum.rotate_left(7) ^ u64::from(byte).wrapping_mul(seed)));
            let mut other = Loaded::new();
            for (path, bytes) in order {
                other.add(path, bytes.as_bytes()).unwrap();
            }
            prop_assert_eq!(one.digest(), other.digest());
        }

        #[test]
        fn a_home_and_its_entry_are_the_path(entry in "[a-c./]{0,20}", package in "[a-c./]{0,8}package.json") {
            if let Some(home) = home(&entry, &NODE, |path| path == package) {
                prop_assert!(entry.starts_with(home.folder));
                prop_assert!(entry.ends_with(home.entry));
                prop_assert!(!home.entry.starts_with('/'));
            }
        }
    }
}
