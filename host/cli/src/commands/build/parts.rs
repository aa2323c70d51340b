//! What the builds of all languages have in common: what they are asked for, what they find, and what they give.

use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::Arc;

use tollgate_build::World;
use tollgate_engine::Digest;
use tollgate_languages::Packages;
use tollgate_policy::Effective;

use crate::args::Build;
use crate::commands::build_log::Reading;
use crate::commands::{log, own};
use crate::exit::Failure;
use crate::host::folders::Bases;
use crate::host::program as place;

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
}

/// What a build goes by.
pub(super) struct Policy {
    pub(super) effective: Arc<Effective>,
    pub(super) bases: Bases,
}

/// The program's folder, and a log in which it is written what is read of it; the component is made of `engine`.
pub(super) fn begin(
    args: &Build,
    packages: &Packages,
    engine: Digest,
    policy: &Policy,
) -> Result<(place::Found, Reading), Failure> {
    let place = log::Place::new(
        &policy.effective.audit(),
        args.log.audit_key.as_deref(),
        &policy.bases,
    )?;
    let own = own::own_folders(&place);
    let found = place::open(
        Some(&args.file),
        "",
        packages,
        &policy.effective,
        &policy.bases,
        &own,
    )?;
    let name = args.file.file_name().unwrap_or_default();
    let root = (found.root.clone(), found.host.clone());
    let reading = Reading::begin(
        &policy.effective,
        place.open()?,
        &name.to_string_lossy(),
        engine,
        root,
    )?;
    Ok((found, reading))
}

/// Does what waits for a log by itself, which is not done on a thread that polls.
pub(super) fn aside<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let done = scope.spawn(work).join();
        done.unwrap_or_else(|panicked| resume_unwind(panicked))
    })
}
