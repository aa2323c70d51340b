//! A host for one command: under the ceiling, with the log, the cache and the folders that the command's flags come to.

use std::path::Path;
use std::sync::Arc;

use tollgate::{Host, RunOptions};
use tollgate_audit::{Log, Summary};
use tollgate_capability::http::Trust;
use tollgate_engine::Decider;
use tollgate_policy::{Effective, Policy};
use tollgate_vfs::Mount;

use super::log;
use super::own::own_folders;
use crate::args::Grants;
use crate::exit::Failure;
use crate::host::folders::{self, Own};
use crate::host::{environment, files};
use crate::policy::{self, Stated};
use crate::terminal::ask;

/// Where a command's log goes.
pub(crate) struct Logged<'a> {
    pub(crate) audit: Option<&'a str>,
    pub(crate) key: Option<&'a Path>,
}

/// A host, and what its runs are given.
pub(crate) struct Hosted {
    pub(crate) host: Host,
    pub(crate) policy: Policy,
    log: Log,
    given: Given,
}

/// What each run is given: folders, by the capability on each, and the variables that the policy may let through.
pub(crate) struct Given {
    mounts: Vec<(String, Mount)>,
    variables: Vec<(String, String)>,
    decider: Option<Arc<dyn Decider>>,
}

impl Given {
    pub(crate) fn to(&self, mut options: RunOptions) -> RunOptions {
        for (place, mount) in &self.mounts {
            options = options.mount(place.clone(), mount.clone());
        }
        for (name, value) in &self.variables {
            options = options.variable(name.clone(), value.clone());
        }
        match &self.decider {
            Some(decider) => options.decider(Arc::clone(decider)),
            None => options,
        }
    }
}

impl Hosted {
    pub(crate) fn new(
        grants: &Grants,
        ceiling: Option<&Path>,
        logged: &Logged<'_>,
    ) -> Result<Self, Failure> {
        let Stated {
            run,
            ceiling,
            bases,
        } = policy::read(grants, ceiling, logged.audit)?;
        // What holds, for what the command itself needs of it.
        let effective = Effective::new(run.clone(), ceiling.clone())?;
        let place = log::Place::new(&effective.audit(), logged.key, &bases)?;
        let own = own_folders(&place);
        let given = Given {
            mounts: mounts(&effective, &bases, &own)?,
            variables: environment::variables().collect(),
            decider: ask::decider(),
        };
        let trust = Trust::new(files::authorities(&effective, &bases)?);
        let log = place.open()?;
        let mut builder = Host::builder().log(log.clone()).trust(trust);
        if let Some(ceiling) = ceiling {
            builder = builder.ceiling(ceiling);
        }
        if let Some(cache) = environment::cache() {
            builder = builder.cache(cache);
        }
        let host = builder
            .build()
            .map_err(|error| Failure::Host(error.to_string()))?;
        Ok(Self {
            host,
            policy: run,
            log,
            given,
        })
    }

    /// What each run is given.
    pub(crate) fn given(&self) -> &Given {
        &self.given
    }

    /// Closes the log, and says what was asked and decided.
    pub(crate) fn close(self) -> Result<Summary, Failure> {
        drop(self.host);
        Ok(self.log.close()?)
    }
}

fn mounts(
    policy: &Effective,
    bases: &folders::Bases,
    own: &[Own],
) -> Result<Vec<(String, Mount)>, Failure> {
    let mut mounts = Vec::new();
    for mount in policy.mounts() {
        let folder = folders::open(mount, policy, bases)?;
        folders::check_own(mount, &folder, own, bases)?;
        let mounted = Mount::host(folder.dir, folder.read_only)?;
        mounts.push((mount.guest_path.clone(), mounted));
    }
    Ok(mounts)
}
