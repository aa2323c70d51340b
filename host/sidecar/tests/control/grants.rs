//! What is granted, what a VM may do that a component made, and what the log says of both.

use std::fs;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use tollgate::policy::{Mode, Scope};
use tollgate_protocol::types::{
    ConfigureVmRequest, ExtEnvelope, GuestRuntimeKind, MountDescriptor, MountPluginDescriptor,
    OwnershipScope, RequestPayload as Payload, ResponsePayload as Answer,
};
use tollgate_sidecar::Options;
use tollgate_sidecar::fs::HostRoot;
use tollgate_tests::guests;

use crate::relay::{Relay, authenticate, code, create_vm};
use crate::support::{ALLOW, all, connection, house, house_with, program, session, soon};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_grant_every_function_is_refused_and_recorded() {
    let house = house();
    let mut relay = Relay::of(&house, |_| {}).await;
    let Answer::RejectedResponse(refused) = relay.ask(connection("hint"), authenticate(7)).await
    else {
        panic!("it is refused");
    };
    assert_eq!(refused.code, "kernel_error");
    assert_eq!(
        refused.message,
        "EACCES: permission denied, authenticate: blocked by control.call policy"
    );
    let of = session("conn-1", "session-1");
    assert_eq!(code(&relay.ask(of, create_vm("{}")).await), "kernel_error");
    assert!(relay.event_now().await.is_none());
    let run = relay.run().to_owned();
    relay.close().await;
    let asked: Vec<_> = house
        .records("control.call")
        .into_iter()
        .map(|record| {
            assert_eq!(record.run, run);
            (
                record.resource,
                record.decision.as_str().to_owned(),
                record.rule,
                record.outcome,
            )
        })
        .collect();
    let denied = |name: &str| {
        let words = ["deny", "default:control", "kernel_error"].map(str::to_owned);
        let [decision, rule, outcome] = words;
        (name.to_owned(), decision, rule, outcome)
    };
    assert_eq!(asked, [denied("authenticate"), denied("create-vm")]);
    assert!(house.records("vm.created").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_function_is_granted_by_its_name() {
    let house = house();
    let mut relay = Relay::of(&house, |policy| {
        for function in ["authenticate", "open-session", "create-vm", "get-*"] {
            policy.rule(Scope::Control, Mode::Allow, function).unwrap();
        }
        policy
            .rule(Scope::Control, Mode::Deny, "get-signal-state")
            .unwrap();
    })
    .await;
    let own = relay.vm(ALLOW).await;
    let listed = relay
        .ask(own.clone(), Payload::GetProcessSnapshotRequest)
        .await;
    assert!(
        matches!(listed, Answer::ProcessSnapshotResponse(_)),
        "{listed:?}"
    );
    let started = program("p", GuestRuntimeKind::JavaScript, "/p.mjs");
    let answer = relay.ask(own, Payload::ExecuteRequest(started)).await;
    assert_eq!(code(&answer), "kernel_error");
    relay.close().await;
}

/// The log has the whole chain: which run asked for what, which client that is, and what the client's VM did of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_leads_from_a_program_to_the_run_that_caused_it() {
    let house = house();
    let mut relay = Relay::of(&house, all).await;
    let own = relay.vm(ALLOW).await;
    relay.write(&own, "/workspace/a.txt", "a").await;
    let run = relay.run().to_owned();
    relay.close().await;
    soon(house.sidecar.end()).await;
    let asked: Vec<_> = house
        .records("control.call")
        .into_iter()
        .map(|record| {
            assert_eq!((record.run.as_str(), record.vm), (run.as_str(), None));
            (record.import, record.resource, record.outcome)
        })
        .collect();
    let functions = [
        "authenticate",
        "open-session",
        "create-vm",
        "guest-filesystem-call",
    ];
    let expected = functions.map(|function| {
        let import = format!("tollgate:sidecar/control#{function}");
        (import, function.to_owned(), "ok".to_owned())
    });
    assert_eq!(asked, expected);
    let client = format!("client:conn-1@{run}");
    for operation in ["vm.created", "fs.write", "vm.disposed"] {
        let records = house.records(operation);
        assert_eq!(records.len(), 1, "{operation}");
        assert_eq!(records[0].component, client);
        assert_eq!(records[0].vm.as_deref(), Some("vm-1"));
    }
    let disposed = house.records("vm.disposed");
    assert_eq!(disposed[0].resource, "connection closed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_no_sidecar_serves_is_told_so() {
    let house = house();
    let component = house
        .host
        .load(crate::support::guest(guests::CONTROL_PLANE))
        .await
        .unwrap();
    let options = tollgate::RunOptions::new(&house.grants(all)).stdout(tollgate::Stream::Capture);
    let outcome = component.command(options).await.unwrap();
    assert_eq!(
        String::from_utf8(outcome.stdout).unwrap(),
        "refused: unsupported: no sidecar serves this run\n"
    );
}

/// Folders of the host are the operator's word to clients outside, and none to a component.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn folders_of_the_host_are_not_for_components() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("f"), "of the host").unwrap();
    let opened = Dir::open_ambient_dir(folder.path(), ambient_authority());
    let root = HostRoot::new([(folder.path().to_owned(), opened.unwrap())]);
    let house = house_with(Options {
        host_root: root,
        ..Options::default()
    });
    let mut relay = Relay::of(&house, all).await;
    let own = relay.vm(ALLOW).await;
    let path = folder.path().display().to_string();
    let configure = Payload::ConfigureVmRequest(ConfigureVmRequest {
        mounts: vec![MountDescriptor {
            guest_path: "/h".to_owned(),
            read_only: true,
            plugin: MountPluginDescriptor {
                id: "host_dir".to_owned(),
                config: format!("{{\"hostPath\":{path:?}}}"),
            },
        }],
        software: Vec::new(),
        permissions: None,
        module_access_cwd: None,
        instructions: Vec::new(),
        projected_modules: Vec::new(),
        command_permissions: Vec::new(),
        loopback_exempt_ports: Vec::new(),
    });
    let answer = relay.ask(own, configure).await;
    assert!(matches!(answer, Answer::RejectedResponse(_)), "{answer:?}");
    relay.close().await;
}

/// A VM that outlives its client would outlive the grant.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn detached_vms_are_not_for_components() {
    let house = house();
    let mut relay = Relay::of(&house, all).await;
    let own = relay.vm(ALLOW).await;
    let OwnershipScope::VmOwnership(names) = own else {
        panic!("a VM's");
    };
    let ext = Payload::ExtEnvelope(ExtEnvelope {
        namespace: "tollgate.vm/1".to_owned(),
        payload: vec![2],
    });
    let answer = relay.ask(connection(&names.connection_id), ext).await;
    assert_eq!(code(&answer), "unsupported");
    relay.close().await;
}

/// What a component is not granted itself, no program in a VM of its own is: here, the time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a65_a_vm_reaches_no_further_than_the_component_that_made_it() {
    let house = house();
    for (granted, says) in [(true, "ended 0"), (false, "ended 1")] {
        let mut relay = Relay::of(&house, |policy| {
            all(policy);
            if !granted {
                policy.default_mode(Scope::Clock, Mode::Deny);
            }
        })
        .await;
        let own = relay.vm(ALLOW).await;
        relay
            .write(&own, "/workspace/a.mjs", "console.log(Date.now() > 0)")
            .await;
        let started = program("p", GuestRuntimeKind::JavaScript, "/workspace/a.mjs");
        let answer = relay.ask(own, Payload::ExecuteRequest(started)).await;
        let ended = match answer {
            Answer::ProcessStartedResponse(_) => relay.until_ended("p").await,
            // It asks for a clock before it begins.
            Answer::RejectedResponse(refused) => (refused.message, 1),
            other => panic!("{other:?}"),
        };
        assert_eq!(format!("ended {}", ended.1), says, "{ended:?}");
        relay.close().await;
    }
    soon(house.sidecar.end()).await;
}
