//! Standard input, read without ever blocking the thread on a writer that says nothing.
//!
//! A read is asked for first (`poll`); files and terminals are served alike. Nothing is read ahead, so what this guest
//! does not ask for stays for whoever reads next.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use rustix::event::PollFlags;
use rustix::stdio::stdin;
use tollgate_policy::{Permit, Scope};

use crate::poll::{WAIT, wait_for};
use crate::spend::spend;

/// Whether standard input is a terminal.
#[must_use]
pub fn is_terminal() -> bool {
    rustix::termios::isatty(stdin())
}

/// Waits until a read gives something, the end, or an error. Dropping the future gives up waiting.
pub async fn ready() {
    while !wait_for(stdin(), PollFlags::IN, Duration::ZERO) {
        // The thread is held for a bounded time, so that a cancelled run does not leave it behind.
        let _ = tokio::task::spawn_blocking(|| wait_for(stdin(), PollFlags::IN, WAIT)).await;
    }
}

/// Reads at most `size` bytes: `None` when there are none yet, nothing at the end.
///
/// # Errors
///
/// The permit is for something else (`PermissionDenied`), or the operating system's own.
pub fn read(size: usize, permit: Permit) -> io::Result<Option<Bytes>> {
    spend(permit, Scope::Stdio)
        .map_err(|wrong| io::Error::new(io::ErrorKind::PermissionDenied, wrong))?;
    if !wait_for(stdin(), PollFlags::IN, Duration::ZERO) {
        return Ok(None);
    }
    let mut buffer = BytesMut::zeroed(size);
    match rustix::io::read(stdin(), &mut buffer[..]) {
        Ok(read) => {
            buffer.truncate(read);
            Ok(Some(buffer.freeze()))
        }
        Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
