//! What is switched off: each feature by a binary that is valid where it is on.

use tollgate_engine::Engine;
use wasmparser::{Validator, WasmFeatures};

use crate::make::wasm;
use crate::measure::load;

/// Refused, although it is valid WebAssembly with everything switched on: so it is the switch that refuses it.
#[track_caller]
fn switched_off(cases: &[(&str, &str)]) {
    let engine = Engine::new().unwrap();
    for (feature, items) in cases {
        for text in [
            format!("(module {items} (memory (export \"memory\") 1) (func (export \"_start\")))"),
            format!("(component (core module {items} (func (export \"_start\"))))"),
        ] {
            let bytes = wasm(&text);
            Validator::new_with_features(WasmFeatures::all())
                .validate_all(&bytes)
                .unwrap_or_else(|error| panic!("{feature} is not valid anywhere: {error}"));
            assert!(load(&engine, &bytes).is_err(), "{feature} is taken: {text}");
        }
    }
}

#[test]
fn a37_garbage_collection_is_off() {
    switched_off(&[
        ("i31", "(func (drop (ref.i31 (i32.const 1))))"),
        (
            "i31 as a parameter",
            "(func (export \"f\") (param (ref null i31)))",
        ),
        ("a struct", "(type (struct (field i32)))"),
        ("an array", "(type (array (mut i8)))"),
        ("null references", "(func (drop (ref.null none)))"),
        ("any", "(func (param anyref))"),
        ("eq", "(global (ref null eq) (ref.null eq))"),
        (
            "casts",
            "(func (param anyref) (drop (ref.test (ref i31) (local.get 0))))",
        ),
        ("tables of any", "(table 1 anyref)"),
    ]);
}

#[test]
fn a38_exceptions_are_off() {
    switched_off(&[
        ("a tag", "(tag)"),
        ("throw", "(tag) (func (throw 0))"),
        ("try_table", "(func (try_table))"),
        ("exnref", "(func (param exnref))"),
        ("legacy exceptions", "(tag) (func try catch 0 end)"),
    ]);
}

#[test]
fn a49_threads_and_shared_memories_are_off() {
    switched_off(&[
        ("a shared memory", "(memory 1 1 shared)"),
        (
            "an imported shared memory",
            "(import \"a\" \"b\" (memory 1 1 shared))",
        ),
        (
            "atomics",
            "(memory 1) (func (drop (i32.atomic.load (i32.const 0))))",
        ),
        ("a fence", "(func atomic.fence)"),
        ("shared functions", "(type (shared (func)))"),
    ]);
}

#[test]
fn a39_memories_and_tables_of_64_bits_are_off() {
    switched_off(&[
        ("memory64", "(memory i64 1)"),
        ("table64", "(table i64 1 funcref)"),
        (
            "table64 with the largest maximum",
            "(table i64 0 0xffffffffffffffff funcref)",
        ),
    ]);
}

#[test]
fn a38_what_no_guest_needs_is_off() {
    switched_off(&[
        (
            "wide arithmetic",
            "(func (param i64 i64) (result i64 i64) (i64.mul_wide_u (local.get 0) (local.get 1)))",
        ),
        ("pages of one byte", "(memory 1 (pagesize 1))"),
        (
            "stack switching",
            "(type $f (func)) (type $c (cont $f)) (func (param (ref null $c)))",
        ),
    ]);
}

/// The parts of the component model that run guests beside each other.
#[test]
fn a31_asynchronous_components_are_off() {
    let engine = Engine::new().unwrap();
    let core = "(core module $m (func (export \"f\") (result i32) (i32.const 0)) (func (export \"c\") (param i32 i32 i32) (result i32) (i32.const 0)))
        (core instance $i (instantiate $m))";
    for (feature, items) in [
        ("an async function", "(type (func async))".to_owned()),
        (
            "an async lift",
            format!(
                "{core} (func (canon lift (core func $i \"f\") async (callback (func $i \"c\"))))"
            ),
        ),
        ("a stream", "(type (stream u8))".to_owned()),
        ("a future", "(type (future u8))".to_owned()),
        ("an error context", "(type error-context)".to_owned()),
        ("task.cancel", "(core func (canon task.cancel))".to_owned()),
        (
            "threads of a component",
            "(core func (canon thread.index))".to_owned(),
        ),
    ] {
        let bytes = wat::parse_str(format!("(component {items})"))
            .unwrap_or_else(|error| panic!("{feature}: {error}"));
        assert!(load(&engine, &bytes).is_err(), "{feature} is taken");
    }
}

/// The control: what is on is taken in the same two forms.
#[test]
fn what_guests_are_built_with_is_on() {
    let engine = Engine::new().unwrap();
    for items in [
        "(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))",
        "(func (param f32) (result i32) (i32.trunc_sat_f32_s (local.get 0)))",
        "(func (result v128) (v128.const i32x4 1 2 3 4))",
        "(func (result i32 i32) (i32.const 1) (i32.const 2))",
        "(memory 1) (memory 1)",
        "(func $f (return_call $f))",
    ] {
        let module = wasm(&format!(
            "(module {items} (memory (export \"memory\") 1) (func (export \"_start\")))"
        ));
        let component = wasm(&format!("(component (core module {items}))"));
        for bytes in [module, component] {
            load(&engine, &bytes).unwrap_or_else(|error| panic!("{items}: {error}"));
        }
    }
}
