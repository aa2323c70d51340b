//! What a sidecar asks of its client.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;
use tollgate_client::types::{
    ExtEnvelope, HostCallbackRequest, JsBridgeCallRequest, OwnershipScope, SidecarRequestPayload,
    SidecarResponsePayload, VmOwnership,
};
use tollgate_client::{Answering, Handler, Limits, OnHostCallback, Options, Unexpected};
use tollgate_protocol::sidecar_request;

use crate::peer::{Peer, pair, settle, soon};

fn vm() -> OwnershipScope {
    OwnershipScope::VmOwnership(VmOwnership {
        connection_id: "conn-1".to_owned(),
        session_id: "session-1".to_owned(),
        vm_id: "vm-1".to_owned(),
    })
}

fn callback(input: &str) -> SidecarRequestPayload {
    SidecarRequestPayload::HostCallbackRequest(HostCallbackRequest {
        invocation_id: format!("calc:add:{input}"),
        callback_key: "calc:add".to_owned(),
        input: input.to_owned(),
        timeout_ms: 1_000,
    })
}

fn bridge(operation: &str) -> SidecarRequestPayload {
    SidecarRequestPayload::JsBridgeCallRequest(JsBridgeCallRequest {
        call_id: "js-bridge-call-1".to_owned(),
        mount_id: "m1".to_owned(),
        operation: operation.to_owned(),
        args: "{}".to_owned(),
    })
}

fn ext() -> SidecarRequestPayload {
    SidecarRequestPayload::ExtEnvelope(ExtEnvelope {
        namespace: "n/1".to_owned(),
        payload: vec![1, 2, 3],
    })
}

/// The result and the error of what was answered; the payload of an extension.
fn said(answer: SidecarResponsePayload) -> (Option<String>, Option<String>) {
    match answer {
        SidecarResponsePayload::HostCallbackResultResponse(answer) => (answer.result, answer.error),
        SidecarResponsePayload::JsBridgeResultResponse(answer) => (answer.result, answer.error),
        SidecarResponsePayload::ExtEnvelope(answer) => {
            (Some(format!("{:?}", answer.payload)), None)
        }
    }
}

async fn asks(
    peer: &mut Peer,
    id: i64,
    payload: SidecarRequestPayload,
) -> (Option<String>, Option<String>) {
    let asked = sidecar_request(id, vm(), payload);
    peer.send(asked.clone()).await;
    let answer = soon(peer.heard()).await;
    assert_eq!(
        (answer.request_id, &answer.ownership),
        (id, &asked.ownership)
    );
    assert!(answer.payload.answers(&asked.payload), "{answer:?}");
    said(answer.payload)
}

struct Everything;

impl Handler for Everything {
    fn host_callback(
        &self,
        _: OwnershipScope,
        call: HostCallbackRequest,
    ) -> Answering<Result<String, String>> {
        Box::pin(async move {
            match call.input.as_str() {
                "break" => panic!("on purpose"),
                "refuse" => Err("no such sum".to_owned()),
                "large" => Ok("x".repeat(17 << 20)),
                input => Ok(format!("[{input}]")),
            }
        })
    }

    fn js_bridge(
        &self,
        _: OwnershipScope,
        call: JsBridgeCallRequest,
    ) -> Answering<Result<Option<String>, String>> {
        Box::pin(async move {
            match call.operation.as_str() {
                "exists" => Ok(Some("true".to_owned())),
                "mkdir" => Ok(None),
                other => Err(format!("ENOENT: {other}")),
            }
        })
    }

    fn ext(&self, scope: OwnershipScope, asked: ExtEnvelope) -> Answering<Vec<u8>> {
        assert_eq!(scope, vm());
        Box::pin(async move { asked.payload.into_iter().rev().collect() })
    }
}

#[tokio::test]
async fn each_kind_of_question_gets_its_answer() {
    let (_client, mut peer) = pair(1 << 16, Options::default().handler(Everything));
    let text = |text: &str| Some(text.to_owned());
    for (id, question, answer) in [
        (-1, callback("1"), (text("[1]"), None)),
        (-2, callback("refuse"), (None, text("no such sum"))),
        (
            -3,
            callback("break"),
            (None, text("the client's handler failed")),
        ),
        (
            -4,
            callback("large"),
            (None, text("the client's answer fits no frame")),
        ),
        (-5, bridge("exists"), (text("true"), None)),
        (-6, bridge("mkdir"), (None, None)),
        (-7, bridge("stat"), (None, text("ENOENT: stat"))),
        (-8, ext(), (text("[3, 2, 1]"), None)),
        (-9, callback("2"), (text("[2]"), None)),
    ] {
        assert_eq!(asks(&mut peer, id, question).await, answer);
    }
}

