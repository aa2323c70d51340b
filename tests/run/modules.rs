//! Core modules of WASI 0.1: adapted when they are loaded, under the same gate.

use tollgate_tests::{guests, scene};

use crate::support::{allowed, denied, module};

/// Opens `file` in the first folder, reads it and prints it; ends with the error number of the first call that fails.
const PRINTS_A_FILE: &str = r#"(module
    (import "wasi_snapshot_preview1" "path_open"
        (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "file")
    (func $check (param $errno i32)
        (if (local.get $errno) (then (call $exit (local.get $errno)))))
    (func (export "_start")
        (call $check (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 0)
            (i64.const 2) (i64.const 2) (i32.const 0) (i32.const 16)))
        (i32.store (i32.const 32) (i32.const 256))
        (i32.store (i32.const 36) (i32.const 100))
        (call $check (call $read (i32.load (i32.const 16)) (i32.const 32) (i32.const 1) (i32.const 20)))
        (i32.store (i32.const 36) (i32.load (i32.const 20)))
        (call $check (call $write (i32.const 1) (i32.const 32) (i32.const 1) (i32.const 24)))))"#;

/// `errno::acces` of WASI 0.1.
const ACCES: i32 = 2;
/// `errno::badf`: no folder was given.
const BADF: i32 = 8;

#[test]
fn a_module_reads_what_it_was_given() {
    let scene = scene!();
    scene.write("work/file", "content\n");
    let file = scene.write("reads.wasm", module(PRINTS_A_FILE));
    let (finished, records) = scene.run(&file).work().logged();
    assert_eq!(finished.expect(0).stdout, "content\n");
    allowed(&records, "fs.read", "/work/file", "flags:0");
}

#[test]
fn a_module_is_denied_what_it_was_not_given_in_its_own_words() {
    let scene = scene!();
    scene.write("work/file", "content\n");
    let file = scene.write("reads.wasm", module(PRINTS_A_FILE));
    let (finished, records) = scene
        .run(&file)
        .work()
        .flags(&["--deny-read", "/work/file"])
        .logged();
    assert_eq!(finished.expect(ACCES).stdout, "");
    denied(&records, "fs.read", "/work/file", "flags:1", "access");
    scene.run(&file).finish().expect(BADF);
}

#[test]
fn a_module_that_traps_ends_with_134() {
    let scene = scene!();
    let text = "(module (memory (export \"memory\") 1) (func (export \"_start\") unreachable))";
    let file = scene.write("traps.wasm", module(text));
    let (finished, _) = scene.run(file).logged();
    finished.expect(134);
    assert!(
        finished.stderr.contains("unreachable"),
        "{}",
        finished.stderr
    );
}

#[test]
fn inspect_says_that_it_is_a_module_and_what_it_may_ask_for() {
    let scene = scene!();
    let file = scene
        .write("reads.wasm", module(PRINTS_A_FILE))
        .display()
        .to_string();
    let finished = scene.tollgate(["inspect", &file]).run();
    finished.expect(0);
    assert!(
        finished.stdout.contains("WASI 0.1 module"),
        "{}",
        finished.stdout
    );
    assert!(
        finished.stdout.contains("wasi:filesystem/types"),
        "{}",
        finished.stdout
    );
    let component = scene.tollgate(["inspect", guests::HELLO]).run();
    assert!(
        component.expect(0).stdout.contains("component  sha256:"),
        "{}",
        component.stdout
    );
}

/// Opens a file, moves it onto another number, and moves numbers onto themselves and onto what is not open: `rounds` times
/// each. It waits for a byte of input before and after, and prints one.
fn renumbers(opens: u32, moves: u32) -> Vec<u8> {
    module(&format!(
        r#"(module
    (import "wasi_snapshot_preview1" "path_open"
        (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_renumber" (func $renumber (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "file")
    (data (i32.const 8) "here\n")
    (func $check (param $errno i32)
        (if (local.get $errno) (then (call $exit (local.get $errno)))))
    (func $refused (param $errno i32)
        (if (i32.ne (local.get $errno) (i32.const 8)) (then (call $exit (i32.const 99)))))
    (func $file (result i32)
        (call $check (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 0)
            (i64.const 2) (i64.const 2) (i32.const 0) (i32.const 16)))
        (i32.load (i32.const 16)))
    (func $meet
        (i32.store (i32.const 32) (i32.const 8))
        (i32.store (i32.const 36) (i32.const 5))
        (call $check (call $write (i32.const 1) (i32.const 32) (i32.const 1) (i32.const 24)))
        (i32.store (i32.const 32) (i32.const 256))
        (i32.store (i32.const 36) (i32.const 1))
        (call $check (call $read (i32.const 0) (i32.const 32) (i32.const 1) (i32.const 24))))
    (func (export "_start") (local $kept i32) (local $left i32)
        (local.set $kept (call $file))
        (call $meet)
        (local.set $left (i32.const {opens}))
        (loop $again
            (call $check (call $renumber (call $file) (local.get $kept)))
            (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
        (call $meet)
        (local.set $left (i32.const {moves}))
        (loop $again
            (call $check (call $renumber (local.get $kept) (local.get $kept)))
            (call $refused (call $renumber (local.get $kept) (i32.const 1000000)))
            (call $refused (call $renumber (i32.const -1) (local.get $kept)))
            (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
        (i32.store (i32.const 32) (i32.const 256))
        (i32.store (i32.const 36) (i32.const 100))
        (call $check (call $read (local.get $kept) (i32.const 32) (i32.const 1) (i32.const 20)))
        (call $meet)))"#
    ))
}

/// Were what a number stood for not closed, a run of the default 4,096 handles would end by them.
#[test]
fn a50_a_million_renumbered_descriptors_leave_none_open() {
    let scene = scene!();
    scene.write("work/file", "content");
    let file = scene.write("renumbers.wasm", renumbers(10_000, 350_000));
    let mut running = scene
        .run(&file)
        .work()
        .flags(&["--limit", "cpu=60s"])
        .start();
    let descriptors = |running: &tollgate_tests::Running| {
        std::fs::read_dir(format!("/proc/{}/fd", running.id()))
            .unwrap()
            .count()
    };
    assert_eq!(running.line(), "here");
    let before = descriptors(&running);
    assert_eq!(running.ask(""), "here");
    assert_eq!(descriptors(&running), before, "after ten thousand files");
    assert_eq!(running.ask(""), "here");
    assert_eq!(descriptors(&running), before, "after a million moves");
    running.tell("");
    running.wait().expect(0);
    scene.verify("audit.log").expect(0);
}
