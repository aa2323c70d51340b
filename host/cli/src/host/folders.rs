//! Folders that the operator gives to a run, opened as capabilities.

use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, MetadataExt};
use tollgate_policy::{Effective, Mount, RelativeTo};

use crate::exit::Failure;

/// Where relative host paths of a policy begin.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bases {
    /// The folder of the run's policy file.
    pub(crate) policy: PathBuf,
    /// The folder of the ceiling's.
    pub(crate) ceiling: PathBuf,
}

/// A folder, opened, and whether the run may change it.
pub(crate) struct Folder {
    pub(crate) dir: Dir,
    pub(crate) read_only: bool,
}

/// A folder of Tollgate's own, which no guest may reach: in the cache lies native code that is run, in the
/// configuration the key that signs logs, and a log is evidence against the very guest.
pub(crate) struct Own {
    pub(crate) what: &'static str,
    pub(crate) path: PathBuf,
    /// Whether reading it would do harm too.
    pub(crate) secret: bool,
    /// Whether all that lies in it is our own; beside a log may lie anything.
    pub(crate) entire: bool,
}

/// What a folder is on this machine, under whatever name.
type Identity = (u64, u64);

/// The folder itself and every one above it. One that is not there yet counts as the nearest that is.
fn line(path: &Path) -> Vec<Identity> {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let real = absolute
        .ancestors()
        .find_map(|place| std::fs::canonicalize(place).ok());
    let real = real.unwrap_or(absolute);
    let identity = |place: &Path| {
        let metadata = std::fs::metadata(place).ok()?;
        Some((
            std::os::unix::fs::MetadataExt::dev(&metadata),
            std::os::unix::fs::MetadataExt::ino(&metadata),
        ))
    };
    real.ancestors().filter_map(identity).collect()
}

/// Whether there is a folder at `path`.
pub(crate) fn exists(path: &Path) -> bool {
    path.is_dir()
}

/// Refuses a folder that holds one of our own, or lies in it.
pub(crate) fn check_own(
    mount: &Mount,
    folder: &Folder,
    own: &[Own],
    bases: &Bases,
) -> Result<(), Failure> {
    let metadata = folder
        .dir
        .dir_metadata()
        .map_err(|cause| failed(&mount.host, cause))?;
    let given = (MetadataExt::dev(&metadata), MetadataExt::ino(&metadata));
    let above_given = line(&place(&mount.host, mount.relative_to, &bases.policy));
    for own in own.iter().filter(|own| own.secret || !folder.read_only) {
        let ours = line(&own.path);
        let entire = own.entire && std::fs::canonicalize(&own.path).is_ok();
        let lies_in = entire
            && ours
                .first()
                .is_some_and(|folder| above_given.contains(folder));
        if ours.contains(&given) || lies_in {
            return Err(Failure::OwnFolder {
                folder: mount.host.clone(),
                what: own.what,
            });
        }
    }
    Ok(())
}

/// Refuses a program whose folder holds one of our own that is secret, or lies in it: what a program may load it can read.
pub(crate) fn check_program(root: &Path, own: &[Own]) -> Result<(), Failure> {
    let given = line(root);
    for own in own.iter().filter(|own| own.secret) {
        let ours = line(&own.path);
        let holds = given.first().is_some_and(|root| ours.contains(root));
        let lies_in = own.entire && ours.first().is_some_and(|own| given.contains(own));
        if holds || lies_in {
            return Err(Failure::OwnFolder {
                folder: root.display().to_string(),
                what: own.what,
            });
        }
    }
    Ok(())
}

fn failed(folder: &str, cause: std::io::Error) -> Failure {
    Failure::Folder {
        folder: folder.to_owned(),
        cause,
    }
}

/// Where a path of a policy lies; `file_base` is the folder of the policy's file.
pub(crate) fn place(host: &str, relative_to: RelativeTo, file_base: &Path) -> PathBuf {
    match relative_to {
        RelativeTo::WorkingDirectory => PathBuf::from(host),
        RelativeTo::PolicyFile => file_base.join(host),
    }
}

/// Opens what `mount` names. Under a ceiling it is opened beneath the folder that the ceiling names, so that what was
/// checked is what is given.
pub(crate) fn open(mount: &Mount, policy: &Effective, bases: &Bases) -> Result<Folder, Failure> {
    let path = place(&mount.host, mount.relative_to, &bases.policy);
    let Some(allowed) = policy.ceiling_mounts() else {
        let dir = Dir::open_ambient_dir(&path, ambient_authority())
            .map_err(|cause| failed(&mount.host, cause))?;
        return Ok(Folder {
            dir,
            read_only: mount.read_only,
        });
    };
    let wanted = std::fs::canonicalize(&path).map_err(|cause| failed(&mount.host, cause))?;
    // Of several that hold it, the nearest says whether it may be changed.
    let mut best: Option<(PathBuf, &Mount)> = None;
    for candidate in allowed {
        let Ok(root) = std::fs::canonicalize(place(
            &candidate.host,
            candidate.relative_to,
            &bases.ceiling,
        )) else {
            continue;
        };
        let nearer = best
            .as_ref()
            .is_none_or(|(known, _)| root.starts_with(known));
        if wanted.starts_with(&root) && nearer {
            best = Some((root, candidate));
        }
    }
    let (root, candidate) = best.ok_or_else(|| Failure::AboveCeiling {
        folder: mount.host.clone(),
    })?;
    let beneath = wanted.strip_prefix(&root).unwrap_or(&wanted);
    let root = Dir::open_ambient_dir(&root, ambient_authority())
        .map_err(|cause| failed(&mount.host, cause))?;
    let dir = if beneath.as_os_str().is_empty() {
        Ok(root)
    } else {
        root.open_dir(beneath)
    };
    let dir = dir.map_err(|cause| failed(&mount.host, cause))?;
    Ok(Folder {
        dir,
        read_only: mount.read_only || candidate.read_only,
    })
}
