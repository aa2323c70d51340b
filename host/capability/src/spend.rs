//! Using up a permit.

use tollgate_policy::{Permit, Scope};

/// A permit for something else was handed over: a bug of the caller, for which a denial is the safe answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the permit does not cover this operation")]
pub struct WrongPermit;

pub(crate) fn spend(permit: Permit, scope: Scope) -> Result<(), WrongPermit> {
    if permit.scope() == scope {
        Ok(())
    } else {
        Err(WrongPermit)
    }
}
