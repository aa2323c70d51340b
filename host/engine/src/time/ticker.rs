//! The epoch ticker: gives the host its turn while a guest computes.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a guest may compute before it yields, in milliseconds, and so how late a deadline can be noticed. Where many
/// guests share the threads, each has its turn only once all others had theirs, so that turns are shorter then.
pub(crate) const TICK_MS: u64 = 10;
/// The shortest turn.
const SHORTEST_MS: u64 = 1;

/// The turn of each of so many guests.
fn tick(running: usize) -> Duration {
    let share = TICK_MS / u64::try_from(running).unwrap_or(u64::MAX).max(1);
    Duration::from_millis(share.max(SHORTEST_MS))
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    running: usize,
    /// Whether the thread waits to be woken. Waking one that does not is a system call for nothing, in each run.
    asleep: bool,
    closed: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is plain values that no panic can leave half written.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One thread for one engine, asleep while nothing runs.
pub(crate) struct Ticker(Arc<Shared>);

/// Keeps the ticker ticking while it lives.
pub(crate) struct Ticking(Arc<Shared>);

/// A way to the ticker that does not keep it alive: a guest that outlives its engine's ticker has no engine either.
#[derive(Clone)]
pub(crate) struct TickerHandle(Arc<Shared>);

impl TickerHandle {
    pub(crate) fn run(&self) -> Ticking {
        let mut state = self.0.lock();
        state.running += 1;
        let asleep = std::mem::take(&mut state.asleep);
        drop(state);
        if asleep {
            self.0.changed.notify_one();
        }
        Ticking(Arc::clone(&self.0))
    }
}

impl Ticker {
    pub(crate) fn start(engine: &wasmtime::Engine) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let weak = engine.weak();
        let theirs = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("tollgate-epoch".to_owned())
            .spawn(move || {
                loop {
                    let mut state = theirs.lock();
                    while state.running == 0 && !state.closed {
                        state.asleep = true;
                        state = theirs
                            .changed
                            .wait(state)
                            .unwrap_or_else(PoisonError::into_inner);
                    }
                    if state.closed {
                        return;
                    }
                    let turn = tick(state.running);
                    drop(state);
                    std::thread::sleep(turn);
                    let Some(engine) = weak.upgrade() else { return };
                    engine.increment_epoch();
                }
            })?;
        Ok(Self(shared))
    }

    pub(crate) fn handle(&self) -> TickerHandle {
        TickerHandle(Arc::clone(&self.0))
    }
}

impl Drop for Ticking {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.running = state.running.saturating_sub(1);
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.changed.notify_one();
    }
}
