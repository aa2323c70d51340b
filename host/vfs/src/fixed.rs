//! The numbers of filesystems that nobody can state.

use tollgate_policy::{LimitRow, Unit};

use crate::chunk::CHUNK;
use crate::host::{MAX_KEPT_BYTES, MAX_KEY_BYTES, MAX_REFS};
use crate::limits::{MAX_LAYER_DEPTH, MAX_LAYERS, MAX_TRANSFER_BYTES};
use crate::path::{MAX_CANONICAL_BYTES, MAX_LINKS, MAX_NAME_BYTES, MAX_PATH_BYTES};
use crate::remote::WHOLE_BYTES;
use crate::save::{MAX_BLOB_BYTES, MAX_FILE_CHUNKS, MAX_TREE_ENTRIES};

/// Numbers of this crate that nobody can state.
pub const FIXED: &[LimitRow] = &[
    LimitRow::fixed(
        "path-bytes",
        Unit::Bytes,
        MAX_PATH_BYTES as u64,
        "Length of a path that a guest hands over.",
        "the longest path of POSIX systems",
    ),
    LimitRow::fixed(
        "name-bytes",
        Unit::Bytes,
        MAX_NAME_BYTES as u64,
        "Length of one name in a path.",
        "the longest name of common filesystems",
    ),
    LimitRow::fixed(
        "canonical-path-bytes",
        Unit::Bytes,
        MAX_CANONICAL_BYTES as u64,
        "Length of a path after links are resolved.",
        "records and patterns hold it",
    ),
    LimitRow::fixed(
        "links",
        Unit::Count,
        MAX_LINKS as u64,
        "Symbolic links that one resolution follows.",
        "what Linux follows",
    ),
    LimitRow::fixed(
        "transfer-bytes",
        Unit::Bytes,
        MAX_TRANSFER_BYTES as u64,
        "Bytes that one read or write of a file moves.",
        "the host holds them; a guest reads on",
    ),
    LimitRow::fixed(
        "remote-whole-bytes",
        Unit::Bytes,
        WHOLE_BYTES as u64,
        "Length up to which a file that somebody else serves is asked for whole.",
        "each open file may hold as much",
    ),
    LimitRow::fixed(
        "kept-bytes",
        Unit::Bytes,
        MAX_KEPT_BYTES as u64,
        "Length of what a store of bytes keeps under one key.",
        "it is held in memory when it is put and when it is read",
    ),
    LimitRow::fixed(
        "chunk-bytes",
        Unit::Bytes,
        CHUNK as u64,
        "What is copied when a byte of a shared file is written, and kept as one blob.",
        "larger ones make fewer blobs, smaller ones copy less",
    ),
    LimitRow::fixed(
        "layers",
        Unit::Count,
        MAX_LAYERS as u64,
        "Layers that one overlay lies over.",
        "a look at a name may go through all of them",
    ),
    LimitRow::fixed(
        "layer-depth",
        Unit::Count,
        MAX_LAYER_DEPTH as u64,
        "Overlays that lie one below the other.",
        "each takes some of the stack of whoever looks",
    ),
    LimitRow::fixed(
        "store-key-bytes",
        Unit::Bytes,
        MAX_KEY_BYTES as u64,
        "Length of the key under which a tree is kept.",
        "a key stands in a small file, and in errors",
    ),
    LimitRow::fixed(
        "store-keys",
        Unit::Count,
        MAX_REFS as u64,
        "Keys of one store.",
        "each is a file, and all are read for a collection",
    ),
    LimitRow::fixed(
        "store-blob-bytes",
        Unit::Bytes,
        MAX_BLOB_BYTES as u64,
        "Length of one blob of a store.",
        "it is read at once",
    ),
    LimitRow::fixed(
        "store-file-chunks",
        Unit::Count,
        MAX_FILE_CHUNKS as u64,
        "Chunks of one file that is kept: 16 GiB of content.",
        "their list has to fit a blob",
    ),
    LimitRow::fixed(
        "store-names",
        Unit::Count,
        MAX_TREE_ENTRIES,
        "Names of one tree that is kept.",
        "time and memory of a flush grow with them",
    ),
];
