//! An embedder's own interfaces at the gate.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tollgate::audit::{Decision, Log, LogOptions};
use tollgate::engine::{CallError, RunError};
use tollgate::interface::{Ask, Denial, Failed, Interface};
use tollgate::policy::{KeyvalueVerb, Mode, Operation, PolicyBuilder, Scope};
use tollgate::{BuildError, Host, HostBuilder, LoadError, Refused, RunOptions};

use crate::support::{NOTES, builder, ended, host, load, only, records, wasm};

type Read = (Result<String, String>,);
type Written = (Result<(), String>,);

/// What a run's notes are kept in.
#[derive(Default)]
pub(crate) struct Notes(pub(crate) Mutex<Vec<(String, String)>>);

fn denied<P, T>() -> Denial<P, (Result<T, String>,)> {
    Denial::with("denied", |_| (Err("denied".to_owned()),))
}

fn tell(store: &mut Interface) {
    store
        .words("keep notes")
        .function(
            "get",
            Ask::each(Scope::Keyvalue, |(key,): &(String,)| Operation::Keyvalue {
                verb: KeyvalueVerb::Read,
                store: "notes",
                key: Some(key),
            })
            .often(),
            denied(),
            |admitted, (key,): (String,)| {
                Box::pin(async move {
                    match key.as_str() {
                        "never" => std::future::pending().await,
                        "slow" => {
                            for _ in 0..8 {
                                tokio::task::yield_now().await;
                            }
                        }
                        "ends" => return Err(Failed::end("the store is on fire")),
                        "missing" => {
                            let error = (Err("there is no such note".to_owned()),);
                            return Err(Failed::answer("no-such-note", error));
                        }
                        _ => {}
                    }
                    let text = format!("text of {key}");
                    admitted.traffic.bytes_in = text.len() as u64;
                    drop(admitted.permit);
                    Ok((Ok(text),)) as Result<Read, _>
                })
            },
        )
        .function(
            "put",
            Ask::each(Scope::Keyvalue, |(key, _): &(String, String)| {
                Operation::Keyvalue {
                    verb: KeyvalueVerb::Write,
                    store: "notes",
                    key: Some(key),
                }
            }),
            denied(),
            |admitted, (key, text): (String, String)| {
                Box::pin(async move {
                    admitted.traffic.bytes_out = text.len() as u64;
                    if let Some(notes) = admitted.state::<Notes>() {
                        notes.0.lock().unwrap().push((key, text));
                    }
                    Ok((Ok(()),)) as Result<Written, _>
                })
            },
        );
}

/// Provides `acme:notes/store`.
pub(crate) fn notes(builder: HostBuilder) -> HostBuilder {
    builder.interface("acme:notes/store@1.0.0", tell)
}

fn noting() -> (Host, Log) {
    let log = Log::memory(LogOptions::default());
    (notes(builder()).log(log.clone()).build().unwrap(), log)
}

async fn read(host: &Host, key: &str, options: RunOptions) -> tollgate::Outcome<Read, CallError> {
    let component = load(host, NOTES).await;
    component
        .call("read", (key.to_owned(),), options)
        .await
        .unwrap()
}

#[tokio::test]
async fn what_is_granted_is_done_what_is_not_is_answered_with_the_interfaces_own_denial() {
    let (host, log) = noting();
    let grants = host.grants(only(&[(Scope::Keyvalue, "notes/a")])).unwrap();
    let outcome = read(&host, "a", RunOptions::new(&grants)).await;
    assert_eq!(outcome.result.unwrap(), (Ok("text of a".to_owned()),));
    let granted = records(&log, &outcome.run, ended).await;
    let record = granted
        .iter()
        .find(|record| record.import == "acme:notes/store#get")
        .unwrap();
    assert_eq!(
        (record.operation.as_str(), record.resource.as_str()),
        ("keyvalue.read", "notes/a")
    );
    assert_eq!(
        (record.decision, record.outcome.as_str(), record.bytes_in),
        (Decision::Allow, "ok", 9)
    );

    let outcome = read(&host, "b", RunOptions::new(&grants)).await;
    assert_eq!(outcome.denied().count(), 1);
    assert_eq!(outcome.result.unwrap(), (Err("denied".to_owned()),));
    let refused = records(&log, &outcome.run, ended).await;
    let record = refused
        .iter()
        .find(|record| record.import == "acme:notes/store#get")
        .unwrap();
    assert_eq!(
        (record.decision, record.outcome.as_str()),
        (Decision::Deny, "denied")
    );
    assert_eq!(record.rule, "default:keyvalue");
}

