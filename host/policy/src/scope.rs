//! Scopes (the kinds of thing that policy speaks about) and modes (what it says).

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::words::{UnknownWord, words};

words! {
    /// A kind of thing that a guest can ask for. New kinds are added, never folded into an old one:
    /// a policy written before a kind existed must not grant it.
    pub enum Scope is "scope" {
        /// Files and folders of the guest's tree.
        Fs = "fs",
        /// Sockets and name lookup.
        Network = "network",
        /// Requests of the HTTP client.
        Http = "http",
        /// Starting another program inside the VM.
        ChildProcess = "child-process",
        /// Looking at the processes of the VM.
        Process = "process",
        /// Environment variables.
        Env = "env",
        /// Tools that the host has registered.
        Tool = "tool",
        /// Standard input, output and error.
        Stdio = "stdio",
        /// Wall and monotonic clocks.
        Clock = "clock",
        /// Entropy.
        Random = "random",
        /// Secrets that the host keeps.
        Secret = "secret",
        /// Control over other VMs.
        Control = "control",
        /// Key-value stores.
        Keyvalue = "keyvalue",
        /// Blob stores.
        Blobstore = "blobstore",
        /// Configuration values.
        Config = "config",
        /// Structured log messages.
        Logging = "logging",
        /// Interfaces that another component or an embedder supplies.
        Link = "link",
        /// Sources of the program that is run, which a run is granted with the program itself.
        Program = "program",
    }
}

impl Scope {
    /// Number of scopes.
    pub(crate) const COUNT: usize = Self::ALL.len();

    /// Position in [`Scope::ALL`].
    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

words! {
    /// What policy says about an operation. Ordered from strict to lenient, so that the stricter of
    /// two is their minimum.
    #[derive(Deserialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    pub enum Mode is "mode" {
        /// Refused.
        Deny = "deny",
        /// A decider is asked each time; without a decider it is refused.
        Ask = "ask",
        /// Granted.
        Allow = "allow",
    }
}

/// A set of scopes, as `--permissive=fs,network` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct ScopeSet(u32);

impl ScopeSet {
    /// No scope.
    pub const NONE: Self = Self(0);

    /// Every scope.
    #[must_use]
    pub fn all() -> Self {
        Scope::ALL.iter().copied().collect()
    }

    /// Whether `scope` is in the set.
    #[must_use]
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u32) != 0
    }

    /// The set with `scope` in it.
    #[must_use]
    pub const fn with(self, scope: Scope) -> Self {
        Self(self.0 | 1 << scope as u32)
    }

    /// Whether no scope is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The scopes in the set, in declaration order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL
            .iter()
            .copied()
            .filter(move |scope| self.contains(*scope))
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        scopes.into_iter().fold(Self::NONE, Self::with)
    }
}

/// `fs,network`, or `all`. An empty list or member is refused: `--permissive=` is a slip, and what
/// it would silently mean is one of two opposite things.
impl FromStr for ScopeSet {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "all" {
            return Ok(Self::all());
        }
        text.split(',').map(Scope::from_str).collect()
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.iter().enumerate() {
            let separator = if index == 0 { "" } else { "," };
            write!(f, "{separator}{scope}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_reads_back_from_its_spelling() {
        for scope in Scope::ALL {
            assert_eq!(scope.as_str().parse::<Scope>().unwrap(), *scope);
        }
    }

    #[test]
    fn modes_are_ordered_from_strict_to_lenient() {
        assert!(Mode::Deny < Mode::Ask && Mode::Ask < Mode::Allow);
    }

    #[test]
    fn a_list_of_scopes_is_a_set() {
        let set: ScopeSet = "fs,http".parse().unwrap();
        assert!(set.contains(Scope::Fs) && set.contains(Scope::Http) && !set.contains(Scope::Env));
        assert_eq!(set.to_string(), "fs,http");
        assert_eq!("all".parse::<ScopeSet>().unwrap(), ScopeSet::all());
    }

    #[test]
    fn a_misspelt_or_empty_scope_is_refused() {
        let error = "fs,netwrok".parse::<ScopeSet>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown scope `netwrok`; did you mean `network`?"
        );
        assert!("".parse::<ScopeSet>().is_err());
        assert!("fs,".parse::<ScopeSet>().is_err());
    }
}
