//! Where host access may stand: folders, each with its reason.
//!
//! Never a file. A sanctioned file is where all further access is put, because
//! there it passes, until it is the program; a folder can be read as a whole,
//! and what has no business in it can move out.

use crate::classes::Class;

/// A folder in which one class of access may stand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sanction {
    pub(crate) class: Class,
    /// Below the repository's root.
    pub(crate) folder: &'static str,
    pub(crate) reason: &'static str,
}

impl Sanction {
    /// Whether the file at `path` lies in the folder.
    pub(crate) fn covers(&self, path: &str) -> bool {
        path.strip_prefix(self.folder)
            .is_some_and(|rest| rest.starts_with('/'))
    }
}

/// Every sanction. A new line here is a new way out of the sandbox, and is
/// argued as such (CONTRIBUTING.md says how).
pub(crate) const SANCTIONS: &[Sanction] = &[
    Sanction {
        class: Class::Fs,
        folder: "host/vfs/src/host",
        reason: "mounts of host directories, and the store of trees: act beneath a handle that the operator gave",
    },
    Sanction {
        class: Class::Fs,
        folder: "host/audit/src/disk",
        reason: "the audit log's files: locked, appended to and flushed, at a path that only the operator gives",
    },
    Sanction {
        class: Class::Entropy,
        folder: "host/audit/src/disk",
        reason: "names of temporary files, which nobody else on the machine may guess and put something in the way of",
    },
    Sanction {
        class: Class::Clock,
        folder: "host/audit/src/clock",
        reason: "when a record was made, which no guest sees and no caller may choose",
    },
    Sanction {
        class: Class::Clock,
        folder: "host/capability/src",
        reason: "the crate is the capability: clocks, with a permit",
    },
    Sanction {
        class: Class::Entropy,
        folder: "host/capability/src",
        reason: "the crate is the capability: randomness, with a permit",
    },
    Sanction {
        class: Class::Stdio,
        folder: "host/capability/src",
        reason: "the crate is the capability: the streams that a guest is given, with a permit",
    },
    Sanction {
        class: Class::Fs,
        folder: "host/capability/src/program",
        reason: "how a file of a program is opened: beneath its folder's handle, and without waiting for a pipe",
    },
    Sanction {
        class: Class::Fs,
        folder: "host/plugins/src/beneath",
        reason: "the file of a tool, which an embedder names beneath a handle that it gives: read once, before there is a guest",
    },
    Sanction {
        class: Class::Hidden,
        folder: "host/protocol/src/types",
        reason: "the messages and their codec, which the build writes from the WIT: a copy in the repository would be a second source",
    },
    Sanction {
        class: Class::Hidden,
        folder: "host/contract/src/generated",
        reason: "the bridges, which the build writes from the WIT: a copy in the repository would be a second source",
    },
    Sanction {
        class: Class::Process,
        folder: "host/client/src/start",
        reason: "a client starts its sidecar, by a command of the embedder's; nothing that a guest or a client sends reaches it",
    },
    Sanction {
        class: Class::Net,
        folder: "host/client/src/start",
        reason: "a client connects to its sidecar, at a path of the embedder's",
    },
    Sanction {
        class: Class::Clock,
        folder: "host/engine/src/time",
        reason: "epochs and the duration of a run: the engine's own time, which no guest reads",
    },
    Sanction {
        class: Class::Fs,
        folder: "host/engine/src/cache",
        reason: "compiled components, in a folder that is the user's alone, checked on the handle that is mapped",
    },
    Sanction {
        class: Class::Entropy,
        folder: "host/engine/src/cache",
        reason: "names of unfinished files, which nobody else may guess and put something in the way of",
    },
    Sanction {
        class: Class::Process,
        folder: "host/engine/src/worker",
        reason: "the compile worker, the one process that the host starts, and the limits that it holds itself to",
    },
    Sanction {
        class: Class::Stdio,
        folder: "host/engine/src/worker",
        reason: "the worker's own end of the pipe to whoever started it",
    },
    Sanction {
        class: Class::Env,
        folder: "host/engine/src/worker",
        reason: "whether this process was started as a worker, and which program it is",
    },
    Sanction {
        class: Class::Net,
        folder: "host/capability/src",
        reason: "the crate is the capability: sockets, names and the HTTP client, which go to the one address that their permit names",
    },
    Sanction {
        class: Class::Env,
        folder: "host/cli/src/host",
        reason: "the command's own environment: what a grant names, and the user's folders",
    },
    Sanction {
        class: Class::Fs,
        folder: "host/cli/src/host",
        reason: "files and folders that the operator names: components, policies, mounts",
    },
    Sanction {
        class: Class::Process,
        folder: "host/cli/src/host",
        reason: "the signals that end a run, what is watched, and the tools that a build starts",
    },
    Sanction {
        class: Class::Entropy,
        folder: "host/cli/src/host",
        reason: "the name of a run",
    },
    Sanction {
        class: Class::Entropy,
        folder: "host/tollgate/src/identity",
        reason: "the name of a host, from which its runs have theirs",
    },
    Sanction {
        class: Class::Stdio,
        folder: "host/cli/src/terminal",
        reason: "the command line speaks to the person who called it",
    },
    Sanction {
        class: Class::Net,
        folder: "host/cli/src/host",
        reason: "the socket that a sidecar's clients connect to, at a path of the operator's",
    },
    Sanction {
        class: Class::Stdio,
        folder: "host/cli/src/host",
        reason: "the streams that a sidecar's client talks by, which are nobody else's then",
    },
    Sanction {
        class: Class::Clock,
        folder: "host/sidecar/src/host",
        reason: "the times of files, and how long ago something was in a sidecar: no guest reads a clock by it",
    },
];
