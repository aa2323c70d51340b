//! A recorded conversation.

use std::path::Path;

use serde_json::Value;
use tollgate_client::types::{
    GuestRuntimeKind, JsBridgeResultResponse, ProtocolFrame, RequestPayload, SidecarRequestPayload,
    SidecarResponsePayload,
};
use tollgate_protocol::{FrameLimits, Side, decode};

pub(super) struct Conversation {
    pub(super) name: String,
    pub(super) said: Vec<Said>,
    /// What the process ended with, for those that a bad frame ended.
    pub(super) exit_code: Option<i32>,
}

/// One thing that was said.
pub(super) enum Said {
    Frame(Box<ProtocolFrame>),
    /// By the client, and no frame.
    Bytes(Vec<u8>),
}

impl Conversation {
    pub(super) fn read(file: &Path) -> Self {
        let content: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let frames = content["frames"].as_array().unwrap();
        let steps = content["steps"].as_array().unwrap();
        let mut codes = steps
            .iter()
            .filter_map(|step| step["expect"]["exit_code"].as_i64());
        Self {
            name: file.file_stem().unwrap().to_str().unwrap().to_owned(),
            said: frames.iter().map(said).collect(),
            exit_code: codes.next_back().map(|code| i32::try_from(code).unwrap()),
        }
    }

    pub(super) fn runs_python(&self) -> bool {
        self.frames().any(|frame| match frame {
            ProtocolFrame::RequestFrame(frame) => matches!(
                &frame.payload,
                RequestPayload::ExecuteRequest(asked) if asked.runtime == Some(GuestRuntimeKind::Python)
            ),
            _ => false,
        })
    }

    /// What the client answered about a mount that it served, by what it was asked.
    pub(super) fn bridge(&self, operation: &str, args: &str) -> Option<&JsBridgeResultResponse> {
        let args: Value = serde_json::from_str(args).unwrap();
        let call = self.frames().find_map(|frame| match frame {
            ProtocolFrame::SidecarRequestFrame(frame) => match &frame.payload {
                SidecarRequestPayload::JsBridgeCallRequest(call)
                    if call.operation == operation
                        && serde_json::from_str::<Value>(&call.args).unwrap() == args =>
                {
                    Some(&call.call_id)
                }
                _ => None,
            },
            _ => None,
        })?;
        self.frames().find_map(|frame| match frame {
            ProtocolFrame::SidecarResponseFrame(frame) => match &frame.payload {
                SidecarResponsePayload::JsBridgeResultResponse(answer)
                    if answer.call_id == *call =>
                {
                    Some(answer)
                }
                _ => None,
            },
            _ => None,
        })
    }

    fn frames(&self) -> impl Iterator<Item = &ProtocolFrame> {
        self.said.iter().filter_map(|said| match said {
            Said::Frame(frame) => Some(&**frame),
            Said::Bytes(_) => None,
        })
    }
}

fn said(frame: &Value) -> Said {
    let digits: Vec<u8> = frame["hex"]
        .as_str()
        .unwrap()
        .chars()
        .map(|letter| u8::try_from(letter.to_digit(16).unwrap()).unwrap())
        .collect();
    let bytes: Vec<u8> = digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect();
    let from = match frame["dir"].as_str().unwrap() {
        "host-to-sidecar" => Side::Client,
        _ => Side::Sidecar,
    };
    // What is wrong with a frame is part of the conversation, and so are bytes that no frame needs.
    let exact = |frame: &ProtocolFrame| frame.body_bytes() == bytes.len() as u64 - 4;
    let read = bytes
        .get(4..)
        .map(|body| decode(body, from, FrameLimits::default()));
    match read {
        Some(Ok(frame)) if !bytes.is_empty() && exact(&frame) => Said::Frame(Box::new(frame)),
        _ => Said::Bytes(bytes),
    }
}
