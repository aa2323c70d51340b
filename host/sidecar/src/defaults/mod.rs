//! The bridges that this sidecar brings: what an embedder takes who has nothing of his own to put in their place.

mod events;
mod execution;
mod filesystem;
mod fixed;
mod machine;
mod permissions;
mod persistence;

pub use events::{Happened, RecentEvents};
pub use execution::SidecarExecution;
pub use filesystem::FolderFilesystem;
pub use fixed::FIXED;
pub use machine::{SystemClock, SystemRandom};
pub use permissions::StaticPermissions;
pub use persistence::DiskPersistence;
