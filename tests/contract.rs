//! `bridge-contract.json`: what a JavaScript or Python guest may ask of its
//! host, by the names that existing guest shims call.
//!
//! The document is the interface to code that is already written, so each rule
//! here is about something which would break it silently: a name listed twice
//! (which of the two signatures is served?), a convention that nothing uses any
//! more, a signature of the module loader that drifted.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot read the contract has nothing else to say"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use wit_parser::Resolve;

const TEXT: &str = include_str!("../bridge-contract.json");

/// The version that the protocol's `Authenticate` carries as `bridgeVersion`.
const VERSION: u32 = 1;

/// Groups and names of version 1. A published version does not change: another
/// name is another version.
const GROUPS: usize = 18;
const NAMES: usize = 175;

/// How the guest sees a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Convention {
    /// The guest waits, and has the value.
    Sync,
    /// The host completes a promise, the guest may wait for it.
    SyncPromise,
    /// The guest goes on, and the promise settles later.
    Async,
}

const CONVENTIONS: [Convention; 3] = [Convention::Sync, Convention::SyncPromise, Convention::Async];

/// Names that are called in the same way.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Group {
    convention: Convention,
    argument_types: Vec<String>,
    return_type: String,
    names: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contract {
    version: u32,
    groups: Vec<Group>,
    /// The WIT function that serves a name, of those that are served so far.
    served: BTreeMap<String, String>,
}

impl Contract {
    fn ours() -> Self {
        serde_json::from_str(TEXT).expect("bridge-contract.json has the contract's shape")
    }

    /// The group that lists `name`, and its place in the document.
    fn group_of(&self, name: &str) -> &Group {
        self.groups
            .iter()
            .find(|group| group.names.iter().any(|listed| listed == name))
            .unwrap_or_else(|| panic!("no group lists {name}"))
    }

    /// What any version of the contract must satisfy, as the list of what it
    /// does not.
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.version == 0 {
            faults.push("the version is 0".to_owned());
        }
        let mut seen = BTreeSet::new();
        for (index, group) in self.groups.iter().enumerate() {
            if group.names.is_empty() {
                faults.push(format!("group {index} lists no name"));
            }
            if group.return_type.trim().is_empty() {
                faults.push(format!("group {index} has no return type"));
            }
            if group
                .argument_types
                .iter()
                .any(|argument| argument.trim().is_empty())
            {
                faults.push(format!("group {index} has an empty argument type"));
            }
            for name in &group.names {
                if name.trim().is_empty() {
                    faults.push(format!("group {index} lists an empty name"));
                } else if !seen.insert(name) {
                    faults.push(format!("{name} is listed twice"));
                }
            }
        }
        for name in self.served.keys().filter(|name| !seen.contains(name)) {
            faults.push(format!("{name} is served, and not listed"));
        }
        for convention in CONVENTIONS {
            if !self
                .groups
                .iter()
                .any(|group| group.convention == convention)
            {
                faults.push(format!("no group is {convention:?}"));
            }
        }
        faults
    }
}

#[test]
fn the_contract_is_sound() {
    assert_eq!(Contract::ours().faults(), Vec::<String>::new());
}

#[test]
fn version_one_has_its_groups_and_names() {
    let contract = Contract::ours();
    assert_eq!(contract.version, VERSION);
    assert_eq!(contract.groups.len(), GROUPS);
    assert_eq!(
        contract
            .groups
            .iter()
            .map(|group| group.names.len())
            .sum::<usize>(),
        NAMES
    );
}

#[test]
fn each_convention_has_as_many_names_as_version_one_gave_it() {
    let contract = Contract::ours();
    let count = |convention| -> usize {
        contract
            .groups
            .iter()
            .filter(|group| group.convention == convention)
            .map(|group| group.names.len())
            .sum()
    };
    assert_eq!(CONVENTIONS.map(count), [136, 7, 32]);
}

/// Functions of `wit/bridge` that no name of the contract stands for, and why.
const BEYOND: [(&str, &str); 6] = [
    (
        "tollgate:bridge/program#start",
        "the original host hands the entry over before the guest runs",
    ),
    (
        "tollgate:bridge/program#begin",
        "as start, for sources that are bytes: of their encoding only Python itself knows",
    ),
    (
        "tollgate:bridge/program#find-module",
        "the contract's resolution is Node's; Python asks one folder after the other",
    ),
    (
        "tollgate:bridge/program#read-file",
        "the contract loads text; Python's sources have encodings, and its packages bring data",
    ),
    (
        "tollgate:bridge/program#list-folder",
        "what packages bring is found by listing them (importlib.resources, importlib.metadata, pkgutil)",
    ),
    (
        "tollgate:bridge/program#failed",
        "the original host finds out by looking at what a process printed",
    ),
];

