//! The gate: where an operation meets the policy, the meter and the audit log.
//!
//! A host function decides first (which is pure), reserves its place in the log, does its work with the permit, and
//! files what came of it. A [`Call`] that is dropped instead of finished is recorded as dropped, so a cancelled
//! future leaves a record too. There is no other way to get a [`Permit`] at run time: everything that acts on the
//! outside takes one by value.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tollgate_audit::{Entry, Pending, Run};
use tollgate_policy::{Decision, Effective, LimitKey, Limits, Operation, Permit, Question, RuleId};

use crate::Stop;
use crate::in_force::InForce;
use crate::place::{Place, Whereabouts, is_nearly_used};
use crate::time::Control;

/// Answers what a policy leaves to be asked. Without one, `ask` denies.
#[async_trait::async_trait]
pub trait Decider: Send + Sync {
    /// Whether there is anybody to ask at present. Where there is not, it is as if there were no decider.
    fn is_there(&self) -> bool {
        true
    }

    /// Whether what `question` is about may go on. Its resource, which its text holds too, is made by the guest: a terminal
    /// must escape it. Reading a question gives no permit.
    async fn allows(&self, question: &Question) -> bool;
}

/// The name of an outcome in the log: the error case of the interface, in WIT spelling.
pub trait Outcome {
    /// For example `no-entry`.
    fn case(&self) -> &'static str;
}

/// Bytes that one call moved, as the guest sees them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Bytes that the guest received.
    pub bytes_in: u64,
    /// Bytes that the guest sent.
    pub bytes_out: u64,
}

/// One run's gate. Cheap to clone: every clone is the same gate.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    policy: InForce,
    limits: Limits,
    audit: Run,
    decider: Option<Arc<dyn Decider>>,
    output_left: AtomicU64,
    /// The most of each limit that was in use at once, where that is counted here.
    peaks: [AtomicU64; LimitKey::ALL.len()],
    denials: AtomicU64,
    whereabouts: Whereabouts,
    control: Option<Control>,
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").finish_non_exhaustive()
    }
}

/// What the policy said about one operation, with its place in the log.
#[must_use]
pub enum Verdict {
    /// Do it with the permit, then finish the call.
    Permitted(Permit, Call),
    /// Answer with the interface's own denial, and finish the call with its name.
    Denied(Call),
}

/// How long the end of a run waits for calls that were cut off. What is dropped is over at once, but for the thread that
/// is in the middle of it.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What was decided about an operation, for the parts of it that follow: the chunks of a body that was let through go by
/// the decision about their request, and nobody is asked about each of them.
#[derive(Debug, Clone)]
pub struct Ruling {
    decision: tollgate_audit::Decision,
    rule: RuleId,
}

/// One gated call that has begun: its record is certain, only the outcome is missing.
#[must_use]
pub struct Call {
    pending: Pending,
    ruling: Ruling,
}

impl Call {
    /// Files the outcome (`ok` or the interface's error case) and what was moved.
    ///
    /// # Errors
    ///
    /// With `flush = "each"`, that the record could not be flushed: the guest ends.
    pub async fn finish(self, outcome: &str, traffic: Traffic) -> Result<(), Stop> {
        Ok(self
            .pending
            .finish_flushed(outcome, traffic.bytes_in, traffic.bytes_out)
            .await?)
    }

    /// Files the outcome without waiting for any flush: for places that cannot wait, such as a stream's write.
    pub fn file(self, outcome: &str, traffic: Traffic) {
        self.pending
            .finish(outcome, traffic.bytes_in, traffic.bytes_out);
    }

    /// What was decided.
    #[must_use]
    pub fn ruling(&self) -> Ruling {
        self.ruling.clone()
    }

    /// Takes the call back: nothing was done and nothing was learnt, as when a stream had nothing to read yet.
    pub fn withdraw(self) {
        self.pending.withdraw();
    }
}

/// How often an operation is expected, which says whether equal calls in a row may share a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// A record each.
    Single,
    /// Reads, writes, clock readings: counted into spans unless the policy asks for full detail.
    High,
}

impl Gate {
    /// A gate for one run under `policy`, recording to `audit`.
    #[must_use]
    pub fn new(policy: Arc<Effective>, audit: Run, decider: Option<Arc<dyn Decider>>) -> Self {
        Self::controlled(InForce::new(policy), audit, decider, None)
    }

