//! What a sidecar tells, to who listens and to who does not.

use proptest::prelude::*;
use tollgate_client::types::{
    EventPayload, LayerCreatedResponse, ProcessExitedEvent, ResponsePayload, VmLifecycleEvent,
    VmLifecycleState,
};
use tollgate_client::{Event, Limits, Options, WhenFull};

use crate::peer::{created, opened, output, settle, soon};

fn lifecycle(state: VmLifecycleState) -> EventPayload {
    EventPayload::VmLifecycleEvent(VmLifecycleEvent { state })
}

fn small() -> Options {
    Options::default().limits(Limits {
        event_bytes: 10_000,
        ..Limits::default()
    })
}

#[tokio::test]
async fn the_first_subscriber_hears_what_came_before_it_and_the_last_event_ends_it() {
    let (_client, _, session, mut peer) = opened(Options::default()).await;
    let vm = created(&session, &mut peer, "vm-1").await;
    let scope = vm.ownership();
    let states = [
        VmLifecycleState::Creating,
        VmLifecycleState::Ready,
        VmLifecycleState::Disposing,
    ];
    for state in states {
        peer.tells(&scope, lifecycle(state)).await;
    }
    settle().await;
    let mut events = vm.events();
    let mut later = vm.events();
    for state in states {
        assert_eq!(events.next().await, Some(Event::Told(lifecycle(state))));
    }
    peer.tells(&scope, lifecycle(VmLifecycleState::Disposed))
        .await;
    peer.tells(&scope, output("p1", vec![1])).await;
    let last = Some(Event::Told(lifecycle(VmLifecycleState::Disposed)));
    assert_eq!(soon(events.next()).await, last);
    assert_eq!(soon(later.next()).await, last);
    assert_eq!(soon(events.next()).await, None);
    assert_eq!(soon(later.next()).await, None);
}

#[tokio::test]
async fn events_of_one_vm_are_not_heard_by_another_and_those_of_nobody_by_none() {
    let (_client, connection, session, mut peer) = opened(Options::default()).await;
    let (a, b) = (
        created(&session, &mut peer, "a").await,
        created(&session, &mut peer, "b").await,
    );
    let (mut of_a, mut of_b, mut of_all) = (a.events(), b.events(), connection.events());
    peer.tells(&session.ownership(), output("x", vec![])).await;
    peer.tells(&a.ownership(), output("a", vec![])).await;
    peer.tells(&connection.ownership(), output("all", vec![]))
        .await;
    peer.tells(&b.ownership(), output("b", vec![])).await;
    assert_eq!(
        soon(of_a.next()).await,
        Some(Event::Told(output("a", vec![])))
    );
    assert_eq!(
        soon(of_b.next()).await,
        Some(Event::Told(output("b", vec![])))
    );
    assert_eq!(
        soon(of_all.next()).await,
        Some(Event::Told(output("all", vec![])))
    );
    drop(peer);
    assert_eq!(soon(of_a.next()).await, None);
}

#[tokio::test]
async fn who_does_not_read_keeps_the_sidecar_waiting_and_loses_nothing() {
    let (_client, _, session, mut peer) = opened(small()).await;
    let vm = created(&session, &mut peer, "vm-1").await;
    let mut events = vm.events();
    let scope = vm.ownership();
    // Twenty times what may wait, and then an answer.
    let told = tokio::spawn(async move {
        for number in 0..200_u8 {
            peer.tells(&scope, output("p1", vec![number; 1_000])).await;
        }
        peer.answers(|_| {
            ResponsePayload::LayerCreatedResponse(LayerCreatedResponse {
                layer_id: "layer-1".to_owned(),
            })
        })
        .await;
        peer
    });
    let asking = tokio::spawn({
        let vm = vm.clone();
        async move { vm.create_layer().await }
    });
    settle().await;
    assert!(!asking.is_finished(), "the answer comes after the events");
    for number in 0..200_u8 {
        let event = soon(events.next()).await;
        assert_eq!(event, Some(Event::Told(output("p1", vec![number; 1_000]))));
    }
    assert_eq!(soon(asking).await.unwrap().unwrap(), "layer-1");
    drop(soon(told).await.unwrap());
}

#[tokio::test]
async fn who_does_not_read_and_is_dropped_keeps_nobody_waiting() {
    let (_client, _, session, mut peer) = opened(small()).await;
    let vm = created(&session, &mut peer, "vm-1").await;
    let events = vm.events();
    let scope = vm.ownership();
    let told = tokio::spawn(async move {
        for number in 0..200_u8 {
            peer.tells(&scope, output("p1", vec![number; 1_000])).await;
        }
    });
    settle().await;
    assert!(!told.is_finished());
    drop(events);
    soon(told).await.unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// With `Lose`, what is read and what is said to be lost add up to what was told, in its order, and what waits is
    /// bounded; nobody who does not listen at all keeps the sidecar waiting either.
    #[test]
    fn what_is_lost_is_counted_where_it_would_have_stood(
        sizes in prop::collection::vec(0_usize..6_000, 1..80),
        listens in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(soon(async {
            let (_client, _, session, mut peer) = opened(small()).await;
            let vm = created(&session, &mut peer, "vm-1").await;
            let early = listens.then(|| vm.events().when_full(WhenFull::Lose));
            let scope = vm.ownership();
            for (number, size) in sizes.iter().enumerate() {
                peer.tells(&scope, output(&number.to_string(), vec![7; *size])).await;
            }
            drop(peer);
            settle().await;
            let mut events = early.unwrap_or_else(|| vm.events());
            let (mut next, mut held) = (0, 0);
            while let Some(event) = events.next().await {
                match event {
                    Event::Told(EventPayload::ProcessOutputEvent(event)) => {
                        prop_assert_eq!(event.process_id, next.to_string());
                        prop_assert_eq!(event.chunk.len(), sizes[next]);
                        held += event.chunk.len();
                        next += 1;
                    }
                    Event::Told(other) => panic!("{other:?}"),
                    Event::Lost(lost) => next += usize::try_from(lost).unwrap(),
                }
            }
            prop_assert_eq!(next, sizes.len());
            prop_assert!(held <= 10_000, "{} bytes waited", held);
            Ok(())
        }))?;
    }
}

#[tokio::test]
async fn an_exit_that_is_larger_than_all_the_room_is_heard() {
    let limits = Limits {
        event_bytes: 1,
        ..Limits::default()
    };
    let (_client, _, session, mut peer) = opened(Options::default().limits(limits)).await;
    let vm = created(&session, &mut peer, "vm-1").await;
    let exit = EventPayload::ProcessExitedEvent(ProcessExitedEvent {
        process_id: "p1".to_owned(),
        exit_code: 3,
    });
    let mut events = vm.events();
    peer.tells(&vm.ownership(), exit.clone()).await;
    peer.tells(&vm.ownership(), exit.clone()).await;
    assert_eq!(soon(events.next()).await, Some(Event::Told(exit.clone())));
    assert_eq!(soon(events.next()).await, Some(Event::Told(exit)));
}
