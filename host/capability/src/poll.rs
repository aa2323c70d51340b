//! Asking the operating system whether a descriptor is ready.

use std::os::fd::BorrowedFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// How long a waiting thread is held before it looks whether anybody still waits.
pub(crate) const WAIT: Duration = Duration::from_millis(50);

/// Waits at most `wait` (below a second) for `fd`. A descriptor in error counts as ready: using it then says so.
pub(crate) fn wait_for(fd: BorrowedFd<'_>, events: PollFlags, wait: Duration) -> bool {
    let timeout = Timespec {
        tv_sec: 0,
        tv_nsec: i64::from(wait.subsec_nanos()),
    };
    let mut polled = [PollFd::from_borrowed_fd(fd, events)];
    !matches!(poll(&mut polled, Some(&timeout)), Ok(0))
}
