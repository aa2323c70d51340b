//! From JSON to values: one pass, which is also the judge of what an input may be.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use wasmtime::component::Val;

use super::bytes_as::BytesAs;
use super::fault::{Fault, Invalid, list};
use super::number;
use crate::wit::{Integer, Member, Members, Shape, TypeRef, Types};

/// What a value is read by.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) types: &'a Types,
    pub(crate) bytes_as: BytesAs,
}

impl Reader<'_> {
    /// The values of members, in WIT order. One whose type is an option may be left out, and is none; every other one is
    /// there, and there is no other.
    pub(crate) fn members<'n>(
        self,
        wanted: impl ExactSizeIterator<Item = (&'n str, TypeRef)> + Clone,
        json: Value,
    ) -> Result<Vec<(&'n str, Val)>, Fault> {
        let mut given = object(json)?;
        let mut members = Vec::with_capacity(wanted.len());
        for (name, ty) in wanted.clone() {
            let value = match given.swap_remove(name) {
                Some(json) => self.value(ty, json).map_err(|fault| fault.within(name))?,
                None if self.types.is_option(ty) => Val::Option(None),
                None => return Err(Invalid::Missing(name.to_owned()).into()),
            };
            members.push((name, value));
        }
        match given.is_empty() {
            true => Ok(members),
            false => Err(Invalid::Unknown(list(wanted.map(|(name, _)| name))).into()),
        }
    }

    /// One value. It goes no deeper than types nest.
    pub(crate) fn value(self, ty: TypeRef, json: Value) -> Result<Val, Fault> {
        let wrong = |what| Err(Invalid::expected(what).into());
        match &self.types.get(ty).shape {
            Shape::Bool => match json {
                Value::Bool(value) => Ok(Val::Bool(value)),
                _ => wrong("a boolean"),
            },
            Shape::Integer(of) => Ok(number::integer(*of, &json)?),
            Shape::F32 => Ok(Val::Float32(number::float32(&json)?)),
            Shape::F64 => Ok(Val::Float64(number::float64(&json)?)),
            Shape::Char => match json.as_str().and_then(single) {
                Some(value) => Ok(Val::Char(value)),
                None => wrong("a string of one character"),
            },
            Shape::String => match json {
                Value::String(value) => Ok(Val::String(value)),
                _ => wrong("a string"),
            },
            Shape::Bytes => self.bytes(json),
            Shape::List(of) => Ok(Val::List(self.items(*of, array(json)?)?)),
            Shape::FixedLengthList(of, length) => {
                let items = array_of(json, u64::from(*length))?;
                Ok(Val::FixedLengthList(self.items(*of, items)?))
            }
            Shape::Tuple(of) => {
                let items = array_of(json, of.len() as u64)?
                    .into_iter()
                    .zip(of)
                    .enumerate();
                let values = items.map(|(place, (json, ty))| {
                    self.value(*ty, json).map_err(|fault| fault.at(place))
                });
                Ok(Val::Tuple(values.collect::<Result<_, _>>()?))
            }
            Shape::Record(fields) => {
                let wanted = fields.iter().map(|field| (field.name.as_str(), field.ty));
                let members = self.members(wanted, json)?.into_iter();
                let members = members.map(|(name, value)| (name.to_owned(), value));
                Ok(Val::Record(members.collect()))
            }
            Shape::Variant(cases) => {
                let (name, payload) = self.case(cases, json)?;
                Ok(Val::Variant(name, payload))
            }
            Shape::Result(cases) => {
                let (name, payload) = self.case(cases, json)?;
                Ok(Val::Result(match name == "ok" {
                    true => Ok(payload),
                    false => Err(payload),
                }))
            }
            Shape::Enum(labels) => match json {
                Value::String(name) if labels.place(&name).is_some() => Ok(Val::Enum(name)),
                _ => Err(one_of(labels.iter())),
            },
            Shape::Flags(labels) => flags(labels, json),
            Shape::Option(of) => Ok(Val::Option(self.option(*of, json)?.map(Box::new))),
            Shape::Unsupported(why, _) => Err(Invalid::Unsupported(*why).into()),
        }
    }

    fn items(self, of: TypeRef, items: Vec<Value>) -> Result<Vec<Val>, Fault> {
        let items = items.into_iter().enumerate();
        items
            .map(|(place, json)| self.value(of, json).map_err(|fault| fault.at(place)))
            .collect()
    }

    fn bytes(self, json: Value) -> Result<Val, Fault> {
        match (self.bytes_as, json) {
            (BytesAs::Array, Value::Array(items)) => {
                let items = items.iter().enumerate();
                let bytes = items.map(|(place, json)| {
                    number::integer(Integer::U8, json).map_err(|what| Fault::from(what).at(place))
                });
                Ok(Val::List(bytes.collect::<Result<_, _>>()?))
            }
            (BytesAs::Base64, Value::String(text)) => match STANDARD.decode(text) {
                Ok(bytes) => Ok(Val::List(bytes.into_iter().map(Val::U8).collect())),
                // What is wrong with it would say what stands in it.
                Err(_) => Err(Invalid::expected("a string in base64, with padding").into()),
            },
            (BytesAs::Array, _) => Err(Invalid::expected("an array of bytes").into()),
            (BytesAs::Base64, _) => {
                Err(Invalid::expected("a string in base64, with padding").into())
            }
        }
    }

    fn option(self, of: TypeRef, json: Value) -> Result<Option<Val>, Fault> {
        match json {
            Value::Null => Ok(None),
            json if self.types.is_option(of) => {
                let wanted = || Invalid::expected("null, or an object with `some` alone");
                let Value::Object(mut given) = json else {
                    return Err(wanted().into());
                };
                match (given.swap_remove("some"), given.is_empty()) {
                    (Some(json), true) => {
                        let value = self.value(of, json);
                        value.map(Some).map_err(|fault| fault.within("some"))
                    }
                    _ => Err(wanted().into()),
                }
            }
            json => self.value(of, json).map(Some),
        }
    }

    /// A case, and what it holds.
    fn case(
        self,
        cases: &Members<Option<TypeRef>>,
        json: Value,
    ) -> Result<(String, Option<Box<Val>>), Fault> {
        let wrong = || Err(a_case(cases));
        match json {
            Value::String(name) => match cases.find(&name) {
                Some(Member { ty: None, .. }) => Ok((name, None)),
                _ => wrong(),
            },
            Value::Object(given) if given.len() == 1 => {
                let Some((name, json)) = given.into_iter().next() else {
                    return wrong();
                };
                match cases.find(&name) {
                    Some(Member { ty: Some(ty), .. }) => {
                        let payload = self.value(*ty, json).map_err(|fault| fault.within(&name))?;
                        Ok((name, Some(Box::new(payload))))
                    }
                    _ => wrong(),
                }
            }
            _ => wrong(),
        }
    }
}

