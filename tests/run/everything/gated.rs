//! Each operation that policy decides, with what the guest prints of it when it is denied and when it is allowed.

/// An operation as the guest names it.
pub(super) struct Gated {
    /// The WIT function; `file ` before it where it is called on a file that was opened with one right alone.
    pub(super) name: String,
    /// What the guest is told when policy denies it.
    pub(super) denied: &'static str,
    /// What it is told when policy allows it.
    pub(super) allowed: &'static str,
}

/// What the guest does with the folder, and with paths beneath it.
const FOLDER: [&str; 18] = [
    "stat",
    "metadata-hash",
    "is-same-object",
    "set-times",
    "sync-data",
    "sync",
    "read-directory",
    "stat-at",
    "metadata-hash-at",
    "set-times-at",
    "readlink-at",
    "open-at",
    "create-directory-at",
    "symlink-at",
    "link-at",
    "rename-at",
    "unlink-file-at",
    "remove-directory-at",
];

/// What it does with open files whose opening was allowed.
const FILE: [&str; 9] = [
    "read",
    "advise",
    "stat",
    "metadata-hash",
    "is-same-object",
    "read-via-stream",
    "write",
    "set-size",
    "set-times",
];

/// What it does with the network.
const NETWORK: [&str; 6] = [
    "tcp#[method]tcp-socket.start-bind",
    "tcp#[method]tcp-socket.start-connect",
    "tcp#[method]tcp-socket.start-listen",
    "udp#[method]udp-socket.start-bind",
    "udp#[method]udp-socket.stream",
    "ip-name-lookup#resolve-addresses",
];

/// What the guest cannot be denied without being refused at load.
pub(super) const ALWAYS: [&str; 11] = [
    "wasi:clocks/wall-clock#now: ok true",
    "wasi:clocks/wall-clock#resolution: ok true",
    "wasi:clocks/monotonic-clock#now: ok true",
    "wasi:clocks/monotonic-clock#resolution: ok true",
    "wasi:clocks/monotonic-clock#subscribe-instant: ok",
    "wasi:clocks/monotonic-clock#subscribe-duration: ok",
    "wasi:random/random#get-random-bytes: ok 16",
    "wasi:random/random#get-random-u64: ok true",
    "wasi:random/insecure#get-insecure-random-bytes: ok 16",
    "wasi:random/insecure#get-insecure-random-u64: ok true",
    "wasi:random/insecure-seed#insecure-seed: ok true",
];

/// All of them.
pub(super) fn gated() -> Vec<Gated> {
    let row = |name: String, denied, allowed| Gated {
        name,
        denied,
        allowed,
    };
    let descriptor = |place: &str, function: &str| {
        let name = format!("{place}wasi:filesystem/types#[method]descriptor.{function}");
        row(name, "error access", "ok")
    };
    let mut rows = vec![
        row(
            "wasi:cli/environment#get-environment".to_owned(),
            "error absent",
            "ok",
        ),
        row("wasi:cli/stdin#get-stdin".to_owned(), "error closed", "ok"),
        row(
            "wasi:cli/stderr#get-stderr".to_owned(),
            "error closed",
            "ok",
        ),
        row(
            "wasi:http/outgoing-handler#handle".to_owned(),
            "error HTTP-request-denied",
            "ok",
        ),
    ];
    rows.extend(FOLDER.iter().map(|function| descriptor("", function)));
    rows.extend(FILE.iter().map(|function| descriptor("file ", function)));
    rows.extend(NETWORK.iter().map(|function| {
        row(
            format!("wasi:sockets/{function}"),
            "error access-denied",
            "ok",
        )
    }));
    rows
}

impl Gated {
    /// Where the log names the function that the guest called.
    pub(super) fn import(&self) -> &str {
        match self.name.trim_start_matches("file ") {
            "wasi:cli/stdin#get-stdin" => "wasi:io/streams#[method]input-stream.read",
            "wasi:cli/stderr#get-stderr" => "wasi:io/streams#[method]output-stream.write",
            name => name,
        }
    }
}
