//! The host: what all runs have in common.

use std::sync::{Arc, Mutex, OnceLock};

use tollgate_audit::{AuditError, Log, Summary};
use tollgate_bridge::{check, provides, requests};
use tollgate_capability::net::{Resolver, SystemResolver};
use tollgate_engine::{Digest, LoadError as EngineLoadError, Source, Surface, has_deep_stack};
use tollgate_policy::{Effective, Policy};

use crate::component::{Component, Parts};
use crate::error::{GrantsError, LoadError, Refused};
use crate::grants::{Grants, check_recording};
use crate::interface::{self, Interface};
use crate::machine::{Code, Sort};
use crate::principal::{Principal, Standing};
use crate::shared::Inner;

/// What components are loaded into and run by: one engine, one log, one ceiling. Cheap to clone.
///
/// Every future of a host is `Send` and wants a tokio runtime with its timer.
#[derive(Clone)]
pub struct Host(Arc<Inner>);

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").finish_non_exhaustive()
    }
}

impl Host {
    pub(crate) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// Where names are looked up: the embedder's own resolver, else one of the system's.
    #[must_use]
    pub fn resolver(&self) -> Arc<dyn Resolver> {
        let own = self.0.resolver.clone();
        own.unwrap_or_else(|| Arc::new(SystemResolver::default()))
    }

    /// Puts a run's policy under the ceiling.
    ///
    /// # Errors
    ///
    /// It does not go with the ceiling, or with the log.
    pub fn grants(&self, policy: Policy) -> Result<Grants, GrantsError> {
        let ceiling = self.0.most.as_ref().and_then(Effective::ceiling).cloned();
        let policy = Effective::new(policy, ceiling)?;
        check_recording(&policy, self.0.log.options())?;
        if policy.authorities().next().is_some() && !self.0.adds_authorities {
            return Err(GrantsError::Authorities);
        }
        Ok(Grants {
            policy: Arc::new(policy),
            host: self.0.id,
        })
    }

    /// Reads the text of a `tollgate.toml`, which errors call `name`, and puts it under the ceiling.
    ///
    /// # Errors
    ///
    /// The text is wrong, or as [`Host::grants`].
    pub fn grants_from_toml(&self, name: &str, text: &str) -> Result<Grants, GrantsError> {
        self.grants(Policy::from_toml(name, text)?)
    }

    /// Reads the permissions of the sidecar protocol, and puts them under the ceiling.
    ///
    /// # Errors
    ///
    /// The JSON is wrong, or as [`Host::grants`].
    pub fn grants_from_protocol(&self, json: &str) -> Result<Grants, GrantsError> {
        self.grants(Policy::from_protocol_json(json)?)
    }

    /// Makes a component (or a WASI 0.1 command) ready to run. It is compiled and linked once, whatever it will be
    /// granted; whoever loads the same one meanwhile waits for that compilation. Dropping the future ends the
    /// compilation, unless somebody else waits for it.
    ///
    /// # Errors
    ///
    /// It is refused before its first instruction, whatever it would be granted.
    pub async fn load(&self, bytes: impl Into<Vec<u8>>) -> Result<Component, LoadError> {
        let counts_fuel = self.0.machine.sort(false).counts_fuel;
        self.load_as(bytes.into(), counts_fuel).await
    }

    /// As [`Host::load`], with instructions counted, whether or not the host's other components are compiled so: runs of it may
    /// be limited by fuel.
    ///
    /// # Errors
    ///
    /// As [`Host::load`].
    pub async fn load_counting(&self, bytes: impl Into<Vec<u8>>) -> Result<Component, LoadError> {
        self.load_as(bytes.into(), true).await
    }

