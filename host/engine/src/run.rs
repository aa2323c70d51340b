//! One run: instantiate, call, and say how it ended.

use tollgate_policy::LimitKey;
use wasmtime::component::{Func, Instance, ResourceTableError, Val};
use wasmtime::{Store, UpdateDeadline};

use crate::component::Loaded;
use crate::engine::Engine;
use crate::invoke::{Invocation, InvokeError};
use crate::profile::Profile;
use crate::time::{Taken, timed};
use crate::usage::Usage;
use crate::{Gate, Limiter, Stop};

/// The most bytes of what is said about a trap; a trace of twenty functions with usual names takes half of it.
const MAX_TRAP_BYTES: usize = 8 << 10;

/// What a store must hold so that a run can be driven.
pub trait GuestState: Send + 'static {
    /// The run's gate.
    fn gate(&self) -> &Gate;
    /// The run's memory limiter.
    fn limiter(&mut self) -> &mut Limiter;
    /// The limit that an error of a host function stands for, where the function is not ours and has an error of its own
    /// for that.
    fn limit_behind(_error: &wasmtime::Error) -> Option<LimitKey> {
        None
    }
}

/// What to call.
#[derive(Debug, Clone)]
pub enum Entry {
    /// `wasi:cli/run`.
    Command,
    /// An exported function with arguments.
    Invoke(Invocation),
}

/// How a run ended.
#[derive(Debug)]
pub enum Ended {
    /// The command returned, or asked to exit with a code.
    Exit(u8),
    /// The invoked function returned these values, in WAVE.
    Returned(Vec<String>),
}

/// Why a run did not end by itself.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// There is no such export, or it takes something else. Nothing ran.
    #[error(transparent)]
    Invoke(#[from] InvokeError),
    /// Refused while being instantiated, before its first instruction: over the memory limit from the start.
    #[error("the component needs more than the {0} limit from the start")]
    TooLarge(LimitKey),
    /// The engine has no room for another guest now.
    #[error("the engine has no room for another guest: {0}")]
    Full(String),
    /// The guest trapped.
    #[error("the guest trapped: {0}")]
    Trap(String),
    /// A limit ended the run.
    #[error("the {0} limit ended the run")]
    Limit(LimitKey),
    /// Whoever runs it ended it with this signal.
    #[error("the host killed the run with {0}")]
    Killed(&'static str),
    /// The audit log failed.
    #[error("audit-failed: {0}")]
    AuditFailed(String),
}

impl<P: Profile> Engine<P> {
    /// Runs `loaded` in a store of its own, until it ends or a limit ends it. Dropping the future cancels the run.
    ///
    /// # Errors
    ///
    /// The run did not end by itself.
    pub async fn run<T: GuestState>(
        &self,
        loaded: &Loaded<T, P>,
        state: T,
        entry: &Entry,
    ) -> (Result<Ended, RunError>, Usage) {
        let _ticking = self.ticking();
        let gate = state.gate().clone();
        let limits = *gate.limits();
        let mut store = match self.store(state, &gate).await {
            Ok(store) => store,
            Err(error) => return (Err(error), Usage::default()),
        };
        let (result, Taken { wall, cpu }) = timed(&gate, drive(&mut store, loaded, entry)).await;
        let result = match result {
            Ok(result) => result,
            Err(stop) => by_the_host(&gate, stop).await,
        };
        // Asking a store that counts none makes an error.
        let left = P::FUEL.then(|| store.get_fuel().ok()).flatten();
        let fuel = left.zip(limits.fuel);
        let usage = Usage {
            wall,
            cpu,
            memory: store.data_mut().limiter().peak(),
            fuel: fuel.map(|(left, given)| given.saturating_sub(left)),
            ..Usage::of_gate(&gate)
        };
        // With the store goes all that the guest had going on, and what that was is in the log before the run ends.
        drop(store);
        gate.settled().await;
        (result, usage)
    }

    pub(crate) async fn store<T: GuestState>(
        &self,
        mut state: T,
        gate: &Gate,
    ) -> Result<Store<T>, RunError> {
        if !state.limiter().charge_stack(P::WASM_STACK) {
            return Err(too_large(gate, LimitKey::Memory).await);
        }
        if let Some(control) = gate.control() {
            control.attach(self.wasmtime().weak());
        }
        let mut store = Store::new(self.wasmtime(), state);
        store.limiter_async(|state| state.limiter());
        let copied = gate.limits().host_call_bytes;
        store.set_hostcall_fuel(usize::try_from(copied).unwrap_or(usize::MAX));
        // Handles of a component's own resources are kept by the host too, over all of its instances.
        let handles = gate.limits().handles;
        store.set_max_component_handles(usize::try_from(handles).unwrap_or(usize::MAX));
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Yield(1)));
        if P::FUEL {
            store
                .set_fuel(gate.limits().fuel.unwrap_or(u64::MAX))
                .map_err(|error| RunError::Trap(describe(&error)))?;
        }
        if P::ASYNC {
            bound_what_the_guest_makes(&mut store, gate);
        }
        Ok(store)
    }
}

