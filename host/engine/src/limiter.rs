//! Memory, tables and stack of one run, summed over all of its instances, against one limit.

use std::pin::Pin;
use std::task::{Context, Poll};

use tollgate_policy::LimitKey;

use crate::Gate;

/// What a table element costs the host, in bytes: a pointer, or a tagged one.
const TABLE_ELEMENT_BYTES: usize = size_of::<usize>();

/// What `wasmtime` waits for.
type Answer<'a> = Pin<Box<dyn Future<Output = wasmtime::Result<bool>> + Send + 'a>>;

/// It may grow. Every instantiation asks several times, and a future that holds nothing takes no memory in its box.
struct Granted;

impl Future for Granted {
    type Output = wasmtime::Result<bool>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(Ok(true))
    }
}

/// Counts what a run's linear memories, tables and stack take together. wasmtime's own limits bound each memory and each
/// table, so ninety memories of the limit would pass them.
#[derive(Debug)]
pub struct Limiter {
    gate: Gate,
    limit: u64,
    used: u64,
    last_growth: u64,
    peak: u64,
    reached: Option<LimitKey>,
    instances: usize,
}

impl Limiter {
    /// A limiter that allows `limit` bytes and `instances` core instances.
    #[must_use]
    pub fn new(gate: Gate, limit: u64, instances: usize) -> Self {
        Self {
            gate,
            limit,
            used: 0,
            last_growth: 0,
            peak: 0,
            reached: None,
            instances,
        }
    }

    /// The limit that growth ran into, if any did: names the reason when the guest then traps.
    #[must_use]
    pub fn reached(&self) -> Option<LimitKey> {
        self.reached
    }

    /// The most bytes that the run held at once.
    #[must_use]
    pub fn peak(&self) -> u64 {
        self.peak
    }

    /// Takes what the guest's stack may take off its memory: whether it fits.
    pub(crate) fn charge_stack(&mut self, bytes: usize) -> bool {
        self.used = self.used.saturating_add(bytes as u64);
        self.peak = self.peak.max(self.used);
        let fits = self.used <= self.limit;
        if !fits {
            self.reached = Some(LimitKey::Memory);
        }
        fits
    }

    /// Takes what something would grow by, unless it may not. What is refused for the limit is recorded, which waits.
    fn grow(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
        unit: usize,
    ) -> Answer<'_> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Box::pin(std::future::ready(Ok(false)));
        }
        let growth = desired.saturating_sub(current).saturating_mul(unit) as u64;
        let wanted = self.used.saturating_add(growth);
        if wanted > self.limit {
            self.reached = Some(LimitKey::Memory);
            return Box::pin(async {
                self.gate.limit_reached(LimitKey::Memory).await?;
                Ok(false)
            });
        }
        self.used = wanted;
        self.last_growth = growth;
        self.peak = self.peak.max(wanted);
        Box::pin(Granted)
    }

    fn undo(&mut self) {
        self.used = self
            .used
            .saturating_sub(std::mem::take(&mut self.last_growth));
    }
}

// Written as `async_trait` would, so that nothing is boxed where there is nothing to wait for.
impl wasmtime::ResourceLimiterAsync for Limiter {
    fn memory_growing<'life0, 'async_trait>(
        &'life0 mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Answer<'async_trait>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        self.grow(current, desired, maximum, 1)
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.undo();
        Ok(())
    }

    fn table_growing<'life0, 'async_trait>(
        &'life0 mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Answer<'async_trait>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        self.grow(current, desired, maximum, TABLE_ELEMENT_BYTES)
    }

    fn table_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.undo();
        Ok(())
    }

    fn instances(&self) -> usize {
        self.instances
    }

    fn tables(&self) -> usize {
        self.instances
    }

    fn memories(&self) -> usize {
        self.instances
    }
}
