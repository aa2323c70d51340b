//! Loading, running, calling: options, outcomes, logs.

use std::sync::Arc;

use tollgate::audit::verify::{VerifyOptions, verify};
use tollgate::audit::{Decision, Flush, Log, LogOptions};
use tollgate::capability::http::Trust;
use tollgate::engine::{Decider, Digest, Ended, InvokeError, Origin, RunError, async_trait};
use tollgate::policy::{LimitKey, Mode, Policy, PolicyBuilder, Question, Scope};
use tollgate::vfs::{Layer, MemoryFs, Mount, Quota, Timestamp};
use tollgate::{BuildError, GrantsError, Host, Recording, Refused, RunOptions, Stream};
use tollgate_tests::guests;

use crate::support::{
    NOTES, TOOLS, builder, ended, grants, guest, host, load, only, records, runtime, usual, wasm,
};

fn assert_send<T: Send>(value: T) -> T {
    value
}

fn assert_shared<T: Send + Sync + Clone + 'static>(_: &T) {}

fn memory() -> MemoryFs {
    let noon = Timestamp {
        seconds: 1_000_000,
        nanos: 0,
    };
    MemoryFs::new(Quota::default(), Arc::new(move || noon))
}

#[tokio::test]
async fn every_future_may_move_between_threads_and_every_handle_may_be_shared() {
    let (host, _) = host();
    assert_shared(&host);
    let component = assert_send(host.load(wasm(TOOLS))).await.unwrap();
    assert_shared(&component);
    let grants = grants(&host, "");
    assert_shared(&grants);
    let options = || RunOptions::new(&grants);
    drop(assert_send(component.command(options())));
    drop(assert_send(
        component.invoke("count()".parse().unwrap(), options()),
    ));
    drop(assert_send(component.call::<(), (u32,)>(
        "count",
        (),
        options(),
    )));
    let mut instance = assert_send(component.instantiate(options())).await.unwrap();
    assert_eq!(
        assert_send(instance.call::<(), (u32,)>("count", ()))
            .await
            .unwrap(),
        (1,)
    );
    drop(assert_send(assert_send(instance).close()));
}

#[tokio::test]
async fn a_command_gets_its_arguments_environment_and_input_and_its_output_is_captured() {
    let (host, log) = host();
    let component = host.load(guest(guests::ENVIRON)).await.unwrap();
    let mut policy = PolicyBuilder::new();
    policy.command_line_defaults().env("SEEN").unwrap();
    let grants = host.grants(policy.build().unwrap()).unwrap();
    let options = RunOptions::new(&grants)
        .name("environ")
        .variable("SEEN", "here")
        .variable("HIDDEN", "not here")
        .stdout(Stream::Capture);
    let outcome = component.command(options).await.unwrap();
    assert!(
        matches!(outcome.result, Ok(Ended::Exit(0))),
        "{:?}",
        outcome.result
    );
    let text = String::from_utf8(outcome.stdout.clone()).unwrap();
    assert!(text.contains("here") && !text.contains("HIDDEN"), "{text}");
    assert_eq!(outcome.usage.output, outcome.stdout.len() as u64);
    let records = records(&log, &outcome.run, ended).await;
    let first = records.first().unwrap();
    assert_eq!(
        (first.operation.as_str(), first.resource.as_str()),
        ("run.start", "environ")
    );
    let last = records.last().unwrap();
    assert_eq!(
        (last.operation.as_str(), last.resource.as_str()),
        ("run.end", "exit-code=0")
    );

    let component = host.load(guest(guests::CAT)).await.unwrap();
    let options = RunOptions::new(&grants)
        .stdin("what goes in")
        .stdout(Stream::Capture);
    let outcome = component.command(options).await.unwrap();
    assert_eq!(outcome.stdout, b"what goes in");
}

#[tokio::test]
async fn output_is_kept_up_to_the_limit_and_is_metered_where_it_goes_nowhere() {
    let (host, _) = host();
    let component = host.load(guest(guests::FLOOD)).await.unwrap();
    let grants = grants(&host, "output=100KiB");
    for (stream, kept) in [(Stream::Capture, 100 << 10), (Stream::Discard, 0)] {
        let options = RunOptions::new(&grants).stdout(stream);
        let outcome = component.command(options).await.unwrap();
        assert!(
            matches!(outcome.result, Err(RunError::Limit(LimitKey::Output))),
            "{stream:?}"
        );
        assert_eq!(outcome.stdout.len(), kept, "{stream:?}");
        let spent = outcome.spent();
        let output = spent
            .iter()
            .find(|spent| spent.limit == LimitKey::Output)
            .unwrap();
        assert_eq!(
            (output.used, output.allowed),
            (100 << 10, 100 << 10),
            "{stream:?}"
        );
        let written: u64 = outcome
            .asked()
            .filter(|row| row.operation == "stdio.write" && row.decision == Decision::Allow)
            .map(|row| row.sum.bytes_out)
            .sum();
        assert_eq!(written, 100 << 10, "{stream:?}");
    }
    let silent = host.grants(only(&[])).unwrap();
    let options = RunOptions::new(&silent).stdout(Stream::Capture);
    let outcome = component.command(options).await.unwrap();
    assert!(outcome.stdout.is_empty(), "what is denied is not kept");
    assert!(outcome.denied().any(|row| row.operation == "stdio.write"));
}

