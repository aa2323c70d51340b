//! 1 to 20: frames and their bytes. What ends a conversation ends the process, where that is all it serves.

use tollgate_client::command;
use tollgate_client::types::{
    EventPayload, ExecuteRequest, GuestFilesystemOperation, HostCallbackResultResponse,
    OwnershipScope, ProtocolFrame, RegisterHostCallbacksRequest, RegisteredHostCallbackDefinition,
    RequestFrame, RequestPayload, ResponsePayload, SidecarRequestFrame, SidecarRequestPayload,
    SidecarResponsePayload, VmLifecycleEvent, VmLifecycleState,
};
use tollgate_protocol::{event, request, sidecar_request};

use crate::support::{
    Raw, authenticate, bytes, connection_of, fs_call, open_session, session_of, vm_of,
};

fn hello(id: i64) -> RequestFrame {
    request(id, connection_of("hint"), authenticate("hello"))
}

fn exists(path: &str) -> RequestPayload {
    RequestPayload::GuestFilesystemCallRequest(fs_call(GuestFilesystemOperation::Exists, path))
}

/// What a sidecar does that is sent these bytes, and nothing after them.
fn fatal(bytes: &[u8]) {
    let mut raw = Raw::start(&[]);
    raw.send(bytes);
    raw.ends().is_fatal();
}

/// A frame's bytes with one place of them changed.
fn changed(at: usize, from: u8, to: u8) -> Vec<u8> {
    let mut bytes = bytes(hello(1));
    assert_eq!(bytes[at], from);
    bytes[at] = to;
    bytes
}

/// Where the schema's version and the request's number stand: after the length, the kind, and the name with its length.
const VERSION: usize = 4 + 1 + 1 + 19;
const NUMBER: usize = VERSION + 2;

#[test]
fn s01_length_prefix_is_big_endian() {
    let mut raw = Raw::start(&[]);
    raw.send_frame(hello(1));
    // An answer of fewer than 256 bytes: read as big-endian it is that many, and the process then waits for more.
    let body = raw.body();
    assert!(body.len() < 256, "{} bytes", body.len());
    let end = raw.end();
    assert_eq!((end.code, end.stdout), (Some(0), Vec::new()));
}

#[test]
fn s02_length_does_not_count_itself() {
    let mut raw = Raw::start(&[]);
    raw.send_frame(hello(1));
    raw.send_frame(hello(2));
    // Two answers, the second of which begins where the first one's length says that it ends.
    for id in [1, 2] {
        assert_eq!(raw.answer().request_id, id);
    }
}

#[test]
fn s03_first_byte_is_of_a_kind_that_a_sidecar_sends() {
    let mut raw = Raw::start(&[]);
    raw.send_frame(hello(1));
    assert_eq!(raw.body()[0], 1);
    raw.send_frame(request(2, connection_of("conn-1"), open_session()));
    assert_eq!(raw.body()[0], 1);
    raw.last_vm();
    // The answer, and the events that a VM is being made and ready.
    let kinds: Vec<u8> = (0..3).map(|_| raw.body()[0]).collect();
    assert_eq!(kinds, [1, 2, 2]);
}

impl Raw {
    /// Asks for a VM, and waits for nothing.
    fn last_vm(&mut self) {
        let config = crate::support::ALLOW.to_owned();
        let runtime = tollgate_client::types::GuestRuntimeKind::WebAssembly;
        let asked = tollgate_client::types::CreateVmRequest { runtime, config };
        self.send_frame(request(
            9,
            session_of(),
            RequestPayload::CreateVmRequest(asked),
        ));
    }
}

#[test]
fn s04_every_frame_carries_the_schema() {
    let mut raw = Raw::start(&[]);
    raw.send_frame(hello(1));
    raw.send_frame(request(2, connection_of("conn-1"), open_session()));
    raw.last_vm();
    for _ in 0..5 {
        let body = raw.body();
        assert_eq!(&body[1..VERSION - 4], b"\x13secure-exec-sidecar");
        assert_eq!(body[VERSION - 4..NUMBER - 4], [7, 0]);
    }
}

#[test]
fn s05_another_schema_ends_it() {
    fatal(&changed(VERSION, 7, 8));
    fatal(&changed(6, b's', b'z'));
}

#[test]
fn s06_a_length_over_the_cap_ends_it_before_its_body_comes() {
    fatal(&((16 << 20) + 1_u32).to_be_bytes());
    fatal(&u32::MAX.to_be_bytes());
    let mut raw = Raw::start(&["--max-frame-bytes", "4096"]);
    raw.send(&4097_u32.to_be_bytes());
    raw.ends().is_fatal();
}

