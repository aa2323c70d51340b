//! Operations on a path beneath a descriptor: resolve it, decide on where it leads, act on that handle. The same for
//! every release of WASI: each brings the name of its own function, and its own words for what comes of it.

use tollgate_engine::{Gate, Outcome as _, Rate, Traffic};
use tollgate_policy::{FsVerb, Operation, Permit, RuleId};
use tollgate_vfs::{DirHandle, Follow, FsError, MetadataHash, SetTimes, Stat, Target};

use super::pass::{Ask, Undone, pass, pass_all, resolve};
use crate::outcome::Fs;

/// A path beneath a descriptor, with links at its end followed or not.
#[derive(Clone, Copy)]
pub struct At<'a> {
    /// The descriptor.
    pub dir: &'a DirHandle,
    /// The path beneath it.
    pub path: &'a str,
    /// Whether a link in its last place is followed.
    pub follow: Follow,
}

impl<'a> At<'a> {
    /// The name itself, whatever it is.
    #[must_use]
    pub fn name(dir: &'a DirHandle, path: &'a str) -> Self {
        Self {
            dir,
            path,
            follow: Follow::No,
        }
    }
}

/// One operation that takes one permit: resolves, decides on where that leads, and acts on it.
///
/// # Errors
///
/// [`Undone`].
pub async fn one<T>(
    gate: &Gate,
    (import, verb): (&'static str, FsVerb),
    at: At<'_>,
    act: impl FnOnce(Target, Permit, &mut Traffic) -> Result<T, FsError>,
) -> Result<T, Undone> {
    let target = resolve(gate, at.dir, (import, verb), at.path, at.follow).await?;
    let asked = target.path().to_owned();
    let ask = Ask {
        import,
        verb,
        path: &asked,
        read_only: target.read_only(),
        rate: Rate::High,
    };
    pass(gate, ask, |permit, traffic| act(target, permit, traffic)).await
}

/// Makes a folder.
///
/// # Errors
///
/// [`Undone`].
pub async fn create_dir(gate: &Gate, import: &'static str, at: At<'_>) -> Result<(), Undone> {
    one(
        gate,
        (import, FsVerb::CreateDir),
        at,
        |target, permit, _| target.create_dir(permit),
    )
    .await
}

pub(crate) async fn stat(gate: &Gate, import: &'static str, at: At<'_>) -> Result<Stat, Undone> {
    one(gate, (import, FsVerb::Stat), at, |target, permit, _| {
        target.stat(permit)
    })
    .await
}

pub(crate) async fn hash(
    gate: &Gate,
    import: &'static str,
    at: At<'_>,
) -> Result<MetadataHash, Undone> {
    one(gate, (import, FsVerb::Stat), at, |target, permit, _| {
        target.metadata_hash(permit)
    })
    .await
}

/// Sets times.
///
/// # Errors
///
/// [`Undone`].
pub async fn set_times(
    gate: &Gate,
    import: &'static str,
    at: At<'_>,
    times: Result<SetTimes, FsError>,
) -> Result<(), Undone> {
    one(gate, (import, FsVerb::Write), at, |target, permit, _| {
        target.set_times(times?, permit)
    })
    .await
}

/// Reads a link.
///
/// # Errors
///
/// [`Undone`].
pub async fn read_link(gate: &Gate, import: &'static str, at: At<'_>) -> Result<String, Undone> {
    one(
        gate,
        (import, FsVerb::Read),
        at,
        |target, permit, traffic| {
            let link = target.readlink(permit)?;
            traffic.bytes_in = link.len() as u64;
            Ok(link)
        },
    )
    .await
}

/// Removes an empty folder.
///
/// # Errors
///
/// [`Undone`].
pub async fn remove_dir(gate: &Gate, import: &'static str, at: At<'_>) -> Result<(), Undone> {
    one(gate, (import, FsVerb::Rm), at, |target, permit, _| {
        target.remove_dir(permit)
    })
    .await
}

/// Removes what is no folder.
///
/// # Errors
///
/// [`Undone`].
pub async fn unlink(gate: &Gate, import: &'static str, at: At<'_>) -> Result<(), Undone> {
    one(gate, (import, FsVerb::Rm), at, |target, permit, _| {
        target.unlink(permit)
    })
    .await
}

/// Makes a symbolic link that says `link`.
///
/// # Errors
///
/// [`Undone`].
pub async fn symlink(
    gate: &Gate,
    import: &'static str,
    link: &str,
    at: At<'_>,
) -> Result<(), Undone> {
    one(gate, (import, FsVerb::Symlink), at, |target, permit, _| {
        target.symlink(link, permit)
    })
    .await
}

/// A folder takes along what lies in it. Where some rule tells parts of it apart, under the old name or the new one,
/// moving it whole would carry those parts past the rule, so that rule refuses it.
///
/// # Errors
///
/// [`Undone`].
pub async fn rename(
    gate: &Gate,
    import: &'static str,
    from: At<'_>,
    to: At<'_>,
) -> Result<(), Undone> {
    let verb = FsVerb::Rename;
    let policy = gate.policy();
    let mut kept: Option<(String, RuleId)> = None;
    let act = |source: Target, destination: Target, permit, to_permit| {
        let rule = policy
            .tells_apart(source.path())
            .or_else(|| policy.tells_apart(destination.path()));
        let Some(rule) = rule else {
            return source.rename(destination, permit, to_permit);
        };
        let path = source.path().to_owned();
        let result = source.rename_unless_directory(destination, permit, to_permit);
        if result == Err(FsError::Access) {
            kept = Some((path, rule.clone()));
        }
        result
    };
    let result = two_names(gate, (import, verb), from, to, act).await;
    if let Some((path, rule)) = kept {
        let operation = Operation::Fs { verb, path: &path };
        let denied = Fs(FsError::Access);
        gate.refuse(import, &operation, rule.as_str(), denied.case())
            .await?;
        return Err(Undone::Denied(verb, denied));
    }
    result
}

/// Gives a file another name.
///
/// # Errors
///
/// [`Undone`].
pub async fn link(
    gate: &Gate,
    import: &'static str,
    from: At<'_>,
    to: At<'_>,
) -> Result<(), Undone> {
    if from.follow == Follow::Yes {
        // As wasmtime: a link to what a link leads to is refused, so that no name appears for a file that the
        // guest reached only by following.
        return Err(FsError::Invalid.into());
    }
    two_names(gate, (import, FsVerb::Write), from, to, Target::link).await
}

/// An operation that gives something another name: it takes a permit at each end, and one to read what gets the
/// new name, because under it other rules may hold than under the old one.
async fn two_names(
    gate: &Gate,
    (import, verb): (&'static str, FsVerb),
    from: At<'_>,
    to: At<'_>,
    act: impl FnOnce(Target, Target, Permit, Permit) -> Result<(), FsError>,
) -> Result<(), Undone> {
    let source = resolve(gate, from.dir, (import, verb), from.path, Follow::No).await?;
    let destination = resolve(gate, to.dir, (import, verb), to.path, Follow::No).await?;
    let (old, new) = (source.path().to_owned(), destination.path().to_owned());
    let ask = |verb, path, target: &Target| Ask {
        import,
        verb,
        path,
        read_only: target.read_only(),
        rate: Rate::Single,
    };
    let asks = [
        ask(FsVerb::Read, old.as_str(), &source),
        ask(verb, old.as_str(), &source),
        ask(verb, new.as_str(), &destination),
    ];
    pass_all(gate, &asks, |permits| {
        match <[Permit; 3]>::try_from(permits) {
            Ok([_read, first, second]) => act(source, destination, first, second),
            Err(_) => Err(FsError::Access),
        }
    })
    .await
}
