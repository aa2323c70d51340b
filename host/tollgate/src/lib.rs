//! Tollgate as a library: run components under a policy, a meter and an audit log.

mod builder;
mod component;
mod error;
mod grants;
mod host;
mod identity;
mod instance;
pub mod interface;
mod machine;
mod options;
mod outcome;
mod recorded;

pub use builder::HostBuilder;
pub use component::{Component, InstantiateError};
pub use error::{BuildError, GrantsError, LoadError, Recording, Refused};
pub use grants::Grants;
pub use host::Host;
pub use instance::{Instance, InstanceError, Stopped};
pub use options::{RunOptions, Stream};
pub use outcome::{Outcome, Spent};

pub use tollgate_audit as audit;
pub use tollgate_bridge as bridge;
pub use tollgate_capability as capability;
pub use tollgate_engine as engine;
pub use tollgate_policy as policy;
pub use tollgate_vfs as vfs;
