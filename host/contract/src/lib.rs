//! What a host of VMs stands on, as seven bridges that an embedder may implement: [files](FilesystemBridge),
//! [permissions](PermissionBridge), [persistence](PersistenceBridge), [clocks](ClockBridge), [chance](RandomBridge),
//! [events](EventBridge) and [programs](ExecutionBridge). And the names that guests call, as the [bridge contract](bridge_contract).
//!
//! The traits and their types are written from `wit/host-bridge` when this crate is built, so that a bridge may as well be a
//! component that exports an interface. Methods take `&self` and are asynchronous: many VMs ask at once, and a bridge that
//! waits for a disk or a guest holds up no thread.
//!
//! ```
//! use std::collections::HashMap;
//! use std::sync::Mutex;
//!
//! use tollgate_contract::persistence::{
//!     FilesystemSnapshot, FlushFilesystemStateRequest, LoadFilesystemStateRequest,
//! };
//! use tollgate_contract::{BridgeError, PersistenceBridge, async_trait};
//!
//! /// Keeps files for as long as this process lives.
//! #[derive(Default)]
//! struct InMemory(Mutex<HashMap<String, FilesystemSnapshot>>);
//!
//! #[async_trait]
//! impl PersistenceBridge for InMemory {
//!     async fn load_filesystem_state(
//!         &self,
//!         request: LoadFilesystemStateRequest,
//!     ) -> Result<Option<FilesystemSnapshot>, BridgeError> {
//!         Ok(self.0.lock().unwrap().get(&request.vm_id).cloned())
//!     }
//!
//!     async fn flush_filesystem_state(
//!         &self,
//!         request: FlushFilesystemStateRequest,
//!     ) -> Result<(), BridgeError> {
//!         self.0.lock().unwrap().insert(request.vm_id, request.snapshot);
//!         Ok(())
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), BridgeError> {
//! let bridge = InMemory::default();
//! let snapshot = FilesystemSnapshot { format: "mine".to_owned(), bytes: vec![1, 2, 3] };
//! let flush = FlushFilesystemStateRequest { vm_id: "vm-1".to_owned(), snapshot: snapshot.clone() };
//! bridge.flush_filesystem_state(flush).await?;
//! let load = LoadFilesystemStateRequest { vm_id: "vm-1".to_owned() };
//! assert_eq!(bridge.load_filesystem_state(load).await?, Some(snapshot));
//! # Ok(())
//! # }
//! ```

mod error;
mod generated;
mod loader;

pub use async_trait::async_trait;
pub use generated::{
    METHODS, Method, clock, events, execution, filesystem, permissions, persistence, random, types,
};
pub use loader::{
    BridgeCallConvention, BridgeContract, BridgeContractGroup, ContractError, TEXT, bridge_contract,
};

pub use clock::ClockBridge;
pub use events::EventBridge;
pub use execution::ExecutionBridge;
pub use filesystem::FilesystemBridge;
pub use permissions::PermissionBridge;
pub use persistence::PersistenceBridge;
pub use random::RandomBridge;
pub use types::{BridgeError, ErrorCode};

/// All seven. Whatever has all of them is one.
pub trait HostBridge:
    FilesystemBridge
    + PermissionBridge
    + PersistenceBridge
    + ClockBridge
    + RandomBridge
    + EventBridge
    + ExecutionBridge
{
}

impl<T> HostBridge for T where
    T: FilesystemBridge
        + PermissionBridge
        + PersistenceBridge
        + ClockBridge
        + RandomBridge
        + EventBridge
        + ExecutionBridge
        + ?Sized
{
}
