//! What goes in comes out.

use tollgate::engine::Source;
use tollgate_plugins::core_abi::{MAX_NAME_BYTES, is_tool, wrap};

use crate::support::{ECHO, Tool, wasm};

#[tokio::test]
async fn what_a_tool_is_given_it_gives_back() {
    let tool = Tool::new(ECHO).await;
    for input in [
        &b"{}"[..],
        b"",
        br#"{"text":"\u00fc\u0000","list":[1,2,3]}"#,
        b"no JSON at all \xff\x00",
        &[7; 65_535],
        &[7; 65_536],
    ] {
        assert_eq!(tool.output(input).await, input);
    }
}

/// A tool that turns `{"n":…}` into another text, in memory of its own.
#[tokio::test]
async fn a_tool_answers_from_wherever_it_likes() {
    let tool = Tool::new(
        r#"(module (memory (export "memory") 2)
            (data (i32.const 70000) "{\"sum\":42}")
            (func (export "sum") (param i32 i32) (result i32 i32) (i32.const 70000) (i32.const 10)))"#,
    )
    .await;
    assert_eq!(tool.output("{}").await, br#"{"sum":42}"#);
}

#[tokio::test]
async fn every_call_has_a_guest_of_its_own() {
    let tool = Tool::new(
        r#"(module (memory (export "memory") 1) (global $calls (mut i32) (i32.const 48))
            (func (export "count") (param i32 i32) (result i32 i32)
                (i32.store8 (i32.const 100) (global.get $calls))
                (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
                (i32.const 100) (i32.const 1)))"#,
    )
    .await;
    for _ in 0..3 {
        assert_eq!(tool.output("").await, b"0");
    }
}

#[tokio::test]
async fn the_input_lies_over_what_the_module_had_at_low_addresses() {
    let tool = Tool::new(
        r#"(module (memory (export "memory") 1) (data (i32.const 0) "abcdefgh")
            (func (export "low") (param i32 i32) (result i32 i32) (i32.const 0) (i32.const 8)))"#,
    )
    .await;
    assert_eq!(tool.output("12").await, b"12cdefgh");
}

#[tokio::test]
async fn names_are_any_text_and_find_their_functions() {
    let names = ["", "a b", "ünï", "call0", "cabi_realloc", "a\\00b", "🦀"];
    let functions: String = names
        .iter()
        .enumerate()
        .map(|(index, name)| {
            format!(
                r#"(data (i32.const {at}) "{index}")
                (func (export "{name}") (param i32 i32) (result i32 i32) (i32.const {at}) (i32.const 1))"#,
                at = 100 + index
            )
        })
        .collect();
    let tool = Tool::new(&format!(
        r#"(module (memory (export "memory") 1) {functions}
            (func (export "not-one") (param i32) (result i32) (local.get 0)))"#
    ))
    .await;
    let found: Vec<_> = tool.wrapped.functions.iter().map(|f| &*f.name).collect();
    assert_eq!(
        found,
        ["", "a b", "ünï", "call0", "cabi_realloc", "a\0b", "🦀"]
    );
    for index in 0..names.len() {
        let outcome = tool.try_call(index, "", tool.options()).await.unwrap();
        let output = outcome.result.unwrap().unwrap();
        assert_eq!(output, index.to_string().into_bytes());
    }
}

/// Each of these would mean something to the encoder of components, if it saw it.
#[tokio::test]
async fn exports_that_look_like_the_canonical_abi_are_just_names() {
    let tool = Tool::new(
        r#"(module (memory (export "memory") 1) (memory $other 1)
            (export "cm32p2_memory" (memory $other))
            (table (export "__indirect_function_table") 1 funcref)
            (func $trap (param i32 i32 i32 i32) (result i32) unreachable)
            (export "cabi_realloc" (func $trap)) (export "canonical_abi_realloc" (func $trap))
            (export "cabi_export_realloc" (func $trap)) (export "cabi_import_realloc" (func $trap))
            (export "cabi_realloc_adapter" (func $trap)) (export "cm32p2_realloc" (func $trap))
            (func (export "cabi_post_call0") (param i32) unreachable)
            (func (export "cm32p2||call0_post") (param i32) unreachable)
            (func (export "cm32p2||call0") (param i32 i32) (result i32) unreachable)
            (func (export "[async-lift]call0") (param i32 i32) (result i32) unreachable)
            (func (export "__wasm_init_task") unreachable)
            (func (export "__wasm_init_async_task") unreachable)
            (func (export "_start") unreachable)
            (func (export "_initialize") (param i64) unreachable)
            (func (export "echo") (param i32 i32) (result i32 i32) (local.get 0) (local.get 1)))"#,
    )
    .await;
    assert_eq!(tool.wrapped.functions.len(), 1);
    assert_eq!(tool.output("text").await, b"text");
}

