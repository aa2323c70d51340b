//! What the engine imports, with the whole of every interface. The engine itself tells of the functions that it calls, and
//! no more: a world that imports the same interfaces, or an older version of them, may call others.

use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{Resolve, WorldId, WorldKey};

use crate::compose::{ComposeError, failed, is_ours};

/// The packages, each behind those that it refers to.
const PACKAGES: [(&str, &str); 7] = [
    ("io.wit", include_str!("../../../../wit/deps/io.wit")),
    (
        "clocks.wit",
        include_str!("../../../../wit/deps/clocks.wit"),
    ),
    (
        "random.wit",
        include_str!("../../../../wit/deps/random.wit"),
    ),
    (
        "filesystem.wit",
        include_str!("../../../../wit/deps/filesystem.wit"),
    ),
    (
        "sockets.wit",
        include_str!("../../../../wit/deps/sockets.wit"),
    ),
    ("cli.wit", include_str!("../../../../wit/deps/cli.wit")),
    ("http.wit", include_str!("../../../../wit/deps/http.wit")),
];

/// The names of the interfaces that a component imports, without their versions; but for ours, which others stand in for.
fn imported(engine: &[u8]) -> Result<Vec<String>, ComposeError> {
    let (resolve, world) = match decode(engine).map_err(failed)? {
        DecodedWasm::Component(resolve, world) => (resolve, world),
        DecodedWasm::WitPackage(..) => return Err(failed("the engine is no component")),
    };
    let keys = resolve.worlds.get(world).map(|world| world.imports.keys());
    // What is no interface is a type that the engine's own exports refer to.
    let name = |key: &WorldKey| match key {
        WorldKey::Interface(id) => {
            let full = resolve.id_of(*id)?;
            let name = full.split('@').next()?;
            (!is_ours(name)).then(|| name.to_owned())
        }
        WorldKey::Name(_) => None,
    };
    Ok(keys.into_iter().flatten().filter_map(name).collect())
}

/// A world that imports what the engine does, and exports nothing.
pub(super) fn imports(engine: &[u8]) -> Result<(Resolve, WorldId), ComposeError> {
    let mut resolve = Resolve {
        all_features: true,
        ..Resolve::default()
    };
    for (file, text) in PACKAGES {
        resolve.push_source(file, text).map_err(failed)?;
    }
    let versioned = |name: &String| {
        let mut all = resolve.interfaces.iter();
        let found = all.find_map(|(id, _)| {
            let full = resolve.id_of(id)?;
            (full.split('@').next() == Some(name)).then_some(full)
        });
        found.ok_or_else(|| failed(format!("the engine imports `{name}`, which is not known")))
    };
    let names = imported(engine)?;
    let names: Vec<String> = names.iter().map(versioned).collect::<Result<_, _>>()?;
    let imports: String = names
        .iter()
        .map(|name| format!("import {name};\n"))
        .collect();
    let text = format!("package tollgate:engine;\nworld engine {{\n{imports}}}\n");
    let package = resolve.push_source("engine.wit", &text).map_err(failed)?;
    let world = resolve
        .select_world(&[package], Some("engine"))
        .map_err(failed)?;
    Ok((resolve, world))
}
