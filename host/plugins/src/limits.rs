//! What a tool may take where its policy states nothing.

use tollgate::Grants;
use tollgate::policy::{LimitKey, LimitRow, Unit};

const MIB: u64 = 1 << 20;
const ORIGIN: &str = "default of tools";

/// Which sort of tool it is, by what is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A component.
    Component,
    /// A core module that takes JSON at the beginning of its memory.
    CoreModule,
}

/// Bytes of memory of one call.
const MEMORY: u64 = 50 * MIB;
/// Milliseconds from the start of a call to its end.
const WALL: u64 = 30_000;
/// Instructions of one call of a core module.
const FUEL: u64 = 10_000_000;
/// Bytes of a core module.
pub const MOST_MODULE_BYTES: u64 = 10 * MIB;
/// Bytes of a component.
pub const MOST_COMPONENT_BYTES: u64 = 64 * MIB;

/// Numbers that bound tools, and that nobody states.
pub const FIXED: &[LimitRow] = &[
    LimitRow::fixed(
        "tool-name-bytes",
        Unit::Bytes,
        crate::name::LONGEST_NAME as u64,
        "Length of a tool's name.",
        "as long as a name in a folder may be",
    ),
    LimitRow::fixed(
        "tool-module-bytes",
        Unit::Bytes,
        MOST_MODULE_BYTES,
        "Size of a tool that is a core module.",
        "a tool with its own allocator and JSON parser takes a hundredth of it",
    ),
    LimitRow::fixed(
        "tool-component-bytes",
        Unit::Bytes,
        MOST_COMPONENT_BYTES,
        "Size of a tool that is a component.",
        "one in Python brings its interpreter, of twenty megabytes and more",
    ),
];

impl Sort {
    /// The largest that is loaded, in bytes.
    #[must_use]
    pub fn most_bytes(self) -> u64 {
        match self {
            Self::Component => MOST_COMPONENT_BYTES,
            Self::CoreModule => MOST_MODULE_BYTES,
        }
    }
}

/// The grants of a tool's calls: with the limits of tools where they state none. 50 MiB of memory and in one result, 30 s of
/// wall time, and for a core module 10 million instructions; what is not among these is as in any other run.
#[must_use]
pub fn with_limits(grants: &Grants, sort: Sort) -> Grants {
    let grants = grants
        .limit_unless_stated(LimitKey::Memory, MEMORY, ORIGIN)
        // A result may be all of it.
        .limit_unless_stated(LimitKey::HostCallBytes, MEMORY, ORIGIN)
        .limit_unless_stated(LimitKey::Wall, WALL, ORIGIN);
    match sort {
        Sort::CoreModule => grants.limit_unless_stated(LimitKey::Fuel, FUEL, ORIGIN),
        Sort::Component => grants,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tollgate::Host;

    use super::*;

    #[test]
    fn a_tool_has_limits_of_its_own_where_none_are_stated() {
        let host = Host::builder().compile_in_process().build().unwrap();
        let none = host.grants_from_toml("none", "version = 1").unwrap();
        let limits = with_limits(&none, Sort::CoreModule).policy().limits();
        assert_eq!(
            (limits.memory, limits.host_call_bytes),
            (50 << 20, 50 << 20)
        );
        assert_eq!(limits.wall, Duration::from_secs(30));
        assert_eq!(limits.fuel, Some(10_000_000));
        let limits = with_limits(&none, Sort::Component).policy().limits();
        assert_eq!(limits.fuel, None);
        let text = "version = 1\n[limits]\nmemory = \"1MiB\"\nfuel = 7\n";
        let stated = host.grants_from_toml("stated", text).unwrap();
        let limits = with_limits(&stated, Sort::CoreModule).policy().limits();
        assert_eq!((limits.memory, limits.fuel), (1 << 20, Some(7)));
        assert_eq!(limits.wall, Duration::from_secs(30));
    }
}
