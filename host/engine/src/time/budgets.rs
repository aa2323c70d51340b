//! The time that a run takes and the time that it computes, against its two budgets.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use tokio::time::{Sleep, sleep};
use tollgate_policy::LimitKey;

use super::control::{Control, Turn};
use super::ticker::TICK_MS;
use crate::{Gate, Stop};

/// What a run took.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Taken {
    /// From beginning to end, without pauses.
    pub(crate) wall: Duration,
    /// Of the processor.
    pub(crate) cpu: Duration,
}

/// Drives `future` within the limits of wall and processor time, and as the run's [`Control`] says; the error is the limit
/// that was reached, or that it was killed. The processor time of every poll is counted, on whichever thread that happens. A
/// guest that computes yields with each epoch, so both are overrun by a tick at most.
///
/// Reading the processor's clock is a system call, twice a poll, and most calls of a guest are over in one poll of
/// microseconds. So the first poll is counted by the clock on the wall, which costs a tenth, and for a tick at most: what
/// is longer was waiting for the processor, or yields and is counted exactly from then on. There is no timer either before
/// there is something to wait for.
pub(crate) async fn timed<F: Future>(gate: &Gate, future: F) -> (Result<F::Output, Stop>, Taken) {
    let mut budgets = Budgets::new(gate);
    let mut future = pin!(future);
    let result = poll_fn(|context| budgets.turn(context, future.as_mut())).await;
    (result, budgets.taken())
}

struct Budgets<'a> {
    gate: &'a Gate,
    started: Instant,
    /// What the pauses of earlier calls took, which is none of this one's time.
    paused_before: Duration,
    cpu: Duration,
    /// What the clock on the wall said when the last poll was over.
    wall: Duration,
    alarm: Option<Alarm>,
}

/// When the wall time is over, as long as there are no more pauses.
struct Alarm {
    sleep: Pin<Box<Sleep>>,
    paused: Duration,
}

impl<'a> Budgets<'a> {
    fn new(gate: &'a Gate) -> Self {
        Self {
            gate,
            started: Instant::now(),
            paused_before: gate.control().map(Control::paused_for).unwrap_or_default(),
            cpu: Duration::ZERO,
            wall: Duration::ZERO,
            alarm: None,
        }
    }

    fn paused(&self) -> Duration {
        let paused = self.gate.control().map(Control::paused_for);
        paused
            .unwrap_or_default()
            .saturating_sub(self.paused_before)
    }

    /// Looks at the clock on the wall.
    fn look(&mut self) {
        self.wall = self.started.elapsed().saturating_sub(self.paused());
    }

    fn taken(&self) -> Taken {
        Taken {
            wall: self.wall,
            cpu: self.cpu,
        }
    }

    fn turn<F: Future>(
        &mut self,
        context: &mut Context<'_>,
        future: Pin<&mut F>,
    ) -> Poll<Result<F::Output, Stop>> {
        match self.gate.control().map(|control| control.turn(context)) {
            Some(Turn::End(signal)) => {
                self.look();
                return Poll::Ready(Err(Stop::Killed(signal)));
            }
            Some(Turn::Wait) => return Poll::Pending,
            Some(Turn::Go) | None => {}
        }
        let polled = self.polled(context, future);
        let killed = self.gate.control().and_then(Control::ran);
        if let Poll::Ready(output) = polled {
            return Poll::Ready(Ok(output));
        }
        if let Some(signal) = killed {
            return Poll::Ready(Err(Stop::Killed(signal)));
        }
        let wall = self.wall;
        self.gate.took(wall, self.cpu);
        if self.cpu > self.gate.limits().cpu {
            return Poll::Ready(Err(Stop::Limit(LimitKey::Cpu)));
        }
        let rung = self.alarm(wall).sleep.as_mut().poll(context);
        rung.map(|()| Err(Stop::Limit(LimitKey::Wall)))
    }

    fn polled<F: Future>(
        &mut self,
        context: &mut Context<'_>,
        future: Pin<&mut F>,
    ) -> Poll<F::Output> {
        if self.alarm.is_none() {
            let polled = future.poll(context);
            self.look();
            self.cpu = self.wall.min(Duration::from_millis(TICK_MS));
            return polled;
        }
        let before = of_this_thread();
        let polled = future.poll(context);
        self.look();
        let took = of_this_thread().saturating_sub(before);
        self.cpu = self.cpu.saturating_add(took);
        polled
    }

    /// The timer for what is left of the wall time. After a pause it is another one.
    fn alarm(&mut self, wall: Duration) -> &mut Alarm {
        let paused = self.paused();
        let left = self.gate.limits().wall.saturating_sub(wall);
        let made = || Alarm {
            sleep: Box::pin(sleep(left)),
            paused,
        };
        let stale = |alarm: &mut Alarm| alarm.paused != paused;
        if self.alarm.as_mut().is_some_and(stale) {
            self.alarm = None;
        }
        self.alarm.get_or_insert_with(made)
    }
}

fn of_this_thread() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}
