//! A folder of WIT that the operator names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use wit_parser::{PackageId, Resolve};

use super::watch::{Seen, times};
use crate::exit::Failure;

/// A package of WIT, and what it was read from.
pub(crate) struct Read {
    pub(crate) resolve: Resolve,
    pub(crate) package: PackageId,
    /// Its files, and the folder where it is one, to which others may be added.
    pub(crate) seen: Seen,
}

/// Reads a package of WIT, with those in its `deps` folder.
pub(crate) fn read(path: &Path) -> Result<Read, Failure> {
    if !path.exists() {
        return Err(Failure::NotFound(path.display().to_string()));
    }
    // Which files there are is known once they were read, and when they were changed has to be known before.
    let (_, _, mut files) = parse(path)?;
    loop {
        let seen = times(&files);
        let (resolve, package, again) = parse(path)?;
        if again == files {
            return Ok(Read {
                resolve,
                package,
                seen,
            });
        }
        files = again;
    }
}

fn parse(path: &Path) -> Result<(Resolve, PackageId, BTreeSet<PathBuf>), Failure> {
    let mut resolve = Resolve::default();
    let read = resolve.push_path(path);
    // With the line that is meant, where there is one.
    let (package, sources) = read.map_err(|error| Failure::Build(resolve.render_error(&error)))?;
    let mut files: BTreeSet<PathBuf> = sources.paths().map(Path::to_owned).collect();
    files.insert(path.to_owned());
    Ok((resolve, package, files))
}
