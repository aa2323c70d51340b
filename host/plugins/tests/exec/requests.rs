//! The reader of requests, on any JSON.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tollgate_plugins::exec::{Code, MAX_REQUEST_BYTES, Request, parse};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        let key = prop_oneof![member(), ".{0,6}".prop_map(String::from)];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((key, inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn member() -> impl Strategy<Value = String> {
    let names = [
        "kind",
        "program_path",
        "argv",
        "stdin_json",
        "timeout_ms",
        "env",
    ];
    proptest::sample::select(names.to_vec()).prop_map(str::to_owned)
}

/// What the documentation says of a request, said again.
fn is_request(value: &Value) -> bool {
    let Some(members) = value.as_object() else {
        return false;
    };
    let text = |value: &Value, empty: bool| {
        value
            .as_str()
            .is_some_and(|text| !text.contains('\0') && (empty || !text.is_empty()))
    };
    members.iter().all(|(name, value)| match name.as_str() {
        "kind" => value == "run_program_v1",
        "program_path" => text(value, false),
        "argv" => value
            .as_array()
            .is_some_and(|items| items.iter().all(|item| text(item, true))),
        "stdin_json" => true,
        "timeout_ms" => value.as_f64().is_some_and(|number| {
            number > 0.0 && number.fract() == 0.0 && (value.is_u64() || number <= 2_f64.powi(53))
        }),
        "env" => value.as_object().is_some_and(|items| {
            items.iter().all(|(name, value)| {
                !name.is_empty() && !name.contains(['=', '\0']) && text(value, true)
            })
        }),
        _ => false,
    }) && members.contains_key("kind")
        && members.contains_key("program_path")
}

fn near_request() -> impl Strategy<Value = Value> {
    let changes = proptest::collection::vec((member(), any_json()), 0..3);
    changes.prop_map(|changes| {
        let mut request = json!({
            "kind": "run_program_v1", "program_path": "/a", "argv": ["b"], "timeout_ms": 5,
            "env": {"C": "d"}, "stdin_json": null,
        });
        for (name, value) in changes {
            request[name] = value;
        }
        request
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn any_json_is_a_request_or_refused(value in prop_oneof![any_json(), near_request()]) {
        let expected = is_request(&value);
        match Request::read(value) {
            Ok(request) => {
                prop_assert!(expected);
                prop_assert!(!request.program_path.is_empty() && !request.timeout.is_zero());
            }
            Err(error) => {
                prop_assert!(!expected, "{error}");
                prop_assert_eq!(error.code(), Code::RequestInvalid);
                prop_assert!(error.details().is_none());
            }
        }
    }

    #[test]
    fn what_was_asked_is_what_is_read(
        path in "[^\0]{1,40}",
        argv in proptest::collection::vec("[^\0]{0,10}", 0..5),
        env in proptest::collection::btree_map("[^=\0]{1,6}", "[^\0]{0,10}", 0..5),
        time in 1..=u64::MAX,
        input in any_json(),
    ) {
        let variables: Map<_, _> = env.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
        let request = Request::read(json!({
            "kind": "run_program_v1", "program_path": path, "argv": argv, "env": variables,
            "timeout_ms": time, "stdin_json": input,
        })).unwrap();
        prop_assert_eq!(request.program_path, path);
        prop_assert_eq!(request.argv, argv);
        prop_assert_eq!(request.env.into_iter().collect::<std::collections::BTreeMap<_, _>>(), env);
        prop_assert_eq!(request.timeout, Duration::from_millis(time));
        prop_assert_eq!(request.stdin_json, input);
    }
}

#[test]
fn what_is_not_said_has_its_default() {
    let request = Request::read(json!({"kind": "run_program_v1", "program_path": "/a"})).unwrap();
    assert_eq!(request.timeout, Duration::from_secs(300));
    assert!(request.argv.is_empty() && request.env.is_empty() && request.stdin_json.is_null());
    let debug = format!("{request:?}");
    assert!(!debug.contains("/a"), "{debug}");
}

#[test]
fn a_text_that_is_no_request_says_why() {
    let twice = r#"{"kind": "run_program_v1", "program_path": "/a", "program_path": "/b"}"#;
    let deep_twice = r#"{"stdin_json": [{"canary": 1, "canary": 2}]}"#;
    let long = " ".repeat(MAX_REQUEST_BYTES + 1);
    let many = format!("[{}]", vec!["0"; 3_000_000].join(","));
    for (text, message) in [
        ("", "exec request must be a JSON object"),
        ("{\"canary\"", "exec request must be a JSON object"),
        (twice, "exec request has a member twice"),
        (deep_twice, "exec request has a member twice"),
        (&many, "exec request has too many values"),
        (&long, "exec request must have at most 8 MiB"),
    ] {
        let error = parse(text.as_bytes()).unwrap_err();
        assert_eq!(
            (error.code(), error.message()),
            (Code::RequestInvalid, message)
        );
        assert!(!format!("{error:?}").contains("canary"));
    }
    let input = format!("[{}]", vec!["0"; (1 << 19) - 1].join(","));
    let text =
        format!(r#"{{"kind": "run_program_v1", "program_path": "/a", "stdin_json": {input}}}"#);
    let request = Request::read(parse(text.as_bytes()).unwrap()).unwrap();
    assert_eq!(request.stdin_json.to_string(), input);
}
