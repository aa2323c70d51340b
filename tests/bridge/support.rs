//! A sidecar with a client that serves a mount.

use std::future::Future;
use std::time::Duration;

use tollgate_client::types::{
    ConfigureVmRequest, EventPayload, ExecuteRequest, GuestRuntimeKind, MountDescriptor,
    MountPluginDescriptor, StreamChannel,
};
use tollgate_client::{Client, Connection, Error, Event, Events, Handler, Options, Vm};
use tollgate_tests::Scene;

pub(crate) const ALLOW: &str = r#"{"permissions":{"fs":"allow","network":"allow","childProcess":"allow","process":"allow","env":"allow"}}"#;

/// What must come to an end by itself, within a loose bound.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), what)
        .await
        .expect("it came to its end within a minute")
}

/// A sidecar that was started for a test, and its client.
pub(crate) struct Host {
    pub(crate) client: Client,
    pub(crate) connection: Connection,
    pub(crate) vm: Vm,
    pub(crate) events: Events,
    _scene: Scene,
}

impl Host {
    /// A VM that may do everything.
    pub(crate) async fn new(scene: Scene, handler: impl Handler) -> Self {
        Self::of(scene, handler, &[], ALLOW).await
    }

    pub(crate) async fn of(
        scene: Scene,
        handler: impl Handler,
        flags: &[&str],
        config: &str,
    ) -> Self {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_tollgate"));
        // Compiled programs are kept from one test to the next.
        let cache = concat!(env!("CARGO_TARGET_TMPDIR"), "/bridge");
        command
            .arg("sidecar")
            .args(flags)
            .env_clear()
            .current_dir(scene.root())
            .env("HOME", scene.path("home"))
            .env("XDG_CACHE_HOME", cache)
            .env("PATH", "/usr/bin:/bin");
        let client = Client::spawn(command, Options::default().handler(handler)).unwrap();
        let connection = soon(client.authenticate("tests", "")).await.unwrap();
        let session = soon(connection.open_session()).await.unwrap();
        let vm = session.create_vm(GuestRuntimeKind::WebAssembly, config);
        let vm = soon(vm).await.unwrap();
        let events = vm.events();
        Self {
            client,
            connection,
            vm,
            events,
            _scene: scene,
        }
    }

    /// Mounts what the client serves at `place`.
    pub(crate) async fn mount(&self, place: &str, config: &str, read_only: bool) {
        soon(self.vm.configure(mounts(place, config, read_only)))
            .await
            .unwrap();
    }

    /// Runs a program to its end: its code, and what it wrote.
    pub(crate) async fn run(&mut self, asked: ExecuteRequest) -> (i32, String, String) {
        let id = asked.process_id.clone();
        soon(self.vm.execute(asked)).await.unwrap();
        self.ended(&id).await
    }

    pub(crate) async fn ended(&mut self, id: &str) -> (i32, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        loop {
            match soon(self.events.next()).await {
                Some(Event::Told(EventPayload::ProcessOutputEvent(said)))
                    if said.process_id == id =>
                {
                    match said.channel {
                        StreamChannel::Stdout => out.extend(said.chunk),
                        StreamChannel::Stderr => err.extend(said.chunk),
                    }
                }
                Some(Event::Told(EventPayload::ProcessExitedEvent(end)))
                    if end.process_id == id =>
                {
                    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
                    return (end.exit_code, text(out), text(err));
                }
                Some(Event::Told(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

pub(crate) fn mounts(place: &str, config: &str, read_only: bool) -> ConfigureVmRequest {
    ConfigureVmRequest {
        mounts: vec![MountDescriptor {
            guest_path: place.to_owned(),
            read_only,
            plugin: MountPluginDescriptor {
                id: "js_bridge".to_owned(),
                config: config.to_owned(),
            },
        }],
        software: Vec::new(),
        permissions: None,
        module_access_cwd: None,
        instructions: Vec::new(),
        projected_modules: Vec::new(),
        command_permissions: Vec::new(),
        loopback_exempt_ports: Vec::new(),
    }
}

/// The words of a refusal.
#[track_caller]
pub(crate) fn said<T>(answer: Result<T, Error>) -> String {
    match answer {
        Ok(_) => panic!("it is not refused"),
        Err(Error::Rejected { message, .. }) => message,
        Err(error) => panic!("{error}"),
    }
}