#[test]
fn s07_an_end_within_a_body_is_a_failure_and_between_frames_none() {
    let whole = bytes(hello(1));
    let mut raw = Raw::start(&[]);
    raw.send(&whole[..whole.len() - 1]);
    raw.end().is_fatal();
    for sent in [&[][..], &whole[..2]] {
        let mut raw = Raw::start(&[]);
        raw.send(sent);
        let end = raw.end();
        assert_eq!(end.code, Some(0), "{}", end.stderr);
    }
    let mut raw = Raw::start(&[]);
    raw.authenticate();
    assert_eq!(raw.end().code, Some(0));
}

#[test]
fn s08_an_unknown_tag_ends_it() {
    fatal(&changed(4, 0, 5));
    // Of a scope.
    fatal(&changed(NUMBER + 8, 0, 3));
    // Of a payload, after the scope with its name of four letters.
    fatal(&changed(NUMBER + 8 + 6, 0, 28));
}

#[test]
fn s09_the_number_0_ends_it() {
    fatal(&bytes(hello(0)));
}

#[test]
fn s10_a_frame_that_only_a_sidecar_sends_ends_it() {
    fatal(&bytes(hello(1).answer(ResponsePayload::RejectedResponse(
        tollgate_client::types::RejectedResponse {
            code: "invalid_state".to_owned(),
            message: String::new(),
        },
    ))));
    let state = VmLifecycleState::Ready;
    let told = EventPayload::VmLifecycleEvent(VmLifecycleEvent { state });
    fatal(&bytes(event(vm_of("vm-1"), told)));
    fatal(&bytes(sidecar_request(
        -1,
        vm_of("vm-1"),
        callback("a:b:1"),
    )));
}

fn callback(invocation: &str) -> SidecarRequestPayload {
    SidecarRequestPayload::HostCallbackRequest(tollgate_client::types::HostCallbackRequest {
        invocation_id: invocation.to_owned(),
        callback_key: "a:b".to_owned(),
        input: "{}".to_owned(),
        timeout_ms: 1_000,
    })
}

#[test]
fn s11_bytes_after_the_value_are_tolerated() {
    let mut frame = bytes(hello(1));
    frame.extend([0xff; 5]);
    let length = u32::try_from(frame.len() - 4).unwrap();
    frame[..4].copy_from_slice(&length.to_be_bytes());
    let mut raw = Raw::start(&[]);
    raw.send(&frame);
    assert_eq!(raw.answer().request_id, 1);
    raw.send_frame(hello(2));
    assert_eq!(raw.answer().request_id, 2);
}

#[test]
fn s12_numbers_are_little_endian_and_counts_varints() {
    let id = 0x0102_0304_0506_0708;
    let mut raw = Raw::start(&[]);
    raw.send_frame(hello(id));
    let body = raw.body();
    let number = &body[NUMBER - 4..NUMBER + 4];
    assert_eq!(number, [8, 7, 6, 5, 4, 3, 2, 1]);
    // A connection's scope, `conn-1` with its length, an answer to authentication, the sidecar's name with its length.
    assert_eq!(&body[NUMBER + 4..NUMBER + 4 + 9], b"\x00\x06conn-1\x00");
    let cap = u32::from_le_bytes(*body.last_chunk().unwrap());
    assert_eq!(cap, 16 << 20);
    // A text of 200 letters has a length of two bytes; a request that has it is understood.
    raw.send_frame(request(
        2,
        connection_of(&"x".repeat(200)),
        authenticate("n"),
    ));
    assert_eq!(raw.answer().request_id, 2);
}

#[test]
fn s13_only_frames_are_on_standard_output() {
    let mut raw = Raw::with_vm();
    raw.ask(vm_of("vm-1"), exists("/etc"));
    raw.send(&[0, 0, 0, 1, 9]);
    let end = raw.ends();
    assert_eq!(end.code, Some(1));
    // Everything before was frames, for it was read as such.
    assert_eq!(end.stdout, [0; 0]);
    assert!(!end.stderr.is_empty());
}

#[test]
fn s14_every_request_gets_one_answer_with_its_number() {
    let mut raw = Raw::with_vm();
    for _ in 0..20 {
        raw.ask(vm_of("vm-1"), exists("/"));
    }
    raw.ask(vm_of("vm-none"), exists("/"));
    let end = raw.end();
    assert_eq!((end.code, end.stdout), (Some(0), Vec::new()));
}

#[test]
fn s15_the_scope_of_an_answer_is_that_of_the_question() {
    let mut raw = Raw::start(&[]);
    let answer = raw.ask(connection_of("hint"), authenticate("n"));
    assert_eq!(answer.ownership, connection_of("conn-1"));
    let scopes = [
        connection_of("conn-1"),
        connection_of("none"),
        session_of(),
        vm_of("vm-9"),
    ];
    for scope in scopes {
        let answer = raw.ask(scope.clone(), open_session());
        assert_eq!(answer.ownership, scope);
    }
}

