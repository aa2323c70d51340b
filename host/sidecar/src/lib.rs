//! The sidecar: connections, sessions and VMs with filesystems, processes and host callbacks, served over the sidecar
//! protocol. Whatever a client or a guest does in a VM passes the gate of the embedding API, under the VM's own policy.

pub mod fs;
mod rejection;

pub use rejection::Rejection;
