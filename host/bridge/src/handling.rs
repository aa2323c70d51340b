//! `tollgate:host/signals`: what a program does with the signals that whoever runs it sends.

use std::sync::Arc;

use tollgate_world::tollgate::host::signals;
use wasmtime::component::Resource;
use wasmtime_wasi::p2::DynPollable;

use crate::signals::{Disposition, Signals};
use crate::view::View;
use crate::waits::{Never, Waits, pollable};

#[async_trait::async_trait]
impl Waits for Signals {
    async fn ready(&self) {
        self.come().await;
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
        let waits: Arc<dyn Waits> = match &self.given.signals {
            Some(signals) => Arc::new(signals.clone()),
            None => Arc::new(Never),
        };
        pollable(self.table, self.gate, waits)
    }

    async fn next(&mut self) -> wasmtime::Result<Option<u8>> {
        Ok(self.given.signals.as_ref().and_then(Signals::next))
    }
}
