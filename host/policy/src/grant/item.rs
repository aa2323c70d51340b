//! One item of a list `allow`, `ask` or `deny`: the strings that flags take, per scope.

use super::error::{GrantProblem, at, within};
use super::fs;
use crate::control::CONTROL_FUNCTIONS;
use crate::env::{EnvEntry, EnvError};
use crate::http::HttpGrant;
use crate::net::{Direction, Endpoint};
use crate::operation::{Clock, Random, Stdio};
use crate::pattern::Pattern;
use crate::rule::Matcher;
use crate::scope::{Mode, Scope};
use crate::verb::{EnvVerb, NetworkVerb, VerbSet};
use crate::words::UnknownWord;

/// What one item does.
#[derive(Debug)]
pub(crate) struct Effect {
    /// The rules that it becomes.
    pub(crate) rules: Vec<(Scope, VerbSet, Matcher)>,
    /// The environment variables that it brings.
    pub(crate) env: Option<EnvEntry>,
}

impl Effect {
    fn rule(scope: Scope, verbs: VerbSet, matcher: Matcher) -> Self {
        Self {
            rules: vec![(scope, verbs, matcher)],
            env: None,
        }
    }

    /// What `--allow-net` and `--deny-net` speak about: connecting, sending and resolving, over TCP,
    /// UDP and HTTP. Whoever may open a connection can speak HTTP over it, so that a grant of the
    /// one without the other would protect nothing.
    pub(crate) fn outgoing(endpoint: Endpoint) -> Self {
        let sockets = VerbSet::of(&NetworkVerb::OUTGOING);
        let requests = Matcher::Endpoint(endpoint.clone());
        Self {
            rules: vec![
                (Scope::Network, sockets, Matcher::Endpoint(endpoint)),
                (Scope::Http, VerbSet::ALL, requests),
            ],
            env: None,
        }
    }

    /// What `--allow-listen` and `--deny-listen` speak about.
    pub(crate) fn incoming(endpoint: Endpoint) -> Self {
        let verbs = VerbSet::of(&NetworkVerb::INCOMING);
        Self::rule(Scope::Network, verbs, Matcher::Endpoint(endpoint))
    }

    /// What `--env` and `--deny-env` speak about.
    pub(crate) fn environment(mode: Mode, entry: EnvEntry) -> Result<Self, EnvError> {
        if entry.value.is_some() && mode != Mode::Allow {
            return Err(EnvError::Value);
        }
        let verbs = match mode {
            // A denial of a variable is a denial of every use.
            Mode::Deny => VerbSet::ALL,
            Mode::Allow | Mode::Ask => EnvVerb::Read.into(),
        };
        let matcher = Matcher::Glob(entry.names.clone());
        let env = (mode != Mode::Deny).then_some(entry);
        Ok(Self {
            rules: vec![(Scope::Env, verbs, matcher)],
            env,
        })
    }
}

/// Reads one item of the list `mode` of `scope`.
pub(crate) fn parse_item(
    scope: Scope,
    mode: Mode,
    text: &str,
) -> Result<Effect, (usize, GrantProblem)> {
    match scope {
        Scope::Fs => {
            let (verbs, pattern) = fs::parse(text)?;
            Ok(Effect::rule(scope, verbs, Matcher::Glob(pattern)))
        }
        Scope::Network => network(text),
        Scope::Http => {
            let grant = HttpGrant::parse(text).map_err(within(0))?;
            Ok(Effect::rule(scope, VerbSet::ALL, Matcher::Http(grant)))
        }
        Scope::Env => {
            let entry = EnvEntry::parse(text).map_err(at(0))?;
            Effect::environment(mode, entry).map_err(at(0))
        }
        Scope::Stdio => member::<Stdio>(scope, text),
        Scope::Clock => member::<Clock>(scope, text),
        Scope::Random => member::<Random>(scope, text),
        Scope::Control => control(text),
        Scope::ChildProcess
        | Scope::Process
        | Scope::Tool
        | Scope::Secret
        | Scope::Keyvalue
        | Scope::Blobstore
        | Scope::Config
        | Scope::Logging
        | Scope::Link
        | Scope::Program => {
            let pattern = Pattern::new(text).map_err(at(0))?;
            Ok(Effect::rule(scope, VerbSet::ALL, Matcher::Glob(pattern)))
        }
    }
}

/// Reads `H[:P]` (outgoing) or `listen:A[:P]`. A host that is really called `listen` is written with
/// its final dot, `listen.:80`.
fn network(text: &str) -> Result<Effect, (usize, GrantProblem)> {
    const LISTEN: &str = "listen:";
    match text.strip_prefix(LISTEN) {
        Some(rest) => Endpoint::parse(Direction::Incoming, rest)
            .map(Effect::incoming)
            .map_err(within(LISTEN.len())),
        None => Endpoint::parse(Direction::Outgoing, text)
            .map(Effect::outgoing)
            .map_err(within(0)),
    }
}

/// Reads the name of a function of the control interface, or a pattern of names.
fn control(text: &str) -> Result<Effect, (usize, GrantProblem)> {
    let is_pattern = text.contains(['*', '?']);
    if !is_pattern && !CONTROL_FUNCTIONS.contains(&text) {
        let unknown = UnknownWord::new("function of control", text, CONTROL_FUNCTIONS);
        return Err((0, unknown.into()));
    }
    let pattern = Pattern::new(text).map_err(at(0))?;
    Ok(Effect::rule(
        Scope::Control,
        VerbSet::ALL,
        Matcher::Glob(pattern),
    ))
}

/// Reads a member of a closed set, or `*` for all of them.
fn member<W>(scope: Scope, text: &str) -> Result<Effect, (usize, GrantProblem)>
where
    W: std::str::FromStr<Err = UnknownWord>,
{
    if text == "*" {
        return Ok(Effect::rule(scope, VerbSet::ALL, Matcher::Everything));
    }
    text.parse::<W>().map_err(at(0))?;
    let pattern = Pattern::new(text).map_err(at(0))?;
    Ok(Effect::rule(scope, VerbSet::ALL, Matcher::Glob(pattern)))
}
