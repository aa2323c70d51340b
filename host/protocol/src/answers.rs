//! Frames around payloads, and which answer goes with which question.

use crate::types::{
    ConnectionOwnership, EventFrame, EventPayload, OwnershipScope, ProtocolFrame, ProtocolSchema,
    RejectedResponse, RequestFrame, RequestId, RequestPayload, ResponseFrame, ResponsePayload,
    SidecarRequestFrame, SidecarRequestPayload, SidecarResponseFrame, SidecarResponsePayload,
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

/// A message that answers one kind of question.
pub trait Response: Sized {
    /// The answer that a payload holds; none where it holds another one.
    fn of(payload: ResponsePayload) -> Option<Self>;
}

impl ResponsePayload {
    /// The answer that a question of some kind has, or its refusal.
    ///
    /// # Errors
    ///
    /// It was refused; what holds the answer to another question is a refusal with
    /// [`RefusalCode::BridgeError`](crate::RefusalCode::BridgeError).
    pub fn into_answer<T: Response>(self) -> Result<T, RejectedResponse> {
        if let Self::RejectedResponse(rejected) = self {
            return Err(rejected);
        }
        T::of(self).ok_or_else(|| {
            let code = crate::RefusalCode::BridgeError;
            RejectedResponse::new(code, "the answer is to another question")
        })
    }
}

macro_rules! responses {
    ($($case:ident),+ $(,)?) => {
        $(impl Response for crate::types::$case {
            fn of(payload: ResponsePayload) -> Option<Self> {
                match payload {
                    ResponsePayload::$case(response) => Some(response),
                    _ => None,
                }
            }
        })+
    };
}

responses!(
    AuthenticatedResponse,
    SessionOpenedResponse,
    VmCreatedResponse,
    VmDisposedResponse,
    RootFilesystemBootstrappedResponse,
    VmConfiguredResponse,
    HostCallbacksRegisteredResponse,
    LayerCreatedResponse,
    LayerSealedResponse,
    SnapshotImportedResponse,
    SnapshotExportedResponse,
    OverlayCreatedResponse,
    GuestFilesystemResultResponse,
    RootFilesystemSnapshotResponse,
    ProcessStartedResponse,
    StdinWrittenResponse,
    StdinClosedResponse,
    ProcessKilledResponse,
    ProcessSnapshotResponse,
    ListenerSnapshotResponse,
    BoundUdpSnapshotResponse,
    SignalStateResponse,
    ZombieTimerCountResponse,
    FilesystemResultResponse,
    PersistenceStateResponse,
    PersistenceFlushedResponse,
    VmFetchResponse,
    ExtEnvelope,
);

use crate::wire::size;

macro_rules! frames {
    ($($case:ident),+) => {
        $(impl From<$case> for ProtocolFrame {
            fn from(frame: $case) -> Self {
                Self::$case(frame)
            }
        }

        impl $case {
            /// How many bytes the body of this frame has.
            #[must_use]
            pub fn body_bytes(&self) -> u64 {
                // Before it stands the number of its kind, of which there are five.
                1 + size(self)
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
