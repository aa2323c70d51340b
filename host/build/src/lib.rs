//! Programs in JavaScript, built into components of their own.
//!
//! A build takes all files that a program leads to, puts them into the memory of the JavaScript engine, compiles them
//! there, and takes a snapshot of it: what every instance begins with. What is left of the engine's imports and exports is
//! what the world wants: nothing that only Tollgate serves, so that any host of WASI runs the component; and one export.
//!
//! What a world of the user's own imports and exports is not the engine's: [`Wit`] says how the engine comes to have it.

mod compose;
mod snapshot;
mod wit;
mod world;

use tollgate_languages::Bundle;

pub use compose::ComposeError;
pub use tollgate_engine::PreinitialiseError;
pub use wit::{Wit, WitError, document};
pub use world::World;

/// Why nothing was built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The engine could not take the program in. What its text says is in the message.
    #[error("{0}")]
    Program(#[from] PreinitialiseError),
    /// The parts do not fit together.
    #[error(transparent)]
    Compose(#[from] ComposeError),
}

/// The component of a program.
///
/// # Errors
///
/// As [`BuildError`].
pub async fn build(engine: &[u8], bundle: &Bundle, world: World) -> Result<Vec<u8>, BuildError> {
    let snapshot = snapshot::of(engine, bundle, world).await?;
    Ok(compose::compose(snapshot, world)?)
}

/// The component of a program in a world of the user's own.
///
/// The program is loaded once, to see that it exports what the world wants; where it asks for something outside while it is
/// loaded, that is seen when it is called.
///
/// # Errors
///
/// As [`BuildError`].
pub async fn build_for(engine: &[u8], bundle: &Bundle, wit: &Wit) -> Result<Vec<u8>, BuildError> {
    let snapshot = snapshot::for_wit(engine, bundle, wit).await?;
    Ok(wit::link(&snapshot, wit)?)
}
