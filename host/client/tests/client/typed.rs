//! Each method of a VM: what it sends, and what it makes of the answer.

use tollgate_client::types::{
    GuestFilesystemOperation, GuestFilesystemResultResponse, GuestRuntimeKind,
    ProcessKilledResponse, ProcessStartedResponse, RequestPayload, ResponsePayload,
    RootFilesystemEntryEncoding, StdinWrittenResponse,
};
use tollgate_client::{Error, Options, Unexpected, Vm, command, program};

use crate::peer::{Peer, created, opened, soon};

fn nothing(operation: GuestFilesystemOperation) -> GuestFilesystemResultResponse {
    GuestFilesystemResultResponse {
        operation,
        path: "/p".to_owned(),
        content: None,
        encoding: None,
        entries: None,
        stat: None,
        exists: None,
        target: None,
    }
}

/// Answers with what is said of the operation, and gives what was asked.
async fn files(
    peer: &mut Peer,
    answer: impl FnOnce(&mut GuestFilesystemResultResponse),
) -> tollgate_client::types::GuestFilesystemCallRequest {
    let asked = peer.asked().await;
    let RequestPayload::GuestFilesystemCallRequest(call) = asked.payload.clone() else {
        panic!("{asked:?}")
    };
    let mut result = nothing(call.operation);
    answer(&mut result);
    let result = ResponsePayload::GuestFilesystemResultResponse(result);
    peer.send(asked.answer(result)).await;
    call
}

async fn vm() -> (tollgate_client::Client, Vm, Peer) {
    let (client, _, session, mut peer) = opened(Options::default()).await;
    let vm = created(&session, &mut peer, "vm-1").await;
    (client, vm, peer)
}

#[tokio::test]
async fn files_are_written_as_text_where_they_are_text() {
    let (_client, vm, mut peer) = vm().await;
    let texts: [(&[u8], &str, RootFilesystemEntryEncoding); 2] = [
        ("grün".as_bytes(), "grün", RootFilesystemEntryEncoding::Utf8),
        (&[0xff, 0, 1], "/wAB", RootFilesystemEntryEncoding::Base64),
    ];
    for (bytes, content, encoding) in texts {
        let (done, asked) = tokio::join!(vm.write_file("/p", bytes), files(&mut peer, |_| {}));
        done.unwrap();
        assert_eq!(asked.operation, GuestFilesystemOperation::WriteFile);
        assert_eq!(
            (asked.content.as_deref(), asked.encoding),
            (Some(content), Some(encoding))
        );
        let answer = files(&mut peer, |result| {
            result.content = Some(content.to_owned());
            result.encoding = Some(encoding);
        });
        let (read, _) = tokio::join!(vm.read_file("/p"), answer);
        assert_eq!(read.unwrap(), bytes);
    }
}

#[tokio::test]
async fn an_answer_without_what_was_asked_for_is_an_error_and_ends_nothing() {
    let (_client, vm, mut peer) = vm().await;
    let (read, _) = tokio::join!(vm.read_file("/p"), files(&mut peer, |_| {}));
    let operation = "read-file";
    assert_eq!(read.unwrap_err(), Unexpected::Result { operation }.into());
    let answer = files(&mut peer, |result| {
        result.content = Some("%".to_owned());
        result.encoding = Some(RootFilesystemEntryEncoding::Base64);
    });
    let (read, _) = tokio::join!(vm.read_file("/p"), answer);
    assert_eq!(read.unwrap_err(), Error::Content);
    let answer = files(&mut peer, |result| result.exists = Some(true));
    let (exists, _) = tokio::join!(vm.exists("/p"), answer);
    assert!(exists.unwrap());
}

