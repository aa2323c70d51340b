//! The guest-visible functions that pass no gate, and why.

/// Functions (or, with a trailing `*`, groups of them) that reach nothing outside the guest, each with the reason.
/// A test finds every function of the world either here or at the gate.
pub const UNGATED: &[(&str, &str)] = &[
    (
        "wasi:io/error#*",
        "an error that the guest was given, as text",
    ),
    (
        "wasi:io/poll#*",
        "waits for handles that the guest has; what they wait for was gated when they were made",
    ),
    (
        "wasi:io/streams#*",
        "moves bytes of streams whose every chunk passes the gate inside the stream",
    ),
    (
        "wasi:cli/environment#get-arguments",
        "what the operator wrote after the component's name, for the guest",
    ),
    ("wasi:cli/environment#initial-cwd", "always `/`"),
    ("wasi:cli/exit#exit", "ends the guest"),
    ("wasi:cli/exit#exit-with-code", "ends the guest"),
    (
        "wasi:cli/stdin#get-stdin",
        "a handle; each chunk read through it passes the gate",
    ),
    (
        "wasi:cli/stdout#get-stdout",
        "a handle; each chunk written through it passes the gate",
    ),
    (
        "wasi:cli/stderr#get-stderr",
        "a handle; each chunk written through it passes the gate",
    ),
    (
        "wasi:cli/terminal-stdin#*",
        "tells whether a granted stream is a terminal",
    ),
    (
        "wasi:cli/terminal-stdout#*",
        "tells whether a granted stream is a terminal",
    ),
    (
        "wasi:cli/terminal-stderr#*",
        "tells whether a granted stream is a terminal",
    ),
    (
        "wasi:filesystem/preopens#get-directories",
        "names that the operator gave; a handle does nothing by itself",
    ),
    (
        "wasi:filesystem/types#[method]descriptor.get-flags",
        "what the handle was opened with",
    ),
    (
        "wasi:filesystem/types#[method]descriptor.get-type",
        "what the handle was opened as",
    ),
    (
        "wasi:filesystem/types#[method]descriptor.append-via-stream",
        "a handle; each chunk written through it passes the gate as write-via-stream",
    ),
    (
        "wasi:filesystem/types#filesystem-error-code",
        "an error that the guest was given, as a code",
    ),
    (
        "wasi:sockets/instance-network#instance-network",
        "a value that grants nothing",
    ),
    (
        "wasi:sockets/network#network-error-code",
        "an error that the guest was given, as a code",
    ),
    (
        "wasi:sockets/tcp-create-socket#create-tcp-socket",
        "a value of ours; no socket of the host is made",
    ),
    (
        "wasi:sockets/udp-create-socket#create-udp-socket",
        "a value of ours; no socket of the host is made",
    ),
    (
        "wasi:sockets/tcp#*",
        "everything but bind, connect and listen answers from that value",
    ),
    (
        "wasi:sockets/udp#*",
        "everything but bind and stream answers from that value",
    ),
    (
        "wasi:sockets/ip-name-lookup#[method]resolve-address-stream.*",
        "no such stream is handed out",
    ),
    (
        "wasi:cli/environment@0.3#get-arguments",
        "what the operator wrote after the component's name, for the guest",
    ),
    ("wasi:cli/environment@0.3#get-initial-cwd", "always `/`"),
    ("wasi:cli/exit@0.3#exit", "ends the guest"),
    ("wasi:cli/exit@0.3#exit-with-code", "ends the guest"),
    (
        "wasi:cli/terminal-stdin@0.3#get-terminal-stdin",
        "tells whether a granted stream is a terminal",
    ),
    (
        "wasi:cli/terminal-stdout@0.3#get-terminal-stdout",
        "tells whether a granted stream is a terminal",
    ),
    (
        "wasi:cli/terminal-stderr@0.3#get-terminal-stderr",
        "tells whether a granted stream is a terminal",
    ),
    (
        "wasi:filesystem/preopens@0.3#get-directories",
        "names that the operator gave; a handle does nothing by itself",
    ),
    (
        "wasi:filesystem/types@0.3#[method]descriptor.get-flags",
        "what the handle was opened with",
    ),
    (
        "wasi:filesystem/types@0.3#[method]descriptor.get-type",
        "what the handle was opened as",
    ),
    (
        "wasi:http/types#*",
        "values of requests and responses; only handing one over reaches anything",
    ),
];
