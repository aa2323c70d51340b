//! What a tenant may do on a host.

use std::sync::Arc;

use tollgate_audit::{Detail, Flush, LogOptions};
use tollgate_engine::InForce;
use tollgate_policy::{Effective, LimitKey, ScopeSet};

use crate::error::{Recording, Refused};

/// A policy under a host's ceiling, checked and ready for any number of runs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Grants {
    pub(crate) policy: Arc<Effective>,
    /// The host that they belong to.
    pub(crate) host: u64,
}

impl Grants {
    /// The policy that holds: what the run was given, under the ceiling.
    #[must_use]
    pub fn policy(&self) -> &Effective {
        &self.policy
    }

    /// The same, but what the run's own policy denies in `scopes` is let through and recorded as `would-deny`, as far as
    /// the ceiling allows it: for finding out what a component needs.
    #[must_use]
    pub fn permissive(&self, scopes: ScopeSet) -> Self {
        let policy = Effective::clone(&self.policy).with_permissive(scopes);
        Self {
            policy: Arc::new(policy),
            host: self.host,
        }
    }

    /// The same, with leave to load the files of the program that is run where the policy says nothing about them
    /// ([`Policy::with_program`](tollgate_policy::Policy::with_program)): for whoever runs programs in the source of a language,
    /// and has decided which.
    #[must_use]
    pub fn with_program(&self) -> Self {
        let policy = Effective::clone(&self.policy).with_program();
        Self {
            policy: Arc::new(policy),
            host: self.host,
        }
    }

    /// The same, with another limit where the policy states nothing about it: the default of whoever runs something under them.
    /// See [`Effective::limit_unless_stated`].
    #[must_use]
    pub fn limit_unless_stated(&self, key: LimitKey, value: u64, origin: &'static str) -> Self {
        let policy = Effective::clone(&self.policy).limit_unless_stated(key, value, origin);
        Self {
            policy: Arc::new(policy),
            host: self.host,
        }
    }

    /// The same for whoever looks for the programs that are run under these grants, beneath folders that were given for that.
    /// See [`Effective::finding_programs`].
    #[must_use]
    pub fn finding_programs(&self) -> Self {
        let policy = Effective::clone(&self.policy).finding_programs();
        Self {
            policy: Arc::new(policy),
            host: self.host,
        }
    }

    /// The same for a VM that the run of a guest makes: nothing leaves it that the run is not granted itself, and nothing in
    /// it takes more than the run may.
    #[must_use]
    pub fn beneath(&self, maker: &Arc<Effective>) -> Self {
        let policy = Effective::clone(&self.policy).beneath(maker);
        Self {
            policy: Arc::new(policy),
            host: self.host,
        }
    }
}

/// Grants that can be replaced while runs go on under them. Clones are the same.
///
/// What a run asks for from then on is decided by the new ones, and so is each read and write of a file that it has open. A
/// connection that it has keeps the decision that it was opened under, and the limits with which the run began hold to its end.
#[derive(Debug, Clone)]
pub struct LiveGrants {
    pub(crate) policy: InForce,
    host: u64,
}

impl LiveGrants {
    /// Begins with `grants`.
    #[must_use]
    pub fn new(grants: &Grants) -> Self {
        Self {
            policy: InForce::new(Arc::clone(&grants.policy)),
            host: grants.host,
        }
    }

    /// Puts other grants in force.
    ///
    /// # Errors
    ///
    /// They belong to another host; then those that it has hold on.
    pub fn replace(&self, grants: &Grants) -> Result<(), Refused> {
        if grants.host != self.host {
            return Err(Refused::ForeignGrants);
        }
        self.policy.replace(Arc::clone(&grants.policy));
        Ok(())
    }

    /// Those that are in force.
    #[must_use]
    pub fn now(&self) -> Grants {
        Grants {
            policy: self.policy.now(),
            host: self.host,
        }
    }
}

/// Holds what a policy says about recording against the log that there is.
pub(crate) fn check_recording(policy: &Effective, log: LogOptions) -> Result<(), Recording> {
    let wanted = policy.audit();
    if wanted.file.is_some() {
        return Err(Recording::File);
    }
    if wanted.flush == tollgate_policy::Flush::Each && log.flush != Flush::Each {
        return Err(Recording::Flush);
    }
    if wanted.detail == tollgate_policy::Detail::Full && log.detail != Detail::Full {
        return Err(Recording::Detail);
    }
    Ok(())
}
