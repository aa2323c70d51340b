//! The strings that grants are written in, one grammar for flags, files and the embedding API.

mod dir;
mod error;
mod fs;
mod item;
mod path_pattern;

pub use dir::DirError;
pub(crate) use dir::DirGrant;
pub use error::{GrantError, GrantProblem};
pub(crate) use error::{at, within};
pub(crate) use item::{Effect, parse_item};
pub use path_pattern::PathPatternError;
pub(crate) use path_pattern::path_pattern;