#[tokio::test]
async fn functions_are_called_in_wave_and_typed() {
    let (host, _) = host();
    let component = load(&host, TOOLS).await;
    let grants = grants(&host, "");
    let options = || RunOptions::new(&grants);
    let outcome = component
        .invoke("add(40, 2)".parse().unwrap(), options())
        .await
        .unwrap();
    assert!(matches!(&outcome.result, Ok(Ended::Returned(values)) if values == &["42"]));
    for name in [
        "acme:tools/math@1.2.0#add",
        "acme:tools/math#add",
        "math#add",
        "add",
    ] {
        let outcome = component
            .call::<_, (u32,)>(name, (40_u32, 2_u32), options())
            .await
            .unwrap();
        assert_eq!(outcome.result.unwrap(), (42,), "{name}");
    }
    for name in [
        "subtract",
        "acme:tools/math@2.0.0#add",
        "acme:other/math#add",
    ] {
        let outcome = component
            .call::<_, (u32,)>(name, (40_u32, 2_u32), options())
            .await
            .unwrap();
        let error = outcome.result.unwrap_err();
        assert!(
            error.to_string().contains("exports no function"),
            "{name}: {error}"
        );
    }
    let outcome = component
        .call::<_, (String,)>("add", (40_u32, 2_u32), options())
        .await
        .unwrap();
    let error = outcome.result.unwrap_err();
    assert!(error.to_string().contains("do not fit its type"), "{error}");
    let outcome = component.command(options()).await.unwrap();
    assert!(matches!(
        outcome.result,
        Err(RunError::Invoke(InvokeError::NoCommand { .. }))
    ));
}

#[tokio::test]
async fn each_way_to_end_is_typed_and_recorded() {
    let (host, log) = host();
    let component = load(&host, TOOLS).await;
    let grants = grants(&host, "memory=1MiB,cpu=50ms,wall=20s");
    for (call, outcome_word, what) in [
        ("count()", "ok", "returned"),
        ("fail()", "trap", "trap"),
        ("spin()", "limit", "cpu"),
    ] {
        let outcome = component
            .invoke(call.parse().unwrap(), RunOptions::new(&grants))
            .await
            .unwrap();
        match what {
            "returned" => assert!(outcome.result.is_ok()),
            "trap" => assert!(matches!(outcome.result, Err(RunError::Trap(_)))),
            _ => {
                assert!(matches!(
                    outcome.result,
                    Err(RunError::Limit(LimitKey::Cpu))
                ));
                assert!(outcome.usage.cpu.as_millis() >= 50, "{:?}", outcome.usage);
            }
        }
        let records = records(&log, &outcome.run, ended).await;
        let last = records.last().unwrap();
        assert_eq!(
            (last.outcome.as_str(), last.resource.as_str()),
            (outcome_word, what),
            "{call}"
        );
    }
    let outcome = component
        .invoke("grow(100)".parse().unwrap(), RunOptions::new(&grants))
        .await
        .unwrap();
    assert!(matches!(&outcome.result, Ok(Ended::Returned(values)) if values == &["-1"]));
}

