//! Paths and links that mean to lead out, and names that mean to be something else.

use std::fs;
use std::os::unix::fs::symlink;

use tollgate_tests::{Scene, guests, scene};

use crate::mounts::fingerprint;
use crate::support::denied;

const CANARY: &str = "CANARY-OUTSIDE";

/// A folder to give, and one beside it that nobody gave.
fn with_outside() -> Scene {
    let scene = scene!();
    scene.write("outside/secret", CANARY);
    scene.write("outside/dir/secret", CANARY);
    scene.write("work-secret/secret", CANARY);
    scene.write("work/inside/file", "inside");
    scene.write("work/file", "file");
    scene
}

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

const SUFFIXES: [&str; 12] =
    ["", "/", "//", "/.", "/./", "/..", "/../", "/secret", "/new", "/./secret", "//secret", "/secret/"];

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
        if entry.file_type().unwrap().is_dir() { fs::remove_dir_all(entry.path()).unwrap() } else { fs::remove_file(entry.path()).unwrap() }
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
    let mut running = scene.run(guests::FS_OPS).work().flags(&["--limit", "wall=10m,audit-rate=1000000,cpu=10m"]).start();
    let mut tried = 0;
    for (name, _) in &links {
        for suffix in SUFFIXES {
            for operation in OPERATIONS {
                reset(&scene, &links);
                let line = operation.replace('X', &format!("{name}{suffix}"));
                let answer = running.ask(&line);
                assert!(!answer.contains(CANARY) && !answer.starts_with("bad-line"), "{line}: {answer}");
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
    let dirs = ["--dir", &scene.dir(""), "--dir", &format!("{}::/other", other.display())];
    let operations = ["rename p0 link/ p0 stolen", "rename p0 link/ p1 stolen", "list p0"];
    let answers = scene.operations(&operations, &dirs);
    assert_eq!(fingerprint(&scene, "outside"), before);
    assert!(!other.join("stolen").exists(), "{answers:?}");
    let stolen = scene.path("work/stolen");
    assert!(!stolen.exists() || fs::symlink_metadata(&stolen).unwrap().is_symlink(), "{answers:?}");
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
    for (operation, answer) in operations.iter().zip(&answers).filter(|(operation, _)| operation.starts_with("open")) {
        assert!(answer.starts_with("error "), "{operation}: {answer}");
    }
    assert_eq!(fingerprint(&scene, "outside"), before);
}

#[test]
fn a61_a_denied_file_is_denied_in_every_spelling() {
    let scene = with_outside();
    scene.write("work/secret", CANARY);
    symlink("secret", scene.path("work/alias")).unwrap();
    symlink("../secret", scene.path("work/inside/alias")).unwrap();
    let spellings = [
        "secret", "./secret", ".//secret", "secret/", "secret/.", "inside/../secret", "./inside/.././secret", "alias",
        "inside/alias", "inside/../alias", "SECRET", "Secret", "secret%00", "secre%C5%A7", "%E2%80%8Bsecret",
    ];
    let operations: Vec<String> = spellings.iter().map(|spelling| format!("open p0 {spelling} read,follow f")).collect();
    let operations: Vec<&str> = operations.iter().map(String::as_str).collect();
    let flags = ["--dir", &scene.dir(""), "--deny-read", "/work/secret"];
    let (answers, records) = scene.operations_logged(&operations, &flags);
    for (spelling, answer) in spellings.iter().zip(&answers) {
        assert!(answer.starts_with("error "), "{spelling}: {answer}");
    }
    denied(&records, "fs.read", "/work/secret", "flags:1", "access");
    let through_links = records.iter().filter(|record| record.is("fs.read", "/work/secret")).map(|record| record.count).sum::<u64>();
    assert!(through_links >= 8, "each spelling that means the file is judged as the file: {records:#?}");
}

#[test]
fn a61_letters_that_look_alike_are_different_names() {
    let scene = scene!();
    scene.write("work/\u{e9}", "composed");
    scene.write("work/e\u{301}", "decomposed");
    let flags = ["--dir", &scene.dir(""), "--deny-read", "/work/\u{e9}"];
    let operations = ["open p0 %C3%A9 read f", "open p0 e%CC%81 read g", "read g 100 0"];
    let answers = scene.operations(&operations, &flags);
    assert_eq!(answers, ["error access", "ok", "ok 10 end=false decomposed"]);
}

#[test]
fn a66_a_sibling_with_a_common_prefix_is_another_folder() {
    let scene = with_outside();
    symlink("../work-secret", scene.path("work/link")).unwrap();
    let operations = [
        "open p0 ../work-secret/secret read f",
        "open p0 -secret/secret read f",
        "open p0 link/secret read,follow f",
        "open p0 /work-secret/secret read f",
    ];
    let answers = scene.operations(&operations, &["--dir", &scene.dir("")]);
    assert!(answers.iter().all(|answer| answer.starts_with("error ")), "{answers:?}");
    // A rule about `/work/a` says nothing of `/work/ab`.
    scene.write("work/a/file", "a");
    scene.write("work/ab/file", "ab");
    let flags = ["--dir", &scene.dir(""), "--deny-read", "/work/a/**", "--deny-read", "/work/a"];
    let answers = scene.operations(&["open p0 a/file read f", "open p0 ab/file read f"], &flags);
    assert_eq!(answers, ["error access", "ok"]);
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
    assert!(answers[..4].iter().all(|answer| answer.starts_with("error ")), "{answers:?}");
    assert_eq!(answers[4..], ["ok", "ok", "error loop"]);
}

#[test]
fn i51_paths_of_every_odd_form_get_an_answer_of_the_interface() {
    let scene = with_outside();
    let long_name = "n".repeat(256);
    let long_path = "d/".repeat(2_200);
    let cases: [(&str, &[&str]); 17] = [
        ("..", &["not-permitted", "access"]),
        ("../outside/secret", &["not-permitted", "access"]),
        ("inside/../../outside/secret", &["not-permitted", "access"]),
        ("/etc/passwd", &["not-permitted", "access", "no-entry"]),
        ("/", &["not-permitted", "access"]),
        ("missing/../../outside/secret", &["not-permitted", "access", "no-entry"]),
        ("a%00b", &["illegal-byte-sequence", "invalid", "no-entry"]),
        ("%00", &["illegal-byte-sequence", "invalid", "no-entry"]),
        ("''", &["no-entry"]),
        (&long_name, &["name-too-long"]),
        (&long_path, &["name-too-long"]),
        ("file/", &["not-directory"]),
        ("file/.", &["not-directory"]),
        ("file/..", &["not-directory"]),
        ("file/x", &["not-directory"]),
        ("missing", &["no-entry"]),
        ("missing/", &["no-entry"]),
    ];
    let operations: Vec<String> = cases.iter().map(|(path, _)| format!("stat-at p0 {path}")).collect();
    let mut operations: Vec<&str> = operations.iter().map(String::as_str).collect();
    operations.extend(["stat-at p0 .", "stat-at p0 ./", "stat-at p0 inside//file", "stat-at p0 ./inside/./file", "stat-at p0 inside/../file"]);
    let (answers, records) = scene.operations_logged(&operations, &["--dir", &scene.dir("")]);
    for ((path, words), answer) in cases.iter().zip(&answers) {
        let word = answer.strip_prefix("error ").unwrap_or_default();
        let path: String = path.chars().take(40).collect();
        assert!(words.contains(&word), "{path}: {answer}");
    }
    assert!(answers[cases.len()..].iter().all(|answer| answer.starts_with("ok ")), "{:?}", &answers[cases.len()..]);
    let asked: u64 = records.iter().filter(|record| record.operation == "fs.stat").map(|record| record.count).sum();
    assert_eq!(asked, operations.len() as u64, "each attempt is in the log");
}

#[test]
fn i52_links_of_every_kind_end_inside_or_in_an_error() {
    let scene = with_outside();
    let work = scene.work();
    symlink("file", work.join("link0")).unwrap();
    for number in 1..=60 {
        symlink(format!("link{}", number - 1), work.join(format!("link{number}"))).unwrap();
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
    assert!(answers[4..9].iter().all(|answer| answer.starts_with("error ")), "{answers:?}");
    assert_eq!(answers[9], "ok link4");
}

#[test]
fn i54_a_folder_that_is_moved_out_leads_nowhere_new() {
    let scene = with_outside();
    scene.write("work/a/b/file", "inside");
    let mut running = scene.run(guests::FS_OPS).work().start();
    assert_eq!(running.ask("open p0 a/b directory,read,mutate h"), "ok");
    fs::rename(scene.path("work/a"), scene.path("outside/a")).unwrap();
    for path in ["../../secret", "../secret", "../../../outside/secret", "..", "../.."] {
        let answer = running.ask(&format!("open h {path} read x"));
        assert!(answer.starts_with("error "), "{path}: {answer}");
        let answer = running.ask(&format!("stat-at h {path}"));
        assert!(answer.starts_with("error "), "{path}: {answer}");
    }
    let answer = running.ask("stat-at p0 a/b/file");
    assert_eq!(answer, "error no-entry");
    running.wait().expect(0);
}

#[test]
fn i59_names_of_any_kind_are_made_listed_and_found() {
    use std::os::unix::ffi::OsStrExt as _;
    let scene = scene!();
    let names = ["new%0Aline", "%1B[31mred", "\u{202e}rtl", "tab%09tab", "\"quote", "back\\slash", "-", "\u{1f980}"];
    let mut operations: Vec<String> = names.iter().map(|name| format!("open p0 {name} create,write f")).collect();
    operations.extend(names.iter().map(|name| format!("stat-at p0 {name}")));
    operations.push("list p0".to_owned());
    let operations: Vec<&str> = operations.iter().map(String::as_str).collect();
    let answers = scene.operations(&operations, &["--dir", &scene.dir("")]);
    assert!(answers.iter().all(|answer| answer.starts_with("ok")), "{answers:?}");
    let listed = answers.last().unwrap();
    assert!(names.iter().all(|name| listed.contains(&format!("{name}:"))), "{listed}");
    // A name that is no UTF-8 cannot be a string of WIT; the rest of the folder is still listed, or the listing says
    // what is wrong with it.
    fs::write(scene.work().join(std::ffi::OsStr::from_bytes(b"bad\xffname")), "").unwrap();
    let answers = scene.operations(&["list p0", "stat-at p0 -"], &["--dir", &scene.dir("")]);
    assert!(answers[0].starts_with("ok ") || answers[0] == "error illegal-byte-sequence", "{answers:?}");
    assert!(answers[1].starts_with("ok "), "{answers:?}");
}

#[test]
fn i66_hostile_text_stays_one_record_a_line() {
    hostile_text_stays_in_its_field();
}

/// What a guest can name reaches no terminal raw, and makes no line of the log.
pub(crate) fn hostile_text_stays_in_its_field() {
    let scene = scene!();
    let (finished, records) = scene.run(guests::ESCAPES).work().flags(&["--report"]).logged();
    finished.expect(0);
    assert!(!finished.stderr.contains('\u{1b}') && !finished.stderr.contains('\u{7}'), "{:?}", finished.stderr);
    assert!(!finished.stderr.contains('\u{202e}'), "{:?}", finished.stderr);
    assert!(records.iter().any(|record| record.resource.contains("\u{1b}[2J")), "the log keeps the name: {records:#?}");
    assert!(!scene.read("audit.log").contains('\u{1b}'), "but escaped");
    let log = scene.path("audit.log").display().to_string();
    for command in [vec!["audit", "show", &log], vec!["audit", "stats", &log]] {
        let shown = scene.tollgate(&command).run();
        shown.expect(0);
        assert!(!shown.stdout.contains('\u{1b}') && !shown.stdout.contains('\u{202e}'), "{:?}", shown.stdout);
    }
    let shown = scene.tollgate(["audit", "show", &log]).run();
    assert_eq!(shown.lines().len(), records.len());
}

#[test]
fn i66_the_file_and_its_arguments_may_be_hostile_too() {
    let scene = scene!();
    let name = "\u{1b}[2J\nowned.wasm";
    let missing = scene.run(scene.path(name)).finish();
    assert!(!missing.expect(127).stderr.contains('\u{1b}'), "{:?}", missing.stderr);
    let file = scene.write(name, fs::read(guests::HELLO).unwrap());
    let (finished, records) = scene.run(file).flags(&["--report"]).args(&["\u{1b}[31m\n{\"v\":1}"]).logged();
    finished.expect(0);
    assert!(!finished.stderr.contains('\u{1b}'), "{:?}", finished.stderr);
    assert!(records.iter().any(|record| record.operation == "run.start" && record.resource.contains("owned")));
}
