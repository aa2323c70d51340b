//! The numbers that bound one call and one tree.

/// The most bytes that one call reads or writes: 1 MiB. A longer request is served in part, as POSIX
/// allows, so that no guest sizes an allocation or holds a thread with one call.
pub const MAX_TRANSFER_BYTES: usize = 1024 * 1024;

/// The most layers that one overlay lies over. A look at a name may go through all of them; it is also the most that
/// one VM has.
pub const MAX_LAYERS: usize = 256;

/// The most overlays that may lie one below the other. Each takes some of the stack of the thread that looks.
pub const MAX_LAYER_DEPTH: usize = 32;

/// Handles that may be open in one tree at a time unless the builder says otherwise.
pub const DEFAULT_OPEN_HANDLES: usize = 4_096;
