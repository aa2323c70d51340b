//! Toolkits: what a client offers, checked when it is offered.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use jsonschema::{PatternOptions, Validator};
use serde_json::Value;
use tollgate_protocol::RefusalCode;
use tollgate_protocol::types::{
    RegisterHostCallbacksRequest, RegisteredHostCallbackDefinition, RegisteredHostCallbackExample,
};

use crate::rejection::Rejection;
use crate::vm::limits::Tools;

/// Bytes of the name of a toolkit or a function.
pub(crate) const NAME_BYTES: usize = 64;
/// Bytes of a description.
pub(crate) const DESCRIPTION_BYTES: usize = 200;
/// Levels of a schema.
pub(crate) const SCHEMA_LEVELS: usize = 32;
/// Commands of one toolkit.
pub(crate) const MOST_ALIASES: usize = 64;
/// Bytes of the name of a command.
const ALIAS_BYTES: usize = 255;

/// A function of the client's.
#[derive(Debug)]
pub(crate) struct Function {
    /// The schema of its input, as the client sent it.
    pub(crate) schema: Value,
    validator: Validator,
    /// How long an answer may take.
    pub(crate) timeout_ms: u64,
}

/// An input that is not what its schema says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    /// Where, from `$`.
    pub(crate) at: String,
    pub(crate) what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ToolInputSchemaViolation at {}: {}", self.at, self.what)
    }
}

impl Function {
    /// Holds an input against the schema.
    pub(crate) fn check(&self, input: &Value) -> Result<(), Violation> {
        let Err(error) = self.validator.validate(input) else {
            return Ok(());
        };
        let path = error.instance_path().to_string();
        let at =
            path.split('/')
                .filter(|name| !name.is_empty())
                .fold("$".to_owned(), |mut at, name| {
                    let index = name.parse::<usize>().is_ok();
                    at.push_str(&if index {
                        format!("[{name}]")
                    } else {
                        format!(".{name}")
                    });
                    at
                });
        Err(Violation {
            at,
            what: error.masked().to_string(),
        })
    }
}

/// Functions that were offered together.
#[derive(Debug)]
pub(crate) struct Toolkit {
    pub(crate) name: String,
    commands: BTreeSet<String>,
    registries: BTreeSet<String>,
    pub(crate) functions: BTreeMap<String, Function>,
}

/// What a command leads to.
#[derive(Debug, Clone)]
pub(crate) enum Command {
    /// The functions of a toolkit; the first argument says which.
    Functions(Arc<Toolkit>),
    /// The client itself, with all arguments.
    Registry {
        /// How long an answer may take.
        timeout_ms: u64,
    },
}

/// The toolkits of a VM.
#[derive(Debug)]
pub(crate) struct Toolkits {
    limits: Tools,
    toolkits: BTreeMap<String, Arc<Toolkit>>,
}

fn state(what: impl Into<String>) -> Rejection {
    Rejection::state(what)
}

fn conflict(what: String) -> Rejection {
    Rejection::new(RefusalCode::Conflict, what)
}

fn shown(text: &str) -> String {
    let start: String = text.chars().take(NAME_BYTES).collect();
    start.escape_debug().to_string()
}

fn check_name(what: &str, name: &str) -> Result<(), Rejection> {
    let is_fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if (1..=NAME_BYTES).contains(&name.len()) && name.bytes().all(is_fine) {
        return Ok(());
    }
    Err(state(format!(
        "the {what} name `{}` is not 1 to {NAME_BYTES} of a-z, 0-9 and `-`",
        shown(name)
    )))
}

fn check_description(of: &str, text: &str) -> Result<(), Rejection> {
    if (1..=DESCRIPTION_BYTES).contains(&text.len()) {
        return Ok(());
    }
    Err(state(format!(
        "the description of {of} is not 1 to {DESCRIPTION_BYTES} bytes long"
    )))
}

fn check_alias(alias: &str) -> Result<(), Rejection> {
    let is_wrong = alias.is_empty()
        || alias == "."
        || alias == ".."
        || alias.contains(['/', '\0'])
        || alias.len() > ALIAS_BYTES;
    if is_wrong {
        return Err(state(format!(
            "the command alias `{}` is no name of a file",
            shown(alias)
        )));
    }
    Ok(())
}

