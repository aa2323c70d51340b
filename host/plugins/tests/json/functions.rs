//! What a component says of its functions.

use serde_json::{Value, json};
use tollgate_plugins::json::BytesAs;
use tollgate_plugins::wit::{
    Function, MAX_DEPTH, Place, Refused, UnreadableWit, Unsupported, functions,
};
use wit_component::dummy_module;
use wit_parser::{LiftLowerAbi, ManglingAndAbi, PackageMetadata};

use crate::support::{append, component, documented, functions_of, only, resolve, validator};

const PLANE: &str = r#"
package acme:plane@1.2.0;

interface types {
    /// A place in the plane.
    record point {
        /// To the right.
        x: f64,
        y: f64,
    }
    type points = list<point>;
}

interface areas {
    use types.{point, points};

    /// How large something is.
    variant size {
        /// It has no area.
        none,
        /// In square metres.
        square(f64),
    }

    enum unit { metre, foot }

    flags how { exact, /** And quick. */ quick }

    /// The area of what the points go around.
    /// 
    /// They go around it once.
    area: func(corners: points, unit: unit, how: how) -> size;
    centre: func(of: points) -> option<point>;
}

world w {
    use types.{point};
    import types;
    /// Says where it is.
    export where-is: func(name: string) -> result<point, string>;
    export areas;
    export inner: interface {
        /// Within.
        f: func();
    }
}
"#;

fn named<'a>(all: &'a [Function], name: &str) -> &'a Function {
    let mut found = all.iter().filter(|function| function.full_name() == name);
    let names = || all.iter().map(Function::full_name).collect::<Vec<_>>();
    found
        .next()
        .unwrap_or_else(|| panic!("{name} of {:?}", names()))
}

#[test]
fn functions_are_named_as_a_run_invokes_them() {
    let all = functions_of(PLANE);
    let mut names: Vec<_> = all
        .iter()
        .map(|function| (function.full_name(), function.export_name()))
        .collect();
    names.sort_unstable();
    let expected = [
        ("acme:plane/areas.area@1.2.0", "acme:plane/areas@1.2.0#area"),
        (
            "acme:plane/areas.centre@1.2.0",
            "acme:plane/areas@1.2.0#centre",
        ),
        ("inner.f", "inner#f"),
        ("where-is", "where-is"),
    ];
    assert_eq!(
        names,
        expected.map(|(full, export)| (full.to_owned(), export.to_owned()))
    );
    assert!(all.iter().all(|function| function.refused.is_none()));
}

#[test]
fn signatures_and_definitions_are_in_the_words_of_wit() {
    let all = functions_of(PLANE);
    let area = named(&all, "acme:plane/areas.area@1.2.0");
    assert_eq!(
        area.signature(),
        "area: func(corners: points, unit: unit, how: how) -> size"
    );
    assert_eq!(
        area.definitions(),
        [
            "type points = list<point>",
            "enum unit { metre, foot }",
            "flags how { exact, quick }",
            "variant size { none, square(f64) }",
            "record point { x: f64, y: f64 }",
        ]
    );
    let place = named(&all, "where-is");
    assert_eq!(
        place.signature(),
        "where-is: func(name: string) -> result<point, string>"
    );
    let inner = named(&all, "inner.f");
    assert_eq!(
        (inner.signature().as_str(), inner.has_result()),
        ("f: func()", false)
    );
    let all = "tuple<bool, s8, u16, f32, char, list<u8>, list<s64, 3>, option<result>, result<_, u8>, result<string>>";
    assert_eq!(
        only("", all).signature(),
        format!("f: func(x: {all}) -> {all}")
    );
}

