//! `wasi:clocks`.

use std::time::Instant as Moment;

use tollgate_capability::WrongPermit;
use tollgate_capability::clock;
use tollgate_engine::{Gate, Outcome, Rate};
use tollgate_policy::{Clock, Operation, Permit};
use tollgate_world::wasi::clocks::monotonic_clock::{self, Duration, Instant};
use tollgate_world::wasi::clocks::wall_clock::{self, Datetime};
use wasmtime::component::Resource;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};

use crate::outcome::Inexpressible;
use crate::view::View;

/// Reading a clock fails only by a denial, which its interface cannot express.
#[derive(Debug, thiserror::Error)]
enum ClockFailure {
    #[error(transparent)]
    Denied(#[from] Inexpressible),
    #[error(transparent)]
    Permit(#[from] WrongPermit),
}

impl Outcome for ClockFailure {
    fn case(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.case(),
            Self::Permit(_) => "trap",
        }
    }
}

/// One use of a clock.
pub(crate) async fn through<T>(
    gate: &Gate,
    import: &'static str,
    clock: Clock,
    read: impl FnOnce(Permit) -> Result<T, WrongPermit>,
) -> wasmtime::Result<T> {
    let operation = Operation::Clock { clock };
    let denied = ClockFailure::Denied(Inexpressible {
        operation: operation.name(),
    });
    let result = gate
        .through(import, &operation, Rate::High, denied, |permit, _| {
            Ok(read(permit)?)
        })
        .await?;
    Ok(result?)
}

impl View<'_> {
    pub(crate) async fn clock<T>(
        &mut self,
        import: &'static str,
        clock: Clock,
        read: impl FnOnce(Permit) -> Result<T, WrongPermit>,
    ) -> wasmtime::Result<T> {
        through(self.gate, import, clock, read).await
    }

    fn timer(&mut self, moment: Option<Moment>) -> wasmtime::Result<Resource<DynPollable>> {
        let timer = self.table.push(Timer {
            moment: moment.map(Into::into),
            yielded: false,
        })?;
        subscribe(self.table, timer)
    }
}

fn datetime(time: std::time::Duration) -> Datetime {
    Datetime {
        seconds: time.as_secs(),
        nanoseconds: time.subsec_nanos(),
    }
}

impl wall_clock::Host for View<'_> {
    async fn now(&mut self) -> wasmtime::Result<Datetime> {
        self.clock("wasi:clocks/wall-clock#now", Clock::Wall, clock::wall)
            .await
            .map(datetime)
    }

    async fn resolution(&mut self) -> wasmtime::Result<Datetime> {
        self.clock(
            "wasi:clocks/wall-clock#resolution",
            Clock::Wall,
            clock::wall_resolution,
        )
        .await
        .map(datetime)
    }
}

impl monotonic_clock::Host for View<'_> {
    async fn now(&mut self) -> wasmtime::Result<Instant> {
        let clock = self.given.clock;
        self.clock(
            "wasi:clocks/monotonic-clock#now",
            Clock::Monotonic,
            |permit| clock.now(permit),
        )
        .await
    }

    async fn resolution(&mut self) -> wasmtime::Result<Duration> {
        let clock = self.given.clock;
        self.clock(
            "wasi:clocks/monotonic-clock#resolution",
            Clock::Monotonic,
            |permit| clock.resolution(permit),
        )
        .await
    }

    async fn subscribe_instant(
        &mut self,
        when: Instant,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        let clock = self.given.clock;
        let import = "wasi:clocks/monotonic-clock#subscribe-instant";
        let moment = self
            .clock(import, Clock::Monotonic, |permit| {
                clock.moment(when, permit)
            })
            .await?;
        self.timer(moment)
    }

    async fn subscribe_duration(
        &mut self,
        duration: Duration,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        let clock = self.given.clock;
        let import = "wasi:clocks/monotonic-clock#subscribe-duration";
        let moment = self
            .clock(import, Clock::Monotonic, |permit| {
                clock.after(duration, permit)
            })
            .await?;
        self.timer(moment)
    }
}

/// Waits for a moment; none is one that never comes.
pub(crate) async fn until(moment: Option<tokio::time::Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// A moment to wait for; none is one that never comes.
struct Timer {
    moment: Option<tokio::time::Instant>,
    yielded: bool,
}

#[async_trait::async_trait]
impl Pollable for Timer {
    async fn ready(&mut self) {
        // A guest that polls with a past moment in a loop must not keep the runtime from looking at sockets and
        // other guests, so the first look always yields.
        if !std::mem::replace(&mut self.yielded, true) {
            tokio::task::yield_now().await;
        }
        until(self.moment).await;
    }
}
