//! Clients that mean harm, at a socket that others are served at too: they harm themselves alone.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tollgate_client::types::{
    GuestFilesystemOperation, GuestRuntimeKind, OwnershipScope, ProtocolFrame, RequestPayload,
    ResponsePayload, SessionOwnership, VmOwnership, WriteStdinRequest,
};
use tollgate_client::{Client, RefusalCode, Session, Vm, command};
use tollgate_protocol::{FrameDecoder, FrameLimits, Side, request};
use tollgate_tests::scene;

use crate::support::{
    ALLOW, Held, Served, Watch, authenticate, bytes, connection_of, create_vm, fs_call,
    open_session, soon,
};

const MIB: u64 = 1 << 20;

/// A client that does nothing but its work, beside others.
struct Bystander {
    served: Served,
    _client: Client,
    session: Session,
    vm: Vm,
    runs: usize,
}

impl Bystander {
    async fn new() -> Self {
        let served = Served::new(scene!(), &[]).await;
        let (client, connection) = served.client("").await.unwrap();
        let session = connection.open_session().await.unwrap();
        let vm = session.create_vm(GuestRuntimeKind::WebAssembly, ALLOW);
        let vm = soon(vm).await.unwrap();
        let mut bystander = Self {
            served,
            _client: client,
            session,
            vm,
            runs: 0,
        };
        bystander.is_served().await;
        bystander
    }

    /// That it gets its work done: a file, a program, a VM. How long a file takes is told.
    async fn is_served(&mut self) -> Duration {
        self.runs += 1;
        let process = format!("run-{}", self.runs);
        let mut watch = Watch::over(&self.vm);
        let asked = Instant::now();
        soon(self.vm.write_file("/mine", process.as_bytes()))
            .await
            .unwrap();
        let took = asked.elapsed();
        let read = soon(self.vm.read_file("/mine")).await.unwrap();
        assert_eq!(read, process.as_bytes());
        let says = command(&process, "node", &["-e", "console.log('served')"]);
        soon(self.vm.execute(says)).await.unwrap();
        let ended = watch.ended(&process).await;
        assert_eq!(ended.expect(0).stdout, "served\n");
        let other = self.session.create_vm(GuestRuntimeKind::WebAssembly, ALLOW);
        soon(soon(other).await.unwrap().dispose()).await.unwrap();
        took
    }

    fn held(&self) -> Held {
        Held::by(self.served.process())
    }

    async fn hostile(&self) -> Hostile {
        let stream = UnixStream::connect(&self.served.socket).await.unwrap();
        Hostile {
            stream,
            decoder: FrameDecoder::new(Side::Sidecar, FrameLimits::default()),
        }
    }

