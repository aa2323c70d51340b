//! Bridges: components that decide and that keep files, and an embedder's own.

use std::path::Path;
use std::sync::{Arc, Mutex};

use tollgate_client::{Client, Error, Options, RefusalCode, Vm, command};
use tollgate_sidecar::contract::events::{
    DiagnosticRecord, LifecycleEventRecord, LifecycleState, LogRecord, StructuredEventRecord,
};
use tollgate_sidecar::contract::persistence::{
    FilesystemSnapshot, FlushFilesystemStateRequest, LoadFilesystemStateRequest,
};
use tollgate_sidecar::contract::{
    BridgeError, ErrorCode, EventBridge, PersistenceBridge, async_trait,
};
use tollgate_sidecar::{Bridges, Keys, Persistence, Sidecar};
use tollgate_tests::{Scene, guests, scene};

use crate::kept::survives_kills;
use crate::mounts::{mount, with};
use crate::permissions::{Decides, decide};
use crate::support::{ALLOW, Host, Watch, host_with, refused, sidecar, soon};

const RULES: &str = r#"version = 1
[[mount]]
host = "rules"
guest = "/rules"
read-only = true
"#;

/// A folder of rules, and the policy by which a component reads them.
fn ruled(scene: &Scene, rules: &str) -> String {
    std::fs::create_dir_all(scene.path("rules")).unwrap();
    scene.write("rules/rules", rules);
    let policy = scene.write("bridge.toml", RULES);
    policy.to_str().unwrap().to_owned()
}

const ASKS: &str = r#"{"permissions":{"fs":{"default":"ask","rules":[
    {"mode":"deny","operations":["*"],"paths":["/home/fine-not","/home/fine-not/**"]}]},
    "childProcess":"ask","process":"allow","env":"allow","network":"allow"}}"#;

fn denied<T>(answer: Result<T, Error>) {
    let why = refused(answer, RefusalCode::KernelError);
    assert!(why.starts_with("EACCES"), "{why}");
}

async fn write(vm: &Vm, path: &str) -> Result<(), Error> {
    soon(vm.write_file(path, b"1")).await
}

#[tokio::test]
async fn a_component_decides_by_its_rules_where_the_policy_asks_and_never_beyond_it() {
    let scene = scene!();
    let policy = ruled(
        &scene,
        "allow filesystem /home/fine\nprompt filesystem /open\ndeny filesystem /\nallow command node\n",
    );
    let log = scene.path("audit.jsonl");
    let key = scene.path("audit.key");
    let flags = [
        "--bridge",
        guests::PERMISSION_RULES,
        "--bridge-policy",
        &policy,
        "--audit",
        log.to_str().unwrap(),
        "--audit-key",
        key.to_str().unwrap(),
    ];
    let host = host_with(scene, &flags, Options::default().handler(Decides)).await;
    let vm = host.vm(ASKS).await;
    write(&vm, "/home/fine").await.unwrap();
    denied(write(&vm, "/home/other").await);
    // What the policy denies is not asked about.
    denied(write(&vm, "/home/fine-not").await);
    // Where it says so, the client is asked: where it can be.
    let put = tollgate_client::types::RootFilesystemEntry {
        path: "/open".to_owned(),
        kind: tollgate_client::types::RootFilesystemEntryKind::File,
        mode: None,
        uid: None,
        gid: None,
        content: Some("yes".to_owned()),
        encoding: None,
        target: None,
        executable: false,
    };
    soon(vm.bootstrap(vec![put])).await.unwrap();
    denied(soon(vm.read_file("/open")).await);
    soon(vm.register_host_callbacks(decide())).await.unwrap();
    assert_eq!(soon(vm.read_file("/open")).await.unwrap(), b"yes");
    denied(write(&vm, "/open").await);

    let mut watch = Watch::over(&vm);
    soon(vm.execute(command("p1", "node", &["-e", "console.log(1)"])))
        .await
        .unwrap();
    watch.ended("p1").await.expect(0);
    let Host { scene, client, .. } = host;
    assert_eq!(soon(client.close()).await.unwrap(), Some(0));

    let records = scene.records("audit.jsonl");
    let decided = |path: &str, decision: &str| {
        records.iter().any(|record| {
            record.is("fs.write", path)
                && record.decision == decision
                && record.component.starts_with("client:")
        })
    };
    assert!(decided("/home/fine", "allow") && !decided("/home/fine", "deny"));
    assert!(decided("/home/other", "deny") && !decided("/home/other", "allow"));
    assert!(decided("/home/fine-not", "deny") && !decided("/home/fine-not", "allow"));
    assert!(
        records
            .iter()
            .any(|record| record.is("fs.read", "/rules/rules")
                && record.decision == "allow"
                && !record.component.starts_with("client:")),
        "what the component does is recorded as its own"
    );
}