/// A section of the module that would say what the component around it imports and exports.
#[tokio::test]
async fn a_module_does_not_say_what_the_component_around_it_is() {
    let tool = Tool::new(
        r#"(module (memory (export "memory") 1)
            (@custom "component-type:evil" "\00asm\0d\00\01\00")
            (@custom "component-type" "nonsense") (@custom "producers" "\ff\ff\ff")
            (@custom "dylink.0" "\ff") (@custom "name" "\ff\ff\ff") (@custom "tollgate:deep-stack" "")
            (func (export "echo") (param i32 i32) (result i32 i32) (local.get 0) (local.get 1)))"#,
    )
    .await;
    assert_eq!(tool.output("text").await, b"text");
    assert!(tool.component.surface().imports.is_empty());
}

#[tokio::test]
async fn functions_are_referred_to_as_before() {
    let tool = Tool::new(
        r#"(module (memory (export "memory") 1) (type $t (func (param i32 i32) (result i32 i32)))
            (table 1 funcref) (global $g (mut i32) (i32.const 100)) (data "xyz") (data (i32.const 9) "9")
            (func $echo (export "only-exported") (type $t) (local.get 0) (local.get 1))
            (func (export "indirect") (type $t)
                (table.set (i32.const 0) (ref.func $echo))
                (memory.init 0 (global.get $g) (i32.const 0) (i32.const 3))
                (call_indirect (type $t) (global.get $g) (i32.const 3) (i32.const 0))))"#,
    )
    .await;
    let outcome = tool.try_call(1, "", tool.options()).await.unwrap();
    assert_eq!(outcome.result.unwrap().unwrap(), b"xyz");
}

#[tokio::test]
async fn the_memory_of_the_abi_may_be_one_of_several() {
    let tool = Tool::new(
        r#"(module (memory $a 1) (memory $b (export "memory") 0 1) (memory $c 2)
            (func (export "grown") (param i32 i32) (result i32 i32)
                (drop (memory.grow $a (i32.const 1)))
                (i32.store8 $b (i32.const 4) (i32.add (i32.const 48) (memory.size $a)))
                (i32.store8 $b (i32.const 5) (i32.add (i32.const 48) (memory.size $b)))
                (i32.store8 $b (i32.const 6) (i32.add (i32.const 48) (memory.size $c)))
                (i32.const 0) (i32.const 7)))"#,
    )
    .await;
    assert_eq!(tool.output("text").await, b"text212");
}

#[test]
fn a_module_without_imports_makes_a_component_without_imports_always_the_same() {
    let wrapped = wrap(&wasm(ECHO)).unwrap();
    assert_eq!(wrap(&wasm(ECHO)).unwrap(), wrapped);
    let source = Source::new(wrapped.component.clone()).unwrap();
    assert_eq!(source.component(), wrapped.component);
    assert!(!is_tool(&wrapped.component) && is_tool(&wasm(ECHO)));
}

#[tokio::test]
async fn a_thousand_tools_are_called_by_their_names() {
    let functions: String = (0..1_000)
        .map(|index| {
            format!(
                r#"(func (export "{}{index}") (param i32 i32) (result i32 i32)
                    (i32.store (i32.const 0) (i32.const {index})) (i32.const 0) (i32.const 4))"#,
                "n".repeat(MAX_NAME_BYTES - 4)
            )
        })
        .collect();
    let tool = Tool::new(&format!(
        r#"(module (memory (export "memory") 1) {functions})"#
    ))
    .await;
    for index in [0, 1, 500, 999] {
        let outcome = tool.try_call(index, "1", tool.options()).await.unwrap();
        let index = u32::try_from(index).unwrap();
        assert_eq!(outcome.result.unwrap().unwrap(), index.to_le_bytes());
    }
}

#[tokio::test]
async fn calls_of_one_tool_go_on_beside_each_other() {
    let tool = std::sync::Arc::new(Tool::new(ECHO).await);
    let calls: Vec<_> = (0..100)
        .map(|number: u32| {
            let tool = std::sync::Arc::clone(&tool);
            tokio::spawn(async move { tool.output(number.to_le_bytes()).await })
        })
        .collect();
    for (number, call) in (0_u32..).zip(calls) {
        assert_eq!(call.await.unwrap(), number.to_le_bytes());
    }
}