/// The aliases of one list, each once.
fn aliases(of: Vec<String>) -> Result<BTreeSet<String>, Rejection> {
    if of.len() > MOST_ALIASES {
        return Err(state(format!(
            "a toolkit has at most {MOST_ALIASES} aliases"
        )));
    }
    let mut known = BTreeSet::new();
    for alias in of {
        check_alias(&alias)?;
        if !known.insert(alias.clone()) {
            return Err(state(format!(
                "the command alias `{}` is stated twice",
                shown(&alias)
            )));
        }
    }
    Ok(known)
}

/// How many levels a value has, counted without recursion: it is as deep as its reader lets it be.
fn levels(value: &Value) -> usize {
    let mut deepest = 0;
    let mut waiting = vec![(value, 1)];
    while let Some((value, level)) = waiting.pop() {
        deepest = deepest.max(level);
        match value {
            Value::Array(items) => waiting.extend(items.iter().map(|item| (item, level + 1))),
            Value::Object(members) => {
                waiting.extend(members.values().map(|member| (member, level + 1)));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    deepest
}

fn function(
    name: &str,
    definition: RegisteredHostCallbackDefinition,
    limits: &Tools,
) -> Result<Function, Rejection> {
    let of = || format!("the callback {name}");
    check_description(&of(), &definition.description)?;
    let most = limits.max_tool_schema_bytes.unwrap_or(u64::MAX);
    if definition.input_schema.len() as u64 > most {
        return Err(state(format!(
            "the input schema of {} has more than {most} bytes",
            of()
        )));
    }
    let schema: Value = serde_json::from_str(&definition.input_schema)
        .map_err(|error| state(format!("the input schema of {} is no JSON: {error}", of())))?;
    if levels(&schema) > SCHEMA_LEVELS {
        return Err(state(format!(
            "the input schema of {} has more than {SCHEMA_LEVELS} levels",
            of()
        )));
    }
    // Patterns are matched in time that grows with the text alone: they are the client's, the text is a guest's. There is
    // nothing that could fetch what a reference names.
    let validator = jsonschema::options()
        .with_pattern_options(PatternOptions::regex())
        .build(&schema)
        .map_err(|error| {
            state(format!(
                "the input schema of {} is no JSON Schema: {}",
                of(),
                error.masked()
            ))
        })?;
    let most = limits.max_tool_timeout_ms.unwrap_or(u64::MAX);
    let usual = limits.default_tool_timeout_ms.unwrap_or(30_000);
    let timeout_ms = definition.timeout_ms.unwrap_or(usual);
    if timeout_ms > most {
        return Err(state(format!("the timeout of {} is above {most} ms", of())));
    }
    let most = limits.max_tool_examples_per_tool.unwrap_or(u64::MAX);
    if definition.examples.len() as u64 > most {
        return Err(state(format!("{} has more than {most} examples", of())));
    }
    for example in &definition.examples {
        check_example(&of(), example, limits)?;
    }
    Ok(Function {
        schema,
        validator,
        timeout_ms,
    })
}

fn check_example(
    of: &str,
    example: &RegisteredHostCallbackExample,
    limits: &Tools,
) -> Result<(), Rejection> {
    if example.description.len() > DESCRIPTION_BYTES {
        return Err(state(format!(
            "the description of an example of {of} has more than {DESCRIPTION_BYTES} bytes"
        )));
    }
    let most = limits.max_tool_example_input_bytes.unwrap_or(u64::MAX);
    if example.input.len() as u64 > most {
        return Err(state(format!(
            "the input of an example of {of} has more than {most} bytes"
        )));
    }
    serde_json::from_str::<serde::de::IgnoredAny>(&example.input).map_err(|error| {
        state(format!(
            "the input of an example of {of} is no JSON: {error}"
        ))
    })?;
    Ok(())
}

impl Toolkit {
    fn read(asked: RegisterHostCallbacksRequest, limits: &Tools) -> Result<Self, Rejection> {
        let RegisterHostCallbacksRequest {
            name,
            description,
            command_aliases,
            registry_command_aliases,
            callbacks,
        } = asked;
        check_name("toolkit", &name)?;
        check_description(&format!("the toolkit {name}"), &description)?;
        let commands = aliases(command_aliases)?;
        let registries = aliases(registry_command_aliases)?;
        if let Some(both) = commands.intersection(&registries).next() {
            return Err(state(format!(
                "the command alias `{}` stands in both lists",
                shown(both)
            )));
        }
        let most = limits.max_tools_per_toolkit.unwrap_or(u64::MAX);
        if callbacks.is_empty() || callbacks.len() as u64 > most {
            return Err(state(format!(
                "the toolkit {name} has not 1 to {most} callbacks"
            )));
        }
        let mut functions = BTreeMap::new();
        for (name, definition) in callbacks {
            check_name("callback", &name)?;
            // Of two with a name, the last counts, as in every map of the protocol.
            let read = function(&name, definition, limits)?;
            functions.insert(name, read);
        }
        Ok(Self {
            name,
            commands,
            registries,
            functions,
        })
    }

    /// How long an answer to one of its functions may take at most.
    fn patience(&self) -> u64 {
        let times = self.functions.values().map(|function| function.timeout_ms);
        times.max().unwrap_or_default()
    }
}

impl Toolkits {
    pub(crate) fn new(limits: Tools) -> Self {
        Self {
            limits,
            toolkits: BTreeMap::new(),
        }
    }

    /// Takes a toolkit. Gives its name, and the commands that are new with it.
    pub(crate) fn register(
        &mut self,
        asked: RegisterHostCallbacksRequest,
    ) -> Result<(String, Vec<String>), Rejection> {
        let toolkit = Toolkit::read(asked, &self.limits)?;
        if self.toolkits.contains_key(&toolkit.name) {
            return Err(conflict(format!(
                "the toolkit {} is registered already",
                toolkit.name
            )));
        }
        let most = self.limits.max_registered_toolkits.unwrap_or(u64::MAX);
        if self.toolkits.len() as u64 >= most {
            return Err(state(format!(
                "the VM has {most} registered toolkits already"
            )));
        }
        let count = |toolkit: &Toolkit| toolkit.functions.len() as u64;
        let have: u64 = self.toolkits.values().map(|toolkit| count(toolkit)).sum();
        let most = self.limits.max_registered_tools_per_vm.unwrap_or(u64::MAX);
        if have.saturating_add(count(&toolkit)) > most {
            return Err(state(format!(
                "the VM would have more than {most} registered host callbacks"
            )));
        }
        for alias in &toolkit.commands {
            if self.has(alias) {
                return Err(taken(alias));
            }
        }
        for alias in &toolkit.registries {
            if self
                .toolkits
                .values()
                .any(|other| other.commands.contains(alias))
            {
                return Err(taken(alias));
            }
        }
        let all = toolkit.commands.iter().chain(&toolkit.registries);
        let new = all.filter(|alias| !self.has(alias)).cloned().collect();
        let name = toolkit.name.clone();
        self.toolkits.insert(name.clone(), Arc::new(toolkit));
        Ok((name, new))
    }

    fn has(&self, alias: &str) -> bool {
        let mut toolkits = self.toolkits.values();
        toolkits.any(|of| of.commands.contains(alias) || of.registries.contains(alias))
    }

    /// How many commands there are.
    pub(crate) fn commands(&self) -> usize {
        let all = self.toolkits.values();
        let names: BTreeSet<&String> = all
            .flat_map(|of| of.commands.iter().chain(&of.registries))
            .collect();
        names.len()
    }

    /// What a command leads to.
    pub(crate) fn find(&self, alias: &str) -> Option<Command> {
        let mut all = self.toolkits.values();
        if let Some(toolkit) = all.find(|of| of.commands.contains(alias)) {
            return Some(Command::Functions(Arc::clone(toolkit)));
        }
        let sharing = self
            .toolkits
            .values()
            .filter(|of| of.registries.contains(alias));
        let timeout_ms = sharing.map(|of| of.patience()).max()?;
        Some(Command::Registry { timeout_ms })
    }

    /// How long an answer to a function may take; none where nobody offers it.
    pub(crate) fn patience(&self, toolkit: &str, function: &str) -> Option<u64> {
        let function = self.toolkits.get(toolkit)?.functions.get(function)?;
        Some(function.timeout_ms)
    }
}

fn taken(alias: &str) -> Rejection {
    conflict(format!("the command alias `{}` is taken", shown(alias)))
}
