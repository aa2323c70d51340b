//! A tool: something that was loaded, and whose functions are called with JSON, each call in an instance of its own.

use serde_json::Value;
use tollgate::policy::Policy;
use tollgate::{Component, Grants, GrantsError, Host, RunOptions};

use crate::call::{Called, Calling};
use crate::error::{InstantiationFailure, ToolError};
use crate::kinds::{self, Kind};
use crate::limits::{Sort, with_limits};
use crate::listed::Listed;
use crate::name::ToolName;

/// Something that is loaded, and called any number of times. See [`Tools`](crate::Tools) for many of them, by name.
pub struct Tool {
    pub(crate) name: ToolName,
    pub(crate) component: Component,
    sort: Sort,
    size: u64,
    kind: Kind,
    host: Host,
}

impl std::fmt::Debug for Tool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tool")
            .field("name", &self.name)
            .field("sort", &self.sort)
            .finish_non_exhaustive()
    }
}

impl Tool {
    /// Loads a component, one of a plugin of `tollgate build --world plugin`, or a core module that takes JSON at the beginning
    /// of its memory.
    ///
    /// # Errors
    ///
    /// It is too large, or nothing that can be called.
    pub async fn load(
        host: &Host,
        name: ToolName,
        bytes: impl Into<Vec<u8>>,
    ) -> Result<Self, ToolError> {
        let bytes = bytes.into();
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let sort = kinds::sort(&bytes);
        let limit = sort.most_bytes();
        if size > limit {
            return Err(ToolError::ModuleTooLarge { size, limit });
        }
        let (component, kind) = kinds::load(host, sort, bytes).await?;
        Ok(Self {
            name,
            component,
            sort,
            size,
            kind,
            host: host.clone(),
        })
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &ToolName {
        &self.name
    }

    /// The component that is run: what was loaded, or what was made around it.
    #[must_use]
    pub fn component(&self) -> &Component {
        &self.component
    }

    /// Which sort of tool it is.
    #[must_use]
    pub fn sort(&self) -> Sort {
        self.sort
    }

    /// How many bytes were loaded.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// What a policy comes to for calls of this tool: under the host's ceiling, with the limits of tools where it states none.
    ///
    /// # Errors
    ///
    /// It does not go with the ceiling, or with the log.
    pub fn grants(&self, policy: Policy) -> Result<Grants, GrantsError> {
        Ok(self.limited(&self.host.grants(policy)?))
    }

    /// The same of grants that are there already.
    #[must_use]
    pub fn limited(&self, grants: &Grants) -> Grants {
        with_limits(grants, self.sort)
    }

    /// Its functions. Those of a plugin it is asked for itself, once, under `options`.
    ///
    /// # Errors
    ///
    /// It could not say them.
    pub async fn functions(&self, options: RunOptions) -> Result<Vec<Listed>, ToolError> {
        let options = options.name(self.name.as_str());
        self.kind.functions(&self.component, options).await
    }

    /// Calls a function with JSON, in an instance of its own, under what the options grant that `options` makes: for the call,
    /// and, where no function is named, for asking a plugin which it has. Dropping the future ends the call.
    ///
    /// It gives nothing where there is no such function, where the input is not what it takes, and where it came to no result.
    pub async fn call(
        &self,
        calling: impl Into<Calling<'_>>,
        input: Value,
        options: impl Fn() -> RunOptions,
    ) -> Called {
        let named = || options().name(self.name.as_str());
        let called = self
            .kind
            .call(&self.name, &self.component, calling.into(), input, named);
        called.await
    }
}

impl From<GrantsError> for ToolError {
    fn from(error: GrantsError) -> Self {
        InstantiationFailure::Grants(error.to_string()).into()
    }
}
