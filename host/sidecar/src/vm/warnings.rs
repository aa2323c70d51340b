//! What a client is told before a limit of its VM is reached: `limit_warning`, once when four fifths are used, and again only
//! after half of that was free.
//!
//! These are looked at after each of the client's requests and at the end of each program: `vm_processes`,
//! `vm_filesystem_bytes`, `vm_inodes`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tollgate_protocol::event;
use tollgate_protocol::types::{
    ConnectionOwnership, EventPayload, OwnershipScope, StructuredEvent, VmOwnership,
};

use crate::bridges::Teller;
use crate::front::{Events, Front};
use crate::fs::Fill;

/// One limit, and whether the client knows that it is near.
#[derive(Debug)]
struct Gauge {
    limit: &'static str,
    category: &'static str,
    told: AtomicBool,
}

impl Gauge {
    const fn new(limit: &'static str) -> Self {
        Self {
            limit,
            category: "resource",
            told: AtomicBool::new(false),
        }
    }

    /// What is to be told, if anything is.
    fn observe(&self, observed: u64, capacity: u64) -> Option<StructuredEvent> {
        // Shares of numbers that may be as large as they get.
        let (used, all) = (u128::from(observed) * 100, u128::from(capacity));
        if used <= all * 50 {
            self.told.store(false, Ordering::Relaxed);
            return None;
        }
        if used < all * 80 || self.told.swap(true, Ordering::Relaxed) {
            return None;
        }
        let percent = used.checked_div(all).unwrap_or(100);
        let detail = [
            ("limit", self.limit.to_owned()),
            ("category", self.category.to_owned()),
            ("observed", observed.to_string()),
            ("capacity", capacity.to_string()),
            ("fillPercent", percent.to_string()),
        ];
        Some(StructuredEvent {
            name: "limit_warning".to_owned(),
            detail: detail
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
        })
    }
}

/// The limits of one VM, and whom to tell.
pub(super) struct Warnings {
    events: Arc<Events>,
    vm_id: String,
    teller: Teller,
    processes: Gauge,
    bytes: Gauge,
    inodes: Gauge,
}

impl Warnings {
    pub(super) fn new(events: Arc<Events>, vm_id: &str, teller: &Teller) -> Self {
        Self {
            events,
            vm_id: vm_id.to_owned(),
            teller: teller.clone(),
            processes: Gauge::new("vm_processes"),
            bytes: Gauge::new("vm_filesystem_bytes"),
            inodes: Gauge::new("vm_inodes"),
        }
    }

    /// Tells the client which limits are near, where it was not told yet: programs of the most of them, and the root.
    pub(super) async fn look(&self, processes: Option<(u64, u64)>, files: Option<Fill>) {
        let processes = processes.and_then(|(live, most)| self.processes.observe(live, most));
        let bytes = files.and_then(|fill| self.bytes.observe(fill.bytes.0, fill.bytes.1));
        let inodes = files.and_then(|fill| self.inodes.observe(fill.inodes.0, fill.inodes.1));
        for warning in [processes, bytes, inodes].into_iter().flatten() {
            self.tell(warning).await;
        }
    }

    /// A warning concerns the connection that the VM is attached by; without one it is for nobody.
    async fn tell(&self, warning: StructuredEvent) {
        let detail = warning.detail.iter();
        let fields: Vec<_> = detail
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        self.teller.event(&self.vm_id, &warning.name, &fields);
        let Some(Front { scope, outbox, .. }) = self.events.front() else {
            return;
        };
        let OwnershipScope::VmOwnership(VmOwnership { connection_id, .. }) = scope else {
            return;
        };
        let scope = OwnershipScope::ConnectionOwnership(ConnectionOwnership { connection_id });
        let _the_client_is_gone = outbox
            .tell(event(scope, EventPayload::StructuredEvent(warning)))
            .await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_told_of_once_until_half_of_it_is_free() {
        let gauge = Gauge::new("vm_processes");
        let tells = |observed| gauge.observe(observed, 10).is_some();
        assert!(!tells(7));
        assert!(tells(8));
        assert!(!tells(9) && !tells(10) && !tells(6) && !tells(8));
        assert!(!tells(5));
        assert!(tells(8));
        let told = Gauge::new("vm_inodes").observe(9, 11).unwrap();
        assert_eq!(told.name, "limit_warning");
        let detail: Vec<_> = told
            .detail
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        let expected = [
            ("limit", "vm_inodes"),
            ("category", "resource"),
            ("observed", "9"),
            ("capacity", "11"),
            ("fillPercent", "81"),
        ];
        assert_eq!(detail, expected);
        assert!(Gauge::new("x").observe(1, 0).is_some());
        assert!(Gauge::new("x").observe(u64::MAX, u64::MAX).is_some());
    }
}
