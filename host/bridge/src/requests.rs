//! What a component may use, read from the functions that it imports: for `inspect`, and for refusing at load what
//! could not be denied at run time.

use std::borrow::Cow;

use tollgate_engine::Surface;
use tollgate_policy::{
    Clock, Decision, Effective, Mode, Operation, Outcome, Random, RuleId, Scope, Stdio,
};

use crate::ungated::UNGATED;

/// One thing that a component may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The policy scope that decides about it.
    pub scope: Scope,
    /// In words, for people.
    pub words: Cow<'static, str>,
    /// The interface that asks for it; for an embedder's own, with the function.
    pub interface: String,
    /// The operation to try a policy with, where it does not depend on the run's arguments.
    pub operation: Option<Operation<'static>>,
    /// Whether the interface has no error for a denial: then the component is refused when it is denied.
    pub inexpressible: bool,
}

/// How an interface is read.
struct Reading {
    /// Without its version.
    interface: &'static str,
    scope: Scope,
    words: &'static str,
    operation: Option<Operation<'static>>,
    inexpressible: bool,
}

const fn reading(interface: &'static str, scope: Scope, words: &'static str) -> Reading {
    Reading {
        interface,
        scope,
        words,
        operation: None,
        inexpressible: false,
    }
}

const READINGS: &[Reading] = &[
    reading(
        "tollgate:bridge/program",
        Scope::Program,
        "load the program that it is to run",
    ),
    reading(
        "tollgate:bridge/module-loading",
        Scope::Program,
        "load modules of the program",
    ),
    reading(
        "tollgate:host/http-server",
        Scope::Network,
        "answer requests at a port of the network that it is run in, if it is in one",
    ),
    reading(
        "wasi:cli/environment",
        Scope::Env,
        "read environment variables",
    ),
    Reading {
        operation: Some(Operation::Stdio {
            stream: Stdio::Stdin,
        }),
        ..reading("wasi:cli/stdin", Scope::Stdio, "read standard input")
    },
    Reading {
        operation: Some(Operation::Stdio {
            stream: Stdio::Stdout,
        }),
        ..reading("wasi:cli/stdout", Scope::Stdio, "write standard output")
    },
    Reading {
        operation: Some(Operation::Stdio {
            stream: Stdio::Stderr,
        }),
        ..reading("wasi:cli/stderr", Scope::Stdio, "write standard error")
    },
    Reading {
        operation: Some(Operation::Clock { clock: Clock::Wall }),
        inexpressible: true,
        ..reading(
            "wasi:clocks/wall-clock",
            Scope::Clock,
            "tell the time of day",
        )
    },
    Reading {
        operation: Some(Operation::Clock { clock: Clock::Wall }),
        inexpressible: true,
        ..reading(
            "wasi:clocks/system-clock",
            Scope::Clock,
            "tell the time of day",
        )
    },
    Reading {
        operation: Some(Operation::Clock {
            clock: Clock::Monotonic,
        }),
        inexpressible: true,
        ..reading(
            "wasi:clocks/monotonic-clock",
            Scope::Clock,
            "measure time and wait",
        )
    },
    reading("wasi:filesystem/types", Scope::Fs, "use files and folders"),
    Reading {
        operation: Some(Operation::Random {
            source: Random::Secure,
        }),
        inexpressible: true,
        ..reading(
            "wasi:random/random",
            Scope::Random,
            "draw secure random numbers",
        )
    },
    Reading {
        operation: Some(Operation::Random {
            source: Random::Insecure,
        }),
        inexpressible: true,
        ..reading(
            "wasi:random/insecure",
            Scope::Random,
            "draw insecure random numbers",
        )
    },
    Reading {
        operation: Some(Operation::Random {
            source: Random::Insecure,
        }),
        inexpressible: true,
        ..reading(
            "wasi:random/insecure-seed",
            Scope::Random,
            "draw a seed for hash tables",
        )
    },
    reading(
        "wasi:sockets/tcp",
        Scope::Network,
        "open TCP connections or listen",
    ),
    reading(
        "wasi:sockets/udp",
        Scope::Network,
        "send and receive UDP datagrams",
    ),
    reading(
        "wasi:sockets/ip-name-lookup",
        Scope::Network,
        "look up names",
    ),
    reading(
        "wasi:http/outgoing-handler",
        Scope::Http,
        "send HTTP requests",
    ),
];

/// What the component with this surface may use. An interface that is imported for its types alone is no request.
#[must_use]
pub fn requests(surface: &Surface) -> Vec<Request> {
    let used = |interface: &&tollgate_engine::Interface| !interface.functions.is_empty();
    surface
        .imports
        .iter()
        .filter(used)
        .filter_map(|interface| {
            let name = interface.name.split('@').next().unwrap_or_default();
            let reading = READINGS.iter().find(|reading| reading.interface == name)?;
            Some(Request {
                scope: reading.scope,
                words: Cow::Borrowed(reading.words),
                interface: interface.name.clone(),
                operation: reading.operation,
                inexpressible: reading.inexpressible,
            })
        })
        .collect()
}

/// A component uses what is denied, and could not be told so while it runs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it uses `{interface}`, which has no error to say that it is denied, and {rule} denies it")]
pub struct Inexpressible {
    /// The interface, and for an embedder's own the function.
    pub interface: String,
    /// The rule that denies it.
    pub rule: RuleId,
}

/// Holds what could not be denied at run time against `policy`, before anything runs.
///
/// # Errors
///
/// The first request that is denied and whose interface has no error for that.
pub fn check(requests: &[Request], policy: &Effective) -> Result<(), Inexpressible> {
    for request in requests {
        let Some(operation) = request.operation.filter(|_| request.inexpressible) else {
            continue;
        };
        if let Decision::Deny(denial) = policy.decide(&operation) {
            return Err(Inexpressible {
                interface: request.interface.clone(),
                rule: denial.rule().clone(),
            });
        }
    }
    Ok(())
}

/// What a policy says to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// `allow`, `deny`, `ask`; `depends` where the run's arguments decide.
    pub says: &'static str,
    /// The rule that decides, or those that could.
    pub rules: Vec<String>,
}

impl Request {
    /// What `policy` says to it. Where the answer depends on a path, name or address: the rules that could give it;
    /// without any that allows, it is no to everything.
    #[must_use]
    pub fn answered(&self, policy: &Effective) -> Said {
        if let Some(operation) = &self.operation {
            let explanation = policy.explain(operation);
            return Said {
                says: explanation.decision.as_str(),
                rules: vec![explanation.rule.to_string()],
            };
        }
        let rules = policy.rules();
        let of_scope = || rules.iter().filter(|rule| rule.scope == self.scope);
        let names: Vec<String> = of_scope().map(|rule| rule.rule.to_string()).collect();
        let says = if of_scope().any(|rule| rule.mode != Mode::Deny) {
            "depends"
        } else {
            Outcome::Deny.as_str()
        };
        let silent = || vec![format!("default:{}", self.scope)];
        Said {
            says,
            rules: if names.is_empty() { silent() } else { names },
        }
    }
}

/// Whether the host provides an interface of this name, in some version. Each of its interfaces has functions that ask
/// for something or functions that pass no gate.
#[must_use]
pub fn provides(interface: &str) -> bool {
    let name = interface.split('@').next().unwrap_or_default();
    let ungated = |(function, _): &(&str, _)| function.split('#').next() == Some(name);
    READINGS.iter().any(|reading| reading.interface == name) || UNGATED.iter().any(ungated)
}
