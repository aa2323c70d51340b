//! Decisions by a policy that does not change.

use std::net::IpAddr;
use std::sync::Arc;

use tollgate_contract::permissions::{
    CommandPermissionRequest, EnvironmentAccess, EnvironmentPermissionRequest, FilesystemAccess,
    FilesystemPermissionRequest, NetworkAccess, NetworkPermissionRequest, PermissionDecision,
};
use tollgate_contract::{BridgeError, PermissionBridge, async_trait};
use tollgate_policy::{
    Decision, Effective, EnvVerb, FsVerb, HttpScheme, NetworkTarget, NetworkVerb, Operation,
    Transport,
};

/// Decides by a policy: what it allows is allowed, what it asks is `prompt`, and what it denies is denied by the name of the
/// rule. It opens nothing and looks at nothing, so that it may decide about any VM.
#[derive(Debug, Clone)]
pub struct StaticPermissions(Arc<Effective>);

impl StaticPermissions {
    /// By this policy.
    #[must_use]
    pub fn new(policy: Effective) -> Self {
        Self(Arc::new(policy))
    }

    fn decide(&self, operation: &Operation<'_>) -> PermissionDecision {
        match self.0.decide(operation) {
            Decision::Allow(..) => PermissionDecision::allow(),
            Decision::Ask(_, rule) => PermissionDecision::prompt(rule.to_string()),
            // What an operator lets pass to learn from it is no permission here: nothing would record it.
            Decision::WouldDeny(_, rule) => PermissionDecision::deny(rule.to_string()),
            Decision::Deny(denial) => PermissionDecision::deny(denial.rule().to_string()),
        }
    }
}

/// As policies call it: they tell neither a link's text from a file's, nor a change of bits or length from one of content.
fn verb(access: FilesystemAccess) -> FsVerb {
    match access {
        FilesystemAccess::Read | FilesystemAccess::ReadLink => FsVerb::Read,
        FilesystemAccess::Write | FilesystemAccess::Chmod | FilesystemAccess::Truncate => {
            FsVerb::Write
        }
        FilesystemAccess::Stat => FsVerb::Stat,
        FilesystemAccess::ReadDir => FsVerb::Readdir,
        FilesystemAccess::CreateDir => FsVerb::CreateDir,
        FilesystemAccess::Remove => FsVerb::Rm,
        FilesystemAccess::Rename => FsVerb::Rename,
        FilesystemAccess::Symlink => FsVerb::Symlink,
    }
}

/// `scheme://host:port`, with the port of none: the scheme, the host without brackets, the port.
fn endpoint(text: &str) -> Option<(&str, &str, Option<u16>)> {
    let (scheme, rest) = text.split_once("://")?;
    let rest = rest.split(['/', '?', '#', ' ']).next()?;
    let (host, port) = match rest.strip_prefix('[') {
        Some(rest) => {
            let (host, behind) = rest.split_once(']')?;
            let port = match behind {
                "" => None,
                behind => Some(behind.strip_prefix(':')?.parse().ok()?),
            };
            (host, port)
        }
        None => match rest.split_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (rest, None),
        },
    };
    (!host.is_empty() && !host.contains('@')).then_some((scheme, host, port))
}

impl StaticPermissions {
    fn network(&self, access: NetworkAccess, resource: &str) -> Option<PermissionDecision> {
        if access == NetworkAccess::Http {
            let (method, url) = resource.split_once(' ').unwrap_or(("GET", resource));
            let (scheme, host, port) = endpoint(url)?;
            let scheme: HttpScheme = scheme.parse().ok()?;
            return Some(self.decide(&Operation::Http {
                method,
                scheme,
                host,
                port: port.unwrap_or(scheme.default_port()),
                addr: host.parse().ok(),
            }));
        }
        let verb = match access {
            NetworkAccess::Dns => NetworkVerb::Resolve,
            NetworkAccess::Listen => NetworkVerb::Listen,
            NetworkAccess::Fetch | NetworkAccess::Http => NetworkVerb::Connect,
        };
        let (transport, host, port) = match endpoint(resource) {
            Some((scheme, host, port)) => (scheme.parse().ok()?, host, port),
            None if access == NetworkAccess::Dns && !resource.contains("://") => {
                (Transport::Dns, resource, None)
            }
            None => return None,
        };
        let addr: Option<IpAddr> = host.parse().ok();
        let target = NetworkTarget {
            transport,
            host: addr.is_none().then_some(host),
            addr,
            port,
        };
        Some(self.decide(&Operation::Network { verb, target }))
    }
}

#[async_trait]
impl PermissionBridge for StaticPermissions {
    async fn check_filesystem_access(
        &self,
        request: FilesystemPermissionRequest,
    ) -> Result<PermissionDecision, BridgeError> {
        let path = request.path.as_str();
        let names = path.strip_prefix('/').unwrap_or_default().split('/');
        let odd = |name: &str| matches!(name, "" | "." | "..");
        // Policies judge the path that something really has, and that is one of this form.
        if path != "/" && (!path.starts_with('/') || names.into_iter().any(odd)) {
            return Ok(PermissionDecision::deny("the path is not canonical"));
        }
        let verb = verb(request.access);
        Ok(self.decide(&Operation::Fs { verb, path }))
    }

    async fn check_network_access(
        &self,
        request: NetworkPermissionRequest,
    ) -> Result<PermissionDecision, BridgeError> {
        let decided = self.network(request.access, &request.resource);
        Ok(decided.unwrap_or_else(|| PermissionDecision::deny("the resource is none")))
    }

    async fn check_command_execution(
        &self,
        request: CommandPermissionRequest,
    ) -> Result<PermissionDecision, BridgeError> {
        let command = request.command.as_str();
        Ok(self.decide(&Operation::ChildProcess { command }))
    }

    async fn check_environment_access(
        &self,
        request: EnvironmentPermissionRequest,
    ) -> Result<PermissionDecision, BridgeError> {
        let verb = match request.access {
            EnvironmentAccess::Read => EnvVerb::Read,
            EnvironmentAccess::Write => EnvVerb::Write,
        };
        let name = request.key.as_str();
        Ok(self.decide(&Operation::Env { verb, name }))
    }
}
