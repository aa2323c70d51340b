//! A host with a sidecar, and components of `components/` in it.

use std::path::Path;
use std::time::Duration;

use tollgate::audit::{Log, LogOptions, Record};
use tollgate::policy::{Mode, Policy, PolicyBuilder, Scope};
use tollgate::{Grants, Host, RunControl, RunOptions, Stream};
use tollgate_protocol::types::{
    ConnectionOwnership, ExecuteRequest, GuestFilesystemCallRequest, GuestFilesystemOperation,
    GuestRuntimeKind, OwnershipScope, SessionOwnership, VmOwnership,
};
use tollgate_sidecar::{Options, Sidecar, control};

/// A VM that may do everything.
pub(crate) const ALLOW: &str = r#"{"permissions":{"fs":"allow","network":"allow","childProcess":"allow","process":"allow","env":"allow","binding":"allow"}}"#;

/// A sidecar, the host that it lives in, and its log.
pub(crate) struct House {
    pub(crate) host: Host,
    pub(crate) sidecar: Sidecar,
    pub(crate) log: Log,
}

pub(crate) fn house() -> House {
    house_with(Options::default())
}

pub(crate) fn house_with(options: Options) -> House {
    let log = Log::memory(LogOptions {
        recent_records: 1_000_000,
        ..LogOptions::default()
    });
    // What was compiled is kept from one test to the next.
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("control-cache");
    let host = Host::builder()
        .compile_in_process()
        .cache(cache)
        .log(log.clone())
        .interfaces(control::interfaces())
        .build()
        .unwrap();
    let sidecar = Sidecar::new(host.clone(), options);
    House { host, sidecar, log }
}

/// Streams, clocks and entropy, and what `tell` adds.
pub(crate) fn usual(tell: impl FnOnce(&mut PolicyBuilder)) -> Policy {
    let mut policy = PolicyBuilder::new();
    policy.command_line_defaults();
    tell(&mut policy);
    policy.build().unwrap()
}

/// All functions of control.
pub(crate) fn all(policy: &mut PolicyBuilder) {
    policy.rule(Scope::Control, Mode::Allow, "*").unwrap();
}

impl House {
    pub(crate) fn grants(&self, tell: impl FnOnce(&mut PolicyBuilder)) -> Grants {
        self.host.grants(usual(tell)).unwrap()
    }

    /// Options of a run that this sidecar serves.
    pub(crate) fn options(&self, grants: &Grants, control: &RunControl) -> RunOptions {
        let options = RunOptions::new(grants)
            .stdout(Stream::Capture)
            .stderr(Stream::Capture)
            .control(control);
        self.sidecar.controlled_by(options)
    }

    /// Runs a guest with all of control.
    pub(crate) async fn run(&self, file: &str, arguments: &[&str]) -> (tollgate::Outcome, String) {
        let component = self.host.load(guest(file)).await.unwrap();
        let grants = self.grants(all);
        let options = self.options(&grants, &RunControl::new());
        let outcome = component
            .command(options.arguments(arguments.iter().copied()))
            .await
            .unwrap();
        let stdout = String::from_utf8(outcome.stdout.clone()).unwrap();
        (outcome, stdout)
    }

    pub(crate) fn records(&self, operation: &str) -> Vec<Record> {
        let all = self.log.recent().into_iter();
        all.filter(|record| record.operation == operation).collect()
    }

    /// Waits until so many VMs have come to their end.
    pub(crate) async fn until_disposed(&self, vms: usize) {
        soon(async {
            while self.records("vm.disposed").len() < vms {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
    }
}

pub(crate) fn guest(file: &str) -> Vec<u8> {
    std::fs::read(file).unwrap()
}

/// No more patience than this.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    let patience = Duration::from_secs(60);
    tokio::time::timeout(patience, what).await.expect("in time")
}

pub(crate) fn connection(id: &str) -> OwnershipScope {
    OwnershipScope::ConnectionOwnership(ConnectionOwnership {
        connection_id: id.to_owned(),
    })
}

pub(crate) fn session(connection: &str, id: &str) -> OwnershipScope {
    OwnershipScope::SessionOwnership(SessionOwnership {
        connection_id: connection.to_owned(),
        session_id: id.to_owned(),
    })
}

pub(crate) fn vm(connection: &str, session: &str, id: &str) -> OwnershipScope {
    OwnershipScope::VmOwnership(VmOwnership {
        connection_id: connection.to_owned(),
        session_id: session.to_owned(),
        vm_id: id.to_owned(),
    })
}

pub(crate) fn file_call(
    operation: GuestFilesystemOperation,
    path: &str,
    content: Option<String>,
) -> GuestFilesystemCallRequest {
    GuestFilesystemCallRequest {
        content,
        ..GuestFilesystemCallRequest::new(operation, path)
    }
}

pub(crate) fn program(
    process_id: &str,
    runtime: GuestRuntimeKind,
    entrypoint: &str,
) -> ExecuteRequest {
    ExecuteRequest {
        process_id: process_id.to_owned(),
        command: None,
        runtime: Some(runtime),
        entrypoint: Some(entrypoint.to_owned()),
        args: Vec::new(),
        env: Vec::new(),
        cwd: None,
        wasm_permission_tier: None,
    }
}
