//! The files of VMs between their lives: found when a VM begins, and kept when it ends.
//!
//! What is kept under one name belongs to one VM at a time, from before it is looked for until after it was put back: of
//! two, one would lose what it wrote. A VM that could not be kept is gone all the same, and what was kept before it stays.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;
use tollgate_contract::persistence::{
    FilesystemSnapshot, FlushFilesystemStateRequest, LoadFilesystemStateRequest,
};
use tollgate_contract::{BridgeError, PersistenceBridge as _};
use tollgate_protocol::RefusalCode;

use super::{Keys, Persistence};
use crate::rejection::Rejection;

/// How long a bridge is waited for that keeps files, in milliseconds.
pub(crate) const PATIENCE_MS: u64 = 30_000;
const PATIENCE: Duration = Duration::from_millis(PATIENCE_MS);

/// What the bytes of a snapshot are called. Others are refused: they are not read by guessing.
const FORMAT: &str = "secure_exec_filesystem_snapshot_v1";

/// Keeps the files of VMs. Clones are the same.
#[derive(Clone)]
pub(crate) struct Keeper(Option<Arc<Inner>>);

struct Inner {
    persistence: Persistence,
    claimed: Mutex<HashSet<String>>,
    let_go: Notify,
}

/// The files of one VM, which are no other's for as long as this is there.
pub(crate) struct Claim {
    keeper: Arc<Inner>,
    key: String,
}

/// Characters of a bridge's own words that a client is told. Some bridges are guests.
const WORDS: usize = 256;

fn failed(what: &str, error: &BridgeError) -> Rejection {
    let words: String = error.message.chars().take(WORDS).collect();
    let message = format!("{what}: {}: {}", error.code.name(), words.escape_debug());
    Rejection::new(RefusalCode::BridgeError, message)
}

fn late(what: &str) -> Rejection {
    Rejection::new(
        RefusalCode::BridgeError,
        format!("{what}: the bridge does not answer"),
    )
}

impl Inner {
    fn claimed(&self) -> MutexGuard<'_, HashSet<String>> {
        // One name is put in or taken out.
        self.claimed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keeper {
    pub(crate) fn new(persistence: Option<Persistence>) -> Self {
        Self(persistence.map(|persistence| {
            Arc::new(Inner {
                persistence,
                claimed: Mutex::default(),
                let_go: Notify::new(),
            })
        }))
    }

    /// The files of a VM, where they are to be kept. `name` is that of a VM that outlives its client.
    pub(crate) fn claim(
        &self,
        vm_id: &str,
        name: Option<&str>,
    ) -> Result<Option<Claim>, Rejection> {
        let Some(keeper) = &self.0 else {
            return Ok(None);
        };
        let key = match (&keeper.persistence.keys, name) {
            (Keys::PerVm, _) => vm_id.to_owned(),
            (Keys::PerName { owner }, Some(name)) => format!("{owner}/{name}"),
            (Keys::PerName { .. }, None) => return Ok(None),
        };
        if !keeper.claimed().insert(key.clone()) {
            return Err(Rejection::new(
                RefusalCode::Conflict,
                "there is a VM whose files are kept by this name",
            ));
        }
        Ok(Some(Claim {
            keeper: Arc::clone(keeper),
            key,
        }))
    }

    /// Whether files are called by a name that a person chose, so that others must not take their place unasked.
    pub(crate) fn is_by_name(&self) -> bool {
        let keys = self.0.as_ref().map(|keeper| &keeper.persistence.keys);
        matches!(keys, Some(Keys::PerName { .. }))
    }

    /// Waits until no VM has files that are to be kept, for as long as one flush may take.
    pub(crate) async fn settled(&self) {
        let Some(keeper) = &self.0 else {
            return;
        };
        let emptied = async {
            loop {
                let let_go = keeper.let_go.notified();
                tokio::pin!(let_go);
                let_go.as_mut().enable();
                if keeper.claimed().is_empty() {
                    return;
                }
                let_go.await;
            }
        };
        let _in_time = timeout(PATIENCE, emptied).await;
    }
}

impl Claim {
    /// What was kept, as text.
    pub(crate) async fn load(&self) -> Result<Option<Vec<u8>>, Rejection> {
        const WHAT: &str = "the VM's files cannot be loaded";
        let request = LoadFilesystemStateRequest {
            vm_id: self.key.clone(),
        };
        let bridge = &self.keeper.persistence.bridge;
        let loaded = timeout(PATIENCE, bridge.load_filesystem_state(request)).await;
        let loaded = loaded.map_err(|_late| late(WHAT))?;
        match loaded.map_err(|error| failed(WHAT, &error))? {
            None => Ok(None),
            Some(FilesystemSnapshot { format, bytes }) if format == FORMAT => Ok(Some(bytes)),
            Some(_) => Err(Rejection::new(
                RefusalCode::BridgeError,
                format!("{WHAT}: they are of an unknown format"),
            )),
        }
    }

    /// Keeps a text. It is on the disk when this says so.
    pub(crate) async fn flush(&self, bytes: Vec<u8>) -> Result<(), Rejection> {
        const WHAT: &str = "the VM's files are not kept";
        let request = FlushFilesystemStateRequest {
            vm_id: self.key.clone(),
            snapshot: FilesystemSnapshot {
                format: FORMAT.to_owned(),
                bytes,
            },
        };
        let bridge = &self.keeper.persistence.bridge;
        let flushed = timeout(PATIENCE, bridge.flush_filesystem_state(request)).await;
        let flushed = flushed.map_err(|_late| late(WHAT))?;
        flushed.map_err(|error| failed(WHAT, &error))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.keeper.claimed().remove(&self.key);
        self.keeper.let_go.notify_waiters();
    }
}
