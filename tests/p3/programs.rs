//! Each guest of 0.3 once.

use tollgate_tests::{guests, scene};

pub(crate) use crate::hostile::a_write_that_is_given_up_went_out_as_far_as_the_guest_is_told as p3_back;
pub(crate) use crate::hostile::{p3_flood, p3_many, p3_odd};
use crate::run;
use crate::support::{about, allowed, denied, of_the_guest};
pub(crate) use crate::tour::p3_tour;

const NO_STDOUT: &str = "version = 1\n[stdio]\ndefault = \"allow\"\ndeny = [\"stdout\"]\n";

#[test]
pub(crate) fn p3_hello() {
    let scene = scene!();
    let (finished, records) = run(&scene, guests::P3_HELLO)
        .flags(&["--env", "GREETING=good day"])
        .args(&["one", "--two"])
        .logged();
    finished.expect(0);
    let expected = [
        "hello over 0.3",
        "argument one",
        "argument --two",
        "greeting good day",
    ];
    assert_eq!(finished.lines(), expected);
    assert!(
        finished.stderr.contains("a word on standard error"),
        "{}",
        finished.stderr
    );
    allowed(&records, "env.read", "GREETING", "flags:0");
    let out = about(&records, "stdio.write", "stdout");
    let written: u64 = out.iter().map(|record| record.bytes_out).sum();
    assert_eq!(written, finished.stdout.len() as u64);
    assert!(
        out.iter()
            .all(|record| record.import == "wasi:cli/stdout@0.3#write-via-stream"),
        "the log says through which release: {out:#?}"
    );

    let scene = scene!();
    let (finished, records) = run(&scene, guests::P3_HELLO).policy(NO_STDOUT).logged();
    finished.expect(0);
    assert_eq!(finished.stdout, "");
    denied(&records, "stdio.write", "stdout", "file:1", "pipe");
}

#[test]
pub(crate) fn p3_cat() {
    let content: Vec<u8> = (0..200_000_u32)
        .map(|number| b'a' + u8::try_from(number % 26).unwrap_or(0))
        .collect();
    let scene = scene!();
    let (finished, records) = run(&scene, guests::P3_CAT).input(content.clone()).logged();
    finished.expect(0);
    assert_eq!(finished.stdout.as_bytes(), content);
    let read = about(&records, "stdio.read", "stdin");
    let read: u64 = read.iter().map(|record| record.bytes_in).sum();
    let written = about(&records, "stdio.write", "stdout");
    let written: u64 = written.iter().map(|record| record.bytes_out).sum();
    assert_eq!((read, written), (200_000, 200_000));

    let policy = "version = 1\n[stdio]\ndefault = \"allow\"\ndeny = [\"stdin\"]\n";
    let scene = scene!();
    let (finished, records) = run(&scene, guests::P3_CAT)
        .policy(policy)
        .input("secret")
        .logged();
    finished.expect(1);
    assert_eq!(finished.stdout, "");
    assert!(
        finished.stderr.contains("(Err(ErrorCode::Pipe), Ok(()))"),
        "{}",
        finished.stderr
    );
    denied(&records, "stdio.read", "stdin", "file:1", "pipe");
}

/// Each record is flushed before its effect: nothing passes without waiting, and all of it passes.
#[test]
fn streams_pass_where_every_record_is_flushed_first() {
    let content = "line\n".repeat(2_000);
    let policy = "version = 1\n[audit]\nflush = \"each\"\n";
    let scene = scene!();
    let (finished, records) = run(&scene, guests::P3_CAT)
        .policy(policy)
        .input(content.clone())
        .logged();
    finished.expect(0);
    assert_eq!(finished.stdout, content);
    let written = about(&records, "stdio.write", "stdout");
    let written: u64 = written.iter().map(|record| record.bytes_out).sum();
    assert_eq!(written, content.len() as u64);
}

#[test]
pub(crate) fn p3_files() {
    let scene = scene!();
    let (finished, records) = run(&scene, guests::P3_FILES).work().logged();
    finished.expect(0);
    let expected = [
        "read hello world",
        "from the middle world",
        "past the end 0",
        "size 11 DescriptorType::RegularFile",
        "modified Some((-86400, 1))",
        "entries 200 Some(\"000\") Some(\"199\")",
        "gone: error no-entry",
        "read a folder: error is-directory",
        "write a folder: error bad-descriptor",
        "write what is for reading: error bad-descriptor",
        "list a file: error not-directory",
        "read an empty file: ok 0",
        "all: ok",
    ];
    assert_eq!(finished.lines(), expected);
    assert_eq!(
        std::fs::read_dir(scene.path("work/many")).unwrap().count(),
        200
    );
    let written: u64 = about(&records, "fs.write", "/work/made.txt")
        .iter()
        .map(|record| record.bytes_out)
        .sum();
    assert_eq!(written, 200_000 + 6 + 5, "every byte is in the log once");
    for record in of_the_guest(&records) {
        let of_files = record.operation.starts_with("fs.");
        assert!(
            !of_files || record.import.starts_with("wasi:filesystem/types@0.3#"),
            "{record:?}"
        );
    }
}

