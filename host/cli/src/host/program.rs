//! The folder of a program in source, opened read-only as a capability.

use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use tollgate_capability::program::Folder;
use tollgate_languages::{Packages, home};
use tollgate_policy::Effective;

use super::folders::{self, Bases, Own};
use crate::exit::Failure;

/// Where a program without a place of its own is seen.
const PLACE: &str = "/program";

/// A program's folder, where the guest sees it, and where its entry lies in it.
pub(crate) struct Found {
    pub(crate) folder: Folder,
    /// The same on the host.
    pub(crate) host: PathBuf,
    /// In the guest's tree.
    pub(crate) root: String,
    /// In the guest's tree.
    pub(crate) entry: String,
}

fn failed(path: &Path, cause: std::io::Error) -> Failure {
    let what = path.display().to_string();
    match cause.kind() {
        std::io::ErrorKind::NotFound => Failure::NotFound(what),
        _ => Failure::Read { what, cause },
    }
}

/// The folder of the package that `entry` belongs to, or else its own.
fn root_of(entry: &Path, packages: &Packages) -> PathBuf {
    let own = entry.parent().unwrap_or(Path::new("/"));
    let home = entry
        .to_str()
        .and_then(|entry| home(entry, packages, |path| Path::new(path).is_file()));
    home.map_or_else(|| own.to_path_buf(), |home| PathBuf::from(home.folder))
}

/// Opens the folder of the program that begins with `file`, or, without one, that of a text that was given by itself: the
/// working directory.
pub(crate) fn open(
    file: Option<&Path>,
    name: &str,
    packages: &Packages,
    policy: &Effective,
    bases: &Bases,
    own: &[Own],
) -> Result<Found, Failure> {
    let wanted = file.unwrap_or(Path::new("."));
    let real = std::fs::canonicalize(wanted).map_err(|cause| failed(wanted, cause))?;
    let (root, entry) = match file {
        // A folder is a program whose package says where it begins.
        Some(_) if real.is_dir() => (real.clone(), real.clone()),
        Some(_) => (root_of(&real, packages), real.clone()),
        None => (root_of(&real.join(name), packages), real.join(name)),
    };
    folders::check_program(&root, own)?;
    let dir =
        Dir::open_ambient_dir(&root, ambient_authority()).map_err(|cause| failed(wanted, cause))?;
    let place = shown(&root, policy, bases).unwrap_or_else(|| PLACE.to_owned());
    let inner = entry.strip_prefix(&root).unwrap_or(Path::new(""));
    let inner = inner.to_str().ok_or_else(|| {
        Failure::Usage(format!(
            "the name of `{}` is not UTF-8, which WASI demands",
            wanted.display()
        ))
    })?;
    let entry = match inner {
        "" => place.clone(),
        inner => format!("{}/{inner}", place.trim_end_matches('/')),
    };
    Ok(Found {
        folder: Folder::new(dir),
        host: root,
        root: place,
        entry,
    })
}

/// Where a granted folder shows the root, so that paths beside the program are those that the program may open.
fn shown(root: &Path, policy: &Effective, bases: &Bases) -> Option<String> {
    policy
        .mounts()
        .iter()
        .filter_map(|mount| {
            let host = folders::place(&mount.host, mount.relative_to, &bases.policy);
            let host = std::fs::canonicalize(host).ok()?;
            let inner = root.strip_prefix(&host).ok()?.to_str()?.to_owned();
            Some((host.components().count(), mount, inner))
        })
        .max_by_key(|(depth, _, _)| *depth)
        .map(|(_, mount, inner)| match inner.as_str() {
            "" => mount.guest_path.clone(),
            inner => format!("{}/{inner}", mount.guest_path.trim_end_matches('/')),
        })
}
