//! How a guest ends is how the command ends.

use tollgate_tests::{guests, scene};

use crate::support::module;

#[test]
fn each_code_of_a_0_2_guest_arrives_unchanged() {
    let scene = scene!();
    for code in 0..=255 {
        scene
            .run(guests::EXIT)
            .args(&["code", &code.to_string()])
            .finish()
            .expect(code);
    }
}

#[test]
fn a_guest_that_only_has_exit_with_a_result_gives_0_or_1() {
    let scene = scene!();
    for (words, code) in [
        (["exit", "ok"], 0),
        (["exit", "err"], 1),
        (["return", "0"], 0),
        (["return", "7"], 1),
    ] {
        scene.run(guests::EXIT).args(&words).finish().expect(code);
    }
}

fn exits_with(code: i32) -> Vec<u8> {
    module(&format!(
        "(module
            (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))
            (memory (export \"memory\") 1)
            (func (export \"_start\") (call $exit (i32.const {code})) unreachable))"
    ))
}

#[test]
fn each_code_of_a_core_module_arrives_unchanged() {
    let scene = scene!();
    for code in [0, 1, 3, 42, 127, 255] {
        let file = scene.write(&format!("exit-{code}.wasm"), exits_with(code));
        let (finished, records) = scene.run(file).logged();
        finished.expect(code);
        assert!(
            records
                .iter()
                .any(|record| record.is("run.end", &format!("exit-code={code}"))),
            "{records:#?}"
        );
    }
}

#[test]
fn a_core_module_that_returns_ends_with_0() {
    let scene = scene!();
    let text = "(module (memory (export \"memory\") 1) (func (export \"_start\")))";
    let file = scene.write("returns.wasm", module(text));
    scene.run(file).finish().expect(0);
}

#[test]
fn a_command_line_that_makes_no_sense_ends_with_2_and_says_where() {
    let scene = scene!();
    for (flags, word) in [
        (vec!["--no-such-flag"], "--no-such-flag"),
        (vec!["--limit", "memory=lots"], "memory"),
        (vec!["--limit", "memroy=1MiB"], "memory"),
        (vec!["--dir", "::/work"], "--dir"),
        (vec!["--env", "="], "--env"),
        (vec!["--allow-net", "not a host"], "--allow-net"),
        (vec!["--permissive=everything"], "everything"),
        (vec!["--invoke", "no call"], "no call"),
    ] {
        let finished = scene.run(guests::HELLO).flags(&flags).finish();
        finished.expect(2);
        assert!(
            finished.stderr.contains(word),
            "{flags:?}: {}",
            finished.stderr
        );
        assert_eq!(finished.stdout, "", "{flags:?}");
    }
}

#[test]
fn a_misspelt_key_of_a_policy_file_ends_with_2_and_says_at_which_line() {
    let finished = scene!()
        .run(guests::HELLO)
        .policy("version = 1\n[fs]\nallwo = [\"/x\"]\n")
        .finish();
    finished.expect(2);
    assert!(
        finished.stderr.contains("3:") && finished.stderr.contains("allow"),
        "{}",
        finished.stderr
    );
}

#[test]
fn a_file_that_is_not_there_ends_with_127() {
    let scene = scene!();
    let finished = scene.run("nothing.wasm").finish();
    finished.expect(127);
    assert!(
        finished.stderr.contains("nothing.wasm"),
        "{}",
        finished.stderr
    );
}

#[test]
fn a_folder_that_cannot_be_given_is_the_hosts_failure() {
    let scene = scene!();
    let finished = scene
        .run(guests::HELLO)
        .flags(&["--dir", "missing::/work"])
        .finish();
    finished.expect(1);
    assert!(finished.stderr.contains("missing"), "{}", finished.stderr);
    assert_eq!(finished.stdout, "", "the guest started");
}

#[test]
fn flags_end_at_the_file_and_the_rest_is_the_guests() {
    let finished = scene!()
        .run(guests::HELLO)
        .args(&["--dir", "/", "--", "-x", "--help"])
        .finish();
    let lines = [
        "argument --dir",
        "argument /",
        "argument --",
        "argument -x",
        "argument --help",
    ];
    assert_eq!(finished.expect(0).lines().get(1..6), Some(lines.as_slice()));
}
