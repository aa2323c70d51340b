//! What the gate says about one call.

use crate::record::Decision;

/// One call at the gate: what is asked, and what policy said.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The imported function, as `wasi:filesystem/types@0.2#[method]descriptor.read`.
    pub import: &'a str,
    /// `scope.verb`, as `fs.read`; scope `log` is the log's own. At most [`bounds::OPERATION`](crate::bounds::OPERATION) bytes.
    pub operation: &'static str,
    /// What it is about. Never an environment value, a URL's query or userinfo, or a path of the host: the log writes
    /// what it is given.
    pub resource: &'a str,
    /// What policy said.
    pub decision: Decision,
    /// The rule that decided, `source:index`.
    pub rule: &'a str,
    /// Whether equal calls may be coalesced, where the log's [`Detail`](crate::Detail) allows it.
    pub high_rate: bool,
}
