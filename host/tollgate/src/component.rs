//! A component, and the three ways to use it: a command, a call, an instance that stays.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use tollgate_bridge::ports::Posted;
use tollgate_bridge::{Request, Said, check};
use tollgate_engine::cache::CacheError;
use tollgate_engine::code::Codes;
use tollgate_engine::{
    CallError, Digest, Entry, Export, Gate, Invocation, Origin, RunError, Surface, Usage,
};
use tollgate_policy::Effective;
use wasmtime::component::{ComponentNamedList, Lift, Lower, Val};

use crate::error::Refused;
use crate::grants::Grants;
use crate::instance::{Beside, Instance};
use crate::machine::Program;
use crate::options::{Prepared, RunOptions};
use crate::outcome::Outcome;
use crate::recorded::{How, Recorded};
use crate::shared::Inner;

/// What answers requests of HTTP, without the last number of its version.
const HANDLER: &str = "wasi:http/incoming-handler@0.2.";

/// A component that is compiled and linked, for any number of runs under any grants. Cheap to clone.
#[derive(Clone)]
pub struct Component(Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) host: Arc<Inner>,
    pub(crate) program: Program,
    /// As records spell it.
    pub(crate) digest: String,
    pub(crate) surface: Surface,
    pub(crate) requests: Vec<Request>,
    /// The policy that let this component pass when it was last asked.
    pub(crate) passed: Mutex<Weak<Effective>>,
    pub(crate) origin: Origin,
    pub(crate) trouble: Option<Arc<CacheError>>,
    /// What is kept of the programs that it runs, once it is asked for.
    pub(crate) codes: OnceLock<Option<Codes>>,
}

impl std::fmt::Debug for Component {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Component")
            .field("digest", &self.digest())
            .finish_non_exhaustive()
    }
}

