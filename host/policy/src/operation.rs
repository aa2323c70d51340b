//! Operations: the concrete things that guests ask for, with their real arguments.
//!
//! The enum is closed and carries typed arguments so that a function which a guest can see cannot
//! be added without choosing what it asks for.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::IpAddr;

use crate::scope::Scope;
use crate::suggest;
use crate::verb::{
    BlobstoreVerb, ChildProcessVerb, ClockVerb, ConfigVerb, ControlVerb, EnvVerb, FsVerb, HttpVerb,
    KeyvalueVerb, LinkVerb, LoggingVerb, NetworkVerb, ProcessVerb, RandomVerb, SecretVerb,
    StdioVerb, ToolVerb, VerbSet,
};
use crate::words::words;

words! {
    /// Which standard stream.
    pub enum Stdio is "standard stream" {
        /// Standard input.
        Stdin = "stdin",
        /// Standard output.
        Stdout = "stdout",
        /// Standard error.
        Stderr = "stderr",
    }
}

words! {
    /// Which clock.
    pub enum Clock is "clock" {
        /// The time of day.
        Wall = "wall",
        /// Time since an arbitrary moment; timers wait on it.
        Monotonic = "monotonic",
    }
}

words! {
    /// Which source of entropy.
    pub enum Random is "source of entropy" {
        /// Fit for keys.
        Secure = "secure",
        /// Fit for hash seeds.
        Insecure = "insecure",
    }
}

words! {
    /// The scheme of an HTTP request. Whatever else a guest names is refused before policy.
    pub enum HttpScheme is "scheme" {
        /// Plain.
        Http = "http",
        /// Over TLS.
        Https = "https",
    }
}

impl HttpScheme {
    /// The port that a URL of this scheme means when it names none.
    #[must_use]
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

words! {
    /// What carries a network operation.
    pub enum Transport is "transport" {
        /// A stream over IP.
        Tcp = "tcp",
        /// Datagrams over IP.
        Udp = "udp",
        /// A socket in the VM's own tree; `host` is its path.
        Unix = "unix",
        /// A question to the resolver; `host` is the name.
        Dns = "dns",
    }
}

/// The other end of a network operation, or the local end of a bind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkTarget<'a> {
    /// What carries the operation.
    pub transport: Transport,
    /// The name that the guest used, as it wrote it, when it used one: for a connect, a name whose
    /// lookup in this very run returned `addr`. An address in text form is taken as an address.
    pub host: Option<&'a str>,
    /// The address that will be dialled or bound; `None` before it is known. A permit that was
    /// decided without it covers no dialling.
    pub addr: Option<IpAddr>,
    /// The port that will be dialled or bound.
    pub port: Option<u16>,
}

