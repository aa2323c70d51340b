//! Writes down the JavaScript half: each file of `../lib` and of the packages that are bundled, by its name in the library.

#![expect(
    clippy::expect_used,
    reason = "a build script has nobody to hand an error to but cargo, which shows the panic"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let home = here.parent().expect("the crate lies beneath its shims");
    // What a build links to the engine puts a function of its own into the engine's table, for the engine to call.
    for argument in ["--export-table", "--growable-table"] {
        println!("cargo::rustc-link-arg-cdylib={argument}");
    }
    let mut files = Vec::new();
    let library = home.join("lib");
    collect(&library, &library, "", &mut files);
    bundled(home, &mut files);
    files.push(("internal/bridge/contract".to_owned(), contract(home)));
    files.sort();
    let mut text = String::from(
        "/// Name and text of each file.\npub(crate) static FILES: &[(&str, &str)] = &[\n",
    );
    for (name, path) in &files {
        writeln!(text, "    ({name:?}, include_str!({path:?})),")
            .expect("a string takes everything");
    }
    text.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("library.rs"), text).expect("OUT_DIR can be written");
    for input in [
        "lib",
        "third-party.json",
        "node_modules/.package-lock.json",
        CONTRACT,
    ] {
        println!("cargo::rerun-if-changed={}", home.join(input).display());
    }
}

/// The names that a program may call the host by, from the shims' folder.
const CONTRACT: &str = "../../bridge-contract.json";

/// The contract as a file of the library: what stands in the document is the only list of its names.
fn contract(home: &Path) -> PathBuf {
    let text = fs::read_to_string(home.join(CONTRACT)).expect("the contract can be read");
    let whole: serde_json::Value = serde_json::from_str(&text).expect("the contract is JSON");
    let groups: Vec<serde_json::Value> = whole["groups"]
        .as_array()
        .expect("the contract has groups")
        .iter()
        .map(|group| serde_json::json!({ "convention": group["convention"], "names": group["names"] }))
        .collect();
    let served: Vec<&String> = whole["served"]
        .as_object()
        .expect("the contract says what is served")
        .keys()
        .collect();
    let module = serde_json::json!({ "groups": groups, "served": served });
    let path = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("contract.js");
    fs::write(&path, format!("module.exports = {module};\n")).expect("OUT_DIR can be written");
    path
}

fn collect(root: &Path, folder: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) {
    for entry in fs::read_dir(folder).expect("the library can be read") {
        let path = entry.expect("the library can be read").path();
        if path.is_dir() {
            collect(root, &path, prefix, files);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "js" || extension == "cjs")
        {
            let name = path
                .strip_prefix(root)
                .expect("it lies beneath")
                .with_extension("");
            let name = name.to_str().expect("names of the library are plain");
            files.push((format!("{prefix}{name}"), path));
        }
    }
}

/// The packages of `third-party.json`: `[{ "name": …, "files": [file or folder, …] }]`, beneath `packages` or by itself.
fn bundled(home: &Path, files: &mut Vec<(String, PathBuf)>) {
    let Ok(text) = fs::read_to_string(home.join("third-party.json")) else {
        return;
    };
    let list: serde_json::Value = serde_json::from_str(&text).expect("third-party.json is JSON");
    let packages = list
        .as_array()
        .or_else(|| {
            list.as_object()
                .and_then(|object| object.values().find_map(|value| value.as_array()))
        })
        .expect("third-party.json holds a list");
    for package in packages {
        let name = package["name"].as_str().expect("a package has a name");
        let root = home.join("node_modules").join(name);
        let prefix = format!("vendor/{name}/");
        let wanted = package["files"]
            .as_array()
            .cloned()
            .unwrap_or_else(|| vec![".".into()]);
        for file in wanted {
            let path = root.join(file.as_str().expect("a file has a name"));
            if path.is_dir() {
                collect(&root, &path, &prefix, files);
            } else {
                let inner = path
                    .strip_prefix(&root)
                    .expect("it lies beneath")
                    .with_extension("");
                files.push((format!("{prefix}{}", inner.display()), path));
            }
        }
    }
}
