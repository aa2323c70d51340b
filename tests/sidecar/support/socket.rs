//! A sidecar at a socket.

use std::path::PathBuf;
use std::process::{Child, Command, Output};
use std::time::Duration;

use tollgate_client::{Client, Connection, Options};
use tollgate_tests::Scene;

use super::{sidecar, soon};

/// A sidecar at a socket, which ends with this.
pub(crate) struct Served {
    pub(crate) scene: Scene,
    pub(crate) socket: PathBuf,
    child: Child,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _ended = self.child.wait();
    }
}

impl Served {
    pub(crate) async fn new(scene: Scene, flags: &[&str]) -> Self {
        let socket = scene.path("socket");
        let listen = format!("unix:{}", socket.display());
        let mut all = vec!["--listen", &listen];
        all.extend(flags);
        let child = sidecar(&scene, &all).spawn().unwrap();
        let served = Self {
            scene,
            socket,
            child,
        };
        soon(async {
            while !served.socket.exists() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
        served
    }

    pub(crate) async fn client(
        &self,
        token: &str,
    ) -> Result<(Client, Connection), tollgate_client::Error> {
        let client = soon(Client::connect_unix(&self.socket, Options::default())).await?;
        let connection = soon(client.authenticate("tests", token)).await?;
        Ok((client, connection))
    }

    /// Asks it to end, and waits until it has.
    pub(crate) async fn stop(mut self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        soon(async {
            while self.child.try_wait().unwrap().is_none() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
    }

    /// What `tollgate vm` says.
    pub(crate) async fn vm(&self, arguments: &[&str]) -> Output {
        let mut command: Command = self.scene.command(["vm"]);
        command.args(arguments).env(
            "TOLLGATE_SIDECAR",
            format!("unix:{}", self.socket.display()),
        );
        let ended = tokio::task::spawn_blocking(move || command.output());
        soon(ended).await.unwrap().unwrap()
    }

    /// The same, where it is done.
    pub(crate) async fn done(&self, arguments: &[&str]) -> String {
        let output = self.vm(arguments).await;
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{arguments:?}: {stdout}{stderr}");
        stdout
    }

    /// The process that serves.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end().to_owned()
}
