//! Flags of a command, read by the schema of the function that it calls.

use serde_json::{Map, Number, Value};

/// What a member of the input is, as far as a flag has to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Boolean,
    Integer,
    Number,
    Array,
    /// Whatever else: the text itself, or JSON where the schema wants an object.
    Text,
    Json,
}

fn shape(schema: &Value) -> Shape {
    match schema.get("type").and_then(Value::as_str) {
        Some("boolean") => Shape::Boolean,
        Some("integer") => Shape::Integer,
        Some("number") => Shape::Number,
        Some("array") => Shape::Array,
        Some("object") => Shape::Json,
        Some(_) | None => Shape::Text,
    }
}

/// `camelCase` as `kebab-case`.
fn kebab(name: &str) -> String {
    name.chars().fold(String::new(), |mut kebab, letter| {
        if letter.is_ascii_uppercase() {
            if !kebab.is_empty() {
                kebab.push('-');
            }
            kebab.push(letter.to_ascii_lowercase());
        } else {
            kebab.push(if letter == '_' { '-' } else { letter });
        }
        kebab
    })
}

/// The properties of a schema; none where it describes no object.
pub(super) fn properties(schema: &Value) -> Option<&Map<String, Value>> {
    schema.get("properties").and_then(Value::as_object)
}

fn value(flag: &str, shape: Shape, text: &str) -> Result<Value, String> {
    let wanted = |what| format!("Flag --{flag} expects {what}, got {}", Value::from(text));
    match shape {
        Shape::Boolean => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(wanted("true or false")),
        },
        Shape::Integer => {
            let number = text.parse::<i64>().map_err(|_| wanted("an integer"))?;
            Ok(Value::from(number))
        }
        Shape::Number => {
            let number = text.parse::<f64>().ok().and_then(Number::from_f64);
            number.map(Value::Number).ok_or_else(|| wanted("a number"))
        }
        Shape::Json => serde_json::from_str(text).map_err(|_| wanted("a JSON object")),
        Shape::Text | Shape::Array => Ok(Value::from(text)),
    }
}

/// Reads the arguments of a function whose input is an object.
pub(super) fn read(schema: &Value, arguments: &[String]) -> Result<Value, String> {
    let empty = Map::new();
    let properties = properties(schema).unwrap_or(&empty);
    let find = |flag: &str| {
        let mut all = properties.iter();
        all.find(|(name, _)| kebab(name) == flag || name.as_str() == flag)
    };
    let mut input = Map::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let Some(flag) = argument.strip_prefix("--").filter(|flag| !flag.is_empty()) else {
            return Err(format!("Unexpected positional argument: {argument}"));
        };
        let (flag, given) = match flag.split_once('=') {
            Some((flag, given)) => (flag, Some(given.to_owned())),
            None => (flag, None),
        };
        if let Some((name, _)) = find(flag)
            .is_none()
            .then(|| flag.strip_prefix("no-").and_then(&find))
            .flatten()
            .filter(|(_, schema)| shape(schema) == Shape::Boolean && given.is_none())
        {
            input.insert(name.clone(), Value::Bool(false));
            continue;
        }
        let Some((name, schema)) = find(flag) else {
            return Err(format!("Unknown flag: --{flag}"));
        };
        let shape = shape(schema);
        if shape == Shape::Boolean && given.is_none() {
            input.insert(name.clone(), Value::Bool(true));
            continue;
        }
        let text = given.or_else(|| arguments.next().cloned());
        let text = text.ok_or_else(|| format!("Flag --{flag} needs a value"))?;
        if shape == Shape::Array {
            let items = schema.get("items").map_or(Shape::Text, self::shape);
            let item = value(flag, items, &text)?;
            if let Value::Array(list) = input
                .entry(name.clone())
                .or_insert_with(|| Value::Array(Vec::new()))
            {
                list.push(item);
            }
            continue;
        }
        input.insert(name.clone(), value(flag, shape, &text)?);
    }
    let required = schema.get("required").and_then(Value::as_array);
    let missing = required
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .find(|name| !input.contains_key(*name));
    match missing {
        Some(name) => Err(format!("Missing required flag: --{}", kebab(name))),
        None => Ok(Value::Object(input)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(schema: &Value, arguments: &[&str]) -> Result<Value, String> {
        let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
        read(schema, &arguments)
    }

    #[test]
    fn flags_are_read_by_the_schema() {
        let schema = json!({
            "type": "object",
            "properties": {
                "maxCount": {"type": "integer"}, "ratio": {"type": "number"}, "dryRun": {"type": "boolean"},
                "tag": {"type": "array", "items": {"type": "string"}}, "name": {"type": "string"},
            },
            "required": ["name"],
        });
        let all = [
            "--name",
            "a",
            "--max-count=3",
            "--ratio",
            "0.5",
            "--dry-run",
            "--tag",
            "x",
            "--tag=--y",
        ];
        let read =
            json!({"name": "a", "maxCount": 3, "ratio": 0.5, "dryRun": true, "tag": ["x", "--y"]});
        assert_eq!(told(&schema, &all), Ok(read));
        assert_eq!(
            told(&schema, &["--name", "a", "--no-dry-run"]),
            Ok(json!({"name": "a", "dryRun": false}))
        );
        let wrong = |arguments: &[&str]| told(&schema, arguments).unwrap_err();
        assert_eq!(wrong(&[]), "Missing required flag: --name");
        assert_eq!(wrong(&["--zz", "1"]), "Unknown flag: --zz");
        assert_eq!(wrong(&["--name"]), "Flag --name needs a value");
        assert_eq!(wrong(&["a"]), "Unexpected positional argument: a");
        assert_eq!(
            wrong(&["--ratio", "x"]),
            "Flag --ratio expects a number, got \"x\""
        );
        assert_eq!(
            wrong(&["--max-count", "1.5"]),
            "Flag --max-count expects an integer, got \"1.5\""
        );
    }
}
