//! Rules: what a statement of a flag, a file or a client was compiled into.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::asked::Asked;
use crate::http::HttpGrant;
use crate::net::{Endpoint, Internal};
use crate::path;
use crate::pattern::Pattern;
use crate::scope::{Mode, Scope};
use crate::verb::{VerbSet, Verbs};
use crate::words::words;

words! {
    /// Where a rule was stated.
    pub enum Source is "source of rules" {
        /// A flag of the command line; the index counts the flags that state something.
        Flags = "flags",
        /// The run's policy file; the index counts its statements from the top.
        File = "file",
        /// The operator's ceiling.
        Ceiling = "ceiling",
        /// A client's permissions, in the sidecar protocol.
        Protocol = "protocol",
        /// The embedding program.
        Api = "api",
        /// The defaults of an entry point.
        Builtin = "builtin",
    }
}

/// Which rule decided: `source:index`, as in `flags:3`, `file:0` or `ceiling:2`. Where nothing was
/// stated it is `default:SCOPE`, and `ceiling-default:SCOPE` for the operator's silence.
///
/// Cloning costs a reference count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(Arc<str>);

impl RuleId {
    pub(crate) fn new(source: Source, index: usize) -> Self {
        Self(format!("{source}:{index}").into())
    }

    pub(crate) fn silence(of_ceiling: bool, scope: Scope) -> Self {
        let prefix = if of_ceiling {
            "ceiling-default"
        } else {
            "default"
        };
        Self(format!("{prefix}:{scope}").into())
    }

    /// `source:index`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for RuleId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Serialize for RuleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Where the statement behind a rule can be found and mended: `--dir ./data::/data`, or
/// `tollgate.toml:12`. Never an environment value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(Arc<str>);

impl Origin {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// One statement: what names it, and where it stands. One statement can become rules in several
/// scopes (a network grant also grants HTTP); they share its name.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) id: RuleId,
    pub(crate) origin: Origin,
    /// Place among all statements of the policy, for listings.
    pub(crate) order: usize,
}

/// A compiled rule.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) mode: Mode,
    pub(crate) verbs: VerbSet,
    /// It speaks about whatever any of these match.
    pub(crate) matchers: Vec<Matcher>,
    pub(crate) statement: Statement,
}

impl Rule {
    pub(crate) fn matches(&self, asked: &Asked<'_, '_>) -> bool {
        self.verbs.intersects(asked.verb())
            && self
                .matchers
                .iter()
                .any(|matcher| matcher.matches(self.mode, asked))
    }

    pub(crate) fn row(&self, scope: Scope) -> RuleRow {
        let patterns: Vec<String> = self.matchers.iter().map(Matcher::to_string).collect();
        RuleRow {
            rule: self.statement.id.clone(),
            scope,
            mode: self.mode,
            operations: self.verbs.words(scope),
            pattern: patterns.join(" "),
            origin: self.statement.origin.clone(),
        }
    }
}

/// What a rule speaks about.
#[derive(Clone, Debug)]
pub(crate) enum Matcher {
    /// Everything in its scope.
    Everything,
    /// Resources of this shape.
    Glob(Pattern),
    /// The tree of one mount, without the trees of mounts inside it.
    Mount(MountTree),
    /// Network peers.
    Endpoint(Endpoint),
    /// HTTP requests.
    Http(HttpGrant),
    /// Addresses that are internal to the operator's machine or network.
    Internal(Internal),
}

impl Matcher {
    fn matches(&self, mode: Mode, asked: &Asked<'_, '_>) -> bool {
        match self {
            Self::Everything => true,
            Self::Glob(pattern) => pattern.matches(asked.text()),
            Self::Mount(tree) => tree.holds(asked.text()),
            Self::Endpoint(endpoint) => {
                asked.peer().is_some_and(|peer| endpoint.covers(mode, peer))
            }
            Self::Http(grant) => asked
                .peer()
                .is_some_and(|peer| grant.covers(mode, asked.operation(), peer)),
            Self::Internal(internal) => asked.peer().is_some_and(|peer| internal.holds(peer)),
        }
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => f.write_str("everything"),
            Self::Glob(pattern) => pattern.fmt(f),
            Self::Mount(tree) => tree.fmt(f),
            Self::Endpoint(endpoint) => endpoint.fmt(f),
            Self::Http(grant) => grant.fmt(f),
            Self::Internal(internal) => internal.fmt(f),
        }
    }
}

/// The part of the guest's tree that one mount serves. A mount inside it serves its own part: the
/// grant of a writable mount must not reach into a read-only one that stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MountTree {
    pub(crate) root: Box<str>,
    pub(crate) inner: Vec<Box<str>>,
}

impl MountTree {
    pub(crate) fn holds(&self, guest_path: &str) -> bool {
        path::is_within(guest_path, &self.root)
            && !self
                .inner
                .iter()
                .any(|inner| path::is_within(guest_path, inner))
    }
}

impl fmt::Display for MountTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the tree at {}", self.root)?;
        for (index, inner) in self.inner.iter().enumerate() {
            let word = if index == 0 { " without " } else { ", " };
            write!(f, "{word}{inner}")?;
        }
        Ok(())
    }
}

/// One rule as people and programs are shown it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleRow {
    /// The rule's name in decisions and records.
    pub rule: RuleId,
    /// Its scope.
    pub scope: Scope,
    /// What it says.
    pub mode: Mode,
    /// About which operations; `*` is every one of the scope.
    pub operations: Verbs,
    /// About which resources.
    pub pattern: String,
    /// Where it stands.
    pub origin: Origin,
}
