//! Control over a sidecar, as guests have it: which functions there are, and what goes out of a VM that a guest has made.

use crate::operation::Operation;
use crate::verb::NetworkVerb;

/// The functions of `tollgate:sidecar/control`, each of which is granted by its name.
pub const CONTROL_FUNCTIONS: [&str; 28] = [
    "authenticate",
    "open-session",
    "create-vm",
    "dispose-vm",
    "bootstrap-root-filesystem",
    "configure-vm",
    "register-host-callbacks",
    "create-layer",
    "seal-layer",
    "import-snapshot",
    "export-snapshot",
    "create-overlay",
    "guest-filesystem-call",
    "snapshot-root-filesystem",
    "execute",
    "write-stdin",
    "close-stdin",
    "kill-process",
    "get-process-snapshot",
    "find-listener",
    "find-bound-udp",
    "get-signal-state",
    "get-zombie-timer-count",
    "host-filesystem-call",
    "persistence-load",
    "persistence-flush",
    "vm-fetch",
    "ext",
];

impl Operation<'_> {
    /// Whether it reaches beyond the VM that it is done in. Files, programs, variables, streams, tools and ports of a VM are
    /// its own, and whoever made the VM has given them; all else is the machine's, or beyond it.
    pub(crate) fn leaves_a_vm(&self) -> bool {
        match self {
            Self::Fs { .. }
            | Self::ChildProcess { .. }
            | Self::Process { .. }
            | Self::Env { .. }
            | Self::Tool { .. }
            | Self::Stdio { .. }
            | Self::Program { .. } => false,
            Self::Network { verb, .. } => {
                !matches!(verb, NetworkVerb::Serve | NetworkVerb::Inspect)
            }
            Self::Incoming { .. }
            | Self::Http { .. }
            | Self::Clock { .. }
            | Self::Random { .. }
            | Self::Secret { .. }
            | Self::Control { .. }
            | Self::Keyvalue { .. }
            | Self::Blobstore { .. }
            | Self::Config { .. }
            | Self::Logging
            | Self::Link { .. } => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::builder::PolicyBuilder;
    use crate::effective::Effective;
    use crate::limits::LimitKey;
    use crate::operation::{Clock, NetworkTarget, Transport};
    use crate::policy::Policy;
    use crate::scope::{Mode, Scope};
    use crate::verb::FsVerb;

    const ALL: &str = r#"{"fs":"allow","network":"allow","childProcess":"allow"}"#;

    fn run(tell: impl FnOnce(&mut PolicyBuilder)) -> Effective {
        let mut builder = PolicyBuilder::new();
        tell(&mut builder);
        Effective::new(builder.build().unwrap(), None).unwrap()
    }

    fn vm() -> Effective {
        let policy = Policy::from_protocol_json(ALL).unwrap().for_vm(&[]);
        Effective::new(policy, None).unwrap()
    }

    fn connect(port: u16) -> Operation<'static> {
        Operation::Network {
            verb: NetworkVerb::Connect,
            target: NetworkTarget::at(Transport::Tcp, ([93, 184, 216, 34], port).into()),
        }
    }

    #[test]
    fn what_a_vm_is_granted_ends_where_its_makers_own_grants_end() {
        let makers = Arc::new(run(|policy| {
            policy.allow_net("93.184.216.34:443").unwrap();
        }));
        let says = |operation: &Operation<'_>| {
            let decision = vm().beneath(&makers).decide(operation);
            (decision.outcome(), decision.rule().to_string())
        };
        assert_eq!(says(&connect(443)).0, crate::Outcome::Allow);
        assert_eq!(
            says(&connect(80)),
            (crate::Outcome::Deny, "default:network".to_owned())
        );
        let clock = Operation::Clock { clock: Clock::Wall };
        assert_eq!(says(&clock).1, "default:clock");
        // What is the VM's own is as its maker says.
        let (verb, path) = (FsVerb::Write, "/a");
        assert_eq!(says(&Operation::Fs { verb, path }).0, crate::Outcome::Allow);
        let serve = Operation::Network {
            verb: NetworkVerb::Serve,
            target: NetworkTarget::at(Transport::Tcp, ([127, 0, 0, 1], 3000).into()),
        };
        assert_eq!(says(&serve).0, crate::Outcome::Allow);
    }

    #[test]
    fn whoever_made_a_vm_is_not_asked_about_himself() {
        let makers = Arc::new(run(|policy| {
            policy.default_mode(Scope::Network, Mode::Ask);
        }));
        let decision = vm().beneath(&makers).decide(&connect(443));
        assert_eq!(decision.outcome(), crate::Outcome::Deny);
        // Nor does what is only tried out go further than what is granted.
        let tried = run(|_| {}).with_permissive(crate::ScopeSet::all());
        let decision = vm().beneath(&Arc::new(tried)).decide(&connect(443));
        assert_eq!(decision.outcome(), crate::Outcome::Deny);
    }

    #[test]
    fn a_vm_takes_no_more_than_its_maker_may() {
        let makers = Arc::new(run(|policy| {
            policy.limit("memory=64MiB,wall=5s").unwrap();
        }));
        let policy = Policy::from_protocol_json(ALL).unwrap().for_vm(&[]);
        let policy = policy
            .with_limit(LimitKey::Memory, 1 << 30, "the VM")
            .unwrap();
        let limits = Effective::new(policy, None)
            .unwrap()
            .beneath(&makers)
            .limits();
        assert_eq!(limits.memory, 64 << 20);
        assert_eq!(limits.wall.as_secs(), 5);
    }

    #[test]
    fn a_function_is_granted_by_its_name_or_a_pattern_of_names() {
        let one = run(|policy| {
            policy.allow_control("create-vm").unwrap();
            policy.allow_control("*-stdin").unwrap();
        });
        let allows =
            |verb| one.decide(&Operation::Control { verb }).outcome() == crate::Outcome::Allow;
        assert!(allows("create-vm") && allows("write-stdin") && allows("close-stdin"));
        assert!(!allows("dispose-vm") && !allows("authenticate"));
        let refused = PolicyBuilder::new().allow_control("creat-vm").unwrap_err();
        assert_eq!(
            refused.to_string(),
            "--allow-control `creat-vm`: unknown function of control `creat-vm`; did you mean `create-vm`?"
        );
        let both = run(|policy| {
            policy.allow_control("*").unwrap();
            policy.deny_control("ext").unwrap();
        });
        assert!(
            both.decide(&Operation::Control { verb: "execute" })
                .outcome()
                == crate::Outcome::Allow
        );
        assert!(both.decide(&Operation::Control { verb: "ext" }).outcome() == crate::Outcome::Deny);
    }
}
