//! What the Python runner is made from, for the binary to carry, as it makes components of programs from the same; its digest,
//! so that the host takes the runner that belongs to it and no other; and that of the JavaScript engine.
//!
//! `guest-shims/python/build --inputs` says the same, and a test holds the two together.

#![expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a build script reads what it is built from, and hands errors to cargo, which shows the panic"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use sha2::{Digest as _, Sha256};

/// Files, and folders with a suffix of what counts in them, below the repository's root.
const INPUTS: [(&str, &str); 7] = [
    ("guest-shims/python/build", ""),
    ("guest-shims/python/guest", ".py"),
    ("guest-shims/python/lean.py", ""),
    ("guest-shims/python/python.wit", ""),
    ("guest-shims/python/requirements.txt", ""),
    ("wit/bridge", ".wit"),
    ("wit/deps", ".wit"),
];

/// The JavaScript engine, which is part of the host, so that its digest is known without hashing it.
const ENGINE: &str = "guest-shims/javascript/javascript.wasm";

fn main() {
    let root = env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let root = Path::new(&root).join("../..");
    let mut files = Vec::new();
    for (input, suffix) in INPUTS {
        println!("cargo::rerun-if-changed={}", root.join(input).display());
        collect(&root, Path::new(input), suffix, &mut files);
    }
    files.sort();
    let mut kit = Vec::new();
    for file in files {
        let content = fs::read(root.join(&file)).expect("an input can be read");
        kit.extend(format!("{}:{file}{}:", file.len(), content.len()).bytes());
        kit.extend(content);
    }
    let digest = Sha256::digest(&kit);
    let out = env::var_os("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("python.kit"), kit).expect("it can be written");
    println!("cargo::rustc-env=TOLLGATE_PYTHON_INPUTS={}", hex(&digest));
    let engine = root.join(ENGINE);
    println!("cargo::rerun-if-changed={}", engine.display());
    let engine = Sha256::digest(fs::read(engine).expect("the engine can be read"));
    println!(
        "cargo::rustc-env=TOLLGATE_ENGINE_DIGEST=sha256:{}",
        hex(&engine)
    );
}

fn hex(digest: &[u8]) -> String {
    digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _always_ok = write!(text, "{byte:02x}");
        text
    })
}

fn collect(root: &Path, input: &Path, suffix: &str, files: &mut Vec<String>) {
    let place = root.join(input);
    if !place.is_dir() {
        let name = input
            .to_str()
            .expect("inputs have names in UTF-8")
            .to_owned();
        if name.ends_with(suffix) {
            files.push(name);
        }
        return;
    }
    let entries = fs::read_dir(&place).expect("a folder of inputs can be listed");
    let names: Vec<PathBuf> = entries
        .map(|entry| input.join(entry.expect("an input can be listed").file_name()))
        .collect();
    for name in names {
        collect(root, &name, suffix, files);
    }
}
