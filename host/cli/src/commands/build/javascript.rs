//! Programs in JavaScript and TypeScript.

use std::collections::BTreeSet;

use tollgate_bridge::Program as _;
use tollgate_build::{BuildError, Wit, World, build as assemble, build_for};
use tollgate_engine::Digest;
use tollgate_languages::{Bundle, ENGINE, JavaScript, NODE, Start};

use super::parts::{Made, Missing, Policy, Wanted, aside, begin};
use crate::args::Build;
use crate::commands::program::engine;
use crate::exit::Failure;
use crate::host::watch::Seen;
use crate::host::wit;
use crate::terminal::table;

/// The component of the program, with all of its files.
pub(super) async fn make(
    args: &Build,
    wanted: &Wanted,
    policy: &Policy,
    seen: &mut Seen,
) -> Result<Made, Failure> {
    if !args.requirements.is_empty() {
        return Err(Failure::Usage(
            "--requirements is for programs in Python; those in JavaScript find their packages in `node_modules`"
                .to_owned(),
        ));
    }
    let target = Target::of(wanted)?;
    let bundle = aside(|| read(args, &target, policy, seen))?;
    let progress = table::progress("building");
    let built = target.assemble(&bundle).await;
    progress.finish();
    let missing = bundle.missing.into_iter().map(|missing| Missing {
        from: missing.from,
        reason: missing.reason,
    });
    Ok(Made {
        component: built.map_err(|error| Failure::Build(error.to_string()))?,
        count: bundle.files.len(),
        missing: missing.collect(),
    })
}

/// The program with all of its files; each that was looked at is in `seen`, whatever comes of it.
fn read(
    args: &Build,
    target: &Target,
    policy: &Policy,
    seen: &mut Seen,
) -> Result<Bundle, Failure> {
    let (found, mut reading) = begin(args, &NODE, engine(), policy)?;
    let program = JavaScript::new(found.folder, &found.root, Start::File(found.entry));
    let bundled = program.bundle_beside(&target.provided(), &mut reading);
    let outcome = bundled.as_ref().map_or("failed", |_| "ok");
    let digest = Digest::from_hash(program.digest()).to_string();
    let (looked_at, recorded) = reading.end(&digest, outcome);
    *seen = looked_at;
    seen.extend(target.seen());
    // What could not be recorded has kept the rest from being read.
    recorded?;
    bundled.map_err(|error| Failure::Build(error.message))
}

/// What the component is for, and, for a world of the program's own, what it was read from.
enum Target {
    Ours(World),
    Own(Box<Wit>, Seen),
}

impl Target {
    fn of(wanted: &Wanted) -> Result<Self, Failure> {
        match wanted {
            Wanted::Ours(world) => Ok(Self::Ours(*world)),
            Wanted::Own { wit: folder, name } => {
                let read = wit::read(folder)?;
                let wit = Wit::new(read.resolve, read.package, Some(name))
                    .map_err(|error| Failure::Build(error.to_string()))?;
                Ok(Self::Own(Box::new(wit), read.seen))
            }
        }
    }

    /// What a program finds that is none of its files.
    fn provided(&self) -> BTreeSet<String> {
        match self {
            Self::Ours(_) => BTreeSet::new(),
            Self::Own(wit, _) => wit.specifiers().into_iter().collect(),
        }
    }

    async fn assemble(&self, bundle: &Bundle) -> Result<Vec<u8>, BuildError> {
        match self {
            Self::Ours(world) => assemble(ENGINE, bundle, *world).await,
            Self::Own(wit, _) => build_for(ENGINE, bundle, wit).await,
        }
    }

    fn seen(&self) -> Seen {
        match self {
            Self::Ours(_) => Seen::new(),
            Self::Own(_, seen) => seen.clone(),
        }
    }
}
