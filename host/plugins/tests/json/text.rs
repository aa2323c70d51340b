//! Texts of JSON.

use serde_json::json;
use tollgate_plugins::json::{WrongText, read, read_within};

#[test]
fn a_text_is_read_as_it_is_written() {
    let text =
        br#" {"b": [null, true, -0.0, -0, 1e2, 18446744073709551615, "\u00e9\n"], "a": {}} "#;
    let value = read(text).unwrap();
    assert_eq!(
        value,
        json!({ "b": [null, true, -0.0, -0.0, 100.0, u64::MAX, "é\n"], "a": {} })
    );
    assert_eq!(
        value.to_string(),
        r#"{"b":[null,true,-0.0,-0.0,100.0,18446744073709551615,"é\n"],"a":{}}"#
    );
}

#[test]
fn a_member_that_is_there_twice_is_refused_at_any_depth() {
    for text in [
        r#"{"a":1,"a":1}"#,
        r#"[{"x":{"a":1,"b":2,"a":3}}]"#,
        r#"{"a":1,"\u0061":2}"#,
    ] {
        let error = read(text.as_bytes()).unwrap_err();
        assert_eq!(error.what, WrongText::Twice, "{text}");
        assert_eq!(error.line, 1);
    }
}

#[test]
fn what_is_no_json_is_refused_and_nothing_of_it_is_told() {
    let deep = "[".repeat(100_000);
    for (text, what) in [
        ("", WrongText::Ends),
        ("{\"canary\": [1,", WrongText::Ends),
        ("{\"canary\": 1} canary", WrongText::Syntax),
        ("canary", WrongText::Syntax),
        ("\"\\ud800canary\"", WrongText::Syntax),
        ("{\"canary\": 1e400}", WrongText::Syntax),
        ("{\"canary\": 01}", WrongText::Syntax),
        ("{\"canary\": 1, \"canary\": 2}", WrongText::Twice),
        (&deep, WrongText::Syntax),
    ] {
        let error = read(text.as_bytes()).unwrap_err();
        assert_eq!(error.what, what, "{}", &text[..text.len().min(40)]);
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
    assert_eq!(read(b"\"\xff\"").unwrap_err().what, WrongText::Syntax);
}

#[test]
fn texts_nest_as_deep_as_types_do_and_not_much_deeper() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert!(read(nested(tollgate_plugins::wit::MAX_DEPTH as usize + 1).as_bytes()).is_ok());
    assert!(read(nested(127).as_bytes()).is_ok());
    assert!(read(nested(128).as_bytes()).is_err());
}

#[test]
fn a_text_of_many_small_values_is_given_up_before_it_takes_more_memory_than_it_may() {
    const MOST: usize = 1 << 20;
    let many = |one: &str, count: usize| format!("[{}]", vec![one; count].join(","));
    let members = |count: usize| {
        let members: Vec<_> = (0..count).map(|at| format!("\"{at}\":0")).collect();
        format!("{{{}}}", members.join(","))
    };
    let long = format!("\"{}\"", "x".repeat(MOST));
    for text in [
        many("0", 40_000),
        many("[]", 40_000),
        many("null", 40_000),
        many("\"\"", 40_000),
        members(30_000),
        long,
    ] {
        assert!(text.len() <= MOST + 2);
        let error = read_within(text.as_bytes(), MOST).unwrap_err();
        assert_eq!(error.what, WrongText::TooLarge, "{}", &text[..20]);
        assert_eq!(
            read_within(text.as_bytes(), 8 * MOST),
            read(text.as_bytes())
        );
    }
    let few = many("0", 1_000);
    assert!(read_within(few.as_bytes(), MOST).is_ok());
}