#[tokio::test]
async fn a_component_that_was_given_nothing_says_no() {
    let scene = scene!();
    let flags = ["--bridge", guests::PERMISSION_RULES];
    let host = host_with(scene, &flags, Options::default()).await;
    let vm = host.vm(ASKS).await;
    denied(write(&vm, "/home/fine").await);
}

#[tokio::test]
async fn a_component_that_goes_wrong_says_no_and_the_next_one_is_asked_anew() {
    let scene = scene!();
    let limits = "version = 1\n[limits]\nmemory = \"32MiB\"\ncpu = \"200ms\"\n";
    let policy = scene.write("bridge.toml", limits);
    let flags = [
        "--bridge",
        guests::BAD_BRIDGE,
        "--bridge-policy",
        policy.to_str().unwrap(),
    ];
    let host = host_with(scene, &flags, Options::default()).await;
    let vm = host.vm(ASKS).await;
    write(&vm, "/home/a").await.unwrap();
    // The same instance allows nothing else.
    denied(write(&vm, "/home/b").await);
    for wrong in ["trap", "spin", "grow"] {
        denied(write(&vm, &format!("/home/{wrong}")).await);
        write(&vm, &format!("/home/after-{wrong}")).await.unwrap();
    }
    // One that only says that it failed is the same one as before.
    denied(write(&vm, "/home/fail").await);
    denied(write(&vm, "/home/c").await);
    // Many that ask at once are answered one after the other, and at most one of them is the first.
    denied(write(&vm, "/home/trap").await);
    let paths: Vec<_> = (0..20).map(|at| format!("/home/many-{at}")).collect();
    let others = futures_util::future::join_all((0..4).map(|_| host.vm(ASKS))).await;
    let all = others.iter().zip(paths.iter().cycle());
    let asked = all.map(|(vm, path)| write(vm, path));
    let answers = futures_util::future::join_all(asked).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
}

const STATE: &str = "version = 1\n[[mount]]\nhost = \"kept\"\nguest = \"/state\"\n";

fn keeping(folder: &Path) -> String {
    std::fs::create_dir_all(folder.join("kept")).unwrap();
    let policy = folder.join("bridge.toml");
    std::fs::write(&policy, STATE).unwrap();
    policy.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_component_keeps_the_files_of_vms_in_the_folder_that_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let policy = keeping(folder.path());
    let flags = ["--bridge", guests::STATE_FOLDER, "--bridge-policy", &policy];
    for life in 0..3_u8 {
        let host = host_with(scene!(), &flags, Options::default()).await;
        let vm = host.vm(ALLOW).await;
        if life > 0 {
            let there = soon(vm.read_file("/home/life")).await.unwrap();
            assert_eq!(there, [life - 1; 3_000]);
        }
        soon(vm.write_file("/home/life", &[life; 3_000]))
            .await
            .unwrap();
        soon(vm.dispose()).await.unwrap();
        assert_eq!(soon(host.client.close()).await.unwrap(), Some(0));
    }
    // Its folder is all that it has: without it nothing is kept, and that is told.
    let flags = ["--bridge", guests::STATE_FOLDER];
    let host = host_with(scene!(), &flags, Options::default()).await;
    let why = refused::<()>(Err(host.no_vm(ALLOW).await), RefusalCode::BridgeError);
    assert!(!why.contains(folder.path().to_str().unwrap()), "{why}");
}

