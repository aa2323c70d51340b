//! A guest that stays.

use tollgate_bridge::Guest;
use tollgate_engine::{CallError, Gate, Invocation, Live, Usage};
use wasmtime::component::{ComponentNamedList, Lift, Lower};

use crate::options::Kept;
use crate::outcome::Outcome;
use crate::recorded::{How, Recorded};
use crate::stopped::{Stopped, stopped};

/// A guest that was instantiated once and may be called any number of times, one call after the other.
///
/// Limits of wall time, processor time and fuel hold for each call by itself: an instance that waits for its next call
/// costs nothing and grows no older. Memory, handles, output and audit hold for its whole life; what it used in all of it
/// is [`Instance::usage`], for an embedder that wants to retire it.
///
/// After a trap, a limit, an exit, or a call whose future was dropped, the store is gone at once, and every further call
/// is refused with [`Stopped`]. An instance that is dropped without [`Instance::close`] is recorded as cancelled.
pub struct Instance {
    state: State,
    beside: Beside,
}

#[derive(Debug)]
enum State {
    Idle(Box<Live<Guest>>),
    Stopped(Stopped, Usage),
}

/// What a run has beside its guest.
pub(crate) struct Beside {
    pub(crate) run: String,
    pub(crate) recorded: Recorded,
    pub(crate) gate: Gate,
    pub(crate) kept: Kept,
}

impl Beside {
    /// Says in the log how it ended, and what it came to.
    pub(crate) async fn end<T, E>(
        self,
        how: &How,
        result: Result<T, E>,
        usage: Usage,
    ) -> Outcome<T, E> {
        Outcome {
            audit: self.recorded.end(how).await,
            run: self.run,
            result,
            usage,
            limits: *self.gate.limits(),
            seen_at: self.gate.seen(),
            stdout: self.kept.take_stdout(),
            stderr: self.kept.take_stderr(),
        }
    }
}

impl std::fmt::Debug for Instance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Instance")
            .field("run", &self.beside.run)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// What a function of a component takes: a tuple of types of the component model, for whoever passes them on.
pub trait Arguments: ComponentNamedList + Lower + Send + Sync + 'static {}

impl<T: ComponentNamedList + Lower + Send + Sync + 'static> Arguments for T {}

/// What a function of a component gives: a tuple of one type of the component model, or of none.
pub trait Results: ComponentNamedList + Lift + Send + Sync + 'static {}

impl<T: ComponentNamedList + Lift + Send + Sync + 'static> Results for T {}

/// Why a call of an instance gave no value.
#[derive(Debug, thiserror::Error)]
pub enum InstanceError {
    /// An earlier call ended the instance. Nothing was called.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// This one went wrong. Unless there was nothing to call ([`RunError::Invoke`](tollgate_engine::RunError::Invoke)), the instance is over.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// Says in the log that a call was dropped, and with it the guest, unless the call has ended.
struct Flight<'a> {
    recorded: &'a Recorded,
    landed: bool,
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        if !self.landed {
            self.recorded.cut();
        }
    }
}

impl Instance {
    pub(crate) fn new(live: Live<Guest>, beside: Beside) -> Self {
        Self {
            state: State::Idle(Box::new(live)),
            beside,
        }
    }

    /// The run's name in the log.
    #[must_use]
    pub fn run(&self) -> &str {
        &self.beside.run
    }

    /// Why it takes no further call, if it takes none.
    #[must_use]
    pub fn stopped(&self) -> Option<Stopped> {
        match &self.state {
            State::Idle(_) => None,
            State::Stopped(why, _) => Some(*why),
        }
    }

    /// What it used so far. Of a cancelled call nothing is known.
    pub fn usage(&mut self) -> Usage {
        match &mut self.state {
            State::Idle(live) => live.usage(),
            State::Stopped(_, usage) => *usage,
        }
    }

    /// Takes what it wrote to standard output since this was last asked, where that is captured.
    #[must_use]
    pub fn take_stdout(&self) -> Vec<u8> {
        self.beside.kept.take_stdout()
    }

    /// Takes what it wrote to standard error since this was last asked, where that is captured.
    #[must_use]
    pub fn take_stderr(&self) -> Vec<u8> {
        self.beside.kept.take_stderr()
    }

    /// Calls the exported function `name`, as `iface#f`, `ns:pkg/iface@1.0.0#f` or `f`, with typed arguments and
    /// results. Dropping the future ends the instance.
    ///
    /// # Errors
    ///
    /// The instance is over, or the call went wrong.
    pub async fn call<A, R>(&mut self, name: &str, arguments: A) -> Result<R, InstanceError>
    where
        A: ComponentNamedList + Lower + Send + Sync + 'static,
        R: ComponentNamedList + Lift + Send + Sync + 'static,
    {
        self.fly(async |live| live.call::<A, R>(name, arguments).await)
            .await
    }

    /// Calls an exported function with arguments and results in WAVE. Dropping the future ends the instance.
    ///
    /// # Errors
    ///
    /// As [`Instance::call`].
    pub async fn invoke(&mut self, invocation: &Invocation) -> Result<Vec<String>, InstanceError> {
        self.fly(async |live| live.invoke(invocation).await).await
    }

    /// Ends the instance, and says what it came to.
    pub async fn close(mut self) -> Outcome<(), Stopped> {
        let usage = self.usage();
        let (result, how) = match &self.state {
            State::Idle(_) => (Ok(()), How::closed()),
            State::Stopped(why, _) => (Err(*why), How::stopped(*why)),
        };
        // The guest's own handles are recorded as dropped before the run is said to be over.
        self.state = State::Stopped(Stopped::Cancelled, usage);
        self.beside.end(&how, result, usage).await
    }

    /// Takes the guest out for one call, so that dropping the call drops the guest.
    async fn fly<R>(
        &mut self,
        call: impl AsyncFnOnce(&mut Live<Guest>) -> Result<R, CallError>,
    ) -> Result<R, InstanceError> {
        if let State::Stopped(why, _) = &self.state {
            return Err((*why).into());
        }
        let used = self.usage();
        // Made before the guest is taken out, and so dropped after it: what the guest still had begun is recorded first.
        let mut flight = Flight {
            recorded: &self.beside.recorded,
            landed: false,
        };
        let idle = std::mem::replace(&mut self.state, State::Stopped(Stopped::Cancelled, used));
        let State::Idle(mut live) = idle else {
            return Err(Stopped::Cancelled.into());
        };
        let result = call(&mut live).await;
        flight.landed = true;
        drop(flight);
        let stopped = result.as_ref().err().and_then(stopped);
        let Some(why) = stopped else {
            self.state = State::Idle(live);
            return Ok(result?);
        };
        let usage = live.usage();
        drop(live);
        self.state = State::Stopped(why, usage);
        self.beside.recorded.end(&How::stopped(why)).await;
        Ok(result?)
    }
}
