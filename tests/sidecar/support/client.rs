//! A sidecar through the client.

use tollgate_client::types::{ExecuteRequest, GuestRuntimeKind};
use tollgate_client::{Client, Connection, Error, Options, RefusalCode, Session, Vm, program};
use tollgate_tests::{Scene, scene};

use super::{ALLOW, Ended, Watch, guest, sidecar, soon};

/// A sidecar, and a session of it.
pub(crate) struct Host {
    pub(crate) scene: Scene,
    pub(crate) client: Client,
    pub(crate) connection: Connection,
    pub(crate) session: Session,
}

pub(crate) async fn host() -> Host {
    host_with(scene!(), &[], Options::default()).await
}

pub(crate) async fn host_with(scene: Scene, flags: &[&str], options: Options) -> Host {
    let client = Client::spawn(sidecar(&scene, flags).into(), options).unwrap();
    let connection = soon(client.authenticate("tests", "")).await.unwrap();
    let session = connection.open_session().await.unwrap();
    Host {
        scene,
        client,
        connection,
        session,
    }
}

/// A sidecar, and a VM of it that may do everything.
pub(crate) async fn allowed() -> (Host, Vm) {
    let host = host().await;
    let vm = host.vm(ALLOW).await;
    (host, vm)
}

impl Host {
    pub(crate) async fn vm(&self, config: &str) -> Vm {
        let made = self
            .session
            .create_vm(GuestRuntimeKind::WebAssembly, config);
        soon(made).await.unwrap()
    }

    /// Why there is no VM with this configuration.
    pub(crate) async fn no_vm(&self, config: &str) -> Error {
        let made = self
            .session
            .create_vm(GuestRuntimeKind::WebAssembly, config);
        soon(made).await.err().expect("it is refused")
    }
}

/// Puts a guest into a VM and starts it.
pub(crate) async fn start(vm: &Vm, process: &str, file: &str, args: &[&str]) {
    soon(vm.execute(wasm(vm, process, file, args).await))
        .await
        .unwrap();
}

/// Puts a guest into a VM, ready to be started.
pub(crate) async fn wasm(vm: &Vm, process: &str, file: &str, args: &[&str]) -> ExecuteRequest {
    soon(vm.write_file("/tmp/guest.wasm", &guest(file)))
        .await
        .unwrap();
    let mut asked = program(process, GuestRuntimeKind::WebAssembly, "/tmp/guest.wasm");
    asked.args = args.iter().map(|arg| (*arg).to_owned()).collect();
    asked
}

/// Puts a JavaScript program into a VM and starts it.
pub(crate) async fn start_js(vm: &Vm, process: &str, text: &str) {
    let path = format!("/tmp/{process}.cjs");
    soon(vm.write_file(&path, text.as_bytes())).await.unwrap();
    let asked = program(process, GuestRuntimeKind::JavaScript, &path);
    soon(vm.execute(asked)).await.unwrap();
}

/// Runs a guest to its end.
pub(crate) async fn run(vm: &Vm, file: &str, args: &[&str]) -> Ended {
    let mut watch = Watch::over(vm);
    start(vm, "run", file, args).await;
    watch.ended("run").await
}

/// The code and the message of a refusal.
#[track_caller]
pub(crate) fn refused<T>(answer: Result<T, Error>, code: RefusalCode) -> String {
    match answer {
        Ok(_) => panic!("it is not refused"),
        Err(Error::Rejected {
            code: said,
            message,
        }) => {
            assert_eq!(said, code.as_str(), "{message}");
            message
        }
        Err(error) => panic!("{error}"),
    }
}

/// The code of a refusal that only has to be one.
#[track_caller]
pub(crate) fn code_of<T>(answer: Result<T, Error>) -> (RefusalCode, String) {
    match answer {
        Ok(_) => panic!("it is not refused"),
        Err(error) => match (error.code(), error) {
            (Some(code), Error::Rejected { message, .. }) => (code, message),
            (_, error) => panic!("{error}"),
        },
    }
}
