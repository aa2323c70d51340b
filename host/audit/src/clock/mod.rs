//! The two clocks of a record.
//!
//! Calls are stamped with the monotonic clock alone (one system call without a switch to the kernel); the writer turns
//! stamps into wall time, so that no calling thread ever formats a date.

#![expect(
    clippy::disallowed_methods,
    reason = "a record's time is the log's own, never a guest's; no guest reads a clock through it"
)]

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use rustix::time::{ClockId, Timespec, clock_gettime};

const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(6));

/// The system's monotonic clock, in nanoseconds since a moment that stays the same until the next boot.
pub(crate) fn mono_ns() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    nanoseconds(now)
        .and_then(|ns| u64::try_from(ns).ok())
        .unwrap_or(0)
}

/// Both clocks, read together once a batch: what turns a monotonic stamp into wall time.
#[derive(Clone, Copy)]
pub(crate) struct Pair {
    wall_ns: i128,
    mono_ns: u64,
}

impl Pair {
    pub(crate) fn now() -> Pair {
        let wall = clock_gettime(ClockId::Realtime);
        Pair {
            wall_ns: nanoseconds(wall).map_or(0, i128::from),
            mono_ns: mono_ns(),
        }
    }

    /// Appends the wall time of the monotonic `stamp` as RFC 3339 in UTC with microseconds.
    ///
    /// The wall clock may be set while a guest runs: the time is what the clock says now, less the stamp's age, so a
    /// jump shows in `time` and never in the order of records.
    pub(crate) fn push_time(self, out: &mut Vec<u8>, stamp: u64) {
        let age = i128::from(self.mono_ns) - i128::from(stamp);
        let time = Timestamp::from_nanosecond(self.wall_ns - age).unwrap_or(Timestamp::UNIX_EPOCH);
        out.extend_from_slice(PRINTER.timestamp_to_string(&time).as_bytes());
    }
}

fn nanoseconds(time: Timespec) -> Option<i64> {
    time.tv_sec
        .checked_mul(1_000_000_000)?
        .checked_add(time.tv_nsec)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(pair: Pair, stamp: u64) -> String {
        let mut out = Vec::new();
        pair.push_time(&mut out, stamp);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn times_have_microseconds_and_end_in_z() {
        let pair = Pair {
            wall_ns: 1_700_000_000_000_000_000,
            mono_ns: 5_000,
        };
        assert_eq!(text(pair, 5_000), "2023-11-14T22:13:20.000000Z");
        assert_eq!(text(pair, 3_000), "2023-11-14T22:13:19.999998Z");
    }

    #[test]
    fn i71_a_wall_clock_out_of_range_is_a_time_and_no_panic() {
        for wall_ns in [i128::from(i64::MIN), i128::from(i64::MAX), i128::MAX / 2] {
            let time = text(
                Pair {
                    wall_ns,
                    mono_ns: 0,
                },
                u64::MAX,
            );
            assert!(time.ends_with('Z'), "{time}");
        }
    }
}
