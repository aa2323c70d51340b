//! The permissions of the sidecar protocol: six scopes, each a mode or rules of which the last one
//! that matches decides.
//!
//! Resources are matched in the protocol's own spelling: a path, `tcp://host:port`,
//! `udp://host:port`, `dns://name`, `unix://path`, a command, a variable's name,
//! `process://snapshot`, `toolkit:callback`.
//!
//! The protocol knows no HTTP client apart from the network: its `network` scope therefore decides
//! about both, the words `fetch` and `http` covering a request to `tcp://host:port`. Its language
//! has no notion of internal addresses either; whoever serves it must refuse those by
//! [`internal_range`](crate::internal_range) before it dials.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize as DeriveDeserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use thiserror::Error;

use crate::audit::AuditStated;
use crate::bounds::{MOST_PATTERN_BYTES, MOST_PATTERNS};
use crate::builder::within_bounds;
use crate::env::Environment;
use crate::judge::{Fallback, Order, ScopeRules, Scopes};
use crate::limits::LimitSet;
use crate::pattern::{Pattern, PatternError};
use crate::policy::{Policy, Role};
use crate::rule::{Matcher, Origin, Rule, RuleId, Source, Statement};
use crate::scope::{Mode, Scope};
use crate::verb::{NetworkVerb, VerbSet};
use crate::words::UnknownWord;

/// The permissions of a VM. An absent scope is denied.
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveDeserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct ProtocolPermissions {
    /// Files.
    pub fs: Option<ProtocolScope<PathRule>>,
    /// Sockets, lookups, and the HTTP client.
    pub network: Option<ProtocolScope<PatternRule>>,
    /// Starting programs.
    pub child_process: Option<ProtocolScope<PatternRule>>,
    /// Looking at processes.
    pub process: Option<ProtocolScope<PatternRule>>,
    /// Environment variables.
    pub env: Option<ProtocolScope<PatternRule>>,
    /// Tools; older clients call it `tool`.
    #[serde(alias = "tool")]
    pub binding: Option<ProtocolScope<PatternRule>>,
}

/// What a scope says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProtocolScope<R> {
    /// One mode for everything.
    Mode(Mode),
    /// Rules, and what holds where none matches.
    Rules(ProtocolRules<R>),
}

/// Rules, and what holds where none matches.
#[derive(Clone, Debug, PartialEq, Eq, DeriveDeserialize)]
#[serde(deny_unknown_fields)]
pub struct ProtocolRules<R> {
    /// What holds where no rule matches; deny when absent.
    pub default: Option<Mode>,
    /// The rules; the last one that matches decides.
    #[serde(default = "Vec::new")]
    pub rules: Vec<R>,
}

/// A rule about paths.
#[derive(Clone, Debug, PartialEq, Eq, DeriveDeserialize)]
#[serde(deny_unknown_fields)]
pub struct PathRule {
    /// What it says.
    pub mode: Mode,
    /// About which operations; `*` is every one.
    #[serde(default)]
    pub operations: Vec<String>,
    /// About which paths.
    #[serde(default)]
    pub paths: Vec<String>,
}

/// A rule about other resources.
#[derive(Clone, Debug, PartialEq, Eq, DeriveDeserialize)]
#[serde(deny_unknown_fields)]
pub struct PatternRule {
    /// What it says.
    pub mode: Mode,
    /// About which operations; `*` is every one.
    #[serde(default)]
    pub operations: Vec<String>,
    /// About which resources.
    #[serde(default)]
    pub patterns: Vec<String>,
}

/// Permissions that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProtocolError {
    /// It is no JSON of this shape.
    #[error("{0}")]
    Json(String),
    /// A list that must name something names nothing.
    #[error("{0} must not be empty; use [\"*\"] for wildcard")]
    Empty(String),
    /// A word that is no operation of its scope.
    #[error("{at}: {error}")]
    Operation {
        /// Where it stands.
        at: String,
        /// The word.
        error: UnknownWord,
    },
    /// A pattern that can't be taken.
    #[error("{at}: {error}")]
    Pattern {
        /// Where it stands.
        at: String,
        /// What is wrong with it.
        error: PatternError,
    },
    /// More patterns than a policy may have.
    #[error(
        "the permissions have {count} patterns with {bytes} bytes; at most {MOST_PATTERNS} with {MOST_PATTERN_BYTES} are taken"
    )]
    TooMany {
        /// How many patterns.
        count: usize,
        /// Their bytes together.
        bytes: usize,
    },
}

