//! What a build is for.

/// Which standard component comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum World {
    /// Is run once: exports `wasi:cli/run`, imports `wasi:*` alone.
    Command,
    /// Answers requests: exports `wasi:http/incoming-handler`, imports `wasi:*` alone.
    Http,
    /// Is called by name: exports `tollgate:bridge/plugin`, and may import others of `tollgate:bridge`.
    Plugin,
}

impl World {
    /// The interface that is exported.
    #[must_use]
    pub const fn export(self) -> &'static str {
        match self {
            Self::Command => "wasi:cli/run@0.2.12",
            Self::Http => "wasi:http/incoming-handler@0.2.12",
            Self::Plugin => "tollgate:bridge/plugin@0.1.0",
        }
    }

    /// Modules of the engine's library that every program of this world needs.
    pub(crate) const fn preload(self) -> &'static [&'static str] {
        match self {
            Self::Command => &[],
            Self::Http => &["internal/serve"],
            Self::Plugin => &["internal/plugin"],
        }
    }
}
