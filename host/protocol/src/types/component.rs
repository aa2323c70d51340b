//! What the interfaces `events` and `callbacks` have beside the messages: a message with what a frame says around it.
//!
//! They are checked against the WIT when a component is linked that imports these interfaces.

use wasmtime::component::{ComponentType, Lift, Lower};

use super::{EventPayload, OwnershipScope, RequestId, SidecarRequestPayload};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, ComponentType, Lift, Lower)]
#[component(record)]
pub struct Event {
    /// Whom it concerns.
    #[component(name = "ownership")]
    pub ownership: OwnershipScope,
    /// What.
    #[component(name = "payload")]
    pub payload: EventPayload,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, ComponentType, Lift, Lower)]
#[component(record)]
pub struct Callback {
    /// What the answer is tied to it by: below 0, and never twice.
    #[component(name = "request-id")]
    pub request_id: RequestId,
    /// The VM that it is about.
    #[component(name = "ownership")]
    pub ownership: OwnershipScope,
    /// The question.
    #[component(name = "payload")]
    pub payload: SidecarRequestPayload,
}

/// Why an answer was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ComponentType, Lift, Lower)]
#[component(enum)]
#[repr(u8)]
pub enum AnswerRefused {
    /// Nobody waits for it: it came too late, twice, or to no question.
    #[component(name = "nobody-waits")]
    NobodyWaits,
    /// The question was of another kind. It still waits.
    #[component(name = "wrong-kind")]
    WrongKind,
}
