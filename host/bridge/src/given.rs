//! What the operator gives to a run.

use std::any::Any;
use std::borrow::Cow;
use std::collections::TryReserveError;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::Semaphore;
use tollgate_capability::clock::Monotonic;
use tollgate_capability::http::{Client, MOST_REQUESTS};
use tollgate_capability::net::{Lookups, Resolver, Sockets, SystemResolver};
use tollgate_vfs::{DirHandle, Tree};

use crate::attached::Attached;
use crate::live::{PipeInput, QueuedOutput};
use crate::ports::Ports;
use crate::program::Program;
use crate::signals::Signals;

/// Where a guest's standard input comes from.
#[derive(Debug, Clone)]
pub enum Input {
    /// The process's own.
    Inherit,
    /// These bytes, then the end.
    Bytes(bytes::Bytes),
    /// What is written while the guest runs.
    Pipe(PipeInput),
}

/// Where a guest's standard output or error goes.
#[derive(Debug, Clone, Default)]
pub enum Output {
    /// The process's own.
    #[default]
    Inherit,
    /// Nowhere. It is metered and recorded all the same.
    Discard,
    /// Into memory.
    Capture(Captured),
    /// To whoever reads the queue while the guest runs; the guest waits while it is full.
    Queue(QueuedOutput),
}

/// What a guest has written so far, kept in memory. Clones are the same. It grows no larger than the run's limit of
/// output, which every chunk is charged to before it comes here.
#[derive(Debug, Clone, Default)]
pub struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    /// Takes out what has been written since it was last taken.
    #[must_use]
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.lock())
    }

    /// Appends; nothing is written where the machine has no memory for it.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<(), TryReserveError> {
        let mut kept = self.lock();
        kept.try_reserve(bytes.len())?;
        kept.extend_from_slice(bytes);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        // Bytes are appended whole or not at all, so a panic elsewhere leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the operator gave to a run, beside the policy that says what of it may be used.
pub(crate) struct Given {
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
    /// Its files; none for a guest that can open nothing.
    pub(crate) tree: Option<Tree>,
    /// The folder that the guest begins in.
    pub(crate) cwd: Cow<'static, str>,
    pub(crate) stdin: Input,
    pub(crate) stdout: Output,
    pub(crate) stderr: Output,
    /// What an embedder's own interfaces work on.
    pub(crate) state: Option<Arc<dyn Any + Send + Sync>>,
    /// What it has beside that, and what interfaces keep for it.
    pub(crate) attached: OnceLock<Attached>,
    /// What a language's runtime runs.
    pub(crate) program: Option<Arc<dyn Program>>,
    /// The network in which it may listen.
    pub(crate) ports: Option<Arc<dyn Ports>>,
    /// By which it is sent signals.
    pub(crate) signals: Option<Signals>,
    pub(crate) clock: Monotonic,
    /// Made when it is first asked, where the operator gave none: most runs look nothing up.
    pub(crate) resolver: OnceLock<Arc<dyn Resolver>>,
    /// The places of its sockets: [`View::sockets`](crate::view::View::sockets).
    pub(crate) sockets: OnceLock<Sockets>,
    pub(crate) http: Client,
    /// A place for each HTTP request that is on its way; made for the first.
    pub(crate) http_requests: OnceLock<Arc<Semaphore>>,
}

impl Default for Given {
    fn default() -> Self {
        Self {
            arguments: Vec::new(),
            environment: Vec::new(),
            tree: None,
            cwd: Cow::Borrowed("/"),
            stdin: Input::Bytes(bytes::Bytes::new()),
            stdout: Output::Inherit,
            stderr: Output::Inherit,
            state: None,
            attached: OnceLock::new(),
            program: None,
            ports: None,
            signals: None,
            clock: Monotonic::start(),
            resolver: OnceLock::new(),
            sockets: OnceLock::new(),
            http: Client::default(),
            http_requests: OnceLock::new(),
        }
    }
}

impl Given {
    /// What the guest's descriptors are when it begins, and their names.
    pub(crate) fn preopens(&self) -> Vec<(String, DirHandle)> {
        self.tree.as_ref().map(Tree::preopens).unwrap_or_default()
    }

    pub(crate) fn attached(&self) -> &Attached {
        self.attached.get_or_init(Attached::default)
    }

    pub(crate) fn resolver(&self) -> Arc<dyn Resolver> {
        let system = || Arc::new(SystemResolver::default()) as Arc<dyn Resolver>;
        Arc::clone(self.resolver.get_or_init(system))
    }

    pub(crate) fn http_requests(&self) -> Arc<Semaphore> {
        let places = || Arc::new(Semaphore::new(MOST_REQUESTS));
        Arc::clone(self.http_requests.get_or_init(places))
    }
}

/// What a run learnt of the network, and of its guest.
#[derive(Default)]
pub(crate) struct Learnt {
    pub(crate) lookups: Lookups,
    /// Whether the guest has said where its program failed.
    pub(crate) has_failed: bool,
}
