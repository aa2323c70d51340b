//! The policy that is in force for a run, which may be replaced while the run goes on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use tollgate_policy::Effective;

/// The policy that the gates which have it apply at this moment. Clones are the same.
#[derive(Debug, Clone)]
pub struct InForce(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    first: Arc<Effective>,
    /// Whether there is another one: the policies of most runs are never replaced, and each operation looks here.
    replaced: AtomicBool,
    later: RwLock<Option<Arc<Effective>>>,
}

impl InForce {
    /// Begins with `policy`.
    #[must_use]
    pub fn new(policy: Arc<Effective>) -> Self {
        Self(Arc::new(Inner {
            first: policy,
            replaced: AtomicBool::new(false),
            later: RwLock::new(None),
        }))
    }

    /// The policy, at this moment.
    #[must_use]
    pub fn now(&self) -> Arc<Effective> {
        self.later().unwrap_or_else(|| Arc::clone(&self.0.first))
    }

    /// Asks the policy that holds at this moment.
    pub fn ask<R>(&self, asking: impl FnOnce(&Effective) -> R) -> R {
        match self.later() {
            None => asking(&self.0.first),
            Some(later) => asking(&later),
        }
    }

    fn later(&self) -> Option<Arc<Effective>> {
        if !self.0.replaced.load(Ordering::Acquire) {
            return None;
        }
        // It is replaced in one step.
        let later = self.0.later.read().unwrap_or_else(PoisonError::into_inner);
        later.clone()
    }

    /// Puts `policy` in force. What is decided from now on is decided by it; what was decided before holds, and so do the limits
    /// with which a run began.
    pub fn replace(&self, policy: Arc<Effective>) {
        let mut later = self.0.later.write().unwrap_or_else(PoisonError::into_inner);
        *later = Some(policy);
        self.0.replaced.store(true, Ordering::Release);
    }
}
