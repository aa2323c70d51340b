//! WASI 0.1 commands as the text of WebAssembly, for tests of whatever runs programs.

use std::fmt::Write as _;

/// What a command does when it has said all.
#[derive(Debug, Clone, Copy)]
pub enum Then {
    /// Ends with a code.
    Exit(u32),
    /// Traps.
    Trap,
    /// Computes for ever.
    Loop,
    /// Grows its memory until it gets none, and traps.
    Grow,
}

/// What every command imports, and its memory.
const HEAD: &str = r#"
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 2)"#;

/// The command that writes these bytes to standard error and standard output, and then ends.
#[must_use]
pub fn saying(stdout: &[u8], stderr: &[u8], then: Then) -> String {
    let then = match then {
        Then::Exit(code) => format!("(call $exit (i32.const {code}))"),
        Then::Trap => "unreachable".to_owned(),
        Then::Loop => "(loop $on (br $on))".to_owned(),
        Then::Grow => "(loop $on (br_if $on (i32.ne (memory.grow (i32.const 64)) (i32.const -1)))) unreachable".to_owned(),
    };
    let (out, err) = (text(stdout), text(stderr));
    let (out_bytes, err_bytes) = (stdout.len(), stderr.len());
    format!(
        r#"(module {HEAD}
    (data (i32.const 64) "{err}") (data (i32.const 4096) "{out}")
    (func $say (param $fd i32) (param $at i32) (param $bytes i32)
        (i32.store (i32.const 0) (local.get $at))
        (i32.store (i32.const 4) (local.get $bytes))
        (drop (call $write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))))
    (func (export "_start")
        (call $say (i32.const 2) (i32.const 64) (i32.const {err_bytes}))
        (call $say (i32.const 1) (i32.const 4096) (i32.const {out_bytes}))
        {then}))"#
    )
}

/// The command that writes a text of at most 4 KiB, over and over, to a descriptor for ever.
#[must_use]
pub fn flood(descriptor: u32, said: &[u8]) -> String {
    let said = text(&said.repeat(4096 / said.len().max(1)));
    format!(
        r#"(module {HEAD}
    (data (i32.const 4096) "{said}")
    (func (export "_start")
        (i32.store (i32.const 0) (i32.const 4096))
        (i32.store (i32.const 4) (i32.const 4096))
        (loop $on
            (drop (call $write (i32.const {descriptor}) (i32.const 0) (i32.const 1) (i32.const 8)))
            (br $on))))"#
    )
}

/// The command that writes what it reads.
#[must_use]
pub fn echo() -> String {
    format!(
        r#"(module {HEAD}
    (func (export "_start")
        (block $done
            (loop $on
                (i32.store (i32.const 0) (i32.const 4096))
                (i32.store (i32.const 4) (i32.const 32768))
                (br_if $done (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
                (br_if $done (i32.eqz (i32.load (i32.const 8))))
                (i32.store (i32.const 4) (i32.load (i32.const 8)))
                (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
                (br $on)))))"#
    )
}

fn text(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        write!(text, "\\{byte:02x}").expect("a text can be added to");
    }
    text
}
