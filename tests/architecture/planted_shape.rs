//! A workspace that lies on disk, with one thing wrong at a time: whether the
//! guards see all of it.

use std::path::Path;

use tempfile::TempDir;

use crate::classes::Class;
use crate::scan::violations;
use crate::sources::Sources;
use crate::tree::Tree;

fn workspace(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        let file = root.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap_or(Path::new("/"))).expect("a folder in it");
        std::fs::write(file, text).expect("a file in that");
    }
    root
}

const SOUND: [(&str, &str); 5] = [
    (
        "host/x/src/lib.rs",
        "mod a; mod deep { mod inner; } #[cfg(test)] mod tests;",
    ),
    ("host/x/src/a/mod.rs", "mod b;"),
    ("host/x/src/a/b.rs", ""),
    ("host/x/src/deep/inner.rs", ""),
    ("host/x/src/tests.rs", ""),
];

#[test]
fn every_file_that_a_mod_leads_to_is_read() {
    let root = workspace(&SOUND);
    let sources = Sources::below(root.path());
    let tree = Tree::of(&sources);
    assert_eq!(sources.paths().collect::<Vec<_>>().len(), SOUND.len());
    assert_eq!(tree.orphans(&sources), Vec::<String>::new());
    assert_eq!(tree.dangling, Vec::<String>::new());
    let inner = ["tollgate_x", "deep", "inner"].map(str::to_owned).to_vec();
    assert!(tree.modules.contains_key(&inner));
}

#[test]
fn a_file_that_no_mod_leads_to_is_found() {
    let mut files = SOUND.to_vec();
    files.push(("host/x/src/attic.rs", "fn f() { std::fs::read(p); }"));
    let root = workspace(&files);
    let sources = Sources::below(root.path());
    assert_eq!(
        Tree::of(&sources).orphans(&sources),
        ["host/x/src/attic.rs"]
    );
}

#[test]
fn a_mod_that_leads_nowhere_is_found() {
    let root = workspace(&[("host/x/src/lib.rs", "mod gone;")]);
    let tree = Tree::of(&Sources::below(root.path()));
    assert_eq!(
        tree.dangling,
        ["host/x/src/lib.rs: no file for mod tollgate_x::gone"]
    );
}

#[test]
fn libraries_and_binaries_of_one_crate_are_all_read() {
    let root = workspace(&[
        ("host/x/src/lib.rs", ""),
        ("host/x/src/main.rs", "mod words; fn main() {}"),
        ("host/x/src/words.rs", "use std::fs;"),
        ("host/x/src/bin/tool.rs", "use std::fs;"),
        ("host/x/src/bin/other/main.rs", "mod more;"),
        ("host/x/src/bin/other/more.rs", "use std::fs;"),
    ]);
    let sources = Sources::below(root.path());
    let tree = Tree::of(&sources);
    assert_eq!(tree.orphans(&sources), Vec::<String>::new());
    let found: Vec<_> = violations(&tree, &[])
        .into_iter()
        .map(|finding| (finding.file, finding.class))
        .collect();
    assert_eq!(
        found,
        ["bin/other/more.rs", "bin/tool.rs", "words.rs"]
            .map(|file| (format!("host/x/src/{file}"), Class::Fs))
    );
}

#[test]
fn a_finding_says_where_what_and_what_instead() {
    let root = workspace(&[(
        "host/x/src/lib.rs",
        "//! Reads.\n\nfn f() {\n    std::fs::read(p);\n}\n",
    )]);
    let found = violations(&Tree::of(&Sources::below(root.path())), &[]);
    assert_eq!(
        found.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "host/x/src/lib.rs:4: fs: std::fs::read (host files are reached beneath a mount, by tollgate-vfs)"
        ]
    );
}

#[test]
fn a_crate_without_sources_is_no_crate_that_was_seen() {
    let root = workspace(&[("host/x/Cargo.toml", ""), ("host/y/src/lib.rs", "")]);
    let sources = Sources::below(root.path());
    assert!(!sources.paths().any(|path| path.starts_with("host/x/")));
}