#[tokio::test]
async fn a_handler_works_on_the_state_of_its_run() {
    let (host, _) = noting();
    let component = load(&host, NOTES).await;
    let grants = host.grants(only(&[(Scope::Keyvalue, "notes/**")])).unwrap();
    let states = [Arc::new(Notes::default()), Arc::new(Notes::default())];
    for (number, state) in states.iter().enumerate() {
        let options = RunOptions::new(&grants).state(Arc::clone(state));
        let arguments = ("a".to_owned(), number.to_string());
        let outcome = component
            .call::<_, Written>("write", arguments, options)
            .await
            .unwrap();
        assert_eq!(outcome.asked().map(|row| row.sum.bytes_out).sum::<u64>(), 1);
        assert_eq!(outcome.result.unwrap(), (Ok(()),));
    }
    for (number, state) in states.iter().enumerate() {
        assert_eq!(
            *state.0.lock().unwrap(),
            [("a".to_owned(), number.to_string())]
        );
    }
    let options = RunOptions::new(&grants).state(Arc::new("another type"));
    let arguments = ("a".to_owned(), String::new());
    let outcome = component
        .call::<_, Written>("write", arguments, options)
        .await
        .unwrap();
    assert_eq!(
        outcome.result.unwrap(),
        (Ok(()),),
        "a state of another type is none"
    );
}