#[tokio::test]
async fn a_policy_comes_from_a_builder_a_file_or_the_protocol() {
    let (host, _) = host();
    let component = host.load(guest(guests::HELLO)).await.unwrap();
    let file = "version = 1\n[stdio]\nallow = [\"*\"]\n[clock]\nallow = [\"*\"]\n[random]\nallow = [\"*\"]\n";
    for grants in [
        host.grants(usual("")).unwrap(),
        host.grants_from_toml("tenant.toml", file).unwrap(),
        host.grants(
            Policy::from_protocol_json("{}")
                .unwrap()
                .command_line_defaults(),
        )
        .unwrap(),
    ] {
        let options = RunOptions::new(&grants).stdout(Stream::Capture);
        let outcome = component.command(options).await.unwrap();
        assert!(!outcome.stdout.is_empty());
    }
    let wrong = host
        .grants_from_toml("tenant.toml", "version = 1\n[stdoi]\n")
        .unwrap_err();
    assert!(
        matches!(wrong, GrantsError::File(_)) && wrong.to_string().contains("stdoi"),
        "{wrong}"
    );
    assert!(matches!(
        host.grants_from_protocol("[").unwrap_err(),
        GrantsError::Protocol(_)
    ));
    assert!(host.grants_from_protocol(r#"{"env": "allow"}"#).is_ok());
}

#[tokio::test]
async fn grants_are_of_one_host_and_its_ceiling() {
    let mut ceiling = PolicyBuilder::ceiling();
    ceiling
        .rule(Scope::Stdio, Mode::Allow, "stdout")
        .unwrap()
        .limit("wall=1s")
        .unwrap();
    let ceiling = ceiling.build().unwrap().command_line_defaults();
    let held = builder().ceiling(ceiling).build().unwrap();
    let free = builder().build().unwrap();
    let own = held.grants(usual("wall=60s")).unwrap();
    assert_eq!(own.policy().limits().wall.as_secs(), 1);
    let foreign = free.grants(usual("")).unwrap();
    let component = load(&held, TOOLS).await;
    let refused = component
        .command(RunOptions::new(&foreign))
        .await
        .unwrap_err();
    assert!(matches!(refused, Refused::ForeignGrants));
    let swapped = held
        .grants(PolicyBuilder::ceiling().build().unwrap())
        .unwrap_err();
    assert!(matches!(swapped, GrantsError::Ceiling(_)), "{swapped}");
    let swapped = builder().ceiling(usual("")).build().unwrap_err();
    assert!(matches!(swapped, BuildError::Ceiling(_)), "{swapped}");
}

#[tokio::test]
async fn what_a_policy_says_about_its_log_is_done_or_refused() {
    let (batches, _) = host();
    let stated = |line: &str| format!("version = 1\n[audit]\n{line}\n");
    for (line, wanted) in [
        ("file = \"x.jsonl\"", Recording::File),
        ("flush = \"each\"", Recording::Flush),
        ("detail = \"full\"", Recording::Detail),
    ] {
        let refused = batches.grants_from_toml("t", &stated(line)).unwrap_err();
        assert!(
            matches!(refused, GrantsError::Recording(why) if why == wanted),
            "{line}: {refused}"
        );
        let ceiling = Policy::ceiling_from_toml("c", &stated(line)).unwrap();
        let refused = builder().ceiling(ceiling).build().unwrap_err();
        assert!(
            matches!(refused, BuildError::Recording(why) if why == wanted),
            "{line}: {refused}"
        );
    }
    let each = LogOptions {
        flush: Flush::Each,
        ..LogOptions::default()
    };
    let careful = builder().log_options(each).build().unwrap();
    assert!(
        careful
            .grants_from_toml("t", &stated("flush = \"each\""))
            .is_ok()
    );
}

#[tokio::test]
async fn a_log_in_a_file_is_whole_when_the_outcome_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let (path, key) = (
        folder.path().join("audit.jsonl"),
        folder.path().join("audit.key"),
    );
    let host = builder().log_file(&path, &key).build().unwrap();
    let component = host.load(guest(guests::HELLO)).await.unwrap();
    let outcome = component
        .command(RunOptions::new(&grants(&host, "")))
        .await
        .unwrap();
    let report = verify(&path, &VerifyOptions::default()).unwrap();
    assert_eq!(
        report.unsigned_records, 0,
        "flushed before the outcome is there"
    );
    assert!(
        report.records > outcome.audit.as_ref().unwrap().records,
        "{report:?}"
    );
    drop(component);
    let summary = host.close().unwrap();
    assert!(summary.rows.iter().any(|row| row.operation == "run.end"));
    let again = builder().log_file(&path, &key).build().unwrap();
    drop(again);
    verify(&path, &VerifyOptions::default()).unwrap();
}

#[tokio::test]
async fn after_the_log_is_closed_nothing_begins() {
    let (host, _) = host();
    let component = load(&host, TOOLS).await;
    let grants = grants(&host, "");
    host.close().unwrap();
    let refused = component
        .command(RunOptions::new(&grants))
        .await
        .unwrap_err();
    assert!(matches!(refused, Refused::Unrecorded(_)), "{refused}");
}

#[tokio::test]
async fn mounts_are_handles_and_the_policy_says_what_of_them_may_be_used() {
    let (host, _) = host();
    let component = host.load(guest(guests::FS_OPS)).await.unwrap();
    let mut policy = PolicyBuilder::new();
    policy
        .command_line_defaults()
        .dir("anything::/work:ro")
        .unwrap();
    let grants = host.grants(policy.build().unwrap()).unwrap();
    let refused = component
        .command(RunOptions::new(&grants))
        .await
        .unwrap_err();
    assert!(
        matches!(&refused, Refused::NoMount { place } if place == "/work"),
        "{refused}"
    );
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("note"), "from the folder").unwrap();
    let authority = cap_std::ambient_authority();
    let dir = || cap_std::fs::Dir::open_ambient_dir(folder.path(), authority).unwrap();
    let overlay = Mount::overlay(vec![Layer::host(dir()).unwrap()], memory()).unwrap();
    let mounts = [
        (Mount::host(dir(), false).unwrap(), true),
        (overlay, true),
        (Mount::memory(memory()), false),
    ];
    for (mount, has_note) in mounts {
        let options = RunOptions::new(&grants)
            .mount("/work", mount)
            .arguments(["stat-at p0 note", "mkdir p0 new"])
            .stdout(Stream::Capture);
        let outcome = component.command(options).await.unwrap();
        let text = String::from_utf8(outcome.stdout).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0].starts_with("ok"), has_note, "{text}");
        // The handle could be written; the policy mounts it to be read.
        assert!(lines[1].starts_with("error"), "{text}");
    }
    assert!(!folder.path().join("new").exists());
    let twice = RunOptions::new(&grants)
        .mount("/work", Mount::memory(memory()))
        .mount("/work", Mount::memory(memory()));
    assert!(matches!(
        component.command(twice).await.unwrap_err(),
        Refused::Mount(_)
    ));
}