/// One concrete thing that a guest asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation<'a> {
    /// A filesystem operation.
    Fs {
        /// What is done.
        verb: FsVerb,
        /// The canonical guest path: absolute, without `.`, `..`, empty components or a trailing
        /// slash, after links were resolved (but not at a last step that isn't followed).
        path: &'a str,
    },
    /// A socket operation or a name lookup.
    Network {
        /// What is done.
        verb: NetworkVerb,
        /// With what.
        target: NetworkTarget<'a>,
    },
    /// A request of the HTTP client.
    Http {
        /// The method, as the guest wrote it.
        method: &'a str,
        /// The scheme.
        scheme: HttpScheme,
        /// The host of the URL's authority, without userinfo and port.
        host: &'a str,
        /// The port of the authority, or the scheme's own.
        port: u16,
        /// The address that will be dialled; `None` before the lookup.
        addr: Option<IpAddr>,
    },
    /// Starting a program inside the VM.
    ChildProcess {
        /// The command's name.
        command: &'a str,
    },
    /// Looking at the VM's processes.
    Process {
        /// What is done.
        verb: ProcessVerb,
    },
    /// Using an environment variable.
    Env {
        /// What is done.
        verb: EnvVerb,
        /// The variable's name. Its value never comes near policy.
        name: &'a str,
    },
    /// Calling a registered tool.
    Tool {
        /// `toolkit:callback`.
        name: &'a str,
    },
    /// Using a standard stream.
    Stdio {
        /// Which one.
        stream: Stdio,
    },
    /// Using a clock.
    Clock {
        /// Which one.
        clock: Clock,
    },
    /// Drawing entropy.
    Random {
        /// From where.
        source: Random,
    },
    /// Learning a secret.
    Secret {
        /// The secret's name.
        name: &'a str,
    },
    /// Calling the host's control interface.
    Control {
        /// The function of that interface.
        verb: &'a str,
    },
    /// Using a key-value store.
    Keyvalue {
        /// What is done.
        verb: KeyvalueVerb,
        /// The store's name.
        store: &'a str,
        /// The key, where one is meant.
        key: Option<&'a str>,
    },
    /// Using a blob store.
    Blobstore {
        /// What is done.
        verb: BlobstoreVerb,
        /// The container's name.
        container: &'a str,
        /// The object, where one is meant.
        object: Option<&'a str>,
    },
    /// Reading a configuration value.
    Config {
        /// Its key.
        key: &'a str,
    },
    /// Writing a structured log message.
    Logging,
    /// Calling an interface that another component or an embedder supplies.
    Link {
        /// The interface, as `ns:pkg/name@version`.
        interface: &'a str,
    },
}

