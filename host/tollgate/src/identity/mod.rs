//! The name of a host, from which its runs have theirs.
#![expect(
    clippy::disallowed_methods,
    reason = "a host's name is drawn once, and no guest sees where from"
)]

/// A number that no other host has.
pub(crate) fn draw() -> Result<u64, getrandom::Error> {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes)?;
    Ok(u64::from_be_bytes(bytes))
}
