//! What a decision looks like: a permit, a question, or a denial, each with the rule behind it.

use std::fmt;

use serde::Serialize;
use thiserror::Error;

use crate::judge::Verdict;
use crate::net::{InternalRange, Peer, internal_range};
use crate::operation::Operation;
use crate::permit::Permit;
use crate::rule::{Origin, RuleId, RuleRow};
use crate::scope::{Mode, Scope};

/// What policy says about one operation.
#[must_use = "a decision that nobody looks at is a check without an effect"]
#[derive(Debug)]
pub enum Decision {
    /// Allowed, by this rule.
    Allow(Permit, RuleId),
    /// The run's policy denies it by this rule, but the operator lets it pass in order to learn
    /// (`--permissive`). To be recorded as `would-deny`.
    WouldDeny(Permit, RuleId),
    /// Somebody must be asked, says this rule.
    Ask(Question, RuleId),
    /// Denied.
    Deny(Denial),
}

impl Decision {
    /// The rule behind it.
    #[must_use]
    pub fn rule(&self) -> &RuleId {
        match self {
            Self::Allow(_, rule) | Self::WouldDeny(_, rule) | Self::Ask(_, rule) => rule,
            Self::Deny(denial) => denial.rule(),
        }
    }

    /// The word for it.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Allow(..) => Outcome::Allow,
            Self::WouldDeny(..) => Outcome::WouldDeny,
            Self::Ask(..) => Outcome::Ask,
            Self::Deny(_) => Outcome::Deny,
        }
    }
}

crate::words::words! {
    /// The kinds of decision.
    pub enum Outcome is "decision" {
        /// A permit.
        Allow = "allow",
        /// A permit that the policy would not have given.
        WouldDeny = "would-deny",
        /// A question.
        Ask = "ask",
        /// A denial.
        Deny = "deny",
    }
}

/// An operation that a decider must be asked about: a prompt, a host callback, or a component.
///
/// It holds the permit, and gives it only to [`Question::allow`].
#[must_use = "a question that is not answered denies nothing and allows nothing"]
#[derive(Debug)]
pub struct Question {
    subject: Subject,
    rule: RuleId,
    permit: Permit,
    /// Whether silence lets it pass: the scope is permissive, and the ceiling allows it.
    lenient: bool,
    of_operator: bool,
}

impl Question {
    pub(crate) fn new(
        operation: &Operation<'_>,
        rule: RuleId,
        lenient: bool,
        of_operator: bool,
    ) -> Self {
        Self {
            of_operator,
            subject: Subject::new(operation),
            rule,
            permit: Permit::new(operation),
            lenient,
        }
    }

    /// Whether the operator's ceiling leaves it to be asked, too: then nobody who is beneath that ceiling may answer.
    #[must_use]
    pub fn is_of_operator(&self) -> bool {
        self.of_operator
    }

    /// The decider said yes.
    pub fn allow(self) -> Decision {
        Decision::Allow(self.permit, self.rule)
    }

    /// The decider said no.
    pub fn deny(self) -> Decision {
        Decision::Deny(Denial {
            subject: self.subject,
            rule: self.rule,
            why: Why::Refused,
        })
    }

    /// There is no decider, or it gave no answer: denied, unless the scope is permissive.
    pub fn unanswered(self) -> Decision {
        if self.lenient {
            return Decision::WouldDeny(self.permit, self.rule);
        }
        Decision::Deny(Denial {
            subject: self.subject,
            rule: self.rule,
            why: Why::Unanswered,
        })
    }

    /// The rule that asks.
    #[must_use]
    pub fn rule(&self) -> &RuleId {
        &self.rule
    }

    /// The scope that asks.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.permit.scope()
    }

    /// `scope.verb` of what is asked about.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.subject.operation
    }

    /// What it would be done to. The guest's text: escape it before it reaches a terminal.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.subject.resource
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "allow {}? ({} asks)", self.subject, self.rule)
    }
}

/// A refusal, for the host's operator. A guest is told no more than its interface's own error.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{subject} is denied by {rule}{why}")]
pub struct Denial {
    subject: Subject,
    rule: RuleId,
    why: Why,
}

impl Denial {
    pub(crate) fn new(operation: &Operation<'_>, verdict: Verdict<'_>) -> Self {
        let why = match verdict.origin {
            Some(origin) if verdict.matched => Why::Rule(origin.clone()),
            _ => match unreachable_by_name(operation) {
                Some(range) => Why::Internal(range),
                None => Why::Default(verdict.origin.cloned()),
            },
        };
        Self {
            subject: Subject::new(operation),
            rule: verdict.rule.clone(),
            why,
        }
    }

    /// The rule that denied.
    #[must_use]
    pub fn rule(&self) -> &RuleId {
        &self.rule
    }

    /// `scope.verb` of what was denied.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.subject.operation
    }

    /// What it would have been done to. The guest's text: escape it before it reaches a terminal.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.subject.resource
    }

    /// Why, as far as more is known than the rule.
    #[must_use]
    pub fn why(&self) -> &Why {
        &self.why
    }
}

/// The internal range that the operation's address lies in: then a grant by name cannot have helped,
/// and whoever wrote one should read why.
fn unreachable_by_name(operation: &Operation<'_>) -> Option<InternalRange> {
    let address = Peer::of(operation)?.address?;
    internal_range(address.raw)
}

/// Why something was denied.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// A rule says so; it stands here.
    Rule(Origin),
    /// No rule allows it; a stated default stands here.
    Default(Option<Origin>),
    /// No rule allows it, and no name could: the address is internal.
    Internal(InternalRange),
    /// The decider said no.
    Refused,
    /// A rule asks, and nobody answered.
    Unanswered,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule(origin) => write!(f, " ({origin})"),
            Self::Default(Some(origin)) => write!(f, " ({origin}): no rule allows it"),
            Self::Default(None) => f.write_str(": no rule allows it"),
            Self::Internal(range) => write!(
                f,
                ": no rule allows it; an address in {range} needs a grant of the address or a block"
            ),
            Self::Refused => f.write_str(": the decider refused it"),
            Self::Unanswered => f.write_str(", which asks: there was nobody to answer"),
        }
    }
}

/// `scope.verb of RESOURCE`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Subject {
    operation: &'static str,
    resource: Box<str>,
}

impl Subject {
    fn new(operation: &Operation<'_>) -> Self {
        Self {
            operation: operation.name(),
            resource: operation.resource().into(),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.operation, self.resource)
    }
}

/// How a decision comes about: every rule that was looked at, and which one won.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// `scope.verb`.
    pub operation: &'static str,
    /// What it is done to.
    pub resource: String,
    /// What was decided.
    pub decision: Outcome,
    /// The rule that decided.
    pub rule: RuleId,
    /// What the run's policy says by itself, and its rules in the order in which they are tried.
    pub run: Opinion,
    /// The same for the ceiling, where there is one.
    pub ceiling: Option<Opinion>,
}

/// One policy's part in a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Opinion {
    /// What it says.
    pub mode: Mode,
    /// The rule that makes it say so.
    pub rule: RuleId,
    /// Its rules for the scope, in the order in which they are tried; the default comes last.
    pub rules: Vec<Considered>,
}

/// One rule that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Considered {
    /// The rule.
    #[serde(flatten)]
    pub row: RuleRow,
    /// Whether it speaks about the operation.
    pub matched: bool,
}