impl Component {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// The digest of what was loaded.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.0.program.digest()
    }

    /// What it imports and exports.
    #[must_use]
    pub fn surface(&self) -> &Surface {
        &self.0.surface
    }

    /// What it may ask for, read from its imports.
    #[must_use]
    pub fn requests(&self) -> &[Request] {
        &self.0.requests
    }

    /// Each request, and what these grants say to it.
    #[must_use]
    pub fn answers(&self, grants: &Grants) -> Vec<(&Request, Said)> {
        self.requests()
            .iter()
            .map(|request| (request, request.answered(grants.policy())))
            .collect()
    }

    /// Whether it was compiled or found in the cache.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.0.origin
    }

    /// Why it could not be kept in the cache, if it could not. It runs all the same.
    #[must_use]
    pub fn cache_trouble(&self) -> Option<&CacheError> {
        self.0.trouble.as_deref()
    }

    /// What keeps the code of the programs that it runs, where it is a language's runtime: in this process, and in the cache
    /// if there is one. A program takes what one run keeps, `JavaScript::keep_code(codes.begin())`; what a run compiles is
    /// made for the next ones beside it, on a thread that serves no guests. None on a host that counts fuel: a run takes as
    /// much the first time as any other.
    #[must_use]
    pub fn codes(&self) -> Option<Codes> {
        let make = || self.0.program.codes(self.0.host.cache.clone());
        self.0.codes.get_or_init(make).clone()
    }

    /// Runs it as a command (`wasi:cli/run`) in a store of its own. Dropping the future ends the guest, and leaves
    /// nothing behind but a record that says so; a [`RunControl`](crate::RunControl) ends it with an outcome.
    ///
    /// # Errors
    ///
    /// The run did not begin. However it ends once it began is an outcome.
    pub async fn command(&self, options: RunOptions) -> Result<Outcome, Refused> {
        self.run(&Entry::Command, options).await
    }

    /// Calls an exported function, `f(1)` or `ns:pkg/iface.f@1.0.0("text")`, with arguments and results in WAVE, in a
    /// store of its own.
    ///
    /// # Errors
    ///
    /// As [`Component::command`].
    pub async fn invoke(
        &self,
        invocation: Invocation,
        options: RunOptions,
    ) -> Result<Outcome, Refused> {
        self.run(&Entry::Invoke(invocation), options).await
    }

    /// Runs what `entry` says.
    ///
    /// # Errors
    ///
    /// As [`Component::command`].
    pub async fn run(&self, entry: &Entry, options: RunOptions) -> Result<Outcome, Refused> {
        let prepared = self.prepare(options)?;
        let begun = Begun::new(self, prepared).await?;
        let (result, usage) = self.0.program.run(begun.guest, entry).await;
        let how = How::of_run(&result);
        Ok(begun.beside.end(&how, result, usage).await)
    }

    /// Calls the exported function `name`, as `iface#f`, `ns:pkg/iface@1.0.0#f` or `f`, with typed arguments and
    /// results, in a store of its own.
    ///
    /// # Errors
    ///
    /// As [`Component::command`].
    pub async fn call<A, R>(
        &self,
        name: &str,
        arguments: A,
        options: RunOptions,
    ) -> Result<Outcome<R, CallError>, Refused>
    where
        A: ComponentNamedList + Lower + Send + Sync + 'static,
        R: ComponentNamedList + Lift + Send + Sync + 'static,
    {
        let prepared = self.prepare(options)?;
        let begun = Begun::new(self, prepared).await?;
        let (result, usage) = match self.0.program.instantiate(begun.guest).await {
            Ok(mut live) => {
                let result = live.call::<A, R>(name, arguments).await;
                (result, live.usage())
            }
            Err((error, usage)) => (Err(error), usage),
        };
        let how = How::of_call(&result);
        Ok(begun.beside.end(&how, result, usage).await)
    }

    /// The functions that it exports.
    #[must_use]
    pub fn exports(&self) -> Vec<Export> {
        self.0.program.exports()
    }

    /// Calls an exported function with values whose types are known only now, in a store of its own. What it gives is its
    /// result, if it has one.
    ///
    /// # Errors
    ///
    /// As [`Component::command`].
    pub async fn call_values(
        &self,
        export: &Export,
        arguments: &[Val],
        options: RunOptions,
    ) -> Result<Outcome<Option<Val>, CallError>, Refused> {
        let prepared = self.prepare(options)?;
        let begun = Begun::new(self, prepared).await?;
        let (result, usage) = match self.0.program.instantiate(begun.guest).await {
            Ok(mut live) => {
                let result = live.call_values(export, arguments).await;
                (result, live.usage())
            }
            Err((error, usage)) => (Err(error), usage),
        };
        let how = How::of_call(&result);
        Ok(begun.beside.end(&how, result, usage).await)
    }

    /// The interface by which it answers requests of HTTP, if it does: `wasi:http/incoming-handler` of any 0.2 version.
    #[must_use]
    pub fn handler(&self) -> Option<&str> {
        let names = self.0.surface.exports.iter().map(|export| &*export.name);
        let mut handlers = names.filter(|name| name.starts_with(HANDLER));
        handlers.next()
    }

    /// Has it answer one request (`wasi:http/incoming-handler`), in a store of its own. Whoever posted the request reads the
    /// answer meanwhile, and knows by the outcome whether it is whole. Dropping the future ends the guest.
    ///
    /// # Errors
    ///
    /// The run did not begin.
    pub async fn handle(
        &self,
        posted: Posted,
        options: RunOptions,
    ) -> Result<Outcome<(), CallError>, Refused> {
        let prepared = self.prepare(options)?;
        let mut begun = Begun::new(self, prepared).await?;
        let name = format!("{}#handle", self.handler().unwrap_or(HANDLER));
        let (result, usage) = match begun.guest.take_in(posted) {
            Err(error) => {
                let error = RunError::Trap(format!("the request cannot be handed over: {error}"));
                (Err(error.into()), Usage::default())
            }
            Ok(arguments) => match self.0.program.instantiate(begun.guest).await {
                Ok(mut live) => {
                    let result = live.call::<_, ()>(&name, arguments).await;
                    if result.is_ok() {
                        live.state().ended_well();
                    }
                    (result, live.usage())
                }
                Err((error, usage)) => (Err(error), usage),
            },
        };
        let how = How::of_call(&result);
        Ok(begun.beside.end(&how, result, usage).await)
    }

    /// Makes a guest that stays, to be called several times. See [`Instance`].
    ///
    /// # Errors
    ///
    /// The run did not begin, or a start function ended it.
    pub async fn instantiate(&self, options: RunOptions) -> Result<Instance, InstantiateError> {
        let prepared = self.prepare(options)?;
        let begun = Begun::new(self, prepared).await?;
        match self.0.program.instantiate(begun.guest).await {
            Ok(live) => Ok(Instance::new(live, begun.beside)),
            Err((error, usage)) => {
                let result = Err(error);
                let how = How::of_call::<()>(&result);
                let outcome = begun.beside.end(&how, result, usage).await;
                Err(InstantiateError::Ended(Box::new(outcome)))
            }
        }
    }

    fn prepare(&self, options: RunOptions) -> Result<Prepared, Refused> {
        let host = &self.0.host;
        if options.grants().host != host.id {
            return Err(Refused::ForeignGrants);
        }
        let policy = options.grants().policy();
        if policy.limits().fuel.is_some() && !self.0.program.counts_fuel() {
            return Err(Refused::NoFuel);
        }
        self.check(&options.grants().policy)?;
        options.prepare(host.resolver.clone(), host.http.clone())
    }
}

