//! Each row of the mapping, with what it takes, what it gives, and what it refuses.

use serde_json::{Value, json};
use tollgate_plugins::json::{BytesAs, Invalid, InvalidInput};
use tollgate_plugins::wit::Function;
use wasmtime::component::Val;

use crate::support::{functions_of, only};

fn take(function: &Function, json: Value, bytes_as: BytesAs) -> Result<Val, InvalidInput> {
    let input = Value::Object([("x".to_owned(), json)].into_iter().collect());
    let mut values = function.arguments(input, bytes_as)?;
    assert_eq!(values.len(), 1);
    Ok(values.remove(0))
}

/// A type that takes these, gives the second of each pair for them, and refuses those.
fn check(definitions: &str, ty: &str, taken: &[(Value, Value)], refused: &[Value]) {
    let function = only(definitions, ty);
    for (json, canonical) in taken {
        let value = take(&function, json.clone(), BytesAs::Array)
            .unwrap_or_else(|error| panic!("{ty}: {json}: {error}"));
        let given = function.output(Some(value), BytesAs::Array).unwrap();
        // As texts: -0.0 and 0.0 are equal.
        assert_eq!(given.to_string(), canonical.to_string(), "{ty}: {json}");
    }
    for json in refused {
        let error = take(&function, json.clone(), BytesAs::Array);
        let Err(error) = error else {
            panic!("{ty}: {json} is taken");
        };
        assert!(error.pointer.starts_with("/x"), "{ty}: {json}: {error}");
    }
}

fn same(values: &[Value]) -> Vec<(Value, Value)> {
    values
        .iter()
        .map(|value| (value.clone(), value.clone()))
        .collect()
}

#[test]
fn booleans() {
    check(
        "",
        "bool",
        &same(&[json!(true), json!(false)]),
        &[json!(0), json!("true"), json!(null)],
    );
}

#[test]
fn integers_up_to_32_bits_are_numbers_however_they_are_written() {
    for (ty, least, most) in [
        ("u8", 0_i64, 255_i64),
        ("s8", -128, 127),
        ("u16", 0, 65535),
        ("s16", -32768, 32767),
        ("u32", 0, 4_294_967_295),
        ("s32", -2_147_483_648, 2_147_483_647),
    ] {
        let mut taken = same(&[json!(least), json!(most), json!(0)]);
        taken.extend([
            (json!(1.0), json!(1)),
            (json!(1e2), json!(100)),
            (json!(-0.0), json!(0)),
        ]);
        let refused = [
            json!(least - 1),
            json!(most + 1),
            json!(0.5),
            json!(1e300),
            json!(u64::MAX),
            json!("1"),
            json!(null),
            json!([1]),
        ];
        check("", ty, &taken, &refused);
    }
}

#[test]
fn integers_of_64_bits_are_numbers_where_they_are_exact_and_strings_elsewhere() {
    let safe = (1_i64 << 53) - 1;
    check(
        "",
        "u64",
        &[
            (json!(0), json!(0)),
            (json!("0"), json!(0)),
            (json!("5"), json!(5)),
            (json!(safe), json!(safe)),
            (json!(9_007_199_254_740_991.0), json!(safe)),
            (json!("9007199254740991"), json!(safe)),
            (json!("9007199254740992"), json!("9007199254740992")),
            (json!("18446744073709551615"), json!("18446744073709551615")),
        ],
        &[
            json!(safe + 1),
            json!(u64::MAX),
            json!(18_446_744_073_709_551_616.0),
            json!(1e300),
            json!(-1),
            json!("-1"),
            json!("18446744073709551616"),
            json!("99999999999999999999999999999999999999999999"),
            json!("00"),
            json!("+1"),
            json!("1.0"),
            json!(" 1"),
            json!("1\n"),
            json!("-0"),
            json!(""),
            json!("١"),
        ],
    );
    check(
        "",
        "s64",
        &[
            (json!(-safe), json!(-safe)),
            (json!("-1"), json!(-1)),
            (json!("-9007199254740992"), json!("-9007199254740992")),
            (json!("9223372036854775807"), json!("9223372036854775807")),
            (json!("-9223372036854775808"), json!("-9223372036854775808")),
        ],
        &[
            json!(-safe - 1),
            json!(i64::MIN),
            json!("9223372036854775808"),
            json!("-9223372036854775809"),
            json!("-"),
            json!("-01"),
        ],
    );
}

