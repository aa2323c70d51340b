//! `wasi:clocks@0.3`.

use tollgate_capability::clock::{self, Monotonic};
use tollgate_engine::Gate;
use tollgate_policy::Clock;
use tollgate_world::p3::wasi::clocks::monotonic_clock::{self, Mark};
use tollgate_world::p3::wasi::clocks::system_clock::{self, Instant};
use tollgate_world::p3::wasi::clocks::types::{self, Duration};
use wasmtime::component::Accessor;

use crate::clocks::{through, until};
use crate::view::{Bridge, View};

fn nanos(duration: std::time::Duration) -> Duration {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

impl types::Host for View<'_> {}

impl system_clock::Host for View<'_> {
    async fn now(&mut self) -> wasmtime::Result<Instant> {
        let import = "wasi:clocks/system-clock@0.3#now";
        let now = self.clock(import, Clock::Wall, clock::wall).await?;
        Ok(Instant {
            seconds: i64::try_from(now.as_secs()).unwrap_or(i64::MAX),
            nanoseconds: now.subsec_nanos(),
        })
    }

    async fn get_resolution(&mut self) -> wasmtime::Result<Duration> {
        let import = "wasi:clocks/system-clock@0.3#get-resolution";
        self.clock(import, Clock::Wall, clock::wall_resolution)
            .await
            .map(nanos)
    }
}

impl monotonic_clock::Host for View<'_> {
    async fn now(&mut self) -> wasmtime::Result<Mark> {
        let clock = self.given.clock;
        let import = "wasi:clocks/monotonic-clock@0.3#now";
        self.clock(import, Clock::Monotonic, |permit| clock.now(permit))
            .await
    }

    async fn get_resolution(&mut self) -> wasmtime::Result<Duration> {
        let clock = self.given.clock;
        let import = "wasi:clocks/monotonic-clock@0.3#get-resolution";
        self.clock(import, Clock::Monotonic, |permit| clock.resolution(permit))
            .await
    }
}

/// What a wait takes out of the store before it begins.
fn taken<T>(store: &Accessor<T, Bridge>) -> (Gate, Monotonic) {
    store.with(|mut access| {
        let view = access.get();
        (view.gate.clone(), view.given.clock)
    })
}

/// A guest that waits for moments that have passed, in a loop, must not keep others from their turn.
async fn wait(moment: Option<std::time::Instant>) {
    tokio::task::yield_now().await;
    until(moment.map(Into::into)).await;
}

impl<T: Send> monotonic_clock::HostWithStore<T> for Bridge {
    async fn wait_until(store: &Accessor<T, Self>, when: Mark) -> wasmtime::Result<()> {
        let (gate, clock) = taken(store);
        let import = "wasi:clocks/monotonic-clock@0.3#wait-until";
        let moment = through(&gate, import, Clock::Monotonic, |permit| {
            clock.moment(when, permit)
        });
        wait(moment.await?).await;
        Ok(())
    }

    async fn wait_for(store: &Accessor<T, Self>, how_long: Duration) -> wasmtime::Result<()> {
        let (gate, clock) = taken(store);
        let import = "wasi:clocks/monotonic-clock@0.3#wait-for";
        let moment = through(&gate, import, Clock::Monotonic, |permit| {
            clock.after(how_long, permit)
        });
        wait(moment.await?).await;
        Ok(())
    }
}
