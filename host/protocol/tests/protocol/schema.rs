//! The schema of the protocol, derived from the WIT by rule, beside the one that it was taken from: name by name, number
//! by number.
//!
//! `schema.txt` is that schema in a form of ours, one type a line, and what the wire is from now on. The text that it was
//! taken from is compared too, where it lies beside the repository.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use wit_parser::{Resolve, Type, TypeDefKind, TypeId};

use crate::support::{beside, camel, wit};

/// Types and what they are, as `struct name: str, version: u16` or `enum 0 ALLOW, 1 ASK`.
type Schema = BTreeMap<String, String>;

fn of_the_wit() -> Schema {
    let (resolve, package) = wit();
    let types = resolve.packages[package].interfaces["types"];
    let mut schema = Schema::new();
    for (name, id) in &resolve.interfaces[types].types {
        let definition = match &resolve.types[*id].kind {
            TypeDefKind::Record(record) => {
                let fields = record.fields.iter().map(|field| {
                    format!(
                        "{}: {}",
                        lower_camel(&field.name),
                        bare(&resolve, &field.ty)
                    )
                });
                format!("struct {}", fields.collect::<Vec<_>>().join(", "))
            }
            TypeDefKind::Enum(cases) => {
                let cases = cases.cases.iter().map(|case| screaming(&case.name));
                format!("enum {}", numbered(cases))
            }
            TypeDefKind::Variant(variant) => {
                for case in &variant.cases {
                    match &case.ty {
                        // A case is called what its type is called, so that the name says all.
                        Some(ty) => assert_eq!(camel(&case.name), bare(&resolve, ty), "in {name}"),
                        None => drop(schema.insert(camel(&case.name), "void".to_owned())),
                    }
                }
                let cases = variant.cases.iter().map(|case| camel(&case.name));
                format!("union {}", numbered(cases))
            }
            TypeDefKind::Type(aliased) => bare(&resolve, aliased),
            kind => panic!("{name} is a {}", kind.as_str()),
        };
        schema.insert(camel(name), definition);
    }
    schema
}

fn numbered(names: impl Iterator<Item = String>) -> String {
    let numbered = names
        .enumerate()
        .map(|(number, name)| format!("{number} {name}"));
    numbered.collect::<Vec<_>>().join(", ")
}

fn lower_camel(name: &str) -> String {
    let camel = camel(name);
    camel[..1].to_lowercase() + &camel[1..]
}

fn screaming(name: &str) -> String {
    name.to_uppercase().replace('-', "_")
}

fn bare(resolve: &Resolve, ty: &Type) -> String {
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::U8 => "u8".to_owned(),
        Type::U16 => "u16".to_owned(),
        Type::U32 => "u32".to_owned(),
        Type::U64 => "u64".to_owned(),
        Type::S32 => "i32".to_owned(),
        Type::S64 => "i64".to_owned(),
        Type::String => "str".to_owned(),
        Type::Id(id) => compound(resolve, *id),
        other => panic!("{other:?}"),
    }
}

fn compound(resolve: &Resolve, id: TypeId) -> String {
    let definition = &resolve.types[id];
    if let Some(name) = &definition.name {
        return camel(name);
    }
    match &definition.kind {
        TypeDefKind::Option(value) => format!("optional<{}>", bare(resolve, value)),
        TypeDefKind::List(Type::U8) => "data".to_owned(),
        TypeDefKind::List(Type::Id(item)) if pair(resolve, *item).is_some() => {
            let (key, value) = pair(resolve, *item).unwrap();
            format!("map<{}><{}>", bare(resolve, &key), bare(resolve, &value))
        }
        TypeDefKind::List(item) => format!("list<{}>", bare(resolve, item)),
        kind => panic!("a {}", kind.as_str()),
    }
}

fn pair(resolve: &Resolve, id: TypeId) -> Option<(Type, Type)> {
    match &resolve.types[id].kind {
        TypeDefKind::Tuple(tuple) => match tuple.types.as_slice() {
            [key, value] => Some((*key, *value)),
            _ => None,
        },
        _ => None,
    }
}

/// What `schema.txt` says.
fn kept() -> Schema {
    include_str!("schema.txt")
        .lines()
        .map(|line| {
            let (name, definition) = line.split_once(" = ").unwrap();
            (name.to_owned(), definition.to_owned())
        })
        .collect()
}

/// What a schema in the language of BARE says, with whatever stands around its types.
fn of_text(text: &str) -> Schema {
    let mut schema = Schema::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let mut words = line.split_whitespace();
        let (Some("type"), Some(name), Some(kind)) = (words.next(), words.next(), words.next())
        else {
            continue;
        };
        let mut body = lines.by_ref().take_while(|line| line.trim() != "}");
        let definition = match kind {
            "struct" => {
                let fields: Vec<_> = body.by_ref().map(|line| line.trim().to_owned()).collect();
                format!("struct {}", fields.join(", "))
            }
            "union" | "enum" => {
                let cases = body.by_ref().flat_map(|line| {
                    line.split('|')
                        .map(|case| case.trim().to_owned())
                        .collect::<Vec<_>>()
                });
                format!("{kind} {}", numbered(cases.filter(|case| !case.is_empty())))
            }
            plain => plain.to_owned(),
        };
        schema.insert(name.to_owned(), definition);
    }
    schema
}

/// What one schema says and the other does not.
fn differences(one: &Schema, other: &Schema) -> String {
    let mut text = String::new();
    for name in one
        .keys()
        .chain(other.keys().filter(|name| !one.contains_key(*name)))
    {
        let (one, other) = (one.get(name), other.get(name));
        if one != other {
            writeln!(text, "{name}\n  {one:?}\n  {other:?}").unwrap();
        }
    }
    text
}

#[test]
fn the_wit_says_what_the_wire_is() {
    assert_eq!(differences(&of_the_wit(), &kept()), "");
}

#[test]
fn the_wire_is_the_protocols() {
    let Some(place) = beside("TOLLGATE_SCHEMA", "seeds/sidecar-protocol.md") else {
        return;
    };
    let schema = of_text(&std::fs::read_to_string(place).unwrap());
    assert_eq!(schema.len(), 121, "types of the protocol");
    assert_eq!(differences(&kept(), &schema), "");
}

#[test]
fn a_difference_is_seen() {
    let text = "type A struct {\n  one: str\n  two: optional<u8>\n}\n\ntype B union {\n  A |\n  C\n}\ntype C void\n";
    let schema = of_text(text);
    assert_eq!(schema["A"], "struct one: str, two: optional<u8>");
    assert_eq!(schema["B"], "union 0 A, 1 C");
    assert_eq!(schema["C"], "void");
    let mut other = schema.clone();
    other.insert("B".to_owned(), "union 0 C, 1 A".to_owned());
    other.remove("C");
    assert_eq!(differences(&schema, &other).lines().count(), 6);
}