impl Policy {
    /// Reads the `permissions` of a VM's configuration.
    ///
    /// # Errors
    ///
    /// When the text is no JSON of that shape, has unknown keys or operation words, or lists that
    /// name nothing.
    pub fn from_protocol_json(text: &str) -> Result<Self, ProtocolError> {
        let permissions: ProtocolPermissions =
            serde_json::from_str(text).map_err(|error| ProtocolError::Json(error.to_string()))?;
        Self::from_protocol(&permissions)
    }

    /// Makes the policy that `permissions` state. Whatever the protocol has no scope for is denied.
    ///
    /// # Errors
    ///
    /// When an operation word is unknown, a list names nothing, or there are too many patterns.
    pub fn from_protocol(permissions: &ProtocolPermissions) -> Result<Self, ProtocolError> {
        let ProtocolPermissions {
            fs,
            network,
            child_process,
            process,
            env,
            binding,
        } = permissions;
        let mut reader = Reader::default();
        reader.scope(Scope::Fs, "fs", fs.as_ref())?;
        reader.scope(Scope::Network, "network", network.as_ref())?;
        reader.scope(Scope::ChildProcess, "childProcess", child_process.as_ref())?;
        reader.scope(Scope::Process, "process", process.as_ref())?;
        reader.scope(Scope::Env, "env", env.as_ref())?;
        reader.scope(Scope::Tool, "binding", binding.as_ref())?;
        reader.finish()
    }
}

/// What the two kinds of rule have in common.
trait ProtocolRule {
    /// What the list of patterns is called.
    const PATTERNS: &'static str;
    fn parts(&self) -> (Mode, &[String], &[String]);
}

impl ProtocolRule for PathRule {
    const PATTERNS: &'static str = "paths";

    fn parts(&self) -> (Mode, &[String], &[String]) {
        (self.mode, &self.operations, &self.paths)
    }
}

impl ProtocolRule for PatternRule {
    const PATTERNS: &'static str = "patterns";

    fn parts(&self) -> (Mode, &[String], &[String]) {
        (self.mode, &self.operations, &self.patterns)
    }
}

/// Rules and defaults as they are found.
#[derive(Default)]
struct Reader {
    statements: usize,
    rules: Vec<(Scope, Rule)>,
    defaults: Vec<(Scope, Mode, Statement)>,
}

impl Reader {
    fn scope<R: ProtocolRule>(
        &mut self,
        scope: Scope,
        key: &str,
        stated: Option<&ProtocolScope<R>>,
    ) -> Result<(), ProtocolError> {
        match stated {
            None => {}
            Some(ProtocolScope::Mode(mode)) => self.scope_default(scope, *mode, key),
            Some(ProtocolScope::Rules(rules)) => {
                if let Some(mode) = rules.default {
                    self.scope_default(scope, mode, &format!("{key}.default"));
                }
                for (index, rule) in rules.rules.iter().enumerate() {
                    self.rule(scope, &format!("{key}.rules[{index}]"), rule)?;
                }
            }
        }
        Ok(())
    }

    fn scope_default(&mut self, scope: Scope, mode: Mode, at: &str) {
        let statement = self.statement(at);
        for scope in decides_about(scope) {
            self.defaults.push((*scope, mode, statement.clone()));
        }
    }

    fn rule<R: ProtocolRule>(
        &mut self,
        scope: Scope,
        at: &str,
        rule: &R,
    ) -> Result<(), ProtocolError> {
        let (mode, operations, patterns) = rule.parts();
        if operations.is_empty() {
            return Err(ProtocolError::Empty(format!("{at}.operations")));
        }
        if patterns.is_empty() {
            return Err(ProtocolError::Empty(format!("{at}.{}", R::PATTERNS)));
        }
        let matchers = compile(patterns, || format!("{at}.{}", R::PATTERNS))?;
        let statement = self.statement(at);
        for scope in decides_about(scope) {
            let verbs = verbs(*scope, operations).map_err(|error| ProtocolError::Operation {
                at: format!("{at}.operations"),
                error,
            })?;
            let (matchers, statement) = (matchers.clone(), statement.clone());
            self.rules.push((
                *scope,
                Rule {
                    mode,
                    verbs,
                    matchers,
                    statement,
                },
            ));
        }
        Ok(())
    }

    fn statement(&mut self, at: &str) -> Statement {
        let id = RuleId::new(Source::Protocol, self.statements);
        self.statements += 1;
        Statement {
            id,
            origin: Origin::new(&format!("permissions.{at}")),
            order: self.statements,
        }
    }

