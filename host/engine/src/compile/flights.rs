//! One compilation for everybody who asks for the same component at the same time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};

use super::outcome::{CompileError, Compiled};
use crate::digest::Digest;

/// Compilations of one engine at a time. Each may take the memory of its limit, and as many threads as it has.
pub(crate) const MOST_AT_ONCE: usize = 2;

type Flight = Arc<OnceCell<Result<Compiled, CompileError>>>;

/// The compilations under way.
pub(crate) struct Flights {
    turns: Semaphore,
    flights: Mutex<HashMap<Digest, Flight>>,
}

impl Default for Flights {
    fn default() -> Self {
        Self {
            turns: Semaphore::new(MOST_AT_ONCE),
            flights: Mutex::default(),
        }
    }
}

impl Flights {
    /// Waits until another compilation may begin.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
    }

    /// Runs `compile`, or waits for the one that runs for the same component. When the one who runs it goes away,
    /// another one who waits takes over.
    pub(super) async fn once<F>(
        &self,
        digest: Digest,
        compile: impl FnOnce() -> F,
    ) -> Result<Compiled, CompileError>
    where
        F: Future<Output = Result<Compiled, CompileError>>,
    {
        let joined = Joined {
            flights: self,
            digest,
            flight: Arc::clone(self.lock().entry(digest).or_default()),
        };
        joined.flight.get_or_init(compile).await.clone()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Digest, Flight>> {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who waits. The last one to leave takes the flight off the board: who comes later looks into the cache.
struct Joined<'a> {
    flights: &'a Flights,
    digest: Digest,
    flight: Flight,
}

impl Drop for Joined<'_> {
    fn drop(&mut self) {
        /// The one on the board, and this one.
        const LAST: usize = 2;
        let mut board = self.flights.lock();
        if Arc::strong_count(&self.flight) <= LAST {
            board.remove(&self.digest);
        }
    }
}
