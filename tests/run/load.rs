//! What is no component is refused before anything runs.

use std::fs;

use tollgate_tests::{guests, scene};

use crate::support::{module, run_file};

/// The bytes of a file, and what the refusal must name.
fn refused() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let component = fs::read(guests::HELLO).unwrap();
    let mut future = component.clone();
    future[4] = 0x0e;
    let mut trailing = component.clone();
    trailing.extend(b"trailing bytes");
    vec![
        ("empty", Vec::new(), "empty"),
        ("magic-alone", b"\0asm".to_vec(), "WebAssembly"),
        ("script", b"#!/bin/sh\necho hello\n".to_vec(), "script"),
        ("text", b"(component)".to_vec(), "text"),
        ("prose", b"hello there".to_vec(), "neither"),
        ("elf", fs::read("/bin/true").unwrap(), "native binary"),
        ("pe", b"MZ\x90\0\x03\0\0\0".to_vec(), "native binary"),
        ("precompiled", forged_artifact(), "precompiled"),
        ("future", future, "version"),
        ("truncated", component[..component.len() / 2].to_vec(), ""),
        ("trailing", trailing, ""),
        (
            "leb",
            b"\0asm\x0d\0\x01\0\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01".to_vec(),
            "",
        ),
        (
            "long-section",
            b"\0asm\x0d\0\x01\0\x00\xff\xff\xff\xff\x0f".to_vec(),
            "",
        ),
        (
            "p0",
            module(
                "(module (import \"wasi_unstable\" \"proc_exit\" (func (param i32))) (func (export \"_start\")))",
            ),
            "wasi_unstable",
        ),
        (
            "unknown-module-import",
            module("(module (import \"env\" \"f\" (func)) (func (export \"_start\")))"),
            "env",
        ),
        (
            "library",
            module("(module (func (export \"f\")))"),
            "_start",
        ),
    ]
}

/// An ELF header of the machine type that wasmtime gives its artifacts, with the section name that it looks for.
fn forged_artifact() -> Vec<u8> {
    let mut bytes = fs::read("/bin/true").unwrap();
    // e_machine = EM_NONE, EI_OSABI = what wasmtime uses for components.
    bytes[7] = 201;
    bytes[18] = 0;
    bytes[19] = 0;
    bytes
}

#[test]
fn i36_what_is_no_component_is_refused_with_126_and_named() {
    let scene = scene!();
    for (name, bytes, word) in refused() {
        let finished = run_file(&scene, &format!("{name}.wasm"), bytes);
        assert_eq!(finished.code, Some(126), "{name}: {}", finished.stderr);
        assert!(
            finished.stderr.contains(word),
            "{name}: {}",
            finished.stderr
        );
        assert_eq!(finished.stdout, "", "{name}");
        assert!(
            !finished.stderr.contains("panicked"),
            "{name}: {}",
            finished.stderr
        );
    }
}

#[test]
fn i36_a_refusal_is_recorded_and_the_log_verifies() {
    let scene = scene!();
    let file = scene.write("text.wasm", "(component)");
    let (finished, records) = scene.run(file).logged();
    finished.expect(126);
    let end = records
        .iter()
        .find(|record| record.operation == "run.end")
        .expect("the run's end is recorded");
    assert_eq!(
        (end.resource.as_str(), end.outcome.as_str()),
        ("exit-code=126", "refused")
    );
}

