//! The exec transport: one JSON program, run by policy, with limits.
//!
//! A request of the namespace `exec` names a program and hands it JSON on standard input; the answer is the JSON that the
//! program writes to standard output. [`Transport::call`] runs programs in folders of the host; the sidecar's extension
//! `tollgate.exec/1` runs those of a VM by the same rules ([`carry_out`], over another [`Ground`]).
//!
//! ```json
//! {"kind": "run_program_v1", "program_path": "/opt/tools/area.wasm", "argv": ["--round"],
//!  "stdin_json": {"width": 2, "height": 3}, "timeout_ms": 5000, "env": {"UNIT": "m"}}
//! ```
//!
//! **A program** is a regular file: a component that exports `wasi:cli/run`, a WASI 0.1 command module, or a source in
//! JavaScript, TypeScript or Python, by its name's ending. Its permission bits say nothing: what it may do is the policy's
//! to say. What has neither such an ending nor the first bytes of WebAssembly is `exec_program_not_executable`; what looks
//! like a program and cannot be started is `exec_spawn_failed`.
//!
//! **It is found by handle.** A folder that programs may lie in is given as a capability with a name, and a path is compared with
//! the name part by part, so that `/a` does not allow `/ab`. A path with `..` in it is allowed nowhere. What follows
//! is looked up beneath the handle: a link that leads out of it is not allowed, and nothing is said of what lies there. The
//! file is opened once, and what was read of it is what runs, whatever becomes of the name. What a source imports is read
//! beneath the folder of its package, which is at most the folder that was given. Without a folder every program is
//! `exec_program_not_allowed`.
//!
//! **It runs as every run**, under the grants that the transport was made with: the same gate, limits, log and caches. It sees
//! those variables of the request that the policy names; its own files load without a grant, at `/program`, where the policy
//! says nothing else (a ceiling that says nothing of `program` forbids sources, as for `tollgate run`, and nothing else). The policy must let it use its standard streams: without standard output there is no answer, and
//! without standard input there is `exec_stdin_write_failed`.
//!
//! **What comes first counts**: the request, the program, the length of the input, starting it, then how it ended: too much
//! output, a code above 0, and at last what it wrote. A program that does not read its input is no error.
//!
//! **Time**: the request's `timeout_ms`, from when the program was found, so that compiling it counts (a language's runtime, which
//! is compiled once on a machine, goes on to be for whoever asks next), and the policy's limit `wall`, whichever is over first; both
//! are `exec_timeout`, with the time that it had. When an error is returned, the program is gone, and its end is in the log.
//! Any other limit is `exec_failed`. The defaults of `wall` and `cpu` are for runs without a time of their own, and hold for no
//! program here; what the policy states of them does, and what the ceiling has, and so do all other limits.
//!
//! **Details of `exec_failed`**: `exit_code` for a program that exited, `signal` for one that was sent one (in a VM), and
//! `null` for the other; where it did neither, `reason` is `trap`, `limit` (with `limit`, as `memory`) or `audit`, and both are
//! `null`.
//!
//! ```
//! use cap_std::{ambient_authority, fs::Dir};
//! use serde_json::json;
//! use tollgate::Host;
//! use tollgate_plugins::exec::{Code, Transport};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # std::fs::copy(tollgate_tests::guests::CAT, folder.path().join("cat.wasm"))?;
//! # let folder = folder.path();
//! let host = Host::builder().compile_in_process().build()?;
//! let grants = host.grants_from_toml("exec.toml", "version = 1\n[stdio]\ndefault = \"allow\"\n")?;
//! let tools = Dir::open_ambient_dir(folder, ambient_authority())?;
//! let transport = Transport::builder(&host, &grants).prefix("/tools", tools).build()?;
//!
//! let request = |path: &str| json!({"kind": "run_program_v1", "program_path": path, "stdin_json": [1, 2]});
//! assert_eq!(transport.call(request("/tools/cat.wasm")).await?, json!([1, 2]));
//! let error = transport.call(request("/toolshed/cat.wasm")).await.unwrap_err();
//! assert_eq!(error.code(), Code::ProgramNotAllowed);
//! # Ok(())
//! # }
//! ```

mod bounds;
mod capture;
mod carry;
mod error;
mod folder;
mod ground;
mod language;
mod request;
mod transport;

pub use bounds::{
    DEFAULT_TIMEOUT, FIXED, MAX_PATH_BYTES, MAX_REQUEST_BYTES, MAX_REQUEST_MEMORY,
    MAX_STDERR_BYTES, MAX_STDIN_BYTES, MAX_STDOUT_BYTES, MAX_TEXT_BYTES, MAX_WORDS_BYTES,
};
pub use carry::carry_out;
pub use error::{Category, Code, Error, Unspawned};
pub use folder::BadPrefix;
pub use ground::{Ground, Order, Running, Unfound, Unstarted};
pub use language::{Language, MAGIC};
pub use request::{KIND, Request, parse};
pub use transport::{Builder, Transport};

/// The namespace that requests belong to.
pub const NAMESPACE: &str = "exec";
