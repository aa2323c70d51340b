//! 97 to 101 and 108: functions of the client's that guests call.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tollgate_client::types::{
    HostCallbackRequest, OwnershipScope, RegisterHostCallbacksRequest,
    RegisteredHostCallbackDefinition, RegisteredHostCallbackExample,
};
use tollgate_client::{Answering, Handler, Options, RefusalCode, Vm, command};
use tollgate_tests::scene;

use crate::mounts::{mount, with};
use crate::support::{ALLOW, Ended, Host, Watch, host, host_with, refused, soon};

/// A toolkit with the function `add` of two numbers, and these commands.
pub(crate) fn toolkit(
    name: &str,
    commands: &[&str],
    registries: &[&str],
) -> RegisterHostCallbacksRequest {
    let schema = json!({
        "type": "object",
        "properties": {"a": {"type": "number"}, "b": {"type": "number"}},
        "required": ["a", "b"],
    });
    let definition = RegisteredHostCallbackDefinition {
        description: "Adds two numbers".to_owned(),
        input_schema: schema.to_string(),
        timeout_ms: Some(500),
        examples: vec![RegisteredHostCallbackExample {
            description: "one and two".to_owned(),
            input: r#"{"a":1,"b":2}"#.to_owned(),
        }],
    };
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    RegisterHostCallbacksRequest {
        name: name.to_owned(),
        description: "Adds things".to_owned(),
        command_aliases: texts(commands),
        registry_command_aliases: texts(registries),
        callbacks: vec![("add".to_owned(), definition)],
    }
}

/// Adds, and keeps what it was asked.
#[derive(Clone, Default)]
struct Adder(Arc<Mutex<Vec<(OwnershipScope, HostCallbackRequest)>>>);

impl Handler for Adder {
    fn host_callback(
        &self,
        scope: OwnershipScope,
        call: HostCallbackRequest,
    ) -> Answering<Result<String, String>> {
        self.0.lock().unwrap().push((scope, call.clone()));
        Box::pin(async move {
            let input: Value = serde_json::from_str(&call.input).unwrap();
            match (input["a"].as_f64(), input["b"].as_f64()) {
                (Some(a), _) if a < 0.0 => Err("nothing below 0".to_owned()),
                (Some(a), _) if a > 1e6 => std::future::pending().await,
                (Some(a), Some(b)) => Ok(json!({"sum": a + b}).to_string()),
                _ => Ok("\"no numbers\"".to_owned()),
            }
        })
    }
}

async fn adding() -> (Host, Vm, Adder) {
    let adder = Adder::default();
    let host = host_with(scene!(), &[], Options::default().handler(adder.clone())).await;
    let vm = host.vm(ALLOW).await;
    let made = vm
        .register_host_callbacks(toolkit("calc", &["calc"], &["tools"]))
        .await
        .unwrap();
    assert_eq!(
        (made.registration.as_str(), made.command_count),
        ("calc", 2)
    );
    (host, vm, adder)
}

async fn calls(vm: &Vm, name: &str, args: &[&str]) -> Ended {
    let mut watch = Watch::over(vm);
    soon(vm.execute(command("call", name, args))).await.unwrap();
    watch.ended("call").await
}

