//! Sidecars that are none, or say what has no place in a conversation.

use proptest::prelude::*;
use tollgate_client::types::{
    AuthenticatedResponse, ExtEnvelope, LayerCreatedResponse, OwnershipScope, ResponsePayload,
    StdinClosedResponse,
};
use tollgate_client::{Error, FrameError, Limits, Options, Unexpected};
use tollgate_protocol::{FrameKind, Side};

use crate::peer::{answer, created, opened, pair, settle, soon};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Any bytes at all: the conversation ends with a typed error, whoever waits hears it, and nothing waits for ever.
    #[test]
    fn garbage_ends_the_conversation(
        bytes in prop::collection::vec(any::<u8>(), 0..2_000),
        length in prop::option::of(0_u32..64),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(soon(async {
            let (_client, _, session, mut peer) = opened(Options::default()).await;
            let vm = created(&session, &mut peer, "vm-1").await;
            let mut events = vm.events();
            let asking = { let vm = vm.clone(); tokio::spawn(async move { vm.create_layer().await }) };
            let _asked = peer.asked().await;
            if let Some(length) = length {
                peer.bytes(&length.to_be_bytes()).await;
            }
            peer.bytes(&bytes).await;
            peer.closes().await;
            let error = asking.await.unwrap().unwrap_err();
            prop_assert!(matches!(error, Error::Frame(_) | Error::Closed | Error::Unexpected(_)), "{error:?}");
            prop_assert_eq!(events.next().await, None);
            prop_assert_eq!(vm.create_layer().await.unwrap_err(), error);
            Ok(())
        }))?;
    }
}

/// What becomes of a question of a VM's that is answered so, and of one asked after that.
async fn answered(
    bad: impl FnOnce(i64, OwnershipScope) -> tollgate_client::types::ResponseFrame,
) -> Error {
    let (_client, _, session, mut peer) = opened(Options::default()).await;
    let vm = created(&session, &mut peer, "vm-1").await;
    let asking = {
        let vm = vm.clone();
        tokio::spawn(async move { vm.create_layer().await })
    };
    let asked = peer.asked().await;
    peer.send(bad(asked.request_id, asked.ownership)).await;
    let error = soon(asking).await.unwrap().unwrap_err();
    settle().await;
    assert_eq!(vm.create_layer().await.unwrap_err(), error);
    error
}

fn layer() -> ResponsePayload {
    ResponsePayload::LayerCreatedResponse(LayerCreatedResponse {
        layer_id: "layer-1".to_owned(),
    })
}

#[tokio::test]
async fn an_answer_to_no_question_ends_the_conversation() {
    let error = answered(|id, scope| answer(id + 1, scope, layer())).await;
    assert_eq!(error, Unexpected::Answer { id: 5 }.into());
    let error = answered(|_, scope| answer(-1, scope, layer())).await;
    assert_eq!(error, Unexpected::Answer { id: -1 }.into());
}

#[tokio::test]
async fn an_answer_of_another_kind_ends_the_conversation() {
    let closed = ResponsePayload::StdinClosedResponse(StdinClosedResponse {
        process_id: "p1".to_owned(),
    });
    let error = answered(|id, scope| answer(id, scope, closed)).await;
    let (asked, came) = ("layer-created-response", "stdin-closed-response");
    assert_eq!(error, Unexpected::Kind { asked, came }.into());
    let of_an_extension = ResponsePayload::ExtEnvelope(ExtEnvelope {
        namespace: "n".to_owned(),
        payload: Vec::new(),
    });
    let error = answered(|id, scope| answer(id, scope, of_an_extension)).await;
    let came = "ext-envelope";
    assert_eq!(error, Unexpected::Kind { asked, came }.into());
}

#[tokio::test]
async fn an_answer_to_somebody_else_ends_the_conversation() {
    let error = answered(|id, scope| {
        let OwnershipScope::VmOwnership(mut vm) = scope else {
            panic!("{scope:?}")
        };
        vm.vm_id = "vm-2".to_owned();
        answer(id, OwnershipScope::VmOwnership(vm), layer())
    })
    .await;
    assert_eq!(error, Unexpected::Scope { id: 4 }.into());
}

