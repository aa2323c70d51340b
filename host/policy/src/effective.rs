//! The policy that really holds: the meet of the operator's ceiling and the run's policy.

use std::sync::Arc;

use thiserror::Error;

use crate::asked::Asked;
use crate::audit::AuditSettings;
use crate::decision::{Considered, Decision, Denial, Explanation, Opinion, Question};
use crate::env::EnvVariable;
use crate::judge::Verdict;
use crate::limits::{LimitKey, Limits};
use crate::mount::{HostPath, Mount};
use crate::operation::Operation;
use crate::permit::Permit;
use crate::policy::{Policy, Role};
use crate::rule::{Matcher, Origin, RuleId, RuleRow};
use crate::scope::{Mode, Scope, ScopeSet};
use crate::uniform::Share;

/// A run's policy that cannot hold under its ceiling.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EffectiveError {
    /// What was given as a ceiling was made as a run's policy, or the other way round: their rules
    /// would bear the wrong names in the log.
    #[error("a {wanted} stands here, and a policy of the other kind was given")]
    WrongRole {
        /// Which kind belongs there.
        wanted: &'static str,
    },
    /// The ceiling lets no run mount a folder, and this one does.
    #[error("the ceiling lists no folder that a run may mount, and {mount} mounts one")]
    NoMounts {
        /// The first mount of the run.
        mount: Origin,
    },
}

/// What a run may really do.
#[derive(Clone, Debug)]
pub struct Effective {
    run: Policy,
    ceiling: Option<Policy>,
    permissive: ScopeSet,
    /// Worked out once, because each run asks for them.
    limits: Limits,
    /// On whose behalf it is done, where that is a guest itself.
    caller: Option<Arc<Self>>,
}

impl Effective {
    /// Puts `run` under `ceiling`.
    ///
    /// # Errors
    ///
    /// When the two were swapped, or the run mounts folders under a ceiling that lists none. Which
    /// folders a ceiling's entries mean is for whoever opens them to check, on the handles: see
    /// [`Effective::ceiling_mounts`].
    pub fn new(run: Policy, ceiling: Option<Policy>) -> Result<Self, EffectiveError> {
        if run.role() != Role::Run {
            return Err(EffectiveError::WrongRole {
                wanted: "policy of a run",
            });
        }
        if let Some(ceiling) = &ceiling {
            check_ceiling(&run, ceiling)?;
        }
        let limits = match &ceiling {
            Some(ceiling) => run.limits().meet(ceiling.limits()),
            None => run.limits(),
        };
        Ok(Self {
            run,
            ceiling,
            permissive: ScopeSet::NONE,
            limits,
            caller: None,
        })
    }

    /// Lets what the run's policy denies pass in these scopes, as [`Decision::WouldDeny`], as far as
    /// the ceiling allows it.
    #[must_use]
    pub fn with_permissive(self, permissive: ScopeSet) -> Self {
        Self { permissive, ..self }
    }

    /// Lets the program's own files be loaded where the run's policy says nothing about them, as [`Policy::with_program`]; the
    /// ceiling still says what it says.
    #[must_use]
    pub fn with_program(self) -> Self {
        Self {
            run: self.run.with_program(),
            ..self
        }
    }

    /// The same for whoever looks for a program that is to be run, beneath folders that the operator gave for that: a ceiling
    /// that says nothing about programs forbids what a run would load by itself, and not that it is found. What either
    /// states holds.
    #[must_use]
    pub fn finding_programs(self) -> Self {
        Self {
            run: self.run.with_program(),
            ceiling: self.ceiling.map(Policy::with_program),
            ..self
        }
    }

    /// Sets a limit where the run's policy states nothing about it, as [`Policy::limit_unless_stated`]; the ceiling's holds.
    #[must_use]
    pub fn limit_unless_stated(self, key: LimitKey, value: u64, origin: &'static str) -> Self {
        let run = self.run.limit_unless_stated(key, value, origin);
        let above = [
            self.ceiling.as_ref().map(Policy::limits),
            self.caller.as_ref().map(|caller| caller.limits),
        ];
        let above = above.into_iter().flatten();
        Self {
            limits: above.fold(run.limits(), Limits::meet),
            run,
            ..self
        }
    }

