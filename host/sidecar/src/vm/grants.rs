//! What the guests of a VM may do and take: the client's permissions, beneath what holds in every VM and the ceiling.

use std::collections::HashMap;
use std::sync::Arc;

use tollgate::{Grants, Host};
use tollgate_policy::{
    Effective, LimitKey, Mode, PathRule, PatternRule, Policy, ProtocolPermissions, ProtocolRules,
    ProtocolScope, Tier,
};
use tollgate_protocol::types::{
    FsPermissionScope, PatternPermissionScope, PermissionMode, PermissionsPolicy,
    WasmPermissionTier,
};

use crate::rejection::Rejection;
use crate::vm::limits::VmLimits;

/// Which limits hold for a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// A client's own acts on the VM.
    Client,
    /// A program in JavaScript.
    JavaScript,
    /// A program in Python.
    Python,
    /// A component or module.
    WebAssembly,
}

const MIB: u64 = 1 << 20;
/// What an engine takes before a program in it has anything.
const ENGINE_BYTES: u64 = 32 * MIB;

/// What holds for the guests of a VM at present.
#[derive(Debug)]
pub(crate) struct Governed {
    permissions: ProtocolPermissions,
    exempt: Vec<u16>,
    limits: VmLimits,
    /// The component that made the VM, where it was one: what it may do itself.
    maker: Option<Arc<Effective>>,
    /// Made when they are first asked for.
    grants: HashMap<(Kind, Tier), Grants>,
}

fn refused(error: impl std::fmt::Display) -> Rejection {
    Rejection::state(format!("the permissions cannot be taken: {error}"))
}

impl Governed {
    pub(crate) fn new(
        permissions: Option<ProtocolPermissions>,
        exempt: Vec<u16>,
        limits: VmLimits,
    ) -> Self {
        Self {
            permissions: permissions.unwrap_or_default(),
            exempt,
            limits,
            maker: None,
            grants: HashMap::new(),
        }
    }

    /// From now on no more than `maker` may do itself.
    pub(crate) fn beneath(&mut self, maker: &Arc<Effective>) {
        self.maker = Some(Arc::clone(maker));
        self.grants.clear();
    }

    /// The same limits under other permissions; those that hold now where none are given.
    pub(crate) fn changed(&self, to: Option<ProtocolPermissions>, exempt: &[u16]) -> Self {
        let mut ports = self.exempt.clone();
        ports.extend(exempt);
        let permissions = to.unwrap_or_else(|| self.permissions.clone());
        Self {
            maker: self.maker.clone(),
            ..Self::new(Some(permissions), ports, self.limits)
        }
    }

    /// What a program of this kind and tier is granted.
    pub(crate) fn grants(
        &mut self,
        host: &Host,
        kind: Kind,
        tier: Tier,
    ) -> Result<Grants, Rejection> {
        if let Some(known) = self.grants.get(&(kind, tier)) {
            return Ok(known.clone());
        }
        let policy = Policy::from_protocol(&self.permissions).map_err(refused)?;
        let policy = limited(
            policy.for_vm(&self.exempt).with_tier(tier),
            kind,
            &self.limits,
        )
        .map_err(refused)?;
        let grants = host.grants(policy).map_err(refused)?;
        let grants = match &self.maker {
            Some(maker) => grants.beneath(maker),
            None => grants,
        };
        self.grants.insert((kind, tier), grants.clone());
        Ok(grants)
    }
}

/// States the limits of a program. What lives as long as its VM is not ended by a clock; the ceiling may say otherwise.
fn limited(
    policy: Policy,
    kind: Kind,
    limits: &VmLimits,
) -> Result<Policy, tollgate_policy::LimitError> {
    const ORIGIN: &str = "the VM's limits";
    let unlimited = u64::MAX;
    let resources = &limits.resources;
    let (cpu, memory) = match kind {
        Kind::Client => (None, None),
        Kind::JavaScript => {
            let heap = limits.js_runtime.v8_heap_limit_mb;
            (
                None,
                heap.map(|heap| heap.saturating_mul(MIB).saturating_add(ENGINE_BYTES)),
            )
        }
        Kind::Python => {
            let heap = limits.python.max_old_space_mb.filter(|heap| *heap > 0);
            (
                None,
                heap.map(|heap| heap.saturating_mul(MIB).saturating_add(ENGINE_BYTES)),
            )
        }
        Kind::WebAssembly => (resources.max_wasm_fuel, resources.max_wasm_memory_bytes),
    };
    let mut policy = policy
        .with_limit(LimitKey::Wall, unlimited, ORIGIN)?
        .with_limit(LimitKey::Output, unlimited, ORIGIN)?
        .with_limit(LimitKey::Cpu, cpu.unwrap_or(unlimited), ORIGIN)?;
    if let Some(memory) = memory {
        policy = policy.with_limit(LimitKey::Memory, memory, ORIGIN)?;
    }
    if let Some(handles) = resources.max_open_fds {
        policy = policy.with_limit(LimitKey::Handles, handles, ORIGIN)?;
    }
    Ok(policy)
}

/// The tier that a message names.
pub(crate) fn tier(of: WasmPermissionTier) -> Tier {
    match of {
        WasmPermissionTier::Full => Tier::Full,
        WasmPermissionTier::ReadWrite => Tier::ReadWrite,
        WasmPermissionTier::ReadOnly => Tier::ReadOnly,
        WasmPermissionTier::Isolated => Tier::Isolated,
    }
}

fn mode(of: PermissionMode) -> Mode {
    match of {
        PermissionMode::Allow => Mode::Allow,
        PermissionMode::Ask => Mode::Ask,
        PermissionMode::Deny => Mode::Deny,
    }
}

fn fs(scope: FsPermissionScope) -> ProtocolScope<PathRule> {
    match scope {
        FsPermissionScope::PermissionMode(of) => ProtocolScope::Mode(mode(of)),
        FsPermissionScope::FsPermissionRuleSet(set) => ProtocolScope::Rules(ProtocolRules {
            default: set.default.map(mode),
            rules: set
                .rules
                .into_iter()
                .map(|rule| PathRule {
                    mode: mode(rule.mode),
                    operations: rule.operations,
                    paths: rule.paths,
                })
                .collect(),
        }),
    }
}

fn pattern(scope: PatternPermissionScope) -> ProtocolScope<PatternRule> {
    match scope {
        PatternPermissionScope::PermissionMode(of) => ProtocolScope::Mode(mode(of)),
        PatternPermissionScope::PatternPermissionRuleSet(set) => {
            ProtocolScope::Rules(ProtocolRules {
                default: set.default.map(mode),
                rules: set
                    .rules
                    .into_iter()
                    .map(|rule| PatternRule {
                        mode: mode(rule.mode),
                        operations: rule.operations,
                        patterns: rule.patterns,
                    })
                    .collect(),
            })
        }
    }
}

/// The permissions that a message states.
pub(crate) fn permissions(policy: PermissionsPolicy) -> ProtocolPermissions {
    ProtocolPermissions {
        fs: policy.fs.map(fs),
        network: policy.network.map(pattern),
        child_process: policy.child_process.map(pattern),
        process: policy.process.map(pattern),
        env: policy.env.map(pattern),
        binding: policy.tool.map(pattern),
    }
}
