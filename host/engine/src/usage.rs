//! What a run used, against what it could have used.

use std::time::Duration;

use tollgate_policy::{LimitKey, Limits};

use crate::gate::Gate;

/// What a run used.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// From before instantiation to the end.
    pub wall: Duration,
    /// Processor time of all that the run computed, host calls included.
    pub cpu: Duration,
    /// The most bytes of memories, tables and stack at once.
    pub memory: u64,
    /// Bytes on standard output and error.
    pub output: u64,
    /// Fuel, where it was counted.
    pub fuel: Option<u64>,
    /// The most handles at once, as far as they were made by host functions of ours.
    pub handles: u64,
    /// Bytes of the largest header section of an HTTP message.
    pub http_header: u64,
    /// Bytes of the largest HTTP body.
    pub http_body: u64,
    /// Bytes of audit records that it was charged for.
    pub audit: u64,
}

/// What was used of one limit, in its own unit: bytes, milliseconds or ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// The limit.
    pub limit: LimitKey,
    /// What was used of it.
    pub used: u64,
    /// What there was.
    pub allowed: u64,
}

impl Usage {
    /// What the gate has counted; the rest is the engine's.
    pub(crate) fn of_gate(gate: &Gate) -> Self {
        Self {
            output: gate.output_used(),
            handles: gate.peak(LimitKey::Handles),
            http_header: gate.peak(LimitKey::HttpHeader),
            http_body: gate.peak(LimitKey::HttpBody),
            audit: gate.audit().charged(),
            ..Self::default()
        }
    }

    /// What was used of `limit`, in its unit. Nothing for limits that hold for one call or moment and are not summed: the
    /// bytes of a host call, the records of a second, core instances, and what compiling takes.
    #[must_use]
    pub fn of(&self, limit: LimitKey) -> Option<u64> {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        match limit {
            LimitKey::Memory => Some(self.memory),
            LimitKey::Wall => Some(millis(self.wall)),
            LimitKey::Cpu => Some(millis(self.cpu)),
            LimitKey::Fuel => self.fuel,
            LimitKey::Handles => Some(self.handles),
            LimitKey::Output => Some(self.output),
            LimitKey::HttpHeader => Some(self.http_header),
            LimitKey::HttpBody => Some(self.http_body),
            LimitKey::Audit => Some(self.audit),
            LimitKey::HostCallBytes
            | LimitKey::Instances
            | LimitKey::AuditRate
            | LimitKey::CompileMemory
            | LimitKey::CompileTime => None,
        }
    }

    /// Usage against each limit that is counted and stated, in the order of the limits.
    #[must_use]
    pub fn spent(&self, limits: &Limits) -> Vec<Spent> {
        let spent = |limit: &LimitKey| {
            Some(Spent {
                limit: *limit,
                used: self.of(*limit)?,
                allowed: limits.value(*limit)?,
            })
        };
        LimitKey::ALL.iter().filter_map(spent).collect()
    }
}
