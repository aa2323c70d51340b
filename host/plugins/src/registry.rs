//! Tools by name: loaded, replaced and unloaded while others are called.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use cap_std::fs::Dir;
use serde_json::Value;
use tollgate::policy::Policy;
use tollgate::{Grants, Host, RunOptions};

use crate::beneath::{self, ReadError};
use crate::call::{Calling, Reply};
use crate::error::{InstantiationFailure, ToolError};
use crate::limits::MOST_COMPONENT_BYTES;
use crate::name::{ToolName, stays_beneath};
use crate::tool::Tool;

/// What a tool's calls are given beside their grants: mounts, variables, a decider.
type Given = dyn Fn(RunOptions) -> RunOptions + Send + Sync;

/// What a tool may do, and what it is given for that.
#[derive(Clone)]
pub struct Granted {
    policy: Policy,
    given: Option<Arc<Given>>,
}

impl std::fmt::Debug for Granted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Granted")
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

impl From<Policy> for Granted {
    fn from(policy: Policy) -> Self {
        Self {
            policy,
            given: None,
        }
    }
}

impl Granted {
    /// Has each call be given what `given` adds to its options: what the policy mounts, for one.
    #[must_use]
    pub fn given(
        mut self,
        given: impl Fn(RunOptions) -> RunOptions + Send + Sync + 'static,
    ) -> Self {
        self.given = Some(Arc::new(given));
        self
    }
}

/// A tool with its grants.
struct Entry {
    tool: Arc<Tool>,
    grants: Grants,
    given: Option<Arc<Given>>,
}

impl Entry {
    fn options(&self) -> RunOptions {
        let options = RunOptions::new(&self.grants);
        match &self.given {
            Some(given) => given(options),
            None => options,
        }
    }
}

/// Tools by name. Cheap to clone: every clone is the same registry.
///
/// Each call runs in an instance of its own, under the policy of its tool and the ceiling of the host, with records in the
/// host's log.
#[derive(Clone)]
pub struct Tools {
    host: Host,
    entries: Arc<RwLock<BTreeMap<ToolName, Arc<Entry>>>>,
}

impl std::fmt::Debug for Tools {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tools").finish_non_exhaustive()
    }
}

impl Tools {
    /// An empty registry, whose tools run in `host`.
    #[must_use]
    pub fn new(host: &Host) -> Self {
        Self {
            host: host.clone(),
            entries: Arc::default(),
        }
    }

    /// Loads a tool from its bytes, in place of one of this name if there is one: calls of that one go on with what they began
    /// with.
    ///
    /// # Errors
    ///
    /// It cannot be called that, or not be loaded, or its grants do not go with the host. What was loaded before stays.
    pub async fn load(
        &self,
        name: &str,
        bytes: impl Into<Vec<u8>>,
        granted: impl Into<Granted>,
    ) -> Result<Arc<Tool>, ToolError> {
        let name = ToolName::new(name)?;
        let Granted { policy, given } = granted.into();
        let tool = Arc::new(Tool::load(&self.host, name.clone(), bytes).await?);
        let grants = tool.grants(policy)?;
        let entry = Entry {
            tool: Arc::clone(&tool),
            grants,
            given,
        };
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.insert(name, Arc::new(entry));
        Ok(tool)
    }

    /// Loads a tool from a file beneath a folder, as [`Tools::load`] does. Links are followed, and none out of the folder.
    ///
    /// # Errors
    ///
    /// As [`Tools::load`]; or the file is not there, is none, or cannot be read.
    pub async fn load_file(
        &self,
        name: &str,
        folder: &Dir,
        path: impl AsRef<Path>,
        granted: impl Into<Granted>,
    ) -> Result<Arc<Tool>, ToolError> {
        ToolName::new(name)?;
        let path = path.as_ref().to_owned();
        if !stays_beneath(&path) {
            return Err(InstantiationFailure::Path.into());
        }
        let read = |error| InstantiationFailure::Read(error);
        let folder = folder.try_clone().map_err(|error| read(error.kind()))?;
        let reading = tokio::task::spawn_blocking(move || {
            beneath::read(&folder, &path, MOST_COMPONENT_BYTES)
        });
        let bytes = reading
            .await
            .map_err(|_the_runtime_ended| read(std::io::ErrorKind::Interrupted))?
            .map_err(|error| match error {
                ReadError::Failed(kind) => read(kind).into(),
                ReadError::NoFile => read(std::io::ErrorKind::InvalidInput).into(),
                ReadError::TooLong(size) => ToolError::ModuleTooLarge {
                    size,
                    limit: MOST_COMPONENT_BYTES,
                },
            })?;
        self.load(name, bytes, granted).await
    }

    /// Forgets a tool; whether there was one. Calls of it go on to their end.
    pub fn unload(&self, name: &str) -> bool {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.remove(name).is_some()
    }

    /// The names of all tools, in their order.
    #[must_use]
    pub fn list(&self) -> Vec<String> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries.keys().map(ToString::to_string).collect()
    }

    /// A tool by its name.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn get(&self, name: &str) -> Result<Arc<Tool>, ToolError> {
        Ok(Arc::clone(&self.entry(name)?.tool))
    }

    /// Calls a function of a tool with JSON. Dropping the future ends the call.
    ///
    /// # Errors
    ///
    /// As [`Tool::call`]; or there is no such tool.
    pub async fn call(
        &self,
        name: &str,
        calling: impl Into<Calling<'_>>,
        input: Value,
    ) -> Result<Reply, ToolError> {
        let entry = self.entry(name)?;
        entry
            .tool
            .call(calling, input, || entry.options())
            .await
            .result
    }

    fn entry(&self, name: &str) -> Result<Arc<Entry>, ToolError> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let found = entries.get(name).cloned();
        // What was asked for can be of any length.
        found.ok_or_else(|| ToolError::ModuleNotFound(name.chars().take(256).collect()))
    }
}