/// Streams, futures, tasks and waits are made by a guest without a host function in the way, and each costs the host
/// memory. Every one that lives has a handle of the guest's, so what stands behind them is bounded as handles are.
fn bound_what_the_guest_makes<T: GuestState>(store: &mut Store<T>, gate: &Gate) {
    // What one handle stands for takes as many entries at most: a stream has two ends and a state between them.
    const ENTRIES: usize = 4;
    // A run takes some for itself before the guest has made anything.
    const OWN: usize = 64;
    let handles = usize::try_from(gate.limits().handles).unwrap_or(usize::MAX);
    if let Some(table) = store.concurrent_resource_table() {
        table.set_max_capacity(handles.saturating_mul(ENTRIES).saturating_add(OWN));
    }
}

async fn drive<T: GuestState, P: Profile>(
    store: &mut Store<T>,
    loaded: &Loaded<T, P>,
    entry: &Entry,
) -> Result<Ended, RunError> {
    let prepared = Prepared::new(loaded, entry)?;
    let instance = match loaded.pre().instantiate_async(&mut *store).await {
        Ok(instance) => instance,
        Err(error) => return ended_early(store, error, Phase::Instantiating).await,
    };
    match prepared.call(store, &instance).await {
        Ok(ended) => Ok(ended),
        Err(error) => ended_early(store, error, Phase::Running).await,
    }
}

/// Everything about the call that can be wrong before the guest starts.
enum Prepared {
    Command(wasmtime::component::ComponentExportIndex),
    Invoke(wasmtime::component::ComponentExportIndex, Vec<Val>, usize),
}

impl Prepared {
    fn new<T: GuestState, P: Profile>(
        loaded: &Loaded<T, P>,
        entry: &Entry,
    ) -> Result<Self, RunError> {
        Ok(match entry {
            Entry::Command => Self::Command(crate::invoke::command(loaded.component(), P::ASYNC)?),
            Entry::Invoke(invocation) => {
                let found = invocation.resolve(loaded.component())?;
                Self::Invoke(found.export, found.arguments, found.results)
            }
        })
    }

    async fn call<T: GuestState>(
        self,
        store: &mut Store<T>,
        instance: &Instance,
    ) -> wasmtime::Result<Ended> {
        match self {
            // `run` of 0.3 is asynchronous, and this call waits for it as it does for that of 0.2; a guest that waits
            // for what can never come traps.
            Self::Command(export) => {
                let run = function(store, instance, &export)?;
                let run = run.typed::<(), (Result<(), ()>,)>(&*store)?;
                let (result,) = run.call_async(store, ()).await?;
                Ok(Ended::Exit(u8::from(result.is_err())))
            }
            Self::Invoke(export, arguments, results) => {
                let callee = function(store, instance, &export)?;
                let mut values = vec![Val::Bool(false); results];
                callee
                    .call_async(&mut *store, &arguments, &mut values)
                    .await?;
                values
                    .iter()
                    .map(Val::to_wave)
                    .collect::<wasmtime::Result<_>>()
                    .map(Ended::Returned)
            }
        }
    }
}

