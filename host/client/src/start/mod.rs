//! How a client comes to a sidecar on the embedder's own machine: the one place of this crate that starts a process or
//! opens a socket, both named by the embedder.

#![expect(
    clippy::disallowed_types,
    reason = "a socket at a path that the embedder names: it reaches the sidecar and nothing else"
)]

use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::process::Stdio;

use tokio::net::UnixStream;
use tokio::process::{Child, Command};

use crate::client::{Client, Options};
use crate::error::Error;
use crate::peer::{Peer, Started};

impl Client {
    /// Starts a sidecar and talks to it over its standard streams. [`sidecar`] is the usual command.
    ///
    /// The command's input and output are taken; its standard error is what the command says, by default the
    /// embedder's own. Its environment is passed on as the command says: a sidecar needs none of it.
    ///
    /// Dropping the client ends the process: it is killed, which loses nothing but what runs in it.
    /// [`Client::close`] lets it end by itself, and tells how it ended. A command with `kill_on_drop(false)`, given by
    /// [`Client::spawn_kept`], sees the end of its input instead, upon which a sidecar ends its VMs and itself.
    ///
    /// # Errors
    ///
    /// [`Error::Start`] when it cannot be started.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with IO.
    pub fn spawn(mut command: Command, options: Options) -> Result<Self, Error> {
        command.kill_on_drop(true);
        Self::spawn_kept(command, options)
    }

    /// As [`Client::spawn`], but what becomes of the process when the client is dropped is the command's own
    /// `kill_on_drop`, which is off where nobody sets it.
    ///
    /// # Errors
    ///
    /// As [`Client::spawn`].
    ///
    /// # Panics
    ///
    /// As [`Client::spawn`].
    pub fn spawn_kept(mut command: Command, options: Options) -> Result<Self, Error> {
        let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = started.map_err(|error| Error::Start(error.kind()))?;
        let (Some(stdout), Some(stdin)) = (child.stdout.take(), child.stdin.take()) else {
            return Err(Error::Start(io::ErrorKind::BrokenPipe));
        };
        let mut peer = Peer::over(stdout, stdin);
        peer.started = Some(Box::new(Process(child)));
        Ok(Self::with_peer(peer, options))
    }

    /// Connects to a sidecar that listens at a path (`tollgate sidecar --listen unix:PATH`).
    ///
    /// # Errors
    ///
    /// [`Error::Start`] when nobody listens there.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with IO.
    pub async fn connect_unix(path: &Path, options: Options) -> Result<Self, Error> {
        let connected = UnixStream::connect(path).await;
        let stream = connected.map_err(|error| Error::Start(error.kind()))?;
        let (reader, writer) = stream.into_split();
        Ok(Self::with_peer(Peer::over(reader, writer), options))
    }
}

/// The usual command: `tollgate sidecar`, as `PATH` finds it.
#[must_use]
pub fn sidecar() -> Command {
    let mut command = Command::new("tollgate");
    command.arg("sidecar");
    command
}

struct Process(Child);

impl Started for Process {
    fn ended(&mut self) -> Pin<Box<dyn Future<Output = io::Result<Option<i32>>> + Send + '_>> {
        Box::pin(async { Ok(self.0.wait().await?.code()) })
    }
}
