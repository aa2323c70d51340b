//! Families of addresses.

/// Which addresses a socket has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Four bytes.
    V4,
    /// Sixteen bytes, never one of IPv4 in disguise.
    V6,
}
