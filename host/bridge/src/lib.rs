//! The host side of every WIT import: begin, decide, do, finish.
//!
//! [`add_to_linker`] puts every interface of the world `tollgate:host/command` into a linker, over the store data
//! [`Guest`]. Each function of an interface that reaches anything outside passes the [`tollgate_engine::Gate`] of its
//! run; [`UNGATED`] lists the few functions that reach nothing, with the reason each. A test holds that list and the
//! world together, so that a function that WASI adds cannot come in without a decision.
//!
//! From wasmtime-wasi only streams, pollables and errors are linked as they are, and from wasmtime-wasi-http the
//! types of requests; what stands behind those streams is ours.

mod attached;
mod beyond;
mod clocks;
mod environment;
mod exit;
mod filesystem;
mod fixed;
mod given;
mod granted;
mod guest;
mod handling;
mod http;
mod linker;
mod live;
mod module_loading;
mod outcome;
#[cfg(feature = "wasi-p3")]
mod p3;
pub mod ports;
mod program;
mod program_files;
mod random;
mod requests;
mod signals;
mod sockets;
mod stdio;
mod streams;
mod terminals;
mod ungated;
mod view;
mod waits;

/// Operations on files as they pass the gate, in no release's words: resolve, decide on where a path leads, act on that handle.
/// What serves files by another way than an import takes them from here.
pub mod files {
    pub use crate::filesystem::pass::{Ask, Undone, pass, pass_all, resolve};
    pub use crate::filesystem::paths::{
        At, create_dir, link, one, read_link, remove_dir, rename, set_times, symlink, unlink,
    };
    pub use crate::outcome::Fs;
}

pub use attached::Attached;
pub use fixed::FIXED;
pub use given::{Captured, Input, Output};
pub use guest::{Guest, GuestBuilder};
pub use linker::{HAS_WASI_P3, add_imported_to_linker, add_p3_to_linker, add_to_linker};
pub use live::{
    Channel, OutputReceiver, PipeError, PipeInput, QueuedOutput, StdinPipe, output_queue,
};
pub use program::{
    Asking, Begins, Found, Item, Lies, ModuleFormat, NoModule, Outset, Program, ProgramEntry,
    Quest, Question, Reply, Search, Sourced, Step, Unread,
};
pub use requests::{Inexpressible, Request, Said, check, provides, requests};
pub use signals::{Disposition, Signals};
pub use ungated::UNGATED;
pub use waits::{DynPollable, Never, Waits};
