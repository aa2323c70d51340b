//! Calls: under which grants, how many at a time, and what a call leaves behind that nobody waits for.

use std::time::Duration;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use serde_json::json;
use tollgate_plugins::exec::{Category, Code, Transport};
use tollgate_tests::commands::{self, Then};

use crate::ground::{Ground, TALK, request};

#[tokio::test]
async fn nothing_is_granted_by_default() {
    let ground = Ground::new();
    ground.put_saying("tools/say", b"1", Then::Exit(0));
    let transport = ground.transport("version = 1");
    let error = transport.call(request("/tools/say")).await.unwrap_err();
    assert_eq!(error.code(), Code::StdinWriteFailed);
    let none = Transport::builder(&ground.host, &ground.grants(TALK));
    let error = none.build().unwrap().call(request("/tools/say")).await;
    assert_eq!(error.unwrap_err().code(), Code::ProgramNotAllowed);
    // With its input and without its output it has nothing to say.
    let half = "version = 1\n[stdio]\nallow = [\"stdin\"]\n";
    let error = ground.transport(half).call(request("/tools/say")).await;
    assert_eq!(error.unwrap_err().code(), Code::StdoutInvalidJson);
}

#[tokio::test]
async fn an_error_says_what_it_is() {
    let ground = Ground::new();
    ground.put_saying("tools/say", b"1", Then::Exit(4));
    let transport = ground.transport(TALK);
    let error = transport.call(request("/tools/say")).await.unwrap_err();
    assert_eq!(
        (error.code(), error.category()),
        (Code::Failed, Category::Unknown)
    );
    assert!(!error.retryable());
    assert_eq!(error.message(), "program exited with non-zero status");
    assert_eq!(error.details().unwrap()["exit_code"], 4);
    assert_eq!(
        error.to_string(),
        "exec_failed: program exited with non-zero status"
    );
    assert_eq!(serde_json::to_value(&error).unwrap(), error.to_json());
    assert_eq!(error.to_json()["category"], "Unknown");
    let error = transport.call(json!(null)).await.unwrap_err();
    assert_eq!(serde_json::to_value(&error).unwrap(), error.to_json());
    assert_eq!(error.to_json()["category"], "ParsingInput");
    assert!(error.to_json()["details"].is_null());
    let words: std::collections::BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(words.len(), 12);
}

#[tokio::test]
async fn grants_of_another_host_start_nothing() {
    let (ground, other) = (Ground::new(), Ground::new());
    ground.put_saying("tools/say", b"1", Then::Exit(0));
    let dir = Dir::open_ambient_dir(ground.path("tools"), ambient_authority()).unwrap();
    let transport = Transport::builder(&ground.host, &other.grants(TALK)).prefix("/tools", dir);
    let error = transport.build().unwrap().call(request("/tools/say")).await;
    assert_eq!(error.unwrap_err().code(), Code::SpawnFailed);
}

#[tokio::test]
async fn a_prefix_needs_a_name_that_means_what_it_says() {
    let ground = Ground::new();
    for name in ["", "..", "/a/../b"] {
        let dir = Dir::open_ambient_dir(ground.path("tools"), ambient_authority()).unwrap();
        let transport = Transport::builder(&ground.host, &ground.grants(TALK)).prefix(name, dir);
        assert!(transport.build().is_err(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_calls_at_a_time_have_each_their_own_answer() {
    let ground = Ground::new();
    ground.put("tools/echo", wat::parse_str(commands::echo()).unwrap());
    ground.put_saying("tools/nine", b"1", Then::Exit(9));
    let transport = ground.transport(TALK);
    let calls = (0..64_u32).map(|number| {
        let transport = transport.clone();
        tokio::spawn(async move {
            let path = if number % 8 == 0 {
                "/tools/nine"
            } else {
                "/tools/echo"
            };
            let mut asked = request(path);
            asked["stdin_json"] = json!([number]);
            (number, transport.call(asked).await)
        })
    });
    for call in calls.collect::<Vec<_>>() {
        let (number, answer) = call.await.unwrap();
        match number % 8 {
            0 => assert_eq!(answer.unwrap_err().code(), Code::Failed),
            _ => assert_eq!(answer.unwrap(), json!([number])),
        }
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_takes_its_program_along() {
    let ground = Ground::new();
    ground.put_saying("tools/loop", b"1", Then::Loop);
    let transport = ground.transport(TALK);
    let warm = {
        let mut asked = request("/tools/loop");
        asked["timeout_ms"] = json!(3_000);
        transport.call(asked).await.unwrap_err()
    };
    assert_eq!(warm.code(), Code::Timeout);
    let call = transport.call(request("/tools/loop"));
    let dropped = tokio::time::timeout(Duration::from_millis(300), call).await;
    assert!(dropped.is_err());
    drop(transport);
    ground.host.clone().close().unwrap();
    let log = ground.log();
    let ends: Vec<_> = log
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|record| matches!(record["operation"].as_str(), Some("run.end" | "exec.end")))
        .map(|record| {
            let text = |key: &str| record[key].as_str().unwrap().to_owned();
            (text("operation"), text("outcome"))
        })
        .collect();
    let cancelled = |operation: &str| (operation.to_owned(), "cancelled".to_owned());
    assert_eq!(ends.len(), 4, "{ends:?}");
    assert!(ends.contains(&cancelled("run.end")), "{ends:?}");
    assert!(ends.contains(&cancelled("exec.end")), "{ends:?}");
}

#[tokio::test]
async fn a_program_gets_the_mounts_of_its_transport() {
    let ground = Ground::new();
    ground.put(
        "tools/read.cjs",
        "console.log(JSON.stringify(require('fs').readFileSync('/data/a.txt', 'utf8')))",
    );
    ground.put("data/a.txt", "content");
    let data = Dir::open_ambient_dir(ground.path("data"), ambient_authority()).unwrap();
    let tools = Dir::open_ambient_dir(ground.path("tools"), ambient_authority()).unwrap();
    let policy = "version = 1\n[stdio]\ndefault = \"allow\"\n[clock]\ndefault = \"allow\"\n[random]\ndefault = \"allow\"\n[fs]\nallow = [\"read:/data/**\"]\n";
    let transport = Transport::builder(&ground.host, &ground.grants(policy))
        .prefix("/tools", tools)
        .mount("/data", tollgate::vfs::Mount::host(data, true).unwrap())
        .build()
        .unwrap();
    let answer = transport.call(request("/tools/read.cjs")).await;
    assert_eq!(answer.unwrap(), json!("content"));
}
