//! A bridge that goes wrong, by the last name of the path that it is asked about: `trap`, `spin`, `grow`, `fail`. Of all others
//! an instance allows the first one that it is asked about, and no other.

mod bindings {
    wit_bindgen::generate!({ path: "../wit/host-bridge", world: "permissions-bridge" });
    use super::Bad;
    export!(Bad);
}

use std::sync::OnceLock;

use bindings::exports::tollgate::host_bridge::permissions::{
    BridgeError, CommandPermissionRequest, EnvironmentPermissionRequest,
    FilesystemPermissionRequest, Guest, NetworkPermissionRequest, PermissionDecision,
    PermissionVerdict,
};
use bindings::tollgate::host_bridge::types::ErrorCode;

static FIRST: OnceLock<String> = OnceLock::new();

struct Bad;

fn unsupported() -> Result<PermissionDecision, BridgeError> {
    Err(BridgeError {
        code: ErrorCode::Unsupported,
        message: "I only know files".to_owned(),
    })
}

impl Guest for Bad {
    fn check_filesystem_access(
        request: FilesystemPermissionRequest,
    ) -> Result<PermissionDecision, BridgeError> {
        match request.path.rsplit('/').next() {
            Some("trap") => core::arch::wasm32::unreachable(),
            Some("spin") => loop {
                core::hint::spin_loop();
            },
            Some("grow") => {
                let mut all = Vec::new();
                loop {
                    all.push(vec![1_u8; 1 << 20]);
                    core::hint::black_box(&all);
                }
            }
            Some("fail") => unsupported(),
            _ => Ok(PermissionDecision {
                verdict: if *FIRST.get_or_init(|| request.path.clone()) == request.path {
                    PermissionVerdict::Allow
                } else {
                    PermissionVerdict::Deny
                },
                reason: None,
            }),
        }
    }

    fn check_network_access(
        _: NetworkPermissionRequest,
    ) -> Result<PermissionDecision, BridgeError> {
        unsupported()
    }

    fn check_command_execution(
        _: CommandPermissionRequest,
    ) -> Result<PermissionDecision, BridgeError> {
        unsupported()
    }

    fn check_environment_access(
        _: EnvironmentPermissionRequest,
    ) -> Result<PermissionDecision, BridgeError> {
        unsupported()
    }
}

fn main() {
    tollgate_components::say!("ask me about a file");
}
