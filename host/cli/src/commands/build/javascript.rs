//! Programs in JavaScript and TypeScript.

use std::collections::BTreeSet;
use std::path::PathBuf;

use tollgate_build::{BuildError, Wit, World, build as assemble, build_for};
use tollgate_languages::{Bundle, ENGINE, JavaScript, NODE, Start};

use super::parts::{Made, Missing, Wanted, found, on_host, permitted};
use crate::args::Build;
use crate::exit::Failure;
use crate::host::wit;
use crate::policy;
use crate::terminal::table;

/// The component of the program, with all of its files.
pub(super) async fn make(
    args: &Build,
    wanted: &Wanted,
    policy: &policy::Loaded,
) -> Result<Made, Failure> {
    if !args.requirements.is_empty() {
        return Err(Failure::Usage(
            "--requirements is for programs in Python; those in JavaScript find their packages in `node_modules`"
                .to_owned(),
        ));
    }
    let target = Target::of(wanted)?;
    let found = found(args, &NODE, policy)?;
    let (root, host) = (found.root, found.host);
    let program = JavaScript::new(found.folder, &root, Start::File(found.entry));
    let bundle = program
        .bundle_beside(&target.provided(), |path| {
            permitted(&policy.effective, path)
        })
        .map_err(|error| Failure::Build(error.message))?;
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
        files: on_host(&root, &host, bundle.files.keys())
            .into_iter()
            .chain(target.into_files())
            .collect(),
    })
}

/// What the component is for, and, for a world of the program's own, the files that it is written in.
enum Target {
    Ours(World),
    Own(Box<Wit>, Vec<PathBuf>),
}

impl Target {
    fn of(wanted: &Wanted) -> Result<Self, Failure> {
        match wanted {
            Wanted::Ours(world) => Ok(Self::Ours(*world)),
            Wanted::Own { wit: folder, name } => {
                let (resolve, package, files) = wit::read(folder)?;
                let wit = Wit::new(resolve, package, Some(name))
                    .map_err(|error| Failure::Build(error.to_string()))?;
                Ok(Self::Own(Box::new(wit), files))
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

    fn into_files(self) -> Vec<PathBuf> {
        match self {
            Self::Ours(_) => Vec::new(),
            Self::Own(_, files) => files,
        }
    }
}
