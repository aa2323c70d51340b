//! The limit on records per second: a bucket that holds one second's worth.

/// A bucket in the form of a clock: `next_ns` runs ahead of the time by one interval per record.
#[derive(Debug)]
pub(crate) struct Pace {
    interval_ns: u64,
    next_ns: u64,
}

/// How far `next_ns` may run ahead: one second's worth of records may come at once.
const BURST_NS: u64 = 1_000_000_000;

impl Pace {
    /// At most `per_second` records (at least one) in the long run, and twice as many in any one second.
    pub(crate) fn new(per_second: u32) -> Pace {
        Pace {
            interval_ns: BURST_NS / u64::from(per_second.max(1)),
            next_ns: 0,
        }
    }

    /// When the next call may begin, if that is later than `now`.
    pub(crate) fn wait_until(&self, now: u64) -> Option<u64> {
        let start = self.next_ns.saturating_sub(BURST_NS);
        (start > now).then_some(start)
    }

    /// Counts one record. Calls that run at the same time may overdraw; the next begin waits for all of them.
    pub(crate) fn spend(&mut self, now: u64) {
        self.next_ns = self.next_ns.max(now).saturating_add(self.interval_ns);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn i67_never_more_than_a_burst_and_the_rate(per_second in 1_u32..5000, gaps in prop::collection::vec(0_u64..10_000_000, 1..2000)) {
            let mut pace = Pace::new(per_second);
            let (mut now, mut records) = (1_u64, 0_u64);
            for gap in gaps {
                now = pace.wait_until(now).unwrap_or(now) + gap;
                if pace.wait_until(now).is_none() {
                    pace.spend(now);
                    records += 1;
                }
            }
            let allowed = u128::from(per_second) * u128::from(now + BURST_NS) / u128::from(BURST_NS) + 2;
            prop_assert!(u128::from(records) <= allowed + allowed / 100, "{records} records, {allowed} allowed");
        }
    }

    #[test]
    fn i67_who_overdrew_waits_and_then_goes_on() {
        let mut pace = Pace::new(10);
        for _ in 0..20 {
            pace.spend(5);
        }
        let due = pace.wait_until(5);
        assert_eq!(due, Some(5 + 1_000_000_000));
        assert_eq!(pace.wait_until(5 + 1_000_000_000), None);
    }
}