#[tokio::test]
async fn each_operation_on_files_says_what_it_needs() {
    let (_client, vm, mut peer) = vm().await;
    macro_rules! asks {
        ($call:expr, $check:expr) => {{
            let ((), asked) = soon(async {
                tokio::join!(
                    async { $call.await.map(drop).unwrap() },
                    files(&mut peer, |result| {
                        result.exists = Some(false);
                        result.entries = Some(vec![]);
                        result.target = Some(String::new());
                        result.content = Some(String::new());
                    })
                )
            })
            .await;
            let check: fn(&tollgate_client::types::GuestFilesystemCallRequest) -> bool = $check;
            assert!(check(&asked), "{asked:?}");
            asked.operation.name()
        }};
    }
    let names = [
        asks!(vm.read_file("/p"), |asked| asked.path == "/p"),
        asks!(vm.write_file("/p", b"x"), |asked| asked.content.as_deref()
            == Some("x")),
        asks!(vm.create_dir("/p"), |asked| !asked.recursive),
        asks!(vm.mkdir("/p", true), |asked| asked.recursive),
        asks!(vm.exists("/p"), |asked| asked.path == "/p"),
        asks!(vm.read_dir("/p"), |asked| asked.path == "/p"),
        asks!(vm.remove_file("/p"), |asked| asked.path == "/p"),
        asks!(vm.remove_dir("/p"), |asked| asked.path == "/p"),
        asks!(vm.rename("/p", "/q"), |asked| asked
            .destination_path
            .as_deref()
            == Some("/q")),
        asks!(vm.realpath("/p"), |asked| asked.path == "/p"),
        asks!(vm.symlink("to", "/p"), |asked| asked.path == "/p"
            && asked.target.as_deref() == Some("to")),
        asks!(vm.read_link("/p"), |asked| asked.path == "/p"),
        asks!(vm.link("/p", "/q"), |asked| asked
            .destination_path
            .as_deref()
            == Some("/q")),
        asks!(vm.chmod("/p", 0o600), |asked| asked.mode == Some(0o600)),
        asks!(vm.chown("/p", 1, 2), |asked| (asked.uid, asked.gid)
            == (Some(1), Some(2))),
        asks!(vm.utimes("/p", 1, 2), |asked| (
            asked.atime_ms,
            asked.mtime_ms
        ) == (Some(1), Some(2))),
        asks!(vm.truncate("/p", 9), |asked| asked.len == Some(9)),
        asks!(vm.pread("/p", 1, 2), |asked| (asked.offset, asked.len)
            == (Some(1), Some(2))),
    ];
    let expected = [
        "read-file",
        "write-file",
        "create-dir",
        "mkdir",
        "exists",
        "read-dir",
        "remove-file",
        "remove-dir",
        "rename",
        "realpath",
        "symlink",
        "read-link",
        "link",
        "chmod",
        "chown",
        "utimes",
        "truncate",
        "pread",
    ];
    assert_eq!(names, expected);
}

#[tokio::test]
async fn programs_are_started_fed_and_ended() {
    let (_client, vm, mut peer) = vm().await;
    let starts = |payload: &RequestPayload| {
        let RequestPayload::ExecuteRequest(asked) = payload else {
            panic!("{payload:?}")
        };
        assert_eq!(asked.entrypoint.as_deref(), Some("/x.wasm"));
        assert_eq!(asked.runtime, Some(GuestRuntimeKind::WebAssembly));
        ResponsePayload::ProcessStartedResponse(ProcessStartedResponse {
            process_id: asked.process_id.clone(),
            pid: Some(7),
        })
    };
    let asked = program("p1", GuestRuntimeKind::WebAssembly, "/x.wasm");
    let (pid, ()) = tokio::join!(vm.execute(asked), peer.answers(starts));
    assert_eq!(pid, Ok(Some(7)));
    let feeds = |payload: &RequestPayload| {
        let RequestPayload::WriteStdinRequest(asked) = payload else {
            panic!("{payload:?}")
        };
        ResponsePayload::StdinWrittenResponse(StdinWrittenResponse {
            process_id: asked.process_id.clone(),
            accepted_bytes: asked.chunk.len() as u64,
        })
    };
    let (taken, ()) = tokio::join!(vm.write_stdin("p1", b"four"), peer.answers(feeds));
    assert_eq!(taken, Ok(4));
    let kills = |payload: &RequestPayload| {
        let RequestPayload::KillProcessRequest(asked) = payload else {
            panic!("{payload:?}")
        };
        assert_eq!(asked.signal, "SIGTERM");
        ResponsePayload::ProcessKilledResponse(ProcessKilledResponse {
            process_id: asked.process_id.clone(),
        })
    };
    let (killed, ()) = tokio::join!(vm.kill("p1", "SIGTERM"), peer.answers(kills));
    assert_eq!(killed, Ok(()));
    let asked = command("p2", "node", &["-e", "1"]);
    assert_eq!(asked.command.as_deref(), Some("node"));
    assert_eq!(asked.args, ["-e", "1"]);
}