#[test]
pub(crate) fn p3_clocks() {
    let scene = scene!();
    let (finished, records) = run(&scene, guests::P3_CLOCKS).logged();
    finished.expect(0);
    let expected = [
        "time of day true",
        "waited true",
        "waited twice at once true",
        "random 32",
        "no more than the host gives true",
    ];
    assert_eq!(finished.lines(), expected);
    let through = |import: &str| {
        records
            .iter()
            .filter(|record| record.import == import)
            .map(|record| record.count)
            .sum::<u64>()
    };
    assert_eq!(through("wasi:clocks/monotonic-clock@0.3#wait-for"), 2);
    assert_eq!(through("wasi:clocks/monotonic-clock@0.3#wait-until"), 2);
    assert_eq!(through("wasi:clocks/system-clock@0.3#now"), 1);
}

#[test]
pub(crate) fn p3_exit() {
    for (words, code) in [
        (vec!["ok"], 0),
        (vec!["err"], 1),
        (vec!["code", "42"], 42),
        (vec!["code", "255"], 255),
        (vec!["trap"], 134),
        // What is still under way when `run` has returned ends with it.
        (vec!["pending"], 0),
    ] {
        let scene = scene!();
        let (finished, records) = run(&scene, guests::P3_EXIT).args(&words).logged();
        finished.expect(code);
        assert_eq!(finished.stdout, "about to end\n");
        let end = about(&records, "run.end", &format!("exit-code={code}"));
        assert_eq!(end.len(), 1, "{records:#?}");
    }
}

#[test]
fn a_guest_that_waits_for_what_cannot_come_traps() {
    let scene = scene!();
    let finished = run(&scene, guests::P3_EXIT).args(&["stuck"]).finish();
    finished.expect(134);
    assert!(finished.stderr.contains("deadlock"), "{}", finished.stderr);
}

/// A28: waits are pending when the guest traps. The run ends as a trap, its log is whole, and nothing of the store is
/// used again.
#[test]
fn a28_a_trap_with_calls_pending_ends_the_run_and_nothing_else() {
    for _ in 0..3 {
        let scene = scene!();
        let (finished, records) = run(&scene, guests::P3_EXIT)
            .args(&["trap", "pending"])
            .logged();
        finished.expect(134);
        assert!(finished.says("pending"), "{}", finished.stdout);
        assert!(!finished.stderr.contains("panicked"), "{}", finished.stderr);
        assert_eq!(about(&records, "run.end", "exit-code=134").len(), 1);
    }
}

#[test]
pub(crate) fn p3_half() {
    let scene = scene!();
    let mut running = run(&scene, guests::P3_HALF).work().start();
    // The guest reads before there is anything, gives that up, and reads again.
    assert_eq!(running.line(), "ready at once false");
    running.tell("hello");
    let finished = running.wait();
    finished.expect(0);
    let expected = [
        "ready at once false",
        "read hello",
        "input ended true",
        "a line that is written whole or not at all",
        "left 0",
        "output ended true",
        "written 100000 true",
        "read 10 of it",
        "the end true",
        "all of it 100000",
    ];
    let lines: Vec<&str> = finished
        .lines()
        .into_iter()
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(lines, expected);
    scene.verify("audit.log").expect(0);
    let records = scene.records("audit.log");
    let written: u64 = about(&records, "fs.write", "/work/half")
        .iter()
        .map(|record| record.bytes_out)
        .sum();
    assert_eq!(written, 100_000);
    let read = about(&records, "stdio.read", "stdin");
    assert!(
        read.iter().all(|record| record.outcome == "ok"),
        "a read that was given up before it found anything is none: {read:#?}"
    );
}

#[test]
pub(crate) fn p3_sockets() {
    let scene = scene!();
    let finished = run(&scene, guests::P3_SOCKETS)
        .flags(&["--allow-net", "*"])
        .finish();
    finished.expect(126);
    assert!(
        finished
            .stderr
            .contains("wasi:sockets/ip-name-lookup@0.3.0"),
        "it is refused by name: {}",
        finished.stderr
    );
    assert_eq!(finished.stdout, "");
}
