//! Files that the operator names.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use tollgate_capability::http::{Authorities, MOST_AUTHORITY_BYTES};
use tollgate_capability::program::Folder;
use tollgate_engine::{MAX_SOURCE_BYTES, NotWebAssembly};
use tollgate_policy::{Effective, HostPath};

use super::folders::{Bases, place};
use crate::exit::Failure;

/// The most bytes of a file of requirements.
const MAX_REQUIREMENTS_BYTES: u64 = 1 << 20;

/// The most bytes of a policy file.
const MAX_POLICY_BYTES: u64 = 1 << 20;

fn failed(path: &Path, cause: std::io::Error) -> Failure {
    let what = path.display().to_string();
    match cause.kind() {
        ErrorKind::NotFound => Failure::NotFound(what),
        _ => Failure::Read { what, cause },
    }
}

/// Reads a component once: what is hashed is what is compiled, whatever happens to the file meanwhile. A file that is
/// too large is refused by its size, unread.
pub(crate) fn component(path: &Path) -> Result<Vec<u8>, Failure> {
    let file = File::open(path).map_err(|cause| failed(path, cause))?;
    let metadata = file.metadata().map_err(|cause| failed(path, cause))?;
    if metadata.is_dir() {
        return Err(failed(path, ErrorKind::IsADirectory.into()));
    }
    let too_large = |size| Failure::Source {
        file: path.display().to_string(),
        cause: NotWebAssembly::TooLarge { size },
    };
    if metadata.len() > MAX_SOURCE_BYTES {
        return Err(too_large(metadata.len()));
    }
    let mut bytes = Vec::new();
    file.take(MAX_SOURCE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|cause| failed(path, cause))?;
    if bytes.len() as u64 > MAX_SOURCE_BYTES {
        return Err(too_large(bytes.len() as u64));
    }
    Ok(bytes)
}

/// Reads a file of a kind that is small: `what` it would otherwise not be.
fn small(path: &Path, most: u64, what: &str) -> Result<Vec<u8>, Failure> {
    let file = File::open(path).map_err(|cause| failed(path, cause))?;
    let mut bytes = Vec::new();
    let read = file
        .take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(|cause| failed(path, cause))?;
    if read as u64 > most {
        return Err(Failure::Usage(format!(
            "`{}` has more than {most} bytes; it is no {what}",
            path.display()
        )));
    }
    Ok(bytes)
}

/// Reads what packages a program asks for.
pub(crate) fn requirements(path: &Path) -> Result<Vec<u8>, Failure> {
    small(path, MAX_REQUIREMENTS_BYTES, "file of requirements")
}

/// Reads a policy file.
pub(crate) fn policy(path: &Path) -> Result<String, Failure> {
    let bytes = small(path, MAX_POLICY_BYTES, "policy")?;
    String::from_utf8(bytes).map_err(|_not_text| failed(path, ErrorKind::InvalidData.into()))
}

/// Where a file or folder that the operator names really lies, wherever the command then is.
pub(crate) fn real(path: &Path) -> Result<PathBuf, Failure> {
    std::fs::canonicalize(path).map_err(|cause| failed(path, cause))
}

/// Opens a folder of the command's own, to be read as part of a program.
pub(crate) fn folder(path: &Path) -> Result<Folder, Failure> {
    let dir = Dir::open_ambient_dir(path, ambient_authority());
    dir.map(Folder::new).map_err(|cause| failed(path, cause))
}

/// Writes a component, whole or not at all.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |cause: std::io::Error| Failure::Write {
        what: path.display().to_string(),
        cause,
    };
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut unfinished = tempfile_in(folder.unwrap_or(Path::new(".")), path).map_err(failed)?;
    unfinished.file.write_all(bytes).map_err(failed)?;
    unfinished.persist(path).map_err(failed)
}

/// A file beside the one that it becomes. Dropped unfinished, it is removed.
struct Unfinished {
    file: File,
    path: PathBuf,
    is_done: bool,
}

fn tempfile_in(folder: &Path, wanted: &Path) -> std::io::Result<Unfinished> {
    let name = wanted.file_name().ok_or(ErrorKind::InvalidInput)?;
    let path = folder.join(format!(
        ".{}.{}",
        name.to_string_lossy(),
        std::process::id()
    ));
    let file = File::options().write(true).create_new(true).open(&path)?;
    Ok(Unfinished {
        file,
        path,
        is_done: false,
    })
}

impl Unfinished {
    fn persist(mut self, path: &Path) -> std::io::Result<()> {
        std::fs::rename(&self.path, path)?;
        self.is_done = true;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.is_done {
            // It failed already, and that is what is said.
            let _left = std::fs::remove_file(&self.path);
        }
    }
}

/// The longest token that clients authenticate with.
const MOST_TOKEN_BYTES: u64 = 4_096;

/// Reads a token, without the line end behind it. Nobody but its owner may be able to read it.
pub(crate) fn token(path: &Path) -> Result<String, Failure> {
    let what = || path.display().to_string();
    let file = File::open(path).map_err(|cause| match cause.kind() {
        ErrorKind::NotFound => Failure::NotFound(what()),
        _ => Failure::Read {
            what: what(),
            cause,
        },
    })?;
    let mut text = String::new();
    let read = |cause| Failure::Read {
        what: what(),
        cause,
    };
    let mode = file.metadata().map_err(read)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(Failure::Usage(format!(
            "`{}` can be read by others (mode {:o}): chmod 600 it",
            what(),
            mode & 0o777
        )));
    }
    let read = file.take(MOST_TOKEN_BYTES + 1).read_to_string(&mut text);
    read.map_err(|cause| Failure::Read {
        what: what(),
        cause,
    })?;
    let token = text.trim_end_matches(['\r', '\n']);
    if token.is_empty() || text.len() as u64 > MOST_TOKEN_BYTES {
        return Err(Failure::Usage(format!(
            "`{}` holds no token: 1 to {MOST_TOKEN_BYTES} bytes of text",
            what()
        )));
    }
    Ok(token.to_owned())
}

/// Reads the certificate authorities that the policy names, the run's and the ceiling's.
pub(crate) fn authorities(policy: &Effective, bases: &Bases) -> Result<Authorities, Failure> {
    let mut authorities = Authorities::default();
    let ceiling = policy
        .ceiling()
        .into_iter()
        .flat_map(|ceiling| ceiling.authorities());
    let of = |base| move |file| (base, file);
    let run = policy.run().authorities().iter().map(of(&bases.policy));
    for (base, file) in run.chain(ceiling.map(of(&bases.ceiling))) {
        add_authorities(&mut authorities, base, file).map_err(|cause| Failure::Authorities {
            file: file.path.clone(),
            cause,
        })?;
    }
    Ok(authorities)
}

fn add_authorities(
    authorities: &mut Authorities,
    base: &Path,
    file: &HostPath,
) -> Result<(), String> {
    let path = place(&file.path, file.relative_to, base);
    let opened = File::open(path).map_err(|cause| cause.to_string())?;
    let mut pem = Vec::new();
    let read = opened.take(MOST_AUTHORITY_BYTES + 1).read_to_end(&mut pem);
    read.map_err(|cause| cause.to_string())?;
    if pem.len() as u64 > MOST_AUTHORITY_BYTES {
        return Err(format!("it has more than {MOST_AUTHORITY_BYTES} bytes"));
    }
    authorities.add(&pem).map_err(|cause| cause.to_string())
}