/// Scope, name and verb of an operation.
type Classified = (Scope, &'static str, VerbSet);

impl Operation<'_> {
    /// The scope that decides about it.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.classify().0
    }

    /// `scope.verb`, as records name it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.classify().1
    }

    /// The verb, as a set of one.
    pub(crate) fn verb(&self) -> VerbSet {
        self.classify().2
    }

    fn classify(&self) -> Classified {
        match *self {
            Self::Fs { verb, .. } => (Scope::Fs, verb.operation(), verb.into()),
            Self::Network { verb, .. } => (Scope::Network, verb.operation(), verb.into()),
            Self::Http { .. } => one(Scope::Http, HttpVerb::Request.operation()),
            Self::ChildProcess { .. } => {
                one(Scope::ChildProcess, ChildProcessVerb::Spawn.operation())
            }
            Self::Process { verb } => (Scope::Process, verb.operation(), verb.into()),
            Self::Env { verb, .. } => (Scope::Env, verb.operation(), verb.into()),
            Self::Tool { .. } => one(Scope::Tool, ToolVerb::Invoke.operation()),
            Self::Stdio { stream } => {
                let verb = match stream {
                    Stdio::Stdin => StdioVerb::Read,
                    Stdio::Stdout | Stdio::Stderr => StdioVerb::Write,
                };
                (Scope::Stdio, verb.operation(), verb.into())
            }
            Self::Clock { .. } => one(Scope::Clock, ClockVerb::Read.operation()),
            Self::Random { .. } => one(Scope::Random, RandomVerb::Read.operation()),
            Self::Secret { .. } => one(Scope::Secret, SecretVerb::Read.operation()),
            Self::Control { .. } => one(Scope::Control, ControlVerb::Call.operation()),
            Self::Keyvalue { verb, .. } => (Scope::Keyvalue, verb.operation(), verb.into()),
            Self::Blobstore { verb, .. } => (Scope::Blobstore, verb.operation(), verb.into()),
            Self::Config { .. } => one(Scope::Config, ConfigVerb::Read.operation()),
            Self::Logging => one(Scope::Logging, LoggingVerb::Write.operation()),
            Self::Link { .. } => one(Scope::Link, LinkVerb::Call.operation()),
        }
    }

    /// What it is done to, as records name it. Never an environment value, a URL's path, query or
    /// userinfo, nor a path of the host. It is the guest's text otherwise: escape it before it
    /// reaches a terminal or a file.
    #[must_use]
    pub fn resource(&self) -> Cow<'_, str> {
        match *self {
            Self::Network { target, .. } => Cow::Owned(target.resource()),
            Self::Http {
                method,
                scheme,
                host,
                port,
                addr,
            } => {
                let mut text = suggest::shortened(method);
                text.push(' ');
                push_endpoint(&mut text, scheme.as_str(), presentable(host), Some(port));
                push_address(&mut text, host, addr);
                Cow::Owned(text)
            }
            Self::Keyvalue {
                store: outer,
                key: inner,
                ..
            }
            | Self::Blobstore {
                container: outer,
                object: inner,
                ..
            } => match inner {
                Some(inner) => Cow::Owned(format!("{outer}/{inner}")),
                None => Cow::Borrowed(outer),
            },
            Self::Fs { .. }
            | Self::ChildProcess { .. }
            | Self::Process { .. }
            | Self::Env { .. }
            | Self::Tool { .. }
            | Self::Stdio { .. }
            | Self::Clock { .. }
            | Self::Random { .. }
            | Self::Secret { .. }
            | Self::Control { .. }
            | Self::Config { .. }
            | Self::Logging
            | Self::Link { .. } => Cow::Borrowed(self.plain_resource()),
        }
    }

    /// The resource of an operation that holds it as one piece of text; empty for the others.
    fn plain_resource(&self) -> &str {
        match *self {
            Self::Fs { path, .. } => path,
            Self::ChildProcess { command } => command,
            Self::Process { .. } => "process://snapshot",
            Self::Env { name, .. } | Self::Tool { name } | Self::Secret { name } => name,
            Self::Stdio { stream } => stream.as_str(),
            Self::Clock { clock } => clock.as_str(),
            Self::Random { source } => source.as_str(),
            Self::Control { verb } => verb,
            Self::Config { key } => key,
            Self::Logging => "log",
            Self::Link { interface } => interface,
            Self::Network { .. }
            | Self::Http { .. }
            | Self::Keyvalue { .. }
            | Self::Blobstore { .. } => "",
        }
    }

    /// What the patterns of a scope are matched against: the resource, but in the spelling of the
    /// sidecar protocol where that has one of its own.
    pub(crate) fn pattern_subject(&self) -> Cow<'_, str> {
        match *self {
            Self::Network { target, .. } => Cow::Owned(target.pattern_subject()),
            Self::Http { host, port, .. } => {
                let mut text = String::new();
                push_endpoint(&mut text, Transport::Tcp.as_str(), host, Some(port));
                Cow::Owned(text)
            }
            _ => self.resource(),
        }
    }
}

/// A scope with one verb.
const fn one(scope: Scope, name: &'static str) -> Classified {
    (scope, name, VerbSet::single(0))
}

impl NetworkTarget<'_> {
    fn resource(&self) -> String {
        let host = match self.transport {
            Transport::Unix => self.host,
            Transport::Tcp | Transport::Udp | Transport::Dns => self.host.map(presentable),
        };
        let mut text = self.spelled(host);
        if let Some(host) = self.host {
            push_address(&mut text, host, self.addr);
        }
        text
    }

    fn pattern_subject(&self) -> String {
        self.spelled(self.host)
    }

    /// `tcp://host:port`, `dns://name`, `unix://path`; `*` stands for what is absent.
    fn spelled(&self, host: Option<&str>) -> String {
        let address = self.addr.map(|addr| addr.to_string());
        let host = host.or(address.as_deref()).unwrap_or("*");
        let mut text = String::new();
        match self.transport {
            Transport::Tcp | Transport::Udp => {
                push_endpoint(&mut text, self.transport.as_str(), host, self.port);
            }
            Transport::Unix | Transport::Dns => {
                text.push_str(self.transport.as_str());
                text.push_str("://");
                text.push_str(host);
            }
        }
        text
    }
}

