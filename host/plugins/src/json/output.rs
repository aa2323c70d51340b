//! From values to JSON: each value has one form, the canonical one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use wasmtime::component::Val;

use super::bytes_as::BytesAs;
use super::number;
use crate::wit::{Members, Shape, TypeRef, Types};

/// A value is not of the type that the component's WIT says.
///
/// The engine reads each value by its type, so that no guest brings this about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the value is not of the type that the component says")]
pub struct UnexpectedValue;

/// What a value is written by.
#[derive(Clone, Copy)]
pub(crate) struct Writer<'a> {
    pub(crate) types: &'a Types,
    pub(crate) bytes_as: BytesAs,
}

impl Writer<'_> {
    /// One value. It goes no deeper than types nest.
    pub(crate) fn value(self, ty: TypeRef, value: Val) -> Result<Value, UnexpectedValue> {
        Ok(match (&self.types.get(ty).shape, value) {
            (Shape::Bool, Val::Bool(value)) => Value::Bool(value),
            (Shape::Integer(_), value) => integer(&value)?,
            (Shape::F32, Val::Float32(value)) => number::from_float32(value),
            (Shape::F64, Val::Float64(value)) => number::from_float64(value),
            (Shape::Char, Val::Char(value)) => Value::String(value.into()),
            (Shape::String, Val::String(value)) => Value::String(value),
            (Shape::Bytes, Val::List(items)) => self.bytes(&items)?,
            (Shape::List(of), Val::List(items))
            | (Shape::FixedLengthList(of, _), Val::FixedLengthList(items)) => {
                let items = items.into_iter().map(|value| self.value(*of, value));
                Value::Array(items.collect::<Result<_, _>>()?)
            }
            (Shape::Tuple(of), Val::Tuple(items)) if of.len() == items.len() => {
                let items = items.into_iter().zip(of);
                let items = items.map(|(value, ty)| self.value(*ty, value));
                Value::Array(items.collect::<Result<_, _>>()?)
            }
            (Shape::Record(fields), Val::Record(values)) if fields.len() == values.len() => {
                let mut members = Map::with_capacity(values.len());
                for (field, (name, value)) in fields.iter().zip(values) {
                    if field.name != name {
                        return Err(UnexpectedValue);
                    }
                    members.insert(name, self.value(field.ty, value)?);
                }
                Value::Object(members)
            }
            (Shape::Variant(cases), Val::Variant(name, payload)) => {
                self.case(cases, name, payload)?
            }
            (Shape::Result(cases), Val::Result(Ok(payload))) => {
                self.case(cases, "ok".to_owned(), payload)?
            }
            (Shape::Result(cases), Val::Result(Err(payload))) => {
                self.case(cases, "err".to_owned(), payload)?
            }
            (Shape::Enum(_), Val::Enum(name)) => Value::String(name),
            (Shape::Flags(labels), Val::Flags(names)) => flags(labels, names)?,
            (Shape::Option(_), Val::Option(None)) => Value::Null,
            (Shape::Option(of), Val::Option(Some(value))) => {
                let inner = self.value(*of, *value)?;
                match self.types.is_option(*of) {
                    true => alone("some".to_owned(), inner),
                    false => inner,
                }
            }
            _ => return Err(UnexpectedValue),
        })
    }

    fn bytes(self, items: &[Val]) -> Result<Value, UnexpectedValue> {
        let bytes = items.iter().map(|item| match item {
            Val::U8(byte) => Ok(*byte),
            _ => Err(UnexpectedValue),
        });
        Ok(match self.bytes_as {
            BytesAs::Array => Value::Array(
                bytes
                    .map(|byte| byte.map(Value::from))
                    .collect::<Result<_, _>>()?,
            ),
            BytesAs::Base64 => {
                Value::String(STANDARD.encode(bytes.collect::<Result<Vec<u8>, _>>()?))
            }
        })
    }

    fn case(
        self,
        cases: &Members<Option<TypeRef>>,
        name: String,
        payload: Option<Box<Val>>,
    ) -> Result<Value, UnexpectedValue> {
        match (cases.find(&name).ok_or(UnexpectedValue)?.ty, payload) {
            (None, None) => Ok(Value::String(name)),
            (Some(ty), Some(payload)) => Ok(alone(name, self.value(ty, *payload)?)),
            (None, Some(_)) | (Some(_), None) => Err(UnexpectedValue),
        }
    }
}

fn alone(name: String, value: Value) -> Value {
    let mut members = Map::with_capacity(1);
    members.insert(name, value);
    Value::Object(members)
}

fn integer(value: &Val) -> Result<Value, UnexpectedValue> {
    Ok(match value {
        Val::S8(value) => Value::from(*value),
        Val::U8(value) => Value::from(*value),
        Val::S16(value) => Value::from(*value),
        Val::U16(value) => Value::from(*value),
        Val::S32(value) => Value::from(*value),
        Val::U32(value) => Value::from(*value),
        Val::S64(value) => number::wide((*value).into()),
        Val::U64(value) => number::wide((*value).into()),
        _ => return Err(UnexpectedValue),
    })
}

/// In WIT order, whatever order they came in.
fn flags(labels: &Members<()>, names: Vec<String>) -> Result<Value, UnexpectedValue> {
    let placed = names.into_iter();
    let placed = placed.map(|name| Ok((labels.place(&name).ok_or(UnexpectedValue)?, name)));
    let mut placed = placed.collect::<Result<Vec<_>, _>>()?;
    placed.sort_unstable();
    let names = placed.into_iter().map(|(_, name)| Value::String(name));
    Ok(Value::Array(names.collect()))
}
