//! A sidecar over its bytes.

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tollgate_client::types::{
    AuthenticateRequest, ConnectionOwnership, CreateVmRequest, GuestFilesystemCallRequest,
    GuestFilesystemOperation, GuestRuntimeKind, OpenSessionRequest, OwnershipScope, ProtocolFrame,
    RequestPayload, ResponseFrame, ResponsePayload, SessionOwnership, SidecarPlacement,
    SidecarPlacementShared, VmOwnership,
};
use tollgate_protocol::{FrameLimits, Side, decode, encode, request};
use tollgate_tests::{Scene, scene};

use super::{ALLOW, sidecar};

/// A sidecar that is spoken to byte by byte. One that neither ends nor answers is killed, so that the test fails.
pub(crate) struct Raw {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: ChildStdout,
    stderr: Option<JoinHandle<String>>,
    _watched: Sender<()>,
    last_id: i64,
    /// What came while something else was waited for.
    pub(crate) others: Vec<ProtocolFrame>,
    _scene: Scene,
}

/// How it ended: its exit code, and what it still wrote.
pub(crate) struct RawEnd {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Raw {
    pub(crate) fn start(flags: &[&str]) -> Self {
        let scene = scene!();
        let mut child = sidecar(&scene, flags)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let stderr = std::thread::spawn(move || {
            let mut all = Vec::new();
            stderr.read_to_end(&mut all).unwrap();
            String::from_utf8_lossy(&all).into_owned()
        });
        Self {
            _watched: watched(&child),
            stdin: child.stdin.take(),
            stdout: child.stdout.take().unwrap(),
            stderr: Some(stderr),
            child,
            last_id: 0,
            others: Vec::new(),
            _scene: scene,
        }
    }

    /// With a connection, a session and a VM that may do everything.
    pub(crate) fn with_vm() -> Self {
        let mut raw = Self::start(&[]);
        raw.authenticate();
        raw.ask(connection_of("conn-1"), open_session());
        raw.create_vm("vm-1");
        raw
    }

    pub(crate) fn authenticate(&mut self) {
        let answer = self.ask(connection_of("hint"), authenticate("raw"));
        let ResponsePayload::AuthenticatedResponse(made) = answer.payload else {
            panic!("{answer:?}")
        };
        assert_eq!(made.connection_id, "conn-1");
    }

    pub(crate) fn create_vm(&mut self, name: &str) {
        let answer = self.ask(session_of(), create_vm());
        let ResponsePayload::VmCreatedResponse(made) = answer.payload else {
            panic!("{answer:?}")
        };
        assert_eq!(made.vm_id, name);
    }

    /// Bytes as they are. A sidecar that has ended takes none, which its end tells.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().unwrap();
        let _ended = stdin.write_all(bytes).and_then(|()| stdin.flush());
    }

    pub(crate) fn send_frame(&mut self, frame: impl Into<ProtocolFrame>) {
        self.send(&bytes(frame));
    }

    /// Asks, and does not wait for the answer.
    pub(crate) fn post(&mut self, scope: OwnershipScope, payload: RequestPayload) -> i64 {
        self.last_id += 1;
        self.send_frame(request(self.last_id, scope, payload));
        self.last_id
    }

    pub(crate) fn ask(&mut self, scope: OwnershipScope, payload: RequestPayload) -> ResponseFrame {
        let id = self.post(scope, payload);
        let answer = self.answer();
        assert_eq!(answer.request_id, id);
        answer
    }

    /// The next answer.
    pub(crate) fn answer(&mut self) -> ResponseFrame {
        loop {
            match self.frame() {
                ProtocolFrame::ResponseFrame(frame) => return frame,
                other => self.others.push(other),
            }
        }
    }

    pub(crate) fn frame(&mut self) -> ProtocolFrame {
        let body = self.body();
        decode(&body, Side::Sidecar, FrameLimits::default()).unwrap()
    }

    /// The next frame's bytes: as many as its four bytes say, the first one first.
    pub(crate) fn body(&mut self) -> Vec<u8> {
        let mut length = [0; 4];
        self.stdout.read_exact(&mut length).expect("a length comes");
        let length = u32::from_be_bytes(length);
        assert!(length <= 16 << 20, "a frame of {length} bytes");
        let mut body = vec![0; length as usize];
        self.stdout.read_exact(&mut body).expect("a body comes");
        body
    }

    /// Ends its input, and waits for its end.
    pub(crate) fn end(mut self) -> RawEnd {
        drop(self.stdin.take());
        self.ends()
    }

    /// Waits for its end, with its input open.
    pub(crate) fn ends(mut self) -> RawEnd {
        let mut stdout = Vec::new();
        self.stdout.read_to_end(&mut stdout).unwrap();
        let code = self.child.wait().unwrap().code();
        let stderr = self.stderr.take().unwrap().join().unwrap();
        RawEnd {
            code,
            stdout,
            stderr,
        }
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

impl RawEnd {
    /// That a bad frame ended it, without a word to the client.
    #[track_caller]
    pub(crate) fn is_fatal(&self) {
        assert_eq!(self.code, Some(1), "{}", self.stderr);
        assert_eq!(self.stdout, [0; 0], "nothing is answered");
        assert!(!self.stderr.is_empty(), "it says why");
    }
}

/// Kills the child after a minute, unless the sender is dropped before.
fn watched(child: &Child) -> Sender<()> {
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    let (told, waits) = channel::<()>();
    std::thread::spawn(move || {
        use std::sync::mpsc::RecvTimeoutError;
        if waits.recv_timeout(Duration::from_secs(60)) == Err(RecvTimeoutError::Timeout) {
            let _ended = kill_process(pid, Signal::KILL);
        }
    });
    told
}

pub(crate) fn bytes(frame: impl Into<ProtocolFrame>) -> Vec<u8> {
    encode(&frame.into(), FrameLimits::of(u32::MAX)).unwrap()
}

pub(crate) fn connection_of(name: &str) -> OwnershipScope {
    OwnershipScope::ConnectionOwnership(ConnectionOwnership {
        connection_id: name.to_owned(),
    })
}

pub(crate) fn session_of() -> OwnershipScope {
    OwnershipScope::SessionOwnership(SessionOwnership {
        connection_id: "conn-1".to_owned(),
        session_id: "session-1".to_owned(),
    })
}

pub(crate) fn vm_of(name: &str) -> OwnershipScope {
    OwnershipScope::VmOwnership(VmOwnership {
        connection_id: "conn-1".to_owned(),
        session_id: "session-1".to_owned(),
        vm_id: name.to_owned(),
    })
}

pub(crate) fn authenticate(name: &str) -> RequestPayload {
    RequestPayload::AuthenticateRequest(AuthenticateRequest {
        client_name: name.to_owned(),
        auth_token: String::new(),
        protocol_version: 7,
        bridge_version: 1,
    })
}

pub(crate) fn open_session() -> RequestPayload {
    RequestPayload::OpenSessionRequest(OpenSessionRequest {
        placement: SidecarPlacement::SidecarPlacementShared(SidecarPlacementShared { pool: None }),
        metadata: Vec::new(),
    })
}

pub(crate) fn create_vm() -> RequestPayload {
    RequestPayload::CreateVmRequest(CreateVmRequest {
        runtime: GuestRuntimeKind::WebAssembly,
        config: ALLOW.to_owned(),
    })
}

/// An operation on files, and nothing else of it.
pub(crate) fn fs_call(
    operation: GuestFilesystemOperation,
    path: &str,
) -> GuestFilesystemCallRequest {
    GuestFilesystemCallRequest::new(operation, path)
}
