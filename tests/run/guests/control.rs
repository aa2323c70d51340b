//! Guests that control a sidecar, which the command serves them in the same process.

use rustix::process::Signal;
use tollgate_tests::{guests, parse_owned, scene};

use super::web::peer::Peer;
use crate::support::{about, allowed, denied};

#[test]
pub(crate) fn control_plane() {
    let hello = std::fs::read(guests::HELLO).unwrap();
    let scene = scene!();
    let run = scene
        .run(guests::CONTROL_PLANE)
        .flags(&["--allow-control"])
        .input(hello);
    let (finished, records) = run.logged();
    finished.expect(0);
    for line in [
        "made vm-1",
        "js out: hello from a VM",
        "js ended: 3",
        "calc out: {\"ok\":true,\"result\":{\"sum\":5}}",
        "wasm out: hello from /workspace/guest.wasm",
        "left behind: by JavaScript",
        "the VM is VmLifecycleState::Disposed",
    ] {
        assert!(finished.says(line), "{line}: {}", finished.stdout);
    }
    allowed(&records, "control.call", "create-vm", "flags:0");
    allowed(&records, "control.call", "dispose-vm", "flags:0");
    // The run, its client, the VM, and the program in it: each record leads to the next.
    let all = parse_owned(&scene.path("audit.log"));
    let one = |operation: &str, resource: &str| {
        let mut found = all
            .iter()
            .filter(|owned| owned.record.is(operation, resource));
        let one = found.next().expect("there is such a record");
        assert!(found.next().is_none(), "{operation} {resource}");
        one
    };
    let (asked, made) = (one("control.call", "create-vm"), one("vm.created", "vm-1"));
    assert_eq!(asked.vm, None);
    assert_eq!(
        made.record.component,
        format!("client:conn-1@{}", asked.run)
    );
    assert_eq!(made.vm.as_deref(), Some("vm-1"));
    let program = one("run.start", "/workspace/js.mjs");
    assert_eq!(program.vm.as_deref(), Some("vm-1"));
    let start = one("run.start", "control-plane.wasm");
    assert_eq!((&start.run, &start.vm), (&asked.run, &None));
    assert!(
        records
            .last()
            .is_some_and(|last| last.is("log.close", "unfinished=0"))
    );

    let (finished, records) = scene!().run(guests::CONTROL_PLANE).logged();
    finished.expect(1);
    assert_eq!(
        finished.stdout,
        "refused: kernel_error: EACCES: permission denied, authenticate: blocked by control.call policy\n"
    );
    denied(
        &records,
        "control.call",
        "authenticate",
        "default:control",
        "kernel_error",
    );
}

#[test]
fn control_is_granted_function_by_function_and_beneath_the_ceiling() {
    let some = ["--allow-control=authenticate", "--allow-control=open-*"];
    let (finished, records) = scene!().run(guests::CONTROL_PLANE).flags(&some).logged();
    finished.expect(1);
    allowed(&records, "control.call", "open-session", "flags:1");
    denied(
        &records,
        "control.call",
        "create-vm",
        "default:control",
        "kernel_error",
    );

    let policy = "version = 1\n[control]\nallow = [\"*\"]\ndeny = [\"create-vm\"]\n";
    let (finished, records) = scene!().run(guests::CONTROL_PLANE).policy(policy).logged();
    finished.expect(1);
    denied(
        &records,
        "control.call",
        "create-vm",
        "file:1",
        "kernel_error",
    );

    let scene = scene!();
    let ceiling = scene.write(
        "ceiling.toml",
        "version = 1\n[control]\nallow = [\"authenticate\"]\n",
    );
    let ceiling = ceiling.display().to_string();
    let run = scene.run(guests::CONTROL_PLANE);
    let (finished, records) = run
        .flags(&["--ceiling", &ceiling, "--allow-control"])
        .logged();
    finished.expect(1);
    allowed(&records, "control.call", "authenticate", "flags:0");
    denied(
        &records,
        "control.call",
        "open-session",
        "ceiling-default:control",
        "kernel_error",
    );

    let finished = scene!()
        .run(guests::CONTROL_PLANE)
        .flags(&["--allow-control=creat-vm"])
        .finish();
    finished.expect(2);
    assert!(
        finished.stderr.contains("did you mean `create-vm`?"),
        "{}",
        finished.stderr
    );
}

