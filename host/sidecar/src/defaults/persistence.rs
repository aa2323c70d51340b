//! Files of VMs in a folder of the machine's.

use cap_std::fs::Dir;
use tollgate_contract::persistence::{
    FilesystemSnapshot, FlushFilesystemStateRequest, LoadFilesystemStateRequest,
};
use tollgate_contract::{BridgeError, ErrorCode, PersistenceBridge, async_trait};
use tollgate_vfs::{ByteStore, FsError, StoreError};

/// Keeps the files of VMs in a folder that is one sidecar's at a time, each VM's as one file that is its owner's alone,
/// checked when it is read, and replaced in one step: whoever is killed leaves what was kept before or what is kept now. A
/// flush is on the disk when it is acknowledged.
///
/// ```no_run
/// # fn open() -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::Arc;
///
/// use cap_std::{ambient_authority, fs::Dir};
/// use tollgate_sidecar::{Bridges, DiskPersistence, Keys, Options, Persistence};
///
/// let folder = Dir::open_ambient_dir("/var/lib/vms", ambient_authority())?;
/// let persistence = Persistence {
///     bridge: Arc::new(DiskPersistence::open(folder)?),
///     keys: Keys::PerVm,
/// };
/// let options = Options {
///     bridges: Bridges { persistence: Some(persistence), ..Bridges::default() },
///     ..Options::default()
/// };
/// # drop(options);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct DiskPersistence(ByteStore);

/// As the store says it, but without its names.
fn error(error: &StoreError) -> BridgeError {
    let (code, message) = match error {
        StoreError::InUse => (ErrorCode::Failed, "another process has the folder"),
        StoreError::Folder(what) => (ErrorCode::Failed, *what),
        StoreError::Key => (ErrorCode::Invalid, "the VM's name is empty or too long"),
        StoreError::TooManyKeys => (ErrorCode::Exhausted, "too many VMs are kept"),
        StoreError::Corrupt { what, .. } => (ErrorCode::Corrupt, *what),
        StoreError::TooLarge { what, .. } => (ErrorCode::Exhausted, *what),
        StoreError::Special { .. } => (ErrorCode::Invalid, "there is what is no file"),
        StoreError::Filesystem { error, .. } | StoreError::Host(error) => {
            if matches!(error, FsError::InsufficientSpace | FsError::Quota) {
                (ErrorCode::Exhausted, "the disk is full")
            } else {
                (ErrorCode::Failed, "the disk failed")
            }
        }
    };
    BridgeError::new(code, message)
}

impl DiskPersistence {
    /// In this folder, for as long as this is there.
    ///
    /// # Errors
    ///
    /// Another process has it, others than its owner may look into what is in it, or the disk failed.
    pub fn open(folder: Dir) -> Result<Self, BridgeError> {
        match ByteStore::open(folder) {
            Ok(store) => Ok(Self(store)),
            Err(failure) => Err(error(&failure)),
        }
    }

    /// Does something where waiting for the disk holds up nobody.
    async fn waiting<T: Send + 'static>(
        &self,
        work: impl FnOnce(&ByteStore) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, BridgeError> {
        let store = self.0.clone();
        match tokio::task::spawn_blocking(move || work(&store)).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(failure)) => Err(error(&failure)),
            Err(_the_runtime_ends) => Err(BridgeError::new(
                ErrorCode::Failed,
                "the process is about to end",
            )),
        }
    }
}

#[async_trait]
impl PersistenceBridge for DiskPersistence {
    async fn load_filesystem_state(
        &self,
        request: LoadFilesystemStateRequest,
    ) -> Result<Option<FilesystemSnapshot>, BridgeError> {
        let kept = self.waiting(move |store| store.get(&request.vm_id)).await?;
        Ok(kept.map(|kept| FilesystemSnapshot {
            format: kept.label,
            bytes: kept.bytes,
        }))
    }

    async fn flush_filesystem_state(
        &self,
        request: FlushFilesystemStateRequest,
    ) -> Result<(), BridgeError> {
        self.waiting(move |store| {
            let FilesystemSnapshot { format, bytes } = &request.snapshot;
            store.put(&request.vm_id, format, bytes)
        })
        .await
    }
}
