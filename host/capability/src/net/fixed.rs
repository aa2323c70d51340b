//! The numbers of sockets and names that nobody can state.

use tollgate_policy::{LimitRow, Unit};

use super::lookups::MOST_NAMES;
use super::resolver::{MOST_ADDRESSES, MOST_LOOKUPS, MOST_LOOKUPS_EACH};
use super::room::MOST_SOCKETS;

/// Numbers of sockets and names that nobody can state.
pub const FIXED: &[LimitRow] = &[
    LimitRow::fixed(
        "sockets",
        Unit::Count,
        MOST_SOCKETS as u64,
        "Sockets of the host that one run has at a time.",
        "half of the descriptors that most systems give a process; the rest are the log's and other guests'",
    ),
    LimitRow::fixed(
        "lookups",
        Unit::Count,
        MOST_LOOKUPS_EACH as u64,
        "Names that one run has looked up at a time by the system's resolver.",
        "each holds a thread until the system gives up, which can take half a minute",
    ),
    LimitRow::fixed(
        "lookups-of-all",
        Unit::Count,
        MOST_LOOKUPS as u64,
        "Names that all runs of a process have looked up at a time by the system's resolver.",
        "as many threads wait for the system",
    ),
    LimitRow::fixed(
        "addresses",
        Unit::Count,
        MOST_ADDRESSES as u64,
        "Addresses that one lookup hands on.",
        "a zone can list thousands; nobody dials more than a few",
    ),
    LimitRow::fixed(
        "names",
        Unit::Count,
        MOST_NAMES as u64,
        "Names that a run is remembered to have looked up.",
        "a connect to an address of an older one needs a new lookup",
    ),
];
