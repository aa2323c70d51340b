//! The functions that there are, as the contract spells them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use wit_parser::{PackageId, Resolve, TypeDefKind, WorldItem};

/// What the functions and handles of a WIT package are called in the contract: `PACKAGE/INTERFACE#FUNCTION`, without a
/// version, and `#[resource-drop]NAME` for letting go of a handle.
fn functions_of(resolve: &Resolve, package: PackageId) -> BTreeSet<String> {
    let package = resolve.packages.get(package).expect("it was just found");
    let mut functions = BTreeSet::new();
    for (name, interface) in &package.interfaces {
        let interface = resolve.interfaces.get(*interface).expect("it is listed");
        let own = format!("{}:{}/{name}", package.name.namespace, package.name.name);
        for function in interface.functions.keys() {
            functions.insert(format!("{own}#{function}"));
        }
        for (resource, id) in &interface.types {
            let kind = &resolve.types.get(*id).expect("it is listed").kind;
            if matches!(kind, TypeDefKind::Resource) {
                functions.insert(format!("{own}#[resource-drop]{resource}"));
            }
        }
    }
    functions
}

fn wit() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit")
}

/// What `wit/bridge` has.
pub(crate) fn of_the_bridge() -> BTreeSet<String> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve
        .push_dir(wit().join("bridge"))
        .expect("wit/bridge resolves");
    functions_of(&resolve, package)
}

/// What the host has for a component: every function of the interfaces that its world imports.
pub(crate) fn of_the_host() -> BTreeSet<String> {
    let mut resolve = Resolve::default();
    resolve
        .push_dir(wit().join("bridge"))
        .expect("wit/bridge resolves");
    let (host, _) = resolve.push_dir(wit()).expect("wit resolves");
    let world = resolve
        .select_world(&[host], Some("everything"))
        .expect("the world is there");
    let imports = &resolve.worlds.get(world).expect("it was found").imports;
    let imported: BTreeSet<String> = imports
        .values()
        .filter_map(|item| match item {
            WorldItem::Interface { id, .. } => resolve.id_of(*id),
            _ => None,
        })
        .map(|id| id.split('@').next().unwrap_or_default().to_owned())
        .collect();
    let all = resolve
        .packages
        .iter()
        .flat_map(|(package, _)| functions_of(&resolve, package));
    all.filter(|function| {
        function
            .split_once('#')
            .is_some_and(|(interface, _)| imported.contains(interface))
    })
    .collect()
}
