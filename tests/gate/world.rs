//! Every function that a guest can be linked to.

use std::collections::BTreeSet;
use std::path::Path;

use wit_parser::{Resolve, WorldItem};

/// The functions of the interfaces that `tollgate:host/everything` imports, as `wasi:io/poll#poll`: freestanding ones,
/// constructors, methods and statics; and those of `tollgate:host-p3/everything`, as `wasi:clocks/system-clock@0.3#now`.
/// Dropping a resource is no function of its interface, and gives a handle back.
///
/// Unstable features are on, as in the bindings: what is linked must be decided, whoever may call it.
pub(crate) fn functions(repository: &Path) -> BTreeSet<String> {
    let mut functions = BTreeSet::new();
    for (folder, before) in [("wit", Some("wit/bridge")), ("wit/p3", None)] {
        let mut resolve = Resolve {
            all_features: true,
            ..Resolve::default()
        };
        if let Some(before) = before {
            resolve
                .push_dir(repository.join(before))
                .unwrap_or_else(|error| panic!("{before}/ does not resolve: {error:?}"));
        }
        let (package, _) = resolve
            .push_dir(repository.join(folder))
            .unwrap_or_else(|error| panic!("{folder}/ does not resolve: {error:?}"));
        functions.extend(of_world(&resolve, package, "everything"));
    }
    functions
}

/// The functions of the interfaces that `tollgate:sidecar/control-plane` imports, but for those of WASI.
pub(crate) fn of_sidecar(repository: &Path) -> BTreeSet<String> {
    let mut resolve = Resolve::default();
    for before in ["wit/deps/io.wit", "wit/sidecar"] {
        let path = repository.join(before);
        let pushed = if path.is_dir() {
            resolve.push_dir(path).map(|(package, _)| package)
        } else {
            resolve.push_file(path)
        };
        let package = pushed.unwrap_or_else(|error| panic!("{before} does not resolve: {error:?}"));
        if before == "wit/sidecar" {
            let mut functions = of_world(&resolve, package, "control-plane");
            functions.retain(|function| function.starts_with("tollgate:"));
            return functions;
        }
    }
    BTreeSet::new()
}

/// The interface as the log names it: without its version, but for 0.3, which is not the base.
fn logged(interface: &str) -> String {
    match interface.split_once('@') {
        Some((name, version)) if version.starts_with("0.3.") => format!("{name}@0.3"),
        Some((name, _)) => name.to_owned(),
        None => interface.to_owned(),
    }
}

/// As [`functions`], for a package of which a test is the author.
pub(crate) fn of_text(text: &str) -> BTreeSet<String> {
    let mut resolve = Resolve {
        all_features: true,
        ..Resolve::default()
    };
    let package = resolve
        .push_str("planted.wit", text)
        .unwrap_or_else(|error| panic!("{error:?}"));
    of_world(&resolve, package, "everything")
}

fn of_world(resolve: &Resolve, package: wit_parser::PackageId, name: &str) -> BTreeSet<String> {
    let world = resolve
        .select_world(&[package], Some(name))
        .unwrap_or_else(|error| panic!("{error:?}"));
    let world = resolve.worlds.get(world).expect("the world was just found");
    let mut functions = BTreeSet::new();
    for (key, item) in &world.imports {
        let WorldItem::Interface { id, .. } = item else {
            panic!("{key:?} is no interface")
        };
        let interface = resolve.name_world_key(key);
        let interface = logged(&interface);
        let all = &resolve
            .interfaces
            .get(*id)
            .expect("the interface was just found")
            .functions;
        functions.extend(all.keys().map(|function| format!("{interface}#{function}")));
    }
    functions
}