#[test]
fn floats_are_numbers_and_words() {
    let words = same(&[json!("NaN"), json!("Infinity"), json!("-Infinity")]);
    let refused = [
        json!("nan"),
        json!("1"),
        json!("inf"),
        json!(null),
        json!(true),
    ];
    let mut taken = words.clone();
    taken.extend(same(&[
        json!(0.1),
        json!(-0.0),
        json!(5e-324),
        json!(f64::MAX),
        json!(f64::MIN),
    ]));
    taken.extend([
        (json!(3), json!(3.0)),
        (json!(u64::MAX), json!(18_446_744_073_709_551_615.0)),
    ]);
    check("", "f64", &taken, &refused);

    let mut taken = words;
    taken.extend(same(&[
        json!(0.1),
        json!(-0.0),
        json!(16_777_216.0),
        json!(1e-45),
        json!(1.5e30),
    ]));
    taken.extend([
        (json!(0.1_f32), json!(0.1)),
        (json!(16_777_217), json!(16_777_216.0)),
        (json!(1e-60), json!(0.0)),
        // The fewest digits of the greatest one are a little above it.
        (json!(f64::from(f32::MAX)), json!(3.402_823_5e38)),
        (json!(-3.402_823_567e38), json!(-3.402_823_5e38)),
    ]);
    taken.extend(same(&[json!(3.402_823_5e38)]));
    let mut too_far = refused.to_vec();
    too_far.extend([
        json!(3.402_823_567_797_336_6e38),
        json!(3.5e38),
        json!(-1e300),
    ]);
    check("", "f32", &taken, &too_far);
}

#[test]
fn a_nan_is_a_nan_whatever_its_payload() {
    let function = only("", "f64");
    for bits in [0x7ff8_0000_0000_0000, 0xfff8_dead_beef_0000_u64] {
        let value = Val::Float64(f64::from_bits(bits));
        assert_eq!(
            function.output(Some(value), BytesAs::Array),
            Ok(json!("NaN"))
        );
    }
    assert!(
        matches!(take(&function, json!("NaN"), BytesAs::Array), Ok(Val::Float64(nan)) if nan.is_nan())
    );
}

#[test]
fn characters_and_strings() {
    let two = "e\u{301}";
    check(
        "",
        "char",
        &same(&[json!("a"), json!("é"), json!("😀"), json!("\u{0}")]),
        &[json!(""), json!("ab"), json!(two), json!(97), json!(null)],
    );
    check(
        "",
        "string",
        &same(&[json!(""), json!("a\n\"\u{0}😀")]),
        &[json!(1), json!(null), json!(["a"])],
    );
}

#[test]
fn lists_and_tuples_are_arrays() {
    check(
        "",
        "list<string>",
        &same(&[json!([]), json!(["a", "b"])]),
        &[json!("a"), json!({}), json!([1]), json!(["a", null])],
    );
    check(
        "",
        "list<u16, 2>",
        &same(&[json!([1, 2])]),
        &[json!([1]), json!([1, 2, 3]), json!([1, -2])],
    );
    check(
        "",
        "tuple<u8, string>",
        &same(&[json!([1, "a"])]),
        &[
            json!([1]),
            json!(["a", 1]),
            json!([1, "a", 2]),
            json!({ "0": 1, "1": "a" }),
        ],
    );
}

#[test]
fn bytes_are_an_array_or_where_it_is_asked_for_base64() {
    check(
        "",
        "list<u8>",
        &same(&[json!([]), json!([0, 255])]),
        &[json!("AP8="), json!([256]), json!([-1])],
    );
    let function = only("type blob = list<u8>;", "blob");
    for (text, bytes) in [
        ("", vec![]),
        ("AP8=", vec![0, 255]),
        ("+/+/", vec![251, 255, 191]),
    ] {
        let value = take(&function, json!(text), BytesAs::Base64).unwrap();
        assert_eq!(value, Val::List(bytes.into_iter().map(Val::U8).collect()));
        assert_eq!(
            function.output(Some(value), BytesAs::Base64),
            Ok(json!(text))
        );
    }
    // No padding, too much of it, bits that stand for nothing, the other alphabet, spaces, and an array.
    for json in [
        json!("AP8"),
        json!("AP8=="),
        json!("AP9="),
        json!("-_-_"),
        json!("AP8=\n"),
        json!([0, 255]),
    ] {
        assert!(
            take(&function, json.clone(), BytesAs::Base64).is_err(),
            "{json}"
        );
    }
    // It says nothing of other lists, nor of one whose length is a part of its type.
    let function = only("", "tuple<list<s8>, list<u8, 2>>");
    assert!(take(&function, json!([[-1], [1, 2]]), BytesAs::Base64).is_ok());
}

