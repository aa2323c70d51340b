//! Building a host.

use std::path::PathBuf;
use std::sync::Arc;

use tollgate_audit::{Log, LogOptions, SigningKey};
use tollgate_capability::http::{Client, Trust};
use tollgate_capability::net::Resolver;
use tollgate_engine::cache::Cache;
use tollgate_engine::worker::Worker;
use tollgate_engine::{Bounds, Compiling, Decider, Pool};
use tollgate_policy::{Effective, Limits, Mode, Policy, PolicyBuilder, Scope};

use crate::error::BuildError;
use crate::grants::check_recording;
use crate::host::Host;
use crate::identity;
use crate::interface::Interface;
use crate::machine::{Machine, Options};
use crate::shared::Inner;

/// Where the log of a host is.
enum LogPlace {
    Memory,
    File { path: PathBuf, key: PathBuf },
    Given(Log),
}

/// Builds a [`Host`]. Without more it has no ceiling, a log in memory, no cache, nobody to ask, the system's resolver, and
/// no interfaces but the host's.
pub struct HostBuilder {
    ceiling: Option<Policy>,
    log: LogPlace,
    log_options: LogOptions,
    flushed: bool,
    cache: Option<PathBuf>,
    cache_bytes: Option<u64>,
    decider: Option<Arc<dyn Decider>>,
    resolver: Option<Arc<dyn Resolver>>,
    trust: Option<Trust>,
    engines: Options,
    bounds: Option<Bounds>,
    count_fuel: bool,
    interfaces: Vec<Interface>,
}

impl std::fmt::Debug for HostBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HostBuilder")
            .field("interfaces", &self.interfaces)
            .finish_non_exhaustive()
    }
}

impl Host {
    /// Begins a host.
    #[must_use]
    pub fn builder() -> HostBuilder {
        HostBuilder::new()
    }
}

impl HostBuilder {
    fn new() -> Self {
        Self {
            ceiling: None,
            log: LogPlace::Memory,
            log_options: LogOptions::default(),
            flushed: true,
            cache: None,
            cache_bytes: None,
            decider: None,
            resolver: None,
            trust: None,
            engines: Options::default(),
            bounds: None,
            count_fuel: false,
            interfaces: Vec::new(),
        }
    }

    /// The policy that no run of the host exceeds. Without it runs are held by their own alone.
    #[must_use]
    pub fn ceiling(mut self, ceiling: Policy) -> Self {
        self.ceiling = Some(ceiling);
        self
    }

    /// Keeps the log in a file, signed with the key in `key`, which is made if it is not there.
    #[must_use]
    pub fn log_file(mut self, path: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.log = LogPlace::File {
            path: path.into(),
            key: key.into(),
        };
        self
    }

    /// Keeps the last records in memory. This is the default.
    #[must_use]
    pub fn log_in_memory(mut self) -> Self {
        self.log = LogPlace::Memory;
        self
    }

    /// Records to a log that is open already, with the options that it has.
    #[must_use]
    pub fn log(mut self, log: Log) -> Self {
        self.log = LogPlace::Given(log);
        self
    }

    /// How a log is kept that the host opens itself.
    #[must_use]
    pub fn log_options(mut self, options: LogOptions) -> Self {
        self.log_options = options;
        self
    }

    /// Returns outcomes before their records are on the disk, where they are within 100 ms: for hosts that run thousands
    /// of guests in a second. What is recorded, and that nothing is done unrecorded, stays as it is.
    #[must_use]
    pub fn end_without_flush(mut self) -> Self {
        self.flushed = false;
        self
    }

    /// Keeps compiled components in `folder`, which must be this user's alone, and is made if it is not there.
    #[must_use]
    pub fn cache(mut self, folder: impl Into<PathBuf>) -> Self {
        self.cache = Some(folder.into());
        self
    }

    /// The most bytes that the cache keeps. Without it: 1 GiB.
    #[must_use]
    pub fn cache_bytes(mut self, bytes: u64) -> Self {
        self.cache_bytes = Some(bytes);
        self
    }

    /// Whom to ask about what a policy leaves to be asked. Without it, that is denied.
    #[must_use]
    pub fn decider(mut self, decider: impl Decider + 'static) -> Self {
        self.decider = Some(Arc::new(decider));
        self
    }

    /// Where names are looked up. Without it: the system's resolver.
    #[must_use]
    pub fn resolver(mut self, resolver: impl Resolver + 'static) -> Self {
        self.resolver = Some(Arc::new(resolver));
        self
    }

    /// Whom TLS trusts. Without it: the system's certificate authorities, or the bundled ones where it has none. A policy
    /// that names files of authorities (`[http] ca`) is refused then, because the host opens no path by itself.
    #[must_use]
    pub fn trust(mut self, trust: Trust) -> Self {
        self.trust = Some(trust);
        self
    }

    /// Compiles components in this process, on a thread that can be neither stopped nor kept to an amount of memory:
    /// what they are made of is bounded by the static caps alone. For components that are trusted this far.
    #[must_use]
    pub fn compile_in_process(mut self) -> Self {
        self.engines.engine.compiling = Compiling::InProcess;
        self
    }

