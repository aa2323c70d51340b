//! The mapping takes exactly what the schema takes.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};
use tollgate_plugins::json::BytesAs;
use tollgate_plugins::wit::Function;

use crate::kinds::{NAMES, kinds, with_values};
use crate::support::{BOTH, only, validator};

/// Values that lie at the edges of something.
fn edges() -> impl Strategy<Value = Value> {
    let mut edges = vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.0),
        json!(-0.0),
        json!(1.5),
        json!(127),
        json!(-128),
        json!(255),
        json!(256),
        json!(65536),
        json!(4_294_967_295_u32),
        json!(4_294_967_296_u64),
        json!(9_007_199_254_740_991_i64),
        json!(9_007_199_254_740_992_i64),
        json!(-9_007_199_254_740_991_i64),
        json!(-9_007_199_254_740_992_i64),
        json!(9_007_199_254_740_991.0),
        json!(9_007_199_254_740_992.0),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(18_446_744_073_709_551_616.0),
        json!(1e300),
        json!(f64::from(f32::MAX)),
        json!(-f64::from(f32::MAX)),
        json!(3.402_823_567_797_336e38),
        json!(3.402_823_567_797_336_6e38),
        json!(-3.402_823_567_797_336_6e38),
        json!(3.5e38),
        json!([]),
        json!({}),
        json!([0, 1]),
        json!(["a", "b"]),
        json!(["b", "a"]),
        json!(["a", "a"]),
    ];
    let texts = [
        "",
        "0",
        "-0",
        "00",
        "+1",
        "-1",
        "1.0",
        " 1",
        "1\n",
        "9007199254740993",
        "NaN",
        "Infinity",
        "-Infinity",
        "inf",
        "é",
        "e\u{301}",
        "😀",
        "AA==",
        "AB==",
        "AAA=",
        "AAB=",
        "AAAA",
        "AAAA\n",
        "A===",
        "AA",
        "____",
        "18446744073709551615",
        "18446744073709551616",
        "18446744073709551609",
        "20000000000000000000",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999999999999999999999999",
    ];
    edges.extend(texts.map(Value::from));
    edges.extend(NAMES.map(Value::from));
    select(edges)
}

fn any_json() -> impl Strategy<Value = Value> {
    edges().prop_recursive(3, 16, 4, |inner| {
        let members = vec((select(NAMES.to_vec()), inner.clone()), 0..4);
        prop_oneof![
            vec(inner, 0..4).prop_map(Value::Array),
            members.prop_map(|members| {
                let members = members
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value));
                Value::Object(members.collect::<Map<_, _>>())
            }),
        ]
    })
}

/// One change to a value of JSON.
#[derive(Debug, Clone)]
enum Change {
    Replace(Value),
    Remove,
    Add(&'static str, Value),
    Double,
    Wrap(&'static str),
    ToText,
}

fn changes() -> impl Strategy<Value = Change> {
    let name = || select(NAMES.to_vec());
    prop_oneof![
        3 => any_json().prop_map(Change::Replace),
        1 => Just(Change::Remove),
        1 => (name(), edges()).prop_map(|(name, value)| Change::Add(name, value)),
        1 => Just(Change::Double),
        1 => name().prop_map(Change::Wrap),
        1 => Just(Change::ToText),
    ]
}

fn parts(value: &Value, here: String, into: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                parts(item, format!("{here}/{place}"), into);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                parts(member, format!("{here}/{name}"), into);
            }
        }
        _ => {}
    }
    into.push(here);
}

fn changed(mut value: Value, at: Index, change: Change) -> Value {
    let mut all = Vec::new();
    parts(&value, String::new(), &mut all);
    let part = value.pointer_mut(at.get::<String>(&all)).unwrap();
    match (change, &mut *part) {
        (Change::Replace(new), _) => *part = new,
        (Change::Remove, Value::Array(items)) => drop(items.pop()),
        (Change::Remove, Value::Object(members)) => {
            let first = members.keys().next().cloned();
            first.map(|name| members.shift_remove(&name));
        }
        (Change::Add(_, new), Value::Array(items)) => items.push(new),
        (Change::Add(name, new), Value::Object(members)) => {
            drop(members.insert(name.to_owned(), new))
        }
        (Change::Double, Value::Array(items)) => items.extend(items.first().cloned()),
        (Change::Wrap(name), _) => *part = json!({ name: part.take() }),
        (Change::ToText, Value::Number(number)) => *part = Value::String(number.to_string()),
        (Change::Remove | Change::Double | Change::ToText | Change::Add(..), _) => {
            *part = Value::Null
        }
    }
    value
}

/// Holds the schema and the mapping against each other.
fn agree(function: &Function, bytes_as: BytesAs, inputs: &[Value]) -> Result<(), TestCaseError> {
    let schema = function.input_schema(bytes_as);
    let validator = validator(&schema);
    for input in inputs {
        let taken = function.arguments(input.clone(), bytes_as);
        let says = taken.as_ref().map_err(ToString::to_string);
        let valid = validator.validate(input).map_err(|error| error.to_string());
        prop_assert_eq!(
            taken.is_ok(),
            valid.is_ok(),
            "{:#}\n{}\n{:?}\n{:?}",
            schema,
            input,
            says,
            valid
        );
        if let Err(error) = taken {
            prop_assert!(
                input.pointer(&error.pointer).is_some(),
                "{} in {}",
                error,
                input
            );
        }
    }
    Ok(())
}

fn only_of(kind: &crate::kinds::Kind) -> Function {
    let mut definitions = Vec::new();
    let ty = kind.wit(&mut definitions);
    only(&definitions.join("\n"), &ty)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn the_schema_takes_what_the_mapping_takes(
        (kind, values) in with_values(),
        edits in vec((any::<Index>(), changes()), 24),
    ) {
        let function = only_of(&kind);
        for bytes_as in BOTH {
            let given = values.iter().map(|value| function.output(Some(value.clone()), bytes_as).unwrap());
            let given: Vec<Value> = given.collect();
            let result = validator(&function.output_schema(bytes_as));
            for json in &given {
                prop_assert!(result.is_valid(json), "{:#}: {}", function.output_schema(bytes_as), json);
            }
            let mut inputs: Vec<_> = given.into_iter().map(|json| json!({ "x": json })).collect();
            for input in &inputs {
                prop_assert!(function.arguments(input.clone(), bytes_as).is_ok());
            }
            let mutants = edits.iter().enumerate().map(|(place, (at, change))| {
                changed(inputs[place % inputs.len()].clone(), *at, change.clone())
            });
            let mutants: Vec<_> = mutants.collect();
            inputs.extend(mutants);
            agree(&function, bytes_as, &inputs)?;
        }
    }

    #[test]
    fn no_json_whatever_makes_the_two_differ(kind in kinds(), inputs in vec(any_json(), 24)) {
        let function = only_of(&kind);
        let wrapped = inputs.iter().map(|json| json!({ "x": json }));
        let inputs: Vec<_> = inputs.iter().cloned().chain(wrapped).collect();
        for bytes_as in BOTH {
            agree(&function, bytes_as, &inputs)?;
        }
    }
}
