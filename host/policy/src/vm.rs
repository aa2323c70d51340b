//! What holds in every VM of a sidecar, whatever its client permits.
//!
//! The protocol's permissions know nothing of internal addresses, of a machine that the sidecar itself stands on, or of the
//! parts of a VM that are the sidecar's own. These rules stand before all of the client's, and no client states them.

use crate::limits::{LimitError, LimitKey};
use crate::net::Internal;
use crate::policy::Policy;
use crate::quantity;
use crate::rule::{Matcher, Origin, Rule, RuleId, Source, Statement};
use crate::scope::{Mode, Scope};
use crate::verb::{EnvVerb, FsVerb, NetworkVerb, VerbSet};

/// Variables that the sidecar itself sets: who may run a program may see them.
pub const VM_VARIABLES: [&str; 7] = ["HOME", "USER", "LOGNAME", "SHELL", "PATH", "TMPDIR", "PWD"];

/// The places of the rules here among those that are built in.
const FIRST_RULE: usize = 10;

/// How much of a VM one program gets, beneath the policy: the tiers of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tier {
    /// All of it.
    Full,
    /// Files can be read, written and created, and neither renamed, linked nor removed; no network, no other program.
    ReadWrite,
    /// Files can be read.
    ReadOnly,
    /// No files at all.
    Isolated,
}

impl Policy {
    /// Puts what holds in every VM before what the client permits: no internal address is dialled, but for ports of the
    /// loopback that are `exempt`; nothing is bound on the machine (a port of the VM's own is
    /// [`NetworkVerb::Serve`], which the client decides about); the sidecar's own variables can be read. Streams,
    /// clocks and entropy, which the protocol has no word for, are allowed. Variables are those that the VM is given.
    #[must_use]
    pub fn for_vm(self, exempt: &[u16]) -> Self {
        let mut policy = self.command_line_defaults();
        policy.environment.open = true;
        let internal = || vec![Matcher::Internal(Internal::but(exempt))];
        let dialling = VerbSet::of(&[NetworkVerb::Connect, NetworkVerb::Send]);
        policy.wall(0, Scope::Network, Mode::Deny, dialling, internal());
        policy.wall(1, Scope::Http, Mode::Deny, VerbSet::ALL, internal());
        let binding = VerbSet::of(&NetworkVerb::INCOMING);
        let everything = || vec![Matcher::Everything];
        policy.wall(2, Scope::Network, Mode::Deny, binding, everything());
        let own = VM_VARIABLES
            .iter()
            .filter_map(|name| crate::pattern::Pattern::new(name).ok())
            .map(Matcher::Glob)
            .collect();
        policy.wall(3, Scope::Env, Mode::Allow, EnvVerb::Read.into(), own);
        policy
    }

    /// Leaves a program so much as its tier says.
    #[must_use]
    pub fn with_tier(mut self, tier: Tier) -> Self {
        let everything = || vec![Matcher::Everything];
        let removing = VerbSet::of(&[FsVerb::Rm, FsVerb::Rename, FsVerb::Symlink]);
        // Whatever changes something is refused by the mount, which says `EROFS`.
        match tier {
            Tier::Full => return self,
            Tier::ReadWrite => self.wall(4, Scope::Fs, Mode::Deny, removing, everything()),
            Tier::ReadOnly | Tier::Isolated => {}
        }
        for (index, scope) in [Scope::Network, Scope::Http, Scope::ChildProcess]
            .into_iter()
            .enumerate()
        {
            self.wall(5 + index, scope, Mode::Deny, VerbSet::ALL, everything());
        }
        self
    }

    /// States a limit, in bytes, milliseconds or ones; more than can be stated is the most that can be.
    ///
    /// # Errors
    ///
    /// [`LimitError::Value`] for zero.
    pub fn with_limit(
        mut self,
        key: LimitKey,
        value: u64,
        origin: &str,
    ) -> Result<Self, LimitError> {
        let row = key.row();
        let value = quantity::check(row.unit, value.min(row.largest), row.largest)
            .map_err(|error| LimitError::Value { key, error })?;
        self.limits.state(key, value, Origin::new(origin));
        Ok(self)
    }

