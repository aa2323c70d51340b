//! Mounts that the client itself serves (`js_bridge`): each use of one is a question to the client, which it answers beside
//! its own requests.
//!
//! The filesystem's operations wait on the thread that they run on, so a wait here gives the thread's other tasks away first,
//! and the number of waits is bounded. A wait ends with the answer, with the mount's patience, with the end of the program
//! that waits, with the end of the VM, or with the client.

mod answer;
mod asking;
mod mount;
mod served;
mod words;

pub use asking::Leave;
pub(crate) use asking::{Bridge, BridgeLimits, Waits};
pub(super) use asking::{MOST_VM_WAITS, MOST_WAITS, TRANSFER_BYTES};
pub(super) use mount::{BridgeConfig, BridgeMount, PATIENCE_MS};
pub(super) use served::mount;
