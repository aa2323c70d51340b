//! Operations: the concrete things that guests ask for, with their real arguments.
//!
//! The enum is closed and carries typed arguments so that a function which a guest can see cannot
//! be added without choosing what it asks for.

use std::net::{IpAddr, SocketAddr};

use crate::scope::Scope;
use crate::verb::{
    BlobstoreVerb, ChildProcessVerb, ClockVerb, ConfigVerb, ControlVerb, EnvVerb, FsVerb, HttpVerb,
    KeyvalueVerb, LinkVerb, LoggingVerb, NetworkVerb, ProcessVerb, ProgramVerb, RandomVerb,
    SecretVerb, StdioVerb, ToolVerb, VerbSet,
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

impl NetworkTarget<'static> {
    /// An address without a name.
    #[must_use]
    pub const fn at(transport: Transport, address: SocketAddr) -> Self {
        Self {
            transport,
            host: None,
            addr: Some(address.ip()),
            port: Some(address.port()),
        }
    }
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
    /// A connection or a datagram that came from outside to an address that the guest listens on. Who sent it is
    /// nobody's choice here, so what is decided is the listening; the sender is told by the record.
    Incoming {
        /// What carried it.
        transport: Transport,
        /// Where the guest listens.
        local: SocketAddr,
        /// Who sent it.
        source: SocketAddr,
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
    /// Loading a file of the program that is run, as its language's runtime does for an import. It is no access to files:
    /// what the program then opens by itself is [`Operation::Fs`].
    Program {
        /// The canonical guest path of the file.
        path: &'a str,
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
            Self::Incoming { .. } => {
                let verb = NetworkVerb::Listen;
                (Scope::Network, verb.operation(), verb.into())
            }
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
            Self::Program { .. } => one(Scope::Program, ProgramVerb::Load.operation()),
        }
    }
}

/// A scope with one verb.
const fn one(scope: Scope, name: &'static str) -> Classified {
    (scope, name, VerbSet::single(0))
}
