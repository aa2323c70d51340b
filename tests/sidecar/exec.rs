//! The extension `tollgate.exec/1`: programs of a VM that answer requests in JSON, by the rules of `tollgate exec`.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tollgate_client::types::{ExtEnvelope, ProcessSnapshotStatus};
use tollgate_client::{RefusalCode, Vm};
use tollgate_tests::commands::{self, Then};
use tollgate_tests::{guests, scene};

use crate::support::{
    Host, Raw, allow_with, allowed, code_of, guest, host, host_with, python_cache, refused, soon,
    vm_of,
};

const SECRET: &str = "canary-93ab51";
const NAMESPACE: &str = "tollgate.exec/1";

fn request(path: &str, members: Value) -> Value {
    let mut request = json!({
        "kind": "run_program_v1",
        "program_path": path,
        "argv": [SECRET],
        "stdin_json": {"secret": SECRET},
        "env": {"SECRET": SECRET},
    });
    let Value::Object(members) = members else {
        panic!("{members}")
    };
    for (name, value) in members {
        request[name] = value;
    }
    request
}

async fn put(vm: &Vm, path: &str, bytes: impl AsRef<[u8]>) {
    if let Some((folder, _)) = path.rsplit_once('/')
        && !folder.is_empty()
    {
        soon(vm.mkdir(folder, true)).await.unwrap();
    }
    soon(vm.write_file(path, bytes.as_ref())).await.unwrap();
}

async fn put_saying(vm: &Vm, path: &str, stdout: &[u8], then: Then) {
    let text = commands::saying(stdout, SECRET.as_bytes(), then);
    put(vm, path, wat::parse_str(text).unwrap()).await;
}

async fn asked_in(vm: &Vm, folders: Option<&[&str]>, request: &Value) -> Value {
    let answer = soon(vm.run_program(folders, &request.to_string())).await;
    let answer: Value = serde_json::from_str(&answer.unwrap()).unwrap();
    if answer.get("ok").is_none() {
        assert!(!answer.to_string().contains(SECRET), "{answer}");
    }
    answer
}

async fn asked(vm: &Vm, request: &Value) -> Value {
    asked_in(vm, None, request).await
}

fn code(answer: &Value) -> &str {
    let code = answer["error"]["code"].as_str();
    code.unwrap_or_else(|| panic!("{answer}"))
}

fn error(code: &str, category: &str, message: &str, details: Value) -> Value {
    json!({"error": {
        "code": code,
        "category": category,
        "retryable": false,
        "message": message,
        "details": details,
    }})
}

#[tokio::test]
async fn a_program_of_a_vm_answers() {
    let (_host, vm) = allowed().await;
    put(&vm, "/tools/cat.wasm", guest(guests::CAT)).await;
    put(
        &vm,
        "/tools/echo",
        wat::parse_str(commands::echo()).unwrap(),
    )
    .await;
    for path in ["/tools/cat.wasm", "/tools/echo"] {
        let answer = asked(&vm, &request(path, json!({"stdin_json": [1, "ä"]}))).await;
        assert_eq!(answer, json!({"ok": [1, "ä"]}));
    }
}

