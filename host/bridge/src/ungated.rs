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
    (
        "wasi:cli/environment#initial-cwd",
        "what the operator says, `/` if nothing: it is looked for in no tree",
    ),
    (
        "tollgate:bridge/program#code",
        "what the host's own compiler made of a text that was handed over, which was decided; reaches nothing",
    ),
    (
        "tollgate:bridge/program#failed",
        "says where the guest's own program failed: recorded, and reaches nothing",
    ),
    (
        "tollgate:bridge/program#at",
        "says where the guest's own program is: kept, and reaches nothing",
    ),
    (
        "tollgate:host/http-server#[method]server.port",
        "the port at which listening was decided",
    ),
    (
        "tollgate:host/http-server#[method]server.subscribe",
        "waits for requests at a port whose listening was decided",
    ),
    (
        "tollgate:host/signals#dispose",
        "says what the program does with signals: kept, and reaches nothing",
    ),
    (
        "tollgate:host/signals#subscribe",
        "waits for signals that whoever runs the program sends to it",
    ),
    (
        "tollgate:host/signals#next",
        "a number that whoever runs the program sent to it",
    ),
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
        "a socket that is bound to nothing and speaks with nobody",
    ),
    (
        "wasi:sockets/udp-create-socket#create-udp-socket",
        "a socket that is bound to nothing and speaks with nobody",
    ),
    (
        "wasi:sockets/tcp#[method]tcp-socket.finish-bind",
        "says that what start-bind did is done",
    ),
    (
        "wasi:sockets/tcp#[method]tcp-socket.finish-listen",
        "says that what start-listen did is done",
    ),
    (
        "wasi:sockets/tcp#[method]tcp-socket.local-address",
        "where a socket is whose binding or connecting was decided",
    ),
    (
        "wasi:sockets/tcp#[method]tcp-socket.remote-address",
        "the peer of a connection that was decided",
    ),
    (
        "wasi:sockets/tcp#[method]tcp-socket.is-listening",
        "what the guest did with its own socket",
    ),
    (
        "wasi:sockets/tcp#[method]tcp-socket.address-family",
        "what the guest made its own socket as",
    ),
    (
        "wasi:sockets/tcp#[method]tcp-socket.subscribe",
        "waits for what was decided when it began",
    ),
    (
        "wasi:sockets/tcp#[method]tcp-socket.keep-alive-*",
        "an option of the guest's own socket",
    ),
    (
        "wasi:sockets/tcp#[method]tcp-socket.hop-limit",
        "an option of the guest's own socket",
    ),
    (
        "wasi:sockets/tcp#[method]tcp-socket.receive-buffer-size",
        "an option of the guest's own socket",
    ),
    (
        "wasi:sockets/tcp#[method]tcp-socket.send-buffer-size",
        "an option of the guest's own socket",
    ),
    (
        "wasi:sockets/tcp#[method]tcp-socket.set-*",
        "an option of the guest's own socket, within bounds that keep the kernel's memory its own",
    ),
    (
        "wasi:sockets/udp#[method]udp-socket.finish-bind",
        "says that what start-bind did is done",
    ),
    (
        "wasi:sockets/udp#[method]udp-socket.local-address",
        "where a socket is whose binding was decided",
    ),
    (
        "wasi:sockets/udp#[method]udp-socket.remote-address",
        "the peer that was decided",
    ),
    (
        "wasi:sockets/udp#[method]udp-socket.address-family",
        "what the guest made its own socket as",
    ),
    (
        "wasi:sockets/udp#[method]udp-socket.subscribe",
        "waits for what was decided when it began",
    ),
    (
        "wasi:sockets/udp#[method]udp-socket.unicast-hop-limit",
        "an option of the guest's own socket",
    ),
    (
        "wasi:sockets/udp#[method]udp-socket.receive-buffer-size",
        "an option of the guest's own socket",
    ),
    (
        "wasi:sockets/udp#[method]udp-socket.send-buffer-size",
        "an option of the guest's own socket",
    ),
    (
        "wasi:sockets/udp#[method]udp-socket.set-*",
        "an option of the guest's own socket, within bounds that keep the kernel's memory its own",
    ),
    (
        "wasi:sockets/udp#[method]incoming-datagram-stream.subscribe",
        "waits for datagrams, each of which passes the gate when it is received",
    ),
    (
        "wasi:sockets/udp#[method]outgoing-datagram-stream.check-send",
        "tells whether there is room; each datagram passes the gate when it is sent",
    ),
    (
        "wasi:sockets/udp#[method]outgoing-datagram-stream.subscribe",
        "waits for room; each datagram passes the gate when it is sent",
    ),
    (
        "wasi:sockets/ip-name-lookup#[method]resolve-address-stream.subscribe",
        "waits for an answer, which passes the gate when it is told",
    ),
    (
        "wasi:cli/environment@0.3#get-arguments",
        "what the operator wrote after the component's name, for the guest",
    ),
    (
        "wasi:cli/environment@0.3#get-initial-cwd",
        "what the operator says, `/` if nothing: it is looked for in no tree",
    ),
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
