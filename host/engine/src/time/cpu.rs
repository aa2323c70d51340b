//! The time that a run computes, apart from what it waits.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use super::ticker::TICK_MS;

/// The budget is used up.
#[derive(Debug)]
pub(crate) struct OverBudget;

/// Drives `future` and counts the processor time of every poll, on whichever thread that happens. A guest that computes
/// yields with each epoch, so the budget is overrun by a tick at most.
///
/// Reading the processor's clock is a system call, twice a poll, and most calls of a guest are over in one poll of
/// microseconds. So the first poll is counted by the clock on the wall, which costs a tenth, and for a tick at most: what
/// is longer was waiting for the processor, or yields and is counted exactly from then on.
pub(crate) async fn within<F: Future>(
    budget: Duration,
    future: F,
) -> (Result<F::Output, OverBudget>, Duration) {
    let mut future = pin!(future);
    let mut used = Duration::ZERO;
    let mut first = true;
    let result = poll_fn(|context| {
        let polled = if std::mem::take(&mut first) {
            let before = Instant::now();
            let polled = future.as_mut().poll(context);
            used = before.elapsed().min(Duration::from_millis(TICK_MS));
            polled
        } else {
            let before = of_this_thread();
            let polled = future.as_mut().poll(context);
            used = used.saturating_add(of_this_thread().saturating_sub(before));
            polled
        };
        match polled {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending if used > budget => Poll::Ready(Err(OverBudget)),
            Poll::Pending => Poll::Pending,
        }
    })
    .await;
    (result, used)
}

fn of_this_thread() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}
