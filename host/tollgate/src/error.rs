//! What can go wrong before a guest runs. What goes wrong later is part of an [`Outcome`](crate::Outcome).

use tollgate_audit::OpenError;
use tollgate_bridge::Inexpressible;
use tollgate_engine::cache::CacheError;
use tollgate_engine::{EngineError, Stop};
use tollgate_policy::{EffectiveError, FileErrors, ProtocolError};
use tollgate_vfs::MountError;

/// Why there is no host.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The machine lacks what the engine needs.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The log or its key cannot be used.
    #[error("the audit log cannot be used: {0}")]
    Log(#[from] OpenError),
    /// The cache cannot be used.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// What was given as a ceiling is none.
    #[error(transparent)]
    Ceiling(#[from] EffectiveError),
    /// The ceiling wants runs recorded in another way than the host's log does.
    #[error(transparent)]
    Recording(#[from] Recording),
    /// An interface of the embedder's own cannot be linked.
    #[error("the interface `{interface}` cannot be provided: {reason}")]
    Interface {
        /// Its name, as it was given.
        interface: String,
        /// Why not.
        reason: String,
    },
    /// The system gave no random bits for the host's name.
    #[error("the system gives no entropy")]
    NoEntropy,
}

/// A policy states something about the log that the host's log does not do. What a policy asks for is done or refused,
/// and never passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Recording {
    /// The policy names a file.
    #[error("the policy says where the log lies, and the log of this host is given by its program")]
    File,
    /// The policy wants each record flushed before its effect.
    #[error("the policy wants each record flushed, and the log of this host flushes batches")]
    Flush,
    /// The policy wants a record for each call.
    #[error("the policy wants full detail, and the log of this host counts equal calls together")]
    Detail,
}

/// Why a policy gives no grants.
#[derive(Debug, thiserror::Error)]
pub enum GrantsError {
    /// The text of a policy file is wrong, with every mistake in it.
    #[error(transparent)]
    File(#[from] FileErrors),
    /// The permissions of the protocol are wrong.
    #[error(transparent)]
    Protocol(#[from] ProtocolError),
    /// The policy does not go with the host's ceiling.
    #[error(transparent)]
    Ceiling(#[from] EffectiveError),
    /// The policy does not go with the host's log.
    #[error(transparent)]
    Recording(#[from] Recording),
    /// The policy names files of certificate authorities, which this host was not given.
    #[error(
        "the policy names files of certificate authorities: read them, and give them to `HostBuilder::trust`"
    )]
    Authorities,
}

/// Why something was refused before its first instruction, whatever it would be granted.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Not WebAssembly, over a static cap, not valid, or an interface of another type than the host's.
    #[error(transparent)]
    Component(#[from] tollgate_engine::LoadError),
    /// It imports what the host does not have.
    #[error("the component imports what this host does not provide: {}", .names.join(", "))]
    UnknownImports {
        /// Each unknown import by its name, in the order of the component.
        names: Vec<String>,
    },
    /// It uses what the ceiling denies, through an interface that has no error for that.
    #[error("no run of this host may: {0}")]
    Inexpressible(#[from] Inexpressible),
    /// It needs an engine with a deeper stack, which cannot be made.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The runtime is shutting down.
    #[error("the runtime ended while the component was compiled")]
    RuntimeEnded,
}

/// Why a run did not begin. Nothing of the guest ran.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The grants were made by another host, under another ceiling.
    #[error("the grants belong to another host")]
    ForeignGrants,
    /// The grants limit fuel, and the host's components are not compiled to count it.
    #[error("the policy limits fuel, and this host does not count it: build it with `count_fuel`")]
    NoFuel,
    /// The component uses what is denied, through an interface that has no error for that.
    #[error("the component is not run: {0}")]
    Inexpressible(#[from] Inexpressible),
    /// The policy mounts a folder at this place of the guest's tree, and the options give none.
    #[error("the policy mounts something at `{place}`, and the run was given nothing for it")]
    NoMount {
        /// The place, in the guest's tree.
        place: String,
    },
    /// Something cannot be mounted there.
    #[error(transparent)]
    Mount(#[from] MountError),
    /// The working directory is no path of the guest's tree: absolute, and with nothing in it that another part undoes.
    #[error("the working directory `{path}` is no path of the guest's tree")]
    WorkingDirectory {
        /// What was given.
        path: String,
    },
    /// The log takes nothing any more.
    #[error("the run cannot be recorded: {0}")]
    Unrecorded(Stop),
}
