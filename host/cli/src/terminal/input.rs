//! What is handed over on standard input.

use std::io::Read as _;

use tollgate_engine::{MAX_SOURCE_BYTES, NotWebAssembly};

use crate::exit::Failure;

const NAME: &str = "standard input";

/// Reads standard input to its end: a component, or a program.
pub(crate) fn all() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .take(MAX_SOURCE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|cause| Failure::Read {
            what: NAME.to_owned(),
            cause,
        })?;
    let size = bytes.len() as u64;
    if size > MAX_SOURCE_BYTES {
        return Err(Failure::Source {
            file: NAME.to_owned(),
            cause: NotWebAssembly::TooLarge { size },
        });
    }
    Ok(bytes)
}

/// Reads what is there of standard input, waiting for at least a byte; nothing at its end.
pub(crate) fn piece() -> std::io::Result<Vec<u8>> {
    let mut piece = vec![0; 64 << 10];
    let read = std::io::stdin().lock().read(&mut piece)?;
    piece.truncate(read);
    Ok(piece)
}
