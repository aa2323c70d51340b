//! Which function is meant.

use crate::error::{ExecutionFailure, ToolError};
use crate::name::ToolName;

/// The function that is meant, of those that are called so: by its name, or as the only one.
pub(super) fn the_only<T>(of: &[T], name: impl Fn(&T) -> &str) -> Result<&T, ExecutionFailure> {
    match of {
        [only] => Ok(only),
        several => Err(ExecutionFailure::Ambiguous(
            several.iter().map(|one| name(one).to_owned()).collect(),
        )),
    }
}

pub(super) fn not_found(module: &ToolName, function: &str, available: Vec<String>) -> ToolError {
    ToolError::FunctionNotFound {
        module: module.to_string(),
        // What was asked for can be of any length.
        function: function.chars().take(256).collect(),
        available,
    }
}
