//! The request `run_program_v1`, read from any JSON.

use std::time::Duration;

use serde_json::{Map, Value};

use super::bounds::{
    DEFAULT_TIMEOUT, MAX_PATH_BYTES, MAX_REQUEST_BYTES, MAX_REQUEST_MEMORY, MAX_WORDS_BYTES,
};
use super::error::Error;
use crate::json::{self, WrongText};

/// The kind of request that there is.
pub const KIND: &str = "run_program_v1";

/// The largest whole number that every reader of JSON has as itself.
const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;

/// One program to run, once.
#[derive(Clone, PartialEq)]
pub struct Request {
    /// Where it lies, as the caller writes it.
    pub program_path: String,
    /// What follows the program's name.
    pub argv: Vec<String>,
    /// What it reads.
    pub stdin_json: Value,
    /// How long it may take.
    pub timeout: Duration,
    /// Its variables, as far as the policy lets it see them.
    pub env: Vec<(String, String)>,
}

// The rest is the caller's, and may be secret.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request")
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl Request {
    /// Reads a request: an object with `kind` and `program_path`, and with `argv`, `stdin_json`, `timeout_ms` and `env` where
    /// they say something else than nothing, nothing, `null`, 300,000 and nothing. Any other member is refused: a limit that is
    /// misspelt would be none.
    ///
    /// # Errors
    ///
    /// `exec_request_invalid`, for whatever is wrong first in this order: the object, `kind`, other members, `program_path`,
    /// `argv`, `timeout_ms`, `env`.
    pub fn read(request: Value) -> Result<Self, Error> {
        let Value::Object(mut members) = request else {
            return Err(Error::invalid("exec request must be a JSON object"));
        };
        match members.remove("kind") {
            Some(Value::String(kind)) if kind == KIND => {}
            Some(Value::String(_)) => return Err(Error::invalid("unsupported exec request kind")),
            Some(_) | None => return Err(Error::invalid("missing exec request kind")),
        }
        let path = members.remove("program_path");
        let argv = members.remove("argv");
        let stdin_json = members.remove("stdin_json").unwrap_or(Value::Null);
        let timeout = members.remove("timeout_ms");
        let env = members.remove("env");
        if !members.is_empty() {
            return Err(Error::invalid("exec request has an unknown member"));
        }
        Ok(Self {
            program_path: program_path(path)?,
            argv: argv.map(arguments).transpose()?.unwrap_or_default(),
            stdin_json,
            timeout: timeout.map_or(Ok(DEFAULT_TIMEOUT), |value| patience(&value))?,
            env: env.map(variables).transpose()?.unwrap_or_default(),
        })
    }
}

/// Reads the text of a request. What it asks for is looked at by [`Request::read`].
///
/// # Errors
///
/// `exec_request_invalid`: it is no JSON, an object in it has a member twice, or it is longer than requests are.
pub fn parse(text: &[u8]) -> Result<Value, Error> {
    if text.len() > MAX_REQUEST_BYTES {
        return Err(Error::too_long());
    }
    json::read_within(text, MAX_REQUEST_MEMORY).map_err(|error| {
        Error::invalid(match error.what {
            WrongText::Ends | WrongText::Syntax => "exec request must be a JSON object",
            WrongText::Twice => "exec request has a member twice",
            WrongText::TooLarge => "exec request has too many values",
        })
    })
}

fn program_path(value: Option<Value>) -> Result<String, Error> {
    let Some(Value::String(path)) = value else {
        return Err(Error::invalid("missing program_path"));
    };
    if path.is_empty() || path.len() > MAX_PATH_BYTES || path.contains('\0') {
        return Err(Error::invalid(
            "program_path must be 1 to 4096 bytes without NUL",
        ));
    }
    Ok(path)
}

fn arguments(value: Value) -> Result<Vec<String>, Error> {
    let wrong = || Error::invalid("argv must be a list of texts without NUL");
    let Value::Array(items) = value else {
        return Err(wrong());
    };
    let mut bytes = 0;
    let text = |item| match item {
        Value::String(text) if !text.contains('\0') => {
            count(&mut bytes, &text)
                .ok_or_else(|| Error::invalid("argv must have at most 1 MiB"))?;
            Ok(text)
        }
        _ => Err(wrong()),
    };
    items.into_iter().map(text).collect()
}

fn variables(value: Value) -> Result<Vec<(String, String)>, Error> {
    let wrong = || Error::invalid("env must map names to texts, without NUL and `=` in a name");
    let Value::Object(items) = value else {
        return Err(wrong());
    };
    let mut bytes = 0;
    let variable = |(name, value): (String, Value)| {
        let Value::String(value) = value else {
            return Err(wrong());
        };
        if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
            return Err(wrong());
        }
        count(&mut bytes, &name)
            .and_then(|()| count(&mut bytes, &value))
            .ok_or_else(|| Error::invalid("env must have at most 1 MiB"))?;
        Ok((name, value))
    };
    Map::into_iter(items).map(variable).collect()
}

/// Counts a text in, with the byte that ends it; nothing once it is too much.
fn count(bytes: &mut usize, text: &str) -> Option<()> {
    *bytes = bytes.saturating_add(text.len()).saturating_add(1);
    (*bytes <= MAX_WORDS_BYTES).then_some(())
}

/// A whole number of milliseconds. `5.0` is one: there are writers of JSON that know no other numbers.
fn patience(value: &Value) -> Result<Duration, Error> {
    let whole = value.as_u64().or_else(|| {
        let number = value.as_f64()?;
        let is_whole = number.fract() == 0.0 && (0.0..=LARGEST_EXACT).contains(&number);
        is_whole.then(|| format!("{number:.0}").parse().ok())?
    });
    match whole {
        Some(milliseconds) if milliseconds > 0 => Ok(Duration::from_millis(milliseconds)),
        Some(_) | None => Err(Error::invalid("timeout_ms must be a whole number above 0")),
    }
}