#[test]
fn a22_a_module_of_wasi_0_0_is_refused() {
    let text = "(module (import \"wasi_unstable\" \"poll_oneoff\" (func (param i32 i32 i32 i32) (result i32)))
        (memory (export \"memory\") 1) (func (export \"_start\")))";
    let finished = run_file(&scene!(), "p0.wasm", module(text));
    finished.expect(126);
    assert!(
        finished.stderr.contains("wasi_unstable"),
        "{}",
        finished.stderr
    );
}

#[test]
fn a37_a_component_that_needs_garbage_collection_is_refused() {
    let text = "(module (memory (export \"memory\") 1) (func (export \"_start\") (drop (ref.i31 (i32.const 1)))))";
    let finished = run_file(&scene!(), "gc.wasm", module(text));
    finished.expect(126);
    let text = "(component (core module $m (type (struct (field i32))) (func (export \"f\") (param (ref null 0))))
        (core instance (instantiate $m)))";
    run_file(&scene!(), "gc-component.wasm", module(text)).expect(126);
}

#[test]
fn a38_a49_exceptions_threads_and_64_bit_memories_are_refused() {
    for (name, text) in [
        (
            "exceptions",
            "(module (memory (export \"memory\") 1) (tag) (func (export \"_start\") (throw 0)))",
        ),
        (
            "threads",
            "(module (memory (export \"memory\") 1 1 shared) (func (export \"_start\")))",
        ),
        (
            "memory64",
            "(module (memory (export \"memory\") i64 1) (func (export \"_start\")))",
        ),
    ] {
        let finished = run_file(&scene!(), "module.wasm", module(text));
        assert_eq!(finished.code, Some(126), "{name}: {}", finished.stderr);
    }
}

#[test]
fn i39_a_file_that_is_too_large_is_refused_by_its_size_unread() {
    let scene = scene!();
    let path = scene.path("huge.wasm");
    let file = fs::File::create(&path).unwrap();
    file.set_len(1 << 40).unwrap();
    let finished = scene.run(&path).finish();
    finished.expect(126);
    assert!(
        finished.wall.as_secs() < 20 && finished.peak_bytes < 200 << 20,
        "{:?} {}",
        finished.wall,
        finished.peak_bytes
    );
}

#[test]
fn i40_the_log_names_the_digest_of_what_was_run() {
    let scene = scene!();
    let (finished, records) = scene.run(guests::HELLO).logged();
    finished.expect(0);
    let inspected = scene.tollgate(["inspect", "--json", guests::HELLO]).run();
    let shown: serde_json::Value = serde_json::from_str(&inspected.expect(0).stdout).unwrap();
    let digest = shown["digest"].as_str().unwrap();
    let sum = std::process::Command::new("sha256sum")
        .arg(guests::HELLO)
        .output()
        .unwrap();
    let sum = String::from_utf8(sum.stdout).unwrap();
    assert_eq!(digest, format!("sha256:{}", sum.split(' ').next().unwrap()));
    let own = |record: &&tollgate_tests::Record| !record.operation.starts_with("log.");
    assert!(
        records
            .iter()
            .filter(own)
            .all(|record| record.component == digest),
        "{records:#?}"
    );
}

/// A file that is replaced while it is being loaded: what runs is what was hashed. The two programs print different
/// things, so that each run must print what the digest in its log stands for.
#[test]
fn i40_a_component_that_is_replaced_while_it_is_loaded_runs_as_what_was_hashed() {
    let scene = scene!();
    let file = scene.write("swapped.wasm", fs::read(guests::HELLO).unwrap());
    let digest = |guest: &str| {
        let inspected = scene.tollgate(["inspect", "--json", guest]).run();
        let shown: serde_json::Value = serde_json::from_str(&inspected.stdout).unwrap();
        shown["digest"].as_str().unwrap().to_owned()
    };
    let (hello, calls) = (digest(guests::HELLO), digest(guests::CALLS));
    for round in 0..12 {
        let run = scene.run(&file);
        let running = run.start();
        std::thread::sleep(std::time::Duration::from_millis(round * 4));
        let other = if round % 2 == 0 {
            guests::CALLS
        } else {
            guests::HELLO
        };
        fs::copy(other, scene.path("next.wasm")).unwrap();
        fs::rename(scene.path("next.wasm"), &file).unwrap();
        let finished = running.wait();
        let end = scene
            .records("audit.log")
            .into_iter()
            .rfind(|record| record.operation == "run.end")
            .unwrap();
        let printed = if finished.stdout.starts_with("hello") {
            &hello
        } else {
            &calls
        };
        assert_eq!(&end.component, printed, "{}", finished.stdout);
    }
}

/// A component that holds a component, and so on.
fn nested(depth: usize) -> Vec<u8> {
    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";
    let mut component = EMPTY.to_vec();
    for _ in 0..depth {
        let mut outer = EMPTY.to_vec();
        outer.push(4);
        let mut length = component.len();
        while length >= 0x80 {
            outer.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
            length >>= 7;
        }
        outer.push(u8::try_from(length).unwrap());
        outer.extend(component);
        component = outer;
    }
    component
}

#[test]
fn i32_components_in_components_without_end_are_refused() {
    for depth in [90, 2_000, 20_000] {
        let finished = run_file(&scene!(), "nested.wasm", nested(depth));
        finished.expect(126);
        assert!(finished.stderr.contains("nested"), "{}", finished.stderr);
    }
}

#[test]
fn a_component_without_a_command_is_refused_and_its_functions_are_named() {
    let text = "(component
        (core module $m (func (export \"f\") (result i32) i32.const 1))
        (core instance $i (instantiate $m))
        (func (export \"answer\") (result u32) (canon lift (core func $i \"f\"))))";
    let finished = run_file(&scene!(), "library.wasm", module(text));
    finished.expect(126);
    assert!(finished.stderr.contains("answer"), "{}", finished.stderr);
}
