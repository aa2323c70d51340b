//! A guest that stays: instantiated once, called several times, and never again after it went wrong.

use std::pin::pin;
use std::time::Duration;

use wasmtime::Store;
use wasmtime::component::{Component, ComponentNamedList, Func, Instance, Lift, Lower, Val};

use crate::Gate;
use crate::component::Loaded;
use crate::engine::Engine;
use crate::invoke::{self, Export, Invocation, InvokeError};
use crate::profile::Profile;
use crate::run::{Ended, GuestState, Phase, RunError, by_the_host, describe, ended_early};
use crate::time::{Taken, TickerHandle, timed};
use crate::usage::Usage;

/// A guest between calls.
///
/// The limits of wall time, processor time and fuel hold for each call by itself (and for the instantiation), so that a
/// guest may be idle for as long as somebody keeps it. All others hold for its whole life.
///
/// After a call that did not end well there is nothing to be called any more: whoever holds a `Live` drops it then, and
/// also when the future of a call was dropped halfway.
pub struct Live<T: GuestState> {
    store: Store<T>,
    instance: Instance,
    component: Component,
    gate: Gate,
    ticker: TickerHandle,
    counts_fuel: bool,
    wall: Duration,
    cpu: Duration,
    fuel: u64,
    /// Goes after the store: it is declared after it.
    held: Option<Box<dyn Send + Sync>>,
}

impl<T: GuestState> std::fmt::Debug for Live<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Live").finish_non_exhaustive()
    }
}

/// Why a call gave no value.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The guest asked to end, with this code.
    #[error("the guest ended itself with code {0}")]
    Exited(u8),
    /// The call did not end by itself, or there was nothing to call.
    #[error(transparent)]
    Run(#[from] RunError),
}

impl From<InvokeError> for CallError {
    fn from(error: InvokeError) -> Self {
        Self::Run(error.into())
    }
}

impl<P: Profile> Engine<P> {
    /// Instantiates `loaded` in a store of its own, for calls to come. Dropping the future cancels it.
    ///
    /// # Errors
    ///
    /// The guest needs too much, or went wrong in a start function; with what it used until then.
    pub async fn instantiate<T: GuestState>(
        &self,
        loaded: &Loaded<T, P>,
        state: T,
    ) -> Result<Live<T>, (CallError, Usage)> {
        let gate = state.gate().clone();
        let mut store = match self.store(state, &gate).await {
            Ok(store) => store,
            Err(error) => return Err((error.into(), Usage::default())),
        };
        let _ticking = self.ticking();
        // Pinned here, since each hand that it would pass through copies the whole of it.
        let (result, Taken { wall, cpu }) = {
            let work = pin!(async {
                match loaded.pre().instantiate_async(&mut store).await {
                    Ok(instance) => Ok(instance),
                    Err(error) => Err(early(&mut store, error, Phase::Instantiating).await),
                }
            });
            bounded(&gate, work).await
        };
        let fuel = fuel_used(&store, &gate, P::FUEL);
        match result {
            Ok(instance) => Ok(Live {
                store,
                instance,
                component: loaded.component().clone(),
                gate,
                ticker: self.ticker(),
                counts_fuel: P::FUEL,
                wall,
                cpu,
                fuel,
                held: None,
            }),
            Err(error) => {
                let usage = usage(&mut store, &gate, wall, cpu, P::FUEL.then_some(fuel));
                Err((error, usage))
            }
        }
    }
}

impl<T: GuestState> Live<T> {
    /// Calls the function that `name` says as WIT has it, `ns:pkg/iface@1.0.0#f`, `iface#f` or `f`, with typed
    /// arguments and results.
    ///
    /// # Errors
    ///
    /// There is no such function, or it has other types: then nothing was called, and the guest can still be. All
    /// other errors end it.
    pub async fn call<A, R>(&mut self, name: &str, arguments: A) -> Result<R, CallError>
    where
        A: ComponentNamedList + Lower + Send + Sync + 'static,
        R: ComponentNamedList + Lift + Send + Sync + 'static,
    {
        let in_full = invoke::named_in_full(&self.component, name)
            .and_then(|export| self.instance.get_func(&mut self.store, export));
        let callee = match in_full {
            Some(callee) => callee,
            None => self.function(&invoke::named(&self.component, name)?)?,
        };
        let callee = callee.typed::<A, R>(&self.store).map_err(|error| {
            let name = name.to_owned();
            let message = format!("{error:#}");
            InvokeError::Arguments { name, message }
        })?;
        self.bounded(async move |store| callee.call_async(store, arguments).await)
            .await
    }

