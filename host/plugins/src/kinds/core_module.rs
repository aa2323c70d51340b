//! Core modules that take JSON at the beginning of their memory.

use serde_json::Value;
use tollgate::{Component, Host, RunOptions};

use crate::call::{Called, Calling, Reply};
use crate::core_abi::{self, CallRefused, CoreFunction, Exchange};
use crate::error::{ExecutionFailure, InstantiationFailure, ResourceKind, ToolError};
use crate::listed::Listed;
use crate::name::ToolName;

use super::choice::{not_found, the_only};

/// The functions of a core module.
pub(crate) struct Functions(Vec<CoreFunction>);

/// Generates a component around a module, and loads it with its instructions counted.
pub(crate) async fn load(
    host: &Host,
    module: Vec<u8>,
) -> Result<(Component, Functions), ToolError> {
    let wrapping = tokio::task::spawn_blocking(move || core_abi::wrap(&module));
    let failed = |what: String| InstantiationFailure::CoreAbi(what);
    let wrapped = wrapping
        .await
        .map_err(|_cut_off| failed("the runtime ended".to_owned()))?
        .map_err(|error| failed(error.to_string()))?;
    let component = host.load_counting(wrapped.component).await;
    let component = component.map_err(InstantiationFailure::from)?;
    Ok((component, Functions(wrapped.functions)))
}

impl Functions {
    pub(crate) fn listed(&self) -> Vec<Listed> {
        let names = self.0.iter().map(|function| function.name.clone());
        names.map(Listed::of_any).collect()
    }

    fn find(&self, tool: &ToolName, name: Option<&str>) -> Result<&CoreFunction, ToolError> {
        let Some(name) = name else {
            return Ok(the_only(&self.0, |function| &function.name)?);
        };
        let found = self.0.iter().find(|function| function.name == name);
        found.ok_or_else(|| {
            let known = self.0.iter().map(|function| function.name.clone());
            not_found(tool, name, known.collect())
        })
    }

    pub(crate) async fn call(
        &self,
        tool: &ToolName,
        component: &Component,
        calling: Calling<'_>,
        input: Value,
        options: RunOptions,
    ) -> Called {
        let function = match self.find(tool, calling.function) {
            Ok(function) => function,
            Err(error) => return error.into(),
        };
        let input = input.to_string().into_bytes();
        match core_abi::call(component, function, input, options).await {
            Ok(outcome) => Called::of(Ok(outcome), |given, limits| match given {
                Ok(output) => Reply::read(&output, limits),
                Err(exchange) => Err(failed(exchange, limits.memory)),
            }),
            Err(CallRefused::Refused(refused)) => ToolError::of_refused(&refused).into(),
            Err(CallRefused::Exchange(exchange)) => failed(exchange, u64::MAX).into(),
        }
    }
}

fn failed(exchange: Exchange, limit: u64) -> ToolError {
    match exchange {
        Exchange::TooLong { .. } => ToolError::OutOfResources {
            kind: ResourceKind::Memory,
            limit,
        },
        Exchange::NoRoom { .. } => ExecutionFailure::InputTooLarge(exchange.to_string()).into(),
        Exchange::NegativeLength { .. } | Exchange::Overflow | Exchange::Outside { .. } => {
            ExecutionFailure::Output(exchange.to_string()).into()
        }
    }
}