/// By VM: the answers of one are in the order of its questions, and one that takes long does not hold up another's.
#[test]
fn s16_answers_come_in_the_order_of_the_questions() {
    let mut raw = Raw::with_vm();
    raw.create_vm("vm-2");
    let mut asked = [Vec::new(), Vec::new()];
    for number in 0..60 {
        let which = number % 2;
        let path = format!("/{}", "a/".repeat(60 - number));
        let vm = ["vm-1", "vm-2"][which];
        asked[which].push(raw.post(vm_of(vm), exists(&path)));
    }
    let mut answered = [Vec::new(), Vec::new()];
    for _ in 0..60 {
        let answer = raw.answer();
        let which = usize::from(answer.ownership == vm_of("vm-2"));
        answered[which].push(answer.request_id);
    }
    assert_eq!(answered, asked);
}

#[test]
fn s17_a_hundred_pipelined_requests_are_all_answered() {
    let mut raw = Raw::with_vm();
    let asked: Vec<i64> = (0..100)
        .map(|_| raw.post(vm_of("vm-1"), exists("/")))
        .collect();
    let answered: Vec<i64> = asked.iter().map(|_| raw.answer().request_id).collect();
    assert_eq!(answered, asked);
}

#[test]
fn s18_two_requests_with_one_number_are_both_answered() {
    let mut raw = Raw::start(&[]);
    raw.send_frame(hello(5));
    raw.send_frame(hello(5));
    for _ in 0..2 {
        assert_eq!(raw.answer().request_id, 5);
    }
}

/// A toolkit `t` with the function `f`, and its command.
fn toolkit() -> RequestPayload {
    let definition = RegisteredHostCallbackDefinition {
        description: "does it".to_owned(),
        input_schema: r#"{"type":"object"}"#.to_owned(),
        timeout_ms: None,
        examples: Vec::new(),
    };
    RequestPayload::RegisterHostCallbacksRequest(RegisterHostCallbacksRequest {
        name: "t".to_owned(),
        description: "tools".to_owned(),
        command_aliases: vec!["tool".to_owned()],
        registry_command_aliases: Vec::new(),
        callbacks: vec![("f".to_owned(), definition)],
    })
}

/// The next question, whether it came before or comes now.
fn asked(raw: &mut Raw) -> SidecarRequestFrame {
    loop {
        let at = raw
            .others
            .iter()
            .position(|frame| matches!(frame, ProtocolFrame::SidecarRequestFrame(_)));
        if let Some(at) = at
            && let ProtocolFrame::SidecarRequestFrame(frame) = raw.others.remove(at)
        {
            return frame;
        }
        let frame = raw.frame();
        raw.others.push(frame);
    }
}

#[test]
fn s19_a_sidecars_numbers_are_below_0_and_never_the_same() {
    let mut raw = Raw::with_vm();
    raw.ask(vm_of("vm-1"), toolkit());
    let mut numbers = Vec::new();
    for process in ["a", "b", "c"] {
        let run: ExecuteRequest = command(process, "tool", &["f"]);
        raw.ask(vm_of("vm-1"), RequestPayload::ExecuteRequest(run));
        let question = asked(&mut raw);
        numbers.push(question.request_id);
        let SidecarRequestPayload::HostCallbackRequest(call) = &question.payload else {
            panic!("{question:?}")
        };
        let answer =
            SidecarResponsePayload::HostCallbackResultResponse(HostCallbackResultResponse {
                invocation_id: call.invocation_id.clone(),
                result: Some("1".to_owned()),
                error: None,
            });
        raw.send_frame(question.answer(answer));
    }
    assert!(numbers.iter().all(|number| *number < 0), "{numbers:?}");
    assert!(numbers.is_sorted_by(|one, next| one > next), "{numbers:?}");
}

/// Ignored, as later versions do.
#[test]
fn s20_an_answer_that_nobody_waits_for_is_ignored() {
    let mut raw = Raw::with_vm();
    let never = sidecar_request(-7, vm_of("vm-1"), callback("a:b:1"));
    let answer = SidecarResponsePayload::HostCallbackResultResponse(HostCallbackResultResponse {
        invocation_id: "a:b:1".to_owned(),
        result: None,
        error: None,
    });
    raw.send_frame(never.answer(answer));
    let answer = raw.ask(vm_of("vm-1"), exists("/"));
    let ResponsePayload::GuestFilesystemResultResponse(result) = answer.payload else {
        panic!("{answer:?}")
    };
    assert_eq!(result.exists, Some(true));
    let _scope: OwnershipScope = answer.ownership;
}