fn function<T: GuestState>(
    store: &mut Store<T>,
    instance: &Instance,
    export: &wasmtime::component::ComponentExportIndex,
) -> wasmtime::Result<Func> {
    instance.get_func(store, export).ok_or_else(|| {
        wasmtime::format_err!("the export vanished between looking it up and calling it")
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Instantiating,
    Running,
}

pub(crate) async fn ended_early<T: GuestState>(
    store: &mut Store<T>,
    error: wasmtime::Error,
    phase: Phase,
) -> Result<Ended, RunError> {
    let gate = store.data().gate().clone();
    if let Some(stop) = error.downcast_ref::<Stop>() {
        return by_the_host(&gate, stop.clone()).await;
    }
    // wasmtime's own host functions make handles too.
    if let Some(ResourceTableError::Full) = error.downcast_ref::<ResourceTableError>() {
        return by_the_host(&gate, Stop::Limit(LimitKey::Handles)).await;
    }
    if let Some(limit) = T::limit_behind(&error) {
        return by_the_host(&gate, Stop::Limit(limit)).await;
    }
    if let Some(wasmtime::Trap::OutOfFuel) = error.downcast_ref::<wasmtime::Trap>() {
        return by_the_host(&gate, Stop::Limit(LimitKey::Fuel)).await;
    }
    if let Some(full) = error.downcast_ref::<wasmtime::PoolConcurrencyLimitError>() {
        return Err(RunError::Full(full.to_string()));
    }
    if let Some(limit) = untyped(&error) {
        return by_the_host(&gate, Stop::Limit(limit)).await;
    }
    let reached = store.data_mut().limiter().reached();
    let trapped = error.downcast_ref::<wasmtime::Trap>().is_some();
    // wasmtime has no public type for this one; a test holds the text.
    let text = error.root_cause().to_string();
    if phase == Phase::Instantiating && text.contains("resource limit exceeded") {
        return Err(too_large(&gate, LimitKey::Instances).await);
    }
    Err(match (reached, phase, trapped) {
        (Some(limit), Phase::Instantiating, false) => RunError::TooLarge(limit),
        (Some(limit), _, _) => return by_limit(&gate, limit).await,
        (None, _, _) => RunError::Trap(describe(&error)),
    })
}

/// What ends a run before its first instruction, and is recorded as the limit that it is.
async fn too_large(gate: &Gate, limit: LimitKey) -> RunError {
    match by_the_host(gate, Stop::Limit(limit)).await {
        Err(RunError::Limit(_)) | Ok(_) => RunError::TooLarge(limit),
        Err(other) => other,
    }
}

/// Limits of ours that wasmtime keeps and has no public type for. Tests hold the texts, which hold nothing of a guest's.
fn untyped(error: &wasmtime::Error) -> Option<LimitKey> {
    match error.root_cause().to_string().as_str() {
        "cannot allocate another handle: store handle limit exceeded"
        | "cannot lend resource: store handle limit exceeded" => Some(LimitKey::Handles),
        "too much data is being copied between the host and the guest: fuel allocated for hostcalls has been exhausted" => {
            Some(LimitKey::HostCallBytes)
        }
        _ => None,
    }
}

/// How a run ended that the host ended; a limit is recorded here, wherever it was reached.
pub(crate) async fn by_the_host(gate: &Gate, stop: Stop) -> Result<Ended, RunError> {
    match stop {
        Stop::Exit(code) => Ok(Ended::Exit(code)),
        // Nothing more goes into a log that is used up, and it says so itself.
        Stop::Limit(LimitKey::Audit) => Err(RunError::Limit(LimitKey::Audit)),
        Stop::Limit(limit) => match gate.limit_reached(limit).await {
            Ok(()) | Err(Stop::Exit(_) | Stop::Limit(_) | Stop::Killed(_)) => {
                by_limit(gate, limit).await
            }
            Err(Stop::AuditFailed(why)) => Err(RunError::AuditFailed(why)),
        },
        Stop::Killed(signal) => Err(RunError::Killed(signal)),
        Stop::AuditFailed(why) => Err(RunError::AuditFailed(why)),
    }
}

/// How a run ended that a recorded limit has ended: with the record of where its program was.
async fn by_limit(gate: &Gate, limit: LimitKey) -> Result<Ended, RunError> {
    match gate.failed_by_limit().await {
        Ok(()) | Err(Stop::Exit(_) | Stop::Limit(_) | Stop::Killed(_)) => {
            Err(RunError::Limit(limit))
        }
        Err(Stop::AuditFailed(why)) => Err(RunError::AuditFailed(why)),
    }
}

/// What went wrong, and below it the guest's own frames: names and offsets of its code, no host path.
pub(crate) fn describe(error: &wasmtime::Error) -> String {
    let cause = match error.downcast_ref::<wasmtime::Trap>() {
        Some(trap) => trap.to_string(),
        None => error.root_cause().to_string(),
    };
    match error.downcast_ref::<wasmtime::WasmBacktrace>() {
        Some(frames) => within(format!("{cause}\n{frames}")),
        None => within(cause),
    }
}

/// The beginning of a text that holds names of a guest's making, each of up to a hundred kilobytes.
fn within(mut text: String) -> String {
    if text.len() > MAX_TRAP_BYTES {
        text.truncate(text.floor_char_boundary(MAX_TRAP_BYTES));
        text.push_str(" […]");
    }
    text
}
