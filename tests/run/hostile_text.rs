//! Names and output that mean to be read as something else: by a terminal, or by a reader of the log.

use std::fs;

use tollgate_tests::{guests, scene};

#[test]
fn i59_names_of_any_kind_are_made_listed_and_found() {
    use std::os::unix::ffi::OsStrExt as _;
    let scene = scene!();
    let names = [
        "new%0Aline",
        "%1B[31mred",
        "\u{202e}rtl",
        "tab%09tab",
        "\"quote",
        "back\\slash",
        "-",
        "\u{1f980}",
    ];
    let mut operations: Vec<String> = names
        .iter()
        .map(|name| format!("open p0 {name} create,write f"))
        .collect();
    operations.extend(names.iter().map(|name| format!("stat-at p0 {name}")));
    operations.push("list p0".to_owned());
    let operations: Vec<&str> = operations.iter().map(String::as_str).collect();
    let answers = scene.operations(&operations, &["--dir", &scene.dir("")]);
    assert!(
        answers.iter().all(|answer| answer.starts_with("ok")),
        "{answers:?}"
    );
    let listed = answers.last().unwrap();
    assert!(
        names
            .iter()
            .all(|name| listed.contains(&format!("{name}:"))),
        "{listed}"
    );
    // A name that is no UTF-8 cannot be a string of WIT; the rest of the folder is still listed, or the listing says
    // what is wrong with it.
    fs::write(
        scene
            .work()
            .join(std::ffi::OsStr::from_bytes(b"bad\xffname")),
        "",
    )
    .unwrap();
    let answers = scene.operations(&["list p0", "stat-at p0 -"], &["--dir", &scene.dir("")]);
    assert!(
        answers[0].starts_with("ok ") || answers[0] == "error illegal-byte-sequence",
        "{answers:?}"
    );
    assert!(answers[1].starts_with("ok "), "{answers:?}");
}

#[test]
fn i66_hostile_text_stays_one_record_a_line() {
    hostile_text_stays_in_its_field();
}

/// What a guest can name reaches no terminal raw, and makes no line of the log.
pub(crate) fn hostile_text_stays_in_its_field() {
    let scene = scene!();
    let (finished, records) = scene
        .run(guests::ESCAPES)
        .work()
        .flags(&["--report"])
        .logged();
    finished.expect(0);
    assert!(
        !finished.stderr.contains('\u{1b}') && !finished.stderr.contains('\u{7}'),
        "{:?}",
        finished.stderr
    );
    assert!(
        !finished.stderr.contains('\u{202e}'),
        "{:?}",
        finished.stderr
    );
    assert!(
        records
            .iter()
            .any(|record| record.resource.contains("\u{1b}[2J")),
        "the log keeps the name: {records:#?}"
    );
    assert!(!scene.read("audit.log").contains('\u{1b}'), "but escaped");
    let log = scene.path("audit.log").display().to_string();
    for command in [vec!["audit", "show", &log], vec!["audit", "stats", &log]] {
        let shown = scene.tollgate(&command).run();
        shown.expect(0);
        assert!(
            !shown.stdout.contains('\u{1b}') && !shown.stdout.contains('\u{202e}'),
            "{:?}",
            shown.stdout
        );
    }
    let shown = scene.tollgate(["audit", "show", &log]).run();
    assert_eq!(shown.lines().len(), records.len());
}

#[test]
fn i66_the_file_and_its_arguments_may_be_hostile_too() {
    let scene = scene!();
    let name = "\u{1b}[2J\nowned.wasm";
    let missing = scene.run(scene.path(name)).finish();
    assert!(
        !missing.expect(127).stderr.contains('\u{1b}'),
        "{:?}",
        missing.stderr
    );
    let file = scene.write(name, fs::read(guests::HELLO).unwrap());
    let (finished, records) = scene
        .run(file)
        .flags(&["--report"])
        .args(&["\u{1b}[31m\n{\"v\":1}"])
        .logged();
    finished.expect(0);
    assert!(!finished.stderr.contains('\u{1b}'), "{:?}", finished.stderr);
    assert!(
        records
            .iter()
            .any(|record| record.operation == "run.start" && record.resource.contains("owned"))
    );
}

/// A module whose only function traps, under a name of the guest's choice.
fn traps_as(name: &str) -> Vec<u8> {
    let mut bytes = wat::parse_str(
        "(module (memory (export \"memory\") 1) (func (export \"_start\") unreachable))",
    )
    .unwrap();
    let length = u8::try_from(name.len()).unwrap();
    // Custom section `name`, subsection 1 (functions): one name, for function 0.
    bytes.extend([0, length + 10, 4]);
    bytes.extend(b"name");
    bytes.extend([1, length + 3, 1, 0, length]);
    bytes.extend(name.as_bytes());
    bytes
}

#[test]
fn i66_names_of_functions_reach_no_terminal_raw() {
    let scene = scene!();
    let file = scene.write("traps.wasm", traps_as("\u{1b}[31mowned\u{202e}\u{7}"));
    let finished = scene.run(file).flags(&["--report"]).finish();
    finished.expect(134);
    assert!(
        finished.stderr.contains("owned"),
        "the name is shown: {}",
        finished.stderr
    );
    let raw = ['\u{1b}', '\u{202e}', '\u{7}'];
    assert!(!finished.stderr.contains(raw), "{:?}", finished.stderr);

    let text = "(module (import \"e\\1b[31m\" \"f\" (func)) (func (export \"_start\")))";
    let file = scene.write("imports.wasm", wat::parse_str(text).unwrap());
    let file = file.display().to_string();
    for command in [vec!["run", &file], vec!["inspect", &file]] {
        let finished = scene.tollgate(&command).run();
        assert!(
            !finished.expect(126).stderr.contains('\u{1b}'),
            "{:?}",
            finished.stderr
        );
    }
}

#[test]
fn i66_results_of_invoked_functions_are_escaped() {
    let call = "greet(\"\\u{1b}[31m\\u{202e}\", 1)";
    let finished = scene!()
        .run(guests::CALLS)
        .flags(&["--invoke", call])
        .finish();
    let raw = ['\u{1b}', '\u{202e}'];
    assert!(
        !finished.expect(0).stdout.contains(raw),
        "{:?}",
        finished.stdout
    );
}
