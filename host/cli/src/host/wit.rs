//! A folder of WIT that the operator names.

use std::path::{Path, PathBuf};

use wit_parser::{PackageId, Resolve};

use crate::exit::Failure;

/// Reads a package of WIT, with those in its `deps` folder, and says which files that were.
pub(crate) fn read(path: &Path) -> Result<(Resolve, PackageId, Vec<PathBuf>), Failure> {
    if !path.exists() {
        return Err(Failure::NotFound(path.display().to_string()));
    }
    let mut resolve = Resolve::default();
    let read = resolve.push_path(path);
    // With the line that is meant, where there is one.
    let (package, sources) = read.map_err(|error| Failure::Build(resolve.render_error(&error)))?;
    let files = sources.paths().map(Path::to_owned).collect();
    Ok((resolve, package, files))
}
