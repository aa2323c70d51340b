//! Decides about permissions by rules in a file of its folder: `/rules/rules`, read anew for each question.
//!
//! A line is `allow`, `deny` or `prompt`, a kind (`filesystem`, `network`, `command`, `environment`) and what the resource
//! begins with. The first that fits decides; where none does, or there is no file, the answer is no.

mod bindings {
    wit_bindgen::generate!({ path: "../wit/host-bridge", world: "permissions-bridge" });
    use super::Rules;
    export!(Rules);
}

use bindings::exports::tollgate::host_bridge::permissions::{
    BridgeError, CommandPermissionRequest, EnvironmentPermissionRequest,
    FilesystemPermissionRequest, Guest, NetworkPermissionRequest, PermissionDecision,
    PermissionVerdict,
};

struct Rules;

fn decide(kind: &str, resource: &str) -> Result<PermissionDecision, BridgeError> {
    let denied = |reason: &str| {
        Ok(PermissionDecision {
            verdict: PermissionVerdict::Deny,
            reason: Some(reason.to_owned()),
        })
    };
    let Ok(rules) = std::fs::read_to_string("/rules/rules") else {
        return denied("there are no rules");
    };
    for rule in rules.lines() {
        let mut words = rule.split_whitespace();
        let (Some(verdict), Some(of), Some(begins)) = (words.next(), words.next(), words.next())
        else {
            continue;
        };
        if of != kind || !resource.starts_with(begins) {
            continue;
        }
        let verdict = match verdict {
            "allow" => PermissionVerdict::Allow,
            "prompt" => PermissionVerdict::Prompt,
            _ => PermissionVerdict::Deny,
        };
        return Ok(PermissionDecision {
            verdict,
            reason: Some(rule.to_owned()),
        });
    }
    denied("no rule says so")
}

impl Guest for Rules {
    fn check_filesystem_access(
        request: FilesystemPermissionRequest,
    ) -> Result<PermissionDecision, BridgeError> {
        decide("filesystem", &request.path)
    }

    fn check_network_access(
        request: NetworkPermissionRequest,
    ) -> Result<PermissionDecision, BridgeError> {
        decide("network", &request.resource)
    }

    fn check_command_execution(
        request: CommandPermissionRequest,
    ) -> Result<PermissionDecision, BridgeError> {
        decide("command", &request.command)
    }

    fn check_environment_access(
        request: EnvironmentPermissionRequest,
    ) -> Result<PermissionDecision, BridgeError> {
        decide("environment", &request.key)
    }
}

fn main() {
    tollgate_components::say!("ask me what may be done");
}
