//! What the build writes from `wit/host-bridge`: one module for each interface.

/// What all bridges have in common.
pub mod types {
    include!(concat!(env!("OUT_DIR"), "/types.rs"));
}

/// Files of a VM.
pub mod filesystem {
    include!(concat!(env!("OUT_DIR"), "/filesystem.rs"));
}

/// Who is asked where a policy asks.
pub mod permissions {
    include!(concat!(env!("OUT_DIR"), "/permissions.rs"));
}

/// What keeps the files of VMs.
pub mod persistence {
    include!(concat!(env!("OUT_DIR"), "/persistence.rs"));
}

/// Time.
pub mod clock {
    include!(concat!(env!("OUT_DIR"), "/clock.rs"));
}

/// Chance.
pub mod random {
    include!(concat!(env!("OUT_DIR"), "/random.rs"));
}

/// Who is told what happens.
pub mod events {
    include!(concat!(env!("OUT_DIR"), "/events.rs"));
}

/// Programs in VMs.
pub mod execution {
    include!(concat!(env!("OUT_DIR"), "/execution.rs"));
}

/// A method of a bridge, as the WIT has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method {
    /// The interface.
    pub interface: &'static str,
    /// The function.
    pub name: &'static str,
    /// The fields of the record that it takes.
    pub fields: &'static [&'static str],
}

include!(concat!(env!("OUT_DIR"), "/methods.rs"));