    /// The same, of a run that `control` is the handle on, under a policy that may be replaced.
    #[must_use]
    pub fn controlled(
        policy: InForce,
        audit: Run,
        decider: Option<Arc<dyn Decider>>,
        control: Option<Control>,
    ) -> Self {
        let limits = policy.ask(Effective::limits);
        let output_left = AtomicU64::new(limits.output);
        Self(Arc::new(Inner {
            policy,
            limits,
            audit,
            decider,
            output_left,
            peaks: [const { AtomicU64::new(0) }; LimitKey::ALL.len()],
            denials: AtomicU64::new(0),
            whereabouts: Whereabouts::default(),
            control,
        }))
    }

    /// The limits of the run.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// The policy that this gate applies at this moment.
    #[must_use]
    pub fn policy(&self) -> Arc<Effective> {
        self.0.policy.now()
    }

    /// The run's end of the log.
    #[must_use]
    pub fn audit(&self) -> &Run {
        &self.0.audit
    }

    /// How many operations were denied so far.
    #[must_use]
    pub fn denials(&self) -> u64 {
        self.0.denials.load(Ordering::Relaxed)
    }

    /// Decides `operation`, asked for through the WIT function `import`, and reserves its record.
    ///
    /// # Errors
    ///
    /// The log has failed or is used up: the guest ends.
    pub async fn enter(
        &self,
        import: &str,
        operation: &Operation<'_>,
        rate: Rate,
    ) -> Result<Verdict, Stop> {
        let (permit, decision, rule) = self.decide(operation).await;
        let resource = operation.resource();
        let entry = entry(import, operation, &resource, decision, &rule, rate);
        let pending = self.0.audit.begin(entry).await?;
        let ruling = Ruling { decision, rule };
        Ok(self.verdict(permit, Call { pending, ruling }))
    }

    /// Reserves the record of a part of something that was let through already, by that decision: it is no operation of
    /// its own, and gives no permit.
    ///
    /// # Errors
    ///
    /// The log has failed or is used up: the guest ends.
    pub async fn part(
        &self,
        import: &'static str,
        operation: &Operation<'_>,
        ruling: &Ruling,
    ) -> Result<Call, Stop> {
        let resource = operation.resource();
        let Ruling { decision, rule } = ruling;
        let entry = entry(import, operation, &resource, *decision, rule, Rate::High);
        let pending = self.0.audit.begin(entry).await?;
        Ok(Call {
            pending,
            ruling: ruling.clone(),
        })
    }

    /// As [`Gate::enter`], but answers `None` instead of waiting, be it for room in the log, for a flush, or for
    /// somebody's answer: for the parts of a stream that may not block.
    ///
    /// # Errors
    ///
    /// The log has failed or is used up: the guest ends.
    pub fn try_enter(
        &self,
        import: &'static str,
        operation: &Operation<'_>,
        rate: Rate,
    ) -> Result<Option<Verdict>, Stop> {
        let (permit, decision, rule) = match self.decision(operation) {
            Decision::Ask(..) if self.asks_somebody() => return Ok(None),
            decided => split(decided),
        };
        if self.flushes_each() {
            return Ok(None);
        }
        let resource = operation.resource();
        let entry = entry(import, operation, &resource, decision, &rule, rate);
        let pending = self.0.audit.try_begin(entry)?;
        let ruling = Ruling { decision, rule };
        Ok(pending.map(|pending| self.verdict(permit, Call { pending, ruling })))
    }

    /// Whether the policy would let `operation` pass now, without asking anybody and without a record: for telling
    /// whether waiting for it makes sense. It is no permit.
    #[must_use]
    pub fn permits(&self, operation: &Operation<'_>) -> bool {
        match self.decision(operation) {
            Decision::Allow(..) | Decision::WouldDeny(..) => true,
            Decision::Ask(..) => self.asks_somebody(),
            Decision::Deny(_) => false,
        }
    }

    /// Whether [`Gate::try_enter`] can never let `operation` pass, since each record is flushed before its effect or
    /// somebody has to be asked.
    #[must_use]
    pub fn always_waits(&self, operation: &Operation<'_>) -> bool {
        let asks = || matches!(self.decision(operation), Decision::Ask(..)) && self.asks_somebody();
        self.flushes_each() || asks()
    }

    /// Whether there is somebody to answer what the policy leaves to be asked.
    #[must_use]
    pub fn asks_somebody(&self) -> bool {
        self.0
            .decider
            .as_ref()
            .is_some_and(|decider| decider.is_there())
    }

    /// Whether each record is flushed before its effect: then nothing passes without waiting.
    #[must_use]
    pub fn flushes_each(&self) -> bool {
        self.0.audit.flushes_each()
    }

