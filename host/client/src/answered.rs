//! From any answer to the one that was waited for.

/// The content of an answer of this kind, or the refusal. That it is of this kind was looked at when it came.
macro_rules! answered {
    ($answer:expr, $case:ident) => {
        match $answer {
            tollgate_protocol::types::ResponsePayload::$case(answer) => Ok(answer),
            tollgate_protocol::types::ResponsePayload::RejectedResponse(refusal) => {
                Err($crate::error::Error::from(refusal))
            }
            other => Err($crate::error::Error::from(
                $crate::error::Unexpected::Kind {
                    asked: stringify!($case),
                    came: other.name(),
                },
            )),
        }
    };
}

pub(crate) use answered;