#[tokio::test]
async fn compiled_components_are_kept_in_the_cache() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("compiled");
    let first = builder()
        .cache(&cache)
        .cache_bytes(64 << 20)
        .build()
        .unwrap();
    let component = load(&first, TOOLS).await;
    assert!(matches!(
        component.origin(),
        Origin::Compiled {
            artifact: Some(_),
            ..
        }
    ));
    assert!(component.cache_trouble().is_none());
    let second = builder().cache(&cache).build().unwrap();
    let cached = load(&second, TOOLS).await;
    assert_eq!(cached.origin(), Origin::Cached);
    assert_eq!(cached.digest(), component.digest());
    // By its digest alone, and by no other.
    let third = builder().cache(&cache).build().unwrap();
    let found = third.find(component.digest(), false).await.unwrap();
    assert_eq!(found.unwrap().digest(), component.digest());
    let other = third.find(Digest::of(b"another"), false).await.unwrap();
    assert!(other.is_none());
    let none = builder().build().unwrap();
    assert!(
        none.find(component.digest(), false)
            .await
            .unwrap()
            .is_none()
    );
    let outcome = cached
        .call::<_, (u32,)>("add", (1_u32, 2_u32), RunOptions::new(&grants(&second, "")))
        .await
        .unwrap();
    assert_eq!(outcome.result.unwrap(), (3,));
    std::fs::write(folder.path().join("file"), "").unwrap();
    let refused = builder()
        .cache(folder.path().join("file"))
        .build()
        .unwrap_err();
    assert!(matches!(refused, BuildError::Cache(_)), "{refused}");
}

struct Says(bool);

#[async_trait]
impl Decider for Says {
    async fn allows(&self, question: &Question) -> bool {
        assert_eq!(question.operation(), "keyvalue.read");
        assert!(question.to_string().contains(question.resource()));
        self.0
    }
}

#[tokio::test]
async fn what_is_to_be_asked_is_asked() {
    for (decider, answer) in [
        (Some(true), Ok("text of a")),
        (Some(false), Err("denied")),
        (None, Err("denied")),
    ] {
        let mut builder = crate::interfaces::notes(builder());
        if let Some(says) = decider {
            builder = builder.decider(Says(says));
        }
        let host = builder.build().unwrap();
        let mut policy = PolicyBuilder::new();
        policy.default_mode(Scope::Keyvalue, Mode::Ask);
        let grants = host.grants(policy.build().unwrap()).unwrap();
        let component = load(&host, NOTES).await;
        let outcome = component
            .call::<_, (Result<String, String>,)>(
                "read",
                ("a".to_owned(),),
                RunOptions::new(&grants),
            )
            .await
            .unwrap();
        let (read,) = outcome.result.unwrap();
        assert_eq!(
            read.as_deref().map_err(String::as_str),
            answer,
            "{decider:?}"
        );
    }
}

