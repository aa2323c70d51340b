//! A sidecar, a VM of it, and requests to what serves in there.

use std::future::Future;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tollgate_client::types::{EventPayload, GuestRuntimeKind, StreamChannel, VmFetchRequest};
use tollgate_client::{Client, Error, Event, Events, Options, RefusalCode, Session, Vm, program};
use tollgate_tests::{Scene, scene};

/// What must come to an end by itself, within a loose bound.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), what)
        .await
        .expect("it came to its end within a minute")
}

/// A VM that may do everything, with more members of its configuration.
pub(crate) fn allow_with(members: &str) -> String {
    let allow = r#""permissions":{"fs":"allow","network":"allow","childProcess":"allow","process":"allow","env":"allow"}"#;
    format!("{{{allow}{members}}}")
}

/// A sidecar that runs until this is dropped.
pub(crate) struct Sidecar {
    pub(crate) scene: Scene,
    pub(crate) process: u32,
    client: Client,
    session: Session,
}

/// Compiled programs are kept from one test to the next: every scene would compile the engine of JavaScript anew.
pub(crate) const CACHE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/sidecar");

impl Sidecar {
    pub(crate) async fn start() -> Self {
        let scene = scene!();
        let mut command = scene.command(["sidecar", "--audit", "audit.jsonl"]);
        command.env("XDG_CACHE_HOME", CACHE);
        let client = Client::spawn(command.into(), Options::default()).unwrap();
        let process = newest_child();
        let connection = soon(client.authenticate("tests", "")).await.unwrap();
        let session = soon(connection.open_session()).await.unwrap();
        Self {
            scene,
            process,
            client,
            session,
        }
    }

    /// Ends it: the scene, with its whole log.
    pub(crate) async fn close(self) -> Scene {
        soon(self.client.close()).await.unwrap();
        self.scene
    }

    pub(crate) async fn vm(&self, config: &str) -> Vm {
        let made = self.session.create_vm(GuestRuntimeKind::JavaScript, config);
        soon(made).await.unwrap()
    }
}

/// The child that this process started last, on the thread that asks: the sidecar.
fn newest_child() -> u32 {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let children = tasks.filter_map(|task| {
        let task = task.ok()?.path();
        std::fs::read_to_string(task.join("children")).ok()
    });
    let numbers = children.flat_map(|line| {
        let numbers: Vec<u32> = line
            .split_whitespace()
            .map(|number| number.parse().unwrap())
            .collect();
        numbers
    });
    numbers.max().expect("the sidecar was just started")
}

/// A sidecar, and a VM of it that may do everything.
pub(crate) async fn allowed() -> (Sidecar, Vm) {
    let sidecar = Sidecar::start().await;
    let vm = sidecar.vm(&allow_with("")).await;
    (sidecar, vm)
}

/// What a VM told so far of its programs.
pub(crate) struct Watch {
    events: Events,
    seen: Vec<EventPayload>,
}

impl Watch {
    pub(crate) fn over(vm: &Vm) -> Self {
        Self {
            events: vm.events(),
            seen: Vec::new(),
        }
    }

    async fn next(&mut self) {
        match soon(self.events.next()).await {
            Some(Event::Told(event)) => self.seen.push(event),
            other => panic!("{other:?} after {:?}", self.seen),
        }
    }

    pub(crate) fn written(&self, process: &str, channel: StreamChannel) -> String {
        let mut bytes = Vec::new();
        for event in &self.seen {
            if let EventPayload::ProcessOutputEvent(output) = event
                && output.process_id == process
                && output.channel == channel
            {
                bytes.extend_from_slice(&output.chunk);
            }
        }
        String::from_utf8(bytes).unwrap()
    }

    /// Waits until a program has written this to its standard output.
    pub(crate) async fn wrote(&mut self, process: &str, text: &str) {
        while !self.written(process, StreamChannel::Stdout).contains(text) {
            assert_eq!(
                self.exit(process),
                None,
                "{:?}",
                self.written(process, StreamChannel::Stderr)
            );
            self.next().await;
        }
    }

    pub(crate) fn exit(&self, process: &str) -> Option<i32> {
        self.seen.iter().find_map(|event| match event {
            EventPayload::ProcessExitedEvent(exited) if exited.process_id == process => {
                Some(exited.exit_code)
            }
            _ => None,
        })
    }

    /// Waits until a program has ended: its code.
    pub(crate) async fn ended(&mut self, process: &str) -> i32 {
        loop {
            if let Some(code) = self.exit(process) {
                return code;
            }
            self.next().await;
        }
    }
}

/// Puts a JavaScript program into a VM and starts it.
pub(crate) async fn start(vm: &Vm, process: &str, text: &str) {
    let path = format!("/tmp/{process}.cjs");
    soon(vm.write_file(&path, text.as_bytes())).await.unwrap();
    let asked = program(process, GuestRuntimeKind::JavaScript, &path);
    soon(vm.execute(asked)).await.unwrap();
}

/// Starts a program that says `listening`, and waits until it does.
pub(crate) async fn serving(vm: &Vm, process: &str, text: &str) -> Watch {
    let mut watch = Watch::over(vm);
    start(vm, process, text).await;
    watch.wrote(process, "listening").await;
    watch
}

pub(crate) fn get(port: u16, path: &str) -> VmFetchRequest {
    VmFetchRequest {
        port,
        method: "GET".to_owned(),
        path: path.to_owned(),
        headers_json: "{}".to_owned(),
        body: None,
    }
}

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) json: Value,
}

impl Answer {
    pub(crate) fn status(&self) -> u64 {
        self.json["status"].as_u64().unwrap()
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        STANDARD
            .decode(self.json["body"].as_str().unwrap())
            .unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body()).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let headers = self.json["headers"].as_array().unwrap();
        let found = headers.iter().find(|pair| pair[0] == name)?;
        Some(found[1].as_str().unwrap().to_owned())
    }
}

pub(crate) async fn ask(vm: &Vm, request: VmFetchRequest) -> Answer {
    let json = soon(vm.fetch(request)).await.unwrap();
    Answer {
        json: serde_json::from_str(&json).unwrap(),
    }
}

/// The message of a refusal with this code.
#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(answer: Result<T, Error>, code: RefusalCode) -> String {
    match answer {
        Err(Error::Rejected {
            code: said,
            message,
        }) => {
            assert_eq!(said, code.as_str(), "{message}");
            message
        }
        other => panic!("{other:?}"),
    }
}

/// The records of a sidecar's log whose operation this is.
pub(crate) fn records(scene: &Scene, operation: &str) -> Vec<Value> {
    let text = scene.read("audit.jsonl");
    let records = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    records
        .filter(|record| record["operation"] == operation)
        .collect()
}