#[tokio::test]
async fn without_a_handler_every_question_is_answered_with_an_error_at_once() {
    let (_client, mut peer) = pair(1 << 16, Options::default());
    let nobody = (None, Some("the client serves no such calls".to_owned()));
    assert_eq!(asks(&mut peer, -1, callback("1")).await, nobody);
    assert_eq!(asks(&mut peer, -2, bridge("stat")).await, nobody);
    let nothing = (Some("[]".to_owned()), None);
    assert_eq!(asks(&mut peer, -3, ext()).await, nothing);
    // As what a handler of another kind does not serve.
    let handler = OnHostCallback(|_, call: HostCallbackRequest| async move { Ok(call.input) });
    let (_client, mut peer) = pair(1 << 16, Options::default().handler(handler));
    assert_eq!(
        asks(&mut peer, -1, callback("1")).await,
        (Some("1".to_owned()), None)
    );
    assert_eq!(asks(&mut peer, -2, bridge("stat")).await, nobody);
    assert_eq!(asks(&mut peer, -3, ext()).await, nothing);
}

#[tokio::test]
async fn questions_are_answered_beside_each_other_and_no_more_than_may() {
    let (gate, at_once, most) = (
        Arc::new(Semaphore::new(0)),
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicUsize::new(0)),
    );
    let handler = {
        let (gate, at_once, most) = (gate.clone(), at_once.clone(), most.clone());
        OnHostCallback(move |_, call: HostCallbackRequest| {
            let (gate, at_once, most) = (gate.clone(), at_once.clone(), most.clone());
            async move {
                let now = at_once.fetch_add(1, Ordering::SeqCst) + 1;
                most.fetch_max(now, Ordering::SeqCst);
                gate.acquire().await.unwrap().forget();
                at_once.fetch_sub(1, Ordering::SeqCst);
                Ok(call.input)
            }
        })
    };
    let limits = Limits {
        answering: 3,
        questions: 5,
        ..Limits::default()
    };
    let (_client, mut peer) = pair(1 << 16, Options::default().handler(handler).limits(limits));
    for id in 1..=6 {
        peer.send(sidecar_request(-id, vm(), callback(&id.to_string())))
            .await;
    }
    // Three are answered, two wait, and the sixth is one too many.
    let sixth = soon(peer.heard()).await;
    assert_eq!(sixth.request_id, -6);
    let too_many = "the client is asked too much at once".to_owned();
    assert_eq!(said(sixth.payload), (None, Some(too_many)));
    settle().await;
    assert_eq!(at_once.load(Ordering::SeqCst), 3);
    gate.add_permits(5);
    let mut answered = Vec::new();
    for _ in 0..5 {
        let answer = soon(peer.heard()).await;
        assert_eq!(
            said(answer.payload).0,
            Some((-answer.request_id).to_string())
        );
        answered.push(answer.request_id);
    }
    answered.sort_unstable();
    assert_eq!(answered, [-5, -4, -3, -2, -1]);
    assert_eq!(most.load(Ordering::SeqCst), 3);
    // And there is room again.
    gate.add_permits(1);
    assert_eq!(
        asks(&mut peer, -7, callback("7")).await.0,
        Some("7".to_owned())
    );
}

#[tokio::test]
async fn questions_that_hold_too_much_are_answered_with_an_error() {
    let never = OnHostCallback(|_, _: HostCallbackRequest| std::future::pending());
    let limits = Limits {
        question_bytes: 1_000,
        ..Limits::default()
    };
    let (_client, mut peer) = pair(1 << 16, Options::default().handler(never).limits(limits));
    // One always fits, and then nothing does.
    peer.send(sidecar_request(-1, vm(), callback(&"x".repeat(5_000))))
        .await;
    peer.send(sidecar_request(-2, vm(), callback("1"))).await;
    assert_eq!(soon(peer.heard()).await.request_id, -2);
}

#[tokio::test]
async fn a_question_with_a_clients_number_ends_the_conversation() {
    let (client, mut peer) = pair(1 << 16, Options::default().handler(Everything));
    peer.send(sidecar_request(1, vm(), callback("1"))).await;
    soon(peer.rest()).await;
    let error = soon(client.authenticate("a", "")).await.err();
    assert_eq!(error, Some(Unexpected::QuestionNumber { id: 1 }.into()));
}

#[tokio::test]
async fn what_is_being_answered_is_dropped_with_the_client() {
    let held = Arc::new(());
    let handler = {
        let held = held.clone();
        OnHostCallback(move |_, _: HostCallbackRequest| {
            let held = held.clone();
            async move {
                let _held = held;
                std::future::pending().await
            }
        })
    };
    let (client, mut peer) = pair(1 << 16, Options::default().handler(handler));
    peer.send(sidecar_request(-1, vm(), callback("1"))).await;
    settle().await;
    assert_eq!(Arc::strong_count(&held), 3);
    drop(client);
    soon(peer.rest()).await;
    settle().await;
    assert_eq!(Arc::strong_count(&held), 1);
}
