//! What a command with its arguments asks of the client.

use serde_json::{Value, json};

use super::flags;
use super::toolkit::{Command, Toolkit};

/// What kind of command it is, which says what the policy is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One function: `TOOLKIT:NAME` is decided about.
    Function,
    /// The client itself, which decides.
    Registry,
}

/// A question that is ready to be asked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Invocation {
    pub(crate) kind: Kind,
    pub(crate) key: String,
    pub(crate) input: Value,
    pub(crate) timeout_ms: u64,
}

/// What has to be read before a question can be asked.
pub(crate) enum Wanted<'a> {
    /// Nothing.
    Ready(Result<Invocation, String>),
    /// A file of the VM that holds the input.
    File { path: &'a str, then: Pending<'a> },
}

/// A function whose input is still to be read.
pub(crate) struct Pending<'a> {
    toolkit: &'a Toolkit,
    name: &'a str,
}

impl Pending<'_> {
    /// Takes what the file holds.
    pub(crate) fn take(self, text: &str) -> Result<Invocation, String> {
        let input = serde_json::from_str(text)
            .map_err(|error| format!("invalid --json-file tool input: {error}"))?;
        invocation(self.toolkit, self.name, input)
    }
}

fn invocation(toolkit: &Toolkit, name: &str, input: Value) -> Result<Invocation, String> {
    let key = format!("{}:{name}", toolkit.name);
    let Some(function) = toolkit.functions.get(name) else {
        return Err(format!("unknown tool callback {key}"));
    };
    function.check(&input).map_err(|wrong| wrong.to_string())?;
    Ok(Invocation {
        kind: Kind::Function,
        key,
        input,
        timeout_ms: function.timeout_ms,
    })
}

impl Command {
    /// What `command` asks with these arguments.
    pub(crate) fn wanted<'a>(
        &'a self,
        command: &str,
        arguments: &'a [String],
        cwd: &str,
    ) -> Wanted<'a> {
        let toolkit = match self {
            Self::Functions(toolkit) => toolkit,
            Self::Registry { timeout_ms } => {
                return Wanted::Ready(Ok(Invocation {
                    kind: Kind::Registry,
                    key: command.to_owned(),
                    input: json!({"type": "command", "command": command, "args": arguments, "cwd": cwd}),
                    timeout_ms: *timeout_ms,
                }));
            }
        };
        let Some((name, arguments)) = arguments.split_first() else {
            return Wanted::Ready(Err(format!(
                "toolkit command {command} requires a tool name"
            )));
        };
        let Some(function) = toolkit.functions.get(name) else {
            return Wanted::Ready(Err(format!(
                "unknown tool callback {}:{name}",
                toolkit.name
            )));
        };
        let input = match arguments {
            [] if flags::properties(&function.schema).is_none() => Ok(json!({})),
            [flag, text] if flag == "--json" => serde_json::from_str(text)
                .map_err(|error| format!("invalid --json tool input: {error}")),
            [flag, path] if flag == "--json-file" => {
                return Wanted::File {
                    path,
                    then: Pending { toolkit, name },
                };
            }
            arguments if is_object(&function.schema) => flags::read(&function.schema, arguments),
            arguments => Ok(json!({"args": arguments})),
        };
        Wanted::Ready(input.and_then(|input| invocation(toolkit, name, input)))
    }
}

/// Whether a schema describes an object whose members can be flags.
fn is_object(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("object")
        || flags::properties(schema).is_some()
}
