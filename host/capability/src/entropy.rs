//! Entropy of the operating system. What WASI calls insecure comes from here too: there is no reason to give less.

use tollgate_policy::{Permit, Scope};

use crate::spend::spend;

/// Why no bytes were drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntropyError {
    /// A permit for something else was handed over.
    #[error(transparent)]
    Permit(#[from] crate::WrongPermit),
    /// The operating system gave none. There is no second choice that would be safe.
    #[error("the operating system gives no entropy")]
    Source,
}

/// Fills `bytes`.
///
/// # Errors
///
/// The permit is for something else, or the operating system gives nothing.
pub fn fill(bytes: &mut [u8], permit: Permit) -> Result<(), EntropyError> {
    spend(permit, Scope::Random)?;
    getrandom::fill(bytes).map_err(|_| EntropyError::Source)
}

/// A random number, as [`fill`].
///
/// # Errors
///
/// As [`fill`].
pub fn word(permit: Permit) -> Result<u64, EntropyError> {
    let mut bytes = [0; 8];
    fill(&mut bytes, permit)?;
    Ok(u64::from_le_bytes(bytes))
}
