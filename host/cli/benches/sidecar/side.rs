//! A sidecar of either kind that runs, and a VM in it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::{Child, Command};
use tollgate_client::types::{EventPayload, ExecuteRequest, GuestRuntimeKind, StreamChannel};
use tollgate_client::{Client, Connection, Event, Options, Session, Vm};

use crate::programs::{ALLOW, MODULE, files, module};

/// One of the binaries.
pub(crate) struct Side {
    command: OsString,
    words: Vec<OsString>,
    /// Where it takes programs in WebAssembly from: the machine's disk, where it takes them from there.
    pub(crate) module: String,
    /// How many programs may live at once; none where that is a matter of limits.
    pub(crate) most_live: Option<usize>,
    _folder: Option<tempfile::TempDir>,
}

impl Side {
    pub(crate) fn ours() -> Self {
        let built = option_env!("CARGO_BIN_EXE_tollgate").map(OsString::from);
        let command = std::env::var_os("TOLLGATE_BINARY").or(built).unwrap();
        Self {
            command,
            words: vec!["sidecar".into()],
            module: MODULE.to_owned(),
            most_live: None,
            _folder: None,
        }
    }

    /// Ours, with the files of VMs kept on the disk.
    pub(crate) fn keeping() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().as_os_str().to_owned();
        Self {
            words: vec!["sidecar".into(), "--state".into(), state],
            _folder: Some(folder),
            ..Self::ours()
        }
    }

    pub(crate) fn original(binary: OsString) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let module_on_disk: PathBuf = folder.path().join("hello.wasm");
        std::fs::write(&module_on_disk, module()).unwrap();
        let cores = std::thread::available_parallelism().unwrap();
        Self {
            command: binary,
            words: Vec::new(),
            module: module_on_disk.to_str().unwrap().to_owned(),
            most_live: Some(cores.get()),
            _folder: Some(folder),
        }
    }

    pub(crate) async fn start(&self) -> Running {
        let mut child = Command::new(&self.command)
            .args(&self.words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (stdout, stdin) = (child.stdout.take().unwrap(), child.stdin.take().unwrap());
        let client = Client::over(stdout, stdin, Options::default());
        let connection = client.authenticate("bench", "token").await.unwrap();
        Running {
            child,
            _client: client,
            connection,
        }
    }
}

/// A sidecar that runs, up to its first answer.
pub(crate) struct Running {
    child: Child,
    _client: Client,
    connection: Connection,
}

impl Running {
    pub(crate) async fn session(&self) -> Session {
        self.connection.open_session().await.unwrap()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Ends it, so that no next one runs beside it.
    pub(crate) async fn end(mut self) {
        self.child.kill().await.unwrap();
    }
}

pub(crate) async fn vm(session: &Session) -> Vm {
    session
        .create_vm(GuestRuntimeKind::JavaScript, ALLOW)
        .await
        .unwrap()
}

/// A VM with the programs in it.
pub(crate) async fn furnished(session: &Session) -> Vm {
    let vm = vm(session).await;
    for (path, content) in files() {
        vm.write_file(path, &content).await.unwrap();
    }
    vm
}

/// From a request to a program's first byte, and to its exit.
pub(crate) struct Ran {
    pub(crate) first: Duration,
    pub(crate) exit: Duration,
}

/// Runs a program that prints something and ends well.
pub(crate) async fn run(vm: &Vm, program: ExecuteRequest) -> Ran {
    let mut events = vm.events();
    let begun = Instant::now();
    vm.execute(program).await.unwrap();
    let mut first = None;
    loop {
        match events.next().await {
            Some(Event::Told(EventPayload::ProcessOutputEvent(output))) => {
                assert_eq!(output.channel, StreamChannel::Stdout, "{output:?}");
                first.get_or_insert_with(|| begun.elapsed());
            }
            Some(Event::Told(EventPayload::ProcessExitedEvent(exited))) => {
                assert_eq!(exited.exit_code, 0);
                let (first, exit) = (first.unwrap(), begun.elapsed());
                return Ran { first, exit };
            }
            Some(_) => {}
            None => panic!("the sidecar ended"),
        }
    }
}

/// Starts a program, and waits until it has printed something.
pub(crate) async fn live(vm: &Vm, program: ExecuteRequest) {
    let mut events = vm.events();
    let process = program.process_id.clone();
    vm.execute(program).await.unwrap();
    loop {
        match events.next().await {
            Some(Event::Told(EventPayload::ProcessOutputEvent(output)))
                if output.process_id == process =>
            {
                return;
            }
            Some(Event::Told(EventPayload::ProcessExitedEvent(exited)))
                if exited.process_id == process =>
            {
                panic!("{exited:?}")
            }
            Some(_) => {}
            None => panic!("the sidecar ended"),
        }
    }
}

/// Ends a program, and gives how long until it is told that it ended.
pub(crate) async fn kill(vm: &Vm, process: &str) -> Duration {
    let mut events = vm.events();
    let begun = Instant::now();
    vm.kill(process, "SIGKILL").await.unwrap();
    loop {
        match events.next().await {
            Some(Event::Told(EventPayload::ProcessExitedEvent(exited)))
                if exited.process_id == process =>
            {
                return begun.elapsed();
            }
            Some(_) => {}
            None => panic!("the sidecar ended"),
        }
    }
}