#[test]
fn i70_a_component_that_keeps_files_loses_nothing_that_it_said_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    let policy = keeping(folder.path());
    survives_kills(
        &["--bridge", guests::STATE_FOLDER, "--bridge-policy", &policy],
        8,
    );
}

#[tokio::test]
async fn bridges_that_cannot_be_are_refused_when_the_sidecar_starts() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let policy = keeping(folder.path());
    let fails = async |flags: &[&str], says: &str| {
        let scene = scene!();
        let mut command = sidecar(&scene, flags);
        let output = tokio::task::spawn_blocking(move || command.output());
        let output = soon(output).await.unwrap().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(says), "{said}");
    };
    fails(&["--bridge", guests::HELLO], "exports neither").await;
    fails(&["--bridge", "nothing.wasm"], "nothing.wasm").await;
    fails(&["--bridge-policy", &policy], "--bridge").await;
    let state = folder.path().join("state");
    let state = state.to_str().unwrap();
    fails(
        &["--bridge", guests::STATE_FOLDER, "--state", state],
        "only one",
    )
    .await;
    let rules = guests::PERMISSION_RULES;
    fails(&["--bridge", rules, "--bridge", rules], "two components").await;
    let shared = ["--bridge", guests::STATE_FOLDER, "--bridge-policy", &policy];
    fails(
        &[&shared[..], &["--host-root", place]].concat(),
        "--host-root",
    )
    .await;
}

/// An embedder's own: it writes down what it is told, keeps nothing, and says so.
#[derive(Default)]
struct Own {
    told: Mutex<Vec<String>>,
}

impl Own {
    fn note(&self, line: String) -> Result<(), BridgeError> {
        self.told.lock().unwrap().push(line);
        // What it says is nobody's to hear.
        Err(BridgeError::unsupported("what follows"))
    }
}

#[async_trait]
impl EventBridge for Own {
    async fn emit_structured_event(&self, event: StructuredEventRecord) -> Result<(), BridgeError> {
        let fields: Vec<_> = event
            .fields
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        self.note(format!(
            "{} {} {}",
            event.vm_id,
            event.name,
            fields.join(" ")
        ))
    }

    async fn emit_diagnostic(&self, event: DiagnosticRecord) -> Result<(), BridgeError> {
        self.note(event.message)
    }

    async fn emit_log(&self, event: LogRecord) -> Result<(), BridgeError> {
        self.note(event.message)
    }

    async fn emit_lifecycle(&self, event: LifecycleEventRecord) -> Result<(), BridgeError> {
        let state: LifecycleState = event.state;
        self.note(format!("{} {}", event.vm_id, state.name()))
    }
}

#[async_trait]
impl PersistenceBridge for Own {
    async fn load_filesystem_state(
        &self,
        request: LoadFilesystemStateRequest,
    ) -> Result<Option<FilesystemSnapshot>, BridgeError> {
        self.told
            .lock()
            .unwrap()
            .push(format!("{} load", request.vm_id));
        match request.vm_id.as_str() {
            "vm-2" => Ok(Some(FilesystemSnapshot {
                format: "another".to_owned(),
                bytes: Vec::new(),
            })),
            "vm-3" => Err(BridgeError::new(
                ErrorCode::Failed,
                format!("no\n{}", "o".repeat(9_000)),
            )),
            _ => Ok(None),
        }
    }

    async fn flush_filesystem_state(
        &self,
        request: FlushFilesystemStateRequest,
    ) -> Result<(), BridgeError> {
        self.told
            .lock()
            .unwrap()
            .push(format!("{} flush", request.vm_id));
        Err(BridgeError::new(ErrorCode::Exhausted, "the shelf is full"))
    }
}

