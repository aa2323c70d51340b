//! Why something is denied, in the words that clients know.

use tollgate::engine::Gate;
use tollgate_policy::{Decision, Operation};

/// Why an operation was denied. Where it was to be asked about and nobody could answer, that is the reason.
pub(crate) fn why(gate: &Gate, operation: &Operation<'_>, capability: &str) -> String {
    let policy = gate.policy();
    match policy.decide(operation) {
        Decision::Ask(..) if !gate.asks_somebody() => {
            format!("permission prompt required for {capability}")
        }
        Decision::Ask(..) | Decision::Allow(..) | Decision::WouldDeny(..) | Decision::Deny(_) => {
            format!("blocked by {capability} policy")
        }
    }
}