#[test]
fn records_are_objects_with_all_members_but_options() {
    let point = "record point { x: u8, label: option<string> }";
    check(
        point,
        "point",
        &[
            (
                json!({ "x": 1, "label": "a" }),
                json!({ "x": 1, "label": "a" }),
            ),
            (
                json!({ "label": null, "x": 1 }),
                json!({ "x": 1, "label": null }),
            ),
            (json!({ "x": 1 }), json!({ "x": 1, "label": null })),
        ],
        &[
            json!({}),
            json!({ "x": null }),
            json!({ "x": 1, "y": 2 }),
            json!({ "x": 1, "X": 2 }),
            json!([1, "a"]),
        ],
    );
}

#[test]
fn variants_and_results_name_their_case() {
    let shape = "variant shape { nothing, circle(f64), label(option<string>) }";
    check(
        shape,
        "shape",
        &same(&[
            json!("nothing"),
            json!({ "circle": 1.5 }),
            json!({ "label": null }),
            json!({ "label": "a" }),
        ]),
        &[
            json!("circle"),
            json!({ "nothing": null }),
            json!({}),
            json!({ "circle": 1, "label": null }),
            json!({ "square": 1 }),
            json!("square"),
            json!(null),
            json!(0),
        ],
    );
    check(
        "",
        "result",
        &same(&[json!("ok"), json!("err")]),
        &[json!({ "ok": null }), json!(null)],
    );
    check(
        "",
        "result<u8>",
        &same(&[json!({ "ok": 1 }), json!("err")]),
        &[json!("ok"), json!({ "err": 1 })],
    );
    check(
        "",
        "result<_, u8>",
        &same(&[json!("ok"), json!({ "err": 1 })]),
        &[json!({ "ok": 1 })],
    );
    check(
        "",
        "result<string, u8>",
        &same(&[json!({ "ok": "" }), json!({ "err": 1 })]),
        &[json!({ "ok": 1 })],
    );
    let function = only("", "result<u8, string>");
    let value = take(&function, json!({ "err": "no" }), BytesAs::Array).unwrap();
    assert_eq!(
        value,
        Val::Result(Err(Some(Box::new(Val::String("no".into())))))
    );
}

#[test]
fn enums_are_strings_and_flags_arrays_in_wit_order() {
    check(
        "enum e { b, a }",
        "e",
        &same(&[json!("a"), json!("b")]),
        &[json!("c"), json!(0), json!(["a"])],
    );
    check(
        "flags fl { c, b, a }",
        "fl",
        &[
            (json!([]), json!([])),
            (json!(["a", "c"]), json!(["c", "a"])),
            (json!(["c", "b", "a"]), json!(["c", "b", "a"])),
        ],
        &[
            json!(["a", "a"]),
            json!(["d"]),
            json!("a"),
            json!([0]),
            json!({ "a": true }),
        ],
    );
}

#[test]
fn an_option_in_an_option_can_be_told() {
    check(
        "",
        "option<u8>",
        &same(&[json!(null), json!(1)]),
        &[json!({ "some": 1 }), json!("none")],
    );
    check(
        "type maybe = option<u8>;",
        "option<maybe>",
        &same(&[json!(null), json!({ "some": null }), json!({ "some": 1 })]),
        &[
            json!(1),
            json!({}),
            json!({ "some": 1, "a": 2 }),
            json!({ "none": null }),
        ],
    );
    check(
        "",
        "option<option<option<u8>>>",
        &same(&[
            json!(null),
            json!({ "some": null }),
            json!({ "some": { "some": null } }),
        ]),
        &[json!({ "some": 1 })],
    );
    // A record is no null, even if a member of it is.
    check(
        "record r { some: option<u8> }",
        "option<r>",
        &same(&[json!(null), json!({ "some": null })]),
        &[],
    );
}

