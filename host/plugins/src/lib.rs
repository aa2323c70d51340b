//! Tools that are called with JSON, and programs that are run as a transport, at Tollgate's gate.

pub mod exec;
pub mod runtimes;
