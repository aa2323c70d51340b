//! Packages that others wrote, which a script fetches into a cache, and the programs that use them.

use std::path::{Path, PathBuf};

/// The folder with the packages whose pins, the file `name` of it, are these, if it is in the cache whole.
#[must_use]
pub fn fetched(name: &str, pins: &[u8]) -> Option<PathBuf> {
    let cache = std::env::var_os("TOLLGATE_CONFORMANCE")
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cache/tollgate/conformance")))?;
    let folders = std::fs::read_dir(cache).ok()?.flatten();
    folders
        .map(|folder| folder.path())
        .filter(|folder| folder.join(".complete").is_file())
        .find(|folder| std::fs::read(folder.join(name)).is_ok_and(|found| found == pins))
}

/// What lies in a folder of `tests/languages`, in the order of its names.
///
/// # Panics
///
/// When it cannot be read.
#[must_use]
pub fn programs(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("languages")
        .join(folder);
    let entries = std::fs::read_dir(folder).expect("the programs can be read");
    let mut programs: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    programs.sort();
    programs
}
