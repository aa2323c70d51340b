//! What is refused before it runs.

use tollgate::engine::{CompileError, LoadError as EngineError};
use tollgate::interface::{Ask, Denial};
use tollgate::policy::{Mode, Operation, PolicyBuilder, Scope};
use tollgate::{Host, LoadError, Refused, RunOptions};
use tollgate_tests::guests;

use crate::interfaces::notes;
use crate::support::{NOTES, builder, guest, host, only, wasm};

#[tokio::test]
async fn every_import_that_is_unknown_is_named() {
    let (host, _) = host();
    let refused = host.load(guest(guests::UNKNOWN_IMPORT)).await.unwrap_err();
    let LoadError::UnknownImports { names } = &refused else {
        panic!("{refused}");
    };
    assert_eq!(names, &["nobody:provides/this-one@3.1.4"]);
    let several = r#"(component
        (import "wasi:cli/exit@0.2.12" (instance (export "exit" (func (param "status" (result))))))
        (import "acme:one/thing@1.0.0" (instance (export "f" (func))))
        (import "wasi:nn/graph@0.2.0" (instance (export "load" (func))))
        (import "acme:types/only@1.0.0" (instance (export "t" (type (eq 3)))))
        (type u8)
        (import "plain" (func)))"#;
    let several = several.replace(
        r#"(import "acme:types/only@1.0.0" (instance (export "t" (type (eq 3)))))"#,
        "",
    );
    let refused = host.load(wasm(&several)).await.unwrap_err();
    let LoadError::UnknownImports { names } = &refused else {
        panic!("{refused}");
    };
    assert_eq!(
        names,
        &["acme:one/thing@1.0.0", "wasi:nn/graph@0.2.0", "plain"]
    );
}

#[tokio::test]
async fn an_interface_of_another_type_is_refused_and_named() {
    let refused = notes(builder()).build().unwrap();
    let other_type = NOTES.replace(
        r#"(export "get" (func (param "key" string) (result (result string (error string)))))"#,
        r#"(export "get" (func (param "key" string) (result (result string (error u32)))))"#,
    );
    let error = refused.load(wasm(&other_type)).await.unwrap_err();
    assert!(
        matches!(&error, LoadError::Component(EngineError::Import(_))),
        "{error:?}"
    );
    let text = error.to_string();
    assert!(
        text.contains("acme:notes/store") && text.contains("get"),
        "{text}"
    );
    let missing = builder()
        .interface("acme:notes/store@1.0.0", |store| {
            store.function(
                "get",
                Ask::same(Operation::Logging),
                Denial::with("denied", |_: &(String,)| (Err::<String, _>(String::new()),)),
                |_, (key,)| Box::pin(async move { Ok((Ok(key),)) }),
            );
        })
        .build()
        .unwrap();
    let text = missing.load(wasm(NOTES)).await.unwrap_err().to_string();
    assert!(text.contains("put"), "{text}");
}

#[tokio::test]
async fn what_cannot_be_denied_at_run_time_is_refused_under_grants_and_under_a_ceiling() {
    let (free, _) = host();
    let component = free.load(guest(guests::CLOCKS)).await.unwrap();
    let no_clocks = free
        .grants(only(&[(Scope::Stdio, "*"), (Scope::Random, "*")]))
        .unwrap();
    let refused = component
        .command(RunOptions::new(&no_clocks))
        .await
        .unwrap_err();
    let Refused::Inexpressible(why) = &refused else {
        panic!("{refused}");
    };
    assert!(
        why.interface.starts_with("wasi:clocks/") && why.rule.as_str() == "default:clock",
        "{why}"
    );
    let mut ceiling = PolicyBuilder::ceiling();
    ceiling.rule(Scope::Stdio, Mode::Allow, "*").unwrap();
    let held = builder().ceiling(ceiling.build().unwrap()).build().unwrap();
    let refused = held.load(guest(guests::CLOCKS)).await.unwrap_err();
    let LoadError::Inexpressible(why) = &refused else {
        panic!("{refused}");
    };
    assert!(
        why.rule.as_str().contains("ceiling") || why.rule.as_str().contains("clock"),
        "{why}"
    );
}

#[tokio::test]
async fn what_is_no_component_or_too_much_of_one_is_refused_by_name() {
    let (host, _) = host();
    let not_wasm: [&[u8]; 4] = [b"", b"#!/bin/sh\n", b"\x7fELF\x02\x01\x01", b"(module)"];
    for bytes in not_wasm {
        let refused = host.load(bytes).await.unwrap_err();
        assert!(
            matches!(
                &refused,
                LoadError::Component(EngineError::NotWebAssembly(_))
            ),
            "{refused:?}"
        );
    }
    let locals = "(func (local i64))".repeat(60_001);
    let refused = host
        .load(wasm(&format!("(component (core module {locals}))")))
        .await
        .unwrap_err();
    assert!(
        matches!(&refused, LoadError::Component(EngineError::Cap(_))),
        "{refused:?}"
    );
    let cut = &guest(guests::HELLO)[..1000];
    let refused = host.load(cut).await.unwrap_err();
    assert!(matches!(&refused, LoadError::Component(_)), "{refused:?}");
    let module = wasm(r#"(module (import "env" "f" (func)))"#);
    let refused = host.load(module).await.unwrap_err();
    assert!(
        matches!(&refused, LoadError::Component(EngineError::Adapt(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_module_of_wasi_0_1_is_loaded_too() {
    let (host, _) = host();
    let module = wasm(r#"(module (memory (export "memory") 1) (func (export "_start")))"#);
    let component = host.load(module).await.unwrap();
    let grants = host.grants(only(&[])).unwrap();
    assert!(
        component
            .command(RunOptions::new(&grants))
            .await
            .unwrap()
            .result
            .is_ok()
    );
}

#[tokio::test]
async fn without_anything_to_compile_with_a_component_is_refused() {
    let host = Host::builder().build().unwrap();
    let refused = host.load(wasm("(component)")).await.unwrap_err();
    let missing = LoadError::Component(EngineError::Compile(CompileError::WorkerMissing));
    assert_eq!(format!("{refused:?}"), format!("{missing:?}"));
}
