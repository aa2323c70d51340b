//! The guest that tries everything really tries everything: what it imports is held against the WIT of what the host
//! links, so that an operation which is added to the host and not to the guest is noticed.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use tollgate_tests::{guests, scene};
use wit_parser::{Resolve, WorldItem};

/// Functions that the guest does not call, and why.
const NOT_TRIED: &[(&str, &str)] = &[
    ("wasi:cli/exit#", "it would end the guest: `exit` tries it"),
    (
        "wasi:io/",
        "streams and pollables are tried through what hands them out",
    ),
    ("wasi:http/types#", "values; handing one over is tried"),
    (
        "tollgate:host/http-server#",
        "of a run in a network of its own, which `tollgate run` gives none: `tests/sidecar_fetch` tries them",
    ),
    (
        "tollgate:host/signals#",
        "of a run that is sent signals, which `tollgate run` sends none: `tests/sidecar` tries them",
    ),
    (
        "tollgate:bridge/",
        "of a run with a program, which a component is not: `tests/languages` tries them",
    ),
];

/// Every function that the host links, as `ns:pkg/interface#function`.
fn linked() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    let mut resolve = Resolve::default();
    resolve
        .push_dir(folder.join("bridge"))
        .expect("the bridge's WIT resolves");
    let (package, _) = resolve.push_dir(&folder).expect("the WIT resolves");
    let world = resolve
        .select_world(&[package], Some("everything"))
        .expect("the world is there");
    let mut functions = BTreeSet::new();
    for (key, item) in &resolve.worlds[world].imports {
        let WorldItem::Interface { id, .. } = item else {
            panic!("the host links interfaces alone")
        };
        let name = resolve.name_world_key(key);
        let name = name.split('@').next().unwrap_or_default();
        functions.extend(
            resolve.interfaces[*id]
                .functions
                .keys()
                .map(|function| format!("{name}#{function}")),
        );
    }
    functions
}

/// Every function that the guest imports.
fn tried() -> BTreeSet<String> {
    let finished = scene!()
        .tollgate(["inspect", "--json", guests::TRY_EVERYTHING])
        .run();
    let shown: Value =
        serde_json::from_str(&finished.expect(0).stdout).expect("inspect prints JSON");
    let mut functions = BTreeSet::new();
    for interface in shown["surface"]["imports"]
        .as_array()
        .expect("a list of imports")
    {
        let name = interface["name"]
            .as_str()
            .unwrap_or_default()
            .split('@')
            .next()
            .unwrap_or_default();
        for function in interface["functions"]
            .as_array()
            .expect("a list of functions")
        {
            functions.insert(format!(
                "{name}#{}",
                function["name"].as_str().unwrap_or_default()
            ));
        }
    }
    functions
}

#[test]
fn the_guest_that_tries_everything_calls_every_function_that_the_host_links() {
    let (linked, tried) = (linked(), tried());
    let excused = |function: &str| {
        NOT_TRIED
            .iter()
            .any(|(prefix, _)| function.starts_with(prefix))
    };
    let missing: Vec<&String> = linked
        .difference(&tried)
        .filter(|function| !excused(function))
        .collect();
    assert!(missing.is_empty(), "not tried: {missing:#?}");
    assert!(
        linked.len() > 150 && tried.len() > 100,
        "{} linked, {} tried",
        linked.len(),
        tried.len()
    );
    for (prefix, why) in NOT_TRIED {
        assert!(
            linked.iter().any(|function| function.starts_with(prefix)),
            "{prefix} ({why}) is not linked"
        );
    }
}
