//! What a component sees of `tollgate:sidecar@1.0.0`, kept in `published.txt`: a published package never changes, but for
//! its documentation. What is to be different is another version, beside it.

use std::collections::BTreeSet;

use wit_parser::{Resolve, Type, TypeDefKind, WorldItem};

use crate::support::wit;

fn shown(resolve: &Resolve, ty: Option<&Type>) -> String {
    match ty {
        None => "_".to_owned(),
        Some(Type::Id(id)) => {
            let definition = &resolve.types[*id];
            if let Some(name) = &definition.name {
                return name.clone();
            }
            match &definition.kind {
                TypeDefKind::Option(value) => format!("option<{}>", shown(resolve, Some(value))),
                TypeDefKind::Result(result) => format!(
                    "result<{}, {}>",
                    shown(resolve, result.ok.as_ref()),
                    shown(resolve, result.err.as_ref())
                ),
                TypeDefKind::Handle(wit_parser::Handle::Own(resource)) => {
                    resolve.types[*resource].name.clone().unwrap()
                }
                kind => panic!("a {}", kind.as_str()),
            }
        }
        Some(Type::String) => "string".to_owned(),
        Some(plain) => format!("{plain:?}").to_lowercase(),
    }
}

/// Functions with their types, own types of the interfaces that have functions, and worlds. The messages are `schema.txt`.
fn of_the_wit() -> String {
    let (resolve, package) = wit();
    let package = &resolve.packages[package];
    let mut lines = Vec::new();
    for (name, id) in &package.interfaces {
        let interface = &resolve.interfaces[*id];
        if interface.functions.is_empty() {
            continue;
        }
        for (of, id) in &interface.types {
            let shape = match &resolve.types[*id].kind {
                TypeDefKind::Record(record) => record
                    .fields
                    .iter()
                    .map(|field| format!("{}: {}", field.name, shown(&resolve, Some(&field.ty))))
                    .collect::<Vec<_>>(),
                TypeDefKind::Enum(cases) => {
                    cases.cases.iter().map(|case| case.name.clone()).collect()
                }
                // What another interface defines.
                TypeDefKind::Type(_) => continue,
                kind => panic!("{of} is a {}", kind.as_str()),
            };
            lines.push(format!("{name}.{of} {{ {} }}", shape.join(", ")));
        }
        for (called, function) in &interface.functions {
            let parameters: Vec<_> = function
                .params
                .iter()
                .map(|parameter| {
                    format!(
                        "{}: {}",
                        parameter.name,
                        shown(&resolve, Some(&parameter.ty))
                    )
                })
                .collect();
            let result = shown(&resolve, function.result.as_ref());
            lines.push(format!(
                "{name}.{called}({}) -> {result}",
                parameters.join(", ")
            ));
        }
    }
    for (name, id) in &package.worlds {
        let world = &resolve.worlds[*id];
        for (key, item) in &world.imports {
            assert!(matches!(item, WorldItem::Interface { .. }));
            lines.push(format!("{name} imports {}", resolve.name_world_key(key)));
        }
        for (key, item) in &world.exports {
            assert!(matches!(item, WorldItem::Interface { .. }));
            lines.push(format!("{name} exports {}", resolve.name_world_key(key)));
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn the_published_package_is_as_it_was_published() {
    let (resolve, id) = wit();
    assert_eq!(
        resolve.packages[id].name.to_string(),
        "tollgate:sidecar@1.0.0"
    );
    let (now, kept) = (of_the_wit(), include_str!("published.txt"));
    let now: Vec<_> = now.lines().collect();
    let kept: Vec<_> = kept.lines().collect();
    assert_eq!(now, kept);
}

/// A tool that reads WIT takes more than a component can have.
#[test]
fn a_component_can_have_the_package() {
    let (resolve, package) = wit();
    let encoded = wit_component::encode(&resolve, package).unwrap();
    wasmparser::Validator::new().validate_all(&encoded).unwrap();
}

#[test]
fn control_has_one_function_for_each_request() {
    let (resolve, package) = wit();
    let interfaces = &resolve.packages[package].interfaces;
    let types = &resolve.interfaces[interfaces["types"]].types;
    let TypeDefKind::Variant(requests) = &resolve.types[types["request-payload"]].kind else {
        panic!("the requests are no variant");
    };
    let control = &resolve.interfaces[interfaces["control"]].functions;
    let requests: BTreeSet<_> = requests
        .cases
        .iter()
        .map(|case| match case.name.as_str() {
            "ext-envelope" => "ext",
            name => name.strip_suffix("-request").unwrap(),
        })
        .collect();
    let functions: BTreeSet<_> = control.keys().map(String::as_str).collect();
    assert_eq!(functions, requests);
    for (name, function) in control {
        let result = shown(&resolve, function.result.as_ref());
        assert!(result.ends_with(", rejected-response>"), "{name}");
        assert_eq!(function.params[0].name, "ownership", "{name}");
    }
}

#[test]
fn everything_says_what_it_is() {
    let (resolve, package) = wit();
    let package = &resolve.packages[package];
    let mut silent = Vec::new();
    let mut look = |name: String, docs: &wit_parser::Docs| {
        if docs
            .contents
            .as_deref()
            .is_none_or(|text| text.trim().is_empty())
        {
            silent.push(name);
        }
    };
    for (name, id) in &package.interfaces {
        let interface = &resolve.interfaces[*id];
        look(name.clone(), &interface.docs);
        for (function, item) in &interface.functions {
            look(format!("{name}.{function}"), &item.docs);
        }
        for (of, id) in &interface.types {
            let definition = &resolve.types[*id];
            let part = |part: &str| format!("{name}.{of}.{part}");
            match &definition.kind {
                TypeDefKind::Record(record) => record
                    .fields
                    .iter()
                    .for_each(|field| look(part(&field.name), &field.docs)),
                TypeDefKind::Variant(variant) => variant
                    .cases
                    .iter()
                    .for_each(|case| look(part(&case.name), &case.docs)),
                TypeDefKind::Enum(cases) => cases
                    .cases
                    .iter()
                    .for_each(|case| look(part(&case.name), &case.docs)),
                TypeDefKind::Type(Type::Id(_)) => continue,
                TypeDefKind::Type(_) => {}
                kind => panic!("{of} is a {}", kind.as_str()),
            }
            look(format!("{name}.{of}"), &definition.docs);
        }
    }
    for (name, id) in &package.worlds {
        look(name.clone(), &resolve.worlds[*id].docs);
    }
    assert_eq!(silent, [""; 0]);
}
