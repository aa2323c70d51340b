//! How many sockets a run may have.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::NetError;

/// The most sockets of the host that one run has at a time. A run has more handles than most systems give a process
/// descriptors (1,024), and a guest that used them up would take the log's and every other guest's with them.
pub const MOST_SOCKETS: usize = 512;

/// Where a run's sockets come from. Cheap to clone: every clone is the same run's.
#[derive(Debug, Clone)]
pub struct Sockets(Arc<Semaphore>);

/// One socket's place among those of its run, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    _place: OwnedSemaphorePermit,
}

impl Sockets {
    /// A run's sockets: `most` of them, or [`MOST_SOCKETS`].
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self(Arc::new(Semaphore::new(most.min(MOST_SOCKETS))))
    }

    pub(super) fn place(&self) -> Result<Place, NetError> {
        let place = Arc::clone(&self.0)
            .try_acquire_owned()
            .map_err(|_| NetError::NewSocketLimit)?;
        Ok(Place { _place: place })
    }
}
