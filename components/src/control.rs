//! What the guests share that control a sidecar: the bindings, and a client in few words.

mod bindings {
    wit_bindgen::generate!({
        path: ["../wit/deps/io.wit", "../wit/sidecar"],
        world: "tollgate:sidecar/control-plane",
        generate_all,
    });
}

pub use bindings::tollgate::sidecar::{callbacks, control, events, types};
pub use bindings::wasi::io::poll;

use types::{
    AuthenticateRequest, ConnectionOwnership, CreateVmRequest, DisposeReason, DisposeVmRequest,
    EventPayload, ExecuteRequest, GuestFilesystemCallRequest, GuestFilesystemOperation,
    GuestRuntimeKind, HostCallbackResultResponse, OpenSessionRequest, OwnershipScope,
    RejectedResponse, RootFilesystemEntryEncoding, SessionOwnership, SidecarPlacement,
    SidecarPlacementShared, SidecarRequestPayload, SidecarResponsePayload, StreamChannel,
    VmOwnership,
};

/// A VM that may do everything.
pub const ALLOW: &str = r#"{"permissions":{"fs":"allow","network":"allow","childProcess":"allow","process":"allow","env":"allow","binding":"allow"}}"#;

/// What a call comes to.
pub type Asked<T> = Result<T, RejectedResponse>;

/// On behalf of a connection.
pub fn connection(connection_id: &str) -> OwnershipScope {
    OwnershipScope::ConnectionOwnership(ConnectionOwnership {
        connection_id: connection_id.to_owned(),
    })
}

/// On behalf of a session.
pub fn session(connection_id: &str, session_id: &str) -> OwnershipScope {
    OwnershipScope::SessionOwnership(SessionOwnership {
        connection_id: connection_id.to_owned(),
        session_id: session_id.to_owned(),
    })
}

/// On behalf of a VM.
pub fn vm(connection_id: &str, session_id: &str, vm_id: &str) -> OwnershipScope {
    OwnershipScope::VmOwnership(VmOwnership {
        connection_id: connection_id.to_owned(),
        session_id: session_id.to_owned(),
        vm_id: vm_id.to_owned(),
    })
}

/// The first thing that a client says.
pub fn authenticate(client_name: &str) -> Asked<types::AuthenticatedResponse> {
    control::authenticate(
        &connection("hint"),
        &AuthenticateRequest {
            client_name: client_name.to_owned(),
            auth_token: String::new(),
            protocol_version: 7,
            bridge_version: 1,
        },
    )
}

/// A client with a session.
pub struct Client {
    /// What its connection is called.
    pub connection_id: String,
    /// What its session is called.
    pub session_id: String,
}

impl Client {
    /// Begins one.
    pub fn begin(client_name: &str) -> Asked<Self> {
        let connection_id = authenticate(client_name)?.connection_id;
        let placement =
            SidecarPlacement::SidecarPlacementShared(SidecarPlacementShared { pool: None });
        let request = OpenSessionRequest {
            placement,
            metadata: Vec::new(),
        };
        let opened = control::open_session(&connection(&connection_id), &request)?;
        Ok(Self {
            connection_id,
            session_id: opened.session_id,
        })
    }

    /// Makes a VM.
    pub fn vm(&self, config: &str) -> Asked<Vm> {
        let scope = session(&self.connection_id, &self.session_id);
        let request = CreateVmRequest {
            runtime: GuestRuntimeKind::WebAssembly,
            config: config.to_owned(),
        };
        let vm_id = control::create_vm(&scope, &request)?.vm_id;
        Ok(Vm {
            scope: vm(&self.connection_id, &self.session_id, &vm_id),
            vm_id,
        })
    }
}

/// A VM.
pub struct Vm {
    /// On behalf of it.
    pub scope: OwnershipScope,
    /// What it is called.
    pub vm_id: String,
}

/// An operation on a file.
pub fn file_call(operation: GuestFilesystemOperation, path: &str) -> GuestFilesystemCallRequest {
    GuestFilesystemCallRequest {
        operation,
        path: path.to_owned(),
        destination_path: None,
        target: None,
        content: None,
        encoding: None,
        recursive: false,
        mode: None,
        uid: None,
        gid: None,
        atime_ms: None,
        mtime_ms: None,
        len: None,
        offset: None,
    }
}