    async fn load_as(&self, bytes: Vec<u8>, counts_fuel: bool) -> Result<Component, LoadError> {
        let host = Arc::clone(&self.0);
        let (bytes, digest) = match host.cache {
            None => (bytes, None),
            Some(_) => {
                blocking(move || {
                    let digest = Digest::of(&bytes);
                    Ok((bytes, Some(digest)))
                })
                .await?
            }
        };
        if let Some(digest) = digest {
            let sort = Sort {
                is_deep: has_deep_stack(&bytes),
                counts_fuel,
            };
            if let Some(found) = self.found(digest, sort).await? {
                return Ok(found);
            }
        }
        let source = blocking(move || Ok(Source::new(bytes)?)).await?;
        let cache = host.cache.as_ref();
        let compiled = host
            .machine
            .compile(&source, counts_fuel, cache, host.bounds);
        let code = compiled.await?;
        blocking(move || link(host, code)).await
    }

    /// What was compiled before from the component with this digest, if the host has a cache and it is there. For whoever
    /// knows the digest without having read the component, from a place that is trusted as the cache is. `deep_stack` is
    /// what [`has_deep_stack`](tollgate_engine::has_deep_stack) says of the component.
    ///
    /// # Errors
    ///
    /// As [`Host::load`]: what was looked at when it was compiled is not looked at again.
    pub async fn find(
        &self,
        digest: Digest,
        deep_stack: bool,
    ) -> Result<Option<Component>, LoadError> {
        self.found(digest, self.0.machine.sort(deep_stack)).await
    }

    async fn found(&self, digest: Digest, sort: Sort) -> Result<Option<Component>, LoadError> {
        let host = Arc::clone(&self.0);
        let Some(cache) = &host.cache else {
            return Ok(None);
        };
        match host.machine.find(digest, sort, cache).await? {
            Some(code) => blocking(move || link(host, code)).await.map(Some),
            None => Ok(None),
        }
    }

    /// Begins a part of the log, with a gate under `grants`, for somebody who asks without being a run.
    ///
    /// # Errors
    ///
    /// The grants belong to another host, or the log takes nothing any more.
    pub async fn principal(
        &self,
        grants: &Grants,
        standing: Standing,
    ) -> Result<Principal, Refused> {
        Principal::begin(Arc::clone(&self.0), grants, standing).await
    }

    /// The log of all runs.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.0.log
    }

    /// Closes the log for all runs, which ends every one that still asks for something, and says what was asked and
    /// decided. Blocks for as long as the disk takes.
    ///
    /// # Errors
    ///
    /// The log failed at any time.
    pub fn close(self) -> Result<Summary, AuditError> {
        self.0.log.clone().close()
    }
}

/// Reading and linking take long for a large component: they are done away from the threads that serve guests.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LoadError> + Send + 'static,
) -> Result<T, LoadError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_cut_off| LoadError::RuntimeEnded)?
}

fn link(host: Arc<Inner>, code: Code) -> Result<Component, LoadError> {
    let program = host
        .machine
        .link(&code, &host.interfaces)
        .map_err(|error| unknown(error, &code.surface, &host.interfaces))?;
    let mut requested = requests(&code.surface);
    requested.extend(interface::requests(&host.interfaces, &code.surface));
    if let Some(most) = &host.most {
        check(&requested, most)?;
    }
    Ok(Component::new(Parts {
        host,
        digest: program.digest().to_string(),
        program,
        requests: requested,
        passed: Mutex::default(),
        origin: code.origin(),
        trouble: code.trouble(),
        surface: code.surface,
        codes: OnceLock::new(),
    }))
}

/// The engine names the first import that does not fit; whoever wrote the component wants to know all that are unknown.
fn unknown(error: LoadError, surface: &Surface, own: &[Interface]) -> LoadError {
    let known = |name: &str| provides(name) || interface::find(own, name).is_some();
    let names: Vec<String> = surface
        .imports
        .iter()
        // An interface without functions is imported for its types, which are what the component says they are.
        .filter(|import| !import.functions.is_empty() || !import.name.contains('/'))
        .filter(|import| !known(&import.name))
        .map(|import| import.name.clone())
        .collect();
    match error {
        LoadError::Component(EngineLoadError::Import(_)) if !names.is_empty() => {
            LoadError::UnknownImports { names }
        }
        other => other,
    }
}
