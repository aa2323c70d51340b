//! `tollgate.toml`: reading a policy file, with every mistake of it at its line and column.

mod document;
mod error;
mod located;
mod reader;
mod schema;
mod unknown;

pub use error::{FileError, FileErrors, FileProblem};
pub use schema::policy_schema;

use crate::builder::PolicyBuilder;
use crate::policy::{Policy, Role};

impl Policy {
    /// Reads the policy of a run from the text of a `tollgate.toml`. `name` is what errors, rules
    /// and listings call the file.
    ///
    /// # Errors
    ///
    /// With every mistake that was found: syntax, unknown keys, misspelt grants, numbers that are
    /// no limits, mounts that share a place.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, FileErrors> {
        finish(name, PolicyBuilder::from_toml(name, text)?)
    }

    /// Reads the operator's ceiling from the text of a `tollgate.toml`.
    ///
    /// The format is the same. A `[[mount]]` says which folder (and what lies in it) runs may mount;
    /// its `guest` says in which part of the guest's tree, and is the whole tree when absent.
    ///
    /// # Errors
    ///
    /// As [`Policy::from_toml`]; also for a value of an environment variable, which a ceiling cannot
    /// set.
    pub fn ceiling_from_toml(name: &str, text: &str) -> Result<Self, FileErrors> {
        finish(name, reader::read(name, text, Role::Ceiling)?)
    }
}

impl PolicyBuilder {
    /// Begins with the policy of a run from a file, for flags to add to.
    ///
    /// # Errors
    ///
    /// As [`Policy::from_toml`], but for mounts that share a place: flags may still bring some.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, FileErrors> {
        reader::read(name, text, Role::Run)
    }
}

fn finish(name: &str, builder: PolicyBuilder) -> Result<Policy, FileErrors> {
    builder
        .build()
        .map_err(|error| FileErrors::whole(name, FileProblem::Build(error)))
}
