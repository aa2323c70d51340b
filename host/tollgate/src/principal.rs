//! Somebody who is no run, and asks all the same: a client that acts on the files of a VM.

use std::sync::Arc;

use tollgate_audit::{RunIdentity, Summary};
use tollgate_engine::{Decider, Gate};

use crate::error::Refused;
use crate::grants::Grants;
use crate::shared::{Inner, bounds};

/// What the records of a [`Principal`] say of it.
#[derive(Debug, Clone)]
pub struct Standing {
    /// What it is called: the resource of the records that begin and end its part of the log.
    pub name: String,
    /// Who asks, where a run has the digest of its component.
    pub who: String,
    /// The VM that it is about.
    pub vm: Option<String>,
    /// The operation of the first record, such as `vm.created`.
    pub begins: &'static str,
    /// The operation of the last one, such as `vm.disposed`.
    pub ends: &'static str,
}

/// A part of the log with a gate, for what is asked for by another way than a component's imports. It begins with a record
/// and ends with one; dropped before it has ended, it is recorded as cancelled.
pub struct Principal {
    host: Arc<Inner>,
    gate: Gate,
    run: String,
    name: String,
    ends: &'static str,
    decider: Option<Arc<dyn Decider>>,
}

impl std::fmt::Debug for Principal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Principal")
            .field("run", &self.run)
            .finish_non_exhaustive()
    }
}

impl Principal {
    pub(crate) async fn begin(
        host: Arc<Inner>,
        grants: &Grants,
        standing: Standing,
    ) -> Result<Self, Refused> {
        check(&host, grants)?;
        let run = host.next_run();
        let identity = RunIdentity {
            run: run.clone(),
            vm: standing.vm,
            process: None,
            component: standing.who,
        };
        let audit = host.log.run(identity, bounds(&grants.policy().limits()));
        let decider = host.decider.clone();
        let gate = Gate::new(Arc::clone(&grants.policy), audit, decider.clone());
        gate.note(standing.begins, &standing.name, "ok")
            .await
            .map_err(Refused::Unrecorded)?;
        Ok(Self {
            host,
            gate,
            run,
            name: standing.name,
            ends: standing.ends,
            decider,
        })
    }

    /// Its gate. A clone that is kept goes on applying the grants that hold now.
    #[must_use]
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// What its part of the log is called, as the runs of components are.
    #[must_use]
    pub fn run(&self) -> &str {
        &self.run
    }

    /// Puts it under other grants, from the next thing that it asks for on. Its part of the log goes on.
    ///
    /// # Errors
    ///
    /// The grants belong to another host; then those that it has hold on.
    pub fn regrant(&mut self, grants: &Grants) -> Result<(), Refused> {
        check(&self.host, grants)?;
        let audit = self.gate.audit().clone();
        let policy = Arc::clone(&grants.policy);
        self.gate = Gate::new(policy, audit, self.decider.clone());
        Ok(())
    }

    /// Has `decider` answer what the policy leaves to be asked, in place of the host's own, from the next thing that it asks
    /// for on.
    pub fn decided_by(&mut self, decider: Arc<dyn Decider>) {
        let policy = self.gate.policy();
        let audit = self.gate.audit().clone();
        self.gate = Gate::new(policy, audit, Some(Arc::clone(&decider)));
        self.decider = Some(decider);
    }

    /// Ends its part of the log, after all that was begun in it: `how`, and the outcome of that in a word. Says what was
    /// asked and decided, unless the host does not wait for its records to be on the disk.
    pub async fn end(self, how: &str, outcome: &str) -> Option<Summary> {
        self.gate.settled().await;
        // A log that has failed, or was closed, says so wherever it is asked.
        let _told_by_the_log = self.gate.note(self.ends, how, outcome).await;
        if !self.host.flushed {
            self.gate.audit().end_unflushed();
            return None;
        }
        let _told_by_the_log = self.gate.audit().end().await;
        Some(self.gate.audit().summary())
    }
}

impl Drop for Principal {
    fn drop(&mut self) {
        self.gate.cut(self.ends, &self.name);
    }
}

fn check(host: &Inner, grants: &Grants) -> Result<(), Refused> {
    if grants.host == host.id {
        Ok(())
    } else {
        Err(Refused::ForeignGrants)
    }
}