    /// Calls a function with arguments in WAVE, and gives its results in WAVE.
    ///
    /// # Errors
    ///
    /// As [`Live::call`].
    pub async fn invoke(&mut self, invocation: &Invocation) -> Result<Vec<String>, CallError> {
        let found = invocation.resolve(&self.component)?;
        let callee = self.function(&found.export)?;
        self.bounded(async move |store| {
            let mut values = vec![Val::Bool(false); found.results];
            callee
                .call_async(store, &found.arguments, &mut values)
                .await?;
            values.iter().map(Val::to_wave).collect()
        })
        .await
    }

    /// Calls a function with values whose types are known only now, and gives its result, if it has one.
    ///
    /// # Errors
    ///
    /// As [`Live::call`]: values of other types end the guest.
    pub async fn call_values(
        &mut self,
        export: &Export,
        arguments: &[Val],
    ) -> Result<Option<Val>, CallError> {
        let unknown = || InvokeError::Unknown {
            name: export.full(),
            available: Vec::new(),
        };
        let index = export.index(&self.component).ok_or_else(unknown)?;
        let callee = self.function(&index)?;
        let results = export.ty().results().len();
        self.bounded(async move |store| {
            let mut values = vec![Val::Bool(false); results];
            callee.call_async(store, arguments, &mut values).await?;
            Ok(values.pop())
        })
        .await
    }

    /// What the guest used since it was instantiated. Wall time is that of its calls.
    pub fn usage(&mut self) -> Usage {
        let fuel = self.counts_fuel.then_some(self.fuel);
        usage(&mut self.store, &self.gate, self.wall, self.cpu, fuel)
    }

    /// Holds something for as long as the guest lives: its place among others, for one.
    #[must_use]
    pub fn holding(mut self, held: impl Send + Sync + 'static) -> Self {
        self.held = Some(Box::new(held));
        self
    }

    /// The guest's state.
    pub fn state(&self) -> &T {
        self.store.data()
    }

    fn function(
        &mut self,
        export: &wasmtime::component::ComponentExportIndex,
    ) -> Result<Func, CallError> {
        self.instance
            .get_func(&mut self.store, export)
            .ok_or_else(|| CallError::Run(RunError::Trap("the export vanished".to_owned())))
    }

    async fn bounded<R>(
        &mut self,
        work: impl AsyncFnOnce(&mut Store<T>) -> wasmtime::Result<R>,
    ) -> Result<R, CallError> {
        let _ticking = self.ticker.run();
        if self.counts_fuel {
            let fuel = self.gate.limits().fuel.unwrap_or(u64::MAX);
            self.store
                .set_fuel(fuel)
                .map_err(|error| RunError::Trap(describe(&error)))?;
        }
        let (result, taken) = {
            let store = &mut self.store;
            let called = pin!(async {
                match work(store).await {
                    Ok(value) => Ok(value),
                    Err(error) => Err(early(store, error, Phase::Running).await),
                }
            });
            bounded(&self.gate, called).await
        };
        self.wall = self.wall.saturating_add(taken.wall);
        self.cpu = self.cpu.saturating_add(taken.cpu);
        let fuel = fuel_used(&self.store, &self.gate, self.counts_fuel);
        self.fuel = self.fuel.saturating_add(fuel);
        result
    }
}

/// Drives one call within its limits of time.
async fn bounded<R>(
    gate: &Gate,
    work: impl Future<Output = Result<R, CallError>>,
) -> (Result<R, CallError>, Taken) {
    let (result, taken) = timed(gate, work).await;
    let result = match result {
        Ok(result) => result,
        Err(stop) => Err(ended(by_the_host(gate, stop).await)),
    };
    (result, taken)
}

async fn early<T: GuestState>(
    store: &mut Store<T>,
    error: wasmtime::Error,
    phase: Phase,
) -> CallError {
    ended(ended_early(store, error, phase).await)
}

/// Where a value was wanted, even a good end is none.
fn ended(ended: Result<Ended, RunError>) -> CallError {
    match ended {
        Ok(Ended::Exit(code)) => CallError::Exited(code),
        Ok(Ended::Returned(_)) => CallError::Exited(0),
        Err(error) => CallError::Run(error),
    }
}

fn fuel_used<T: GuestState>(store: &Store<T>, gate: &Gate, is_counted: bool) -> u64 {
    // Asking a store that counts none makes an error.
    let left = is_counted.then(|| store.get_fuel().ok()).flatten();
    let used = left.zip(gate.limits().fuel);
    used.map_or(0, |(left, given)| given.saturating_sub(left))
}

fn usage<T: GuestState>(
    store: &mut Store<T>,
    gate: &Gate,
    wall: Duration,
    cpu: Duration,
    fuel: Option<u64>,
) -> Usage {
    Usage {
        wall,
        cpu,
        memory: store.data_mut().limiter().peak(),
        fuel,
        ..Usage::of_gate(gate)
    }
}
