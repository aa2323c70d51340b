//! A host for runs of one command, under the policy that its flags and files make: its log, its folders, its ceiling.

use std::path::Path;

use tollgate::engine::Bounds;
use tollgate::{Grants, Host, RunOptions};
use tollgate_audit::Log;
use tollgate_capability::http::Trust;
use tollgate_policy::{Effective, ScopeSet};
use tollgate_vfs::Mount;

use super::log;
use super::own::own_folders;
use crate::args;
use crate::exit::Failure;
use crate::host::folders::{self, Own};
use crate::host::{environment, files};
use crate::policy;
use crate::terminal::ask;

/// What a command says about its host.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) grants: &'a args::Grants,
    pub(crate) ceiling: Option<&'a Path>,
    /// Where it is recorded; none: in memory.
    pub(crate) log: Option<&'a args::LogArgs>,
}

/// A host, and what its runs get.
pub(crate) struct Hosting {
    pub(crate) host: Host,
    pub(crate) log: Log,
    pub(crate) grants: Grants,
    /// The folders that the policy mounts, by their places.
    pub(crate) mounts: Vec<(String, Mount)>,
}

impl Hosting {
    /// What each run is given under `grants`: folders, the variables that the policy may let through, and whom it may ask.
    pub(crate) fn options(&self, grants: &Grants) -> RunOptions {
        let mut options = RunOptions::new(grants);
        for (place, mount) in &self.mounts {
            options = options.mount(place.clone(), mount.clone());
        }
        for (name, value) in environment::variables() {
            options = options.variable(name, value);
        }
        match ask::decider() {
            Some(decider) => options.decider(decider),
            None => options,
        }
    }
}

impl Asked<'_> {
    /// Reads the policy, opens folders and log, and makes the host. `check` looks at what else the command was given, before
    /// anything is written.
    pub(crate) fn host<T>(
        self,
        check: impl FnOnce(&[Own]) -> Result<T, Failure>,
    ) -> Result<(Hosting, T), Failure> {
        let file = self.log.and_then(|log| log.audit.as_deref());
        let key = self.log.and_then(|log| log.audit_key.as_deref());
        let loaded = policy::load(self.grants, self.ceiling, file, ScopeSet::NONE, false)?;
        let (policy, bases) = (loaded.effective, loaded.bases);
        let place = log::Place::new(&policy.audit(), key, &bases)?;
        let own = own_folders(&place);
        let mut mounts = Vec::new();
        for mount in policy.mounts() {
            let folder = folders::open(mount, &policy, &bases)?;
            folders::check_own(mount, &folder, &own, &bases)?;
            let mounted = Mount::host(folder.dir, folder.read_only)?;
            mounts.push((mount.guest_path.clone(), mounted));
        }
        let trust = Trust::new(files::authorities(&policy, &bases)?);
        let checked = check(&own)?;
        let log = place.open()?;
        let host = built(&policy, &log, trust)?;
        let grants = host.grants(policy.run().clone().with_open_log());
        let grants = grants.map_err(|error| Failure::Host(error.to_string()))?;
        let hosting = Hosting {
            host,
            log,
            grants,
            mounts,
        };
        Ok((hosting, checked))
    }
}

/// Drives what a command does to its end. What still waits then, for input or for a disk, is not waited for.
pub(crate) fn drive<T>(
    threads: usize,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()
        .map_err(|error| Failure::Host(format!("the runtime cannot start: {error}")))?;
    let done = runtime.block_on(work);
    runtime.shutdown_background();
    done
}

fn built(policy: &Effective, log: &Log, trust: Trust) -> Result<Host, Failure> {
    let limits = policy.limits();
    let mut builder = Host::builder()
        .log(log.clone())
        .end_without_flush()
        .compile_bounds(Bounds::from(&limits))
        .trust(trust);
    if let Some(ceiling) = policy.ceiling() {
        builder = builder.ceiling(ceiling.clone().with_open_log());
    }
    if limits.fuel.is_some() {
        builder = builder.count_fuel();
    }
    if let Some(cache) = environment::cache() {
        builder = builder.cache(cache);
    }
    builder
        .build()
        .map_err(|error| Failure::Host(error.to_string()))
}