#[test]
fn the_docs_of_the_wit_are_descriptions() {
    let all = functions_of(PLANE);
    let area = named(&all, "acme:plane/areas.area@1.2.0");
    let docs = "The area of what the points go around.\n\nThey go around it once.";
    assert_eq!(area.docs.as_deref(), Some(docs));
    assert_eq!(
        named(&all, "where-is").docs.as_deref(),
        Some("Says where it is.")
    );
    assert_eq!(named(&all, "inner.f").docs.as_deref(), Some("Within."));
    assert_eq!(
        area.input_schema(BytesAs::Array),
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "description": docs,
            "type": "object",
            "properties": {
                "corners": { "$ref": "#/$defs/points" },
                "unit": { "$ref": "#/$defs/unit" },
                "how": { "$ref": "#/$defs/how" },
            },
            "required": ["corners", "unit", "how"],
            "additionalProperties": false,
            "$defs": {
                "points": { "type": "array", "items": { "$ref": "#/$defs/point" } },
                "unit": { "type": "string", "enum": ["metre", "foot"] },
                "how": {
                    "type": "array",
                    "items": {
                        "type": "string",
                        "oneOf": [{ "const": "exact" }, { "const": "quick", "description": "And quick." }],
                    },
                    "uniqueItems": true,
                },
                "point": {
                    "type": "object",
                    "properties": {
                        "x": { "anyOf": [{ "type": "number" }, { "enum": ["NaN", "Infinity", "-Infinity"] }],
                               "description": "To the right." },
                        "y": { "anyOf": [{ "type": "number" }, { "enum": ["NaN", "Infinity", "-Infinity"] }] },
                    },
                    "required": ["x", "y"],
                    "additionalProperties": false,
                    "description": "A place in the plane.",
                },
            },
        })
    );
    let size = area.output_schema(BytesAs::Array);
    assert_eq!(size["$ref"], json!("#/$defs/size"));
    assert_eq!(
        size["$defs"]["size"]["description"],
        json!("How large something is.")
    );
    assert_eq!(
        size["$defs"]["size"]["oneOf"][0],
        json!({ "const": "none", "description": "It has no area." })
    );
    assert_eq!(
        size["$defs"]["size"]["oneOf"][1]["description"],
        json!("In square metres.")
    );
}

#[test]
fn schemas_are_schemas_and_say_what_is_required() {
    for function in functions_of(PLANE) {
        validator(&function.input_schema(BytesAs::Array));
        validator(&function.output_schema(BytesAs::Base64));
    }
    let function = only("record r { a: u8, b: option<u8> }", "option<r>");
    let schema = function.input_schema(BytesAs::Array);
    assert_eq!(
        (&schema["required"], &schema["$defs"]["r"]["required"]),
        (&json!([]), &json!(["a"]))
    );
    let all = functions_of("package t:t; world w { export f: func(); }");
    let nothing = all[0].output_schema(BytesAs::Array);
    assert_eq!(nothing["type"], json!("null"));
    assert!(validator(&nothing).is_valid(&Value::Null));
}

#[test]
fn two_types_of_one_name_are_two_definitions() {
    let all = functions_of(
        "package t:t;
         interface a { record p { x: u8 } }
         interface b { record p { y: u8 } }
         interface i { use a.{p}; use b.{p as q}; type p-too = p; f: func(p: p, q: q, r: p-too); }
         world w { export i; }",
    );
    let schema = all[0].input_schema(BytesAs::Array);
    validator(&schema);
    let definitions = schema["$defs"].as_object().unwrap();
    let names: Vec<_> = definitions.keys().map(String::as_str).collect();
    assert!(
        names.contains(&"p") && names.contains(&"p-too") && names.len() <= 4,
        "{schema:#}"
    );
    let input = json!({ "p": { "x": 1 }, "q": { "y": 1 }, "r": { "x": 1 } });
    assert!(all[0].arguments(input, BytesAs::Array).is_ok());
}

#[test]
fn what_has_no_json_is_refused_by_name() {
    let wit = "
        package t:t;
        interface i {
            resource blob { constructor(size: u32); read: func(n: u32) -> list<u8>; make: static func() -> u32; }
            record holder { inner: list<option<own<blob>>> }
            owned: func(it: holder);
            lent: func(it: borrow<blob>);
            streamed: func() -> stream<u8>;
            later: func() -> result<future<string>>;
            context: func(e: error-context);
            mapped: func(ok: u8, m: tuple<map<string, u8>>);
            fine: func(ok: u8) -> u8;
        }
        world w { export i; }";
    let all = functions_of(wit);
    let parameter = |name: &str| Place::Parameter(name.to_owned());
    for (name, place, ty, why) in [
        ("owned", parameter("it"), "blob", Unsupported::Resource),
        (
            "lent",
            parameter("it"),
            "borrow<blob>",
            Unsupported::Resource,
        ),
        (
            "[constructor]blob",
            Place::Result,
            "blob",
            Unsupported::Resource,
        ),
        (
            "[method]blob.read",
            parameter("self"),
            "borrow<blob>",
            Unsupported::Resource,
        ),
        ("streamed", Place::Result, "stream<u8>", Unsupported::Stream),
        (
            "later",
            Place::Result,
            "future<string>",
            Unsupported::Future,
        ),
        (
            "context",
            parameter("e"),
            "error-context",
            Unsupported::ErrorContext,
        ),
        (
            "mapped",
            parameter("m"),
            "map<string, u8>",
            Unsupported::Map,
        ),
    ] {
        let function = all
            .iter()
            .find(|function| function.name == name)
            .expect(name);
        let refused = Refused::Type {
            place,
            name: ty.to_owned(),
            why,
        };
        assert_eq!(function.refused.as_ref(), Some(&refused), "{name}");
        let text = refused.to_string();
        assert!(text.contains(ty) && text.contains("no JSON"), "{text}");
        validator(&function.input_schema(BytesAs::Array));
    }
    for name in ["fine", "[static]blob.make"] {
        let function = all
            .iter()
            .find(|function| function.name == name)
            .expect(name);
        assert_eq!(function.refused, None);
    }
    let lent = named(&all, "t:t/i.lent");
    assert_eq!(lent.signature(), "lent: func(it: borrow<blob>)");
    assert!(lent.arguments(json!({ "it": 1 }), BytesAs::Array).is_err());
}

