//! What is no tool, and why.

use tollgate::engine::{AdaptError, CapError, NotWebAssembly};
use tollgate_plugins::core_abi::{MAX_FUNCTIONS, MAX_NAME_BYTES, WrapError, is_tool, wrap};

use crate::support::{ECHO, wasm};

#[track_caller]
fn refused(text: &str) -> WrapError {
    wrap(&wasm(text)).unwrap_err()
}

fn module(more: &str) -> String {
    ECHO.replacen("(module", &format!("(module {more}"), 1)
}

#[test]
fn i36_what_is_no_core_module_says_what_it_is() {
    for bytes in [
        &b""[..],
        b"\0asm",
        b"\x7fELF\x02\x01\x01",
        b"#!/bin/sh\n",
        b"(module)",
        b"\0asm\x02\0\0\0",
        b"text",
    ] {
        let error = wrap(bytes).unwrap_err();
        assert!(matches!(error, WrapError::NotWebAssembly(_)), "{error}");
        assert!(!is_tool(bytes));
    }
    assert!(matches!(
        wrap(b"\x7fELF\x02\x01\x01"),
        Err(WrapError::NotWebAssembly(NotWebAssembly::Native { .. }))
    ));
    assert!(matches!(refused("(component)"), WrapError::Component));
}

#[test]
fn i36_every_truncation_of_a_module_is_malformed() {
    let whole = wasm(&module(
        r#"(import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))"#,
    ));
    for length in 8..whole.len() {
        let error = wrap(&whole[..length]);
        // Cut between two sections it is a module still, and lacks what was in the rest.
        assert!(
            matches!(
                error,
                Err(WrapError::Malformed(_)
                    | WrapError::Cap(CapError::Malformed(_))
                    | WrapError::Adapt(AdaptError::Malformed(_))
                    | WrapError::NoMemory)
            ),
            "{length}: {error:?}"
        );
    }
    assert!(wrap(&whole).is_ok());
    let mut more = whole;
    more.extend(b"more");
    assert!(wrap(&more).is_err());
}

