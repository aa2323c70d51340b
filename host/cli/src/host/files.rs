//! Files that the operator names.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use tollgate_capability::http::{Authorities, MOST_AUTHORITY_BYTES};
use tollgate_engine::{MAX_SOURCE_BYTES, NotWebAssembly};
use tollgate_policy::{Effective, HostPath};

use super::folders::{Bases, place};
use crate::exit::Failure;

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

/// Reads a policy file.
pub(crate) fn policy(path: &Path) -> Result<String, Failure> {
    let file = File::open(path).map_err(|cause| failed(path, cause))?;
    let mut text = String::new();
    let read = file
        .take(MAX_POLICY_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(|cause| failed(path, cause))?;
    if read as u64 > MAX_POLICY_BYTES {
        return Err(Failure::Usage(format!(
            "`{}` has more than {MAX_POLICY_BYTES} bytes; it is no policy",
            path.display()
        )));
    }
    Ok(text)
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
