//! What is left of a component that ended, was killed, or waits: nothing.

use std::time::{Duration, Instant};

use tollgate::engine::RunError;
use tollgate::policy::LimitKey;
use tollgate_protocol::types::{
    ConfigureVmRequest, GuestFilesystemOperation as Op, GuestRuntimeKind, MountDescriptor,
    MountPluginDescriptor, RequestPayload as Payload, ResponsePayload as Answer,
};
use tollgate_tests::guests;

use crate::relay::Relay;
use crate::support::{ALLOW, all, file_call, guest, house, program, soon};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_component_made_goes_when_it_ends_or_traps() {
    let house = house();
    for (number, how) in ["exit", "trap"].into_iter().enumerate() {
        let (outcome, said) = house.run(guests::CONTROL_HOSTILE, &["leave", how]).await;
        assert_eq!(said, "started\n");
        assert_eq!(
            outcome.result.is_ok(),
            how == "exit",
            "{:?}",
            outcome.result
        );
        soon(house.sidecar.end()).await;
        let disposed = house.records("vm.disposed");
        assert_eq!(disposed.len(), number + 1);
        assert_eq!(disposed[number].resource, "connection closed");
        // The program that it left running was ended, and not by itself.
        let ended = house.records("process.exited");
        assert_eq!(ended.len(), number + 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i79_a_component_that_waits_for_events_is_killed_at_once() {
    let house = house();
    let component = house
        .host
        .load(guest(guests::CONTROL_HOSTILE))
        .await
        .unwrap();
    let control = tollgate::RunControl::new();
    let options = house
        .options(&house.grants(all), &control)
        .arguments(["leave", "wait"]);
    let running = tokio::spawn(async move { component.command(options).await });
    soon(async {
        while house.records("vm.created").is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    let killed = Instant::now();
    control.kill("SIGKILL");
    let outcome = soon(running).await.unwrap().unwrap();
    assert!(
        matches!(outcome.result, Err(RunError::Killed(_))),
        "{:?}",
        outcome.result
    );
    house.until_disposed(1).await;
    assert!(
        killed.elapsed() < Duration::from_secs(2),
        "{:?}",
        killed.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_for_events_takes_no_processor_time_and_ends_with_the_wall() {
    let house = house();
    let component = house
        .host
        .load(guest(guests::CONTROL_HOSTILE))
        .await
        .unwrap();
    let grants = house.grants(|policy| {
        all(policy);
        policy.limit("wall=6s").unwrap();
    });
    let options = house
        .options(&grants, &tollgate::RunControl::new())
        .arguments(["leave", "wait"]);
    let outcome = soon(component.command(options)).await.unwrap();
    assert!(
        matches!(outcome.result, Err(RunError::Limit(LimitKey::Wall))),
        "{:?}",
        outcome.result
    );
    // It polls, and nothing comes: a loop would take all of the six seconds.
    assert!(
        outcome.usage.cpu < Duration::from_secs(1),
        "{:?}",
        outcome.usage
    );
    soon(house.sidecar.end()).await;
    assert_eq!(house.records("vm.disposed").len(), 1);
}

/// A question about a file that the component itself serves waits for the component, which waits for the answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_waits_ends_with_the_run() {
    let house = house();
    let mut relay = Relay::of(&house, all).await;
    let own = relay.vm(ALLOW).await;
    let configure = Payload::ConfigureVmRequest(ConfigureVmRequest {
        mounts: vec![MountDescriptor {
            guest_path: "/br".to_owned(),
            read_only: false,
            plugin: MountPluginDescriptor {
                id: "js_bridge".to_owned(),
                config: r#"{"mountId":"m1"}"#.to_owned(),
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
    let answer = relay.ask(own.clone(), configure).await;
    assert!(
        matches!(answer, Answer::VmConfiguredResponse(_)),
        "{answer:?}"
    );
    let control = relay.control.clone();
    let read = Payload::GuestFilesystemCallRequest(file_call(Op::ReadFile, "/br/f", None));
    let mut asking = Box::pin(relay.try_ask(own, read));
    let waits = tokio::time::timeout(Duration::from_millis(300), &mut asking).await;
    assert!(waits.is_err(), "{waits:?}");
    let killed = Instant::now();
    control.kill("SIGTERM");
    let ended = soon(&mut asking).await;
    drop(asking);
    assert!(ended.is_err(), "{ended:?}");
    assert!(
        killed.elapsed() < Duration::from_secs(2),
        "{:?}",
        killed.elapsed()
    );
    relay.close().await;
    house.until_disposed(1).await;
}

/// Dropping the future of a call ends the component, and with it all that it made.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_is_dropped_takes_everything_with_it() {
    let house = house();
    let mut relay = Relay::of(&house, all).await;
    let own = relay.vm(ALLOW).await;
    relay
        .write(&own, "/workspace/a.mjs", "setInterval(() => {}, 1000)")
        .await;
    let started = program("p", GuestRuntimeKind::JavaScript, "/workspace/a.mjs");
    let answer = relay.ask(own, Payload::ExecuteRequest(started)).await;
    assert!(
        matches!(answer, Answer::ProcessStartedResponse(_)),
        "{answer:?}"
    );
    while relay.event_now().await.is_some() {}
    let waits = tokio::time::timeout(Duration::from_millis(100), relay.event()).await;
    assert!(waits.is_err());
    house.until_disposed(1).await;
    assert_eq!(house.records("process.exited").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i75_many_requests_that_come_to_nothing_leave_nothing() {
    let house = house();
    let (outcome, said) = house
        .run(guests::CONTROL_HOSTILE, &["many", "100000"])
        .await;
    assert!(outcome.result.is_ok(), "{:?}", outcome.result);
    assert_eq!(said, "refused 100000\n");
    let asked: u64 = house
        .records("control.call")
        .iter()
        .map(|record| record.count)
        .sum();
    assert_eq!(asked, 100_000);
    let (_, said) = house.run(guests::CONTROL_HOSTILE, &["crowd"]).await;
    assert_eq!(
        said,
        "64 connections, then invalid_state: the client has 64 connections already\n"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_call_brings_is_bounded() {
    let house = house();
    let (outcome, said) = house
        .run(guests::CONTROL_HOSTILE, &["huge", "8000000"])
        .await;
    assert!(outcome.result.is_ok(), "{:?}", outcome.result);
    assert_eq!(said, "wrote 8000000\n");
    let (outcome, said) = house
        .run(guests::CONTROL_HOSTILE, &["huge", "40000000"])
        .await;
    assert!(
        matches!(
            outcome.result,
            Err(RunError::Limit(LimitKey::HostCallBytes))
        ),
        "{:?}",
        outcome.result
    );
    assert_eq!(said, "");
    soon(house.sidecar.end()).await;
}

/// Programs wait for a component that never fetches what they write, and nothing of it is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i75_a_component_that_does_not_listen_keeps_its_own_programs_waiting() {
    let house = house();
    let (outcome, said) = house.run(guests::CONTROL_HOSTILE, &["deaf"]).await;
    assert!(outcome.result.is_ok(), "{:?} {said}", outcome.result);
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(
        lines,
        [
            "refused: invalid_state: more than 1048576 bytes of events wait to be fetched",
            "loud wrote 41943040 and ended 0",
            "done",
        ]
    );
    soon(house.sidecar.end()).await;
}
