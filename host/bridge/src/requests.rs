//! What a component may use, read from the functions that it imports: for `inspect`, and for refusing at load what
//! could not be denied at run time.

use tollgate_engine::Surface;
use tollgate_policy::{Clock, Operation, Random, Scope, Stdio};

/// One thing that a component may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The policy scope that decides about it.
    pub scope: Scope,
    /// In words, for people.
    pub words: &'static str,
    /// The interface that asks for it.
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
                words: reading.words,
                interface: interface.name.clone(),
                operation: reading.operation,
                inexpressible: reading.inexpressible,
            })
        })
        .collect()
}
