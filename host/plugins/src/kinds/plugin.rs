//! Components that export the interface of plugins, `tollgate:bridge/plugin`: what `tollgate build --world plugin` makes of a
//! program in JavaScript or Python.

use serde_json::Value;
use tokio::sync::OnceCell;
use tollgate::{Component, RunOptions};
use wasmtime::component::{ComponentType, Lift};

use crate::call::{Called, Calling, Reply};
use crate::error::{ExecutionFailure, ToolError};
use crate::listed::Listed;
use crate::name::ToolName;

use super::choice::{not_found, the_only};

/// Functions of one plugin that are listed, and bytes of one's name.
const MOST_FUNCTIONS: usize = 1_000;
const LONGEST_FUNCTION: usize = 256;

/// Why a plugin gives nothing.
#[derive(Debug, Clone, ComponentType, Lift)]
#[component(variant)]
enum Failure {
    /// Which is known here.
    #[component(name = "unknown-function")]
    UnknownFunction(#[expect(dead_code, reason = "part of the type")] String),
    /// What its words are may hold some of the JSON.
    #[component(name = "invalid-json")]
    InvalidJson(#[expect(dead_code, reason = "part of the type")] String),
    #[component(name = "failed")]
    Failed(String),
}

type Given = Result<String, Failure>;

/// A plugin.
pub(crate) struct Plugin {
    describe: String,
    call: String,
    /// The names of its functions, once it was asked.
    described: OnceCell<Vec<String>>,
}

impl Plugin {
    /// What exports this interface of plugins.
    pub(crate) fn new(interface: &str) -> Self {
        Self {
            describe: format!("{interface}#describe"),
            call: format!("{interface}#call"),
            described: OnceCell::new(),
        }
    }

    async fn names(
        &self,
        component: &Component,
        options: RunOptions,
    ) -> Result<&[String], ToolError> {
        let ask = async || {
            let asked = component.call::<(), (Given,)>(&self.describe, (), options);
            let outcome = asked.await.map_err(|error| ToolError::of_refused(&error))?;
            let limits = outcome.limits;
            let (given,) = outcome
                .result
                .map_err(|error| ToolError::of_call(error, &limits))?;
            let described = given.ok();
            let described = described.and_then(|text| Reply::read(text.as_bytes(), &limits).ok());
            described
                .and_then(|reply| names(&reply.value))
                .ok_or_else(|| ExecutionFailure::NotCallable(NO_NAMES.to_owned()).into())
        };
        let described = self.described.get_or_try_init(ask).await;
        described.map(Vec::as_slice)
    }

    pub(crate) async fn functions(
        &self,
        component: &Component,
        options: RunOptions,
    ) -> Result<Vec<Listed>, ToolError> {
        let names = self.names(component, options).await?;
        Ok(names.iter().cloned().map(Listed::of_any).collect())
    }

    pub(crate) async fn call(
        &self,
        tool: &ToolName,
        component: &Component,
        calling: Calling<'_>,
        input: Value,
        options: impl Fn() -> RunOptions,
    ) -> Called {
        let function = match calling.function {
            Some(function) => function.to_owned(),
            None => match self.only(component, options()).await {
                Ok(only) => only,
                Err(error) => return error.into(),
            },
        };
        let arguments = (function.clone(), input.to_string());
        let called = component.call::<_, (Given,)>(&self.call, arguments, options());
        Called::of(called.await, |(given,), limits| match given {
            Ok(text) => Reply::read(text.as_bytes(), limits),
            // What a program throws is its own answer, as the `err` of any other function is.
            Err(Failure::Failed(words)) => Ok(Reply {
                value: serde_json::json!({ "err": words }),
                is_err: true,
            }),
            Err(Failure::InvalidJson(_)) => Err(no_json()),
            Err(Failure::UnknownFunction(_)) => {
                let known = self.described.get().cloned().unwrap_or_default();
                Err(not_found(tool, &function, known))
            }
        })
    }

    async fn only(&self, component: &Component, options: RunOptions) -> Result<String, ToolError> {
        let names = self.names(component, options).await?;
        Ok(the_only(names, String::as_str)?.clone())
    }
}

const NO_NAMES: &str = "the plugin does not say which functions it has";

fn no_json() -> ToolError {
    ExecutionFailure::Result("the plugin gave something else".to_owned()).into()
}

/// The names that a plugin's description has.
fn names(described: &Value) -> Option<Vec<String>> {
    let names = described.get("functions")?.as_array()?;
    let fits = |name: &&str| name.len() <= LONGEST_FUNCTION;
    let names = names.iter().filter_map(Value::as_str).filter(fits);
    Some(names.take(MOST_FUNCTIONS).map(str::to_owned).collect())
}
