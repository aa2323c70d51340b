//! Links that mean to lead out.

use std::fs;
use std::os::unix::fs::symlink;

use tollgate_tests::{Scene, guests};

use crate::hostile_paths::{CANARY, with_outside};
use crate::support::fingerprint;

fn links(scene: &Scene) -> [(&'static str, String); 13] {
    let outside = scene.path("outside").display().to_string();
    [
        ("relative", "../outside".to_owned()),
        ("relative-slash", "../outside/".to_owned()),
        ("absolute", outside.clone()),
        ("to-file", "../outside/secret".to_owned()),
        ("to-file-slash", format!("{outside}/secret/")),
        ("parent", "..".to_owned()),
        ("root", "/".to_owned()),
        ("dotted", "./inside/../../outside".to_owned()),
        ("chain", "relative".to_owned()),
        ("dangling", "../outside/new".to_owned()),
        ("proc-root", format!("/proc/self/root{outside}")),
        ("loop", "loop".to_owned()),
        ("within", "inside".to_owned()),
    ]
}

const SUFFIXES: [&str; 12] = [
    "",
    "/",
    "//",
    "/.",
    "/./",
    "/..",
    "/../",
    "/secret",
    "/new",
    "/./secret",
    "//secret",
    "/secret/",
];

/// What is done to a path `X`.
const OPERATIONS: [&str; 23] = [
    "open p0 X read h",
    "open p0 X read,follow h",
    "open p0 X write,follow h",
    "open p0 X create,write h",
    "open p0 X create,write,follow h",
    "open p0 X create,exclusive,write,follow h",
    "open p0 X truncate,write,follow h",
    "open p0 X directory,read h",
    "open p0 X directory,read,follow h",
    "stat-at p0 X",
    "stat-at p0 X follow",
    "hash-at p0 X follow",
    "set-times-at p0 X now now",
    "set-times-at p0 X now now follow",
    "mkdir p0 X",
    "rmdir p0 X",
    "unlink p0 X",
    "symlink p0 target X",
    "readlink p0 X",
    "rename p0 X p0 stolen",
    "rename p0 file p0 X",
    "link p0 X p0 stolen",
    "link p0 file p0 X",
];

/// Makes the inside of the folder anew; the folder itself stays, since the guest holds it.
fn reset(scene: &Scene, links: &[(&str, String)]) {
    for entry in fs::read_dir(scene.work()).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            fs::remove_dir_all(entry.path()).unwrap()
        } else {
            fs::remove_file(entry.path()).unwrap()
        }
    }
    scene.write("work/inside/file", "inside");
    scene.write("work/file", "file");
    for (name, target) in links {
        symlink(target, scene.work().join(name)).unwrap();
    }
}

#[test]
fn a1_a2_no_link_suffix_and_operation_lead_out_of_the_folder() {
    let scene = with_outside();
    let links = links(&scene);
    let before = fingerprint(&scene, "outside");
    let mut running = scene
        .run(guests::FS_OPS)
        .work()
        .flags(&["--limit", "wall=10m,audit-rate=1000000,cpu=10m"])
        .start();
    let mut tried = 0;
    for (name, _) in &links {
        for suffix in SUFFIXES {
            for operation in OPERATIONS {
                reset(&scene, &links);
                let line = operation.replace('X', &format!("{name}{suffix}"));
                let answer = running.ask(&line);
                assert!(
                    !answer.contains(CANARY) && !answer.starts_with("bad-line"),
                    "{line}: {answer}"
                );
                if answer.starts_with("ok") && operation.starts_with("open") {
                    let content = running.ask("read h 100 0");
                    assert!(!content.contains("CANARY"), "{line}: {content}");
                    let names = running.ask("list h");
                    assert!(!names.contains("secret"), "{line}: {names}");
                    let _closed = running.ask("close h");
                }
                tried += 1;
            }
        }
        assert_eq!(fingerprint(&scene, "outside"), before, "{name} led out");
    }
    assert_eq!(tried, 13 * 12 * 23);
    running.wait().expect(0);
    scene.verify("audit.log").expect(0);
}

#[test]
fn a1_rename_of_a_link_with_a_trailing_slash_stays_inside() {
    let scene = with_outside();
    let other = scene.path("other");
    fs::create_dir(&other).unwrap();
    let before = fingerprint(&scene, "outside");
    symlink("../outside", scene.path("work/link")).unwrap();
    let dirs = [
        "--dir",
        &scene.dir(""),
        "--dir",
        &format!("{}::/other", other.display()),
    ];
    let operations = [
        "rename p0 link/ p0 stolen",
        "rename p0 link/ p1 stolen",
        "list p0",
    ];
    let answers = scene.operations(&operations, &dirs);
    assert_eq!(fingerprint(&scene, "outside"), before);
    assert!(!other.join("stolen").exists(), "{answers:?}");
    let stolen = scene.path("work/stolen");
    assert!(
        !stolen.exists() || fs::symlink_metadata(&stolen).unwrap().is_symlink(),
        "{answers:?}"
    );
}

