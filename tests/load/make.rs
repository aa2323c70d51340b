//! Binaries, from text or by hand.

use wasm_encoder::{
    Component, ComponentImportSection, ComponentTypeRef, ComponentTypeSection, PrimitiveValType,
};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// The binary of a text.
#[track_caller]
pub(crate) fn wasm(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"))
}

/// A WASI 0.1 command with `items` around it.
#[track_caller]
pub(crate) fn command(items: &str) -> Vec<u8> {
    wasm(&format!(
        "(module {items} (memory (export \"memory\") 1) (func (export \"_start\")))"
    ))
}

/// A component with one core module, which is not instantiated.
#[track_caller]
pub(crate) fn holding(items: &str) -> Vec<u8> {
    wasm(&format!("(component (core module {items}))"))
}

/// A component around a core module that speaks to the host by the canonical ABI itself, as no compiler would: its imports
/// are the functions of WASI by their names, and its exports are those of `exports`, lines of a WIT world.
#[track_caller]
pub(crate) fn speaking(exports: &str, core: &str) -> Vec<u8> {
    let mut resolve = Resolve {
        all_features: true,
        ..Resolve::default()
    };
    resolve
        .push_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit/bridge"))
        .unwrap();
    resolve
        .push_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit"))
        .unwrap();
    let world = format!(
        "package hostile:guest; world guest {{ include tollgate:host/everything@0.1.0; {exports} }}"
    );
    let package = resolve.push_str("hostile.wit", &world).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let mut module = wasm(core);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let mut encoder = ComponentEncoder::default().module(&module).unwrap();
    encoder.encode().unwrap_or_else(|error| panic!("{error:#}"))
}

/// `item` for each number below `count`, one behind the other.
pub(crate) fn repeated(count: u64, item: impl Fn(u64) -> String) -> String {
    (0..count).map(item).collect()
}

/// An empty component inside another one, `levels` deep. By hand: a parser of text would recurse.
pub(crate) fn nested(levels: u64) -> Vec<u8> {
    const COMPONENT_SECTION: u8 = 4;
    let header = b"\0asm\x0d\0\x01\0";
    let mut inner = header.to_vec();
    for _ in 1..levels {
        let mut outer = header.to_vec();
        outer.push(COMPONENT_SECTION);
        let mut length = inner.len();
        while length > 0x7f {
            outer.push(0x80 | u8::try_from(length & 0x7f).unwrap());
            length >>= 7;
        }
        outer.push(u8::try_from(length).unwrap());
        outer.extend(inner);
        inner = outer;
    }
    inner
}

/// A component that imports `count` functions. By hand: the time that a text with many names takes is its square.
pub(crate) fn importing(count: u64) -> Vec<u8> {
    let mut types = ComponentTypeSection::new();
    let no_parameters: [(&str, PrimitiveValType); 0] = [];
    types.function().params(no_parameters).result(None);
    let mut imports = ComponentImportSection::new();
    for index in 0..count {
        imports.import(format!("f{index}").as_str(), ComponentTypeRef::Func(0));
    }
    let mut component = Component::new();
    component.section(&types).section(&imports);
    component.finish()
}
