//! The JSON Schema of the file, made from the types that are parsed.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::Value;

use super::document::Document;

/// The JSON Schema (draft 2020-12) of `tollgate.toml`.
#[must_use]
pub fn policy_schema() -> Value {
    schema_of::<Document>(false)
}

/// The same with every part in place, for whoever walks it.
pub(super) fn inlined() -> Value {
    schema_of::<Document>(true)
}

fn schema_of<T: JsonSchema>(inline: bool) -> Value {
    let settings = SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = inline)
        .with_transform(RecursiveTransform(without_null));
    settings
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value()
}

/// TOML has no null: an optional key is absent, and `null` in the schema would only mislead.
fn without_null(schema: &mut Schema) {
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
    if let Some(types @ Value::Array(_)) = schema.get_mut("type") {
        drop_null(types);
    }
    let Some(Value::Array(options)) = schema.get_mut("anyOf") else {
        return;
    };
    options.retain(|option| option.get("type").and_then(Value::as_str) != Some("null"));
    if let [only] = options.as_slice() {
        let only = only.as_object().cloned().unwrap_or_default();
        schema.remove("anyOf");
        for (key, value) in only {
            if schema.get(&key).is_none() {
                schema.insert(key, value);
            }
        }
    }
}

/// `["string", "null"]` becomes `"string"`.
fn drop_null(types: &mut Value) {
    let Value::Array(list) = types else { return };
    list.retain(|name| name.as_str() != Some("null"));
    if let [only] = list.as_slice() {
        *types = only.clone();
    }
}
