//! The bridges that this sidecar brings: what an embedder takes who has nothing of his own to put in their place.

mod persistence;

pub use persistence::DiskPersistence;
