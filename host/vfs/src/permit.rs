//! Permits: what an acting method takes, and how it is checked.

use tollgate_policy::{FsVerb, Permit};

use crate::FsError;

/// The permits for one operation that needs more than one right, such as opening to read and write.
///
/// ```
/// # use tollgate_vfs::Permits;
/// let none = Permits::default(); // enough for nothing
/// ```
#[derive(Debug, Default)]
pub struct Permits(Vec<Permit>);

impl From<Permit> for Permits {
    fn from(permit: Permit) -> Self {
        Self(vec![permit])
    }
}

impl FromIterator<Permit> for Permits {
    fn from_iter<I: IntoIterator<Item = Permit>>(permits: I) -> Self {
        Self(permits.into_iter().collect())
    }
}

impl Permits {
    /// Fails with `Access` unless one of the permits is for this verb.
    pub(crate) fn require(&self, verb: FsVerb) -> Result<(), FsError> {
        if self.0.iter().any(|permit| permit.covers_fs(verb)) {
            Ok(())
        } else {
            Err(FsError::Access)
        }
    }
}

/// Uses up a permit. A permit for another verb is a bug of the gate, and a denial is the safe answer.
pub(crate) fn spend(permit: Permit, verb: FsVerb) -> Result<(), FsError> {
    Permits::from(permit).require(verb)
}

/// Uses up the permit of a sync, for which there is no verb: it changes nothing, so that either right on
/// the file will do.
pub(crate) fn spend_for_sync(permit: Permit) -> Result<(), FsError> {
    let permits = Permits::from(permit);
    permits
        .require(FsVerb::Write)
        .or_else(|_| permits.require(FsVerb::Stat))
}
