//! What is wrong with a world.

/// Why no program can be a component of the world.
#[derive(Debug, thiserror::Error)]
pub enum WitError {
    /// There is no such world, or several that could be meant.
    #[error("{0}")]
    World(String),
    /// Something in it has no counterpart in a program.
    #[error("`{place}` cannot be built for: {what} is not supported")]
    Unsupported {
        /// The function, with its interface.
        place: String,
        /// What of it: a stream, for example.
        what: &'static str,
    },
    /// What is said of it cannot be kept.
    #[error("the docs of the world cannot be kept: {0}")]
    Docs(String),
    /// Nothing could ever call a program in it.
    #[error("the world `{0}` exports no function, so that nothing could call the program")]
    Empty(String),
}