    /// Puts what is done in a VM beneath what its maker, a guest that was granted control, may do itself: nothing leaves the
    /// VM that the maker is not granted, and nothing in it takes more than the maker may. What the maker's policy leaves to
    /// be asked is denied, for in a VM the one who is asked is the maker.
    #[must_use]
    pub fn beneath(self, maker: &Arc<Self>) -> Self {
        Self {
            limits: self.limits.meet(maker.limits),
            caller: Some(Arc::clone(maker)),
            ..self
        }
    }

    /// The scopes that are permissive.
    #[must_use]
    pub fn permissive(&self) -> ScopeSet {
        self.permissive
    }

    /// What holds for `operation`.
    ///
    /// A network or HTTP operation that has both a name and an address must pass on both; one that
    /// is decided before its address is known must be decided again with the address, and only
    /// that permit covers dialling it.
    pub fn decide(&self, operation: &Operation<'_>) -> Decision {
        let asked = Asked::new(operation);
        let (verdict, lenient) = self.verdict(&asked);
        let rule = || verdict.rule.clone();
        match verdict.mode {
            Mode::Allow => Decision::Allow(Permit::new(operation), rule()),
            Mode::Ask => {
                let of_operator = self
                    .ceiling
                    .as_ref()
                    .map(|ceiling| ceiling.judge(&asked).mode);
                let of_operator = of_operator == Some(Mode::Ask);
                let question = Question::new(operation, rule(), lenient, of_operator);
                Decision::Ask(question, rule())
            }
            Mode::Deny if lenient => Decision::WouldDeny(Permit::new(operation), rule()),
            Mode::Deny => Decision::Deny(Denial::new(operation, verdict)),
        }
    }

    /// How [`Effective::decide`] comes to its decision. It spends no permit.
    #[must_use]
    pub fn explain(&self, operation: &Operation<'_>) -> Explanation {
        let asked = Asked::new(operation);
        let decision = self.decide(operation);
        Explanation {
            operation: operation.name(),
            resource: operation.resource().into_owned(),
            decision: decision.outcome(),
            rule: decision.rule().clone(),
            run: opinion(&self.run, &asked),
            ceiling: self
                .ceiling
                .as_ref()
                .map(|ceiling| opinion(ceiling, &asked)),
        }
    }

    /// Whether every rule about files treats all paths at and below `root`, a canonical guest path,
    /// alike: then the decision for one of them is the decision for each, and a folder can be
    /// renamed without carrying what is in it past a rule. May say no where the answer is yes.
    #[must_use]
    pub fn is_uniform(&self, root: &str) -> bool {
        self.tells_apart(root).is_none()
    }

    /// The first rule that keeps `root` from being uniform, in the sense of [`Effective::is_uniform`].
    #[must_use]
    pub fn tells_apart(&self, root: &str) -> Option<&RuleId> {
        let policies = std::iter::once(&self.run).chain(&self.ceiling);
        let mut rules = policies.flat_map(|policy| policy.scopes.of(Scope::Fs).rules());
        let parts = |matcher: &Matcher| matcher.share(root) == Share::Part;
        let rule = rules.find(|rule| rule.matchers.iter().any(parts))?;
        Some(&rule.statement.id)
    }

    /// The run's mounts.
    #[must_use]
    pub fn mounts(&self) -> &[Mount] {
        self.run.mounts()
    }

    /// The folders that the ceiling lets runs mount; `None` where there is no ceiling. Whoever opens
    /// the run's folders checks on the handle that each is one of these or lies in one, and that a
    /// folder which is read-only here is mounted read-only.
    #[must_use]
    pub fn ceiling_mounts(&self) -> Option<&[Mount]> {
        self.ceiling.as_ref().map(Policy::mounts)
    }

