//! Types in WIT's words, to be read.

use super::types::{Member, Shape, Type, TypeRef, Types, Without};

/// About the most bytes of one text.
const MAX_BYTES: usize = 4096;
/// About the most bytes of the definitions of one function.
const MAX_DEFINITIONS_BYTES: usize = 64 * 1024;

/// A text that stops growing. What is to be said may be far longer than the types that it is said of: a tuple of two
/// tuples of two.
struct Text {
    text: String,
    most: usize,
    is_full: bool,
}

impl Text {
    fn new(most: usize) -> Self {
        Self {
            text: String::new(),
            most,
            is_full: false,
        }
    }

    fn push(&mut self, part: &str) {
        if self.is_full {
            return;
        }
        if self.text.len() + part.len() > self.most {
            self.is_full = true;
            self.text.push('…');
            return;
        }
        self.text.push_str(part);
    }
}

/// The type of a function, with its name.
pub(crate) fn signature<'a>(
    types: &Types,
    name: &str,
    is_async: bool,
    parameters: impl Iterator<Item = (&'a str, TypeRef)>,
    result: Option<TypeRef>,
) -> String {
    let mut text = Text::new(MAX_BYTES);
    text.push(name);
    text.push(if is_async { ": async func(" } else { ": func(" });
    for (place, (name, ty)) in parameters.enumerate() {
        text.push(if place == 0 { "" } else { ", " });
        text.push(name);
        text.push(": ");
        write(types, ty, &mut text);
    }
    text.push(")");
    if let Some(result) = result {
        text.push(" -> ");
        write(types, result, &mut text);
    }
    text.text
}

/// One type: its name, where it has one.
pub(crate) fn name_of(types: &Types, ty: TypeRef) -> String {
    let mut text = Text::new(256);
    write(types, ty, &mut text);
    text.text
}

/// The definitions of those types that have names.
pub(crate) fn definitions(types: &Types, used: impl Iterator<Item = TypeRef>) -> Vec<String> {
    let mut left = MAX_DEFINITIONS_BYTES;
    let mut all = Vec::new();
    for ty in types.reached(used) {
        let row = types.get(ty);
        let Some(name) = &row.name else { continue };
        let mut text = Text::new(MAX_BYTES.min(left));
        define(types, row, name, &mut text);
        left = left.saturating_sub(text.text.len());
        all.push(text.text);
        if left == 0 {
            break;
        }
    }
    all
}

fn define(types: &Types, row: &Type, name: &str, text: &mut Text) {
    fn labels(kind: &str, name: &str, labels: Vec<&str>, text: &mut Text) {
        text.push(&format!("{kind} {name} {{ {} }}", labels.join(", ")));
    }
    match &row.shape {
        Shape::Record(fields) => {
            text.push(&format!("record {name} {{ "));
            members(
                fields.iter().map(|field| (field.name.as_str(), field.ty)),
                types,
                text,
            );
            text.push(" }");
        }
        Shape::Variant(cases) => {
            text.push(&format!("variant {name} {{ "));
            for (place, case) in cases.iter().enumerate() {
                text.push(if place == 0 { "" } else { ", " });
                text.push(&case.name);
                if let Some(ty) = case.ty {
                    text.push("(");
                    write(types, ty, text);
                    text.push(")");
                }
            }
            text.push(" }");
        }
        Shape::Enum(all) => labels("enum", name, names(all.iter()), text),
        Shape::Flags(all) => labels("flags", name, names(all.iter()), text),
        _ => {
            text.push(&format!("type {name} = "));
            write_shape(types, row, text);
        }
    }
}

fn names<'a>(members: impl Iterator<Item = &'a Member<()>>) -> Vec<&'a str> {
    members.map(|member| member.name.as_str()).collect()
}

fn members<'a>(members: impl Iterator<Item = (&'a str, TypeRef)>, types: &Types, text: &mut Text) {
    for (place, (name, ty)) in members.enumerate() {
        text.push(if place == 0 { "" } else { ", " });
        text.push(name);
        text.push(": ");
        write(types, ty, text);
    }
}

fn write(types: &Types, ty: TypeRef, text: &mut Text) {
    let row = types.get(ty);
    match &row.name {
        Some(name) => text.push(name),
        None => write_shape(types, row, text),
    }
}

/// Not deeper than types nest, and no further once the text is full.
fn write_shape(types: &Types, row: &Type, text: &mut Text) {
    if text.is_full {
        return;
    }
    match &row.shape {
        Shape::Bool => text.push("bool"),
        Shape::Integer(integer) => text.push(integer.word()),
        Shape::F32 => text.push("f32"),
        Shape::F64 => text.push("f64"),
        Shape::Char => text.push("char"),
        Shape::String => text.push("string"),
        Shape::Bytes => text.push("list<u8>"),
        Shape::List(of) => around("list", &[Some(*of)], types, text),
        Shape::FixedLengthList(of, length) => {
            text.push("list<");
            write(types, *of, text);
            text.push(&format!(", {length}>"));
        }
        Shape::Tuple(of) => {
            let of: Vec<_> = of.iter().copied().map(Some).collect();
            around("tuple", &of, types, text);
        }
        Shape::Option(of) => around("option", &[Some(*of)], types, text),
        Shape::Result(cases) => {
            let mut cases = cases.iter().map(|case| case.ty);
            match (cases.next().flatten(), cases.next().flatten()) {
                (None, None) => text.push("result"),
                (ok, None) => around("result", &[ok], types, text),
                (ok, err) => around("result", &[ok, err], types, text),
            }
        }
        // These have names wherever a function that is exported uses them.
        Shape::Record(_) => text.push("record"),
        Shape::Variant(_) => text.push("variant"),
        Shape::Enum(_) => text.push("enum"),
        Shape::Flags(_) => text.push("flags"),
        Shape::Unsupported(_, without) => write_without(types, without, text),
    }
}

fn write_without(types: &Types, without: &Without, text: &mut Text) {
    let resource = |name: &Option<String>| name.clone().unwrap_or_else(|| "resource".to_owned());
    match without {
        Without::Own(name) => text.push(&resource(name)),
        Without::Borrow(name) => text.push(&format!("borrow<{}>", resource(name))),
        Without::Stream(None) => text.push("stream"),
        Without::Stream(of) => around("stream", &[*of], types, text),
        Without::Future(None) => text.push("future"),
        Without::Future(of) => around("future", &[*of], types, text),
        Without::ErrorContext => text.push("error-context"),
        Without::Map(key, value) => around("map", &[Some(*key), Some(*value)], types, text),
    }
}

fn around(kind: &str, of: &[Option<TypeRef>], types: &Types, text: &mut Text) {
    text.push(kind);
    text.push("<");
    for (place, ty) in of.iter().enumerate() {
        if text.is_full {
            return;
        }
        text.push(if place == 0 { "" } else { ", " });
        match ty {
            Some(ty) => write(types, *ty, text),
            None => text.push("_"),
        }
    }
    text.push(">");
}