#[test]
fn a_tool_has_a_memory_by_its_name() {
    let tool = r#"(func (export "f") (param i32 i32) (result i32 i32) unreachable)"#;
    for text in [
        format!("(module {tool})"),
        format!("(module (memory 1) {tool})"),
        format!(r#"(module (memory (export "mem") 1) {tool})"#),
        format!(r#"(module (memory 1) (func (export "memory")) {tool})"#),
    ] {
        let error = refused(&text);
        assert!(matches!(error, WrapError::NoMemory), "{text}: {error}");
        assert_eq!(error.to_string(), "Module does not export 'memory'");
    }
}

#[test]
fn the_memory_is_of_the_abis_kind() {
    assert!(matches!(
        refused(&module("(memory i64 1)")),
        WrapError::Memory64
    ));
    assert!(matches!(
        refused(&module("(memory 1 1 shared)")),
        WrapError::SharedMemory
    ));
    assert!(matches!(
        refused(&module("(memory 1 (pagesize 1))")),
        WrapError::PageSize
    ));
}

#[test]
fn features_that_no_guest_has_are_refused() {
    for text in [
        "(tag)",
        "(type (struct))",
        "(type (array i32))",
        "(func (param (ref func)))",
        "(global externref (ref.null extern)) (func (param exnref))",
    ] {
        let error = refused(&module(text));
        assert!(
            matches!(
                error,
                WrapError::Malformed(_) | WrapError::Adapt(AdaptError::Malformed(_))
            ),
            "{text}: {error}"
        );
    }
}

#[test]
fn a_module_without_tools_says_what_it_has() {
    let error = refused(
        r#"(module (memory (export "memory") 1) (global (export "g") i32 (i32.const 1))
            (func (export "one") (param i32) (result i32 i32) unreachable)
            (func (export "two\1b[31m") (param i32 i64) (result i32 i32) unreachable)
            (func (export "three") (param i32 i32 i32) (result f32) unreachable)
            (func (export "_start")))"#,
    );
    assert_eq!(
        error.to_string(),
        "the module exports no function (i32, i32) -> (i32, i32), which a tool is; it exports: `one` (i32) -> (i32, i32), \
         `two\u{fffd}[31m` (i32, i64) -> (i32, i32), `three` (i32, i32, i32) -> (f32), `_start` () -> ()"
    );
    let none = refused(r#"(module (memory (export "memory") 1))"#);
    assert!(
        none.to_string().ends_with("it exports: no function"),
        "{none}"
    );
    let long = format!(
        r#"(module (memory (export "memory") 1) {})"#,
        (0..50)
            .map(|index| format!(r#"(func (export "{}{index}"))"#, "x".repeat(1_000)))
            .collect::<String>()
    );
    let error = refused(&long).to_string();
    assert!(
        error.len() < 10_000 && error.ends_with("and 30 more"),
        "{error}"
    );
}

#[test]
fn a22_imports_that_are_not_of_wasi_0_1_are_named() {
    let foreign = module(r#"(import "env" "abort" (func))"#);
    assert!(matches!(
        refused(&foreign),
        WrapError::Adapt(AdaptError::UnknownImport { module, name })
            if module == "env" && name == "abort"
    ));
    for import in [
        r#"(import "wasi_snapshot_preview1" "fd_dup" (func))"#,
        r#"(import "env" "memory" (memory 1))"#,
        r#"(import "__main_module__" "cabi_realloc" (func (param i32 i32 i32 i32) (result i32)))"#,
        r#"(import "wasi:cli/exit@0.2.12" "exit-with-code" (func (param i32)))"#,
        r#"(import "wasi_snapshot_preview1" "cabi_import_realloc" (func (param i32 i32 i32 i32) (result i32)))"#,
    ] {
        let error = refused(&module(import));
        assert!(
            matches!(error, WrapError::Adapt(AdaptError::UnknownImport { .. })),
            "{import}: {error}"
        );
    }
    for import in [
        r#"(import "wasi_snapshot_preview1" "fd_write" (func (param i32)))"#,
        r#"(import "wasi_snapshot_preview1" "fd_write" (global i32))"#,
        r#"(import "wasi_snapshot_preview1" "proc_exit" (func (param i64)))"#,
    ] {
        let error = refused(&module(import));
        assert!(
            matches!(error, WrapError::Adapt(AdaptError::WrongImport { .. })),
            "{import}: {error}"
        );
    }
    let name = "\\1b[31m".repeat(10_000);
    let long = refused(&module(&format!(r#"(import "{name}" "{name}" (func))"#)));
    let text = long.to_string();
    assert!(text.len() < 2_000 && !text.contains('\u{1b}'), "{text}");
    let old = module(r#"(import "wasi_unstable" "proc_exit" (func (param i32)))"#);
    assert!(matches!(
        refused(&old),
        WrapError::Adapt(AdaptError::TooOld)
    ));
}

#[test]
fn i31_there_is_a_most_of_everything() {
    let import = r#"(import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))"#;
    assert!(matches!(
        refused(&module(&import.repeat(1_001))),
        WrapError::Adapt(AdaptError::TooManyImports { count: 1_001 })
    ));
    let tool = |name: &str| {
        format!(r#"(func (export "{name}") (param i32 i32) (result i32 i32) unreachable)"#)
    };
    let many: String = (0..MAX_FUNCTIONS)
        .map(|index| tool(&format!("t{index}")))
        .collect();
    assert!(matches!(
        refused(&module(&many)),
        WrapError::TooManyFunctions { count } if count == MAX_FUNCTIONS + 1
    ));
    let bytes = MAX_NAME_BYTES + 1;
    assert!(matches!(
        refused(&module(&tool(&"n".repeat(bytes)))),
        WrapError::NameTooLong { bytes: found } if found == bytes
    ));
    assert!(wrap(&wasm(&module(&tool(&"n".repeat(MAX_NAME_BYTES))))).is_ok());
    let types = "(type (func (param i32)))".repeat(20_001);
    assert!(matches!(refused(&module(&types)), WrapError::Cap(_)));
}
