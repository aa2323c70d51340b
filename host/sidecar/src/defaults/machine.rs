//! The clocks and the entropy of the machine, as far as a policy lets them be read.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tollgate::capability::clock::{Monotonic, wall};
use tollgate::capability::entropy;
use tollgate_contract::clock::{ClockRequest, ScheduleTimerRequest, ScheduledTimer, SystemTime};
use tollgate_contract::random::RandomBytesRequest;
use tollgate_contract::types::Duration;
use tollgate_contract::{BridgeError, ClockBridge, ErrorCode, RandomBridge, async_trait};
use tollgate_policy::{Clock, Decision, Effective, Operation, Permit, Random};

/// Timers that are not over at once.
pub(crate) const MOST_TIMERS: usize = 4_096;
/// Bytes of one request: 1 MiB.
pub(crate) const MOST_RANDOM_BYTES: u64 = 1 << 20;

fn permit(policy: &Effective, operation: &Operation<'_>) -> Result<Permit, BridgeError> {
    match policy.decide(operation) {
        Decision::Allow(permit, _) => Ok(permit),
        Decision::Ask(_, rule) | Decision::WouldDeny(_, rule) => {
            Err(BridgeError::new(ErrorCode::Denied, rule.to_string()))
        }
        Decision::Deny(denial) => Err(BridgeError::new(
            ErrorCode::Denied,
            denial.rule().to_string(),
        )),
    }
}

fn failed(error: impl std::fmt::Display) -> BridgeError {
    BridgeError::new(ErrorCode::Failed, error.to_string())
}

/// The machine's clocks. The monotonic one begins at zero when this is made.
#[derive(Debug)]
pub struct SystemClock {
    policy: Arc<Effective>,
    monotonic: Monotonic,
    last: AtomicU64,
    /// When each timer is over, with its number.
    timers: Mutex<BTreeSet<(u64, u64)>>,
}

impl SystemClock {
    /// The clocks that this policy lets be read.
    #[must_use]
    pub fn new(policy: Effective) -> Self {
        Self {
            policy: Arc::new(policy),
            monotonic: Monotonic::start(),
            last: AtomicU64::new(0),
            timers: Mutex::default(),
        }
    }

    fn now(&self) -> Result<u64, BridgeError> {
        let clock = Clock::Monotonic;
        let permit = permit(&self.policy, &Operation::Clock { clock })?;
        self.monotonic.now(permit).map_err(failed)
    }
}

#[async_trait]
impl ClockBridge for SystemClock {
    async fn wall_clock(&self, _: ClockRequest) -> Result<SystemTime, BridgeError> {
        let clock = Clock::Wall;
        let permit = permit(&self.policy, &Operation::Clock { clock })?;
        let since = wall(permit).map_err(failed)?;
        Ok(SystemTime {
            seconds: i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
            nanoseconds: since.subsec_nanos(),
        })
    }

    async fn monotonic_clock(&self, _: ClockRequest) -> Result<Duration, BridgeError> {
        self.now()
    }

    async fn schedule_timer(
        &self,
        request: ScheduleTimerRequest,
    ) -> Result<ScheduledTimer, BridgeError> {
        let now = self.now()?;
        let mut timers = self.timers.lock().unwrap_or_else(PoisonError::into_inner);
        let live = timers.split_off(&(now, 0));
        *timers = live;
        if timers.len() >= MOST_TIMERS {
            return Err(BridgeError::new(
                ErrorCode::Exhausted,
                "there are too many timers",
            ));
        }
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        timers.insert((now.saturating_add(request.delay), number));
        Ok(ScheduledTimer {
            timer_id: format!("timer-{number}"),
            delay: request.delay,
        })
    }
}

/// The machine's entropy.
#[derive(Debug, Clone)]
pub struct SystemRandom(Arc<Effective>);

impl SystemRandom {
    /// As far as this policy lets it be drawn.
    #[must_use]
    pub fn new(policy: Effective) -> Self {
        Self(Arc::new(policy))
    }
}

#[async_trait]
impl RandomBridge for SystemRandom {
    async fn fill_random_bytes(&self, request: RandomBytesRequest) -> Result<Vec<u8>, BridgeError> {
        if request.len > MOST_RANDOM_BYTES {
            let message = format!("at most {MOST_RANDOM_BYTES} bytes are given at once");
            return Err(BridgeError::new(ErrorCode::Exhausted, message));
        }
        let source = Random::Secure;
        let permit = permit(&self.0, &Operation::Random { source })?;
        let mut bytes = vec![0; usize::try_from(request.len).unwrap_or_default()];
        entropy::fill(&mut bytes, permit).map_err(failed)?;
        Ok(bytes)
    }
}
