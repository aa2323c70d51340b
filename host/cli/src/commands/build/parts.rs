//! What the builds of all languages have in common: what they are asked for, what they find, and what they give.

use std::path::{Path, PathBuf};

use tollgate_build::World;
use tollgate_languages::Packages;
use tollgate_policy::{Decision, Effective, Operation, Permit};

use crate::args::Build;
use crate::commands::{log, run};
use crate::exit::Failure;
use crate::host::program as place;
use crate::policy;

/// What the component is for.
pub(super) enum Wanted {
    /// One of our worlds.
    Ours(World),
    /// A world of the program's own.
    Own { wit: PathBuf, name: String },
}

impl Wanted {
    pub(super) fn of(args: &Build) -> Result<Self, Failure> {
        if let Some(wit) = &args.wit {
            return Ok(Self::Own {
                wit: wit.clone(),
                name: args.world.clone(),
            });
        }
        match args.world.as_str() {
            "command" => Ok(Self::Ours(World::Command)),
            "http" => Ok(Self::Ours(World::Http)),
            "plugin" => Ok(Self::Ours(World::Plugin)),
            other => Err(Failure::Usage(format!(
                "there is no world `{other}`: there are `command`, `http` and `plugin`, and those of --wit"
            ))),
        }
    }
}

/// What was asked for and is not in the component: the program runs until it asks for it.
pub(super) struct Missing {
    /// The file that asks.
    pub(super) from: String,
    /// What it asks for, and why there is no such thing.
    pub(super) reason: String,
}

/// What came of a build.
pub(super) struct Made {
    pub(super) component: Vec<u8>,
    /// How many files are in it.
    pub(super) count: usize,
    pub(super) missing: Vec<Missing>,
    /// Where those of the program itself lie.
    pub(super) files: Vec<PathBuf>,
}

/// The program's folder.
pub(super) fn found(
    args: &Build,
    packages: &Packages,
    policy: &policy::Loaded,
) -> Result<place::Found, Failure> {
    let log = log::Place::new(&policy.effective.audit(), None, &policy.bases)?;
    let own = run::own_folders(&log);
    place::open(
        Some(&args.file),
        "",
        packages,
        &policy.effective,
        &policy.bases,
        &own,
    )
}

/// Where files lie that the guest sees beneath `root`.
pub(super) fn on_host<'a>(
    root: &str,
    host: &Path,
    paths: impl IntoIterator<Item = &'a String>,
) -> Vec<PathBuf> {
    let on_host = |path: &'a String| {
        let inner = path.strip_prefix(root).unwrap_or(path);
        host.join(inner.trim_start_matches('/'))
    };
    paths.into_iter().map(on_host).collect()
}

/// What a run would decide about the file; nobody is there to be asked.
pub(super) fn permitted(policy: &Effective, path: &str) -> Option<Permit> {
    match policy.decide(&Operation::Program { path }) {
        Decision::Allow(permit, _) | Decision::WouldDeny(permit, _) => Some(permit),
        Decision::Ask(..) | Decision::Deny(_) => None,
    }
}
