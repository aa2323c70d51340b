//! Making code beside a run, on a thread that serves no guests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::asked::Asked;
use super::bounds::{LONGEST_IDLE_MS, LONGEST_MS};
use super::maker::NoCode;
use super::pack::Name;
use super::shared::Shared;
use crate::cache::Key;
use crate::digest::Digest;
use crate::time::Stopwatch;

/// A text, and what its code is found by.
pub(super) struct Job {
    pub(super) name: Name,
    pub(super) asked: Asked,
}

/// What a run's code is made with, whether at once or bit by bit.
#[derive(Clone)]
pub(super) struct Work {
    pub(super) key: Key,
    pub(super) source: Digest,
    /// What the run found.
    pub(super) found: Arc<Mutex<BTreeSet<Name>>>,
    /// How long it may compile in all.
    pub(super) left: Arc<Mutex<Duration>>,
}

impl Work {
    pub(super) fn new(key: Key, source: Digest, found: Arc<Mutex<BTreeSet<Name>>>) -> Self {
        let left = Arc::new(Mutex::new(Duration::from_millis(LONGEST_MS)));
        Self {
            key,
            source,
            found,
            left,
        }
    }
}

/// Code that is being made for one run. It ends once nothing was added for a while: a run that stays keeps no thread.
pub(super) struct Making {
    jobs: mpsc::Sender<Job>,
    enough: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Making {
    /// Begins, unless as many as may be at a time are under way, or there is no runtime to begin in.
    pub(super) fn begin(shared: &Arc<Shared>, work: &Work) -> Option<Self> {
        let handle = Handle::try_current().ok()?;
        let turn = Arc::clone(&shared.turns).try_acquire_owned().ok()?;
        let (jobs, wanted) = mpsc::channel();
        let enough = Arc::new(AtomicBool::new(false));
        let (shared, work, is_enough) = (Arc::clone(shared), work.clone(), Arc::clone(&enough));
        let inner = handle.clone();
        let task = handle.spawn_blocking(move || {
            let _turn = turn;
            let watch = Stopwatch::start();
            let made = all(&shared, &work, &wanted, &is_enough, &inner);
            // Nothing can be added to what is being written.
            drop(wanted);
            if !made.is_empty() {
                let used = work.found.lock().unwrap_or_else(PoisonError::into_inner);
                let used = used.clone();
                shared.keep(&work.key, work.source, &used, &made, watch.reading());
            }
        });
        Some(Self { jobs, enough, task })
    }

    /// Gives back what comes too late.
    pub(super) fn add(&self, job: Job) -> Option<Job> {
        self.jobs.send(job).err().map(|mpsc::SendError(job)| job)
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
            enough.store(true, Ordering::Relaxed);
            // What is made is written: as long again at most.
            let _made_again_by_the_next = timeout(longest, task).await;
        }
    }
}

/// What comes of all texts, until there are no more, or it is enough.
fn all(
    shared: &Shared,
    work: &Work,
    wanted: &mpsc::Receiver<Job>,
    enough: &Arc<AtomicBool>,
    handle: &Handle,
) -> BTreeMap<Name, Vec<u8>> {
    let longest = Duration::from_millis(LONGEST_MS);
    let idle = Duration::from_millis(LONGEST_IDLE_MS);
    let mut made = BTreeMap::new();
    while let Ok(Job { name, asked }) = wanted.recv_timeout(idle) {
        let left = *work.left.lock().unwrap_or_else(PoisonError::into_inner);
        let watch = Arc::new(Stopwatch::start());
        let is_over = {
            let (watch, enough) = (Arc::clone(&watch), Arc::clone(enough));
            move || enough.load(Ordering::Relaxed) || watch.reading() >= left
        };
        // No timer of the runtime's: it may be gone before this is.
        let code = handle.block_on(shared.maker.make(&asked, is_over));
        let left_now = left.saturating_sub(watch.reading());
        *work.left.lock().unwrap_or_else(PoisonError::into_inner) = left_now;
        let is_enough = enough.load(Ordering::Relaxed);
        match code {
            Ok(code) => made.insert(name, code),
            // Empty: known not to compile.
            Err(NoCode::Never) => made.insert(name, Vec::new()),
            // By itself it takes longer than all together may.
            Err(NoCode::Ended) if left == longest && !is_enough => made.insert(name, Vec::new()),
            Err(NoCode::Ended | NoCode::Missing) => None,
        };
        if is_enough || left_now.is_zero() {
            break;
        }
    }
    made
}