    fn wall(
        &mut self,
        index: usize,
        scope: Scope,
        mode: Mode,
        verbs: VerbSet,
        matchers: Vec<Matcher>,
    ) {
        let statement = Statement {
            id: RuleId::new(Source::Builtin, FIRST_RULE + index),
            origin: Origin::new("every VM"),
            order: FIRST_RULE + index,
        };
        self.scopes.of_mut(scope).try_first(Rule {
            mode,
            verbs,
            matchers,
            statement,
        });
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;
    use crate::effective::Effective;
    use crate::operation::{NetworkTarget, Operation, Transport};

    fn vm(json: &str, exempt: &[u16], tier: Tier) -> Effective {
        let policy = Policy::from_protocol_json(json).unwrap();
        Effective::new(policy.for_vm(exempt).with_tier(tier), None).unwrap()
    }

    fn connects(vm: &Effective, address: &str, port: u16) -> bool {
        let address: IpAddr = address.parse().unwrap();
        let target = NetworkTarget::at(Transport::Tcp, (address, port).into());
        allows(
            vm,
            &Operation::Network {
                verb: NetworkVerb::Connect,
                target,
            },
        )
    }

    fn allows(vm: &Effective, operation: &Operation<'_>) -> bool {
        vm.decide(operation).outcome() == crate::Outcome::Allow
    }

    const ALL: &str = r#"{"fs":"allow","network":"allow","childProcess":"allow"}"#;

    #[test]
    fn no_client_permits_internal_addresses() {
        let open = vm(ALL, &[8080], Tier::Full);
        assert!(connects(&open, "93.184.216.34", 443));
        for internal in [
            "10.0.0.1",
            "169.254.169.254",
            "::ffff:192.168.0.1",
            "127.0.0.1",
            "0.0.0.0",
        ] {
            assert!(!connects(&open, internal, 443), "{internal}");
        }
        assert!(connects(&open, "127.0.0.1", 8080));
        assert!(!connects(&open, "10.0.0.1", 8080));
    }

    #[test]
    fn nothing_is_bound_on_the_machine() {
        let open = vm(ALL, &[], Tier::Full);
        let local = NetworkTarget::at(Transport::Tcp, ([127, 0, 0, 1], 3000).into());
        for verb in NetworkVerb::INCOMING {
            assert!(!allows(
                &open,
                &Operation::Network {
                    verb,
                    target: local
                }
            ));
        }
    }

    #[test]
    fn ports_of_the_vms_own_are_served_as_the_client_permits() {
        let target = |port| NetworkTarget::at(Transport::Tcp, ([127, 0, 0, 1], port).into());
        let serves = |vm: &Effective, port| {
            let operation = Operation::Network {
                verb: NetworkVerb::Serve,
                target: target(port),
            };
            allows(vm, &operation)
        };
        assert!(serves(&vm(ALL, &[], Tier::Full), 3000));
        assert!(!serves(&vm(ALL, &[], Tier::ReadWrite), 3000));
        assert!(!serves(&vm("{}", &[], Tier::Full), 3000));
        let one = r#"{"network":{"rules":[{"mode":"allow","operations":["listen"],"patterns":["tcp://127.0.0.1:3000"]}]}}"#;
        let one = vm(one, &[], Tier::Full);
        assert!(serves(&one, 3000) && !serves(&one, 3001));
    }

    #[test]
    fn the_own_variables_of_a_vm_are_seen_and_others_as_permitted() {
        let closed = vm("{}", &[], Tier::Full);
        let read = |name| Operation::Env {
            verb: EnvVerb::Read,
            name,
        };
        assert!(VM_VARIABLES.iter().all(|name| allows(&closed, &read(name))));
        assert!(!allows(&closed, &read("SECRET")));
        assert!(!allows(
            &closed,
            &Operation::Env {
                verb: EnvVerb::Write,
                name: "PATH"
            }
        ));
    }

    #[test]
    fn tiers_take_away_and_give_nothing() {
        let fs = |verb| Operation::Fs { verb, path: "/a" };
        let write = vm(ALL, &[], Tier::ReadWrite);
        assert!(allows(&write, &fs(FsVerb::Write)) && !allows(&write, &fs(FsVerb::Rm)));
        assert!(!connects(&write, "93.184.216.34", 443));
        assert!(!allows(&write, &Operation::ChildProcess { command: "a" }));
        assert!(allows(&vm(ALL, &[], Tier::Full), &fs(FsVerb::Rm)));
        assert!(!allows(&vm("{}", &[], Tier::ReadWrite), &fs(FsVerb::Write)));
    }

    #[test]
    fn limits_are_kept_within_what_can_be_stated() {
        let policy = Policy::from_protocol_json("{}").unwrap();
        let limited = policy
            .with_limit(LimitKey::Wall, u64::MAX, "the VM")
            .unwrap();
        assert!(limited.limits().wall.as_secs() > 1_000_000);
        assert!(limited.with_limit(LimitKey::Memory, 0, "the VM").is_err());
    }
}
