//! A bridge that is asked where a policy says `ask`, before the VM's client is.
//!
//! It can only say no, or yes to what the policy lets be asked: what the policy or the ceiling denies never comes here. A
//! bridge that fails, or does not answer in time, says no.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tollgate_contract::permissions::{
    CommandPermissionRequest, EnvironmentAccess, EnvironmentPermissionRequest, FilesystemAccess,
    FilesystemPermissionRequest, NetworkAccess, NetworkPermissionRequest, PermissionDecision,
    PermissionVerdict,
};
use tollgate_contract::{BridgeError, PermissionBridge};
use tollgate_policy::Question;

/// How long a bridge is waited for, in milliseconds: as long as a client is.
pub(crate) const DECIDING_MS: u64 = 30_000;
const PATIENCE: Duration = Duration::from_millis(DECIDING_MS);

/// What a question is, in the words of the bridge.
#[derive(Debug, PartialEq, Eq)]
enum Check {
    Filesystem(FilesystemAccess),
    Network(NetworkAccess),
    Command,
    Environment(EnvironmentAccess),
}

impl Check {
    /// None for what the bridge has no method for.
    fn of(operation: &str) -> Option<Self> {
        let (scope, verb) = operation.split_once('.')?;
        match (scope, verb) {
            ("fs", verb) => access(verb).map(Self::Filesystem),
            ("http", "request") => Some(Self::Network(NetworkAccess::Http)),
            ("network", "connect" | "send") => Some(Self::Network(NetworkAccess::Fetch)),
            ("network", "resolve") => Some(Self::Network(NetworkAccess::Dns)),
            ("network", "bind" | "listen" | "serve") => Some(Self::Network(NetworkAccess::Listen)),
            ("child-process", "spawn") => Some(Self::Command),
            ("env", "read") => Some(Self::Environment(EnvironmentAccess::Read)),
            ("env", "write") => Some(Self::Environment(EnvironmentAccess::Write)),
            _ => None,
        }
    }
}

/// What is done to a file. A policy tells neither a link's text from a file's, nor a change of bits or length from one of
/// content: they are `read` and `write`.
fn access(verb: &str) -> Option<FilesystemAccess> {
    Some(match verb {
        "read" => FilesystemAccess::Read,
        "write" => FilesystemAccess::Write,
        "create_dir" => FilesystemAccess::CreateDir,
        "readdir" => FilesystemAccess::ReadDir,
        "stat" => FilesystemAccess::Stat,
        "rm" => FilesystemAccess::Remove,
        "rename" => FilesystemAccess::Rename,
        "symlink" => FilesystemAccess::Symlink,
        _ => return None,
    })
}

async fn ask(
    bridge: &dyn PermissionBridge,
    check: Check,
    vm_id: String,
    resource: String,
) -> Result<PermissionDecision, BridgeError> {
    match check {
        Check::Filesystem(access) => {
            let request = FilesystemPermissionRequest {
                vm_id,
                path: resource,
                access,
            };
            bridge.check_filesystem_access(request).await
        }
        Check::Network(access) => {
            let request = NetworkPermissionRequest {
                vm_id,
                access,
                resource,
            };
            bridge.check_network_access(request).await
        }
        Check::Command => {
            let request = CommandPermissionRequest {
                vm_id,
                command: resource,
                args: Vec::new(),
                cwd: None,
                env: Vec::new(),
            };
            bridge.check_command_execution(request).await
        }
        Check::Environment(access) => {
            let request = EnvironmentPermissionRequest {
                vm_id,
                access,
                key: resource,
                value: None,
            };
            bridge.check_environment_access(request).await
        }
    }
}

/// What a bridge says to a question; `Prompt` where it has no method for such.
pub(crate) async fn verdict(
    bridge: &Arc<dyn PermissionBridge>,
    vm_id: &str,
    question: &Question,
) -> PermissionVerdict {
    let Some(check) = Check::of(question.operation()) else {
        return PermissionVerdict::Prompt;
    };
    let asked = ask(
        &**bridge,
        check,
        vm_id.to_owned(),
        question.resource().to_owned(),
    );
    match timeout(PATIENCE, asked).await {
        Ok(Ok(decision)) => decision.verdict,
        Ok(Err(_)) | Err(_) => PermissionVerdict::Deny,
    }
}

#[cfg(test)]
mod tests {
    use tollgate_policy::{FsVerb, NetworkVerb, Scope};

    use super::*;

    #[test]
    fn what_a_policy_can_ask_about_has_a_method_or_is_asked_of_the_client() {
        let beyond = [
            FsVerb::MountSensitive.operation(),
            NetworkVerb::Inspect.operation(),
        ];
        for scope in [
            Scope::Fs,
            Scope::Network,
            Scope::Http,
            Scope::ChildProcess,
            Scope::Env,
        ] {
            for verb in scope.verbs() {
                let operation = format!("{scope}.{verb}");
                let check = Check::of(&operation);
                assert_eq!(
                    check.is_none(),
                    beyond.contains(&operation.as_str()),
                    "{operation}"
                );
            }
        }
        for other in ["process.inspect", "tool.invoke", "clock.read", "fs", ""] {
            assert_eq!(Check::of(other), None, "{other}");
        }
    }
}
