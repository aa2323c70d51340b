//! Something of an embedder's that a guest can wait for.

use std::sync::Arc;

use tollgate_engine::{Gate, GuestState as _};
use tollgate_policy::LimitKey;
use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::p2::{Pollable, subscribe};

pub use wasmtime_wasi::p2::DynPollable;

use crate::guest::Guest;

/// Something that a guest can wait for by `wasi:io/poll`.
#[async_trait::async_trait]
pub trait Waits: Send + Sync {
    /// Comes back when there is no more to be waited for. It is dropped and called again as often as the guest polls, and
    /// may lose nothing by that.
    async fn ready(&self);
}

/// What never comes.
#[derive(Debug, Clone, Copy)]
pub struct Never;

#[async_trait::async_trait]
impl Waits for Never {
    async fn ready(&self) {
        std::future::pending().await
    }
}

struct Waiting(Arc<dyn Waits>);

#[async_trait::async_trait]
impl Pollable for Waiting {
    async fn ready(&mut self) {
        self.0.ready().await;
    }
}

impl Guest {
    /// A pollable of the guest's.
    ///
    /// # Errors
    ///
    /// It has as many handles as it may.
    pub fn pollable(&mut self, of: Arc<dyn Waits>) -> wasmtime::Result<Resource<DynPollable>> {
        let gate = self.gate().clone();
        pollable(self.table(), &gate, of)
    }
}

/// A pollable in a guest's table: two of its handles.
pub(crate) fn pollable(
    table: &mut ResourceTable,
    gate: &Gate,
    of: Arc<dyn Waits>,
) -> wasmtime::Result<Resource<DynPollable>> {
    let waiting = table.push(Waiting(of))?;
    let in_use = u64::from(waiting.rep()).saturating_add(2);
    gate.in_use(LimitKey::Handles, in_use);
    subscribe(table, waiting)
}
