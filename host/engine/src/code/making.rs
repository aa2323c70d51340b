//! Making code beside a run, on a thread that serves no guests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::Shared;
use super::maker::NoCode;
use super::pack::{Name, Pack};
use super::run::Asked;
use crate::cache::Key;
use crate::digest::Digest;
use crate::time::Stopwatch;

/// A text, and what its code is found by.
pub(super) struct Job {
    pub(super) name: Name,
    pub(super) asked: Asked,
}

/// Code that is being made for one run.
pub(super) struct Making {
    jobs: mpsc::UnboundedSender<Job>,
    /// Said, or dropped with this, what is not begun is left out; dropping is no reason.
    enough: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Making {
    /// Begins, unless as many as may be at a time are under way, or there is no runtime to begin in.
    pub(super) fn begin(
        shared: Arc<Shared>,
        place: (Key, Digest),
        before: Arc<Pack>,
        found: Arc<Mutex<BTreeSet<Name>>>,
    ) -> Option<Self> {
        let handle = Handle::try_current().ok()?;
        let turn = Arc::clone(&shared.turns).try_acquire_owned().ok()?;
        let (jobs, wanted) = mpsc::unbounded_channel();
        let (enough, is_enough) = oneshot::channel();
        let inner = handle.clone();
        let task = handle.spawn_blocking(move || {
            let _turn = turn;
            let watch = Stopwatch::start();
            let made = inner.block_on(all(&shared, wanted, is_enough));
            if made.is_empty() {
                return;
            }
            let used = found.lock().unwrap_or_else(PoisonError::into_inner);
            let pack = before.renewed(&used, &made);
            drop(used);
            shared.keep(&place, pack, watch.reading());
        });
        Some(Self { jobs, enough, task })
    }

    pub(super) fn add(&self, job: Job) {
        let _it_has_ended = self.jobs.send(job);
    }

    /// Waits for the end, and after `longest` for no further text.
    pub(super) async fn settle(self, longest: Duration) {
        let Self {
            jobs,
            enough,
            mut task,
        } = self;
        drop(jobs);
        if timeout(longest, &mut task).await.is_err() {
            let _it_has_ended = enough.send(());
            // What is made is written: as long again at most.
            let _made_again_by_the_next = timeout(longest, task).await;
        }
    }
}

/// What comes of all texts, until there are no more, or it is enough.
async fn all(
    shared: &Shared,
    mut wanted: mpsc::UnboundedReceiver<Job>,
    is_enough: oneshot::Receiver<()>,
) -> BTreeMap<Name, Vec<u8>> {
    let mut made = BTreeMap::new();
    let mut enough = std::pin::pin!(async {
        // A run that nobody settles goes away, and what it asked for is made all the same.
        if is_enough.await.is_err() {
            std::future::pending::<()>().await;
        }
    });
    while let Some(Job { name, asked }) = wanted.recv().await {
        let make = shared
            .maker
            .make(asked.form, &asked.name, asked.text.as_str());
        let code = tokio::select! {
            biased;
            () = &mut enough => break,
            code = make => code,
        };
        match code {
            Ok(code) => made.insert(name, code),
            // Empty: known not to compile.
            Err(NoCode::Never) => made.insert(name, Vec::new()),
            Err(NoCode::Now) => None,
        };
    }
    made
}
