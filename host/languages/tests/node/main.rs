//! The same questions to Node and to us: one tree of files, many specifiers, from several places in it.
//!
//! It is about Node 20, from the version on that can `require` ECMAScript modules. With another one on the machine there
//! is nothing to compare with, and the test says so.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "the test lays out a tree on the disk, asks Node about it, and says when it cannot"
)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

mod tree;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tollgate_languages::{
    FileError, Files, Format, Kind, ResolveError, Resolved, Resolver, Settings,
};

/// Files of the disk, as they are. The tree is the test's own, so links may lead anywhere.
struct Disk;

impl Files for Disk {
    fn kind(&self, path: &str) -> Kind {
        match fs::metadata(path) {
            Ok(meta) if meta.is_file() => Kind::File,
            Ok(meta) if meta.is_dir() => Kind::Directory,
            _ => Kind::Missing,
        }
    }

    fn read(&self, path: &str, max: usize) -> Result<Vec<u8>, FileError> {
        let bytes = fs::read(path).map_err(|_| FileError::Missing)?;
        if bytes.len() > max {
            return Err(FileError::TooLong { max });
        }
        Ok(bytes)
    }

    fn real(&self, path: &str) -> Result<String, FileError> {
        let real = fs::canonicalize(path).map_err(|_| FileError::Missing)?;
        Ok(real.to_str().unwrap().to_owned())
    }
}

/// What Node says to each question, and the names of its built-in modules.
fn ask_node(
    root: &Path,
    questions: &[(&str, &str, &str)],
) -> Option<(Vec<Value>, BTreeSet<String>)> {
    let version = Command::new("node").arg("--version").output().ok()?;
    let version = String::from_utf8(version.stdout).ok()?;
    let minor = version.strip_prefix("v20.")?.split('.').next()?;
    if minor.parse::<u32>().ok()? < 19 {
        return None;
    }
    let script = root.join("ask.cjs");
    fs::write(&script, include_str!("ask.cjs")).unwrap();
    let list = root.join("questions.json");
    fs::write(&list, json!(questions).to_string()).unwrap();
    let output = Command::new("node")
        .args(["--expose-internals", "--no-addons", "--no-warnings"])
        .args([&script, &list])
        .current_dir(root)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let builtins = answer["builtins"].as_array().unwrap().iter();
    let builtins = builtins.map(|name| name.as_str().unwrap().to_owned());
    Some((
        answer["answers"].as_array().unwrap().clone(),
        builtins.collect(),
    ))
}

fn format_word(format: Format) -> &'static str {
    match format {
        Format::CommonJs => "commonjs",
        Format::Module => "module",
        Format::Json => "json",
        Format::Detect => "detect",
    }
}

fn ours(resolver: &mut Resolver<Disk>, way: &str, specifier: &str, from: &str) -> Value {
    let found = match way {
        "require" => resolver.require(specifier, from, &[from]),
        _ => resolver.import(specifier, from),
    };
    match found {
        Ok(Resolved::Builtin(name)) => json!({ "builtin": name }),
        Ok(Resolved::File(module)) if way == "require" => json!({ "file": module.path }),
        Ok(Resolved::File(module)) => json!({
            "file": module.path,
            "suffix": module.suffix,
            "format": format_word(module.format),
        }),
        Err(error) => {
            let text = error.to_string();
            let text = text.split("\nDid you mean").next().unwrap();
            // What is wrong with a file of JSON is said by its parser.
            let text = match &error {
                ResolveError::ConfigSyntax { message, .. } => text.strip_suffix(message.as_str()),
                ResolveError::InvalidConfig { message, .. } if message.contains(" at line ") => {
                    text.strip_suffix(message.as_str())
                }
                _ => Some(text),
            };
            json!({ "code": error.code(), "message": text.unwrap(), "is": error.constructor() })
        }
    }
}

/// Ours, in the place of Node's, where the difference is meant.
fn meant(specifier: &str, ours: &Value, node: &Value) -> bool {
    if tree::LOST.contains(&specifier) {
        return node["code"].is_string() && ours["code"].is_string();
    }
    match ours["code"].as_str() {
        // Node finds the file, and fails when it loads it.
        Some("ERR_DLOPEN_FAILED") => node["file"].as_str().is_some_and(|f| f.ends_with(".node")),
        Some("ERR_INVALID_PACKAGE_CONFIG") => node["file"].is_string(),
        Some("ERR_UNSUPPORTED_ESM_URL_SCHEME") => node["scheme"] != Value::Null,
        // Node has no code for it.
        Some("ERR_INVALID_URI") => node["message"] == ours["message"],
        _ => false,
    }
}

#[test]
fn node_and_we_resolve_alike() {
    let folder = tempfile::tempdir().unwrap();
    let root: PathBuf = fs::canonicalize(folder.path()).unwrap();
    tree::lay_out(&root);
    let froms: Vec<String> = tree::FROM
        .iter()
        .map(|from| format!("{}{from}", root.display()))
        .collect();
    let specifiers: Vec<String> = tree::SPECIFIERS
        .iter()
        .map(|specifier| specifier.replace("ROOT", root.to_str().unwrap()))
        .collect();
    let mut questions = Vec::new();
    for from in &froms {
        for specifier in &specifiers {
            for way in ["require", "import"] {
                questions.push((way, specifier.as_str(), from.as_str()));
            }
        }
    }
    let Some((answers, builtins)) = ask_node(&root, &questions) else {
        println!("no Node 20.19 or later 20.x on this machine: nothing to compare with");
        return;
    };
    let mut resolver = Resolver::new(
        Disk,
        Settings {
            root: root.to_str().unwrap().to_owned(),
            builtins,
            conditions: BTreeSet::from(["module-sync".to_owned()]),
        },
    );
    let mut wrong = Vec::new();
    for ((way, specifier, from), node) in questions.iter().zip(&answers) {
        let ours = ours(&mut resolver, way, specifier, from);
        if ours != *node && !meant(specifier, &ours, node) {
            wrong.push(format!(
                "{way} {specifier:?} from {from}\n  node {node}\n  ours {ours}"
            ));
        }
    }
    assert_eq!(answers.len(), questions.len());
    assert!(
        wrong.is_empty(),
        "{} of {} differ:\n{}",
        wrong.len(),
        questions.len(),
        wrong.join("\n").replace(root.to_str().unwrap(), "")
    );
}
