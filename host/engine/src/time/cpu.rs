//! The time that a run computes, apart from what it waits.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The budget is used up.
#[derive(Debug)]
pub(crate) struct OverBudget;

/// Drives `future` and counts the processor time of every poll, on whichever thread that happens. A guest that computes
/// yields with each epoch, so the budget is overrun by a tick at most.
pub(crate) async fn within<F: Future>(
    budget: Duration,
    future: F,
) -> (Result<F::Output, OverBudget>, Duration) {
    let mut future = pin!(future);
    let mut used = Duration::ZERO;
    let result = poll_fn(|context| {
        let before = of_this_thread();
        let polled = future.as_mut().poll(context);
        used = used.saturating_add(of_this_thread().saturating_sub(before));
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
