//! The folder that a program runs in: laid before, looked at after.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use tempfile::TempDir;

use crate::list::{List, Run};

/// Paths below a folder, with what is there in words.
pub(crate) type Contents = BTreeMap<String, String>;

/// A fresh folder with the layout of `run` and its module, which is called as
/// the program is to see itself called: argument 0 is the name of the file.
pub(crate) fn lay(list: &List, run: &Run, tests: &Path) -> TempDir {
    let place = tempfile::tempdir().expect("a folder for the run can be made");
    let root = place.path();
    let layout = list.layout(run);
    for (to, from) in &layout.copies {
        copy(&tests.join(from), &root.join(to));
    }
    for folder in &layout.folders {
        fs::create_dir_all(root.join(folder)).expect("the layout's folder can be made");
    }
    for (path, text) in &layout.files {
        fs::write(root.join(path), text).expect("the layout's file can be made");
    }
    for (path, target) in &layout.links {
        symlink(target, root.join(path)).expect("the layout's link can be made");
    }
    let module = tests.join(format!("wasi/wasm/{}.wasm", run.program));
    if module.is_file() {
        fs::copy(&module, root.join(run.argument_0())).expect("the module can be copied");
    }
    place
}

/// Copies a folder with all that is below it; links stay links.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the copy's folder can be made");
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let entry = entry.expect("a folder's entry can be read");
        let kind = entry.file_type().expect("an entry's kind can be read");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if kind.is_symlink() {
            let target = fs::read_link(&from).expect("a link can be read");
            symlink(target, &to).expect("a link can be copied");
        } else if kind.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).expect("a file can be copied");
        }
    }
}

/// Everything below `root`.
pub(crate) fn contents(root: &Path) -> Contents {
    let mut found = Contents::new();
    look(root, "", &mut found);
    found
}

fn look(folder: &Path, prefix: &str, found: &mut Contents) {
    for entry in fs::read_dir(folder).expect("the run's folder can be read") {
        let entry = entry.expect("a folder's entry can be read");
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().expect("an entry's kind can be read");
        let words = if kind.is_symlink() {
            let target = fs::read_link(entry.path()).expect("a link can be read");
            format!("link to {}", target.display())
        } else if kind.is_dir() {
            look(&entry.path(), &format!("{path}/"), found);
            "folder".to_owned()
        } else {
            let metadata = entry.metadata().expect("a file's size can be read");
            format!("{} bytes", metadata.len())
        };
        found.insert(path, words);
    }
}

/// What is new or other in `after`; what was there before is `gone`.
pub(crate) fn differences(before: &Contents, after: &Contents) -> Contents {
    let gone = before
        .keys()
        .filter(|path| !after.contains_key(*path))
        .map(|path| (path.clone(), "gone".to_owned()));
    let changed = after
        .iter()
        .filter(|(path, words)| before.get(*path) != Some(*words))
        .map(|(path, words)| (path.clone(), words.clone()));
    gone.chain(changed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents_of(entries: &[(&str, &str)]) -> Contents {
        entries
            .iter()
            .map(|(path, words)| ((*path).to_owned(), (*words).to_owned()))
            .collect()
    }

    #[test]
    fn new_changed_and_missing_entries_differ_and_the_rest_does_not() {
        let before = contents_of(&[("a", "1 bytes"), ("b", "folder"), ("c", "2 bytes")]);
        let after = contents_of(&[("a", "1 bytes"), ("c", "3 bytes"), ("d", "link to a")]);
        assert_eq!(
            differences(&before, &after),
            contents_of(&[("b", "gone"), ("c", "3 bytes"), ("d", "link to a")])
        );
    }

    #[test]
    fn a_copy_holds_the_folders_files_and_links_of_the_original() {
        let place = tempfile::tempdir().unwrap();
        let from = place.path().join("from");
        fs::create_dir_all(from.join("empty")).unwrap();
        fs::write(from.join("file"), "12345").unwrap();
        symlink("nowhere", from.join("link")).unwrap();
        copy(&from, &place.path().join("to"));
        assert_eq!(contents(&place.path().join("to")), contents(&from));
        assert_eq!(
            contents(&from),
            contents_of(&[
                ("empty", "folder"),
                ("file", "5 bytes"),
                ("link", "link to nowhere")
            ])
        );
    }
}
