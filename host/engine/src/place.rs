//! Where a guest's program was last seen, as the guest says.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tollgate_policy::{LimitKey, Limits};

/// The longest name of a file that is repeated, in bytes.
pub(crate) const LONGEST_FILE: usize = 1024;

/// A limit is near when an eighth of it is left.
const NEAR: u64 = 8;

/// A limit of time is not near before so little is left of it.
const NEAR_TIME: Duration = Duration::from_millis(500);

/// A place in a program: what the guest says of itself, cut to what is kept of it. It is for people, and nothing is decided
/// by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    file: String,
    line: u32,
    column: u32,
}

impl Place {
    /// A place in a file of the guest's; line and column count from one.
    #[must_use]
    pub fn new(file: &str, line: u32, column: u32) -> Self {
        let end = file.floor_char_boundary(LONGEST_FILE);
        let file = file.get(..end).unwrap_or_default().to_owned();
        Self { file, line, column }
    }
}

/// As people write it: `FILE:LINE:COLUMN`, and without the column where there is none.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        match self.column {
            0 => Ok(()),
            column => write!(f, ":{column}"),
        }
    }
}

/// Where a run was last seen, and what time it has taken so far: a few numbers, kept for each run.
#[derive(Default)]
pub(crate) struct Whereabouts {
    last: Mutex<Option<Place>>,
    /// Milliseconds, as they were when the guest last had its turn.
    wall: AtomicU64,
    cpu: AtomicU64,
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn is_near(spent: u64, limit: Duration) -> bool {
    let limit = millis(limit);
    limit.saturating_sub(spent) <= (limit / NEAR).min(millis(NEAR_TIME))
}

impl Whereabouts {
    fn last(&self) -> MutexGuard<'_, Option<Place>> {
        // A place is put there whole.
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn seen_at(&self, place: Place) {
        *self.last() = Some(place);
    }

    pub(crate) fn seen(&self) -> Option<Place> {
        self.last().clone()
    }

    pub(crate) fn took(&self, wall: Duration, cpu: Duration) {
        self.wall.store(millis(wall), Ordering::Relaxed);
        self.cpu.store(millis(cpu), Ordering::Relaxed);
    }

    /// Whether a limit of time is near.
    pub(crate) fn is_near_the_end(&self, limits: &Limits) -> bool {
        is_near(self.wall.load(Ordering::Relaxed), limits.wall)
            || is_near(self.cpu.load(Ordering::Relaxed), limits.cpu)
    }
}

/// Whether no more than an eighth of an amount is left.
pub(crate) fn is_nearly_used(limits: &Limits, limit: LimitKey, used: u64) -> bool {
    let allowed = limits.value(limit).unwrap_or(u64::MAX);
    allowed.saturating_sub(used) <= allowed / NEAR
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_cut_between_letters() {
        let place = Place::new(&"é".repeat(LONGEST_FILE), 3, 0).to_string();
        assert_eq!(place.len(), LONGEST_FILE + 2);
        assert_eq!(Place::new("/a.js", 3, 4).to_string(), "/a.js:3:4");
    }

    #[test]
    fn time_is_near_its_end_in_the_last_eighth_and_for_half_a_second_at_most() {
        let seconds = Duration::from_secs;
        assert!(!is_near(6_900, seconds(8)) && is_near(7_500, seconds(8)));
        assert!(!is_near(59_000, seconds(60)) && is_near(59_600, seconds(60)));
        assert!(!is_near(600, seconds(1)) && is_near(900, seconds(1)));
    }
}
