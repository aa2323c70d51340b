//! What is no component, by each command that takes one.

use std::fs;

use tollgate_tests::{Finished, Scene, guests, scene};

use crate::make::{command, wasm};

const COMMANDS: [&str; 3] = ["run", "inspect", "compile"];

#[track_caller]
fn each_command_refuses(scene: &Scene, name: &str, word: &str) {
    for verb in COMMANDS {
        let finished = scene
            .tollgate([verb.as_ref(), scene.path(name).as_os_str()])
            .run();
        check(&format!("{verb} {name}"), &finished, word);
    }
}

#[track_caller]
fn check(what: &str, finished: &Finished, word: &str) {
    assert_eq!(
        finished.code,
        Some(126),
        "{what}: {} {}",
        finished.stdout,
        finished.stderr
    );
    assert!(
        finished.stderr.contains(word),
        "{what}: {}",
        finished.stderr
    );
    assert_eq!(finished.stdout, "", "{what}");
    assert!(
        !finished.stderr.contains("panicked"),
        "{what}: {}",
        finished.stderr
    );
}

#[test]
fn i36_each_command_refuses_what_is_no_component() {
    let component = fs::read(guests::HELLO).unwrap();
    let future = [&b"\0asm\x0e\0\x01\0"[..], &component[8..]].concat();
    let module_of_the_future = b"\0asm\x02\0\0\0".to_vec();
    let section = |length: &[u8]| [&b"\0asm\x0d\0\x01\0\x00"[..], length].concat();
    let scene = scene!();
    for (name, bytes, word) in [
        ("empty", Vec::new(), "empty"),
        ("magic", b"\0asm".to_vec(), ""),
        ("header", b"\0asm\x0d\0\x01".to_vec(), ""),
        ("script", b"#!/bin/sh\n".to_vec(), "script"),
        ("text", b"(component)".to_vec(), "text"),
        ("library", wasm("(module (func (export \"f\")))"), "_start"),
        ("future", future, "version"),
        ("module-of-the-future", module_of_the_future, "version"),
        ("truncated", component[..component.len() - 1].to_vec(), ""),
        ("trailing", [&component[..], b"\0"].concat(), ""),
        ("another", [&component[..], &component[..]].concat(), ""),
        ("leb", section(&[0xff; 10]), ""),
        ("long", section(&[0xff, 0xff, 0xff, 0xff, 0x0f]), ""),
        ("elf", fs::read("/bin/true").unwrap(), "native binary"),
        ("gzip", b"\x1f\x8b\x08\0\0\0\0\0".to_vec(), "neither"),
    ] {
        scene.write(name, bytes);
        each_command_refuses(&scene, name, word);
    }
}

/// Code that another wasmtime compiled is native code. Not even this very version and configuration is taken at its
/// word, under whatever name it comes.
#[test]
fn a72_no_command_takes_an_artifact_that_is_already_compiled() {
    let scene = scene!();
    let component = fs::read(guests::HELLO).unwrap();
    let module = command("");
    let mut configured = wasmtime::Config::new();
    configured.epoch_interruption(true);
    for (name, config) in [
        ("plain", wasmtime::Config::new()),
        ("configured", configured),
    ] {
        let engine = wasmtime::Engine::new(&config).unwrap();
        for (kind, artifact) in [
            (
                "component.cwasm",
                engine.precompile_component(&component).unwrap(),
            ),
            (
                "component.wasm",
                engine.precompile_component(&component).unwrap(),
            ),
            ("module.cwasm", engine.precompile_module(&module).unwrap()),
        ] {
            let name = format!("{name}-{kind}");
            scene.write(&name, artifact);
            each_command_refuses(&scene, &name, "precompiled");
        }
    }
}

#[test]
fn a22_a_module_that_mixes_wasi_0_0_and_0_1_is_refused() {
    let scene = scene!();
    let imports = "(import \"wasi_snapshot_preview1\" \"sched_yield\" (func (result i32)))
        (import \"wasi_unstable\" \"poll_oneoff\" (func (param i32 i32 i32 i32) (result i32)))";
    scene.write("mixed.wasm", command(imports));
    each_command_refuses(&scene, "mixed.wasm", "wasi_unstable");
}

#[test]
fn i39_a_gibibyte_is_refused_by_its_size_and_what_has_no_end_is_not_read_to_it() {
    let scene = scene!();
    let file = fs::File::create(scene.path("huge.wasm")).unwrap();
    file.set_len(1 << 30).unwrap();
    std::os::unix::fs::symlink("/dev/zero", scene.path("endless.wasm")).unwrap();
    for (name, most) in [("huge.wasm", 64 << 20), ("endless.wasm", 320 << 20)] {
        for verb in COMMANDS {
            let finished = scene
                .tollgate([verb.as_ref(), scene.path(name).as_os_str()])
                .run();
            check(&format!("{verb} {name}"), &finished, "more than");
            assert!(
                finished.peak_bytes < most,
                "{verb} {name}: {}",
                finished.peak_bytes
            );
        }
    }
}
