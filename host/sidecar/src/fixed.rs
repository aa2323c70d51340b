//! The numbers of the sidecar that nobody can state.

use tollgate_plugins::runtimes::KEPT_PROGRAMS;
use tollgate_policy::{LimitRow, Unit};

use crate::bridges::{CALL_MS, DECIDING_MS, PATIENCE_MS, WAITING_EVENTS};
use crate::callbacks::{
    DESCRIPTION_BYTES, MOST_ALIASES, NAME_BYTES as FUNCTION_NAME_BYTES, SCHEMA_LEVELS,
};
use crate::calls::MOST_WAITING;
use crate::control::MOST_OF_EACH;
use crate::detached::{IDLE_MS, MOST_SNAPSHOTS, NAME_BYTES};
use crate::front::LAST_BYTES;
use crate::inbox::OTHER_BYTES;
use crate::outbox::WAITING_BYTES;
use crate::ports::{MOST_FETCHES, MOST_PORTS};
use crate::process::{LISTED_MS, MOST_LISTED, WAITING_OUTPUT};
use crate::registry::{CLIENTS_PART, MOST_CONNECTIONS, MOST_SESSIONS, MOST_VMS};
use crate::transport::{WAITING_REQUEST_BYTES, WAITING_REQUESTS};

/// Numbers of this crate that nobody can state; those of a VM's files are in [`fs::FIXED`](crate::fs::FIXED). What a client
/// states about a VM is in its configuration.
pub const FIXED: &[LimitRow] = &[
    LimitRow::fixed(
        "sidecar-connections",
        Unit::Count,
        MOST_CONNECTIONS as u64,
        "Connections that one sidecar has at once.",
        "each costs a few hundred bytes; no honest client makes so many",
    ),
    LimitRow::fixed(
        "sidecar-sessions",
        Unit::Count,
        MOST_SESSIONS as u64,
        "Sessions that one sidecar has at once.",
        "they live as long as their connections, and nobody closes them",
    ),
    LimitRow::fixed(
        "sidecar-vms",
        Unit::Count,
        MOST_VMS as u64,
        "VMs that one sidecar has at once, and detached ones as many.",
        "several times what a machine of this kind runs programs in",
    ),
    LimitRow::fixed(
        "sidecar-clients-part",
        Unit::Count,
        CLIENTS_PART as u64,
        "One of so many parts of the connections, sessions and VMs is the most that one client has.",
        "a client that takes all that it can leaves room for others",
    ),
    LimitRow::fixed(
        "sidecar-snapshots",
        Unit::Count,
        MOST_SNAPSHOTS as u64,
        "Snapshots of detached VMs that one sidecar keeps.",
        "each keeps what its VM has changed since",
    ),
    LimitRow::fixed(
        "sidecar-keeping",
        Unit::Time,
        PATIENCE_MS,
        "How long the bridge that keeps VMs' files is waited for; then `bridge_error`.",
        "a disk that takes longer does not answer any more",
    ),
    LimitRow::fixed(
        "sidecar-deciding",
        Unit::Time,
        DECIDING_MS,
        "How long the bridge that decides is waited for; then the answer is no.",
        "as long as a client is",
    ),
    LimitRow::fixed(
        "sidecar-bridge-call",
        Unit::Time,
        CALL_MS,
        "How long a call of a component that is a bridge waits for its turn and its answer.",
        "less than what the sidecar waits, so that the component is what failed",
    ),
    LimitRow::fixed(
        "sidecar-waiting-events",
        Unit::Count,
        WAITING_EVENTS as u64,
        "Events that wait for the bridge which is told them; more are dropped and counted.",
        "nobody waits for it",
    ),
    LimitRow::fixed(
        "sidecar-idle",
        Unit::Time,
        IDLE_MS,
        "How long a detached VM lives unused where its maker says nothing.",
        "longer than a person is away from a terminal",
    ),
    LimitRow::fixed(
        "sidecar-name-bytes",
        Unit::Bytes,
        NAME_BYTES as u64,
        "Length of the name of a detached VM or a snapshot.",
        "a line of a table has room for it",
    ),
    LimitRow::fixed(
        "sidecar-waiting-requests",
        Unit::Count,
        WAITING_REQUESTS as u64,
        "Requests of one client that wait for their answers; more are not read.",
        "a client that pipelines is served without waiting for it",
    ),
    LimitRow::fixed(
        "sidecar-waiting-request-bytes",
        Unit::Bytes,
        WAITING_REQUEST_BYTES as u64,
        "Bytes of these requests.",
        "four frames of the largest size",
    ),
    LimitRow::fixed(
        "sidecar-waiting-bytes",
        Unit::Bytes,
        WAITING_BYTES as u64,
        "Bytes of frames that wait for a client that does not read.",
        "two frames of the largest size; then whoever has something to say waits",
    ),
    LimitRow::fixed(
        "sidecar-of-a-component",
        Unit::Count,
        MOST_OF_EACH as u64,
        "Connections that one client has at once that is a component, and sessions, and VMs.",
        "what runs in its VMs takes of the process that runs itself",
    ),
    LimitRow::fixed(
        "sidecar-event-bytes",
        Unit::Bytes,
        OTHER_BYTES as u64,
        "Bytes of events that wait for a component, beside what programs write; then it is refused whatever makes more.",
        "some thousands of ends of programs, which wait for no room",
    ),
    LimitRow::fixed(
        "sidecar-questions",
        Unit::Count,
        MOST_WAITING as u64,
        "Questions that wait for the answer of one client.",
        "what the protocol's original allows",
    ),
    LimitRow::fixed(
        "sidecar-fetches",
        Unit::Count,
        MOST_FETCHES as u64,
        "Fetches of one VM that are under way at once.",
        "each may hold a request and an answer of a frame's size",
    ),
    LimitRow::fixed(
        "sidecar-ports",
        Unit::Count,
        MOST_PORTS as u64,
        "Ports that servers of one VM have at once.",
        "as many as it may have programs",
    ),
    LimitRow::fixed(
        "sidecar-output-bytes",
        Unit::Bytes,
        WAITING_OUTPUT as u64,
        "Bytes that a program has written and its client was not told yet.",
        "a few screens; then the program waits",
    ),
    LimitRow::fixed(
        "sidecar-last-bytes",
        Unit::Bytes,
        LAST_BYTES as u64,
        "Bytes of one program's output that are kept while its VM is disposed of.",
        "twice what waits of it; a program that is told to end may write without end",
    ),
    LimitRow::fixed(
        "sidecar-listed",
        Unit::Time,
        LISTED_MS,
        "How long a program that has ended is still listed.",
        "what clients of the protocol expect",
    ),
    LimitRow::fixed(
        "sidecar-listed-programs",
        Unit::Count,
        MOST_LISTED as u64,
        "Programs that have ended and are still listed.",
        "a VM that starts thousands in a second keeps no list of them",
    ),
    LimitRow::fixed(
        "sidecar-kept-programs",
        Unit::Count,
        KEPT_PROGRAMS as u64,
        "WebAssembly programs that are kept loaded.",
        "others are found in the cache on the disk",
    ),
    LimitRow::fixed(
        "callback-name-bytes",
        Unit::Bytes,
        FUNCTION_NAME_BYTES as u64,
        "Length of the name of a toolkit or a function.",
        "the protocol's own",
    ),
    LimitRow::fixed(
        "callback-description-bytes",
        Unit::Bytes,
        DESCRIPTION_BYTES as u64,
        "Length of a description of a toolkit, a function or an example.",
        "the protocol's own",
    ),
    LimitRow::fixed(
        "callback-schema-levels",
        Unit::Count,
        SCHEMA_LEVELS as u64,
        "Levels of the schema of a function.",
        "the protocol's own",
    ),
    LimitRow::fixed(
        "callback-aliases",
        Unit::Count,
        MOST_ALIASES as u64,
        "Commands of one list of a toolkit.",
        "as many as it may have functions",
    ),
];