/// Appends `scheme://host:port`; an IPv6 address is put in brackets, as in a URL.
fn push_endpoint(text: &mut String, scheme: &str, host: &str, port: Option<u16>) {
    text.push_str(scheme);
    text.push_str("://");
    if host.contains(':') && !host.starts_with('[') {
        text.push('[');
        text.push_str(host);
        text.push(']');
    } else {
        text.push_str(host);
    }
    match port {
        Some(port) => {
            // Writing into a string cannot fail.
            let _ = write!(text, ":{port}");
        }
        None => text.push_str(":*"),
    }
}

/// Appends the address that a name led to: the record must show what was dialled.
fn push_address(text: &mut String, host: &str, addr: Option<IpAddr>) {
    if let Some(addr) = addr
        && host != addr.to_string()
    {
        // Writing into a string cannot fail.
        let _ = write!(text, " at {addr}");
    }
}

/// A host that may stand in a record. One with delimiters of a URL in it is none, and might carry a
/// password or a query into the log.
fn presentable(host: &str) -> &str {
    const LONGEST_NAME: usize = 255;
    if host.len() > LONGEST_NAME || host.contains(['@', '/', '?', '#', '\\']) {
        "(not a host name)"
    } else {
        host
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn http<'a>(host: &'a str, addr: Option<IpAddr>) -> Operation<'a> {
        Operation::Http {
            method: "GET",
            scheme: HttpScheme::Https,
            host,
            port: 443,
            addr,
        }
    }

    #[test]
    fn resources_have_one_spelling() {
        let ip: IpAddr = IpAddr::from([192, 0, 2, 7]);
        let target = NetworkTarget {
            transport: Transport::Tcp,
            host: None,
            addr: Some(ip),
            port: Some(80),
        };
        let connect = Operation::Network {
            verb: NetworkVerb::Connect,
            target,
        };
        assert_eq!(connect.resource(), "tcp://192.0.2.7:80");
        assert_eq!(connect.name(), "network.connect");

        let inspect = Operation::Network {
            verb: NetworkVerb::Inspect,
            target: NetworkTarget {
                transport: Transport::Udp,
                host: None,
                addr: None,
                port: None,
            },
        };
        assert_eq!(inspect.resource(), "udp://*:*");

        let v6 = NetworkTarget {
            addr: Some(IpAddr::from([0u16; 8])),
            ..target
        };
        assert_eq!(
            Operation::Network {
                verb: NetworkVerb::Bind,
                target: v6
            }
            .resource(),
            "tcp://[::]:80"
        );
        assert_eq!(
            http("a.example", Some(ip)).resource(),
            "GET https://a.example:443 at 192.0.2.7"
        );
        assert_eq!(
            http("192.0.2.7", Some(ip)).resource(),
            "GET https://192.0.2.7:443"
        );
        assert_eq!(
            Operation::Stdio {
                stream: Stdio::Stdin
            }
            .name(),
            "stdio.read"
        );
    }

    #[test]
    fn a_resource_never_holds_userinfo_or_a_query() {
        for host in [
            "user:pw@h",
            "h?token=s",
            "h/p?q",
            "us?er:pw@h",
            "h#f",
            "h\\@x",
        ] {
            assert_eq!(
                http(host, None).resource(),
                "GET https://(not a host name):443"
            );
            let target = NetworkTarget {
                transport: Transport::Dns,
                host: Some(host),
                addr: None,
                port: None,
            };
            let resolve = Operation::Network {
                verb: NetworkVerb::Resolve,
                target,
            };
            assert_eq!(resolve.resource(), "dns://(not a host name)");
        }
    }

    #[test]
    fn an_endless_method_is_cut() {
        let method = "X".repeat(1 << 20);
        let operation = Operation::Http {
            method: &method,
            scheme: HttpScheme::Http,
            host: "h",
            port: 80,
            addr: None,
        };
        assert!(operation.resource().len() < 200);
    }
}
