//! The time that a run takes and the time that it computes, against its two budgets.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use tokio::time::{Sleep, sleep};
use tollgate_policy::LimitKey;

use super::ticker::TICK_MS;
use crate::Gate;

/// What a run took.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Taken {
    /// From beginning to end.
    pub(crate) wall: Duration,
    /// Of the processor.
    pub(crate) cpu: Duration,
}

/// Drives `future` within the limits of wall and processor time; the error is the limit that was reached. The processor
/// time of every poll is counted, on whichever thread that happens. A guest that computes yields with each epoch, so both
/// are overrun by a tick at most.
///
/// Reading the processor's clock is a system call, twice a poll, and most calls of a guest are over in one poll of
/// microseconds. So the first poll is counted by the clock on the wall, which costs a tenth, and for a tick at most: what
/// is longer was waiting for the processor, or yields and is counted exactly from then on. There is no timer either before
/// there is something to wait for.
pub(crate) async fn timed<F: Future>(
    gate: &Gate,
    future: F,
) -> (Result<F::Output, LimitKey>, Taken) {
    let limits = gate.limits();
    let mut future = pin!(future);
    let started = Instant::now();
    let mut cpu = Duration::ZERO;
    let mut alarm: Option<Pin<Box<Sleep>>> = None;
    let result = poll_fn(|context| {
        let alarm = match &mut alarm {
            None => {
                let polled = future.as_mut().poll(context);
                let wall = started.elapsed();
                cpu = wall.min(Duration::from_millis(TICK_MS));
                if let Poll::Ready(output) = polled {
                    return Poll::Ready(Ok(output));
                }
                alarm.insert(Box::pin(sleep(limits.wall.saturating_sub(wall))))
            }
            Some(alarm) => {
                let before = of_this_thread();
                let polled = future.as_mut().poll(context);
                cpu = cpu.saturating_add(of_this_thread().saturating_sub(before));
                if let Poll::Ready(output) = polled {
                    return Poll::Ready(Ok(output));
                }
                alarm
            }
        };
        gate.took(started.elapsed(), cpu);
        if cpu > limits.cpu {
            return Poll::Ready(Err(LimitKey::Cpu));
        }
        alarm.as_mut().poll(context).map(|()| Err(LimitKey::Wall))
    })
    .await;
    let wall = started.elapsed();
    (result, Taken { wall, cpu })
}

fn of_this_thread() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}