    /// The smaller of both for each limit.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// How the run is recorded: the operator's file, and the more careful of both settings.
    #[must_use]
    pub fn audit(&self) -> AuditSettings {
        match &self.ceiling {
            Some(ceiling) => self.run.audit.under(&ceiling.audit),
            None => self.run.audit(),
        }
    }

    /// The variables that the run's policy names, with the values that it sets or takes from `host`,
    /// the host's own environment. Each is still to be decided about when the guest reads it.
    #[must_use]
    pub fn environment(
        &self,
        host: impl IntoIterator<Item = (String, String)>,
    ) -> Vec<EnvVariable> {
        self.run.environment.resolve(host)
    }

    /// Files with certificates that TLS trusts besides the system's: the run's and the ceiling's.
    pub fn authorities(&self) -> impl Iterator<Item = &HostPath> {
        let ceiling = self.ceiling.iter().flat_map(Policy::authorities);
        self.run.authorities().iter().chain(ceiling)
    }

    /// The run's policy.
    #[must_use]
    pub fn run(&self) -> &Policy {
        &self.run
    }

    /// The ceiling.
    #[must_use]
    pub fn ceiling(&self) -> Option<&Policy> {
        self.ceiling.as_ref()
    }

    /// Every rule of the run's policy, then every rule of the ceiling.
    #[must_use]
    pub fn rules(&self) -> Vec<RuleRow> {
        let mut rows = self.run.rules();
        rows.extend(self.ceiling.iter().flat_map(Policy::rules));
        rows
    }

    /// What holds, and whether a permissive scope lets a denial of the run pass.
    fn verdict(&self, asked: &Asked<'_, '_>) -> (Verdict<'_>, bool) {
        let caller = self.caller.as_ref();
        let caller = caller.filter(|_| asked.operation().leaves_a_vm());
        let of_caller = caller.map(|caller| caller.verdict(asked).0);
        match of_caller {
            Some(verdict) if verdict.mode != Mode::Allow => {
                let mode = Mode::Deny;
                (Verdict { mode, ..verdict }, false)
            }
            Some(_) | None => self.own_verdict(asked),
        }
    }

    /// The verdict of run and ceiling.
    fn own_verdict(&self, asked: &Asked<'_, '_>) -> (Verdict<'_>, bool) {
        let run = self.run.judge(asked);
        let permissive = self.permissive.contains(asked.operation().scope());
        let Some(ceiling) = &self.ceiling else {
            return (run, permissive);
        };
        let ceiling = ceiling.judge(asked);
        // Where both deny, the operator's rule is the one that no run can mend.
        let by_ceiling = ceiling.mode < run.mode || ceiling.mode == Mode::Deny;
        let verdict = if by_ceiling { ceiling } else { run };
        (verdict, permissive && ceiling.mode == Mode::Allow)
    }
}

fn check_ceiling(run: &Policy, ceiling: &Policy) -> Result<(), EffectiveError> {
    if ceiling.role() != Role::Ceiling {
        return Err(EffectiveError::WrongRole { wanted: "ceiling" });
    }
    match run.mounts().first() {
        Some(mount) if ceiling.mounts().is_empty() => Err(EffectiveError::NoMounts {
            mount: mount.origin.clone(),
        }),
        _ => Ok(()),
    }
}

/// What one policy says, and every rule that it looks at for that.
fn opinion(policy: &Policy, asked: &Asked<'_, '_>) -> Opinion {
    let verdict = policy.judge(asked);
    let scope = asked.operation().scope();
    let rules = policy.scopes.of(scope);
    let considered = rules.rules().iter().map(|rule| Considered {
        row: rule.row(scope),
        matched: rule.matches(asked),
    });
    let fallback = rules.fallback().row(scope).map(|(_, row)| Considered {
        row,
        matched: !verdict.matched,
    });
    Opinion {
        mode: verdict.mode,
        rule: verdict.rule.clone(),
        rules: considered.chain(fallback).collect(),
    }
}