#[tokio::test]
async fn fuel_is_counted_where_the_host_was_built_for_it() {
    let (plain, _) = host();
    let component = load(&plain, TOOLS).await;
    let refused = component
        .command(RunOptions::new(&grants(&plain, "fuel=1000")))
        .await
        .unwrap_err();
    assert!(matches!(refused, Refused::NoFuel));
    let counting = builder().count_fuel().build().unwrap();
    let component = load(&counting, TOOLS).await;
    let few = grants(&counting, "fuel=100000");
    let outcome = component
        .call::<_, ()>("work", (1_000_000_u32,), RunOptions::new(&few))
        .await
        .unwrap();
    assert!(outcome.result.unwrap_err().to_string().contains("fuel"));
    let mut instance = component.instantiate(RunOptions::new(&few)).await.unwrap();
    for _ in 0..3 {
        // Each call has the whole of it, and together they use more.
        instance.call::<_, ()>("work", (10_000_u32,)).await.unwrap();
    }
    let outcome = instance.close().await;
    assert!(outcome.usage.fuel > Some(100_000), "{:?}", outcome.usage);
    assert!(
        outcome
            .spent()
            .iter()
            .any(|spent| spent.limit == LimitKey::Fuel)
    );
}

#[test]
fn a_runtime_of_one_thread_will_do() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let outcome = runtime.block_on(async {
        let (host, _) = host();
        let component = load(&host, TOOLS).await;
        component
            .call::<_, (u32,)>("add", (1_u32, 1_u32), RunOptions::new(&grants(&host, "")))
            .await
            .unwrap()
    });
    assert_eq!(outcome.result.unwrap(), (2,));
}

/// Two runs of one component at once, under grants that differ, see what each was granted.
#[test]
fn one_component_serves_tenants_with_different_grants() {
    let log = Log::memory(LogOptions::default());
    let host = crate::interfaces::notes(builder())
        .log(log)
        .build()
        .unwrap();
    runtime(2).block_on(async {
        let component = load(&host, NOTES).await;
        let mut runs = Vec::new();
        for tenant in 0..16 {
            let granted = if tenant % 2 == 0 { "a" } else { "b" };
            let grants = host
                .grants(only(&[(Scope::Keyvalue, &format!("notes/{granted}"))]))
                .unwrap();
            let component = component.clone();
            runs.push(tokio::spawn(async move {
                for key in ["a", "b"] {
                    let outcome = component
                        .call::<_, (Result<String, String>,)>(
                            "read",
                            (key.to_owned(),),
                            RunOptions::new(&grants),
                        )
                        .await
                        .unwrap();
                    assert_eq!(outcome.denied().count(), usize::from(key != granted));
                    let (read,) = outcome.result.unwrap();
                    assert_eq!(read.is_ok(), key == granted, "tenant {tenant} reads {key}");
                }
            }));
        }
        for run in runs {
            run.await.unwrap();
        }
    });
}

/// The outcome comes before the disk has its records; the log has them all in the end.
#[tokio::test]
async fn a_host_that_does_not_wait_for_the_disk_records_as_much() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.jsonl");
    let host = Host::builder()
        .compile_in_process()
        .log_file(&log, folder.path().join("key"))
        .end_without_flush()
        .build()
        .unwrap();
    let hello = host.load(guest(guests::HELLO)).await.unwrap();
    let grants = host.grants_from_toml("t", "version = 1").unwrap();
    for _ in 0..20 {
        let outcome = hello.command(RunOptions::new(&grants)).await.unwrap();
        assert!(outcome.audit.is_none());
        outcome.result.unwrap();
    }
    let summary = host.close().unwrap();
    let ends = summary.rows.iter().filter(|row| row.operation == "run.end");
    assert_eq!(ends.map(|row| row.sum.count).sum::<u64>(), 20);
    let report = verify(&log, &VerifyOptions::default()).unwrap();
    assert_eq!(
        (report.unsigned_records, report.records),
        (0, summary.records)
    );
}

/// The host opens no path by itself, so a file that a policy names is not passed over in silence.
#[tokio::test]
async fn a_policy_that_names_authorities_needs_a_host_that_has_them() {
    let text = "version = 1\n[http]\nca = [\"authority.pem\"]\n";
    let (host, _) = host();
    let refused = host.grants_from_toml("t", text).unwrap_err();
    assert!(matches!(refused, GrantsError::Authorities), "{refused}");
    let host = builder().trust(Trust::default()).build().unwrap();
    host.grants_from_toml("t", text).unwrap();
}
