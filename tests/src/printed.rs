//! What guests print where they may do all that they try.

/// The guest `files`, with a folder that it may change.
pub const FILES: [&str; 23] = [
    "write: ok",
    "read: ok hello world",
    "append: ok 1",
    "middle: ok o WORLD!",
    "times: ok 1000000000",
    "truncate: ok hello",
    "create-new: error AlreadyExists",
    "mkdir: ok",
    "mkdir-all: ok",
    "rename: ok",
    "hard-link: ok",
    "copy: ok 5",
    "list: ok c d dir/",
    "list-dir: ok b one/",
    "missing: error NotFound",
    "a-folder-is-no-file: error IsADirectory",
    "not-empty: error 55",
    "large: ok true",
    "remove: ok",
    "remove-all: ok",
    "exists: ok false",
    "left: ok c d",
    "end",
];
