//! Events, questions and answers.

use serde_json::json;
use tollgate_protocol::types::{
    AnswerRefused, EventPayload, ExecuteRequest, ExtEnvelope, GuestRuntimeKind,
    HostCallbackResultResponse, RegisterHostCallbacksRequest, RegisteredHostCallbackDefinition,
    RequestPayload as Payload, ResponsePayload as Answer, SidecarRequestPayload,
    SidecarResponsePayload, VmLifecycleState,
};
use tollgate_tests::guests;

use crate::relay::Relay;
use crate::support::{ALLOW, all, guest, house, program};

fn answered(invocation: &str, sum: u32) -> SidecarResponsePayload {
    SidecarResponsePayload::HostCallbackResultResponse(HostCallbackResultResponse {
        invocation_id: invocation.to_owned(),
        result: Some(json!({ "sum": sum }).to_string()),
        error: None,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_answer_tells_is_there_when_it_comes() {
    let house = house();
    let mut relay = Relay::of(&house, all).await;
    assert_eq!(relay.ready().await, (false, false));
    assert!(relay.event_now().await.is_none());
    let own = relay.vm(ALLOW).await;
    assert_eq!(relay.ready().await, (true, false));
    let mut states = Vec::new();
    while let Some(event) = relay.event_now().await {
        assert_eq!(event.ownership, own);
        if let EventPayload::VmLifecycleEvent(lifecycle) = event.payload {
            states.push(lifecycle.state);
        }
    }
    assert_eq!(
        states,
        [VmLifecycleState::Creating, VmLifecycleState::Ready]
    );
    assert_eq!(relay.ready().await, (false, false));
    relay.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_a_program_come_after_it_was_started_and_in_their_order() {
    let house = house();
    let mut relay = Relay::of(&house, all).await;
    let own = relay.vm(ALLOW).await;
    let text = "for (let n = 0; n < 2000; n += 1) console.log(n);";
    relay.write(&own, "/workspace/a.mjs", text).await;
    let started = program("p", GuestRuntimeKind::JavaScript, "/workspace/a.mjs");
    let answer = relay.ask(own, Payload::ExecuteRequest(started)).await;
    assert!(
        matches!(answer, Answer::ProcessStartedResponse(_)),
        "{answer:?}"
    );
    let (written, code) = relay.until_ended("p").await;
    let expected: String = (0..2_000).map(|number| format!("{number}\n")).collect();
    assert_eq!((written, code), (expected, 0));
    relay.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_is_answered_once_by_an_answer_of_its_kind() {
    let house = house();
    let mut relay = Relay::of(&house, all).await;
    let mut other = Relay::of(&house, all).await;
    let own = relay.vm(ALLOW).await;
    let definition = RegisteredHostCallbackDefinition {
        description: "Adds two numbers".to_owned(),
        input_schema: json!({"type": "object"}).to_string(),
        timeout_ms: Some(30_000),
        examples: Vec::new(),
    };
    let toolkit = RegisterHostCallbacksRequest {
        name: "calc".to_owned(),
        description: "Adds things".to_owned(),
        command_aliases: vec!["calc".to_owned()],
        registry_command_aliases: Vec::new(),
        callbacks: vec![("add".to_owned(), definition)],
    };
    let registered = relay
        .ask(own.clone(), Payload::RegisterHostCallbacksRequest(toolkit))
        .await;
    assert!(
        matches!(registered, Answer::HostCallbacksRegisteredResponse(_)),
        "{registered:?}"
    );
    let call = ExecuteRequest {
        command: Some("calc".to_owned()),
        runtime: None,
        entrypoint: None,
        args: vec!["add".to_owned()],
        ..program("c", GuestRuntimeKind::WebAssembly, "")
    };
    relay.ask(own.clone(), Payload::ExecuteRequest(call)).await;
    let question = relay.question().await;
    assert_eq!((question.request_id, &question.ownership), (-1, &own));
    let SidecarRequestPayload::HostCallbackRequest(asked) = question.payload else {
        panic!("it is a function's call");
    };
    assert_eq!(asked.callback_key, "calc:add");
    // Nobody else answers it, nor another question, nor in another way.
    let right = answered(&asked.invocation_id, 5);
    assert_eq!(
        other.answer(-1, right.clone()).await,
        Err(AnswerRefused::NobodyWaits)
    );
    assert_eq!(
        relay.answer(-2, right.clone()).await,
        Err(AnswerRefused::NobodyWaits)
    );
    let odd = SidecarResponsePayload::ExtEnvelope(ExtEnvelope {
        namespace: "acme".to_owned(),
        payload: Vec::new(),
    });
    assert_eq!(relay.answer(-1, odd).await, Err(AnswerRefused::WrongKind));
    assert_eq!(relay.answer(-1, right.clone()).await, Ok(()));
    assert_eq!(
        relay.answer(-1, right).await,
        Err(AnswerRefused::NobodyWaits)
    );
    let (written, code) = relay.until_ended("c").await;
    assert_eq!(code, 0);
    assert!(written.contains("\"sum\":5"), "{written}");
    relay.close().await;
    other.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_component_does_all_that_there_is() {
    let house = house();
    let component = house.host.load(guest(guests::CONTROL_PLANE)).await.unwrap();
    let options = house
        .options(&house.grants(all), &tollgate::RunControl::new())
        .stdin(guest(guests::HELLO));
    let outcome = component.command(options).await.unwrap();
    let said = String::from_utf8(outcome.stdout).unwrap();
    assert_eq!(
        said.lines().collect::<Vec<_>>(),
        [
            "made vm-1",
            "js out: hello from a VM",
            "js err: a word on standard error",
            "js ended: 3",
            "asked calc:add {\"a\":2.0,\"b\":3.0}",
            "calc out: {\"ok\":true,\"result\":{\"sum\":5}}",
            "calc err: ",
            "calc ended: 0",
            "wasm out: hello from /workspace/guest.wasm",
            "argument one",
            "no greeting",
            "wasm err: a word on standard error",
            "wasm ended: 0",
            "left behind: by JavaScript",
            "programs: 3",
            "the VM is VmLifecycleState::Disposing",
            "the VM is VmLifecycleState::Disposed",
            "afterwards: invalid_state",
            "asked: false",
        ]
    );
}
