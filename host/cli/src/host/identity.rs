//! The name of a run, and whose it is.

use crate::exit::Failure;

/// A name that no other run has, sixty-four random bits in hex.
pub(crate) fn run() -> Result<String, Failure> {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::Host(format!("no entropy for the run's name: {error}")))?;
    Ok(format!("{:016x}", u64::from_be_bytes(bytes)))
}

/// The user that this process runs as.
pub(crate) fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}
