//! What goes into a call of a function, and what comes out.

use serde_json::Value;
use wasmtime::component::Val;

use super::bytes_as::BytesAs;
use super::fault::InvalidInput;
use super::input::Reader;
use super::output::{UnexpectedValue, Writer};
use super::schema;
use crate::wit::{Function, TypeRef};

impl Function {
    fn wanted(&self) -> impl ExactSizeIterator<Item = (&str, TypeRef)> + Clone {
        let parameters = self.parameters.iter();
        parameters.map(|parameter| (parameter.name.as_str(), parameter.ty))
    }

    /// The schema of its input, an object with one member for each parameter: JSON Schema 2020-12, with the docs of the
    /// WIT as descriptions. [`Function::arguments`] takes what the schema takes, and nothing else.
    #[must_use]
    pub fn input_schema(&self, bytes_as: BytesAs) -> Value {
        schema::of_members(&self.types, bytes_as, self.docs.as_deref(), self.wanted())
    }

    /// The schema of what [`Function::output`] gives.
    #[must_use]
    pub fn output_schema(&self, bytes_as: BytesAs) -> Value {
        schema::of_value(&self.types, bytes_as, self.result)
    }

    /// The arguments of a call, in WIT order. Strings are moved from the input to them.
    ///
    /// # Errors
    ///
    /// When the input is not of the types of the parameters; with a pointer to where.
    pub fn arguments(&self, input: Value, bytes_as: BytesAs) -> Result<Vec<Val>, InvalidInput> {
        let reader = Reader {
            types: &self.types,
            bytes_as,
        };
        let members = reader.members(self.wanted(), input)?;
        Ok(members.into_iter().map(|(_, value)| value).collect())
    }

    /// The JSON of what a call gave: the result alone, and `null` if the function has none.
    ///
    /// # Errors
    ///
    /// When the value is not of the type of the result.
    pub fn output(&self, value: Option<Val>, bytes_as: BytesAs) -> Result<Value, UnexpectedValue> {
        let writer = Writer {
            types: &self.types,
            bytes_as,
        };
        match (self.result, value) {
            (Some(ty), Some(value)) => writer.value(ty, value),
            (None, None) => Ok(Value::Null),
            (Some(_), None) | (None, Some(_)) => Err(UnexpectedValue),
        }
    }
}