    /// That what was hostile is over, with all that was its own.
    async fn is_alone_again(&self, before: Held) {
        soon(async {
            while self.held().files > before.files {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
    }
}

/// A client that speaks in bytes.
struct Hostile {
    stream: UnixStream,
    decoder: FrameDecoder,
}

impl Hostile {
    async fn send(&mut self, frame: impl Into<ProtocolFrame>) {
        self.stream.write_all(&bytes(frame)).await.unwrap();
    }

    /// The next answer.
    async fn answer(&mut self) -> ResponsePayload {
        let mut piece = vec![0; 64 << 10];
        loop {
            match self.decoder.frame().unwrap() {
                Some(ProtocolFrame::ResponseFrame(frame)) => return frame.payload,
                Some(_other) => {}
                None => {
                    let read = soon(self.stream.read(&mut piece)).await.unwrap();
                    assert!(read > 0, "the sidecar hung up");
                    self.decoder.push(&piece[..read]);
                }
            }
        }
    }

    /// What it may make a VM in.
    async fn session(&mut self) -> SessionOwnership {
        self.send(request(1, connection_of("x"), authenticate("hostile")))
            .await;
        let ResponsePayload::AuthenticatedResponse(made) = self.answer().await else {
            panic!("it may come in")
        };
        let connection = connection_of(&made.connection_id);
        self.send(request(2, connection, open_session())).await;
        let ResponsePayload::SessionOpenedResponse(made) = self.answer().await else {
            panic!("it may open a session")
        };
        SessionOwnership {
            connection_id: made.owner_connection_id,
            session_id: made.session_id,
        }
    }

    async fn vm(&mut self) -> OwnershipScope {
        let session = self.session().await;
        let scope = OwnershipScope::SessionOwnership(session.clone());
        self.send(request(3, scope, create_vm())).await;
        let ResponsePayload::VmCreatedResponse(made) = self.answer().await else {
            panic!("it may make a VM")
        };
        OwnershipScope::VmOwnership(VmOwnership {
            connection_id: session.connection_id,
            session_id: session.session_id,
            vm_id: made.vm_id,
        })
    }

    /// Waits until the sidecar hangs up.
    async fn until_hung_up_on(mut self) {
        let mut rest = Vec::new();
        // A stream that is reset while something was on its way to the other end has ended too.
        let _ended = soon(self.stream.read_to_end(&mut rest)).await;
        assert_eq!(rest, [0; 0], "nothing is answered");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_ends_its_own_conversation() {
    let mut bystander = Bystander::new().await;
    let before = bystander.held();
    let hello = bytes(request(1, connection_of("x"), authenticate("hostile")));
    let mut flipped = hello.clone();
    flipped[9] ^= 0x80;
    let garbage: [&[u8]; 6] = [
        &[0xff; 64],
        &[0, 0, 0, 0, 1, 2, 3, 4],
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        &flipped,
        &u32::MAX.to_be_bytes(),
        &[0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff],
    ];
    for garbage in garbage {
        let mut hostile = bystander.hostile().await;
        let _it_may_hang_up_at_once = hostile.stream.write_all(garbage).await;
        hostile.until_hung_up_on().await;
    }
    // A frame that is cut off, and a client that says nothing at all.
    for part in [&hello[..hello.len() / 2], &[]] {
        let mut hostile = bystander.hostile().await;
        hostile.stream.write_all(part).await.unwrap();
    }
    bystander.is_served().await;
    bystander.is_alone_again(before).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_bytes_keep_nobody_waiting_and_take_no_memory() {
    let mut bystander = Bystander::new().await;
    let before = bystander.held();
    let mut slow = Vec::new();
    for _ in 0..50 {
        let mut hostile = bystander.hostile().await;
        // A frame of 16 MiB is announced, of which a few bytes come.
        hostile
            .stream
            .write_all(&(16_u32 << 20).to_be_bytes())
            .await
            .unwrap();
        slow.push(hostile);
    }
    for _ in 0..5 {
        for hostile in &mut slow {
            hostile.stream.write_all(&[0]).await.unwrap();
        }
        bystander.is_served().await;
    }
    let during = bystander.held();
    assert!(
        during.bytes < before.bytes + 64 * MIB,
        "{before:?} -> {during:?}"
    );
    drop(slow);
    bystander.is_alone_again(before).await;
}

/// How many requests one client sends without waiting; the variable says another number.
fn pipelined() -> u64 {
    let stated = std::env::var("TOLLGATE_PIPELINED").ok();
    stated.map_or(50_000, |stated| stated.parse().expect("a number"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_without_end_are_answered_in_order() {
    let mut bystander = Bystander::new().await;
    let before = bystander.held();
    let mut hostile = bystander.hostile().await;
    let vm = hostile.vm().await;
    let many = pipelined();
    let started = Instant::now();
    let (mut reads, mut writes) = hostile.stream.into_split();
    let writing = tokio::spawn(async move {
        let mut some = Vec::new();
        for id in 0..many {
            let asked = fs_call(GuestFilesystemOperation::Exists, "/tmp");
            let asked = RequestPayload::GuestFilesystemCallRequest(asked);
            let id = i64::try_from(id).unwrap() + 10;
            some.extend(bytes(request(id, vm.clone(), asked)));
            if some.len() > 1 << 16 {
                writes.write_all(&some).await.unwrap();
                some.clear();
            }
        }
        writes.write_all(&some).await.unwrap();
        writes
    });
    let reading = tokio::spawn(async move {
        let mut decoder = hostile.decoder;
        let mut piece = vec![0; 64 << 10];
        let mut answered = 0;
        while answered < many {
            let read = reads.read(&mut piece).await.unwrap();
            assert!(read > 0, "the sidecar hung up after {answered}");
            decoder.push(&piece[..read]);
            while let Some(frame) = decoder.frame().unwrap() {
                if let ProtocolFrame::ResponseFrame(frame) = frame {
                    answered += 1;
                    assert_eq!(frame.request_id, i64::try_from(answered).unwrap() + 9);
                }
            }
        }
        reads
    });
    let mut worst = Duration::ZERO;
    while !reading.is_finished() {
        worst = worst.max(bystander.is_served().await);
        let during = bystander.held();
        assert!(
            during.bytes < before.bytes + 256 * MIB,
            "{before:?} -> {during:?}"
        );
    }
    let ends = (reading.await.unwrap(), writing.await.unwrap());
    eprintln!(
        "{many} requests in {:.2?}; a bystander waits {worst:.2?} at most",
        started.elapsed()
    );
    assert!(
        worst < Duration::from_secs(2),
        "a bystander waits {worst:?}"
    );
    drop(ends);
    bystander.is_alone_again(before).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_never_reads_is_not_read_any_more() {
    let mut bystander = Bystander::new().await;
    let before = bystander.held();
    let mut hostile = bystander.hostile().await;
    let vm = hostile.vm().await;
    let mut file = fs_call(GuestFilesystemOperation::WriteFile, "/large");
    file.content = Some("x".repeat(4 << 20));
    let file = RequestPayload::GuestFilesystemCallRequest(file);
    hostile.send(request(9, vm.clone(), file)).await;
    hostile.answer().await;
    // Four megabytes for each request of a hundred bytes, and none is taken.
    let read = fs_call(GuestFilesystemOperation::ReadFile, "/large");
    let read = bytes(request(
        10,
        vm,
        RequestPayload::GuestFilesystemCallRequest(read),
    ));
    let mut written = 0;
    let stuck = async {
        loop {
            hostile.stream.write_all(&read).await.unwrap();
            written += 1;
        }
    };
    let stuck = tokio::time::timeout(Duration::from_secs(1), stuck).await;
    assert!(stuck.is_err());
    for _ in 0..3 {
        bystander.is_served().await;
    }
    let during = bystander.held();
    assert!(
        during.bytes < before.bytes + 256 * MIB,
        "{written} requests, {before:?} -> {during:?}"
    );
    drop(hostile);
    bystander.is_alone_again(before).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_goes_in_the_middle_takes_its_own_with_it() {
    let mut bystander = Bystander::new().await;
    let before = bystander.held();
    for cut in 0..12 {
        let mut hostile = bystander.hostile().await;
        let vm = hostile.vm().await;
        let runs = command(
            "p",
            "node",
            &[
                "-e",
                "process.stdin.resume(); setInterval(() => console.log('x'.repeat(9999)), 1)",
            ],
        );
        hostile
            .send(request(4, vm.clone(), RequestPayload::ExecuteRequest(runs)))
            .await;
        hostile.answer().await;
        // In the middle of a write to its input, or of disposing of it.
        let last = if cut % 2 == 0 {
            RequestPayload::WriteStdinRequest(WriteStdinRequest {
                process_id: "p".to_owned(),
                chunk: vec![b'x'; 2 << 20],
            })
        } else {
            RequestPayload::DisposeVmRequest(tollgate_client::types::DisposeVmRequest {
                reason: tollgate_client::types::DisposeReason::Requested,
            })
        };
        let last = bytes(request(5, vm, last));
        let end = last.len() - (cut / 2) * last.len() / 8;
        // All of it, or a part: how much the sidecar reads before the end comes is its own matter.
        let _in_the_middle = tokio::time::timeout(
            Duration::from_millis(20),
            hostile.stream.write_all(&last[..end]),
        )
        .await;
        drop(hostile);
        bystander.is_served().await;
    }
    bystander.is_alone_again(before).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_takes_all_that_it_can_leaves_room_for_others() {
    let mut bystander = Bystander::new().await;
    let before = bystander.held();
    let mut hostile = bystander.hostile().await;
    let session = hostile.session().await;
    let ask = async |hostile: &mut Hostile,
                     many: usize,
                     scope: &OwnershipScope,
                     payload: &RequestPayload| {
        let mut refused = 0;
        for first in (0..many).step_by(100) {
            for number in first..first + 100 {
                let id = i64::try_from(number).unwrap() + 10;
                hostile
                    .send(request(id, scope.clone(), payload.clone()))
                    .await;
            }
            for _ in 0..100 {
                if let ResponsePayload::RejectedResponse(rejected) = hostile.answer().await {
                    assert_eq!(rejected.code, RefusalCode::InvalidState.as_str());
                    refused += 1;
                }
            }
        }
        refused
    };
    let refused = ask(
        &mut hostile,
        2_000,
        &connection_of("x"),
        &authenticate("hostile"),
    )
    .await;
    assert_eq!(refused, 2_000 - 1_023, "connections");
    let refused = ask(
        &mut hostile,
        5_000,
        &connection_of(&session.connection_id),
        &open_session(),
    )
    .await;
    assert_eq!(refused, 5_000 - 4_095, "sessions");
    let session = OwnershipScope::SessionOwnership(session);
    let refused = ask(&mut hostile, 1_200, &session, &create_vm()).await;
    assert_eq!(refused, 1_200 - 1_024, "VMs");
    bystander.is_served().await;
    let (_client, connection) = bystander.served.client("").await.unwrap();
    connection.open_session().await.unwrap();
    let during = bystander.held();
    eprintln!("1,024 VMs: {before:?} -> {during:?}");
    drop(hostile);
    soon(async {
        while bystander.held().files > before.files + 1 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    bystander.is_served().await;
}
