//! One policy's judgement of one operation.
//!
//! Two languages meet here. In the sidecar protocol the last rule that matches decides; in files
//! and flags the strictest one does. Both are an order in which rules are *tried*, fixed when the
//! policy is made: whichever language, the first rule that matches decides, and the scope's default
//! where none does. There is no second evaluator that could disagree.

use crate::asked::Asked;
use crate::rule::{Origin, Rule, RuleId, Statement};
use crate::scope::{Mode, Scope};

/// How the rules of a scope rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The last matching rule decides: the sidecar protocol.
    LastMatch,
    /// The strictest matching rule decides: files and flags.
    Strictest,
}

impl Order {
    /// Puts rules, given as they were stated, into the order in which they are tried.
    fn rank(self, rules: &mut [Rule]) {
        match self {
            Self::LastMatch => rules.reverse(),
            // Stable: among equally strict ones the first statement is the one that is named.
            Self::Strictest => rules.sort_by_key(|rule| rule.mode),
        }
    }
}

/// What one scope of a policy says.
#[derive(Clone, Debug)]
pub(crate) struct ScopeRules {
    order: Order,
    stated: bool,
    /// In the order in which they are tried.
    rules: Vec<Rule>,
    fallback: Fallback,
}

/// What holds where no rule matches.
#[derive(Clone, Debug)]
pub(crate) enum Fallback {
    /// Nobody said anything: denied.
    Silence(RuleId),
    /// The scope's stated default.
    Stated(Mode, Statement),
}

impl ScopeRules {
    pub(crate) fn new(order: Order, mut rules: Vec<Rule>, fallback: Fallback) -> Self {
        order.rank(&mut rules);
        let stated = !rules.is_empty() || matches!(fallback, Fallback::Stated(..));
        Self {
            order,
            stated,
            rules,
            fallback,
        }
    }

    /// The same, having been mentioned: an empty table says that nothing is allowed.
    pub(crate) fn mentioned(self, mentioned: bool) -> Self {
        Self {
            stated: self.stated || mentioned,
            ..self
        }
    }

    /// Has a rule tried before all others.
    pub(crate) fn try_first(&mut self, rule: Rule) {
        self.rules.insert(0, rule);
    }

    /// Whether anything was stated about this scope.
    pub(crate) fn is_stated(&self) -> bool {
        self.stated
    }

    pub(crate) fn order(&self) -> Order {
        self.order
    }

    /// In the order in which they are tried.
    pub(crate) fn rules(&self) -> &[Rule] {
        &self.rules
    }

    pub(crate) fn fallback(&self) -> &Fallback {
        &self.fallback
    }

    fn judge(&self, asked: &Asked<'_, '_>) -> Verdict<'_> {
        match self.rules.iter().find(|rule| rule.matches(asked)) {
            Some(rule) => Verdict {
                mode: rule.mode,
                rule: &rule.statement.id,
                origin: Some(&rule.statement.origin),
                matched: true,
            },
            None => self.fallback.verdict(),
        }
    }
}

impl Fallback {
    fn verdict(&self) -> Verdict<'_> {
        let (mode, rule, origin) = match self {
            Self::Silence(rule) => (Mode::Deny, rule, None),
            Self::Stated(mode, statement) => (*mode, &statement.id, Some(&statement.origin)),
        };
        Verdict {
            mode,
            rule,
            origin,
            matched: false,
        }
    }
}

/// What a policy says about an operation, and why.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verdict<'p> {
    pub(crate) mode: Mode,
    pub(crate) rule: &'p RuleId,
    pub(crate) origin: Option<&'p Origin>,
    /// Whether a rule matched; otherwise a default decided.
    pub(crate) matched: bool,
}

impl<'p> Verdict<'p> {
    /// The stricter of two; `self` where they are alike.
    fn meet(self, other: Self) -> Self {
        if other.mode < self.mode { other } else { self }
    }
}

/// The verdict of `rules`. An operation with a name *and* an address must pass on both.
fn judge<'p>(rules: &'p ScopeRules, asked: &Asked<'_, '_>) -> Verdict<'p> {
    let verdict = rules.judge(asked);
    match asked.before_lookup() {
        Some(earlier) => verdict.meet(rules.judge(&earlier)),
        None => verdict,
    }
}

/// Every scope of a policy.
#[derive(Clone, Debug)]
pub(crate) struct Scopes(Box<[ScopeRules; Scope::COUNT]>);

impl Scopes {
    pub(crate) fn build(mut make: impl FnMut(Scope) -> ScopeRules) -> Self {
        let mut scopes = Scope::ALL.iter().copied();
        // `ALL` holds as many scopes as the array has places, so the fallback is never taken.
        Self(Box::new(std::array::from_fn(|_| {
            make(scopes.next().unwrap_or(Scope::Link))
        })))
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "one place per scope: the index is the scope's own discriminant"
    )]
    pub(crate) fn of(&self, scope: Scope) -> &ScopeRules {
        &self.0[scope.index()]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "one place per scope: the index is the scope's own discriminant"
    )]
    pub(crate) fn of_mut(&mut self, scope: Scope) -> &mut ScopeRules {
        &mut self.0[scope.index()]
    }

    /// What holds for `asked`.
    pub(crate) fn judge(&self, asked: &Asked<'_, '_>) -> Verdict<'_> {
        judge(self.of(asked.operation().scope()), asked)
    }
}
