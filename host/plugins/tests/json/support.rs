//! Components that are made of a text of WIT.

use serde_json::Value;
use tollgate_plugins::json::BytesAs;
use tollgate_plugins::wit::{Function, functions};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, PackageId, PackageMetadata, Resolve, WorldId};

/// A package and one world of it.
pub(crate) fn resolve(wit: &str, world: &str) -> (Resolve, PackageId, WorldId) {
    let mut resolve = Resolve {
        all_features: true,
        ..Resolve::default()
    };
    let package = resolve
        .push_str("test.wit", wit)
        .unwrap_or_else(|error| panic!("{error:?}\n{wit}"));
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    (resolve, package, world)
}

/// The component around a core module.
pub(crate) fn component(resolve: &Resolve, world: WorldId, mut module: Vec<u8>) -> Vec<u8> {
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8).unwrap();
    let mut encoder = ComponentEncoder::default().module(&module).unwrap();
    encoder.encode().unwrap()
}

/// A component of the world `w`, all of whose functions trap; with the docs where the tools put them.
pub(crate) fn documented(wit: &str) -> Vec<u8> {
    let (resolve, package, world) = resolve(wit, "w");
    let abi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
    let module = dummy_module(&resolve, world, abi);
    let docs = PackageMetadata::extract(&resolve, package)
        .encode()
        .unwrap();
    let mut component = component(&resolve, world, module);
    append(&mut component, PackageMetadata::SECTION_NAME, &docs);
    component
}

/// Appends a custom section.
pub(crate) fn append(wasm: &mut Vec<u8>, name: &str, data: &[u8]) {
    let mut section = Vec::new();
    leb(name.len(), &mut section);
    section.extend_from_slice(name.as_bytes());
    section.extend_from_slice(data);
    wasm.push(0);
    leb(section.len(), wasm);
    wasm.extend_from_slice(&section);
}

fn leb(mut value: usize, into: &mut Vec<u8>) {
    loop {
        let byte = u8::try_from(value & 0x7f).unwrap();
        value >>= 7;
        if value == 0 {
            return into.push(byte);
        }
        into.push(byte | 0x80);
    }
}

/// The functions of the world `w`.
pub(crate) fn functions_of(wit: &str) -> Vec<Function> {
    functions(&documented(wit)).unwrap_or_else(|error| panic!("{error}\n{wit}"))
}

/// The only function of a world, `f: func(x: …) -> …`, with these definitions before it.
pub(crate) fn only(definitions: &str, ty: &str) -> Function {
    let wit = format!(
        "package t:t;\ninterface i {{\n{definitions}\nf: func(x: {ty}) -> {ty};\n}}\nworld w {{ export i; }}"
    );
    let mut all = functions_of(&wit);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// What the schema says of an input.
pub(crate) fn validator(schema: &Value) -> jsonschema::Validator {
    jsonschema::meta::validate(schema).unwrap_or_else(|error| panic!("{error}: {schema:#}"));
    jsonschema::options()
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .build(schema)
        .unwrap_or_else(|error| panic!("{error}: {schema:#}"))
}

/// Both ways to spell bytes.
pub(crate) const BOTH: [BytesAs; 2] = [BytesAs::Array, BytesAs::Base64];
