//! `tollgate:host/signals`: what a program does with the signals that whoever runs it sends.

use tollgate_policy::LimitKey;
use tollgate_world::tollgate::host::signals;
use wasmtime::component::Resource;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};

use crate::signals::{Disposition, Signals};
use crate::view::View;

/// What waits for a signal; for none where nobody sends any.
struct Waiting(Option<Signals>);

#[async_trait::async_trait]
impl Pollable for Waiting {
    async fn ready(&mut self) {
        match &self.0 {
            Some(signals) => signals.come().await,
            None => std::future::pending().await,
        }
    }
}

impl signals::Host for View<'_> {
    async fn dispose(
        &mut self,
        signal: u8,
        disposition: signals::Disposition,
    ) -> wasmtime::Result<bool> {
        let disposition = match disposition {
            signals::Disposition::Default => Disposition::Default,
            signals::Disposition::Ignore => Disposition::Ignore,
            signals::Disposition::Handle => Disposition::Handle,
        };
        let given = self.given.signals.as_ref();
        Ok(given.is_some_and(|signals| signals.dispose(signal, disposition)))
    }

    async fn subscribe(&mut self) -> wasmtime::Result<Resource<DynPollable>> {
        let handle = self.table.push(Waiting(self.given.signals.clone()))?;
        let in_use = u64::from(handle.rep()).saturating_add(1);
        self.gate.in_use(LimitKey::Handles, in_use);
        subscribe(self.table, handle)
    }

    async fn next(&mut self) -> wasmtime::Result<Option<u8>> {
        Ok(self.given.signals.as_ref().and_then(Signals::next))
    }
}