impl Component {
    /// Refuses what the policy denies and could not be denied later. The same answer for the same policy, so that the last
    /// one that was let pass is not asked again.
    fn check(&self, policy: &Arc<Effective>) -> Result<(), Refused> {
        let mut passed = self.0.passed.lock().unwrap_or_else(PoisonError::into_inner);
        // While the weak reference is there, no other policy can have its address.
        if std::ptr::eq(passed.as_ptr(), Arc::as_ptr(policy)) {
            return Ok(());
        }
        check(&self.0.requests, policy)?;
        *passed = Arc::downgrade(policy);
        Ok(())
    }
}

/// Why there is no instance.
#[derive(Debug, thiserror::Error)]
pub enum InstantiateError {
    /// The run did not begin.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// It began, and ended while it was instantiated.
    #[error("the guest ended while it was instantiated: {}", why(.0))]
    Ended(Box<Outcome<(), CallError>>),
}

fn why(outcome: &Outcome<(), CallError>) -> String {
    match &outcome.result {
        Ok(()) => "by itself".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// A run whose first record is written.
struct Begun {
    guest: tollgate_bridge::Guest,
    beside: Beside,
}

impl Begun {
    async fn new(component: &Component, mut prepared: Prepared) -> Result<Self, Refused> {
        let host = &component.0.host;
        let policy = prepared.policy.clone();
        let place = std::mem::take(&mut prepared.place);
        let (run, audit) = host.audit(&component.0.digest, place, &policy.ask(Effective::limits));
        let control = prepared.control.clone();
        let own = prepared.decider.take().map(|deciding| deciding.0);
        let decider = own.or_else(|| host.decider.clone());
        let gate = Gate::controlled(policy, audit, decider, control);
        let (name, program) = (prepared.name.clone(), prepared.program.clone());
        let recorded = Recorded::begin(gate.clone(), name, program, host.flushed)
            .await
            .map_err(Refused::Unrecorded)?;
        let (guest, kept) = prepared.guest(gate.clone());
        Ok(Self {
            guest,
            beside: Beside {
                run,
                recorded,
                gate,
                kept,
            },
        })
    }
}
