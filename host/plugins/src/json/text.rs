//! Reading a text of JSON whose objects have each member once.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// A text is no JSON, or has an object with a member twice.
///
/// It says where, and nothing of what stands there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no JSON that can be read: {what} at line {line}, column {column}")]
pub struct NotJson {
    /// The line, from 1.
    pub line: usize,
    /// The column in bytes, from 1; 0 before the first one of a line.
    pub column: usize,
    /// What is wrong there.
    pub what: WrongText,
}

/// What is wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongText {
    /// It ends within a value.
    #[error("it ends too early")]
    Ends,
    /// It is not the grammar of JSON, it nests deeper than 127 levels, or a number in it is beyond a float's range.
    #[error("a syntax error, too many levels, or too large a number")]
    Syntax,
    /// An object has a member twice, of which one reader takes the first and another the last.
    #[error("a member that its object has already")]
    Twice,
    /// As values it takes more memory than it may.
    #[error("its values take more memory than they may")]
    TooLarge,
}

/// Reads a text of JSON. Unlike most readers it refuses an object that has a member twice.
///
/// # Errors
///
/// When the text is not one value of JSON, nests deeper than 127 levels, has a number beyond the range of a float of 64
/// bits (`1e400`), or an object has a member twice.
pub fn read(text: &[u8]) -> Result<Value, NotJson> {
    read_within(text, usize::MAX)
}

/// As [`read`], of a text that somebody else made: as values it may take `most` bytes of memory. A text of many small ones takes
/// thirty times its own length.
///
/// # Errors
///
/// As [`read`]; or its values take more.
pub fn read_within(text: &[u8], most: usize) -> Result<Value, NotJson> {
    let left = Cell::new(most);
    let exceeded = Cell::new(false);
    let once = Once {
        left: &left,
        exceeded: &exceeded,
    };
    let mut reader = serde_json::Deserializer::from_slice(text);
    let read = once.deserialize(&mut reader);
    read.and_then(|value| reader.end().map(|()| value))
        .map_err(|error| NotJson {
            line: error.line(),
            column: error.column(),
            what: match error.classify() {
                _ if exceeded.get() => WrongText::TooLarge,
                serde_json::error::Category::Eof => WrongText::Ends,
                serde_json::error::Category::Data => WrongText::Twice,
                serde_json::error::Category::Syntax | serde_json::error::Category::Io => {
                    WrongText::Syntax
                }
            },
        })
}

/// Makes a value of whatever is there, with each member once, and counts what it takes.
#[derive(Clone, Copy)]
struct Once<'c> {
    left: &'c Cell<usize>,
    exceeded: &'c Cell<bool>,
}

impl Once<'_> {
    /// Takes from what there may be: a place for a value, and what it has elsewhere.
    fn spend<E: serde::de::Error>(self, bytes: usize) -> Result<(), E> {
        let taken = bytes.saturating_add(size_of::<Value>());
        match self.left.get().checked_sub(taken) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => {
                self.exceeded.set(true);
                Err(E::custom("too large"))
            }
        }
    }
}

impl<'de> DeserializeSeed<'de> for Once<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Once<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        self.spend(0)?;
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        self.spend(0)?;
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        self.spend(0)?;
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        self.spend(0)?;
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.spend(value.len())?;
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Value, E> {
        self.spend(value.len())?;
        Ok(Value::String(value))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        self.spend(0)?;
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.spend(0)?;
        let mut all = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            all.push(item);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        self.spend(0)?;
        let mut all = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            // With its place in the object's order and in its table.
            self.spend(name.len())?;
            let value = members.next_value_seed(self)?;
            if all.insert(name, value).is_some() {
                return Err(A::Error::custom("a member twice"));
            }
        }
        Ok(Value::Object(all))
    }
}
