//! Many questions at once: each gets its own answer.

use proptest::prelude::*;
use tollgate_client::types::{
    ConnectionOwnership, ExtEnvelope, LayerCreatedResponse, OwnershipScope, RejectedResponse,
    RequestPayload, ResponsePayload,
};
use tollgate_client::{Error, Limits, Options, RefusalCode};

use crate::peer::{created, opened, pair, settle, soon, waits};

/// A name that only the scope and the number of a question make.
fn layer(scope: &OwnershipScope, id: i64) -> ResponsePayload {
    let OwnershipScope::VmOwnership(vm) = scope else {
        panic!("{scope:?}")
    };
    ResponsePayload::LayerCreatedResponse(LayerCreatedResponse {
        layer_id: format!("{}/{id}", vm.vm_id),
    })
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Questions of several VMs at once, answered in any order that keeps those of each VM: every one gets the answer to
    /// its own number and VM.
    #[test]
    fn each_question_gets_its_own_answer(
        of_vms in prop::collection::vec(0_usize..4, 1..60),
        shuffle in prop::collection::vec(any::<prop::sample::Index>(), 60),
    ) {
        runtime().block_on(soon(async {
            let (_client, _, session, mut peer) = opened(Options::default()).await;
            let mut vms = Vec::new();
            for name in ["a", "b", "c", "d"] {
                vms.push(created(&session, &mut peer, name).await);
            }
            let asking: Vec<_> = of_vms.iter().map(|vm| {
                let vm = vms[*vm].clone();
                tokio::spawn(async move { (vm.id().to_owned(), vm.create_layer().await.unwrap()) })
            }).collect();
            let mut asked = Vec::new();
            for _ in &of_vms {
                asked.push(peer.asked().await);
            }
            let mut ids: Vec<i64> = asked.iter().map(|frame| frame.request_id).collect();
            ids.sort_unstable();
            let first = 7;
            prop_assert_eq!(&ids, &(first..first + ids.len() as i64).collect::<Vec<_>>());
            for pick in shuffle.iter().take(asked.len()) {
                let frame = asked.remove(pick.index(asked.len()));
                let payload = layer(&frame.ownership, frame.request_id);
                peer.send(frame.answer(payload)).await;
            }
            let mut got = Vec::new();
            for each in asking {
                let (vm, layer) = each.await.unwrap();
                let (of, id) = layer.split_once('/').unwrap();
                prop_assert_eq!(of, vm);
                got.push(id.parse::<i64>().unwrap());
            }
            got.sort_unstable();
            prop_assert_eq!(got, ids);
            Ok(())
        }))?;
    }
}

#[tokio::test]
async fn a_refusal_is_typed_and_ends_nothing() {
    let (_client, _, session, mut peer) = opened(Options::default()).await;
    let vm = created(&session, &mut peer, "vm-1").await;
    for code in ["kernel_error", "of_tomorrow"] {
        let refused = peer.answers(|_| {
            ResponsePayload::RejectedResponse(RejectedResponse {
                code: code.to_owned(),
                message: "ENOENT: no such file".to_owned(),
            })
        });
        let (answer, ()) = tokio::join!(vm.read_file("/none"), refused);
        let error = answer.unwrap_err();
        let known = (code == "kernel_error").then_some(RefusalCode::KernelError);
        assert_eq!(error.code(), known);
        let Error::Rejected { code: said, .. } = error else {
            panic!("{error}")
        };
        assert_eq!(said, code);
    }
}

#[tokio::test]
async fn a_question_that_was_dropped_is_answered_to_nobody_and_keeps_its_place_until_then() {
    let limits = Limits {
        requests: 1,
        ..Limits::default()
    };
    let (_client, _, session, mut peer) = opened(Options::default().limits(limits)).await;
    let vm = created(&session, &mut peer, "vm-1").await;
    {
        let dropped = vm.create_layer();
        tokio::pin!(dropped);
        assert!(waits(&mut dropped).await);
    }
    let asked = peer.asked().await;
    let one_more = vm.create_layer().await;
    assert_eq!(one_more.unwrap_err(), Error::TooManyRequests { limit: 1 });
    let payload = layer(&asked.ownership, asked.request_id);
    peer.send(asked.answer(payload)).await;
    settle().await;
    let answered = async {
        let asked = peer.asked().await;
        let payload = layer(&asked.ownership, asked.request_id);
        peer.send(asked.answer(payload)).await;
    };
    let (layer, ()) = soon(async { tokio::join!(vm.create_layer(), answered) }).await;
    assert_eq!(layer.unwrap(), "vm-1/5");
}

#[tokio::test]
async fn a_sidecar_that_never_reads_keeps_askers_waiting_and_takes_no_more_memory_than_it_may() {
    let limits = Limits {
        requests: 100,
        outgoing_bytes: 10_000,
        ..Limits::default()
    };
    let (client, mut peer) = pair(100, Options::default().limits(limits));
    let scope = OwnershipScope::ConnectionOwnership(ConnectionOwnership {
        connection_id: "conn-1".to_owned(),
    });
    let large = |_| {
        client.request(
            scope.clone(),
            RequestPayload::ExtEnvelope(ExtEnvelope {
                namespace: "n".to_owned(),
                payload: vec![0; 4_000],
            }),
        )
    };
    let mut waiting: Vec<_> = (0..100).map(|at| Box::pin(large(at))).collect();
    for each in &mut waiting {
        assert!(waits(each).await);
    }
    settle().await;
    assert_eq!(
        large(0).await.unwrap_err(),
        Error::TooManyRequests { limit: 100 }
    );
    // Those for which there was no room yet are gone without a trace: what had room is what arrives.
    drop(waiting);
    let reading = tokio::spawn(async move {
        let mut frames = 0;
        while peer.frame().await.is_some() {
            frames += 1;
        }
        frames
    });
    settle().await;
    drop(client);
    let frames = soon(reading).await.unwrap();
    assert!((1..=3).contains(&frames), "{frames} frames");
}

#[tokio::test]
async fn whoever_waits_hears_that_the_conversation_is_over() {
    let (client, _, session, mut peer) = opened(Options::default()).await;
    let vm = created(&session, &mut peer, "vm-1").await;
    let asking = {
        let vm = vm.clone();
        tokio::spawn(async move { vm.create_layer().await })
    };
    let _asked = peer.asked().await;
    drop(client);
    assert_eq!(soon(asking).await.unwrap().unwrap_err(), Error::Closed);
    assert_eq!(vm.create_layer().await.unwrap_err(), Error::Closed);
    soon(peer.rest()).await;
}

#[tokio::test]
async fn a_client_that_is_closed_lets_what_was_asked_come_to_its_end() {
    let (client, _, session, mut peer) = opened(Options::default()).await;
    let vm = created(&session, &mut peer, "vm-1").await;
    let asking = tokio::spawn(async move { vm.create_layer().await });
    settle().await;
    let closing = tokio::spawn(client.close());
    let asked = peer.asked().await;
    soon(peer.rest()).await;
    let payload = layer(&asked.ownership, asked.request_id);
    peer.send(asked.answer(payload)).await;
    peer.closes().await;
    assert_eq!(soon(closing).await.unwrap(), Ok(None));
    assert_eq!(soon(asking).await.unwrap().unwrap(), "vm-1/4");
}
