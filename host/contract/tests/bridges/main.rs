//! The methods of the bridges: those of the list that they were made from, those of the WIT, and those of the traits.

#![expect(
    clippy::panic,
    reason = "a test that cannot read the repository has nothing else to say"
)]

mod whole;

use std::path::Path;

use tollgate_contract::{METHODS, Method};
use wit_parser::{Resolve, Type, TypeDefKind};

/// A method, and the fields of what it takes.
type Listed = (&'static str, &'static [&'static str]);

/// Each bridge of the list, its methods in their order, and the fields of what each takes.
const LIST: &[(&str, &[Listed])] = &[
    (
        "filesystem",
        &[
            ("read-file", &["vm-id", "path"]),
            ("write-file", &["vm-id", "path", "contents"]),
            ("stat", &["vm-id", "path"]),
            ("lstat", &["vm-id", "path"]),
            ("read-dir", &["vm-id", "path"]),
            ("create-dir", &["vm-id", "path", "recursive"]),
            ("remove-file", &["vm-id", "path"]),
            ("remove-dir", &["vm-id", "path"]),
            ("rename", &["vm-id", "from-path", "to-path"]),
            ("symlink", &["vm-id", "target-path", "link-path"]),
            ("read-link", &["vm-id", "path"]),
            ("chmod", &["vm-id", "path", "mode"]),
            ("truncate", &["vm-id", "path", "len"]),
            ("exists", &["vm-id", "path"]),
        ],
    ),
    (
        "permissions",
        &[
            ("check-filesystem-access", &["vm-id", "path", "access"]),
            ("check-network-access", &["vm-id", "access", "resource"]),
            (
                "check-command-execution",
                &["vm-id", "command", "args", "cwd", "env"],
            ),
            (
                "check-environment-access",
                &["vm-id", "access", "key", "value"],
            ),
        ],
    ),
    (
        "persistence",
        &[
            ("load-filesystem-state", &["vm-id"]),
            ("flush-filesystem-state", &["vm-id", "snapshot"]),
        ],
    ),
    (
        "clock",
        &[
            ("wall-clock", &["vm-id"]),
            ("monotonic-clock", &["vm-id"]),
            ("schedule-timer", &["vm-id", "delay"]),
        ],
    ),
    ("random", &[("fill-random-bytes", &["vm-id", "len"])]),
    (
        "events",
        &[
            ("emit-structured-event", &["vm-id", "name", "fields"]),
            ("emit-diagnostic", &["vm-id", "message", "fields"]),
            ("emit-log", &["vm-id", "level", "message"]),
            ("emit-lifecycle", &["vm-id", "state", "detail"]),
        ],
    ),
    (
        "execution",
        &[
            ("create-javascript-context", &["vm-id", "bootstrap-module"]),
            ("create-wasm-context", &["vm-id", "module-path"]),
            (
                "start-execution",
                &["vm-id", "context-id", "argv", "env", "cwd"],
            ),
            ("write-stdin", &["vm-id", "execution-id", "chunk"]),
            ("close-stdin", &["vm-id", "execution-id"]),
            ("kill-execution", &["vm-id", "execution-id", "signal"]),
            ("poll-execution-event", &["vm-id"]),
            // Ours: the list has the question of a guest, and no answer.
            ("answer-guest-request", &["vm-id", "call-id", "outcome"]),
        ],
    ),
];

type Found = Vec<(String, String, Vec<String>)>;

fn listed() -> Found {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let mut all: Found = LIST
        .iter()
        .flat_map(|(bridge, methods)| {
            methods.iter().map(move |(name, fields)| {
                ((*bridge).to_owned(), (*name).to_owned(), owned(fields))
            })
        })
        .collect();
    all.sort();
    all
}

#[test]
fn the_bridges_have_the_methods_of_the_list_with_its_fields() {
    let mut generated: Found = METHODS
        .iter()
        .map(
            |Method {
                 interface,
                 name,
                 fields,
             }| {
                let fields = fields.iter().map(|field| (*field).to_owned()).collect();
                ((*interface).to_owned(), (*name).to_owned(), fields)
            },
        )
        .collect();
    generated.sort();
    assert_eq!(generated, listed());
    assert_eq!(generated.len(), 36);
}

#[test]
fn the_wit_has_the_methods_of_the_list_and_a_world_exports_all_of_them() {
    let mut resolve = Resolve::default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit/host-bridge");
    let (package, _) = resolve.push_dir(folder).unwrap();
    let mut found = Found::new();
    for (interface, id) in &resolve.packages[package].interfaces {
        for function in resolve.interfaces[*id].functions.values() {
            let [param] = function.params.as_slice() else {
                panic!("{} takes one record", function.name)
            };
            let Type::Id(id) = param.ty else {
                panic!("{} takes one record", function.name)
            };
            let TypeDefKind::Record(record) = &resolve.types[id].kind else {
                panic!("{} takes one record", function.name)
            };
            let fields = record.fields.iter().map(|field| field.name.clone());
            found.push((interface.clone(), function.name.clone(), fields.collect()));
        }
    }
    found.sort();
    assert_eq!(found, listed());

    let exports = |world: &str| {
        let world = resolve.select_world(&[package], Some(world)).unwrap();
        let names = resolve.worlds[world].exports.keys();
        let mut names: Vec<_> = names.map(|key| resolve.name_world_key(key)).collect();
        names.sort();
        names
    };
    let mut all: Vec<_> = LIST
        .iter()
        .map(|(bridge, _)| format!("tollgate:host-bridge/{bridge}@1.0.0"))
        .collect();
    all.sort();
    assert_eq!(exports("host-bridge"), all);
    for bridge in ["permissions", "persistence"] {
        let name = format!("tollgate:host-bridge/{bridge}@1.0.0");
        assert_eq!(exports(&format!("{bridge}-bridge")), [name]);
    }
}

/// That `Whole` compiles says that the traits have no method more or less than it implements; which these are, this says.
#[test]
fn the_traits_have_the_methods_of_the_list() {
    let mut written = Vec::new();
    let (mut bridge, text) = (String::new(), include_str!("whole.rs"));
    for line in text.lines().map(str::trim_start) {
        if let Some(rest) = line.strip_prefix("impl ") {
            bridge = rest.split_whitespace().next().unwrap().to_owned();
        }
        if let Some(rest) = line.strip_prefix("async fn ") {
            let name = rest.split('(').next().unwrap().replace('_', "-");
            written.push((bridge.clone(), name));
        }
    }
    let mut wanted: Vec<_> = listed()
        .into_iter()
        .map(|(interface, name, _)| (whole::trait_of(&interface).to_owned(), name))
        .collect();
    written.sort();
    wanted.sort();
    assert_eq!(written, wanted);
}

#[tokio::test]
async fn whoever_has_all_bridges_is_a_host_bridge_shared_or_not() {
    fn is_one<T: tollgate_contract::HostBridge + ?Sized>(_: &T) {}
    let whole = std::sync::Arc::new(whole::Whole);
    is_one(&*whole);
    is_one(&whole);
    let dynamic: std::sync::Arc<dyn tollgate_contract::HostBridge> = whole;
    is_one(&*dynamic);
    let refused = tollgate_contract::RandomBridge::fill_random_bytes(
        &*dynamic,
        tollgate_contract::random::RandomBytesRequest {
            vm_id: "vm-1".to_owned(),
            len: 3,
        },
    );
    let error = refused.await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "unsupported: this bridge has no fill-random-bytes"
    );
}
