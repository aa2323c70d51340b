//! Standard output and error, written without ever blocking the thread on a reader that is not there.
//!
//! A full pipe would hold the thread, and with it the deadline that should end the guest. So a write is asked for
//! first (`poll`), and is at most `PIPE_BUF` long: a pipe that says it is writable takes that much at once.

use std::io;
use std::os::fd::BorrowedFd;
use std::time::Duration;

use rustix::event::PollFlags;
use rustix::stdio::{stderr, stdout};
use tollgate_policy::{Permit, Scope};

use crate::poll::{WAIT, wait_for};
use crate::spend::spend;

/// What a pipe takes at once when it takes anything (POSIX, Linux: 4,096).
pub const CHUNK_BYTES: usize = 4096;

/// Which of the process's own streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Descriptor 1.
    Stdout,
    /// Descriptor 2.
    Stderr,
}

impl Output {
    fn fd(self) -> BorrowedFd<'static> {
        match self {
            Self::Stdout => stdout(),
            Self::Stderr => stderr(),
        }
    }

    /// Whether the stream is a terminal.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        rustix::termios::isatty(self.fd())
    }

    /// Whether a write of [`CHUNK_BYTES`] would go through at once. A stream that is broken counts as writable:
    /// the write then says so.
    #[must_use]
    pub fn writable(self) -> bool {
        wait_for(self.fd(), PollFlags::OUT, Duration::ZERO)
    }

    /// Waits until the stream is writable. Dropping the future gives up waiting.
    pub async fn ready(self) {
        while !self.writable() {
            // The thread is held for a bounded time, so that a cancelled run does not leave it behind.
            let _ = tokio::task::spawn_blocking(move || wait_for(self.fd(), PollFlags::OUT, WAIT))
                .await;
        }
    }

    /// Writes at most [`CHUNK_BYTES`] of `bytes`, and says how many.
    ///
    /// # Errors
    ///
    /// The permit is for something else (`PermissionDenied`), or the operating system's own.
    pub fn write(self, bytes: &[u8], permit: Permit) -> io::Result<usize> {
        spend(permit, Scope::Stdio)
            .map_err(|wrong| io::Error::new(io::ErrorKind::PermissionDenied, wrong))?;
        let chunk = bytes.get(..CHUNK_BYTES).unwrap_or(bytes);
        loop {
            match rustix::io::write(self.fd(), chunk) {
                Err(rustix::io::Errno::INTR) => {}
                other => return Ok(other?),
            }
        }
    }
}
