//! What a program's file is loaded under is its own path: what was decided about is what is read.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "the bans are about the host; a test lays out files, and fails by panicking"
)]

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use tollgate_bridge::{Begins, Found, Program as _, Sourced};
use tollgate_capability::program::{Folder, ReadError};
use tollgate_languages::{JavaScript, Python, PythonStart, Start};
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

fn python(root: &std::path::Path, start: PythonStart) -> Python {
    let dir = Dir::open_ambient_dir(root, ambient_authority()).unwrap();
    Python::new(Folder::new(dir), "/program", start)
}

/// A program with links of every kind, in a folder with another one beside it.
fn linked() -> (tempfile::TempDir, Python) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::fs::create_dir_all(root.join("app/package")).unwrap();
    std::fs::create_dir(root.join("outside")).unwrap();
    std::fs::write(root.join("app/package/__init__.py"), "1").unwrap();
    std::fs::write(root.join("app/main.py"), "2").unwrap();
    std::fs::write(root.join("outside/secret.py"), "3").unwrap();
    let link = |to: &str, at: &str| std::os::unix::fs::symlink(to, root.join(at)).unwrap();
    link("package", "app/alias");
    link("main.py", "app/again.py");
    link("../outside", "app/out");
    link("/etc/passwd", "app/passwd.py");
    link("loop.py", "app/loop.py");
    let start = PythonStart::File("/program/again.py".to_owned());
    let program = python(&root.join("app"), start);
    (folder, program)
}

#[test]
fn a_python_program_is_read_under_its_own_paths_alone() {
    let (_folder, program) = linked();
    let outset = program.outset(permit()).unwrap();
    assert_eq!(outset.source, Sourced::File("/program/main.py".to_owned()));
    assert_eq!(
        (outset.root.as_str(), outset.search),
        ("/program", vec!["/program".to_owned()])
    );

    let read = |path: &str| {
        program
            .read(path, MOST, permit())
            .map_err(|error| error.code)
    };
    assert_eq!(read("/program/main.py"), Ok(b"2".to_vec()));
    for path in ["/program/again.py", "/program/alias/__init__.py"] {
        assert_eq!(read(path), Err("ERR_TOLLGATE_LINK"), "{path}");
    }
    for path in ["/program/out/secret.py", "/program/passwd.py"] {
        assert_eq!(read(path), Err("ERR_TOLLGATE_LINK_OUTSIDE"), "{path}");
    }
    let long = format!("/program/{}", "a/".repeat(4096));
    for path in [
        "",
        "/",
        ".",
        "/program",
        "/programs/x",
        "/program/",
        "/program/./main.py",
        "/program//main.py",
        "/program/../program/main.py",
        "/program/../outside/secret.py",
        "main.py",
        "/program/main.py\0",
        "/etc/passwd",
        "/program/loop.py",
        "/program/gone",
        &long,
    ] {
        assert_eq!(read(path), Err("ENOENT"), "{path}");
    }
    let short = program.read("/program/main.py", 0, permit());
    assert_eq!(short.map_err(|error| error.code), Err("EFBIG"));
}

#[test]
fn a_python_program_is_listed_and_searched_under_its_own_paths_alone() {
    let (_folder, program) = linked();
    let names = |path: &str| {
        let items = program.list(path, permit()).map_err(|error| error.code)?;
        Ok(items
            .into_iter()
            .map(|item| (item.name, item.folder))
            .collect::<Vec<_>>())
    };
    let item = |name: &str, folder| (name.to_owned(), folder);
    assert_eq!(
        names("/program"),
        Ok(vec![
            item("again.py", false),
            item("alias", true),
            item("main.py", false),
            item("package", true)
        ]),
        "nothing is said of what lies outside"
    );
    assert_eq!(names("/program/alias"), Err("ERR_TOLLGATE_LINK"));
    assert_eq!(names("/program/out"), Err("ERR_TOLLGATE_LINK_OUTSIDE"));
    for path in ["/", "", "/program/..", "/program/main.py", "/program/gone"] {
        assert_eq!(names(path), Err("ENOENT"), "{path}");
    }

    let find = |name: &str, folder: &str| {
        program
            .find(name, folder, permit())
            .map_err(|error| error.code)
    };
    let package = Found::Package("/program/package/__init__.py".to_owned());
    assert_eq!(find("alias", "/program"), Ok(Some(package)));
    assert_eq!(
        find("again", "/program"),
        Ok(Some(Found::File("/program/main.py".to_owned())))
    );
    for name in ["out", "passwd"] {
        assert_eq!(
            find(name, "/program"),
            Err("ERR_TOLLGATE_LINK_OUTSIDE"),
            "{name}"
        );
    }
    let long = "a".repeat(5000);
    for name in [
        "",
        "..",
        ".",
        "a/b",
        "package/__init__",
        "../outside/secret",
        "\0",
        &long,
        "loop",
    ] {
        assert_eq!(find(name, "/program"), Ok(None), "{name}");
    }
    for folder in [
        "/program/..",
        "/outside",
        "",
        "/program/alias",
        "/program/out",
    ] {
        assert!(find("secret", folder).is_err(), "{folder}");
    }
}

#[test]
fn what_a_python_program_begins_with_must_be_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::fs::create_dir(root.join("folder.py")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", root.join("passwd.py")).unwrap();
    for (path, code) in [
        ("/program/gone.py", "ENOENT"),
        ("/program/folder.py", "ENOENT"),
        ("/program/passwd.py", "ERR_TOLLGATE_LINK_OUTSIDE"),
    ] {
        let program = python(root, PythonStart::File(path.to_owned()));
        let outset = program.outset(permit()).map_err(|error| error.code);
        assert_eq!(outset.err(), Some(code), "{path}");
    }
    let text = PythonStart::Text {
        path: "/program/[eval]".to_owned(),
        source: "1".to_owned(),
    };
    let outset = python(root, text).outset(permit()).unwrap();
    assert_eq!(outset.source, Sourced::Text("1".to_owned()));
    assert_eq!(outset.search, ["/program"]);
}

/// It is told without following links where there are none; that must be no other answer.
#[test]
fn a_real_path_is_where_following_every_link_leads() {
    let place = tempfile::tempdir().unwrap();
    let beneath = |name: &str| place.path().join(name);
    std::fs::create_dir_all(beneath("in/deeper")).unwrap();
    std::fs::write(beneath("outside"), "").unwrap();
    std::fs::write(beneath("in/deeper/file"), "").unwrap();
    for (to, at) in [
        ("deeper", "in/folder"),
        ("deeper/file", "in/link"),
        ("../outside", "in/out"),
        ("around", "in/around"),
    ] {
        std::os::unix::fs::symlink(to, beneath(at)).unwrap();
    }
    let open = || Dir::open_ambient_dir(beneath("in"), ambient_authority()).unwrap();
    let (dir, folder) = (open(), Folder::new(open()));
    assert_eq!(folder.real("deeper"), Err(ReadError::Closed));
    let _opened = folder.open(permit()).unwrap();
    for path in [
        "deeper",
        "deeper/file",
        "folder",
        "folder/file",
        "link",
        "out",
        "around",
        "missing",
        "deeper/missing",
        "../outside",
        "../in/deeper",
        "folder/../deeper",
        "./deeper",
        "deeper/",
        "deeper//file",
        "deeper/file/",
        "/",
        "",
    ] {
        let followed = dir.canonicalize(path).ok();
        let followed = followed.map(|path| path.to_str().unwrap().to_owned());
        assert_eq!(folder.real(path).ok(), followed, "{path}");
    }
}
