//! Components, called by the types of their functions.

use std::collections::HashMap;

use serde_json::Value;
use tollgate::engine::caps::check_caps;
use tollgate::engine::{Export, InvokeError, guarded};
use tollgate::{Component, RunOptions};
use wasmtime::component::Val;

use crate::call::{Called, Calling, Reply};
use crate::error::{ExecutionFailure, InstantiationFailure, ToolError};
use crate::json::BytesAs;
use crate::listed::Listed;
use crate::name::ToolName;
use crate::wit::{self, Function};

use super::choice::{not_found, the_only};

/// The functions of a component.
pub(crate) struct Functions {
    exports: Vec<Export>,
    /// In the order of `exports`.
    functions: Vec<Function>,
    /// Full names, and where they are in `exports`.
    by_name: HashMap<String, usize>,
}

/// Reads what the functions of a component are, away from the threads that serve guests.
pub(crate) async fn read(bytes: Vec<u8>) -> Result<(Vec<u8>, Vec<Function>), ToolError> {
    let reading = tokio::task::spawn_blocking(move || {
        // What is over a cap is not read at all: loading it says so.
        let functions = match guarded(|| check_caps(&bytes)) {
            Ok(Ok(())) => wit::functions(&bytes),
            Ok(Err(_)) | Err(_) => Ok(Vec::new()),
        };
        (bytes, functions)
    });
    let failed = |what: String| InstantiationFailure::Wit(what);
    let (bytes, functions) = reading
        .await
        .map_err(|_cut_off| failed("the runtime ended".to_owned()))?;
    // What is no component at all, loading it says better.
    let functions = match functions {
        Ok(functions) => functions,
        Err(_) if !is_component(&bytes) => Vec::new(),
        Err(error) => return Err(failed(error.to_string()).into()),
    };
    Ok((bytes, functions))
}

fn is_component(bytes: &[u8]) -> bool {
    matches!(bytes, [0, b'a', b's', b'm', 0x0d, 0, 1, 0, ..])
}

impl Functions {
    pub(crate) fn new(component: &Component, read: Vec<Function>) -> Result<Self, ToolError> {
        let mut known: HashMap<String, Function> = read
            .into_iter()
            .map(|function| (function.full_name(), function))
            .collect();
        let mut functions = Self {
            exports: Vec::new(),
            functions: Vec::new(),
            by_name: HashMap::new(),
        };
        for export in component.exports() {
            let name = export.full();
            // What its WIT does not have cannot be named by anybody either.
            let Some(function) = known.remove(&name) else {
                continue;
            };
            functions.functions.push(function);
            functions.by_name.insert(name, functions.exports.len());
            functions.exports.push(export);
        }
        Ok(functions)
    }

    pub(crate) fn listed(&self) -> Vec<Listed> {
        self.functions.iter().map(listed).collect()
    }

    fn find(&self, tool: &ToolName, name: Option<&str>) -> Result<usize, ToolError> {
        let Some(name) = name else {
            let all: Vec<(usize, String)> = self
                .exports
                .iter()
                .enumerate()
                .map(|(at, export)| (at, export.full()))
                .collect();
            return Ok(the_only(&all, |(_, name)| name)?.0);
        };
        if let Some(at) = self.by_name.get(name) {
            return Ok(*at);
        }
        match Export::find(name, &self.exports) {
            Ok(export) => Ok(self
                .by_name
                .get(&export.full())
                .copied()
                .unwrap_or_default()),
            Err(InvokeError::Ambiguous { candidates, .. }) => {
                Err(ExecutionFailure::Ambiguous(candidates).into())
            }
            Err(
                InvokeError::Syntax { .. }
                | InvokeError::Unknown { .. }
                | InvokeError::Arguments { .. }
                | InvokeError::NoCommand { .. },
            ) => Err(not_found(
                tool,
                name,
                self.exports.iter().map(Export::full).collect(),
            )),
        }
    }

    pub(crate) async fn call(
        &self,
        tool: &ToolName,
        component: &Component,
        calling: Calling<'_>,
        input: Value,
        options: RunOptions,
    ) -> Called {
        let found = self.find(tool, calling.function);
        let found = found.and_then(|at| {
            let unknown = || not_found(tool, calling.function.unwrap_or_default(), Vec::new());
            let found = self.exports.get(at).zip(self.functions.get(at));
            found.ok_or_else(unknown)
        });
        let (export, function) = match found {
            Ok(found) => found,
            Err(error) => return error.into(),
        };
        let arguments = match arguments(function, input, calling.bytes) {
            Ok(arguments) => arguments,
            Err(error) => return error.into(),
        };
        let called = component.call_values(export, &arguments, options).await;
        Called::of(called, |value, _| reply(function, value, calling.bytes))
    }
}

fn arguments(function: &Function, input: Value, bytes: BytesAs) -> Result<Vec<Val>, ToolError> {
    if let Some(refused) = &function.refused {
        return Err(ExecutionFailure::NotCallable(refused.to_string()).into());
    }
    Ok(function.arguments(input, bytes)?)
}

fn reply(function: &Function, value: Option<Val>, bytes: BytesAs) -> Result<Reply, ToolError> {
    let is_err = matches!(value, Some(Val::Result(Err(_))));
    let value = function
        .output(value, bytes)
        .map_err(|error| ExecutionFailure::Result(error.to_string()))?;
    Ok(Reply { value, is_err })
}

fn listed(function: &Function) -> Listed {
    Listed {
        name: function.full_name(),
        signature: function.signature(),
        docs: function.docs.clone(),
        types: function.definitions(),
        input: function.input_schema(BytesAs::Array),
        output: function.output_schema(BytesAs::Array),
        refused: function.refused.as_ref().map(ToString::to_string),
    }
}