#[tokio::test]
async fn an_answer_from_another_extension_ends_the_conversation() {
    let (_client, connection, _, mut peer) = opened(Options::default()).await;
    let envelope = |namespace: &str| ExtEnvelope {
        namespace: namespace.to_owned(),
        payload: vec![1],
    };
    let other = peer.answers(|_| ResponsePayload::ExtEnvelope(envelope("b")));
    let (answer, ()) = soon(async { tokio::join!(connection.ext(envelope("a")), other) }).await;
    assert!(matches!(
        answer,
        Err(Error::Unexpected(Unexpected::Kind { .. }))
    ));
}

#[tokio::test]
async fn a_client_that_talks_to_a_client_hears_so() {
    let (client, mut peer) = pair(1 << 16, Options::default());
    let echoed = async {
        let asked = peer.asked().await;
        peer.send(asked).await;
    };
    let (made, ()) = soon(async { tokio::join!(client.authenticate("a", ""), echoed) }).await;
    let wrong = FrameError::WrongSide {
        kind: FrameKind::Request,
        from: Side::Sidecar,
    };
    assert_eq!(made.err(), Some(Error::Frame(wrong)));
}

#[tokio::test]
async fn frames_are_as_large_as_was_announced() {
    let (client, mut peer) = pair(1 << 16, Options::default());
    let made = async { tokio::join!(client.authenticate("a", ""), peer.authenticates(1_000)) };
    let connection = soon(made).await.0.unwrap();
    assert_eq!(connection.max_frame_bytes(), 1_000);
    let envelope = |bytes| ExtEnvelope {
        namespace: "n".to_owned(),
        payload: vec![0; bytes],
    };
    let error = connection.ext(envelope(1_000)).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::Frame(FrameError::TooLarge { limit: 1_000, .. })
        ),
        "{error:?}"
    );
    // What was too large to send has ended nothing; what is too large to be received does.
    let small = peer.answers(|_| ResponsePayload::ExtEnvelope(envelope(100)));
    let (answer, ()) = soon(async { tokio::join!(connection.ext(envelope(1)), small) }).await;
    assert_eq!(answer.unwrap(), envelope(100));
    let large = peer.answers(|_| ResponsePayload::ExtEnvelope(envelope(1_000)));
    let (answer, ()) = soon(async { tokio::join!(connection.ext(envelope(1)), large) }).await;
    assert!(matches!(
        answer,
        Err(Error::Frame(FrameError::TooLarge { limit: 1_000, .. }))
    ));
}

#[tokio::test]
async fn frames_that_are_larger_than_usual_are_taken_where_they_were_announced() {
    let (client, mut peer) = pair(1 << 16, Options::default());
    let made = async { tokio::join!(client.authenticate("a", ""), peer.authenticates(40 << 20)) };
    let connection = soon(made).await.0.unwrap();
    let envelope = |bytes| ExtEnvelope {
        namespace: "n".to_owned(),
        payload: vec![0; bytes],
    };
    let large = peer.answers(|_| ResponsePayload::ExtEnvelope(envelope(17 << 20)));
    let asked = connection.ext(envelope(17 << 20));
    let (answer, ()) = soon(async { tokio::join!(asked, large) }).await;
    assert_eq!(answer.unwrap().payload.len(), 17 << 20);
}

#[tokio::test]
async fn frames_that_are_larger_than_the_client_takes_are_no_agreement() {
    for announced in [0, 2_000] {
        let limits = Limits {
            frame_bytes: 1_000,
            ..Limits::default()
        };
        let (client, mut peer) = pair(1 << 16, Options::default().limits(limits));
        let made =
            async { tokio::join!(client.authenticate("a", ""), peer.authenticates(announced)) };
        let error = soon(made).await.0.err().unwrap();
        assert_eq!(
            error,
            Error::Announced {
                announced,
                most: 1_000
            }
        );
    }
}

#[tokio::test]
async fn an_authentication_to_another_scope_is_none() {
    let (client, mut peer) = pair(1 << 16, Options::default());
    let lies = async {
        let asked = peer.asked().await;
        let payload = ResponsePayload::AuthenticatedResponse(AuthenticatedResponse {
            sidecar_id: "scripted".to_owned(),
            connection_id: "conn-1".to_owned(),
            max_frame_bytes: 1_000,
        });
        let mut answer = asked.answer(payload);
        answer.ownership = asked.ownership;
        peer.send(answer).await;
    };
    let (made, ()) = soon(async { tokio::join!(client.authenticate("a", ""), lies) }).await;
    assert_eq!(made.err(), Some(Unexpected::Scope { id: 1 }.into()));
}