    /// Waits until the log has room for one more call.
    pub async fn room(&self) {
        self.0.audit.room().await;
    }

    /// Records an operation that is refused without a decision of its own: by a rule of the host (`wall:0` for what no
    /// grant could allow, such as leaving the folder that a descriptor stands for), or by a rule about something that
    /// the operation would have done along the way.
    ///
    /// # Errors
    ///
    /// The log has failed or is used up: the guest ends.
    pub async fn refuse(
        &self,
        import: &str,
        operation: &Operation<'_>,
        rule: &str,
        outcome: &'static str,
    ) -> Result<(), Stop> {
        let entry = Entry {
            import,
            operation: operation.name(),
            resource: &operation.resource(),
            decision: tollgate_audit::Decision::Deny,
            rule,
            high_rate: false,
        };
        self.0.denials.fetch_add(1, Ordering::Relaxed);
        let pending = self.0.audit.begin(entry).await?;
        Ok(pending.finish_flushed(outcome, 0, 0).await?)
    }

    /// Waits until every call that began is filed: also those of tasks that were cut off with the guest, so that nothing is
    /// missing from what stands before the run's end in the log.
    pub async fn settled(&self) {
        if self.0.audit.is_settled() {
            return;
        }
        // A call that outlasts this is filed as dropped all the same, behind the run's end.
        let _late = tokio::time::timeout(LAST_WORDS, self.0.audit.settled()).await;
    }

    /// Runs one synchronous host operation through the gate: decide, reserve, `act` with the permit, file.
    ///
    /// # Errors
    ///
    /// The outer error ends the guest; the inner one is the interface's own, `denied` when the policy says no.
    pub async fn through<T, E: Outcome>(
        &self,
        import: &'static str,
        operation: &Operation<'_>,
        rate: Rate,
        denied: E,
        act: impl FnOnce(Permit, &mut Traffic) -> Result<T, E>,
    ) -> Result<Result<T, E>, Stop> {
        let mut traffic = Traffic::default();
        let (result, call) = match self.enter(import, operation, rate).await? {
            Verdict::Permitted(permit, call) => (act(permit, &mut traffic), call),
            Verdict::Denied(call) => (Err(denied), call),
        };
        call.finish(case_of(&result), traffic).await?;
        Ok(result)
    }