#[test]
fn i36_what_is_no_component_is_said_to_be_none() {
    for bytes in [
        b"".as_slice(),
        b"canary",
        b"\0asm\x01\0\0\0",
        b"\0asm",
        b"\x7fELF\x02\x01\x01\0",
    ] {
        let error = functions(bytes).unwrap_err();
        let is_fine = matches!(
            error,
            UnreadableWit::NotAComponent | UnreadableWit::Invalid { .. }
        );
        assert!(is_fine, "{bytes:?}: {error:?}");
        assert!(!error.to_string().contains("canary"));
    }
    assert_eq!(
        functions(b"\0asm\x01\0\0\0").map(|all| all.len()),
        Err(UnreadableWit::NotAComponent)
    );
    assert_eq!(functions(b"\0asm\x0d\0\x01\0").unwrap().len(), 0);
}

#[test]
fn i35_docs_that_do_not_fit_are_left_out() {
    let (resolve, package, world) = resolve(PLANE, "w");
    let module = dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    let bare = component(&resolve, world, module);
    let count = functions(&bare).unwrap().len();
    let known = PackageMetadata::extract(&resolve, package)
        .encode()
        .unwrap();
    let mut other_version = known.clone();
    other_version[0] = 9;
    let huge = format!(
        "\u{1}{}",
        json!({ "worlds": { "w": { "docs": "x".repeat(2 << 20) } } })
    );
    for section in [
        b"".as_slice(),
        b"\x01",
        b"\x01nonsense",
        b"\x01[]",
        &other_version,
        huge.as_bytes(),
    ] {
        let mut component = bare.clone();
        append(&mut component, PackageMetadata::SECTION_NAME, section);
        let all = functions(&component).unwrap();
        assert_eq!((all.len(), &named(&all, "where-is").docs), (count, &None));
    }
    // A world of another name, and the first form of the section.
    let long = "é".repeat(10_000);
    let section = json!({ "worlds": { "other": { "funcs": { "where-is": long } } } });
    let mut component = bare;
    append(
        &mut component,
        PackageMetadata::SECTION_NAME,
        format!("\0{section}").as_bytes(),
    );
    let all = functions(&component).unwrap();
    let docs = named(&all, "where-is").docs.clone().unwrap();
    assert!(docs.len() <= 4100 && docs.ends_with("é…"), "{}", docs.len());
}