fn object(json: Value) -> Result<Map<String, Value>, Fault> {
    match json {
        Value::Object(members) => Ok(members),
        _ => Err(Invalid::expected("an object").into()),
    }
}

fn array(json: Value) -> Result<Vec<Value>, Fault> {
    match json {
        Value::Array(items) => Ok(items),
        _ => Err(Invalid::expected("an array").into()),
    }
}

fn array_of(json: Value, length: u64) -> Result<Vec<Value>, Fault> {
    match json {
        Value::Array(items) if items.len() as u64 == length => Ok(items),
        _ => Err(Invalid::Expected(format!("an array of {length}").into()).into()),
    }
}

fn single(text: &str) -> Option<char> {
    let mut scalars = text.chars();
    match (scalars.next(), scalars.next()) {
        (Some(scalar), None) => Some(scalar),
        _ => None,
    }
}

fn one_of<'a>(labels: impl ExactSizeIterator<Item = &'a Member<()>>) -> Fault {
    let names = list(labels.map(|label| label.name.as_str()));
    Invalid::Expected(format!("one of the strings {names}").into()).into()
}

fn a_case(cases: &Members<Option<TypeRef>>) -> Fault {
    let named = |with: bool| {
        let cases = cases.iter().filter(|case| case.ty.is_some() == with);
        let names: Vec<_> = cases.map(|case| case.name.as_str()).collect();
        (!names.is_empty()).then(|| list(names.into_iter()))
    };
    let words = match (named(false), named(true)) {
        (Some(alone), None) => format!("one of the strings {alone}"),
        (None, Some(with)) => format!("an object with one member of {with}"),
        (Some(alone), Some(with)) => {
            format!("one of the strings {alone}, or an object with one member of {with}")
        }
        (None, None) => "what does not exist".to_owned(),
    };
    Invalid::Expected(words.into()).into()
}

/// Flags in any order, each at most once; they come out in WIT order.
fn flags(labels: &Members<()>, json: Value) -> Result<Val, Fault> {
    let mut given = vec![false; labels.len()];
    for (place, json) in array(json)?.iter().enumerate() {
        let label = json.as_str().and_then(|name| labels.place(name));
        let Some(flag) = label.and_then(|label| given.get_mut(label)) else {
            return Err(one_of(labels.iter()).at(place));
        };
        if std::mem::replace(flag, true) {
            return Err(Fault::from(Invalid::Twice).at(place));
        }
    }
    let given = labels.iter().zip(given).filter(|(_, is_given)| *is_given);
    Ok(Val::Flags(
        given.map(|(label, _)| label.name.clone()).collect(),
    ))
}
