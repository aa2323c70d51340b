//! The programs: the same text for both sides.

use tollgate_client::program;
use tollgate_client::types::{ExecuteRequest, GuestRuntimeKind};

use crate::side::Side;

pub(crate) const ALLOW: &str = r#"{"permissions":{"fs":"allow","network":"allow","childProcess":"allow","process":"allow","env":"allow","binding":"allow"}}"#;

/// Where the module lies in a VM.
pub(crate) const MODULE: &str = "/hello.wasm";

pub(crate) const LANGUAGES: [Language; 3] = [
    Language::JavaScript,
    Language::WebAssembly,
    Language::Python,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    JavaScript,
    WebAssembly,
    Python,
}

impl Language {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::JavaScript => "JavaScript",
            Self::WebAssembly => "WebAssembly",
            Self::Python => "Python",
        }
    }

    /// Prints a line and ends.
    pub(crate) fn hello(self, side: &Side) -> ExecuteRequest {
        match self {
            Self::JavaScript => program("hello", GuestRuntimeKind::JavaScript, "/hello.js"),
            Self::WebAssembly => program("hello", GuestRuntimeKind::WebAssembly, &side.module),
            Self::Python => program("hello", GuestRuntimeKind::Python, "print('hello')"),
        }
    }

    /// Prints a line and waits: for a timer, or for its standard input where the language has no cheap timer.
    pub(crate) fn waits(self, side: &Side, process: &str) -> ExecuteRequest {
        match self {
            Self::JavaScript => program(process, GuestRuntimeKind::JavaScript, "/wait.js"),
            Self::WebAssembly => ExecuteRequest {
                args: vec!["wait".to_owned()],
                ..program(process, GuestRuntimeKind::WebAssembly, &side.module)
            },
            Self::Python => {
                let text = "import sys\nprint('waits', flush=True)\nsys.stdin.readline()";
                program(process, GuestRuntimeKind::Python, text)
            }
        }
    }
}

/// What lies in a VM.
pub(crate) fn files() -> [(&'static str, Vec<u8>); 5] {
    [
        ("/hello.js", b"console.log('hello')".to_vec()),
        ("/wait.js", b"console.log('waits'); setInterval(() => {}, 600000)".to_vec()),
        ("/spin.js", b"console.log('spins'); for (;;);".to_vec()),
        (
            "/serve.js",
            b"require('http').createServer((request, response) => response.end('served')).listen(4000, () => console.log('serves'))".to_vec(),
        ),
        (MODULE, module()),
    ]
}

/// A module for WASI 0.1 that prints a line, and where it has an argument waits for its standard input.
pub(crate) fn module() -> Vec<u8> {
    wat::parse_str(
        r#"(module
            (type $read-or-write (func (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_write" (func $write (type $read-or-write)))
            (import "wasi_snapshot_preview1" "fd_read" (func $read (type $read-or-write)))
            (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
            (memory (export "memory") 1)
            (data (i32.const 0) "\10\00\00\00\06\00\00\00")
            (data (i32.const 16) "hello\n")
            (func (export "_start")
                (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
                (drop (call $sizes (i32.const 32) (i32.const 36)))
                (if (i32.gt_u (i32.load (i32.const 32)) (i32.const 1))
                    (then (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))))))"#,
    )
    .unwrap()
}