    fn finish(self) -> Result<Policy, ProtocolError> {
        let Self {
            rules,
            mut defaults,
            ..
        } = self;
        within_bounds(rules.iter().map(|(_, rule)| rule))
            .map_err(|(count, bytes)| ProtocolError::TooMany { count, bytes })?;
        let scopes = Scopes::build(|scope| {
            let own = rules
                .iter()
                .filter(|(of, _)| *of == scope)
                .map(|(_, rule)| rule.clone());
            let default = defaults.iter().position(|(of, _, _)| *of == scope);
            let fallback = match default.map(|index| defaults.swap_remove(index)) {
                Some((_, mode, statement)) => Fallback::Stated(mode, statement),
                None => Fallback::Silence(RuleId::silence(false, scope)),
            };
            ScopeRules::new(Order::LastMatch, own.collect(), fallback)
        });
        Ok(Policy {
            role: Role::Run,
            scopes,
            mounts: Vec::new(),
            // A client brings the variables of its VMs itself; nothing of the host's is inherited,
            // whatever the mode.
            environment: Environment::default(),
            limits: LimitSet::default(),
            audit: AuditStated::default(),
            authorities: Vec::new(),
        })
    }
}

/// The scopes of ours that one of the protocol's decides about.
fn decides_about(scope: Scope) -> &'static [Scope] {
    match scope {
        Scope::Fs => &[Scope::Fs],
        Scope::Network => &[Scope::Network, Scope::Http],
        Scope::ChildProcess => &[Scope::ChildProcess],
        Scope::Process => &[Scope::Process],
        Scope::Env => &[Scope::Env],
        Scope::Tool => &[Scope::Tool],
        Scope::Http
        | Scope::Stdio
        | Scope::Clock
        | Scope::Random
        | Scope::Secret
        | Scope::Control
        | Scope::Keyvalue
        | Scope::Blobstore
        | Scope::Config
        | Scope::Logging
        | Scope::Link
        | Scope::Program => &[],
    }
}

fn verbs(scope: Scope, words: &[String]) -> Result<VerbSet, UnknownWord> {
    let mut set = VerbSet::NONE;
    for word in words {
        set = set.with(match scope {
            Scope::Network => network_verbs(word)?,
            Scope::Http => http_verbs(word)?,
            scope => VerbSet::from_word(scope, word)?,
        });
    }
    Ok(set)
}

/// The words that the protocol has for the network.
const NETWORK_WORDS: [&str; 5] = ["fetch", "http", "dns", "listen", "inspect"];

fn network_verbs(word: &str) -> Result<VerbSet, UnknownWord> {
    match word {
        "*" => Ok(VerbSet::ALL),
        "fetch" => Ok(VerbSet::NONE),
        "http" => Ok(VerbSet::of(&[NetworkVerb::Connect, NetworkVerb::Send])),
        "dns" => Ok(NetworkVerb::Resolve.into()),
        "listen" => Ok(VerbSet::of(&NetworkVerb::INCOMING).with(NetworkVerb::Serve.into())),
        "inspect" => Ok(NetworkVerb::Inspect.into()),
        word => Err(UnknownWord::new("operation word", word, NETWORK_WORDS)),
    }
}

/// The same words, as far as they speak about the HTTP client.
fn http_verbs(word: &str) -> Result<VerbSet, UnknownWord> {
    match word {
        "*" | "fetch" | "http" => Ok(VerbSet::ALL),
        "dns" | "listen" | "inspect" => Ok(VerbSet::NONE),
        word => Err(UnknownWord::new("operation word", word, NETWORK_WORDS)),
    }
}

fn compile(patterns: &[String], at: impl Fn() -> String) -> Result<Vec<Matcher>, ProtocolError> {
    let compiled = patterns
        .iter()
        .map(|pattern| Pattern::new(pattern).map(Matcher::Glob));
    compiled
        .collect::<Result<_, _>>()
        .map_err(|error| ProtocolError::Pattern { at: at(), error })
}

/// A mode is a string, rules are an object; whichever it is decides what its mistakes are called.
impl<'de, R: Deserialize<'de>> Deserialize<'de> for ProtocolScope<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ScopeVisitor<R>(PhantomData<R>);

        impl<'de, R: Deserialize<'de>> Visitor<'de> for ScopeVisitor<R> {
            type Value = ProtocolScope<R>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`allow`, `ask`, `deny`, or an object with rules")
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Self::Value, E> {
                word.parse().map(ProtocolScope::Mode).map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                ProtocolRules::deserialize(MapAccessDeserializer::new(map))
                    .map(ProtocolScope::Rules)
            }
        }

        deserializer.deserialize_any(ScopeVisitor(PhantomData))
    }
}
