//! Tools that are called with JSON, and programs that are run as a transport, at Tollgate's gate.

#[cfg(feature = "core-abi")]
pub mod core_abi;
