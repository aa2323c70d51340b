//! Where the command meets its own process: files by path, environment, signals, the user's folders, other processes.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this folder is the command's one door to its own process"
)]

pub(crate) mod environment;
pub(crate) mod files;
pub(crate) mod folders;
pub(crate) mod identity;
pub(crate) mod program;
pub(crate) mod serve;
pub(crate) mod signals;
pub(crate) mod tool;
pub(crate) mod watch;
pub(crate) mod wit;
pub(crate) mod work;