    /// Takes `bytes` off the run's allowance of output (standard output and error together).
    ///
    /// # Errors
    ///
    /// The allowance is used up: the guest ends, and what is left of it is returned so that it can still be written.
    pub fn charge_output(&self, bytes: u64) -> Result<(), u64> {
        self.0
            .output_left
            .try_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(bytes)
            })
            .map(drop)
            .map_err(|_| self.0.output_left.swap(0, Ordering::Relaxed))
    }

    /// Bytes of output that the run has charged.
    #[must_use]
    pub fn output_used(&self) -> u64 {
        let left = self.0.output_left.load(Ordering::Relaxed);
        self.0.limits.output.saturating_sub(left)
    }

    /// Notes that so much of `limit` is in use, for the account of the run.
    pub fn in_use(&self, limit: LimitKey, value: u64) {
        if let Some(peak) = self.0.peaks.get(limit as usize) {
            peak.fetch_max(value, Ordering::Relaxed);
        }
    }

    /// The most of `limit` that was [in use](Self::in_use) at once.
    #[must_use]
    pub fn peak(&self, limit: LimitKey) -> u64 {
        let peak = self.0.peaks.get(limit as usize);
        peak.map_or(0, |peak| peak.load(Ordering::Relaxed))
    }

    /// Keeps where the guest says that its program is, in place of what it said before.
    pub fn seen_at(&self, place: Place) {
        self.0.whereabouts.seen_at(place);
    }

    /// Where the guest's program was last seen; none where it has not said.
    #[must_use]
    pub fn seen(&self) -> Option<Place> {
        self.0.whereabouts.seen()
    }

    /// Whether a limit of time, output or handles is nearly used up: a guest may be told, and nothing is decided by it.
    #[must_use]
    pub fn is_near_a_limit(&self) -> bool {
        let limits = &self.0.limits;
        self.0.whereabouts.is_near_the_end(limits)
            || is_nearly_used(limits, LimitKey::Output, self.output_used())
            || is_nearly_used(limits, LimitKey::Handles, self.peak(LimitKey::Handles))
    }

    /// The handle on the run, where it was given one.
    pub(crate) fn control(&self) -> Option<&Control> {
        self.0.control.as_ref()
    }

    /// Keeps what the run, or the call, has taken so far.
    pub(crate) fn took(&self, wall: Duration, cpu: Duration) {
        self.0.whereabouts.took(wall, cpu);
    }

    /// Gives back what was charged and not written.
    pub fn refund_output(&self, bytes: u64) {
        self.0.output_left.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Records that a limit was reached, whatever the guest makes of it.
    ///
    /// # Errors
    ///
    /// The log has failed or is used up.
    pub async fn limit_reached(&self, limit: LimitKey) -> Result<(), Stop> {
        let resource = match self.0.limits.value(limit) {
            Some(value) => format!("{limit}={}", limit.show(value)),
            None => limit.to_string(),
        };
        let entry = Entry {
            import: "host:limits",
            operation: "limit.reached",
            resource: &resource,
            decision: tollgate_audit::Decision::Deny,
            rule: "limits:0",
            high_rate: true,
        };
        let pending = self.0.audit.begin(entry).await?;
        pending.finish("limit-reached", 0, 0);
        Ok(())
    }

    /// Records where the guest's program was last seen, as the place where a limit ended the run.
    ///
    /// # Errors
    ///
    /// The log has failed or is used up.
    pub(crate) async fn failed_by_limit(&self) -> Result<(), Stop> {
        match self.seen() {
            Some(place) => {
                self.note("run.failed", &place.to_string(), "limit-reached")
                    .await
            }
            None => Ok(()),
        }
    }

    /// Records something about the run itself: that it began, that it ended and how.
    ///
    /// # Errors
    ///
    /// The log has failed or is used up.
    pub async fn note(
        &self,
        operation: &'static str,
        resource: &str,
        outcome: &str,
    ) -> Result<(), Stop> {
        Ok(self.0.audit.note(own(operation, resource), outcome).await?)
    }

    /// Records that the run was cut off, and ends its part of the log, without waiting: for a run that is dropped. A run
    /// that has ended already has said so.
    pub fn cut(&self, operation: &'static str, resource: &str) {
        self.0.audit.cut(own(operation, resource), "cancelled");
    }

    /// What the policy says at this moment.
    fn decision(&self, operation: &Operation<'_>) -> Decision {
        self.0.policy.ask(|policy| policy.decide(operation))
    }

    async fn decide(
        &self,
        operation: &Operation<'_>,
    ) -> (Option<Permit>, tollgate_audit::Decision, RuleId) {
        let decision = match self.decision(operation) {
            Decision::Ask(question, _) => {
                let Some(decider) = self.0.decider.as_ref().filter(|decider| decider.is_there())
                else {
                    return split(question.unanswered());
                };
                if decider.allows(&question).await {
                    question.allow()
                } else {
                    question.deny()
                }
            }
            decided => decided,
        };
        split(decision)
    }

    fn verdict(&self, permit: Option<Permit>, call: Call) -> Verdict {
        match permit {
            Some(permit) => Verdict::Permitted(permit, call),
            None => {
                self.0.denials.fetch_add(1, Ordering::Relaxed);
                Verdict::Denied(call)
            }
        }
    }
}

/// The outcome's name for the log.
pub fn case_of<T, E: Outcome>(result: &Result<T, E>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(error) => error.case(),
    }
}

/// What the host itself records of a run.
fn own<'a>(operation: &'static str, resource: &'a str) -> Entry<'a> {
    Entry {
        import: "host:run",
        operation,
        resource,
        decision: tollgate_audit::Decision::Allow,
        rule: "host:0",
        high_rate: false,
    }
}

fn entry<'a>(
    import: &'a str,
    operation: &Operation<'_>,
    resource: &'a str,
    decision: tollgate_audit::Decision,
    rule: &'a RuleId,
    rate: Rate,
) -> Entry<'a> {
    Entry {
        import,
        operation: operation.name(),
        resource,
        decision,
        rule: rule.as_str(),
        high_rate: rate == Rate::High,
    }
}

fn split(decision: Decision) -> (Option<Permit>, tollgate_audit::Decision, RuleId) {
    match decision {
        Decision::Allow(permit, rule) => (Some(permit), tollgate_audit::Decision::Allow, rule),
        Decision::WouldDeny(permit, rule) => {
            (Some(permit), tollgate_audit::Decision::WouldDeny, rule)
        }
        Decision::Ask(question, _) => split(question.unanswered()),
        Decision::Deny(denial) => (None, tollgate_audit::Decision::Deny, denial.rule().clone()),
    }
}
