//! A client of the sidecar protocol, for embedders: it starts a sidecar or connects to one, and knows no engine.
//!
//! ```no_run
//! # async fn example() -> Result<(), tollgate_client::Error> {
//! use tollgate_client::types::{EventPayload, GuestRuntimeKind};
//! use tollgate_client::{Client, Event, Options, program, sidecar};
//!
//! let client = Client::spawn(sidecar(), Options::default())?;
//! let connection = client.authenticate("example", "").await?;
//! let session = connection.open_session().await?;
//! let allow = r#"{"permissions": {"fs": "allow", "childProcess": "allow"}}"#;
//! let vm = session.create_vm(GuestRuntimeKind::JavaScript, allow).await?;
//! vm.write_file("/hello.js", b"console.log('hello')").await?;
//!
//! let mut events = vm.events();
//! vm.execute(program("p1", GuestRuntimeKind::JavaScript, "/hello.js")).await?;
//! while let Some(event) = events.next().await {
//!     match event {
//!         Event::Told(EventPayload::ProcessOutputEvent(output)) => { /* output.chunk */ }
//!         Event::Told(EventPayload::ProcessExitedEvent(exit)) if exit.process_id == "p1" => break,
//!         _ => {}
//!     }
//! }
//! client.close().await?;
//! # Ok(())
//! # }
//! ```
//!
//! - **A request** is a future that may be dropped at any time. Many may wait at once, of any number of tasks; an answer
//!   is taken for what it is only if its number, its kind and its scope are those of a question that waits. Anything else
//!   ends the conversation with a typed [`Error`].
//! - **Events** come through [`Events`], whose queue is bounded: a subscriber that does not read keeps the sidecar
//!   waiting, or loses events and is told how many, as [`WhenFull`] says. Nobody has to subscribe.
//! - **Questions of the sidecar** (host callbacks, files of mounts that the embedder serves) go to a [`Handler`].
//! - **[`Limits`]** bound what is held in memory for a sidecar, whatever it sends and however slowly it reads.

mod answered;
mod client;
mod connection;
mod detached;
mod error;
mod events;
mod handler;
mod limits;
mod link;
mod peer;
mod start;
mod talk;
mod vm;

pub use client::{Client, Options};
pub use connection::{Connection, Session};
pub use error::{Error, Unexpected};
pub use events::{Event, Events, WhenFull};
pub use handler::{Answering, Handler, OnHostCallback};
pub use limits::{FIXED, Limits};
pub use start::sidecar;
pub use tollgate_protocol::{FrameError, RefusalCode, types, vm as detached_vms};
pub use vm::{Vm, command, program};
