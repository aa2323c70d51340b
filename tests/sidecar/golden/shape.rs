//! What of an answer is compared: all but names that were given out, times, numbers of processes, and what is said to
//! people.

use serde_json::{Value, json};
use tollgate_client::types::ResponsePayload;

/// An answer without what may differ. `times` are compared where the client set them.
pub(super) fn shape(mut answer: ResponsePayload, times: bool) -> ResponsePayload {
    match &mut answer {
        ResponsePayload::AuthenticatedResponse(answer) => {
            answer.sidecar_id.clear();
            answer.connection_id.clear();
        }
        ResponsePayload::SessionOpenedResponse(answer) => {
            answer.session_id.clear();
            answer.owner_connection_id.clear();
        }
        ResponsePayload::VmCreatedResponse(answer) => answer.vm_id.clear(),
        ResponsePayload::VmDisposedResponse(answer) => answer.vm_id.clear(),
        ResponsePayload::LayerCreatedResponse(answer) => answer.layer_id.clear(),
        ResponsePayload::LayerSealedResponse(answer) => answer.layer_id.clear(),
        ResponsePayload::SnapshotImportedResponse(answer) => answer.layer_id.clear(),
        ResponsePayload::SnapshotExportedResponse(answer) => answer.layer_id.clear(),
        ResponsePayload::OverlayCreatedResponse(answer) => answer.layer_id.clear(),
        ResponsePayload::ProcessStartedResponse(answer) => answer.pid = None,
        ResponsePayload::RejectedResponse(answer) => answer.message = errno(&answer.message),
        ResponsePayload::VmFetchResponse(answer) => {
            answer.response_json = fetched(&answer.response_json)
        }
        ResponsePayload::GuestFilesystemResultResponse(answer) => {
            if let Some(stat) = &mut answer.stat {
                (
                    stat.blocks,
                    stat.dev,
                    stat.ino,
                    stat.ctime_ms,
                    stat.birthtime_ms,
                ) = (0, 0, 0, 0, 0);
                if !times {
                    (stat.atime_ms, stat.mtime_ms) = (0, 0);
                }
                if stat.is_directory {
                    (stat.size, stat.nlink) = (0, 0);
                }
            }
        }
        _ => {}
    }
    answer
}

/// The name of an errno that a message begins with, if it does.
fn errno(message: &str) -> String {
    let word = message.split(':').next().unwrap_or_default();
    let is = word.starts_with('E')
        && word
            .chars()
            .all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit());
    if is { word.to_owned() } else { String::new() }
}

/// What a guest's server answered, without headers that it did not set.
fn fetched(json: &str) -> String {
    let answer: Value = serde_json::from_str(json).unwrap();
    let set = |header: &&Value| {
        let name = header[0].as_str().unwrap_or_default();
        ![
            "connection",
            "content-length",
            "date",
            "keep-alive",
            "transfer-encoding",
        ]
        .contains(&name)
    };
    let headers: Vec<_> = answer["headers"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(set)
        .collect();
    json!({
        "status": answer["status"],
        "statusText": answer["statusText"],
        "body": answer["body"],
        "bodyEncoding": answer["bodyEncoding"],
        "url": answer["url"],
        "headers": headers,
    })
    .to_string()
}
