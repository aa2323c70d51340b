//! What the sidecar says, as a bridge says it.

use std::future::Future;
use std::time::Duration;

use tokio::time::timeout;
use tollgate_client::Error;
use tollgate_contract::{BridgeError, ErrorCode};

/// How long the sidecar is waited for, in milliseconds.
pub(in crate::defaults) const ANSWER_MS: u64 = 60_000;
const PATIENCE: Duration = Duration::from_millis(ANSWER_MS);

/// What a sidecar or the conversation with it says.
fn refused(error: &Error) -> BridgeError {
    let code = match error {
        Error::Rejected { .. } => ErrorCode::Invalid,
        Error::TooManyRequests { .. } => ErrorCode::Exhausted,
        _ => ErrorCode::Failed,
    };
    BridgeError::new(code, error.to_string())
}

pub(super) async fn answered<T>(
    asked: impl Future<Output = Result<T, Error>>,
) -> Result<T, BridgeError> {
    match timeout(PATIENCE, asked).await {
        Ok(answer) => answer.map_err(|error| refused(&error)),
        Err(_late) => Err(BridgeError::new(
            ErrorCode::Exhausted,
            "the sidecar does not answer: are the events of the VM fetched?",
        )),
    }
}

pub(super) fn not_found(what: &str) -> BridgeError {
    BridgeError::new(ErrorCode::NotFound, format!("there is no such {what}"))
}
