//! The committed JSON Schema is the one that the types make.

#![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

use std::path::Path;

const COMMITTED: &str = include_str!("../schema/tollgate.schema.json");

fn made() -> String {
    let schema = tollgate_policy::policy_schema();
    format!("{}\n", serde_json::to_string_pretty(&schema).unwrap())
}

#[test]
fn the_committed_schema_has_not_drifted_from_the_types() {
    assert!(
        COMMITTED == made(),
        "write it anew: cargo test -p tollgate-policy --test schema -- --ignored"
    );
}

#[test]
fn the_schema_knows_every_scope_and_limit() {
    let schema = tollgate_policy::policy_schema();
    let properties = schema["properties"].as_object().unwrap();
    for scope in tollgate_policy::Scope::ALL {
        assert!(properties.contains_key(scope.as_str()), "{scope}");
    }
    let limits = schema["$defs"]["Limits"]["properties"].as_object().unwrap();
    let keys: Vec<_> = limits.keys().map(String::as_str).collect();
    let rows: Vec<_> = tollgate_policy::LIMITS.iter().map(|row| row.key).collect();
    assert_eq!(keys, rows);
    assert_eq!(schema["required"], serde_json::json!(["version"]));
    assert!(!schema.to_string().contains("null"));
}

#[test]
#[ignore = "writes the schema into the source tree"]
#[expect(
    clippy::disallowed_methods,
    reason = "whoever asks for it by name wants the file written"
)]
fn write_the_schema() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/tollgate.schema.json");
    std::fs::write(path, made()).unwrap();
}