/// A VM that is permitted every address reaches those that its maker may reach, and no others.
#[test]
fn a65_no_vm_reaches_what_its_maker_may_not() {
    let peer = Peer::content();
    let authority = peer.authority();
    let port = authority.rsplit(':').next().unwrap();
    let run = |flags: &[&str]| {
        let scene = scene!();
        let run = scene.run(guests::CONTROL_PLANE).flags(flags);
        let (finished, records) = run.args(&["fetch", port]).logged();
        (finished.expect(0).stdout.clone(), records)
    };
    let (said, records) = run(&["--allow-control"]);
    assert!(said.contains("js out: failed"), "{said}");
    let asked: Vec<_> = records
        .iter()
        .filter(|record| record.operation == "http.request")
        .collect();
    assert!(!asked.is_empty());
    let plane = &about(&records, "control.call", "create-vm")[0].component;
    for record in asked {
        assert_eq!(
            (record.decision.as_str(), record.rule.as_str()),
            ("deny", "default:http")
        );
        assert_ne!(&record.component, plane, "it is the program's");
    }
    let (said, _) = run(&["--allow-control", "--allow-net", "127.0.0.1"]);
    assert!(said.contains("js out: fetched ok"), "{said}");
}

#[test]
pub(crate) fn control_hostile() {
    let (finished, records) = scene!()
        .run(guests::CONTROL_HOSTILE)
        .flags(&["--allow-control"])
        .args(&["leave", "trap"])
        .logged();
    finished.expect(134);
    assert_eq!(about(&records, "vm.disposed", "connection closed").len(), 1);
    assert!(
        records
            .last()
            .is_some_and(|last| last.is("log.close", "unfinished=0"))
    );

    // Ended from outside, while it waits.
    let scene = scene!();
    let running = scene
        .run(guests::CONTROL_HOSTILE)
        .flags(&["--allow-control"])
        .args(&["leave", "wait"])
        .start();
    assert_eq!(running.line(), "started");
    running.signal(Signal::TERM);
    running.wait().expect(143);
    scene.verify("audit.log").expect(0);
    let records = scene.records("audit.log");
    assert_eq!(about(&records, "vm.disposed", "connection closed").len(), 1);
}

#[test]
pub(crate) fn control_relay() {
    let finished = scene!().run(guests::CONTROL_RELAY).finish();
    assert_eq!(finished.expect(0).lines(), ["call a function of mine"]);
}

#[test]
fn what_a_component_would_control_is_inspected_by_name() {
    let scene = scene!();
    let inspected = |flags: &[&str]| {
        let arguments = ["inspect", "--json"].iter().chain(flags);
        let finished = scene
            .tollgate(arguments.copied().chain([guests::CONTROL_PLANE]))
            .run();
        finished.expect(0);
        let all: serde_json::Value = serde_json::from_str(&finished.stdout).unwrap();
        let requests = all["requests"].as_array().unwrap().clone();
        let of = |request: &&serde_json::Value| request["scope"] == "control";
        requests.iter().filter(of).cloned().collect::<Vec<_>>()
    };
    let asked = inspected(&["--allow-control=create-vm"]);
    let says = |function: &str| {
        let name = format!("tollgate:sidecar/control@1.0.0#{function}");
        let found = asked.iter().find(|request| request["interface"] == *name);
        found.unwrap()["says"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        (says("create-vm"), says("execute")),
        ("allow".to_owned(), "deny".to_owned())
    );
}
