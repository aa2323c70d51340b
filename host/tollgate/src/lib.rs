//! Tollgate as a library: run components under a policy, a meter and an audit log.
//!
//! A [`Host`] loads a [`Component`] once, whatever it will be granted, and runs it under [`Grants`]: a policy under the
//! host's ceiling. Each run has a store, a gate and a part of the log of its own, and its [`Outcome`] says how it ended,
//! what it used, and what it asked for. Interfaces of the embedder's own pass the same gate ([`interface`]).
//!
//! ```
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicU32, Ordering};
//!
//! use tollgate::audit::verify::{VerifyOptions, verify};
//! use tollgate::interface::{Ask, Denial};
//! use tollgate::policy::{Operation, Scope};
//! use tollgate::{Host, RunOptions};
//!
//! /// A plugin that switches two lamps on, and says how many went on.
//! const PLUGIN: &str = r#"(component
//!     (import "acme:home/lamps@1.0.0" (instance $lamps
//!         (export "switch-on" (func (param "lamp" string) (result bool)))))
//!     (core module $words
//!         (memory (export "memory") 1)
//!         (data (i32.const 0) "kitchen") (data (i32.const 16) "vault"))
//!     (core instance $words (instantiate $words))
//!     (core func $on (canon lower (func $lamps "switch-on") (memory $words "memory")))
//!     (core module $plugin
//!         (import "lamps" "on" (func $on (param i32 i32) (result i32)))
//!         (func (export "evening") (result i32)
//!             (i32.add
//!                 (call $on (i32.const 0) (i32.const 7))
//!                 (call $on (i32.const 16) (i32.const 5)))))
//!     (core instance $plugin (instantiate $plugin
//!         (with "lamps" (instance (export "on" (func $on))))))
//!     (func (export "evening") (result u32) (canon lift (core func $plugin "evening"))))"#;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! let log = folder.path().join("audit.jsonl");
//! let host = Host::builder()
//!     .compile_in_process()
//!     .log_file(&log, folder.path().join("audit.key"))
//!     .interface("acme:home/lamps@1.0.0", |lamps| {
//!         lamps.words("switch lamps").function(
//!             "switch-on",
//!             Ask::each(Scope::Tool, |(lamp,): &(String,)| Operation::Tool { name: lamp }),
//!             Denial::with("off", |_| (false,)),
//!             |admitted, (_lamp,)| {
//!                 Box::pin(async move {
//!                     let burning = admitted.state::<AtomicU32>();
//!                     burning.map(|burning| burning.fetch_add(1, Ordering::Relaxed));
//!                     Ok((true,))
//!                 })
//!             },
//!         );
//!     })
//!     .build()?;
//!
//! let plugin = host.load(wat::parse_str(PLUGIN)?).await?;
//! assert_eq!(plugin.requests()[0].interface, "acme:home/lamps@1.0.0#switch-on");
//!
//! let grants = host.grants_from_toml("plugin.toml", r#"
//!     version = 1
//!     [tool]
//!     allow = ["kitchen"]
//! "#)?;
//! let burning = Arc::new(AtomicU32::new(0));
//! let options = RunOptions::new(&grants).state(Arc::clone(&burning));
//! let outcome = plugin.call::<(), (u32,)>("evening", (), options).await?;
//!
//! let denied: Vec<_> = outcome.denied().map(|row| (&*row.resource, &*row.rule)).collect();
//! assert_eq!(denied, [("vault", "default:tool")]);
//! assert_eq!((outcome.result?, burning.load(Ordering::Relaxed)), ((1,), 1));
//!
//! host.close()?;
//! assert_eq!(verify(&log, &VerifyOptions::default())?.unsigned_records, 0);
//! # Ok(())
//! # }
//! ```
//!
//! # Ways to call
//!
//! | | arguments and results | the guest |
//! | --- | --- | --- |
//! | [`Component::command`] | `wasi:cli/run` | lives for the run |
//! | [`Component::invoke`] | WAVE | lives for the call |
//! | [`Component::call`] | typed | lives for the call |
//! | [`Component::handle`] | a request of HTTP (`wasi:http/incoming-handler`) | lives for the request |
//! | [`Component::instantiate`], then [`Instance::call`], [`Instance::invoke`] | typed, WAVE | stays, until it goes wrong |
//!
//! # Time
//!
//! Every future is `Send` and asks of its runtime no more than tokio with its timer, of one thread or many. Components are
//! compiled in a worker process, which this program is itself if its `main` begins with
//! [`engine::worker::run_if_worker`]; see [`HostBuilder::compile_worker`] and [`HostBuilder::compile_in_process`]. A guest that computes yields every ten milliseconds. Dropping a future
//! ends what it runs: the store goes, what the guest had begun is recorded as `dropped`, and the run as `cancelled`. An
//! engine ticks only while a guest is called.
//!
//! # The log
//!
//! A host has one log for all of its runs. When an outcome is returned, all of its records are flushed. The log of a host
//! is closed by [`Host::close`], or when the host, its components, instances and runs are gone.

mod builder;
mod component;
mod error;
mod grants;
mod host;
mod identity;
mod instance;
pub mod interface;
mod machine;
mod options;
mod outcome;
mod principal;
mod recorded;
mod room;
mod shared;
mod stopped;

pub use builder::HostBuilder;
pub use component::{Component, InstantiateError};
pub use error::{BuildError, GrantsError, LoadError, Recording, Refused};
pub use grants::{Grants, LiveGrants};
pub use host::Host;
pub use instance::{Arguments, Instance, InstanceError, Results};
pub use options::{RunOptions, Stream};
pub use outcome::Outcome;
pub use principal::{Principal, Standing};
pub use stopped::Stopped;
pub use tollgate_bridge::ports;
pub use tollgate_bridge::{
    Attached, Channel, Disposition, Never, OutputReceiver, PipeError, PipeInput, QueuedOutput,
    Signals, StdinPipe, Waits, output_queue,
};
pub use tollgate_engine::{Control as RunControl, Spent, Usage};

pub use tollgate_audit as audit;
pub use tollgate_bridge as bridge;
pub use tollgate_capability as capability;
pub use tollgate_engine as engine;
pub use tollgate_policy as policy;
pub use tollgate_vfs as vfs;
