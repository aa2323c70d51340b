//! The names that are served, and the shims.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::document::{Contract, Convention};

pub(crate) fn shims() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest-shims")
}

pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names whose functions the library of JavaScript programs has: the keys of its tables. What they do is tried by
/// programs (`tests/languages/bridge.rs`).
fn of_the_shims() -> BTreeSet<String> {
    let contract = Contract::ours();
    let folder = shims().join("javascript/lib/internal/bridge");
    let files = std::fs::read_dir(folder).expect("the folder can be read");
    let text: String = files
        .map(|file| read(&file.expect("it can be listed").path()))
        .collect();
    let names = contract.groups.iter().flat_map(|group| {
        let asynchronous = group.convention == Convention::Async;
        group.names.iter().map(move |name| (name, asynchronous))
    });
    let has = |key: &str| {
        ["", "'"].iter().any(|quote| {
            let key = format!("\n  {quote}{key}{quote}");
            text.contains(&format!("{key}:")) || text.contains(&format!("{key}("))
        })
    };
    names
        .filter(|(name, asynchronous)| {
            has(name) || (*asynchronous && name.strip_suffix("Async").is_some_and(has))
        })
        .map(|(name, _)| name.clone())
        .collect()
}

#[test]
fn names_that_are_served_are_those_that_the_shims_have() {
    let served: BTreeSet<String> = Contract::ours().0.served.into_keys().collect();
    assert_eq!(of_the_shims(), served);
}

/// What Python programs may call is served, and no name of its own. What it does is tried by a program
/// (`guest-shims/python/tests/bridge.py`).
#[test]
fn names_that_python_serves_are_of_the_contract() {
    let text = read(&shims().join("python/guest/tollgate/bridge.py"));
    let names: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("    \"")?.split_once("\": "))
        .map(|(name, _)| name)
        .filter(|name| name.starts_with('_') || name.contains('.'))
        .collect();
    assert!(names.len() > 30, "{names:?}");
    let served = Contract::ours().0.served;
    let unknown: Vec<_> = names
        .iter()
        .filter(|name| !served.contains_key(**name))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

/// The table of `guest-shims/README.md`: which names are served, by what.
#[test]
fn the_readme_of_the_shims_says_what_is_served_by_what() {
    let contract = Contract::ours();
    let mut by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for name in contract.groups.iter().flat_map(|group| &group.names) {
        if let Some(function) = contract.served.get(name) {
            by.entry(function).or_default().push(name);
        }
    }
    let rows: Vec<String> = by
        .iter()
        .map(|(function, names)| format!("| `{function}` | `{}` |\n", names.join("` `")))
        .collect();
    let table = rows.concat();
    let readme = read(&shims().join("README.md"));
    assert!(
        readme.contains(&format!("|---|---|\n{table}\n")),
        "guest-shims/README.md is to have these rows:\n{table}"
    );
}
