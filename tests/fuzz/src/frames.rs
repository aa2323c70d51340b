//! Frames of the sidecar protocol. What is read is written in no more bytes, and read from those as the same; it is the
//! same however it arrives; and what it comes to in memory has the end that was set.

use tollgate_protocol::types::{
    ConfigureVmRequest, ConnectionOwnership, CreateVmRequest, EventPayload, ExecuteRequest,
    GuestRuntimeKind, JsBridgeCallRequest, JsBridgeResultResponse, OwnershipScope,
    ProcessExitedEvent, ProtocolFrame, RejectedResponse, RequestPayload, ResponsePayload,
    SidecarRequestPayload, SidecarResponsePayload, VmOwnership, WriteStdinRequest,
};
use tollgate_protocol::{
    DecodeFault, FrameDecoder, FrameError, FrameLimits, RefusalCode, Side, decode, encode, event,
    request, sidecar_request,
};

/// Small enough that a list of short items comes to the end of what it may take.
const LIMITS: FrameLimits = FrameLimits {
    body_bytes: 4096,
    decoded_bytes: 16 << 10,
};

/// Holds the reader of frames to that. The input is a stream of frames, as either side may send it.
///
/// # Panics
///
/// When it does not hold.
pub fn check(data: &[u8]) {
    for side in [Side::Client, Side::Sidecar] {
        let whole = heard(data, side, data.len().max(1));
        for piece in [1, 3, 64] {
            assert_eq!(heard(data, side, piece), whole, "in pieces of {piece}");
        }
        for frame in &whole.0 {
            again(frame, side);
        }
        // As a body of its own, which a mutated length does not hide.
        match decode(data, side, LIMITS) {
            Ok(frame) => {
                assert!(frame.body_bytes() <= data.len() as u64);
                again(&frame, side);
            }
            Err(FrameError::TooLarge { .. }) => assert!(data.len() > 4096),
            Err(FrameError::Body(error)) => {
                assert!(error.at <= data.len());
                if let DecodeFault::TooMuch { limit } = error.fault {
                    assert_eq!(limit, LIMITS.decoded_bytes);
                    // No item of a list takes 64 times its bytes, so that fewer could not have come to that.
                    assert!(data.len() * 64 > 16 << 10);
                }
            }
            Err(FrameError::EndsInBody { .. }) => panic!("a body has no end to come"),
            Err(
                FrameError::SchemaName
                | FrameError::SchemaVersion(_)
                | FrameError::RequestIdZero(_)
                | FrameError::WrongSide { .. },
            ) => {}
        }
    }
}

fn again(frame: &ProtocolFrame, side: Side) {
    let bytes = encode(frame, LIMITS).expect("it came in a frame");
    let (_, body) = bytes.split_at(4);
    assert_eq!(body.len() as u64, frame.body_bytes());
    assert_eq!(decode(body, side, LIMITS).as_ref(), Ok(frame));
}

/// The frames of a stream that arrives in pieces, and how it ends.
fn heard(data: &[u8], side: Side, piece: usize) -> (Vec<ProtocolFrame>, Result<(), FrameError>) {
    let mut decoder = FrameDecoder::new(side, LIMITS);
    let mut frames = Vec::new();
    for piece in data.chunks(piece) {
        decoder.push(piece);
        loop {
            match decoder.frame() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(error) => return (frames, Err(error)),
            }
        }
    }
    (frames, decoder.finish())
}

/// Frames of every kind, one after another, and bodies alone.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let ownership = OwnershipScope::VmOwnership(VmOwnership {
        connection_id: "conn-1".to_owned(),
        session_id: "session-1".to_owned(),
        vm_id: "vm-1".to_owned(),
    });
    let asked = |payload| request(1, ownership.clone(), payload);
    let words = |texts: [&str; 3]| texts.map(str::to_owned).to_vec();
    let execute = asked(RequestPayload::ExecuteRequest(ExecuteRequest {
        process_id: "p1".to_owned(),
        command: Some("node".to_owned()),
        runtime: None,
        entrypoint: None,
        args: words(["-e", "", "ü"]),
        env: vec![
            ("A".to_owned(), "1".to_owned()),
            ("B".to_owned(), "2".to_owned()),
        ],
        cwd: None,
        wasm_permission_tier: None,
    }));
    let configure = asked(RequestPayload::ConfigureVmRequest(ConfigureVmRequest {
        mounts: Vec::new(),
        software: Vec::new(),
        permissions: None,
        module_access_cwd: None,
        instructions: vec![String::new(); 300],
        projected_modules: Vec::new(),
        command_permissions: Vec::new(),
        loopback_exempt_ports: vec![80, 443],
    }));
    let create = asked(RequestPayload::CreateVmRequest(CreateVmRequest {
        runtime: GuestRuntimeKind::Python,
        config: "{\"env\":{}}".to_owned(),
    }));
    let write = asked(RequestPayload::WriteStdinRequest(WriteStdinRequest {
        process_id: "p1".to_owned(),
        chunk: (0..=255).collect(),
    }));
    let call = sidecar_request(
        -1,
        ownership.clone(),
        SidecarRequestPayload::JsBridgeCallRequest(JsBridgeCallRequest {
            call_id: "js-bridge-call-1".to_owned(),
            mount_id: "m1".to_owned(),
            operation: "readFile".to_owned(),
            args: "{\"path\":\"/a\"}".to_owned(),
        }),
    );
    let given = call.answer(SidecarResponsePayload::JsBridgeResultResponse(
        JsBridgeResultResponse {
            call_id: "js-bridge-call-1".to_owned(),
            result: Some("\"YQ==\"".to_owned()),
            error: None,
        },
    ));
    let refused = execute.answer(ResponsePayload::RejectedResponse(RejectedResponse::new(
        RefusalCode::KernelError,
        "EACCES: permission denied",
    )));
    let ended = event(
        OwnershipScope::ConnectionOwnership(ConnectionOwnership {
            connection_id: "conn-1".to_owned(),
        }),
        EventPayload::ProcessExitedEvent(ProcessExitedEvent {
            process_id: "p1".to_owned(),
            exit_code: -1,
        }),
    );
    let streams: [Vec<ProtocolFrame>; 2] = [
        vec![
            create.into(),
            execute.into(),
            configure.into(),
            given.into(),
            write.into(),
        ],
        vec![refused.into(), ended.into(), call.into()],
    ];
    let mut seeds = Vec::new();
    for stream in streams {
        let frames = stream.iter().map(|frame| encode(frame, LIMITS));
        let frames: Vec<Vec<u8>> = frames.map(|bytes| bytes.expect("it is small")).collect();
        seeds.push(frames.concat());
        seeds.extend(frames.into_iter().map(|mut frame| frame.split_off(4)));
    }
    seeds
}
