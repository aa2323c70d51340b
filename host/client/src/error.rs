//! What can go wrong, for one request or for all of them.

use std::io;

use thiserror::Error;
use tollgate_protocol::types::RejectedResponse;
use tollgate_protocol::{FrameError, RefusalCode};

/// Why a request has no answer, or why there is no client.
///
/// [`Rejected`](Self::Rejected), [`TooManyRequests`](Self::TooManyRequests), [`Content`](Self::Content) and a
/// [`Frame`](Self::Frame) that is too large to send concern one request; after all else the conversation is over, and
/// each request that waits ends with the same error.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The sidecar refused the request.
    #[error("{code}: {message}")]
    Rejected {
        /// Why, for programs; [`Error::code`] is the known ones as a type.
        code: String,
        /// Why, for people.
        message: String,
    },
    /// So many requests wait for their answers already. Nothing was sent.
    #[error("{limit} requests wait for their answers already")]
    TooManyRequests {
        /// How many may wait.
        limit: usize,
    },
    /// The conversation is over: the sidecar ended it between two frames, or the client was dropped or closed.
    #[error("the conversation with the sidecar is over")]
    Closed,
    /// What came is no frame, or what should be sent does not fit one.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// A frame came that has no place in the conversation.
    #[error("the sidecar sent {0}")]
    Unexpected(#[from] Unexpected),
    /// The sidecar announced frames that are larger than the client would take, or of no size at all.
    #[error("the sidecar announced frames of {announced} bytes, where {most} are the most")]
    Announced {
        /// What it announced.
        announced: u32,
        /// What the client takes.
        most: u32,
    },
    /// A file's content came as base64, and is none.
    #[error("the content of a file is not in the encoding that it came with")]
    Content,
    /// Reading from the sidecar or writing to it failed.
    #[error("the sidecar cannot be reached: {0}")]
    Io(io::ErrorKind),
    /// The sidecar could not be started, or connected to.
    #[error("the sidecar cannot be started or connected to: {0}")]
    Start(io::ErrorKind),
}

impl Error {
    /// The code of a refusal, if it is one that this version knows.
    #[must_use]
    pub fn code(&self) -> Option<RefusalCode> {
        match self {
            Self::Rejected { code, .. } => RefusalCode::ALL
                .iter()
                .copied()
                .find(|known| known.as_str() == code),
            _ => None,
        }
    }
}

impl From<RejectedResponse> for Error {
    fn from(refusal: RejectedResponse) -> Self {
        Self::Rejected {
            code: refusal.code,
            message: refusal.message,
        }
    }
}

/// A frame that is well-formed and has no place in the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unexpected {
    /// An answer to no question: its number was never used, or was answered before.
    #[error("an answer to a question that was not asked, number {id}")]
    Answer {
        /// Its number.
        id: i64,
    },
    /// An answer of a kind that does not go with the question.
    #[error("a {came} where a {asked} was to come")]
    Kind {
        /// What would go with the question, by its name in `wit/sidecar`.
        asked: &'static str,
        /// What came.
        came: &'static str,
    },
    /// An answer on behalf of somebody else than who asked.
    #[error("an answer to another scope than the one that asked, number {id}")]
    Scope {
        /// Its number.
        id: i64,
    },
    /// A question whose number is not below 0.
    #[error("a question with the number {id}, which is not below 0")]
    QuestionNumber {
        /// Its number.
        id: i64,
    },
    /// A result that lacks what its operation is asked for.
    #[error("a result of {operation} without what it is asked for")]
    Result {
        /// The operation, by its name in `wit/sidecar`.
        operation: &'static str,
    },
}
