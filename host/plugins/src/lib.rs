//! Tools that are called with JSON, and programs that are run as a transport, at Tollgate's gate.

mod beneath;
mod call;
#[cfg(feature = "core-abi")]
pub mod core_abi;
mod error;
pub mod exec;
pub mod json;
mod kinds;
mod limits;
mod listed;
mod name;
mod registry;
pub mod runtimes;
mod tool;
pub mod wit;

pub use call::{Called, Calling, Ran, Reply};
pub use error::{ExecutionFailure, Feature, InstantiationFailure, ResourceKind, ToolError};
pub use json::BytesAs;
pub use limits::{FIXED, MOST_COMPONENT_BYTES, MOST_MODULE_BYTES, Sort, with_limits};
pub use listed::Listed;
pub use name::{LONGEST_NAME, NameError, ToolName};
pub use registry::{Granted, Tools};
pub use tool::Tool;
