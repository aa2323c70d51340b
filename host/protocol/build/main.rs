//! Writes the messages and their codec from `wit/sidecar`.
//!
//! Each interface there that has types and no functions is what crosses the wire, and becomes a file. What a record, a
//! variant and so on become is in `rust`.

#![expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a build script reads what it is built from, and hands errors to cargo, which shows the panic"
)]

mod names;
mod rust;

use std::path::Path;
use std::{env, fs};

use wit_parser::Resolve;

fn main() {
    let root = env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let wit = Path::new(&root).join("../../wit");
    println!("cargo::rerun-if-changed=build");
    for input in ["sidecar", "deps/io.wit"] {
        println!("cargo::rerun-if-changed={}", wit.join(input).display());
    }
    let mut resolve = Resolve::default();
    resolve
        .push_file(wit.join("deps/io.wit"))
        .unwrap_or_else(|error| panic!("wit/deps/io.wit does not resolve: {error:?}"));
    let (package, _) = resolve
        .push_dir(wit.join("sidecar"))
        .unwrap_or_else(|error| panic!("wit/sidecar does not resolve: {error:?}"));
    let out = env::var_os("OUT_DIR").expect("cargo sets it");
    for (name, id) in &resolve.packages[package].interfaces {
        if resolve.interfaces[*id].functions.is_empty() {
            let text = rust::interface(&resolve, package, *id);
            fs::write(Path::new(&out).join(format!("{name}.rs")), text).expect("it can be written");
        }
    }
}
