//! Conversations with the sidecar that this protocol was taken from: each frame is read as it was recorded, and written
//! again as the same bytes.

use std::path::Path;

use serde_json::Value;
use tollgate_protocol::types::ProtocolFrame;
use tollgate_protocol::wire::{Reader, Wire as _};
use tollgate_protocol::{DecodeFault, FrameDecoder, FrameError, FrameKind, FrameLimits, Side};

use crate::debugged::{NOT_SHOWN, json};
use crate::support::{beside, bytes};

struct Recorded {
    from: Side,
    bytes: Vec<u8>,
    /// What it says; none where it is no whole frame.
    decoded: Option<Value>,
}

struct Conversation {
    name: String,
    frames: Vec<Recorded>,
}

fn conversations() -> Option<Vec<Conversation>> {
    let folder = beside("TOLLGATE_GOLDEN", "golden")?;
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    files.sort();
    let conversations: Vec<_> = files.iter().map(|file| conversation(file)).collect();
    assert!(
        conversations.len() > 100,
        "{} recordings",
        conversations.len()
    );
    Some(conversations)
}

fn conversation(file: &Path) -> Conversation {
    let content: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let frames = content["frames"]
        .as_array()
        .unwrap()
        .iter()
        .map(|frame| Recorded {
            from: match frame["dir"].as_str().unwrap() {
                "host-to-sidecar" => Side::Client,
                "sidecar-to-host" => Side::Sidecar,
                other => panic!("{other}"),
            },
            bytes: bytes(frame["hex"].as_str().unwrap()),
            decoded: Some(frame["decoded"].clone()).filter(|decoded| !decoded.is_null()),
        });
    Conversation {
        name: file.file_stem().unwrap().to_str().unwrap().to_owned(),
        frames: frames.collect(),
    }
}

/// Whether what was read says what was recorded. A map without pairs looks like a list without items, and a secret is not
/// shown.
fn same(read: &Value, recorded: &Value) -> bool {
    match (read, recorded) {
        (Value::Array(items), Value::Object(pairs)) => items.is_empty() && pairs.is_empty(),
        (Value::String(text), Value::String(_)) if text == NOT_SHOWN => true,
        (Value::Array(read), Value::Array(recorded)) => {
            read.len() == recorded.len()
                && read
                    .iter()
                    .zip(recorded)
                    .all(|(read, recorded)| same(read, recorded))
        }
        (Value::Object(read), Value::Object(recorded)) => {
            read.len() == recorded.len()
                && read.iter().all(|(key, value)| {
                    let other = recorded.get(key).or_else(|| recorded.get(renamed(key)));
                    other.is_some_and(|other| same(value, other))
                })
        }
        (read, recorded) => read == recorded,
    }
}

/// What was recorded calls one field as a later release of the original did.
fn renamed(key: &str) -> &str {
    match key {
        "tool" => "binding",
        key => key,
    }
}

#[test]
fn every_recorded_frame_is_read_as_recorded_and_written_as_the_same_bytes() {
    let Some(conversations) = conversations() else {
        return;
    };
    let mut frames = 0;
    for Conversation { name, frames: of } in conversations {
        for (at, Recorded { bytes, decoded, .. }) in of.iter().enumerate() {
            let Some(decoded) = decoded else { continue };
            let place = format!("frame {at} of {name}");
            let (length, body) = bytes.split_first_chunk::<4>().unwrap();
            assert_eq!(u32::from_be_bytes(*length) as usize, body.len(), "{place}");
            let mut reader = Reader::new(body, 1 << 27);
            let read = ProtocolFrame::decode(&mut reader)
                .unwrap_or_else(|error| panic!("{place}: {error}"));
            let shown = json(&read);
            assert!(same(&shown, decoded), "{place}:\n{shown}\n{decoded}");
            let mut again = Vec::new();
            read.encode(&mut again);
            // Maps too, for their order is kept. What follows a value is not.
            let after = usize::from(name == "wire_trailing_bytes" && at == 0);
            assert_eq!(again, body[..body.len() - after], "{place}");
            frames += 1;
        }
    }
    assert!(frames > 1_500, "{frames} frames");
}

/// What ends a conversation, for those that end so, by what was sent.
fn ending(name: &str) -> Option<FrameError> {
    Some(match name {
        "wire_eof_in_payload" => FrameError::EndsInBody { length: 9, came: 2 },
        "wire_garbage_text" => FrameError::TooLarge {
            length: u64::from(u32::from_be_bytes(*b"GET ")),
            limit: 16 << 20,
        },
        "wire_request_id_zero" => FrameError::RequestIdZero(FrameKind::Request),
        "wire_schema_version_wrong" => FrameError::SchemaVersion(8),
        _ => return None,
    })
}

/// As [`ending`], for what is wrong within a body.
fn fault(name: &str) -> Option<DecodeFault> {
    Some(match name {
        "wire_invalid_utf8" => DecodeFault::InvalidUtf8,
        "wire_truncated_payload" => DecodeFault::UnexpectedEnd,
        "wire_unknown_enum_value" => DecodeFault::UnknownTag {
            of: "guest-runtime-kind",
            tag: 7,
        },
        _ => return None,
    })
}

/// Everything that a side sent, in pieces of seven bytes, and what came out of it.
fn heard(conversation: &Conversation, side: Side) -> (usize, Result<(), FrameError>) {
    let mut decoder = FrameDecoder::new(side, FrameLimits::default());
    let mut frames = 0;
    let sent = conversation
        .frames
        .iter()
        .filter(|frame| frame.from == side);
    for piece in sent.flat_map(|frame| frame.bytes.chunks(7)) {
        decoder.push(piece);
        loop {
            match decoder.frame() {
                Ok(Some(_)) => frames += 1,
                Ok(None) => break,
                Err(error) => return (frames, Err(error)),
            }
        }
    }
    (frames, decoder.finish())
}

#[test]
fn every_conversation_is_heard_to_its_end() {
    let Some(conversations) = conversations() else {
        return;
    };
    let mut ended = 0;
    for conversation in conversations {
        let name = &conversation.name;
        let whole = |side| {
            let sent = conversation.frames.iter();
            sent.filter(|frame| frame.from == side && frame.decoded.is_some())
                .count()
        };
        let (frames, end) = heard(&conversation, Side::Sidecar);
        assert_eq!((frames, end), (whole(Side::Sidecar), Ok(())), "{name}");
        let (frames, end) = heard(&conversation, Side::Client);
        match (end, ending(name), fault(name)) {
            (Ok(()), None, None) => {
                let split = usize::from(name == "wire_split_writes");
                assert_eq!(frames, whole(Side::Client) + split, "{name}");
            }
            (Err(error), Some(expected), None) => assert_eq!(error, expected, "{name}"),
            (Err(FrameError::Body(error)), None, Some(fault)) => {
                assert_eq!(error.fault, fault, "{name}");
            }
            (end, ..) => panic!("{name} ends with {end:?}"),
        }
        ended += usize::from(end.is_err());
    }
    assert_eq!(ended, 7);
}
