//! Policy.

mod audit;
mod builder;
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
mod rule;
mod scope;
mod suggest;
mod uniform;
mod verb;
mod words;

pub use audit::{AuditSettings, DEFAULT_ROTATE, Detail, Flush};
pub use builder::{BuildError, MOST_PATTERN_BYTES, MOST_PATTERNS, PolicyBuilder};
pub use decision::{Considered, Decision, Denial, Explanation, Opinion, Outcome, Question, Why};
pub use effective::{Effective, EffectiveError};
pub use env::{EnvError, EnvValue, EnvVariable};
pub use file::{FileError, FileErrors, FileProblem, LONGEST_FILE, policy_schema};
pub use grant::{DirError, GrantError, GrantProblem, PathPatternError};
pub use http::HttpGrantError;
pub use judge::Order;
pub use limits::{FIXED, LIMITS, LimitEntry, LimitError, LimitKey, LimitRow, Limits, Who};
pub use mount::{HostPath, Mount, RelativeTo};
pub use net::{EndpointError, InternalRange, internal_range};
pub use operation::{Clock, HttpScheme, NetworkTarget, Operation, Random, Stdio, Transport};
pub use path::{GuestPathError, LONGEST_GUEST_PATH, canonical as canonical_guest_path};
pub use pattern::{LONGEST_PATTERN, Pattern, PatternError};
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
    KeyvalueVerb, LinkVerb, LoggingVerb, NetworkVerb, ProcessVerb, RandomVerb, SecretVerb,
    StdioVerb, ToolVerb, Verbs,
};
pub use words::UnknownWord;
