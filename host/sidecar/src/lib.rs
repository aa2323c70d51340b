//! The sidecar: connections, sessions and VMs with filesystems, processes and host callbacks, served over the sidecar
//! protocol. Whatever a client or a guest does in a VM passes the gate of the embedding API, under the VM's own policy.

mod answer;
mod bridges;
mod callbacks;
mod calls;
pub mod control;
pub mod defaults;
mod denial;
mod detached;
mod dispatch;
mod exec;
mod extension;
mod fetch;
mod fixed;
mod front;
pub mod fs;
mod host;
mod house;
mod inbox;
mod lane;
mod names;
mod outbox;
mod ports;
mod process;
mod registry;
mod rejection;
mod runtimes;
mod service;
mod transport;
mod undelivered;
mod vm;

pub use bridges::{Bridges, ComponentBridge, Keys, NoBridge, Persistence};
pub use defaults::DiskPersistence;
pub use fixed::FIXED;
pub use rejection::Rejection;
pub use service::{DEFAULT_ID, Options, Sidecar};
pub use tollgate_contract as contract;
pub use tollgate_plugins::runtimes::{FindRunner, FoundRunner, PythonRunner};
pub use transport::TransportError;
pub use vm::config::WITHOUT_EFFECT;
