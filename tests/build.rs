//! Builds every guest of `components/` for wasm32-wasip2, and writes down where each one lies.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a build script has nobody to hand an error to but cargo, which shows the panic"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const TARGET: &str = "wasm32-wasip2";

fn main() {
    let workspace = variable("CARGO_MANIFEST_DIR").join("..");
    let out = variable("OUT_DIR");
    for input in [
        "components/src",
        "components/examples",
        "components/Cargo.toml",
        "wit",
        "Cargo.lock",
        "rust-toolchain.toml",
    ] {
        println!(
            "cargo::rerun-if-changed={}",
            workspace.join(input).display()
        );
    }
    let built = build(&workspace, &out.join("guests"));
    let programs = guests(&workspace.join("components/src/bin"));
    let text = generated(&programs, "ALL", "foreach_guest", |name| {
        built.join(format!("{name}.wasm"))
    });
    // Cargo spells a library's file as the compiler does its name.
    let of_p3 = guests(&workspace.join("components/examples"));
    let text_of_p3 = generated(&of_p3, "P3", "foreach_p3_guest", |name| {
        built.join(format!("examples/{}.wasm", name.replace('-', "_")))
    });
    fs::write(out.join("guests.rs"), text + &text_of_p3).expect("OUT_DIR can be written");
}

fn variable(name: &str) -> PathBuf {
    env::var_os(name)
        .map(PathBuf::from)
        .unwrap_or_else(|| panic!("cargo sets {name}"))
}

/// The names of the guests, sorted.
fn guests(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the guests' folder can be read");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("the guests' folder can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "there are no guests");
    names
}

/// Builds the guests, and gives the folder that they lie in.
fn build(workspace: &Path, target: &Path) -> PathBuf {
    let mut cargo = Command::new(variable("CARGO"));
    cargo
        .arg("build")
        .args([
            "--package",
            "tollgate-components",
            "--bins",
            "--examples",
            "--release",
            "--locked",
            "--quiet",
        ])
        .args(["--target", TARGET])
        // Small guests compile quickly, and a test run compiles hundreds of times.
        .args(["--config", "profile.release.opt-level='s'"])
        // A guest may export a function of a name that its C library has too; this keeps them apart.
        .args(["--config", "profile.release.lto='thin'"])
        .args([
            "--config",
            "profile.release.debug=false",
            "--config",
            "profile.release.strip=true",
        ])
        .arg("--target-dir")
        .arg(target)
        .current_dir(workspace);
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(is_an_order) {
            cargo.env_remove(&name);
        }
    }
    let status = cargo.status().expect("cargo can be started");
    assert!(
        status.success(),
        "the guests do not build: see above (is the target there? `rustup target add {TARGET}`)"
    );
    target.join(TARGET).join("release")
}

/// Whether a variable is what cargo, clippy or nextest told this build about itself, which would reach the guests'
/// build as orders: flags for another target, wrappers, features. Where packages come from is none.
fn is_an_order(name: &str) -> bool {
    const COMPILERS: [&str; 6] = [
        "RUSTFLAGS",
        "RUSTDOCFLAGS",
        "RUSTC",
        "RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER",
        "RUSTDOC",
    ];
    const SOURCES: [&str; 6] = [
        "CARGO_HOME",
        "CARGO_NET_",
        "CARGO_HTTP_",
        "CARGO_REGISTRY_",
        "CARGO_REGISTRIES_",
        "CARGO_SOURCE_",
    ];
    let of_cargo =
        name.starts_with("CARGO") && !SOURCES.iter().any(|source| name.starts_with(source));
    of_cargo || name.starts_with("NEXTEST") || COMPILERS.contains(&name)
}

/// Constants, the list `all`, and a macro `foreach` that calls another one with each guest's name.
fn generated(
    guests: &[String],
    all: &str,
    foreach: &str,
    place: impl Fn(&str) -> PathBuf,
) -> String {
    let (mut constants, mut list, mut calls) = (String::new(), String::new(), String::new());
    for name in guests {
        let file = place(name);
        let identifier = name.replace('-', "_");
        let constant = identifier.to_uppercase();
        write!(
            constants,
            "/// The guest `{name}`.\npub const {constant}: &str = {file:?};\n"
        )
        .expect("in memory");
        writeln!(list, "    ({name:?}, {constant}),").expect("in memory");
        writeln!(calls, "        $each!({identifier});").expect("in memory");
    }
    format!(
        "{constants}\n/// Every guest of this kind: its name, and the file of its component.\npub const {all}: &[(&str, \
         &str)] = &[\n{list}];\n\n/// Calls `$each!(name)` with the name of each of them, `_` in the place of \
         `-`.\n#[macro_export]\nmacro_rules! {foreach} {{\n    ($each:ident) => {{\n{calls}    }};\n}}\n"
    )
}
