//! What a guest may do, decided in one place, without a side effect.
//!
//! A [`Policy`] says what is allowed. Flags, a `tollgate.toml`, a client's permissions and a
//! program's own statements all reduce to one. [`Effective`] puts a run's policy under the
//! operator's ceiling, and decides about each [`Operation`]: the answer is a [`Permit`] that what
//! acts must be given, a [`Question`] for a decider, or a [`Denial`], always with the [`RuleId`] of
//! the rule behind it.
//!
//! ```
//! use tollgate_policy::{Decision, Effective, FsVerb, Operation, PolicyBuilder};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let file = r#"
//!     version = 1
//!     [fs]
//!     deny = ["write:/data/archive/**"]
//! "#;
//! let mut policy = PolicyBuilder::from_toml("tollgate.toml", file)?;
//! policy.dir("./data::/data")?.allow_net("example.com:443")?.limit("memory=64MiB")?;
//! let effective = Effective::new(policy.build()?, None)?;
//!
//! let read = Operation::Fs { verb: FsVerb::Read, path: "/data/archive/2024" };
//! match effective.decide(&read) {
//!     Decision::Allow(permit, rule) => {
//!         assert_eq!(rule.as_str(), "flags:0");
//!         assert!(permit.covers_fs(FsVerb::Read));
//!     }
//!     other => panic!("{other:?}"),
//! }
//!
//! let write = Operation::Fs { verb: FsVerb::Write, path: "/data/archive/2024" };
//! let Decision::Deny(denial) = effective.decide(&write) else { panic!("allowed") };
//! assert_eq!(
//!     denial.to_string(),
//!     "fs.write of /data/archive/2024 is denied by file:0 (tollgate.toml:4)",
//! );
//! # Ok(())
//! # }
//! ```
//!
//! # Rules
//!
//! - What nothing is said about is denied; its rule is `default:SCOPE`. The command line allows
//!   standard streams, clocks and entropy where nothing is stated about them
//!   ([`Policy::command_line_defaults`]).
//! - In files and flags the strictest matching rule decides: deny over ask over allow over the
//!   scope's default. In the sidecar protocol the last matching rule decides. Both are the same
//!   walk over rules, tried in an order that is fixed when the policy is made.
//! - The ceiling and the run's policy meet: deny before ask before allow, the smaller limit, the
//!   more careful log. What a ceiling does not mention it denies, and its limits are the defaults.
//! - Texts compare byte by byte. The only folding is that of host names, which have none but ASCII
//!   letters here.
//!
//! # Grants
//!
//! | where | text |
//! | --- | --- |
//! | `--dir`, `[[mount]]` | `HOST[::GUEST][:ro]`: a mount, and every use of what is in it |
//! | `[fs]` | `GLOB`, or `WORD:GLOB` with `read`, `write` or a single operation |
//! | `--deny-read`, `--deny-write` | `GLOB` |
//! | `--allow-net`, `--deny-net`, `[network]` | `H[:P]`: connecting, sending, resolving, HTTP |
//! | `--allow-listen`, `--deny-listen`, `[network]` with `listen:` before it | `A[:P]`: binding and listening |
//! | `[http]` | `[METHOD ]SCHEME://H[:P]` |
//! | `--env`, `--deny-env`, `[env]` | `NAME`, a pattern of names, or `NAME=VALUE` |
//! | `[stdio]`, `[clock]`, `[random]` | the stream, clock or source, or `*` |
//! | every other table | `GLOB` on the resource |
//! | `--limit`, `[limits]` | `KEY=VALUE`; see [`LIMITS`] |
//!
//! A `GLOB` is of the protocol's language ([`Pattern`]): `?` is one byte, `*` a run without `/`,
//! `**` any run. In files and flags, one for paths that no path can match is refused.
//!
//! `H` is a name, `*.name` (everything below the name), an address, a block, `localhost`
//! (`127.0.0.0/8` and `::1`) or `*` (every public address). A name never reaches an internal
//! address ([`internal_range`]); that takes a grant of the address or a block *besides* the name's.
//! A denial is read more widely than a grant: whatever its text could mean is denied, also under
//! another spelling of the address. `P` is a number, `a-b` or `*`; without it every port is meant,
//! except that `[http]` grants then mean the scheme's own.
//!
//! # What it leaves to others
//!
//! Policy opens nothing. Whoever acts resolves a path to a handle first and asks about where it
//! really leads; asks about a name, and again with the address that is going to be dialled;
//! asks about both ends of a rename or a link, and about a folder's whole tree
//! ([`Effective::is_uniform`]) before it moves; checks a run's mounts against
//! [`Effective::ceiling_mounts`] on the handles; and holds the run to its [`Limits`].

mod asked;
mod audit;
mod bounds;
mod builder;
mod control;
mod decision;
mod effective;
mod env;
mod file;
mod grant;
mod http;
mod judge;
mod limits;
mod mount;
mod net;
mod operation;
mod path;
mod pattern;
mod permit;
mod policy;
mod protocol;
mod quantity;
mod resource;
mod rule;
mod scope;
mod suggest;
mod uniform;
mod verb;
mod vm;
mod words;

pub use audit::{AuditSettings, DEFAULT_ROTATE, Detail, Flush};
pub use bounds::{
    LONGEST_FILE, LONGEST_GUEST_PATH, LONGEST_PATTERN, MOST_PATTERN_BYTES, MOST_PATTERNS,
};
pub use builder::{BuildError, PolicyBuilder};
pub use control::CONTROL_FUNCTIONS;
pub use decision::{Considered, Decision, Denial, Explanation, Opinion, Outcome, Question, Why};
pub use effective::{Effective, EffectiveError};
pub use env::{EnvError, EnvValue, EnvVariable};
pub use file::{FileError, FileErrors, FileProblem, policy_schema};
pub use grant::{DirError, GrantError, GrantProblem, PathPatternError};
pub use http::HttpGrantError;
pub use judge::Order;
pub use limits::{FIXED, LIMITS, LimitEntry, LimitError, LimitKey, LimitRow, Limits, Who};
pub use mount::{HostPath, Mount, RelativeTo};
pub use net::{EndpointError, InternalRange, NameError, PortError, host_name, internal_range};
pub use operation::{Clock, HttpScheme, NetworkTarget, Operation, Random, Stdio, Transport};
pub use path::{GuestPathError, canonical as canonical_guest_path};
pub use pattern::{Pattern, PatternError};
pub use permit::Permit;
pub use policy::{Policy, Role};
pub use protocol::{
    PathRule, PatternRule, ProtocolError, ProtocolPermissions, ProtocolRules, ProtocolScope,
};
pub use quantity::{QuantityError, Unit};
pub use rule::{Origin, RuleId, RuleRow, Source};
pub use scope::{Mode, Scope, ScopeSet};
pub use suggest::Suggestion;
pub use verb::{
    BlobstoreVerb, ChildProcessVerb, ClockVerb, ConfigVerb, ControlVerb, EnvVerb, FsVerb, HttpVerb,
    KeyvalueVerb, LinkVerb, LoggingVerb, NetworkVerb, ProcessVerb, ProgramVerb, RandomVerb,
    SecretVerb, StdioVerb, ToolVerb, Verbs,
};
pub use vm::{Tier, VM_VARIABLES};
pub use words::UnknownWord;