/// A component that exports a function whose type is made of `levels` tuples of two of the one before.
fn doubled(levels: usize) -> Vec<u8> {
    let mut text = String::from("(component (import \"f\" (func $f (param \"x\" $t)))");
    let mut types = String::from("(type $t0 (tuple u8 u8))");
    for level in 1..levels {
        types.push_str(&format!(
            "(type $t{level} (tuple $t{} $t{}))",
            level - 1,
            level - 1
        ));
    }
    text = text.replace("(import", &format!("{types}(import"));
    text = text.replace("$t)))", &format!("$t{})))", levels - 1));
    text.push_str("(export \"g\" (func $f)))");
    wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn i33_types_that_double_at_each_level_are_small_in_all_that_is_said_of_them() {
    // Written out, this is some sixty thousand numbers.
    let all = functions(&doubled(16)).unwrap();
    let [function] = all.as_slice() else {
        panic!("{all:?}")
    };
    assert!(function.signature().len() < 5000);
    let schema = function.input_schema(BytesAs::Array);
    assert!(
        schema.to_string().len() < 20_000,
        "{}",
        schema.to_string().len()
    );
    validator(&schema);
    assert!(
        function
            .arguments(json!({ "x": [[1, 2], [3]] }), BytesAs::Array)
            .is_err()
    );
}

#[test]
fn i33_the_deepest_type_that_a_component_may_have_is_taken() {
    let deep = |levels: usize| {
        let types: String = (1..levels)
            .map(|level| format!("(type $t{level} (list $t{}))", level - 1))
            .collect();
        let text = format!(
            "(component (type $t0 (list u16)) {types}
                (import \"f\" (func $f (param \"x\" $t{}))) (export \"g\" (func $f)))",
            levels - 1
        );
        functions(&wat::parse_str(&text).unwrap())
    };
    let deepest = (1..).find(|levels| deep(levels + 1).is_err()).unwrap();
    assert!((95..MAX_DEPTH as usize).contains(&deepest), "{deepest}");
    let function = deep(deepest).unwrap().remove(0);
    let nested = format!("{}u16{}", "list<".repeat(deepest), ">".repeat(deepest));
    assert_eq!(function.signature(), format!("g: func(x: {nested})"));
    let text = format!("{{\"x\":{}1{}}}", "[".repeat(deepest), "]".repeat(deepest));
    let input = tollgate_plugins::json::read(text.as_bytes()).unwrap();
    assert!(function.arguments(input, BytesAs::Array).is_ok());
    validator(&function.input_schema(BytesAs::Array));
    for levels in [101, 5000] {
        assert!(matches!(deep(levels), Err(UnreadableWit::Invalid { .. })));
    }
}

#[test]
fn i30_i31_more_functions_or_types_than_are_kept_are_an_error() {
    let functions_wit = |count: usize| {
        let all: String = (0..count)
            .map(|number| format!("export g{number}: func();\n"))
            .collect();
        format!("package t:t; world w {{ {all} }}")
    };
    assert_eq!(
        functions(&documented(&functions_wit(1000))).unwrap().len(),
        1000
    );
    assert_eq!(
        functions(&documented(&functions_wit(1001))).map(|all| all.len()),
        Err(UnreadableWit::TooLarge)
    );
    // One function with a record of ten thousand long names.
    let fields: String = (0..10_000)
        .map(|n| format!("(field \"{}{n}\" u8)", "x".repeat(150)))
        .collect();
    let text = |count: usize| {
        let exports: String = (0..count)
            .map(|n| format!("(export \"g{n}\" (func $f))"))
            .collect();
        let text = format!(
            "(component (type $r (record {fields})) (import \"r\" (type $s (eq $r)))
                (import \"f\" (func $f (param \"x\" $s))) {exports})"
        );
        wat::parse_str(&text).unwrap()
    };
    let all = functions(&text(1)).unwrap();
    assert_eq!(all[0].refused, Some(Refused::TooLarge));
    assert_eq!(
        functions(&text(20)).map(|all| all.len()),
        Err(UnreadableWit::TooLarge)
    );
    // A hundred thousand types, each of which is one of its own.
    let types: String = (0..100_000)
        .map(|n| format!("(type $t{n} (list u16))"))
        .collect();
    let tuples: String = (0..10)
        .map(|n| {
            let of: String = (n * 10_000..(n + 1) * 10_000)
                .map(|n| format!(" $t{n}"))
                .collect();
            format!("(type $u{n} (tuple{of}))")
        })
        .collect();
    let of: String = (0..10).map(|n| format!(" $u{n}")).collect();
    let text = format!(
        "(component {types} {tuples} (type $all (tuple{of}))
            (import \"f\" (func $f (param \"x\" $all))) (export \"g\" (func $f)))"
    );
    let many = functions(&wat::parse_str(&text).unwrap());
    assert_eq!(many.map(|all| all.len()), Err(UnreadableWit::TooLarge));
    // A hundred thousand exports.
    let exports: String = (0..100_000)
        .map(|n| format!("(export \"g{n}\" (func $f))"))
        .collect();
    let text = format!("(component (import \"f\" (func $f)) {exports})");
    let many = functions(&wat::parse_str(&text).unwrap());
    assert_eq!(many.map(|all| all.len()), Err(UnreadableWit::TooLarge));
}