#[tokio::test]
async fn an_embedders_bridges_are_told_what_happens_and_may_fail() {
    let host = tollgate::Host::builder()
        .compile_worker(env!("CARGO_BIN_EXE_tollgate"))
        .cache(concat!(
            env!("CARGO_TARGET_TMPDIR"),
            "/sidecar/tollgate/compiled"
        ))
        .log_in_memory()
        .build()
        .unwrap();
    let own = Arc::new(Own::default());
    let bridges = Bridges {
        persistence: Some(Persistence {
            bridge: Arc::clone(&own) as Arc<_>,
            keys: Keys::PerVm,
        }),
        events: Some(Arc::clone(&own) as Arc<_>),
        ..Bridges::default()
    };
    let options = tollgate_sidecar::Options {
        auth_token: Some("open sesame".to_owned()),
        bridges,
        ..tollgate_sidecar::Options::default()
    };
    let served = Sidecar::new(host, options);
    let (near, far) = tokio::io::duplex(1 << 16);
    let serving = tokio::spawn({
        let served = served.clone();
        async move {
            let (input, output) = tokio::io::split(far);
            served.serve(input, output).await
        }
    });
    let (input, output) = tokio::io::split(near);
    let client = Client::over(input, output, Options::default());
    let wrong = soon(client.authenticate("who", "?")).await;
    refused(wrong.map(drop), RefusalCode::Unauthorized);
    let connection = soon(client.authenticate("tests", "open sesame"))
        .await
        .unwrap();
    let session = soon(connection.open_session()).await.unwrap();
    let kind = tollgate_client::types::GuestRuntimeKind::WebAssembly;
    let config = r#"{"permissions":{"fs":{"default":"ask","rules":[
        {"mode":"allow","operations":["*"],"paths":["/tmp","/tmp/**"]}]},
        "childProcess":"allow","process":"allow","env":"allow"}}"#;
    let vm = soon(session.create_vm(kind, config)).await.unwrap();
    denied(write(&vm, "/home/a").await);
    let data = mount("/data", "memory", "{}", false);
    soon(vm.configure(with(vec![data]))).await.unwrap();
    let mut watch = Watch::over(&vm);
    let waits = command("p1", "node", &["-e", "setInterval(() => {}, 1000)"]);
    soon(vm.execute(waits)).await.unwrap();
    soon(vm.kill("p1", "SIGKILL")).await.unwrap();
    watch.ended("p1").await.expect(137);
    let why = refused(soon(vm.dispose()).await, RefusalCode::BridgeError);
    assert!(why.ends_with("exhausted: the shelf is full"), "{why}");
    for why in ["unknown format", "failed: no\\n"] {
        let made = soon(session.create_vm(kind, "{}")).await;
        let said = refused(made.map(drop), RefusalCode::BridgeError);
        assert!(said.contains(why) && said.len() < 600, "{said}");
    }
    drop((vm, session, connection, watch));
    soon(client.close()).await.unwrap();
    soon(serving).await.unwrap().unwrap();
    soon(served.end()).await;

    let told = own.told.lock().unwrap().clone();
    let of = |events: &[&str]| -> Vec<String> {
        told.iter()
            .filter(|line| events.iter().any(|event| line.contains(event)))
            .cloned()
            .collect()
    };
    assert_eq!(
        of(&[
            "vm-1 starting",
            "vm-1 ready",
            "vm-1 busy",
            "vm-1 terminated"
        ]),
        [
            "vm-1 starting",
            "vm-1 ready",
            "vm-1 busy",
            "vm-1 ready",
            "vm-1 terminated"
        ]
    );
    assert_eq!(
        of(&["security.auth.failed"]),
        [" security.auth.failed client=who"]
    );
    assert_eq!(
        of(&["security.mount.mounted"]),
        ["vm-1 security.mount.mounted plugin=memory path=/data"]
    );
    assert_eq!(
        of(&["security.process.kill"]),
        ["vm-1 security.process.kill process=p1 signal=SIGKILL"]
    );
    assert_eq!(
        of(&["load", "flush"]),
        ["vm-1 load", "vm-1 flush", "vm-2 load", "vm-3 load"]
    );
}
