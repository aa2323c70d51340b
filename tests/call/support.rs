//! Calls by the binary.

use tollgate_tests::{Finished, Scene, guests};

/// A core module that gives back what it got.
pub(crate) const ECHO: &str = r#"(module
    (memory (export "memory") 1)
    (func (export "echo") (param i32 i32) (result i32 i32) local.get 0 local.get 1))"#;

/// `tollgate call FLAGS tool.wasm WORDS`.
pub(crate) fn call(scene: &Scene, flags: &[&str], words: &[&str]) -> Finished {
    call_with(scene, flags, words, "")
}

pub(crate) fn call_with(scene: &Scene, flags: &[&str], words: &[&str], input: &str) -> Finished {
    let arguments = [&["call"], flags, &[guests::TOOL], words].concat();
    scene.tollgate(arguments).input(input).run()
}

/// The echo of a core module, as a file.
pub(crate) fn echo(scene: &Scene) -> String {
    let file = scene.write("echo.wasm", wat::parse_str(ECHO).unwrap());
    file.to_str().unwrap().to_owned()
}
