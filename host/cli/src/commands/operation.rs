//! Operations as people write them for `policy check`: the very words of the audit log.

use std::net::{IpAddr, SocketAddr};

use tollgate_policy::{
    Clock, EnvVerb, FsVerb, HttpScheme, NetworkTarget, NetworkVerb, Operation, Random, Stdio,
    Transport, canonical_guest_path,
};

use crate::exit::Failure;

/// An operation that owns its texts.
pub(crate) enum Asked {
    Fs(FsVerb, String),
    Env(EnvVerb, String),
    Stdio(Stdio),
    Clock(Clock),
    Random(Random),
    Network {
        verb: NetworkVerb,
        transport: Transport,
        host: Option<String>,
        addr: Option<IpAddr>,
        port: Option<u16>,
    },
    Http {
        method: String,
        scheme: HttpScheme,
        host: String,
        port: u16,
    },
    Named(Named, String),
}

/// Scopes whose operation is a name.
#[derive(Clone, Copy)]
pub(crate) enum Named {
    Spawn,
    Tool,
    Secret,
    Config,
    Program,
    Link,
    Control,
}

fn usage(message: String) -> Failure {
    Failure::Usage(message)
}

fn word<T: std::str::FromStr<Err = tollgate_policy::UnknownWord>>(
    text: &str,
) -> Result<T, Failure> {
    text.parse()
        .map_err(|error: tollgate_policy::UnknownWord| usage(error.to_string()))
}

impl Asked {
    /// Reads `fs.read` and `/work/notes`, and their like.
    pub(crate) fn parse(operation: &str, resource: &str) -> Result<Self, Failure> {
        let (scope, verb) = operation.split_once('.').ok_or_else(|| {
            usage(format!(
                "`{operation}` is no operation; write it as in the log, such as fs.read"
            ))
        })?;
        Ok(match (scope, verb) {
            ("fs", verb) => {
                let path = canonical_guest_path(resource)
                    .map_err(|error| usage(format!("`{resource}` is no guest path: {error}")))?;
                Self::Fs(word(verb)?, path)
            }
            ("env", verb) => Self::Env(word(verb)?, resource.to_owned()),
            ("stdio", "read" | "write") => Self::Stdio(word(resource)?),
            ("clock", "read") => Self::Clock(word(resource)?),
            ("random", "read") => Self::Random(word(resource)?),
            ("network", verb) => network(word(verb)?, resource)?,
            ("http", "request") => http(resource)?,
            ("child-process", "spawn") => Self::Named(Named::Spawn, resource.to_owned()),
            ("tool", "invoke") => Self::Named(Named::Tool, resource.to_owned()),
            ("secret", "read") => Self::Named(Named::Secret, resource.to_owned()),
            ("program", "load") => Self::Named(Named::Program, resource.to_owned()),
            ("config", "read") => Self::Named(Named::Config, resource.to_owned()),
            ("control", "call") => Self::Named(Named::Control, resource.to_owned()),
            ("link", "call") => Self::Named(Named::Link, resource.to_owned()),
            (_, _) => {
                return Err(usage(format!(
                    "`{operation}` is no operation that can be asked about"
                )));
            }
        })
    }

    /// The operation itself.
    pub(crate) fn operation(&self) -> Operation<'_> {
        match self {
            Self::Fs(verb, path) => Operation::Fs { verb: *verb, path },
            Self::Env(verb, name) => Operation::Env { verb: *verb, name },
            Self::Stdio(stream) => Operation::Stdio { stream: *stream },
            Self::Clock(clock) => Operation::Clock { clock: *clock },
            Self::Random(source) => Operation::Random { source: *source },
            Self::Network {
                verb,
                transport,
                host,
                addr,
                port,
            } => Operation::Network {
                verb: *verb,
                target: NetworkTarget {
                    transport: *transport,
                    host: host.as_deref(),
                    addr: *addr,
                    port: *port,
                },
            },
            Self::Http {
                method,
                scheme,
                host,
                port,
            } => Operation::Http {
                method,
                scheme: *scheme,
                host,
                port: *port,
                addr: host.trim_matches(['[', ']']).parse().ok(),
            },
            Self::Named(named, name) => match named {
                Named::Spawn => Operation::ChildProcess { command: name },
                Named::Tool => Operation::Tool { name },
                Named::Secret => Operation::Secret { name },
                Named::Config => Operation::Config { key: name },
                Named::Program => Operation::Program { path: name },
                Named::Link => Operation::Link { interface: name },
                Named::Control => Operation::Control { verb: name },
            },
        }
    }
}

/// `tcp://host:port`, `udp://[::1]:53`, `dns://name`; a port of `*` or none is any. What the log adds is read too: `at`
/// the address that a name led to, and `from` whom a connection came, which decides nothing.
fn network(verb: NetworkVerb, resource: &str) -> Result<Asked, Failure> {
    let wrong = || {
        usage(format!(
            "`{resource}` is no endpoint; write it as tcp://host:port, udp://[::1]:53 or dns://name"
        ))
    };
    let (transport, rest) = resource.split_once("://").ok_or_else(wrong)?;
    let transport: Transport = word(transport)?;
    if matches!(transport, Transport::Dns | Transport::Unix) {
        return Ok(Asked::Network {
            verb,
            transport,
            host: Some(rest.to_owned()),
            addr: None,
            port: None,
        });
    }
    let rest = match rest.split_once(" from ") {
        Some((rest, source)) => {
            source.parse::<SocketAddr>().map_err(|_no_sender| wrong())?;
            rest
        }
        None => rest,
    };
    let (rest, told) = match rest.split_once(" at ") {
        Some((rest, told)) => (rest, Some(told.parse().map_err(|_no_address| wrong())?)),
        None => (rest, None),
    };
    let (host, port) = split_port(rest);
    let port = match port {
        None | Some("*") => None,
        Some(port) => Some(port.parse().map_err(|_| wrong())?),
    };
    let literal: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    let addr = told.or(literal);
    let host = (literal.is_none() && host != "*").then(|| host.to_owned());
    Ok(Asked::Network {
        verb,
        transport,
        host,
        addr,
        port,
    })
}

/// `GET https://host:port/…`; without a method, GET.
fn http(resource: &str) -> Result<Asked, Failure> {
    let wrong = || {
        usage(format!(
            "`{resource}` is no request; write it as `GET https://host/`"
        ))
    };
    let (method, url) = resource.rsplit_once(' ').unwrap_or(("GET", resource));
    let (scheme, rest) = url.split_once("://").ok_or_else(wrong)?;
    let scheme: HttpScheme = word(scheme)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.is_empty() || authority.contains('@') {
        return Err(wrong());
    }
    let (host, port) = split_port(authority);
    let port = port.map_or_else(
        || Ok(scheme.default_port()),
        |port| port.parse().map_err(|_| wrong()),
    )?;
    Ok(Asked::Http {
        method: method.to_owned(),
        scheme,
        host: host.to_owned(),
        port,
    })
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port))
            if !port.contains(']') && (!host.contains(':') || host.ends_with(']')) =>
        {
            (host, Some(port))
        }
        Some(_) | None => (authority, None),
    }
}
