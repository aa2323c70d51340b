//! Why a core module is not adapted.

/// Imports of a module that is adapted.
pub(super) const MAX_IMPORTS: u32 = 1_000;
/// The most bytes of a name, or of a reader's words, that an error repeats.
const MAX_SHOWN_BYTES: usize = 200;

/// Why a core module could not be turned into a component.
#[derive(Debug, thiserror::Error)]
pub enum AdaptError {
    /// The binary is damaged.
    #[error("the module is malformed: {0}")]
    Malformed(String),
    /// Before WASI 0.1.
    #[error(
        "the module imports `wasi_unstable` (WASI 0.0), which is not supported; build it for WASI 0.1 or 0.2"
    )]
    TooOld,
    /// Something that no adapter provides.
    #[error("the module imports `{module}` `{name}`, which is not part of WASI 0.1")]
    UnknownImport {
        /// The import's module.
        module: String,
        /// The import's name.
        name: String,
    },
    /// Something that WASI 0.1 has, as something else.
    #[error("the module imports `{name}` of WASI 0.1 with another type than it has there")]
    WrongImport {
        /// The import's name.
        name: String,
    },
    /// More than any program has; adapting takes the square of it.
    #[error(
        "the module has {count} imports, more than the {MAX_IMPORTS} that are adapted; WASI 0.1 has 46 functions"
    )]
    TooManyImports {
        /// How many it has.
        count: u32,
    },
    /// Nothing to run.
    #[error("the module exports no `_start`: it is a library and cannot be run by itself")]
    NoStart,
    /// The adapter refused it.
    #[error("the module cannot be adapted to a component: {0}")]
    Encode(String),
}

impl AdaptError {
    pub(super) fn malformed(error: impl std::fmt::Display) -> Self {
        Self::Malformed(shown(&error.to_string()))
    }
}

/// The beginning of a text that is of the module's making, with nothing in it that a terminal would act on: what an
/// error repeats of a name, each of which may have a hundred kilobytes.
#[must_use]
pub fn shown(text: &str) -> String {
    let end = text.floor_char_boundary(MAX_SHOWN_BYTES);
    let beginning = text.get(..end).unwrap_or_default();
    let mut shown: String = beginning
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if end < text.len() {
        shown.push('…');
    }
    shown
}
