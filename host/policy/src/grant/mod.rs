//! The strings that grants are written in, one grammar for flags, files and the embedding API.

mod dir;
mod error;
mod fs;
mod item;

pub use dir::DirError;
pub(crate) use dir::DirGrant;
pub use error::{GrantError, GrantProblem};
pub(crate) use error::{at, within};
pub use fs::PathPatternError;
pub(crate) use fs::path_pattern;
pub(crate) use item::{Effect, parse_item};
