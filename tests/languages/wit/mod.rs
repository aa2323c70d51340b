//! `tollgate build --wit`: programs as components of worlds of the user's own.

mod errors;
mod invoked;
mod resources;
mod tools;
mod values;
mod wasi;

use std::path::PathBuf;
use std::time::Duration;

use tollgate_tests::{Finished, Scene};

/// Builds `app/FILE` for a world of `app/wit`.
fn build(scene: &Scene, file: &str, world: &str) -> (PathBuf, Finished) {
    let output = scene.path("built.wasm");
    let text = |path: PathBuf| path.display().to_string();
    let arguments = [
        "build".to_owned(),
        text(scene.path(file)),
        "--wit".to_owned(),
        text(scene.path("app/wit")),
        "--world".to_owned(),
        world.to_owned(),
        "-o".to_owned(),
        text(output.clone()),
    ];
    let finished = scene
        .tollgate(arguments)
        .patience(Duration::from_secs(120))
        .run();
    (output, finished)
}

fn built(scene: &Scene, file: &str, world: &str) -> PathBuf {
    let (output, finished) = build(scene, file, world);
    finished.expect(0);
    output
}
