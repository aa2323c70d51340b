//! Why a module is no tool.

use tollgate::engine::{AdaptError, CapError, NotWebAssembly, shown};

use super::limits::{MAX_FUNCTIONS, MAX_NAME_BYTES};

/// Why no component could be generated around a module.
#[derive(Debug, thiserror::Error)]
pub enum WrapError {
    /// No WebAssembly, or none that is taken.
    #[error(transparent)]
    NotWebAssembly(#[from] NotWebAssembly),
    /// A component, which is called by its own types.
    #[error("the file is a component, not a core module")]
    Component,
    /// Over a static cap.
    #[error(transparent)]
    Cap(#[from] CapError),
    /// The reader of the binary gave up on it.
    #[error("the module is built in a way that its reader cannot take")]
    Unreadable,
    /// It imports what WASI 0.1 does not have, or it cannot be adapted.
    #[error(transparent)]
    Adapt(#[from] AdaptError),
    /// The binary is damaged, not valid, or uses a feature of WebAssembly that no guest may.
    #[error("the module is malformed: {0}")]
    Malformed(String),
    /// There is no place for the input.
    #[error("Module does not export 'memory'")]
    NoMemory,
    /// The pointers of the ABI have 32 bits.
    #[error("the module has a 64-bit memory, and a tool's pointers have 32 bits")]
    Memory64,
    /// The memory could change while it is read.
    #[error("the module has a shared memory, which a tool cannot have")]
    SharedMemory,
    /// Pages of another size than 64 KiB.
    #[error("the module has a memory with pages of a size of its own, which a tool cannot have")]
    PageSize,
    /// Nothing that could be called.
    #[error(
        "the module exports no function (i32, i32) -> (i32, i32), which a tool is; it exports: {}",
        list(.exports, *.more)
    )]
    NoFunction {
        /// The first functions that it exports, each with its type.
        exports: Vec<String>,
        /// How many more there are.
        more: usize,
    },
    /// Over [`MAX_FUNCTIONS`].
    #[error("the module has {count} tools, more than the {MAX_FUNCTIONS} that are taken")]
    TooManyFunctions {
        /// How many it has.
        count: usize,
    },
    /// Over [`MAX_NAME_BYTES`].
    #[error("a tool's name has {bytes} bytes, more than the {MAX_NAME_BYTES} that are taken")]
    NameTooLong {
        /// In bytes.
        bytes: usize,
    },
}

impl WrapError {
    pub(super) fn malformed(error: impl std::fmt::Display) -> Self {
        Self::Malformed(shown(&error.to_string()))
    }
}

fn list(exports: &[String], more: usize) -> String {
    match (exports, more) {
        ([], _) => "no function".to_owned(),
        (exports, 0) => exports.join(", "),
        (exports, more) => format!("{}, and {more} more", exports.join(", ")),
    }
}
