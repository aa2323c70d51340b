//! Programs in JavaScript and TypeScript.

use tollgate_build::build as assemble;
use tollgate_languages::{ENGINE, JavaScript, NODE, Start};

use super::parts::{Made, Missing, Wanted, found, on_host, permitted};
use crate::args::Build;
use crate::exit::Failure;
use crate::policy;
use crate::terminal::table;

/// The component of the program, with all of its files.
pub(super) async fn make(
    args: &Build,
    wanted: &Wanted,
    policy: &policy::Loaded,
) -> Result<Made, Failure> {
    let Wanted::Ours(world) = wanted else {
        return Err(Failure::Usage(
            "--wit is for programs in Python; those in JavaScript are built for the worlds `command`, `http` and `plugin`"
                .to_owned(),
        ));
    };
    if !args.requirements.is_empty() {
        return Err(Failure::Usage(
            "--requirements is for programs in Python; those in JavaScript find their packages in `node_modules`"
                .to_owned(),
        ));
    }
    let found = found(args, &NODE, policy)?;
    let (root, host) = (found.root, found.host);
    let program = JavaScript::new(found.folder, &root, Start::File(found.entry));
    let bundle = program
        .bundle(|path| permitted(&policy.effective, path))
        .map_err(|error| Failure::Build(error.message))?;
    let progress = table::progress("building");
    let built = assemble(ENGINE, &bundle, *world).await;
    progress.finish();
    let missing = bundle.missing.into_iter().map(|missing| Missing {
        from: missing.from,
        reason: missing.reason,
    });
    Ok(Made {
        component: built.map_err(|error| Failure::Build(error.to_string()))?,
        count: bundle.files.len(),
        missing: missing.collect(),
        files: on_host(&root, &host, bundle.files.keys()),
    })
}