/// A program in a file.
pub fn program(process_id: &str, runtime: GuestRuntimeKind, entrypoint: &str) -> ExecuteRequest {
    ExecuteRequest {
        process_id: process_id.to_owned(),
        command: None,
        runtime: Some(runtime),
        entrypoint: Some(entrypoint.to_owned()),
        args: Vec::new(),
        env: Vec::new(),
        cwd: None,
        wasm_permission_tier: None,
    }
}

/// A command.
pub fn command(process_id: &str, command: &str, args: &[&str]) -> ExecuteRequest {
    ExecuteRequest {
        command: Some(command.to_owned()),
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        runtime: None,
        entrypoint: None,
        ..program(process_id, GuestRuntimeKind::WebAssembly, "")
    }
}

impl Vm {
    /// Writes a file of text.
    pub fn write(&self, path: &str, content: String) -> Asked<()> {
        let mut call = file_call(GuestFilesystemOperation::WriteFile, path);
        call.content = Some(content);
        control::guest_filesystem_call(&self.scope, &call).map(drop)
    }

    /// Writes a file of bytes.
    pub fn write_bytes(&self, path: &str, bytes: &[u8]) -> Asked<()> {
        let mut call = file_call(GuestFilesystemOperation::WriteFile, path);
        call.content = Some(base64(bytes));
        call.encoding = Some(RootFilesystemEntryEncoding::Base64);
        control::guest_filesystem_call(&self.scope, &call).map(drop)
    }

    /// Reads a file of text.
    pub fn read(&self, path: &str) -> Asked<String> {
        let call = file_call(GuestFilesystemOperation::ReadFile, path);
        let read = control::guest_filesystem_call(&self.scope, &call)?;
        Ok(read.content.unwrap_or_default())
    }

    /// Starts a program from a text in JavaScript.
    pub fn start_js(&self, process_id: &str, text: &str) -> Asked<()> {
        let path = format!("/workspace/{process_id}.mjs");
        self.write(&path, text.to_owned())?;
        let request = program(process_id, GuestRuntimeKind::JavaScript, &path);
        control::execute(&self.scope, &request).map(drop)
    }

    /// Ends it.
    pub fn dispose(&self) -> Asked<()> {
        let request = DisposeVmRequest {
            reason: DisposeReason::Requested,
        };
        control::dispose_vm(&self.scope, request).map(drop)
    }
}

/// What a program came to.
#[derive(Default)]
pub struct Ended {
    /// What it wrote to standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error.
    pub stderr: Vec<u8>,
    /// Its exit code.
    pub code: i32,
}

/// Waits until a program ends, and answers what is asked meanwhile by `answers`.
pub fn until_ended(process: &str, answers: impl Fn(&str, &str) -> Result<String, String>) -> Ended {
    let (told, asked) = (events::subscribe(), callbacks::subscribe());
    let mut ended = Ended::default();
    loop {
        while let Some(event) = events::next() {
            match event.payload {
                EventPayload::ProcessOutputEvent(output) if output.process_id == process => {
                    match output.channel {
                        StreamChannel::Stdout => ended.stdout.extend(output.chunk),
                        StreamChannel::Stderr => ended.stderr.extend(output.chunk),
                    }
                }
                EventPayload::ProcessExitedEvent(exited) if exited.process_id == process => {
                    ended.code = exited.exit_code;
                    return ended;
                }
                _ => {}
            }
        }
        while let Some(question) = callbacks::next() {
            let SidecarRequestPayload::HostCallbackRequest(call) = question.payload else {
                continue;
            };
            let (result, error) = match answers(&call.callback_key, &call.input) {
                Ok(result) => (Some(result), None),
                Err(error) => (None, Some(error)),
            };
            let answer = HostCallbackResultResponse {
                invocation_id: call.invocation_id,
                result,
                error,
            };
            let payload = SidecarResponsePayload::HostCallbackResultResponse(answer);
            if let Err(refused) = callbacks::answer(question.request_id, &payload) {
                crate::say!("the answer was refused: {refused:?}");
            }
        }
        poll::poll(&[&told, &asked]);
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let number = (0..3).fold(0_u32, |number, index| {
            number << 8 | u32::from(three.get(index).copied().unwrap_or(0))
        });
        for digit in 0..4 {
            if digit > three.len() {
                text.push('=');
                continue;
            }
            let index = number >> (18 - 6 * digit) & 63;
            text.push(char::from(DIGITS[index as usize]));
        }
    }
    text
}
