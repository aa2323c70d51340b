//! Halting a run from outside, letting it go on, and ending it at once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use wasmtime::EngineWeak;

/// A handle on one run, for whoever gave it to the run: it halts the run, lets it go on, and ends it. Clones are the same
/// handle. It may be used before the run begins, and does nothing once it is over.
///
/// While a run is paused its guest computes nothing and none of its host calls goes on: what a call has going on outside of
/// it (a name that is looked up, bytes that a socket receives) comes to its end there, and is taken up afterwards. That time
/// counts neither as wall nor as processor time; limits that are counted on their own, as an HTTP request's, go on. Pausing
/// is not recorded: it uses nothing.
#[derive(Clone, Default)]
pub struct Control(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    paused_at: Option<Instant>,
    /// All pauses that are over.
    paused_for: Duration,
    killed: Option<&'static str>,
    waker: Option<Waker>,
    /// Whether the guest is running at this moment, on some thread.
    running: bool,
    engine: Option<EngineWeak>,
}

/// What a run does with its turn.
pub(super) enum Turn {
    Go,
    Wait,
    End(&'static str),
}

impl std::fmt::Debug for Control {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = self.lock();
        f.debug_struct("Control")
            .field("paused", &state.paused_at.is_some())
            .field("killed", &state.killed)
            .finish_non_exhaustive()
    }
}

impl Control {
    /// A handle on a run that is to begin.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Halts the run: a guest that computes stops within moments. A second time it does nothing.
    pub fn pause(&self) {
        self.change(|state| {
            state.paused_at.get_or_insert_with(Instant::now);
        });
    }

    /// Lets the run go on.
    pub fn resume(&self) {
        self.change(|state| {
            if let Some(since) = state.paused_at.take() {
                state.paused_for = state.paused_for.saturating_add(since.elapsed());
            }
        });
    }

    /// Whether the run is to wait.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.lock().paused_at.is_some()
    }

    /// Ends the run, paused or not, as [`RunError::Killed`](crate::RunError::Killed). `signal` is what that and the log call
    /// it, for example `SIGKILL`. The first call counts. A run whose guest has just ended by itself stays as it ended.
    pub fn kill(&self, signal: &'static str) {
        self.change(|state| {
            state.killed.get_or_insert(signal);
        });
    }

    /// What it was killed with, if it was.
    #[must_use]
    pub fn killed(&self) -> Option<&'static str> {
        self.lock().killed
    }

    /// Waits while it is paused, or while it is not, for what is no run and has the handle all the same: a server that runs
    /// its guest for each request. Only the last one who waits is woken.
    ///
    /// # Errors
    ///
    /// What it was killed with.
    pub async fn wait_while(&self, paused: bool) -> Result<(), &'static str> {
        std::future::poll_fn(|context| {
            let mut state = self.lock();
            if let Some(signal) = state.killed {
                return Poll::Ready(Err(signal));
            }
            if state.paused_at.is_some() != paused {
                return Poll::Ready(Ok(()));
            }
            state.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is plain values that no panic can leave half written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the run look at what has changed.
    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        change(&mut state);
        let waker = state.waker.take();
        let engine = state.running.then(|| state.engine.clone()).flatten();
        drop(state);
        // A guest looks up when the epoch changes. All guests of the engine then end their turn early, once.
        if let Some(engine) = engine.and_then(|engine| engine.upgrade()) {
            engine.increment_epoch();
        }
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Says whose epochs the run looks at.
    pub(crate) fn attach(&self, engine: EngineWeak) {
        self.lock().engine = Some(engine);
    }

    /// What the run is to do now. If it goes, it runs until [`Control::ran`].
    pub(super) fn turn(&self, context: &Context<'_>) -> Turn {
        let mut state = self.lock();
        if let Some(signal) = state.killed {
            return Turn::End(signal);
        }
        match &mut state.waker {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        if state.paused_at.is_some() {
            return Turn::Wait;
        }
        state.running = true;
        Turn::Go
    }

    /// The turn is over; gives what the run was killed with meanwhile.
    pub(super) fn ran(&self) -> Option<&'static str> {
        let mut state = self.lock();
        state.running = false;
        state.killed
    }

    /// How long all pauses took so far.
    pub(super) fn paused_for(&self) -> Duration {
        let state = self.lock();
        let now = state.paused_at.map(|since| since.elapsed());
        state.paused_for.saturating_add(now.unwrap_or_default())
    }
}
