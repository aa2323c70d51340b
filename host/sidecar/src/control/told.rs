//! `tollgate:sidecar/events` and `tollgate:sidecar/callbacks`: what a component is told, and what it is asked.

use std::sync::Arc;

use tollgate::interface::{Calling, Interface};
use tollgate::{Never, Waits};
use tollgate_protocol::types::{AnswerRefused, Callback, Event, RequestId, SidecarResponsePayload};

use super::plane::Plane;
use crate::inbox::Waiting;

const FETCHED: &str =
    "what came of what the component itself was let do, each time by a decision of its own";
const WAITED: &str = "waits for what came of what the component itself was let do";
const ANSWERED: &str = "answers what the component offered to answer; that a program asks was decided about the program";

fn waits(calling: &Calling, what: Waiting) -> Arc<dyn Waits> {
    match Plane::of(calling) {
        Some(plane) => plane.waits(what),
        // Nothing ever comes to a run that no sidecar serves.
        None => Arc::new(Never),
    }
}

pub(super) fn events() -> Interface {
    let mut events = Interface::new("tollgate:sidecar/events@1.0.0");
    events
        .pollable_function("subscribe", WAITED, |calling| {
            waits(calling, Waiting::Event)
        })
        .ungated_function("next", FETCHED, |calling, (): ()| -> (Option<Event>,) {
            let plane = Plane::known(calling);
            (plane.and_then(|plane| plane.next_event()),)
        });
    events
}

pub(super) fn callbacks() -> Interface {
    let mut callbacks = Interface::new("tollgate:sidecar/callbacks@1.0.0");
    callbacks
        .pollable_function("subscribe", WAITED, |calling| {
            waits(calling, Waiting::Question)
        })
        .ungated_function("next", FETCHED, |calling, (): ()| -> (Option<Callback>,) {
            let plane = Plane::known(calling);
            (plane.and_then(|plane| plane.next_question()),)
        })
        .ungated_function(
            "answer",
            ANSWERED,
            |calling, (question, payload): (RequestId, SidecarResponsePayload)| {
                let plane = Plane::known(calling).ok_or(AnswerRefused::NobodyWaits);
                (plane.and_then(|plane| plane.answer(question, payload)),)
            },
        );
    callbacks
}
