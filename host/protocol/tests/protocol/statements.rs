//! What a sidecar of the protocol is held to, as far as it is a matter of bytes: `s06_…` is statement 6. And what this one
//! holds itself to beside that.

use tollgate_protocol::types::{
    AuthenticateRequest, AuthenticatedResponse, ConnectionOwnership, CreateVmRequest,
    DisposeReason, DisposeVmRequest, EventPayload, ExecuteRequest, ExtEnvelope, GuestRuntimeKind,
    HostCallbackRequest, HostCallbackResultResponse, JsBridgeResultResponse, OwnershipScope,
    ProtocolFrame, RejectedResponse, RequestFrame, RequestPayload, ResponsePayload,
    SidecarRequestPayload, SidecarResponsePayload, VmCreatedResponse, VmLifecycleEvent,
    VmLifecycleState, ZombieTimerCountResponse,
};
use tollgate_protocol::wire::{Reader, Sink as _, Wire};
use tollgate_protocol::{
    DecodeError, DecodeFault, FrameDecoder, FrameError, FrameKind, FrameLimits, RefusalCode, Side,
    decode, encode, event, request, sidecar_request,
};

use crate::support::{asked, bytes, connection, from_client, repository, vm};

const LIMITS: FrameLimits = FrameLimits::of(16 << 20);

fn frame_of(payload: RequestPayload) -> RequestFrame {
    request(1, vm(), payload)
}

/// One frame of each kind, by the number of its kind.
fn kinds() -> [ProtocolFrame; 5] {
    let asked = frame_of(RequestPayload::CreateLayerRequest);
    let calls = sidecar_request(
        -1,
        vm(),
        SidecarRequestPayload::HostCallbackRequest(HostCallbackRequest {
            invocation_id: "calc:add:1".to_owned(),
            callback_key: "calc:add".to_owned(),
            input: "{}".to_owned(),
            timeout_ms: 30_000,
        }),
    );
    let state = VmLifecycleState::Ready;
    [
        asked.clone().into(),
        asked
            .answer(ResponsePayload::RejectedResponse(RejectedResponse::new(
                RefusalCode::InvalidState,
                "no",
            )))
            .into(),
        event(
            vm(),
            EventPayload::VmLifecycleEvent(VmLifecycleEvent { state }),
        )
        .into(),
        calls.clone().into(),
        calls.answer(given("calc:add:1")).into(),
    ]
}

fn given(invocation: &str) -> SidecarResponsePayload {
    SidecarResponsePayload::HostCallbackResultResponse(HostCallbackResultResponse {
        invocation_id: invocation.to_owned(),
        result: Some("3".to_owned()),
        error: None,
    })
}

/// The bytes of a frame after its length.
fn body(frame: &ProtocolFrame) -> Vec<u8> {
    encode(frame, LIMITS).unwrap().split_off(4)
}

