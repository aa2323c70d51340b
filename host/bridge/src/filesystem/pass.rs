//! How a filesystem operation passes the gate.

use tollgate_engine::{Gate, Outcome, Rate, Stop, Traffic, Verdict, case_of};
use tollgate_policy::{FsVerb, Operation, Permit};
use tollgate_vfs::{DirHandle, Follow, FsError, Target, Unresolved};
use tollgate_world::FilesystemFailure;

use crate::outcome::Fs;

/// Why an operation came to nothing, before any release of WASI has its own word for it.
#[derive(Debug)]
pub enum Undone {
    /// The policy does not allow this, and the guest is told so by that error.
    Denied(FsVerb, Fs),
    /// The guest is told.
    Code(Fs),
    /// The guest ends.
    Stop(Stop),
}

/// An answer to the guest, and whose it is.
enum Answer {
    Denied(FsVerb, Fs),
    Failed(Fs),
}

impl Outcome for Answer {
    fn case(&self) -> &'static str {
        match self {
            Self::Denied(_, error) | Self::Failed(error) => error.case(),
        }
    }
}

impl From<Answer> for Undone {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Denied(verb, error) => Self::Denied(verb, error),
            Answer::Failed(error) => Self::Code(error),
        }
    }
}

impl From<Fs> for Undone {
    fn from(error: Fs) -> Self {
        Self::Code(error)
    }
}

impl From<FsError> for Undone {
    fn from(error: FsError) -> Self {
        Self::Code(Fs(error))
    }
}

impl From<Stop> for Undone {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<Undone> for FilesystemFailure {
    fn from(undone: Undone) -> Self {
        match undone {
            Undone::Denied(_, error) | Undone::Code(error) => error.into(),
            Undone::Stop(stop) => Self::trap(stop),
        }
    }
}

/// What is asked for, and where.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// The WIT function.
    pub import: &'static str,
    /// What is asked for.
    pub verb: FsVerb,
    /// The canonical guest path.
    pub path: &'a str,
    /// Whether the mount is read-only.
    pub read_only: bool,
    /// How often it is expected.
    pub rate: Rate,
}

impl<'a> Ask<'a> {
    fn operation(&self) -> Operation<'a> {
        Operation::Fs {
            verb: self.verb,
            path: self.path,
        }
    }

    /// A denied change of a read-only mount is what POSIX calls it.
    fn denied(&self) -> Answer {
        let error = if self.read_only && changes(self.verb) {
            FsError::ReadOnly
        } else {
            FsError::Access
        };
        Answer::Denied(self.verb, Fs(error))
    }
}

fn changes(verb: FsVerb) -> bool {
    match verb {
        FsVerb::Write
        | FsVerb::CreateDir
        | FsVerb::Rm
        | FsVerb::Rename
        | FsVerb::Symlink
        | FsVerb::MountSensitive => true,
        FsVerb::Read | FsVerb::Readdir | FsVerb::Stat => false,
    }
}

/// Decides, acts with the permit, and files the outcome.
///
/// # Errors
///
/// [`Undone`].
pub async fn pass<T>(
    gate: &Gate,
    ask: Ask<'_>,
    act: impl FnOnce(Permit, &mut Traffic) -> Result<T, FsError>,
) -> Result<T, Undone> {
    let operation = ask.operation();
    let result = gate
        .through(
            ask.import,
            &operation,
            ask.rate,
            ask.denied(),
            |permit, traffic| act(permit, traffic).map_err(|error| Answer::Failed(Fs(error))),
        )
        .await?;
    Ok(result?)
}

/// As [`pass`], for what may wait for a disk: on a thread that serves no guests, so that a run's deadline ends it there
/// too. What was begun is then finished by the disk alone, and recorded as dropped.
pub(crate) async fn pass_aside<T: Send + 'static>(
    gate: &Gate,
    ask: Ask<'_>,
    act: impl FnOnce(Permit) -> Result<T, FsError> + Send + 'static,
) -> Result<T, Undone> {
    let verdict = gate.enter(ask.import, &ask.operation(), ask.rate).await?;
    let (result, call) = match verdict {
        Verdict::Permitted(permit, call) => {
            let acted = tokio::task::spawn_blocking(move || act(permit)).await;
            let result = acted.unwrap_or(Err(FsError::Io));
            (result.map_err(|error| Answer::Failed(Fs(error))), call)
        }
        Verdict::Denied(call) => (Err(ask.denied()), call),
    };
    call.finish(case_of(&result), Traffic::default()).await?;
    Ok(result?)
}

/// As [`pass`], for an operation that takes several permits: `act` gets them in the order of `asks`. Every ask is
/// decided and recorded, also after one that was denied, so that the log shows all that was wanted.
///
/// # Errors
///
/// [`Undone`].
pub async fn pass_all<T>(
    gate: &Gate,
    asks: &[Ask<'_>],
    act: impl FnOnce(Vec<Permit>) -> Result<T, FsError>,
) -> Result<T, Undone> {
    let mut permits = Vec::with_capacity(asks.len());
    let mut calls = Vec::with_capacity(asks.len());
    let mut denied = None;
    for ask in asks {
        match gate.enter(ask.import, &ask.operation(), ask.rate).await? {
            Verdict::Permitted(permit, call) => {
                permits.push(permit);
                calls.push(call);
            }
            Verdict::Denied(call) => {
                denied.get_or_insert_with(|| ask.denied());
                calls.push(call);
            }
        }
    }
    let result = match denied {
        Some(denied) => Err(denied),
        None => act(permits).map_err(|error| Answer::Failed(Fs(error))),
    };
    for call in calls {
        call.finish(case_of(&result), Traffic::default()).await?;
    }
    Ok(result?)
}

/// Resolves `path` beneath `dir`. What cannot be resolved is decided and recorded too, under the place where
/// the walk failed: the guest must not learn from the difference between two errors what lies where it may not look.
///
/// # Errors
///
/// [`Undone`].
pub async fn resolve(
    gate: &Gate,
    dir: &DirHandle,
    (import, verb): (&'static str, FsVerb),
    path: &str,
    follow: Follow,
) -> Result<Target, Undone> {
    let Unresolved { error, path: asked } = match dir.resolve_or_place(path, follow) {
        Ok(target) => return Ok(target),
        Err(unresolved) => unresolved,
    };
    if error == FsError::NotPermitted {
        // The wall of the descriptor itself: what lies behind it is not for the policy to say, nor for the guest to
        // learn from the difference between two errors.
        let operation = Operation::Fs { verb, path: &asked };
        gate.refuse(import, &operation, "wall:0", Fs(error).case())
            .await?;
        return Err(Fs(error).into());
    }
    let ask = Ask {
        import,
        verb,
        path: &asked,
        read_only: dir.read_only(),
        rate: Rate::Single,
    };
    pass(gate, ask, |permit, _| {
        drop(permit);
        Err(error)
    })
    .await
}