#[tokio::test]
async fn s97_a_function_is_called_as_a_command() {
    let (_host, vm, adder) = adding().await;
    calls(&vm, "calc", &["add", "--a", "2", "--b", "3"])
        .await
        .expect(0);
    calls(&vm, "/usr/bin/calc", &["add", "--json", r#"{"a":4,"b":5}"#])
        .await
        .expect(0);
    vm.write_file("/in.json", br#"{"a":6,"b":7}"#)
        .await
        .unwrap();
    calls(&vm, "calc", &["add", "--json-file", "/in.json"])
        .await
        .expect(0);
    calls(&vm, "tools", &["any", "thing"]).await.expect(0);
    let asked = std::mem::take(&mut *adder.0.lock().unwrap());
    assert_eq!(asked.len(), 4, "one question for each");
    for ((scope, call), (key, input)) in asked.iter().zip([
        ("calc:add", json!({"a": 2.0, "b": 3.0})),
        ("calc:add", json!({"a": 4, "b": 5})),
        ("calc:add", json!({"a": 6, "b": 7})),
        ("tools", Value::Null),
    ]) {
        assert_eq!((scope, call.callback_key.as_str()), (&vm.ownership(), key));
        assert!(
            call.invocation_id.starts_with(&format!("{key}:")),
            "{call:?}"
        );
        let said: Value = serde_json::from_str(&call.input).unwrap();
        if key == "tools" {
            assert_eq!(said["type"], "command");
            assert_eq!(said["command"], "tools");
            assert_eq!(said["args"], json!(["any", "thing"]));
            assert!(said["cwd"].is_string(), "{said}");
        } else {
            assert_eq!(said, input);
            assert_eq!(call.timeout_ms, 500);
        }
    }
}

#[tokio::test]
async fn s97_a_call_that_does_not_fit_never_reaches_the_client() {
    let (_host, vm, adder) = adding().await;
    for (args, what) in [
        (&["add", "--a", "2"][..], "Missing required flag: --b"),
        (
            &["add", "--a", "x", "--b", "3"],
            "Flag --a expects a number, got \"x\"",
        ),
        (&["add", "--zz", "1"], "Unknown flag: --zz"),
        (&["add", "--json", "{"], "invalid --json tool input"),
        (&["sub"], "unknown tool callback calc:sub"),
        (&[], "toolkit command calc requires a tool name"),
    ] {
        let ended = calls(&vm, "calc", args).await;
        assert_eq!(ended.expect(1).stdout, "");
        assert!(ended.stderr.contains(what), "{}", ended.stderr);
    }
    assert_eq!(adder.0.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn s98_what_a_function_gives_is_written_and_what_it_refuses_too() {
    let (_host, vm, _) = adding().await;
    let ended = calls(&vm, "calc", &["add", "--a", "2", "--b", "3"]).await;
    assert_eq!(
        ended.expect(0).stdout,
        r#"{"ok":true,"result":{"sum":5.0}}"#
    );
    assert_eq!(ended.stderr, "");
    let ended = calls(&vm, "calc", &["add", "--a", "-1", "--b", "3"]).await;
    assert_eq!(ended.expect(1).stdout, "");
    assert_eq!(ended.stderr, "nothing below 0\n");
}

#[tokio::test]
async fn s99_a_call_that_nobody_answers_ends_when_its_time_is_over() {
    let (_host, vm, _) = adding().await;
    let ended = calls(&vm, "calc", &["add", "--a", "2000000", "--b", "3"]).await;
    assert_eq!(ended.expect(1).stdout, "");
    assert!(ended.stderr.contains("timed out"), "{}", ended.stderr);
}

#[tokio::test]
async fn s100_a_name_or_command_that_is_taken_is_a_conflict() {
    let (_host, vm, _) = adding().await;
    let again = vm
        .register_host_callbacks(toolkit("calc", &["other"], &[]))
        .await;
    refused(again, RefusalCode::Conflict);
    let taken = vm
        .register_host_callbacks(toolkit("second", &["calc"], &[]))
        .await;
    refused(taken, RefusalCode::Conflict);
    let taken = vm
        .register_host_callbacks(toolkit("second", &["tools"], &[]))
        .await;
    refused(taken, RefusalCode::Conflict);
    let shared = vm
        .register_host_callbacks(toolkit("second", &["calc2"], &["tools"]))
        .await;
    assert_eq!(shared.unwrap().command_count, 3);
}

#[tokio::test]
async fn s101_what_is_too_long_or_too_much_is_refused() {
    let host = host().await;
    let vm = host.vm(ALLOW).await;
    let good = || toolkit("good", &["good"], &[]);
    let deep = format!("{}1{}", "[".repeat(33), "]".repeat(33));
    let changed: [fn(&mut RegisterHostCallbacksRequest, &str); 16] = [
        |toolkit, _| toolkit.name = String::new(),
        |toolkit, _| toolkit.name = "x".repeat(65),
        |toolkit, _| toolkit.name = "Upper".to_owned(),
        |toolkit, _| toolkit.description = String::new(),
        |toolkit, _| toolkit.description = "x".repeat(201),
        |toolkit, _| toolkit.command_aliases = vec!["..".to_owned()],
        |toolkit, _| toolkit.command_aliases = vec!["a/b".to_owned()],
        |toolkit, _| toolkit.command_aliases = vec!["a".to_owned(), "a".to_owned()],
        |toolkit, _| toolkit.registry_command_aliases = vec!["good".to_owned()],
        |toolkit, _| toolkit.callbacks.clear(),
        |toolkit, _| toolkit.callbacks[0].0 = "a:b".to_owned(),
        |toolkit, _| toolkit.callbacks[0].1.description = "x".repeat(201),
        |toolkit, _| toolkit.callbacks[0].1.input_schema = "nonsense".to_owned(),
        |toolkit, _| {
            toolkit.callbacks[0].1.input_schema =
                format!("{{\"description\":\"{}\"}}", "x".repeat(16_384))
        },
        |toolkit, deep| toolkit.callbacks[0].1.input_schema = format!("{{\"enum\":{deep}}}"),
        |toolkit, _| toolkit.callbacks[0].1.timeout_ms = Some(300_001),
    ];
    for (number, change) in changed.iter().enumerate() {
        let mut toolkit = good();
        change(&mut toolkit, &deep);
        let answer = vm.register_host_callbacks(toolkit).await;
        assert!(
            !refused(answer, RefusalCode::InvalidState).is_empty(),
            "{number}"
        );
    }
    let mut many = good();
    let definition = many.callbacks[0].1.clone();
    many.callbacks = (0..65)
        .map(|at| (format!("f{at}"), definition.clone()))
        .collect();
    refused(
        vm.register_host_callbacks(many).await,
        RefusalCode::InvalidState,
    );
    vm.register_host_callbacks(good()).await.unwrap();
    for number in 1..64 {
        let name = format!("t{number}");
        vm.register_host_callbacks(toolkit(&name, &[], &[]))
            .await
            .unwrap();
    }
    let one_more = vm
        .register_host_callbacks(toolkit("one-more", &[], &[]))
        .await;
    refused(one_more, RefusalCode::InvalidState);
}

#[tokio::test]
async fn s108_what_belongs_to_a_vm_is_not_there_for_another() {
    let (host, vm, _) = adding().await;
    let other = host.vm(ALLOW).await;
    vm.configure(with(vec![mount("/m", "memory", "{}", false)]))
        .await
        .unwrap();
    vm.write_file("/m/f", b"x").await.unwrap();
    vm.write_file("/tmp/f", b"x").await.unwrap();
    let layer = vm.create_layer().await.unwrap();
    let call = other.execute(command("p1", "calc", &["add"])).await;
    let message = refused(call, RefusalCode::InvalidState);
    assert!(message.contains("command not found"), "{message}");
    assert!(!other.exists("/m/f").await.unwrap());
    assert!(!other.exists("/tmp/f").await.unwrap());
    assert!(!other.exists("/bin/calc").await.unwrap());
    refused(
        other.export_snapshot(&layer).await,
        RefusalCode::InvalidState,
    );
    other
        .register_host_callbacks(toolkit("calc", &["calc"], &[]))
        .await
        .unwrap();
}
