//! Keys that the format does not have. They are looked for before the file is read into types, since
//! reading stops at the first of them, and a person wants to hear of all.

use serde_json::{Map, Value};
use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};

use super::error::{FileError, FileProblem};
use super::located::Place;
use crate::suggest::{self, Suggestion};

/// Takes every unknown key out of `table`, and reports it.
pub(super) fn take_unknown(text: &str, schema: &Value, table: &mut DeTable<'_>) -> Vec<FileError> {
    let mut search = Search {
        text,
        errors: Vec::new(),
    };
    search.table(schema, table, "the file");
    search.errors
}

struct Search<'t> {
    text: &'t str,
    errors: Vec<FileError>,
}

impl Search<'_> {
    fn table(&mut self, schema: &Value, table: &mut DeTable<'_>, name: &str) {
        let Some(known) = schema.get("properties").and_then(Value::as_object) else {
            return;
        };
        *table = std::mem::take(table)
            .into_iter()
            .filter(|(key, _)| {
                known.contains_key(&**key.get_ref()) || self.report(known, key, name)
            })
            .collect();
        for (key, value) in table.iter_mut() {
            let Some(schema) = known.get(&**key.get_ref()) else {
                continue;
            };
            match value.get_mut() {
                DeValue::Table(inner) => self.table(schema, inner, &format!("[{}]", key.get_ref())),
                DeValue::Array(items) => {
                    self.array(schema, items, &format!("[[{}]]", key.get_ref()))
                }
                DeValue::String(_)
                | DeValue::Integer(_)
                | DeValue::Float(_)
                | DeValue::Boolean(_)
                | DeValue::Datetime(_) => {}
            }
        }
    }

    fn array(&mut self, schema: &Value, items: &mut DeArray<'_>, name: &str) {
        let Some(schema) = schema.get("items") else {
            return;
        };
        for item in items.iter_mut() {
            if let DeValue::Table(inner) = item.get_mut() {
                self.table(schema, inner, name);
            }
        }
    }

    /// Reports an unknown key; false, so that it is taken out.
    fn report(
        &mut self,
        known: &Map<String, Value>,
        key: &Spanned<DeString<'_>>,
        table: &str,
    ) -> bool {
        let word = &**key.get_ref();
        let problem = FileProblem::UnknownKey {
            key: suggest::shortened(word),
            table: table.to_owned(),
            suggestion: Suggestion::nearest(word, known.keys().map(String::as_str)),
        };
        self.errors.push(FileError::at(
            Place::of(self.text, key.span().start),
            problem,
        ));
        false
    }
}