#[test]
fn the_input_is_an_object_with_a_member_for_each_parameter() {
    let all = functions_of(
        "package t:t; world w { export none: func(); export two: func(a: u8, b: option<u8>) -> u8; }",
    );
    let [none, two] = all.as_slice() else {
        panic!("{all:?}")
    };
    assert_eq!(none.arguments(json!({}), BytesAs::Array), Ok(vec![]));
    assert_eq!(none.output(None, BytesAs::Array), Ok(Value::Null));
    assert!(none.output(Some(Val::Bool(true)), BytesAs::Array).is_err());
    let some = Val::Option(Some(Box::new(Val::U8(2))));
    assert_eq!(
        two.arguments(json!({ "b": 2, "a": 1 }), BytesAs::Array),
        Ok(vec![Val::U8(1), some])
    );
    assert_eq!(
        two.arguments(json!({ "a": 1 }), BytesAs::Array),
        Ok(vec![Val::U8(1), Val::Option(None)])
    );
    for (function, input, pointer, what) in [
        (none, json!(null), "", Invalid::Expected("an object".into())),
        (
            none,
            json!({ "secret": 1 }),
            "",
            Invalid::Unknown("none".into()),
        ),
        (
            two,
            json!([1, 2]),
            "",
            Invalid::Expected("an object".into()),
        ),
        (two, json!({ "b": 2 }), "", Invalid::Missing("a".into())),
        (
            two,
            json!({ "a": 1, "secret": 1 }),
            "",
            Invalid::Unknown("`a`, `b`".into()),
        ),
        (
            two,
            json!({ "a": 1, "b": 256 }),
            "/b",
            Invalid::Expected("an integer from 0 to 255".into()),
        ),
    ] {
        let error = function.arguments(input, BytesAs::Array).unwrap_err();
        assert_eq!((error.pointer.as_str(), &error.what), (pointer, &what));
    }
    assert!(two.output(None, BytesAs::Array).is_err());
    assert!(
        two.output(Some(Val::String(String::new())), BytesAs::Array)
            .is_err()
    );
}

#[test]
fn an_error_points_to_what_is_wrong_in_words_and_tells_nothing_of_it() {
    let definitions = "
        flags rights { read, write }
        enum colour { red, green }
        variant shape { dot, line(tuple<s8, f32>), named(rights) }
        record item { id: u64, shapes: list<shape>, note: option<option<string>>, c: colour, tag: char, raw: list<u8> }";
    let function = only(definitions, "result<item, string>");
    let good = json!({ "ok": {
        "id": 1, "shapes": ["dot", { "line": [1, 2] }, { "named": ["write"] }], "c": "red", "tag": "x", "raw": "",
    } });
    let take = |json: Value| take(&function, json, BytesAs::Base64);
    assert!(take(good.clone()).is_ok());
    for (at, pointer, words) in [
        (
            "/ok/id",
            "/x/ok/id",
            "a decimal string from 0 to 18446744073709551615",
        ),
        ("/ok/shapes/0", "/x/ok/shapes/0", "`line`, `named`"),
        ("/ok/shapes/1/line", "/x/ok/shapes/1/line", "an array of 2"),
        (
            "/ok/shapes/1/line/0",
            "/x/ok/shapes/1/line/0",
            "an integer from -128 to 127",
        ),
        (
            "/ok/shapes/1/line/1",
            "/x/ok/shapes/1/line/1",
            "a number within",
        ),
        (
            "/ok/shapes/2/named/0",
            "/x/ok/shapes/2/named/0",
            "`read`, `write`",
        ),
        ("/ok/c", "/x/ok/c", "one of the strings `red`, `green`"),
        ("/ok/tag", "/x/ok/tag", "a string of one character"),
        ("/ok/raw", "/x/ok/raw", "base64"),
        ("/ok", "/x/ok", "an object"),
        ("", "/x", "an object with one member of `ok`, `err`"),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(at).unwrap() = json!("canary!");
        let error = take(bad).expect_err(at);
        assert_eq!(error.pointer, pointer);
        let text = error.to_string();
        assert!(
            text.starts_with("the input at /x") && text.contains(words),
            "{text}"
        );
        assert!(!format!("{error:?} {text}").contains("canary"), "{text}");
    }
    let mut bad = good.clone();
    bad["ok"]["canary"] = json!(1);
    let error = take(bad).unwrap_err();
    assert_eq!(error.pointer, "/x/ok");
    assert!(!error.to_string().contains("canary"), "{error}");
    let mut bad = good;
    bad["ok"]["note"] = json!({ "canary": 1 });
    let error = take(bad).unwrap_err();
    assert_eq!(error.pointer, "/x/ok/note");
    assert!(!error.to_string().contains("canary"), "{error}");
}

#[test]
fn a_long_string_is_moved_and_not_copied() {
    let function = only("", "string");
    let text = "x".repeat(100_000);
    let address = text.as_ptr();
    let Val::String(value) = take(&function, Value::String(text), BytesAs::Array).unwrap() else {
        panic!("a string");
    };
    assert_eq!(value.as_ptr(), address);
    let Value::String(given) = function
        .output(Some(Val::String(value)), BytesAs::Array)
        .unwrap()
    else {
        panic!("a string");
    };
    assert_eq!(given.as_ptr(), address);
}
