//! Paths that mean to lead out, and spellings that mean to be something else.

use std::os::unix::fs::symlink;

use tollgate_tests::{Scene, scene};

use crate::support::denied;

pub(crate) const CANARY: &str = "CANARY-OUTSIDE";

/// A folder to give, and one beside it that nobody gave.
pub(crate) fn with_outside() -> Scene {
    let scene = scene!();
    scene.write("outside/secret", CANARY);
    scene.write("outside/dir/secret", CANARY);
    scene.write("work-secret/secret", CANARY);
    scene.write("work/inside/file", "inside");
    scene.write("work/file", "file");
    scene
}

#[test]
fn a61_a_denied_file_is_denied_in_every_spelling() {
    let scene = with_outside();
    scene.write("work/secret", CANARY);
    symlink("secret", scene.path("work/alias")).unwrap();
    symlink("../secret", scene.path("work/inside/alias")).unwrap();
    let spellings = [
        "secret",
        "./secret",
        ".//secret",
        "secret/",
        "secret/.",
        "inside/../secret",
        "./inside/.././secret",
        "alias",
        "inside/alias",
        "inside/../alias",
        "SECRET",
        "Secret",
        "secret%00",
        "secre%C5%A7",
        "%E2%80%8Bsecret",
    ];
    let operations: Vec<String> = spellings
        .iter()
        .map(|spelling| format!("open p0 {spelling} read,follow f"))
        .collect();
    let operations: Vec<&str> = operations.iter().map(String::as_str).collect();
    let flags = ["--dir", &scene.dir(""), "--deny-read", "/work/secret"];
    let (answers, records) = scene.operations_logged(&operations, &flags);
    for (spelling, answer) in spellings.iter().zip(&answers) {
        assert!(answer.starts_with("error "), "{spelling}: {answer}");
    }
    denied(&records, "fs.read", "/work/secret", "flags:1", "access");
    let through_links = records
        .iter()
        .filter(|record| record.is("fs.read", "/work/secret"))
        .map(|record| record.count)
        .sum::<u64>();
    assert!(
        through_links >= 8,
        "each spelling that means the file is judged as the file: {records:#?}"
    );
}

#[test]
fn a61_letters_that_look_alike_are_different_names() {
    let scene = scene!();
    scene.write("work/\u{e9}", "composed");
    scene.write("work/e\u{301}", "decomposed");
    let flags = ["--dir", &scene.dir(""), "--deny-read", "/work/\u{e9}"];
    let operations = [
        "open p0 %C3%A9 read f",
        "open p0 e%CC%81 read g",
        "read g 100 0",
    ];
    let answers = scene.operations(&operations, &flags);
    assert_eq!(
        answers,
        ["error access", "ok", "ok 10 end=false decomposed"]
    );
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
    assert!(
        answers.iter().all(|answer| answer.starts_with("error ")),
        "{answers:?}"
    );
    // A rule about `/work/a` says nothing of `/work/ab`.
    scene.write("work/a/file", "a");
    scene.write("work/ab/file", "ab");
    let flags = [
        "--dir",
        &scene.dir(""),
        "--deny-read",
        "/work/a/**",
        "--deny-read",
        "/work/a",
    ];
    let answers = scene.operations(&["open p0 a/file read f", "open p0 ab/file read f"], &flags);
    assert_eq!(answers, ["error access", "ok"]);
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
        (
            "missing/../../outside/secret",
            &["not-permitted", "access", "no-entry"],
        ),
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
    let operations: Vec<String> = cases
        .iter()
        .map(|(path, _)| format!("stat-at p0 {path}"))
        .collect();
    let mut operations: Vec<&str> = operations.iter().map(String::as_str).collect();
    operations.extend([
        "stat-at p0 .",
        "stat-at p0 ./",
        "stat-at p0 inside//file",
        "stat-at p0 ./inside/./file",
        "stat-at p0 inside/../file",
    ]);
    let (answers, records) = scene.operations_logged(&operations, &["--dir", &scene.dir("")]);
    for ((path, words), answer) in cases.iter().zip(&answers) {
        let word = answer.strip_prefix("error ").unwrap_or_default();
        let path: String = path.chars().take(40).collect();
        assert!(words.contains(&word), "{path}: {answer}");
    }
    assert!(
        answers[cases.len()..]
            .iter()
            .all(|answer| answer.starts_with("ok ")),
        "{:?}",
        &answers[cases.len()..]
    );
    let asked: u64 = records
        .iter()
        .filter(|record| record.operation == "fs.stat")
        .map(|record| record.count)
        .sum();
    assert_eq!(asked, operations.len() as u64, "each attempt is in the log");
}
