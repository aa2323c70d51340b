//! The component that is generated around a core module that is a tool: whatever is taken, what is made of it is valid and
//! has the tools that it says.

use tollgate_engine::{Kind, Source, detect};
use tollgate_plugins::core_abi::{WrapError, is_tool, wrap};
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

/// Holds wrapping to that.
///
/// # Panics
///
/// When it does not hold.
pub fn check(data: &[u8]) {
    assert_eq!(is_tool(data), detect(data) == Ok(Kind::Module));
    match wrap(data) {
        Ok(wrapped) => {
            let error = Validator::new_with_features(WasmFeatures::all())
                .validate_all(&wrapped.component)
                .err();
            assert!(
                error.is_none(),
                "what wrapping made is not valid: {error:?}"
            );
            let exports = exports(&wrapped.component);
            let tools: Vec<_> = wrapped.functions.iter().map(|tool| &tool.export).collect();
            assert!(!tools.is_empty());
            assert!(exports.iter().eq(tools), "it exports {exports:?}");
            let source = Source::new(wrapped.component);
            assert!(source.is_ok(), "what wrapping made is refused: {source:?}");
        }
        // The host survives a reader that panics; here it is a find.
        Err(WrapError::Unreadable) => panic!("the reader gave up on it"),
        Err(error) => {
            let text = error.to_string();
            assert!(!text.is_empty() && !text.contains(".cargo"), "{text}");
            // What the encoder of components would say is about a component that nobody wrote.
            assert!(!text.contains("cannot be adapted"), "{text}");
        }
    }
}

/// What a component exports at its outermost level.
fn exports(component: &[u8]) -> Vec<String> {
    let mut depth = 0;
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        match payload.expect("it is valid") {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentExportSection(section) if depth == 0 => {
                let names = section
                    .into_iter()
                    .map(|export| export.expect("it is valid").name.name.to_owned());
                found.extend(names);
            }
            _ => {}
        }
    }
    found
}

/// Modules that are tools in each way, and some that are none.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    const ECHO: &str =
        r#"(func (export "echo") (param i32 i32) (result i32 i32) (local.get 0) (local.get 1))"#;
    let texts = [
        format!(r#"(module (memory (export "memory") 1) {ECHO})"#),
        format!(
            r#"(module (type $t (func (param i32 i32) (result i32 i32)))
                (import "wasi_snapshot_preview1" "fd_write" (func $w (param i32 i32 i32 i32) (result i32)))
                (import "wasi_snapshot_preview1" "proc_exit" (func $x (param i32)))
                (table 2 funcref) (memory $m (export "memory") 1 5) (memory 1)
                (global (mut i32) (i32.const 1)) (global funcref (ref.func $f))
                (export "w" (func $w)) (start $s) (elem (i32.const 0) $f $s) (elem declare func $x)
                (data (i32.const 9) "abc") (data "passive")
                (func $s (drop (memory.grow $m (i32.const 1))) (data.drop 1))
                (func (export "_initialize"))
                (func $f (export "f") (type $t)
                    (call_indirect (type $t) (local.get 0) (local.get 1) (i32.const 0))) {ECHO})"#
        ),
        format!(r#"(module (memory (export "memory") i64 1) {ECHO})"#),
        format!(r#"(module (memory (export "memory") 1 1 shared) {ECHO})"#),
        format!(r#"(module (memory (export "memory") 1) {ECHO} (@custom "component-type" "x"))"#),
        r#"(module (memory (export "memory") 1) (func (export "one") (param i32)))"#.to_owned(),
        "(component)".to_owned(),
    ];
    texts
        .iter()
        .map(|text| wat::parse_str(text).expect("it is WebAssembly"))
        .collect()
}
