//! Frames around payloads, and which answer goes with which question.

use crate::types::{
    ConnectionOwnership, EventFrame, EventPayload, OwnershipScope, ProtocolFrame, ProtocolSchema,
    RequestFrame, RequestId, RequestPayload, ResponseFrame, ResponsePayload, SidecarRequestFrame,
    SidecarRequestPayload, SidecarResponseFrame, SidecarResponsePayload,
};

/// A client's question. Its number counts up from 1.
#[must_use]
pub fn request(
    request_id: RequestId,
    ownership: OwnershipScope,
    payload: RequestPayload,
) -> RequestFrame {
    RequestFrame {
        schema: ProtocolSchema::current(),
        request_id,
        ownership,
        payload,
    }
}

/// What a sidecar tells without being asked.
#[must_use]
pub fn event(ownership: OwnershipScope, payload: EventPayload) -> EventFrame {
    EventFrame {
        schema: ProtocolSchema::current(),
        ownership,
        payload,
    }
}

/// A sidecar's question. Its number counts down from -1.
#[must_use]
pub fn sidecar_request(
    request_id: RequestId,
    ownership: OwnershipScope,
    payload: SidecarRequestPayload,
) -> SidecarRequestFrame {
    SidecarRequestFrame {
        schema: ProtocolSchema::current(),
        request_id,
        ownership,
        payload,
    }
}

/// A question without what it asks: all that its answer needs of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The number of the question.
    pub request_id: RequestId,
    /// On whose behalf it was asked.
    pub ownership: OwnershipScope,
}

impl Asked {
    /// The answer to this question: with its number and its scope, but for a connection that was made, which is the scope
    /// of the answer that says so.
    #[must_use]
    pub fn answer(self, payload: ResponsePayload) -> ResponseFrame {
        let ownership = match &payload {
            ResponsePayload::AuthenticatedResponse(made) => {
                OwnershipScope::ConnectionOwnership(ConnectionOwnership {
                    connection_id: made.connection_id.clone(),
                })
            }
            _ => self.ownership,
        };
        ResponseFrame {
            schema: ProtocolSchema::current(),
            request_id: self.request_id,
            ownership,
            payload,
        }
    }
}

impl RequestFrame {
    /// What the answer needs, and what is asked.
    #[must_use]
    pub fn split(self) -> (Asked, RequestPayload) {
        let asked = Asked {
            request_id: self.request_id,
            ownership: self.ownership,
        };
        (asked, self.payload)
    }

    /// The answer to this question, as [`Asked::answer`].
    #[must_use]
    pub fn answer(&self, payload: ResponsePayload) -> ResponseFrame {
        let asked = Asked {
            request_id: self.request_id,
            ownership: self.ownership.clone(),
        };
        asked.answer(payload)
    }
}

impl SidecarRequestFrame {
    /// The answer to this question, with its number and its scope.
    #[must_use]
    pub fn answer(&self, payload: SidecarResponsePayload) -> SidecarResponseFrame {
        SidecarResponseFrame {
            schema: ProtocolSchema::current(),
            request_id: self.request_id,
            ownership: self.ownership.clone(),
            payload,
        }
    }
}

impl ResponsePayload {
    /// Whether it is an answer to such a question: the one that goes with it, or a refusal.
    #[must_use]
    pub fn answers(&self, request: &RequestPayload) -> bool {
        matches!(self, Self::RejectedResponse(_)) || self.name() == request.answer_name()
    }
}

impl SidecarResponsePayload {
    /// Whether it is an answer to such a question. Extensions answer each other in the same namespace.
    #[must_use]
    pub fn answers(&self, request: &SidecarRequestPayload) -> bool {
        match (request, self) {
            (
                SidecarRequestPayload::HostCallbackRequest(_),
                Self::HostCallbackResultResponse(_),
            )
            | (SidecarRequestPayload::JsBridgeCallRequest(_), Self::JsBridgeResultResponse(_)) => {
                true
            }
            (SidecarRequestPayload::ExtEnvelope(asked), Self::ExtEnvelope(answered)) => {
                asked.namespace == answered.namespace
            }
            (
                SidecarRequestPayload::HostCallbackRequest(_)
                | SidecarRequestPayload::JsBridgeCallRequest(_)
                | SidecarRequestPayload::ExtEnvelope(_),
                _,
            ) => false,
        }
    }
}

macro_rules! frames {
    ($($case:ident),+) => {
        $(impl From<$case> for ProtocolFrame {
            fn from(frame: $case) -> Self {
                Self::$case(frame)
            }
        })+
    };
}

frames!(
    RequestFrame,
    ResponseFrame,
    EventFrame,
    SidecarRequestFrame,
    SidecarResponseFrame
);
