//! The host's clocks.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_getres};
use tollgate_policy::{Permit, Scope};

use crate::WrongPermit;
use crate::spend::spend;

/// A run's own monotonic clock. It starts at zero with the run, so that it tells a guest neither how long the host
/// is up nor how its readings relate to those of another guest.
#[derive(Debug, Clone, Copy)]
pub struct Monotonic {
    start: Instant,
}

impl Monotonic {
    /// A clock that reads zero now.
    #[must_use]
    pub fn start() -> Self {
        Self {
            start: Instant::now(),
        }
    }

    /// Nanoseconds since the start of the run.
    ///
    /// # Errors
    ///
    /// The permit is for something else.
    pub fn now(&self, permit: Permit) -> Result<u64, WrongPermit> {
        spend(permit, Scope::Clock)?;
        Ok(nanos(self.start.elapsed()))
    }

    /// The host's moment for a reading of this clock, for waiting. A moment that the host cannot express is none
    /// that anyone will see.
    ///
    /// # Errors
    ///
    /// The permit is for something else.
    pub fn moment(&self, reading: u64, permit: Permit) -> Result<Option<Instant>, WrongPermit> {
        spend(permit, Scope::Clock)?;
        Ok(self.start.checked_add(Duration::from_nanos(reading)))
    }

    /// The host's moment `nanos` from now, or nothing when it cannot be expressed.
    ///
    /// # Errors
    ///
    /// The permit is for something else.
    pub fn after(&self, nanos: u64, permit: Permit) -> Result<Option<Instant>, WrongPermit> {
        spend(permit, Scope::Clock)?;
        Ok(Instant::now().checked_add(Duration::from_nanos(nanos)))
    }

    /// The clock's resolution in nanoseconds.
    ///
    /// # Errors
    ///
    /// The permit is for something else.
    pub fn resolution(&self, permit: Permit) -> Result<u64, WrongPermit> {
        spend(permit, Scope::Clock)?;
        Ok(nanos(resolution(ClockId::Monotonic)))
    }
}

/// The time of day: seconds and nanoseconds since 1970-01-01T00:00:00Z. A host clock before that reads as that.
///
/// # Errors
///
/// The permit is for something else.
pub fn wall(permit: Permit) -> Result<Duration, WrongPermit> {
    spend(permit, Scope::Clock)?;
    Ok(SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default())
}

/// The wall clock's resolution.
///
/// # Errors
///
/// The permit is for something else.
pub fn wall_resolution(permit: Permit) -> Result<Duration, WrongPermit> {
    spend(permit, Scope::Clock)?;
    Ok(resolution(ClockId::Realtime))
}

fn resolution(clock: ClockId) -> Duration {
    let resolution = clock_getres(clock);
    let seconds = u64::try_from(resolution.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(resolution.tv_nsec).unwrap_or(1))
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