#[tokio::test]
async fn a_javascript_program_of_a_vm_answers() {
    let (_host, vm) = allowed().await;
    put(&vm, "/app/package.json", r#"{"type": "module"}"#).await;
    put(
        &vm,
        "/app/area.js",
        "export const area = ({ w, h }) => w * h;",
    )
    .await;
    let text = "import { area } from './area.js'; import { readFileSync } from 'node:fs'; \
        const input = JSON.parse(readFileSync(0, 'utf8')); console.error(process.env.SECRET); \
        console.log(JSON.stringify([area(input), process.argv.slice(2), process.env.UNIT]));";
    put(&vm, "/app/main.js", text).await;
    let members = json!({
        "argv": ["--round"], "stdin_json": {"w": 2, "h": 3}, "env": {"UNIT": "m", "SECRET": SECRET},
    });
    let answer = asked(&vm, &request("/app/main.js", members)).await;
    assert_eq!(answer, json!({"ok": [6, ["--round"], "m"]}));
}

#[tokio::test]
async fn a_python_program_of_a_vm_answers() {
    let Some(cache) = python_cache() else {
        return;
    };
    let scene = scene!();
    let mut command = crate::support::sidecar(&scene, &[]);
    command.env("XDG_CACHE_HOME", cache);
    let client =
        tollgate_client::Client::spawn(command.into(), tollgate_client::Options::default());
    let client = client.unwrap();
    let connection = soon(client.authenticate("tests", "")).await.unwrap();
    let session = connection.open_session().await.unwrap();
    let runtime = tollgate_client::types::GuestRuntimeKind::Python;
    let vm = soon(session.create_vm(runtime, crate::support::ALLOW))
        .await
        .unwrap();
    let text = "import json, sys\nprint(json.dumps([json.load(sys.stdin), sys.argv[1:]]))\n";
    put(&vm, "/app/main.py", text).await;
    let members = json!({"argv": ["a"], "stdin_json": 5});
    let answer = asked(&vm, &request("/app/main.py", members)).await;
    assert_eq!(answer, json!({"ok": [5, ["a"]]}));
}

#[tokio::test]
async fn each_error_is_that_of_the_command() {
    let (_host, vm) = allowed().await;
    put_saying(&vm, "/t/nine", b"1", Then::Exit(9)).await;
    put_saying(&vm, "/t/trap", b"1", Then::Trap).await;
    put_saying(&vm, "/t/loop", b"1", Then::Loop).await;
    put_saying(&vm, "/t/text", SECRET.as_bytes(), Then::Exit(0)).await;
    put(
        &vm,
        "/t/flood1",
        wat::parse_str(commands::flood(1, SECRET.as_bytes())).unwrap(),
    )
    .await;
    put(
        &vm,
        "/t/flood2",
        wat::parse_str(commands::flood(2, SECRET.as_bytes())).unwrap(),
    )
    .await;
    put(&vm, "/t/broken", b"\0asm\x0d\0\x01\0\xff").await;
    put(&vm, "/t/note", SECRET).await;
    let ask = async |path: &str, members: Value| asked(&vm, &request(path, members)).await;
    let nothing = || json!({});

    let message = "timeout_ms must be a whole number above 0";
    let invalid = ask("/t/nine", json!({"timeout_ms": 0})).await;
    assert_eq!(
        invalid,
        error("exec_request_invalid", "ParsingInput", message, Value::Null)
    );
    let message = "program_path does not exist";
    let missing = ask("/t/none", nothing()).await;
    assert_eq!(
        missing,
        error("exec_program_missing", "Unknown", message, Value::Null)
    );
    let message = "program_path is not executable";
    for path in ["/t/note", "/t", "/dev/zero"] {
        let answer = ask(path, nothing()).await;
        assert_eq!(
            answer,
            error(
                "exec_program_not_executable",
                "Unknown",
                message,
                Value::Null
            )
        );
    }
    let message = "failed to spawn program";
    let details = json!({"program_path": "/t/broken", "reason": "invalid"});
    let broken = ask("/t/broken", nothing()).await;
    assert_eq!(
        broken,
        error("exec_spawn_failed", "Unknown", message, details)
    );
    let long = ask("/t/nine", json!({"stdin_json": "x".repeat(1 << 20)})).await;
    assert_eq!(code(&long), "exec_stdin_too_large");
    let message = "program exited with non-zero status";
    let details = json!({"program_path": "/t/nine", "exit_code": 9, "signal": null});
    let nine = ask("/t/nine", nothing()).await;
    assert_eq!(nine, error("exec_failed", "Unknown", message, details));
    let message = "program execution failed";
    let details =
        json!({"program_path": "/t/trap", "exit_code": null, "signal": null, "reason": "trap"});
    let trap = ask("/t/trap", nothing()).await;
    assert_eq!(trap, error("exec_failed", "Unknown", message, details));
    let message = "program stdout was not valid JSON";
    let text = ask("/t/text", nothing()).await;
    assert_eq!(
        text,
        error(
            "exec_stdout_invalid_json",
            "ParsingInput",
            message,
            Value::Null
        )
    );
    assert_eq!(
        code(&ask("/t/flood1", nothing()).await),
        "exec_stdout_too_large"
    );
    assert_eq!(
        code(&ask("/t/flood2", nothing()).await),
        "exec_stderr_too_large"
    );

    // Compiled by now, so that the time is the program's own.
    let _compiled = ask("/t/loop", json!({"timeout_ms": 3_000})).await;
    let began = Instant::now();
    let late = ask("/t/loop", json!({"timeout_ms": 200})).await;
    assert!(
        began.elapsed() < Duration::from_millis(2_200),
        "{:?}",
        began.elapsed()
    );
    let message = "program execution timed out";
    let details = json!({"program_path": "/t/loop", "timeout_ms": 200});
    assert_eq!(late, error("exec_timeout", "Unknown", message, details));
    let left = soon(vm.process_snapshot()).await.unwrap();
    let runs = |status: &ProcessSnapshotStatus| *status != ProcessSnapshotStatus::Exited;
    assert!(!left.iter().any(|entry| runs(&entry.status)), "{left:?}");
}

#[tokio::test]
async fn folders_allow_what_really_lies_in_them() {
    let (_host, vm) = allowed().await;
    put_saying(&vm, "/a/say", b"1", Then::Exit(0)).await;
    put_saying(&vm, "/ab/say", b"2", Then::Exit(0)).await;
    soon(vm.symlink("/ab/say", "/a/out")).await.unwrap();
    soon(vm.symlink("say", "/a/in")).await.unwrap();
    soon(vm.symlink("/a", "/shortcut")).await.unwrap();
    let ask = async |folders: Option<&[&str]>, path: &str| {
        let answer = asked_in(&vm, folders, &request(path, json!({}))).await;
        match answer.get("ok") {
            Some(value) => value.to_string(),
            None => code(&answer).to_owned(),
        }
    };
    let denied = "exec_program_not_allowed";
    let a: Option<&[&str]> = Some(&["/a"]);
    for (folders, path, expected) in [
        (None, "/ab/say", "2"),
        (None, "/a/out", "2"),
        (a, "/a/say", "1"),
        (a, "/a/in", "1"),
        (a, "/shortcut/say", "1"),
        (a, "/a//./say", "1"),
        (a, "/ab/say", denied),
        (a, "/a/out", denied),
        (a, "/a/../a/say", denied),
        (a, "/a/none", "exec_program_missing"),
        (a, "/none", denied),
        (a, "a/say", denied),
        (Some(&[]), "/a/say", denied),
        (Some(&["/none"]), "/a/say", denied),
        (Some(&["a"]), "/a/say", denied),
        (Some(&["/"]), "/a/say", "1"),
        (Some(&["/shortcut/"]), "/a/say", "1"),
        (Some(&["/ab", "/a"]), "/a/say", "1"),
    ] {
        assert_eq!(ask(folders, path).await, expected, "{folders:?} {path}");
    }
}

#[tokio::test]
async fn the_policy_of_the_vm_decides() {
    let host = host().await;
    // Files that may not be read look the same whether or not they are there.
    let vm = host
        .vm(r#"{"permissions": {"fs": {"default": "allow", "rules": [{"mode": "deny", "operations": ["*"], "paths": ["/no/**"]}]}, "childProcess": {"default": "allow", "rules": [{"mode": "deny", "operations": ["*"], "patterns": ["/t/bad"]}]}}}"#)
        .await;
    put_saying(&vm, "/t/say", b"1", Then::Exit(0)).await;
    put_saying(&vm, "/t/bad", b"1", Then::Exit(0)).await;
    for path in ["/no/say", "/no/none", "/t/bad"] {
        let answer = asked(&vm, &request(path, json!({}))).await;
        assert_eq!(code(&answer), "exec_program_not_allowed", "{path}");
    }
    assert_eq!(
        asked(&vm, &request("/t/say", json!({}))).await,
        json!({"ok": 1})
    );
}

#[tokio::test]
async fn a_program_is_listed_and_can_be_killed() {
    let (_host, vm) = allowed().await;
    put_saying(&vm, "/t/loop", b"1", Then::Loop).await;
    let (asking, listing) = (vm.clone(), vm.clone());
    let answer = tokio::spawn(async move { asked(&asking, &request("/t/loop", json!({}))).await });
    // Answers of a VM come in their order, so that what runs is killed unseen: its name is known.
    let name = "exec-1";
    loop {
        // The kill is done when it is asked; its answer comes after the program's.
        let killed = tokio::spawn({
            let vm = listing.clone();
            async move { vm.kill(name, "SIGTERM").await }
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
        if answer.is_finished() {
            let _after_it = soon(killed).await.unwrap();
            break;
        }
    }
    let answer = soon(answer).await.unwrap();
    let message = "program exited with non-zero status";
    let details = json!({"program_path": "/t/loop", "exit_code": null, "signal": 15});
    assert_eq!(answer, error("exec_failed", "Unknown", message, details));
    let listed = soon(vm.process_snapshot()).await.unwrap();
    let entry = listed.iter().find(|entry| entry.process_id == name);
    let entry = entry.unwrap_or_else(|| panic!("{listed:?}"));
    assert_eq!(
        (entry.command.as_str(), entry.exit_code),
        ("/t/loop", Some(143))
    );
}

#[tokio::test]
async fn a_vm_that_is_disposed_of_takes_its_programs_along() {
    let (_host, vm) = allowed().await;
    put_saying(&vm, "/t/loop", b"1", Then::Loop).await;
    // Compiled, so that it runs at once.
    let _late = asked(&vm, &request("/t/loop", json!({"timeout_ms": 2_000}))).await;
    let asking = vm.clone();
    let answer = tokio::spawn(async move { asked(&asking, &request("/t/loop", json!({}))).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let began = Instant::now();
    soon(vm.dispose()).await.unwrap();
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
    let answer = soon(answer).await.unwrap();
    assert!(
        matches!(code(&answer), "exec_failed" | "exec_spawn_failed"),
        "{answer}"
    );
}

#[tokio::test]
async fn other_requests_go_on_meanwhile() {
    let (_host, vm) = allowed().await;
    put(&vm, "/t/sleep.js", "setTimeout(() => { console.log(JSON.stringify(require('fs').readFileSync('/t/flag', 'utf8'))) }, 1500)").await;
    let (asking, writing) = (vm.clone(), vm.clone());
    let _compiled = asked(&vm, &request("/t/sleep.js", json!({"timeout_ms": 60_000}))).await;
    let answer =
        tokio::spawn(async move { asked(&asking, &request("/t/sleep.js", json!({}))).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let written =
        tokio::spawn(async move { writing.write_file("/t/flag", b"written meanwhile").await });
    assert_eq!(
        soon(answer).await.unwrap(),
        json!({"ok": "written meanwhile"})
    );
    soon(written).await.unwrap().unwrap();
}

#[tokio::test]
async fn nothing_secret_is_in_the_log() {
    let host = host_with(
        scene!(),
        &["--audit", "audit.log"],
        tollgate_client::Options::default(),
    )
    .await;
    let vm = host.vm(&allow_with(r#""env": {"OTHER": "1"}"#)).await;
    put_saying(&vm, "/t/nine", SECRET.as_bytes(), Then::Exit(9)).await;
    put_saying(&vm, "/t/loop", SECRET.as_bytes(), Then::Loop).await;
    let _failed = asked(&vm, &request("/t/nine", json!({}))).await;
    let _late = asked(&vm, &request("/t/loop", json!({"timeout_ms": 1_000}))).await;
    soon(vm.dispose()).await.unwrap();
    let Host {
        scene,
        client,
        connection,
        session,
    } = host;
    drop((connection, session));
    soon(client.close()).await.unwrap();
    let finished = scene.verify("audit.log");
    finished.expect(0);
    let log = scene.read("audit.log");
    assert!(!log.contains(SECRET), "the secret is in the log");
    let records = tollgate_tests::parse_owned(&scene.path("audit.log"));
    let ran =
        |owned: &tollgate_tests::Owned| owned.vm.is_some() && owned.record.operation == "run.end";
    assert!(
        records.iter().filter(|owned| ran(owned)).count() >= 2,
        "{records:#?}"
    );
    let exits = |owned: &tollgate_tests::Owned| owned.record.operation == "process.exited";
    assert_eq!(records.iter().filter(|owned| exits(owned)).count(), 2);
}

#[tokio::test]
async fn bytes_that_are_no_command_and_scopes_that_are_no_vm_are_refused() {
    let host = host().await;
    let vm = host.vm(crate::support::ALLOW).await;
    let envelope = |payload: Vec<u8>| ExtEnvelope {
        namespace: NAMESPACE.to_owned(),
        payload,
    };
    for payload in [vec![], vec![9], vec![0, 1, 255]] {
        let answer = soon(vm.ext(envelope(payload))).await;
        let message = refused(answer, RefusalCode::InvalidState);
        assert!(message.contains("no exec-command"), "{message}");
    }
    let answer = soon(host.connection.ext(envelope(vec![]))).await;
    let (_code, message) = code_of(answer);
    assert!(message.contains("VM"), "{message}");
    // A request that is none is an answer, in text that need not be JSON.
    for text in ["", "{", "[]", SECRET] {
        let answer = soon(vm.run_program(None, text)).await.unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(code(&answer), "exec_request_invalid");
    }
}

/// The bytes of a command, by hand: no prefixes, then the request as a text.
#[test]
fn the_payload_is_in_the_protocols_own_coding() {
    let mut raw = Raw::with_vm();
    let request = br#"{"kind":"run_program_v1","program_path":"/none"}"#;
    let mut payload = vec![0, 0, u8::try_from(request.len()).unwrap()];
    payload.extend(request);
    let envelope = ExtEnvelope {
        namespace: NAMESPACE.to_owned(),
        payload,
    };
    let answer = raw.ask(
        vm_of("vm-1"),
        tollgate_client::types::RequestPayload::ExtEnvelope(envelope),
    );
    let tollgate_client::types::ResponsePayload::ExtEnvelope(said) = answer.payload else {
        panic!("{answer:?}")
    };
    assert_eq!(said.namespace, NAMESPACE);
    let text = String::from_utf8_lossy(&said.payload).into_owned();
    assert!(
        text.contains(r#"{"error":{"code":"exec_program_missing""#),
        "{text}"
    );
}

#[tokio::test]
async fn an_answer_that_fits_no_frame_is_refused_and_the_vm_goes_on() {
    let flags = ["--max-frame-bytes", "65536"];
    let host = host_with(scene!(), &flags, tollgate_client::Options::default()).await;
    let vm = host.vm(crate::support::ALLOW).await;
    let text = "console.log(JSON.stringify('x'.repeat(Number(process.argv[2]))))";
    put(&vm, "/t/long.js", text).await;
    let ask = async |bytes: u32| {
        let asked = request("/t/long.js", json!({"argv": [bytes.to_string()]}));
        soon(vm.run_program(None, &asked.to_string())).await
    };
    refused(ask(100_000).await, RefusalCode::FrameTooLarge);
    let answer: Value = serde_json::from_str(&ask(3).await.unwrap()).unwrap();
    assert_eq!(answer, json!({"ok": "xxx"}));
}
