//! Bounds on what policy reads: they keep its own memory and time small, whoever writes it.
//!
//! They stand apart from what they bound so that the table of limits can list them without needing
//! all of that. Nobody can state them; a client's permissions are held to the same as a file.

/// Longest pattern, in bytes. It bounds the time of a match and the memory of a compiled pattern.
pub const LONGEST_PATTERN: usize = 1024;

/// Most patterns that one policy may have. Each may be tried at each operation, and a client can
/// send as many as fit a frame.
pub const MOST_PATTERNS: usize = 4096;

/// Most bytes that the patterns of one policy may have together: it bounds the memory of their
/// compiled form.
pub const MOST_PATTERN_BYTES: usize = 256 << 10;

/// Longest guest path, in bytes, that a mount may have; the longest that a guest may use.
pub const LONGEST_GUEST_PATH: usize = 4096;

/// Longest policy file, in bytes: the parser's memory grows with it.
pub const LONGEST_FILE: usize = 1 << 20;
