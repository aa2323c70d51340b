//! What a program's file is loaded under is its own path: what was decided about is what is read.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "the bans are about the host; a test lays out files, and fails by panicking"
)]

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use tollgate_bridge::{Begins, Program as _};
use tollgate_capability::program::Folder;
use tollgate_languages::{JavaScript, Start};
use tollgate_policy::{Decision, Effective, Operation, Permit, PolicyBuilder};

const MOST: u64 = 1 << 20;

fn permit() -> Permit {
    let policy = PolicyBuilder::new().build().unwrap().with_program();
    let effective = Effective::new(policy, None).unwrap();
    match effective.decide(&Operation::Program { path: "/program" }) {
        Decision::Allow(permit, _) => permit,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_link_a_folder_and_a_name_cut_short_are_not_loaded_under_their_own_names() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::fs::create_dir(root.join("dep")).unwrap();
    std::fs::write(root.join("dep/index.js"), "1").unwrap();
    std::fs::write(root.join("main.js"), "2").unwrap();
    std::os::unix::fs::symlink("dep/index.js", root.join("link.js")).unwrap();
    let dir = Dir::open_ambient_dir(root, ambient_authority()).unwrap();
    let start = Start::File("/program/main".to_owned());
    let program = JavaScript::new(Folder::new(dir), "/program", start);
    let begins = program.start(permit()).unwrap();
    assert_eq!(begins, Begins::File("/program/main.js".to_owned()));
    assert_eq!(
        program.load("/program/dep/index.js", MOST, permit()),
        Ok("1".to_owned())
    );
    for other in [
        "/program/link.js",
        "/program/dep",
        "/program/main",
        "/program/./main.js",
    ] {
        let refused = program.load(other, MOST, permit()).unwrap_err();
        assert!(refused.message.contains("own path"), "{other}: {refused:?}");
        assert_eq!(program.format(other, MOST, permit()), None, "{other}");
    }
    let refused = program.load("/program/main.js", 0, permit()).unwrap_err();
    assert!(refused.message.contains("longer"), "{refused:?}");
}
