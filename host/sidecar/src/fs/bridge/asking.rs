//! How the client of a VM is asked, and how long and by how many it is waited for.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{Semaphore, watch};
use tollgate_protocol::types::{
    JsBridgeCallRequest, SidecarRequestPayload, SidecarResponsePayload,
};
use tollgate_vfs::{Clock, FsError, Timestamp};

use super::words;
use crate::calls::NoAnswer;
use crate::front::Events;

/// Waits of one VM at once.
pub(in crate::fs) const MOST_VM_WAITS: usize = 64;
/// Waits of one sidecar at once: each keeps a thread.
pub(in crate::fs) const MOST_WAITS: usize = 256;
/// Bytes of content in one question or answer. In the worst form, a list of numbers, it takes four times as much of a frame.
pub(in crate::fs) const TRANSFER_BYTES: usize = 1 << 20;

/// The waits of all VMs of a sidecar. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Waits(Arc<Semaphore>);

impl Default for Waits {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST_WAITS)))
    }
}

/// The end of whoever waits: a program, or a VM. Clones are the same.
#[derive(Clone, Debug)]
pub struct Leave(Arc<watch::Sender<bool>>);

impl Default for Leave {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Leave {
    /// Ends every wait, now and from now on.
    pub fn leave(&self) {
        self.0.send_replace(true);
    }

    /// Whether they are ended.
    pub(crate) fn is_left(&self) -> bool {
        *self.0.borrow()
    }

    async fn left(&self) {
        let mut told = self.0.subscribe();
        let _sender_is_held_here = told.wait_for(|left| *left).await;
    }
}

/// How the client of one VM is asked. Clones are the same.
#[derive(Clone)]
pub(crate) struct Bridge(Arc<Asking>);

struct Asking {
    events: Arc<Events>,
    /// The end of the VM.
    over: Leave,
    waits: Arc<Semaphore>,
    all_waits: Waits,
    clock: Clock,
    transfer_bytes: usize,
    listing_names: usize,
    mounts: AtomicU64,
}

/// What bounds the questions of a VM.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BridgeLimits {
    /// Bytes of one frame.
    pub(crate) frame_bytes: u32,
    /// Names of one listing.
    pub(crate) readdir_entries: u64,
}

impl Bridge {
    /// Asks for the VM of `scope`, until `over`.
    pub(crate) fn new(
        events: Arc<Events>,
        over: Leave,
        all_waits: Waits,
        clock: Clock,
        limits: BridgeLimits,
    ) -> Self {
        let frame = usize::try_from(limits.frame_bytes).unwrap_or(usize::MAX);
        Self(Arc::new(Asking {
            events,
            over,
            waits: Arc::new(Semaphore::new(MOST_VM_WAITS)),
            all_waits,
            clock,
            transfer_bytes: TRANSFER_BYTES.min(frame / 8).max(1),
            listing_names: usize::try_from(limits.readdir_entries).unwrap_or(usize::MAX),
            mounts: AtomicU64::new(0),
        }))
    }

    /// The time now.
    pub(super) fn now(&self) -> Timestamp {
        (self.0.clock)()
    }

    /// Bytes of content in one question or answer.
    pub(super) fn transfer_bytes(&self) -> usize {
        self.0.transfer_bytes
    }

    /// Names of one listing.
    pub(super) fn listing_names(&self) -> usize {
        self.0.listing_names
    }

    /// A number for a mount, that no other one of the VM has.
    pub(super) fn number(&self) -> u64 {
        self.0.mounts.fetch_add(1, Ordering::Relaxed)
    }

    /// Waits for what the client says, on this thread.
    pub(super) fn wait(
        &self,
        question: JsBridgeCallRequest,
        patience: Duration,
        leave: &Leave,
    ) -> Result<Option<String>, FsError> {
        let asking = &*self.0;
        let handle = Handle::try_current().map_err(|_no_runtime| FsError::Unsupported)?;
        if handle.runtime_flavor() == RuntimeFlavor::CurrentThread {
            // Nothing else could run on this thread, and the answer is read by something else.
            return Err(FsError::Unsupported);
        }
        let _own = asking
            .waits
            .try_acquire()
            .map_err(|_| FsError::WouldBlock)?;
        let _place = asking
            .all_waits
            .0
            .try_acquire()
            .map_err(|_| FsError::WouldBlock)?;
        let question = SidecarRequestPayload::JsBridgeCallRequest(question);
        // Attached to nobody, the VM has nobody who could answer.
        let front = asking.events.front().ok_or(FsError::Io)?;
        let answered = front.calls.ask(front.scope, question, patience);
        let waiting = async {
            tokio::select! {
                biased;
                () = leave.left() => Err(FsError::Interrupted),
                () = asking.over.left() => Err(FsError::Interrupted),
                answer = answered => answer.map_err(unanswered),
            }
        };
        match tokio::task::block_in_place(|| handle.block_on(waiting))? {
            SidecarResponsePayload::JsBridgeResultResponse(answer) => match answer.error {
                None => Ok(answer.result),
                Some(text) => Err(words::errno(&text)),
            },
            // What answers something else has been taken for no answer already.
            SidecarResponsePayload::HostCallbackResultResponse(_)
            | SidecarResponsePayload::ExtEnvelope(_) => Err(FsError::Io),
        }
    }
}

fn unanswered(why: NoAnswer) -> FsError {
    match why {
        NoAnswer::TimedOut(_) | NoAnswer::Gone | NoAnswer::Unfit => FsError::Io,
        NoAnswer::TooLarge => FsError::Invalid,
        NoAnswer::Full => FsError::WouldBlock,
    }
}

impl fmt::Debug for Bridge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bridge").finish_non_exhaustive()
    }
}
