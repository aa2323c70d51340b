//! Tollgate as a library: run components under a policy, a meter and an audit log.

pub use tollgate_audit as audit;
pub use tollgate_bridge as bridge;
pub use tollgate_capability as capability;
pub use tollgate_engine as engine;
pub use tollgate_policy as policy;
pub use tollgate_vfs as vfs;
