//! What all runs of one runtime have in common.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;

use super::held::Held;
use super::maker::Maker;
use super::pack::{Name, Pack};
use crate::cache::{Cache, Key};
use crate::digest::Digest;

pub(crate) struct Shared {
    pub(super) maker: Maker,
    pub(super) runtime: Digest,
    pub(super) cache: Option<Cache>,
    pub(super) held: Mutex<Held>,
    pub(super) turns: Arc<Semaphore>,
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Plain values, changed in steps of which none can panic.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// What is kept under `key`.
    pub(super) fn find(&self, key: &Key) -> Option<Arc<Pack>> {
        if let Some(pack) = locked(&self.held).get(key.text()) {
            return Some(pack);
        }
        let pack = self.cache.as_ref()?.code(key)?;
        let pack = Arc::new(pack);
        locked(&self.held).put(key.text(), Arc::clone(&pack));
        Some(pack)
    }

    /// Keeps what a run of the program that begins with `source` found, and what was made of its texts in so long, beside
    /// what others kept meanwhile. A cache that cannot be written is no error of a run.
    pub(super) fn keep(
        &self,
        key: &Key,
        source: Digest,
        used: &BTreeSet<Name>,
        made: &BTreeMap<Name, Vec<u8>>,
        took: Duration,
    ) {
        let before = self.find(key).unwrap_or_default();
        let pack = Arc::new(before.renewed(used, made));
        if let Some(cache) = &self.cache {
            let _made_again_by_the_next = cache.put_code(key, source, &pack, took);
        }
        locked(&self.held).put(key.text(), pack);
    }
}