    /// Compiles components in a process of `program`, under limits of time and memory. Its `main` calls
    /// [`run_if_worker`](tollgate_engine::worker::run_if_worker) first, and it is of this very version of Tollgate.
    /// Without it: this program, if its own `main` did that.
    #[must_use]
    pub fn compile_worker(mut self, program: impl Into<PathBuf>) -> Self {
        self.engines.engine.compiling = Compiling::Worker(Worker::program(program));
        self
    }

    /// What one compilation in a worker may take. Without it: the ceiling's limits, or the defaults of the policy.
    #[must_use]
    pub fn compile_bounds(mut self, bounds: Bounds) -> Self {
        self.bounds = Some(bounds);
        self
    }

    /// Reserves room for many guests at a time, so that they start faster; there is no room for more than that. Components
    /// that ask for the stack of languages ([`has_deep_stack`](tollgate_engine::has_deep_stack)) have room of their own, for as
    /// many, once the first of them is loaded.
    #[must_use]
    pub fn pool(mut self, pool: Pool) -> Self {
        self.engines.engine.pool = Some(pool);
        self.engines.grows = false;
        self
    }

    /// As [`HostBuilder::pool`], but where it is full, guests go on beyond it: they start slower, as they do without a pool.
    #[must_use]
    pub fn pool_and_beyond(mut self, pool: Pool) -> Self {
        self = self.pool(pool);
        self.engines.grows = true;
        self
    }

    /// Counts instructions, so that runs can be limited by fuel. Every loop of every guest is slower then.
    #[must_use]
    pub fn count_fuel(mut self) -> Self {
        self.count_fuel = true;
        self
    }

    /// Provides an interface of the embedder's own, `ns:pkg/name@1.0.0`, whose functions `tell` adds.
    #[must_use]
    pub fn interface(mut self, name: &str, tell: impl FnOnce(&mut Interface)) -> Self {
        let mut interface = Interface::new(name);
        tell(&mut interface);
        self.interfaces.push(interface);
        self
    }

    /// Provides interfaces that somebody else has told, such as a library that comes with them.
    #[must_use]
    pub fn interfaces(mut self, interfaces: impl IntoIterator<Item = Interface>) -> Self {
        self.interfaces.extend(interfaces);
        self
    }

    /// Makes the host. It starts a thread that ticks while guests run, and one that writes the log.
    ///
    /// # Errors
    ///
    /// What was given cannot be used; nothing is left behind then but a key or an empty log.
    pub fn build(self) -> Result<Host, BuildError> {
        let machine = Machine::new(self.count_fuel, self.engines)?;
        check_interfaces(&machine, &self.interfaces)?;
        let most = self.ceiling.map(most_of).transpose()?;
        let cache = self.cache.map(|folder| Cache::open(&folder)).transpose()?;
        let cache = match self.cache_bytes {
            Some(bytes) => cache.map(|cache| cache.with_limit(bytes)),
            None => cache,
        };
        let id = identity::draw().map_err(|_no_bits| BuildError::NoEntropy)?;
        let log = match self.log {
            LogPlace::Memory => Log::memory(self.log_options),
            LogPlace::Given(log) => log,
            LogPlace::File { path, key } => {
                Log::file(&path, SigningKey::load_or_create(&key)?, self.log_options)?
            }
        };
        if let Some(most) = &most {
            check_recording(most, log.options())?;
        }
        let limits = most
            .as_ref()
            .map_or_else(Limits::default, Effective::limits);
        let bounds = self.bounds.unwrap_or_else(|| Bounds::from(&limits));
        Ok(Host::new(Inner {
            id,
            machine,
            most,
            log,
            flushed: self.flushed,
            cache,
            decider: self.decider,
            resolver: self.resolver,
            adds_authorities: self.trust.is_some(),
            http: self.trust.map(Client::new).unwrap_or_default(),
            bounds,
            interfaces: self.interfaces.into(),
            runs: 0.into(),
        }))
    }
}

/// The most that a run under `ceiling` can be granted: everything that the ceiling does not take away.
fn most_of(ceiling: Policy) -> Result<Effective, BuildError> {
    let mut everything = PolicyBuilder::new();
    for scope in Scope::ALL {
        everything.default_mode(*scope, Mode::Allow);
    }
    let everything = everything.build().map_err(|_| {
        // A policy of defaults has neither mounts nor patterns, the two things that this error speaks of.
        tollgate_policy::EffectiveError::WrongRole {
            wanted: "policy of a run",
        }
    })?;
    Ok(Effective::new(everything, Some(ceiling))?)
}

fn check_interfaces(machine: &Machine, interfaces: &[Interface]) -> Result<(), BuildError> {
    for (index, interface) in interfaces.iter().enumerate() {
        let failed = |reason| BuildError::Interface {
            interface: interface.name().to_owned(),
            reason,
        };
        if let Some(reason) = interface.fault() {
            return Err(failed(reason));
        }
        let mut earlier = interfaces.iter().take(index);
        if earlier.any(|other| other.name() == interface.name()) {
            return Err(failed("it is provided already".to_owned()));
        }
        machine
            .try_linker(interface)
            .map_err(|error| failed(format!("{error:#}")))?;
    }
    Ok(())
}