fn fault(body: &[u8]) -> DecodeFault {
    match from_client(body) {
        Err(FrameError::Body(DecodeError { fault, .. })) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn s01_s02_a_frame_is_its_length_and_as_many_bytes_without_those_of_the_length() {
    for frame in kinds() {
        let bytes = encode(&frame, LIMITS).unwrap();
        let (length, body) = bytes.split_first_chunk::<4>().unwrap();
        assert_eq!(u32::from_be_bytes(*length) as usize, body.len());
        assert_eq!(frame.body_bytes(), body.len() as u64);
    }
}

#[test]
fn s03_what_a_sidecar_sends_begins_with_one_two_or_three() {
    for (number, frame) in kinds().iter().enumerate() {
        assert_eq!(usize::from(body(frame)[0]), number);
        let sidecars = (1..=3).contains(&number);
        assert_eq!(
            frame.kind().sent_by() == Side::Sidecar,
            sidecars,
            "{number}"
        );
    }
}

#[test]
fn s04_every_frame_carries_the_schema() {
    for frame in kinds() {
        let schema = bytes("13 7365637572652d657865632d73696465636172 0700");
        assert_eq!(&body(&frame)[1..=schema.len()], schema);
    }
}

#[test]
fn s05_a_frame_of_another_schema_is_refused() {
    let good = body(&asked(RequestPayload::CreateLayerRequest));
    assert!(from_client(&good).is_ok());
    let mut name = good.clone();
    name[2] = b'S';
    assert_eq!(from_client(&name), Err(FrameError::SchemaName));
    for version in [0_u16, 1, 6, 8, 0x0700] {
        let mut other = good.clone();
        other[21..23].copy_from_slice(&version.to_le_bytes());
        assert_eq!(from_client(&other), Err(FrameError::SchemaVersion(version)));
        // Whatever such a frame looks like after that.
        assert_eq!(
            from_client(&other[..23]),
            Err(FrameError::SchemaVersion(version))
        );
    }
}

#[test]
fn s06_a_length_over_the_cap_is_refused_before_the_body() {
    for (cap, length) in [
        (16 << 20, (16 << 20) + 1),
        (16 << 20, u32::MAX),
        (100, 101),
        (0, 1),
    ] {
        let mut decoder = FrameDecoder::new(Side::Client, FrameLimits::of(cap));
        let prefix = length.to_be_bytes();
        decoder.push(&prefix[..3]);
        assert_eq!(
            decoder.frame(),
            Ok(None),
            "a length of which a byte is missing"
        );
        decoder.push(&prefix[3..]);
        let error = FrameError::TooLarge {
            length: u64::from(length),
            limit: cap,
        };
        assert_eq!(decoder.frame(), Err(error));
        decoder.push(&encode(&asked(RequestPayload::CreateLayerRequest), LIMITS).unwrap());
        assert_eq!(decoder.frame(), Err(error), "nothing comes after an error");
        assert_eq!(decoder.finish(), Err(error));
    }
    let frame = asked(RequestPayload::CreateLayerRequest);
    let exact = FrameLimits::of(u32::try_from(frame.body_bytes()).unwrap());
    let mut decoder = FrameDecoder::new(Side::Client, exact);
    decoder.push(&encode(&frame, exact).unwrap());
    assert_eq!(decoder.frame(), Ok(Some(frame)), "as long as it may be");
}

#[test]
fn s07_the_stream_may_end_between_frames_and_within_a_length_and_not_within_a_body() {
    let bytes = encode(&asked(RequestPayload::CreateLayerRequest), LIMITS).unwrap();
    let length = u32::try_from(bytes.len() - 4).unwrap();
    for end in 0..=bytes.len() {
        let mut decoder = FrameDecoder::new(Side::Client, LIMITS);
        decoder.push(&bytes);
        assert!(decoder.frame().unwrap().is_some());
        decoder.push(&bytes[..end]);
        let expected = match end {
            0..=3 => Ok(()),
            end if end == bytes.len() => Ok(()),
            end => Err(FrameError::EndsInBody {
                length,
                came: end - 4,
            }),
        };
        assert_eq!(decoder.finish(), expected, "{end}");
    }
}

#[test]
fn s08_a_case_that_there_is_not_is_refused() {
    let unknown = |of, tag| DecodeFault::UnknownTag { of, tag };
    let good = body(&asked(RequestPayload::DisposeVmRequest(DisposeVmRequest {
        reason: DisposeReason::HostShutdown,
    })));
    let last = good.len() - 1;
    let changed = |at: usize, byte: u8| {
        let mut other = good.clone();
        other[at] = byte;
        fault(&other)
    };
    assert_eq!(changed(0, 5), unknown("protocol-frame", 5));
    assert_eq!(changed(31, 3), unknown("ownership-scope", 3));
    assert_eq!(changed(last - 1, 28), unknown("request-payload", 28));
    assert_eq!(changed(last, 3), unknown("dispose-reason", 3));
    // A number whose lower half would be a case.
    let mut large = good[..last].to_vec();
    large.uint(1 << 32);
    assert_eq!(fault(&large), unknown("dispose-reason", 1 << 32));
}

#[test]
fn s09_the_number_zero_is_refused() {
    for mut frame in kinds() {
        let (from, kind) = (frame.kind().sent_by(), frame.kind());
        match &mut frame {
            ProtocolFrame::RequestFrame(frame) => frame.request_id = 0,
            ProtocolFrame::ResponseFrame(frame) => frame.request_id = 0,
            ProtocolFrame::EventFrame(_) => {}
            ProtocolFrame::SidecarRequestFrame(frame) => frame.request_id = 0,
            ProtocolFrame::SidecarResponseFrame(frame) => frame.request_id = 0,
        }
        let read = decode(&body(&frame), from, LIMITS);
        match kind {
            FrameKind::Event => assert_eq!(read, Ok(frame)),
            kind => assert_eq!(read, Err(FrameError::RequestIdZero(kind))),
        }
    }
    // Any other is the client's own matter.
    for id in [-1, i64::MIN, i64::MAX] {
        let frame: ProtocolFrame = request(id, vm(), RequestPayload::CreateLayerRequest).into();
        assert_eq!(from_client(&body(&frame)), Ok(frame));
    }
}

#[test]
fn s10_a_frame_that_only_the_other_side_sends_is_refused() {
    for frame in kinds() {
        let kind = frame.kind();
        for from in [Side::Client, Side::Sidecar] {
            let read = decode(&body(&frame), from, LIMITS);
            if kind.sent_by() == from {
                assert_eq!(read, Ok(frame.clone()));
            } else {
                assert_eq!(read, Err(FrameError::WrongSide { kind, from }));
                // Whatever stands in it.
                let head = decode(&body(&frame)[..23], from, LIMITS);
                assert_eq!(head, Err(FrameError::WrongSide { kind, from }));
            }
        }
    }
}

#[test]
fn s11_bytes_after_the_value_are_tolerated() {
    let frame = asked(RequestPayload::CreateLayerRequest);
    let mut longer = body(&frame);
    longer.extend([0, 1, 255]);
    assert_eq!(from_client(&longer), Ok(frame.clone()));

    let mut stream = Vec::new();
    for _ in 0..2 {
        stream.extend(u32::try_from(longer.len()).unwrap().to_be_bytes());
        stream.extend(&longer);
    }
    let mut decoder = FrameDecoder::new(Side::Client, LIMITS);
    decoder.push(&stream);
    assert_eq!(decoder.frame(), Ok(Some(frame.clone())));
    assert_eq!(decoder.frame(), Ok(Some(frame)));
    assert_eq!(decoder.frame(), Ok(None));
}

#[test]
fn s12_numbers_are_little_endian_counts_have_variable_length_and_what_may_be_absent_a_byte() {
    let frame = request(
        0x0102_0304,
        connection(),
        RequestPayload::ExecuteRequest(ExecuteRequest {
            process_id: "p".repeat(200),
            command: None,
            runtime: Some(GuestRuntimeKind::WebAssembly),
            entrypoint: Some(String::new()),
            args: vec!["ü".to_owned()],
            env: vec![("K".to_owned(), "V".to_owned())],
            cwd: None,
            wasm_permission_tier: None,
        }),
    );
    let expected = [
        "00 13 7365637572652d657865632d73696465636172 0700 0403020100000000 00 06 636f6e6e2d31 0e c801",
        &"70".repeat(200),
        "00 01 02 01 00 01 02 c3bc 01 01 4b 01 56 00 00",
    ];
    assert_eq!(body(&frame.into()), bytes(&expected.concat()));
    let count = ZombieTimerCountResponse { count: 1 << 40 };
    let mut written = Vec::new();
    count.encode(&mut written);
    assert_eq!(written, [0, 0, 0, 0, 0, 1, 0, 0]);
}

#[test]
fn s14_s15_an_answer_has_the_number_and_the_scope_of_its_question() {
    let asked = request(41, vm(), RequestPayload::CreateLayerRequest);
    for payload in [
        ResponsePayload::VmCreatedResponse(VmCreatedResponse {
            vm_id: "vm-1".to_owned(),
        }),
        ResponsePayload::RejectedResponse(RejectedResponse::new(RefusalCode::Conflict, "taken")),
    ] {
        let answer = asked.answer(payload);
        assert_eq!((answer.request_id, answer.ownership), (41, vm()));
    }
    // But for a connection that was made: it is its own.
    let asked = request(1, connection(), authenticate());
    let made = asked.answer(ResponsePayload::AuthenticatedResponse(
        AuthenticatedResponse {
            sidecar_id: "secure-exec-sidecar".to_owned(),
            connection_id: "conn-9".to_owned(),
            max_frame_bytes: 16 << 20,
        },
    ));
    let connection_id = "conn-9".to_owned();
    let own = OwnershipScope::ConnectionOwnership(ConnectionOwnership { connection_id });
    assert_eq!(made.ownership, own);
    let refused = asked.answer(ResponsePayload::RejectedResponse(RejectedResponse::new(
        RefusalCode::Unauthorized,
        "no",
    )));
    assert_eq!(refused.ownership, connection());
}

#[test]
fn the_bridge_version_is_that_of_the_contract() {
    let document = std::fs::read(repository().join("bridge-contract.json")).unwrap();
    let contract: serde_json::Value = serde_json::from_slice(&document).unwrap();
    assert_eq!(contract["version"], tollgate_protocol::BRIDGE_VERSION);
}

fn authenticate() -> RequestPayload {
    RequestPayload::AuthenticateRequest(AuthenticateRequest {
        client_name: "test".to_owned(),
        auth_token: "hunter2".to_owned(),
        protocol_version: 7,
        bridge_version: 1,
    })
}

#[test]
fn an_answer_goes_with_its_question_and_no_other() {
    let created = ResponsePayload::VmCreatedResponse(VmCreatedResponse {
        vm_id: "vm-1".to_owned(),
    });
    let refused =
        ResponsePayload::RejectedResponse(RejectedResponse::new(RefusalCode::IoError, "disk"));
    let create = RequestPayload::CreateVmRequest(CreateVmRequest {
        runtime: GuestRuntimeKind::Python,
        config: "{}".to_owned(),
    });
    assert!(created.answers(&create) && refused.answers(&create));
    assert!(!created.answers(&RequestPayload::CreateLayerRequest));
    assert!(refused.answers(&RequestPayload::CreateLayerRequest));

    let [.., ProtocolFrame::SidecarRequestFrame(call), _] = kinds() else {
        panic!("the fourth kind is the sidecar's question")
    };
    assert!(given("calc:add:1").answers(&call.payload));
    let of_a_mount = SidecarResponsePayload::JsBridgeResultResponse(JsBridgeResultResponse {
        call_id: "1".to_owned(),
        result: None,
        error: None,
    });
    assert!(!of_a_mount.answers(&call.payload));
    let said = |namespace: &str| ExtEnvelope {
        namespace: namespace.to_owned(),
        payload: Vec::new(),
    };
    let asked = SidecarRequestPayload::ExtEnvelope(said("a"));
    assert!(SidecarResponsePayload::ExtEnvelope(said("a")).answers(&asked));
    assert!(!SidecarResponsePayload::ExtEnvelope(said("b")).answers(&asked));
}

fn value<T: Wire>(hex: &str) -> Result<T, DecodeFault> {
    T::decode(&mut Reader::new(&bytes(hex), 1 << 20)).map_err(|error| error.fault)
}

#[test]
fn peers_may_write_numbers_longer_than_need_be_and_truth_as_any_byte() {
    assert_eq!(value::<String>("81 00 61"), Ok("a".to_owned()));
    assert_eq!(
        value::<String>("81 80 80 80 80 80 80 80 80 00 61"),
        Ok("a".to_owned())
    );
    assert_eq!(value::<bool>("ff"), Ok(true));
    assert_eq!(value::<Option<bool>>("02 00"), Ok(Some(false)));
    assert_eq!(
        value::<DisposeReason>("82 00"),
        Ok(DisposeReason::HostShutdown)
    );
}

#[test]
fn a_number_that_does_not_end_or_does_not_fit_is_refused() {
    for hex in [
        "80 80 80 80 80 80 80 80 80 80 00",
        "80 80 80 80 80 80 80 80 80 02",
        "ff ff ff ff ff ff ff ff ff 7f",
    ] {
        assert_eq!(
            value::<String>(hex),
            Err(DecodeFault::NumberTooLong),
            "{hex}"
        );
    }
    // The largest that fits: there are no such lengths, and no such case.
    let largest = "ff ff ff ff ff ff ff ff ff 01";
    assert_eq!(value::<String>(largest), Err(DecodeFault::UnexpectedEnd));
    let (of, tag) = ("dispose-reason", u64::MAX);
    assert_eq!(
        value::<DisposeReason>(largest),
        Err(DecodeFault::UnknownTag { of, tag })
    );
}

#[test]
fn a_count_that_nothing_stands_behind_is_refused_at_once() {
    let huge = "80 80 80 80 80 80 80 80 10";
    assert_eq!(value::<Vec<String>>(huge), Err(DecodeFault::UnexpectedEnd));
    assert_eq!(
        value::<Vec<(String, String)>>(huge),
        Err(DecodeFault::UnexpectedEnd)
    );
    assert_eq!(value::<Vec<u8>>(huge), Err(DecodeFault::UnexpectedEnd));
    // Three pairs have six bytes at least.
    assert_eq!(
        value::<Vec<(String, String)>>("03 00 00 00 00 00"),
        Err(DecodeFault::UnexpectedEnd)
    );
    assert_eq!(
        value::<Vec<String>>("03 00 00 00"),
        Ok(vec![String::new(); 3])
    );
}

#[test]
fn text_that_is_not_utf8_is_refused_and_bytes_are_bytes() {
    for hex in ["02 c3 28", "01 ff", "03 ed a0 80", "02 c0 80"] {
        assert_eq!(value::<String>(hex), Err(DecodeFault::InvalidUtf8), "{hex}");
    }
    assert_eq!(value::<Vec<u8>>("02 ff 00"), Ok(vec![255, 0]));
}

#[test]
fn an_error_says_where_it_is_and_nothing_of_what_was_sent() {
    let mut sent = body(&asked(authenticate()));
    let at = sent
        .windows(7)
        .position(|seven| seven == b"hunter2")
        .unwrap();
    sent[at] = 0xff;
    let error = from_client(&sent).unwrap_err();
    let read_before = at + 7;
    assert_eq!(
        error.to_string(),
        format!("a frame cannot be read: at byte {read_before}: a text is not UTF-8")
    );
    assert!(!format!("{error:?}").contains("unter2"));
}

#[test]
fn a_token_is_not_shown() {
    let shown = format!("{:?}", asked(authenticate()));
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(shown.contains("client_name: \"test\""), "{shown}");
}

#[test]
fn what_fits_no_frame_is_not_written() {
    let large = asked(RequestPayload::ExtEnvelope(ExtEnvelope {
        namespace: String::new(),
        payload: vec![0; 1 << 20],
    }));
    let (length, limit) = (large.body_bytes(), 1 << 20);
    assert_eq!(
        encode(&large, FrameLimits::of(limit)),
        Err(FrameError::TooLarge { length, limit })
    );
    assert!(encode(&large, LIMITS).is_ok());
}

#[test]
fn a_refusal_is_one_line_and_has_a_known_code() {
    let refused = RejectedResponse::new(RefusalCode::KernelError, "ENOENT: no such file: /a\nb");
    assert_eq!(refused.code, "kernel_error");
    assert_eq!(refused.message, "ENOENT: no such file: /a b");
    for code in RefusalCode::ALL {
        assert_eq!(RejectedResponse::new(*code, "").known_code(), Some(*code));
    }
    let another = RejectedResponse {
        code: "something_new".to_owned(),
        message: String::new(),
    };
    assert_eq!(another.known_code(), None);
}