/// The freestanding functions of `wit/bridge`, as the contract spells them.
fn functions() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit/bridge");
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(folder).expect("wit/bridge resolves");
    let package = resolve.packages.get(package).expect("it was just found");
    let mut functions = BTreeSet::new();
    for (name, interface) in &package.interfaces {
        let interface = resolve.interfaces.get(*interface).expect("it is listed");
        for function in interface.functions.keys() {
            functions.insert(format!("tollgate:bridge/{name}#{function}"));
        }
    }
    functions
}

#[test]
fn names_and_functions_of_the_bridge_stand_for_each_other() {
    let contract = Contract::ours();
    let functions = functions();
    let serving: BTreeSet<String> = contract.served.values().cloned().collect();
    let beyond = BEYOND.map(|(function, _)| function.to_owned());
    let unknown: Vec<&String> = serving.difference(&functions).collect();
    assert!(unknown.is_empty(), "no function of wit/bridge: {unknown:?}");
    for function in &functions {
        assert!(
            serving.contains(function) != beyond.contains(function),
            "{function} must either serve a name or be listed as one that serves none"
        );
    }
}

/// What guests' module loaders call; they were compiled against exactly this.
#[test]
fn the_module_loader_is_called_with_exactly_these_signatures() {
    let contract = Contract::ours();
    for (name, arguments, return_type, names) in [
        (
            "_resolveModule",
            &[
                "specifier: string",
                "fromDir: string",
                r#"mode?: "require" | "import""#,
            ][..],
            "string | null",
            &["_resolveModule", "_resolveModuleSync"][..],
        ),
        (
            "_loadFile",
            &["path: string"],
            "string | null",
            &["_loadFile", "_loadFileSync"],
        ),
        (
            "_moduleFormat",
            &["filename: string"],
            r#""module" | "commonjs" | "json" | null"#,
            &["_moduleFormat"],
        ),
    ] {
        let group = contract.group_of(name);
        assert_eq!(group.convention, Convention::SyncPromise, "{name}");
        assert_eq!(group.argument_types, arguments, "{name}");
        assert_eq!(group.return_type, return_type, "{name}");
        assert_eq!(group.names, names, "{name}");
    }
}

/// Plants one fault into the real contract and demands exactly that one back.
#[track_caller]
fn planted(fault: &str, plant: impl FnOnce(&mut Contract)) {
    let mut contract = Contract::ours();
    plant(&mut contract);
    assert_eq!(contract.faults(), [fault]);
}

#[test]
fn each_fault_that_is_planted_is_found() {
    planted("the version is 0", |contract| contract.version = 0);
    planted("_none is served, and not listed", |contract| {
        contract.served.insert("_none".to_owned(), String::new());
    });
    planted("group 17 lists no name", |contract| {
        contract
            .groups
            .last_mut()
            .expect("a last group")
            .names
            .clear();
    });
    planted("_log is listed twice", |contract| {
        contract
            .groups
            .last_mut()
            .expect("a last group")
            .names
            .push("_log".to_owned());
    });
    planted("group 0 lists an empty name", |contract| {
        contract
            .groups
            .first_mut()
            .expect("a first group")
            .names
            .push(" ".to_owned());
    });
    planted("group 0 has no return type", |contract| {
        contract
            .groups
            .first_mut()
            .expect("a first group")
            .return_type
            .clear();
    });
    planted("group 0 has an empty argument type", |contract| {
        contract
            .groups
            .first_mut()
            .expect("a first group")
            .argument_types
            .push(String::new());
    });
    planted("no group is Async", |contract| {
        contract
            .groups
            .retain(|group| group.convention != Convention::Async);
    });
}

#[test]
fn a_key_that_the_shape_does_not_know_is_refused() {
    let renamed = TEXT.replacen("argumentTypes", "argumentType", 1);
    assert!(serde_json::from_str::<Contract>(&renamed).is_err());
}