#[tokio::test]
async fn a_handler_fails_with_the_interfaces_error_or_ends_the_guest() {
    let (host, log) = noting();
    let grants = host.grants(only(&[(Scope::Keyvalue, "notes/**")])).unwrap();
    for (key, case) in [("missing", "no-such-note"), ("ends", "trap")] {
        let outcome = read(&host, key, RunOptions::new(&grants)).await;
        match &outcome.result {
            Ok((answer,)) => assert_eq!(answer.as_ref().unwrap_err(), "there is no such note"),
            Err(CallError::Run(RunError::Trap(why))) => {
                assert!(key == "ends" && why.contains("on fire"), "{why}");
            }
            other => panic!("{other:?}"),
        }
        let records = records(&log, &outcome.run, ended).await;
        let record = records
            .iter()
            .find(|record| record.import == "acme:notes/store#get")
            .unwrap();
        assert_eq!(record.outcome, case);
        assert!(
            !records
                .iter()
                .any(|record| format!("{record:?}").contains("on fire"))
        );
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_is_recorded_as_dropped_and_its_run_as_cancelled() {
    let (host, log) = noting();
    let component = load(&host, NOTES).await;
    let grants = host.grants(only(&[(Scope::Keyvalue, "notes/**")])).unwrap();
    let options = RunOptions::new(&grants).name("waits");
    let call = component.call::<_, Read>("read", ("never".to_owned(),), options);
    let cut = tokio::time::timeout(std::time::Duration::from_millis(100), call).await;
    assert!(cut.is_err());
    let dropped = |operation: &str, outcome: &str| {
        let all = log.recent();
        all.iter()
            .position(|record| record.operation == operation && record.outcome == outcome)
    };
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let call = dropped("keyvalue.read", "dropped").expect("the call is recorded");
    let end = dropped("run.end", "cancelled").expect("the run is recorded");
    assert!(call < end, "what the run did is recorded before its end");
}

#[tokio::test]
async fn equal_calls_that_are_expected_often_share_records_and_lose_no_count() {
    let (host, log) = noting();
    let component = load(&host, NOTES).await;
    let grants = host.grants(only(&[(Scope::Keyvalue, "notes/**")])).unwrap();
    let mut instance = component
        .instantiate(RunOptions::new(&grants))
        .await
        .unwrap();
    for _ in 0..200 {
        let (read,): Read = instance.call("read", ("a".to_owned(),)).await.unwrap();
        let arguments = ("a".to_owned(), "x".to_owned());
        let (written,): Written = instance.call("write", arguments).await.unwrap();
        assert!(read.is_ok() && written.is_ok());
    }
    let run = instance.run().to_owned();
    let outcome = instance.close().await;
    let records = records(&log, &run, ended).await;
    let of = |import: &str| {
        records
            .iter()
            .filter(|record| record.import == import)
            .count()
    };
    assert!(
        of("acme:notes/store#get") < 50,
        "{}",
        of("acme:notes/store#get")
    );
    assert_eq!(of("acme:notes/store#put"), 200);
    assert_eq!(outcome.asked().map(|row| row.sum.count).sum::<u64>(), 400);
}

#[tokio::test]
async fn what_a_component_asks_for_is_seen_before_it_runs() {
    let (host, _) = noting();
    let component = load(&host, NOTES).await;
    let requests = component.requests();
    let names: Vec<&str> = requests
        .iter()
        .map(|request| request.interface.as_str())
        .collect();
    assert_eq!(
        names,
        ["acme:notes/store@1.0.0#get", "acme:notes/store@1.0.0#put"]
    );
    assert!(
        requests
            .iter()
            .all(|request| request.scope == Scope::Keyvalue && request.words == "keep notes")
    );
    let says = |policy| {
        let grants = host.grants(policy).unwrap();
        component.answers(&grants)[0].1.says
    };
    assert_eq!(says(only(&[])), "deny");
    assert_eq!(says(only(&[(Scope::Keyvalue, "notes/a")])), "depends");
}

/// A component that imports `acme:alarm/bell` and rings it.
const RINGER: &str = r#"(component
    (import "acme:alarm/bell@2.1.0" (instance $bell (export "ring" (func (result u32)))))
    (core func $ring (canon lower (func $bell "ring")))
    (core module $m
        (import "bell" "ring" (func $ring (result i32)))
        (func (export "ring") (result i32) (call $ring)))
    (core instance $i (instantiate $m (with "bell" (instance (export "ring" (func $ring))))))
    (func (export "ring") (result u32) (canon lift (core func $i "ring"))))"#;

fn bell(builder: HostBuilder, version: &str, rung: &Arc<AtomicU64>) -> HostBuilder {
    let rung = Arc::clone(rung);
    builder.interface(&format!("acme:alarm/bell@{version}"), |bell| {
        let operation = Operation::Tool { name: "alarm:ring" };
        bell.undeniable_function("ring", operation, move |_admitted, (): ()| {
            let rung = Arc::clone(&rung);
            Box::pin(async move {
                let count = rung.fetch_add(1, Ordering::Relaxed) + 1;
                Ok((u32::try_from(count).unwrap_or(u32::MAX),))
            })
        });
    })
}

#[tokio::test]
async fn a_function_that_cannot_say_no_is_refused_before_anything_runs() {
    let rung = Arc::new(AtomicU64::new(0));
    let host = bell(builder(), "2.1.0", &rung).build().unwrap();
    let component = load(&host, RINGER).await;
    assert!(component.requests()[0].inexpressible);
    let without = host.grants(only(&[])).unwrap();
    let refused = component
        .call::<(), (u32,)>("ring", (), RunOptions::new(&without))
        .await
        .unwrap_err();
    match refused {
        Refused::Inexpressible(why) => {
            assert_eq!(why.interface, "acme:alarm/bell@2.1.0#ring");
            assert_eq!(why.rule.as_str(), "default:tool");
        }
        other => panic!("{other}"),
    }
    assert_eq!(rung.load(Ordering::Relaxed), 0);
    let with = host.grants(only(&[(Scope::Tool, "alarm:*")])).unwrap();
    let outcome = component
        .call::<(), (u32,)>("ring", (), RunOptions::new(&with))
        .await
        .unwrap();
    assert_eq!(outcome.result.unwrap(), (1,));

    let ceiling = PolicyBuilder::ceiling().build().unwrap();
    let host = bell(builder(), "2.1.0", &rung)
        .ceiling(ceiling)
        .build()
        .unwrap();
    let refused = host.load(wasm(RINGER)).await.unwrap_err();
    assert!(matches!(&refused, LoadError::Inexpressible(_)), "{refused}");
}

#[tokio::test]
async fn where_somebody_says_no_to_what_cannot_be_denied_the_guest_ends() {
    let rung = Arc::new(AtomicU64::new(0));
    let (_, log) = host();
    let host = bell(builder(), "2.1.0", &rung)
        .log(log.clone())
        .build()
        .unwrap();
    let component = load(&host, RINGER).await;
    let mut policy = PolicyBuilder::new();
    policy.default_mode(Scope::Tool, Mode::Ask);
    let grants = host.grants(policy.build().unwrap()).unwrap();
    let outcome = component
        .call::<(), (u32,)>("ring", (), RunOptions::new(&grants))
        .await
        .unwrap();
    assert!(
        matches!(outcome.result, Err(CallError::Run(RunError::Trap(_)))),
        "{:?}",
        outcome.result
    );
    assert_eq!(rung.load(Ordering::Relaxed), 0);
    let records = records(&log, &outcome.run, ended).await;
    assert!(
        records
            .iter()
            .any(|record| record.import == "acme:alarm/bell#ring"
                && record.decision == Decision::Deny)
    );
}

#[tokio::test]
async fn versions_are_matched_as_semver_has_them() {
    let rung = Arc::new(AtomicU64::new(0));
    for (version, fits) in [
        ("2.1.0", true),
        ("2.9.4", true),
        ("1.0.0", false),
        ("3.0.0", false),
    ] {
        let host = bell(builder(), version, &rung).build().unwrap();
        let loaded = host.load(wasm(RINGER)).await;
        assert_eq!(loaded.is_ok(), fits, "{version}: {:?}", loaded.err());
        if let Ok(component) = loaded {
            let grants = host.grants(only(&[(Scope::Tool, "**")])).unwrap();
            let outcome = component
                .call::<(), (u32,)>("ring", (), RunOptions::new(&grants))
                .await
                .unwrap();
            assert!(outcome.result.is_ok());
            assert_eq!(component.requests().len(), 1, "{version}");
        }
    }
}

#[tokio::test]
async fn an_operation_of_another_scope_than_was_told_ends_the_guest() {
    let log = Log::memory(LogOptions::default());
    let host = builder()
        .log(log.clone())
        .interface("acme:alarm/bell@2.1.0", |bell| {
            bell.function(
                "ring",
                Ask::each(Scope::Tool, |(): &()| Operation::Logging),
                Denial::with("denied", |(): &()| (0_u32,)),
                |_, ()| Box::pin(async { Ok((1_u32,)) }),
            );
        })
        .build()
        .unwrap();
    let component = load(&host, RINGER).await;
    let grants = host
        .grants(only(&[(Scope::Tool, "**"), (Scope::Logging, "**")]))
        .unwrap();
    let outcome = component
        .call::<(), (u32,)>("ring", (), RunOptions::new(&grants))
        .await
        .unwrap();
    let error = outcome.result.unwrap_err().to_string();
    assert!(
        error.contains("in scope logging") && error.contains("ask in tool"),
        "{error}"
    );
    let records = records(&log, &outcome.run, ended).await;
    assert!(
        records
            .iter()
            .any(|record| record.rule == "host:scope" && record.outcome == "trap")
    );
}

#[test]
fn an_interface_that_cannot_be_linked_is_no_host() {
    let ring = |bell: &mut Interface| {
        bell.undeniable_function("ring", Operation::Logging, |_, (): ()| {
            Box::pin(async { Ok(()) })
        });
    };
    for name in [
        "bell",
        "acme:alarm/bell@1",
        "wasi:cli/stdin@0.2.12",
        "acme:alarm/bell@1.0.0@2",
    ] {
        let refused = builder().interface(name, ring).build().unwrap_err();
        assert!(
            matches!(&refused, BuildError::Interface { interface, .. } if interface == name),
            "{name}: {refused}"
        );
    }
    let name = "acme:alarm/bell@1.0.0";
    let twice = builder()
        .interface(name, ring)
        .interface(name, ring)
        .build()
        .unwrap_err();
    assert!(twice.to_string().contains("provided already"), "{twice}");
    let twice = builder().interface(name, |bell| {
        ring(bell);
        ring(bell);
    });
    assert!(matches!(
        twice.build().unwrap_err(),
        BuildError::Interface { .. }
    ));
    let empty = builder().interface(name, |_| ()).build().unwrap_err();
    assert!(empty.to_string().contains("no function"), "{empty}");
}

#[tokio::test]
async fn a_permissive_run_shows_what_a_component_needs() {
    let (host, _) = noting();
    let nothing = host.grants(only(&[])).unwrap();
    let learning = nothing.permissive([Scope::Keyvalue].into_iter().collect());
    let outcome = read(&host, "a", RunOptions::new(&learning)).await;
    assert_eq!(outcome.denied().count(), 0);
    let would: Vec<_> = outcome
        .asked()
        .filter(|row| row.decision == Decision::WouldDeny)
        .map(|row| row.resource.as_str())
        .collect();
    assert_eq!(would, ["notes/a"]);
    assert!(outcome.result.unwrap().0.is_ok());
}
