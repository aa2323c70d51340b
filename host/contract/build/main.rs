//! Writes the bridges from `wit/host-bridge`: for each interface its types and, where it has functions, a trait with one
//! method for each of them.

#![expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a build script reads what it is built from, and hands errors to cargo, which shows the panic"
)]

#[path = "../../protocol/build/names.rs"]
mod names;
mod rust;

use std::path::Path;
use std::{env, fs};

use wit_parser::Resolve;

fn main() {
    let root = env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let wit = Path::new(&root).join("../../wit/host-bridge");
    for input in [
        Path::new("build"),
        Path::new("../protocol/build/names.rs"),
        &wit,
    ] {
        println!("cargo::rerun-if-changed={}", input.display());
    }
    let mut resolve = Resolve::default();
    let (package, _) = resolve
        .push_dir(&wit)
        .unwrap_or_else(|error| panic!("wit/host-bridge does not resolve: {error:?}"));
    let out = env::var_os("OUT_DIR").expect("cargo sets it");
    let write = |name: &str, text: &str| {
        fs::write(Path::new(&out).join(format!("{name}.rs")), text).expect("it can be written");
    };
    for (name, id) in &resolve.packages[package].interfaces {
        write(name, &rust::interface(&resolve, *id));
    }
    write("methods", &rust::methods(&resolve, package));
}