#[test]
fn a60_a_link_out_is_not_opened_for_creating_or_writing() {
    let scene = with_outside();
    symlink("../outside/planted", scene.path("work/dangling")).unwrap();
    let before = fingerprint(&scene, "outside");
    let operations = [
        "open p0 dangling create,write,follow f",
        "open p0 dangling create,write f",
        "open p0 dangling create,truncate,write,follow f",
        "symlink p0 ../outside/secret made",
        "open p0 made write,follow f",
        "open p0 made read,follow f",
        "symlink p0 ../../outside deep/made",
        "open p0 deep/made/secret read,follow f",
    ];
    let answers = scene.operations(&operations, &["--dir", &scene.dir("")]);
    for (operation, answer) in operations
        .iter()
        .zip(&answers)
        .filter(|(operation, _)| operation.starts_with("open"))
    {
        assert!(answer.starts_with("error "), "{operation}: {answer}");
    }
    assert_eq!(fingerprint(&scene, "outside"), before);
}

#[test]
fn a67_links_in_the_middle_and_at_the_end_stay_inside() {
    let scene = with_outside();
    symlink("../../outside", scene.path("work/inside/middle")).unwrap();
    symlink("../outside/secret", scene.path("work/end")).unwrap();
    symlink("inside", scene.path("work/good")).unwrap();
    symlink("inside/file", scene.path("work/good-end")).unwrap();
    let operations = [
        "open p0 inside/middle/secret read f",
        "open p0 inside/middle/dir/secret read,follow f",
        "open p0 end read,follow f",
        "stat-at p0 end follow",
        "open p0 good/file read f",
        "open p0 good-end read,follow g",
        "open p0 good-end read h",
    ];
    let answers = scene.operations(&operations, &["--dir", &scene.dir("")]);
    assert!(
        answers[..4]
            .iter()
            .all(|answer| answer.starts_with("error ")),
        "{answers:?}"
    );
    assert_eq!(answers[4..], ["ok", "ok", "error loop"]);
}

#[test]
fn i52_links_of_every_kind_end_inside_or_in_an_error() {
    let scene = with_outside();
    let work = scene.work();
    symlink("file", work.join("link0")).unwrap();
    for number in 1..=60 {
        symlink(
            format!("link{}", number - 1),
            work.join(format!("link{number}")),
        )
        .unwrap();
    }
    symlink("b", work.join("a")).unwrap();
    symlink("a", work.join("b")).unwrap();
    for (name, target) in [
        ("proc-root", "/proc/self/root/etc/passwd"),
        ("proc-cwd", "/proc/self/cwd/outside/secret"),
        ("proc-fd", "/proc/self/fd/0"),
        ("proc-exe", "/proc/self/exe"),
        ("absolute", "/etc/passwd"),
    ] {
        symlink(target, work.join(name)).unwrap();
    }
    let operations = [
        "stat-at p0 link5 follow",
        "stat-at p0 link60 follow",
        "stat-at p0 a follow",
        "open p0 a create,write,follow f",
        "open p0 proc-root read,follow f",
        "open p0 proc-cwd read,follow f",
        "open p0 proc-fd read,follow f",
        "open p0 proc-exe read,follow f",
        "open p0 absolute read,follow f",
        "readlink p0 link5",
    ];
    let answers = scene.operations(&operations, &["--dir", &scene.dir("")]);
    assert!(answers[0].starts_with("ok "), "{answers:?}");
    assert_eq!(answers[1..4], ["error loop", "error loop", "error loop"]);
    assert!(
        answers[4..9]
            .iter()
            .all(|answer| answer.starts_with("error ")),
        "{answers:?}"
    );
    assert_eq!(answers[9], "ok link4");
}

#[test]
fn i54_a_folder_that_is_moved_out_leads_nowhere_new() {
    let scene = with_outside();
    scene.write("work/a/b/file", "inside");
    let mut running = scene.run(guests::FS_OPS).work().start();
    assert_eq!(running.ask("open p0 a/b directory,read,mutate h"), "ok");
    fs::rename(scene.path("work/a"), scene.path("outside/a")).unwrap();
    for path in [
        "../../secret",
        "../secret",
        "../../../outside/secret",
        "..",
        "../..",
    ] {
        let answer = running.ask(&format!("open h {path} read x"));
        assert!(answer.starts_with("error "), "{path}: {answer}");
        let answer = running.ask(&format!("stat-at h {path}"));
        assert!(answer.starts_with("error "), "{path}: {answer}");
    }
    let answer = running.ask("stat-at p0 a/b/file");
    assert_eq!(answer, "error no-entry");
    running.wait().expect(0);
}
