//! Something of an embedder's that a guest can wait for.

use std::sync::Arc;

use tollgate_engine::GuestState as _;
use tollgate_policy::LimitKey;
use wasmtime::component::Resource;
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
        let waiting = self.table().push(Waiting(of))?;
        let in_use = u64::from(waiting.rep()).saturating_add(2);
        self.gate().in_use(LimitKey::Handles, in_use);
        subscribe(self.table(), waiting)
    }
}
