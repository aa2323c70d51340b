//! The twenty operations of a client on files: what each needs, and what it answers.

use tollgate::bridge::files::Undone;
use tollgate_protocol::types::{
    GuestFilesystemCallRequest as Request, GuestFilesystemOperation as Op, GuestFilesystemStat,
};
use tollgate_vfs::{Examined, FileKind, Follow, FsError, SetAttributes};

use super::caller::{Caller, Content};
use super::path::normalise;
use super::{devices, entries, errno, stat};
use crate::Rejection;

/// What is answered, beside the operation and the path.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) content: Option<Content>,
    pub(super) entries: Option<Vec<String>>,
    pub(super) stat: Option<GuestFilesystemStat>,
    pub(super) exists: Option<bool>,
    pub(super) target: Option<String>,
}

/// A path in its normal form.
pub(super) fn normal(path: &str, call: &str) -> Result<String, Rejection> {
    // What cannot be a path is told without its odd bytes.
    normalise(path).map_err(|error| errno::kernel(error, call, &path.escape_default().to_string()))
}

/// An argument that an operation cannot do without.
fn need<T>(argument: Option<T>, call: &str, name: &str) -> Result<T, Rejection> {
    argument.ok_or_else(|| Rejection::state(format!("guest filesystem {call} requires {name}")))
}

/// What Node calls an operation.
fn name(operation: Op) -> &'static str {
    match operation {
        Op::ReadFile | Op::WriteFile | Op::Pread => "open",
        Op::CreateDir | Op::Mkdir => "mkdir",
        Op::Exists => "access",
        Op::Stat => "stat",
        Op::Lstat => "lstat",
        Op::ReadDir => "scandir",
        Op::RemoveFile => "unlink",
        Op::RemoveDir => "rmdir",
        Op::Rename => "rename",
        Op::Realpath => "realpath",
        Op::Symlink => "symlink",
        Op::ReadLink => "readlink",
        Op::Link => "link",
        Op::Chmod => "chmod",
        Op::Chown => "chown",
        Op::Utimes => "utime",
        Op::Truncate => "truncate",
    }
}

impl Caller<'_> {
    pub(super) async fn answer(&self, request: Request) -> Result<Answer, Rejection> {
        let call = name(request.operation);
        let path = normal(&request.path, call)?;
        match request.operation {
            Op::ReadFile | Op::Pread => self.read(request, &path).await,
            Op::Exists | Op::Stat | Op::Lstat | Op::ReadDir | Op::Realpath | Op::ReadLink => {
                let done = self.look(request.operation, &path).await;
                done.map_err(|undone| self.refused(undone, call, &path))
            }
            Op::Rename | Op::Link => self.name_anew(request, &path).await,
            Op::WriteFile
            | Op::CreateDir
            | Op::Mkdir
            | Op::RemoveFile
            | Op::RemoveDir
            | Op::Symlink
            | Op::Chmod
            | Op::Chown
            | Op::Utimes
            | Op::Truncate => self.change(request, &path).await,
        }
    }

    async fn read(&self, request: Request, path: &str) -> Result<Answer, Rejection> {
        let most = self.limits.answer_bytes;
        let read = match request.operation {
            Op::Pread => {
                let offset = need(request.offset, "pread", "offset")?;
                let len = need(request.len, "pread", "len")?;
                let limit = self.limits.pread_bytes;
                if len > limit {
                    return Err(Rejection::kernel(
                        "EINVAL",
                        format_args!("pread length {len} exceeds configured limit {limit}"),
                    ));
                }
                let read = self.content(path, offset, len.min(most)).await;
                read.map(|content| Content {
                    is_all: content.is_all || len <= most,
                    ..content
                })
            }
            _ => self.content(path, 0, most).await,
        };
        let content = read.map_err(|undone| self.refused(undone, name(request.operation), path))?;
        Ok(Answer {
            content: Some(content),
            ..Answer::default()
        })
    }

    async fn look(&self, operation: Op, path: &str) -> Result<Answer, Undone> {
        let mut answer = Answer::default();
        match operation {
            Op::Exists => answer.exists = Some(self.exists(path).await?),
            Op::ReadDir => answer.entries = Some(self.names(path).await?),
            Op::Realpath => answer.target = Some(self.real_path(path).await?),
            Op::ReadLink => answer.target = Some(self.read_link(path).await?),
            Op::Lstat => {
                let found = self.examine(path, Follow::No).await?;
                answer.stat = Some(told(&found, path));
            }
            _ => {
                let found = self.examine(path, Follow::Yes).await?;
                answer.stat = Some(told(&found, path));
            }
        }
        Ok(answer)
    }

    /// Whether there is anything that the client may know of.
    async fn exists(&self, path: &str) -> Result<bool, Undone> {
        match self.examine(path, Follow::Yes).await {
            Ok(_) => Ok(true),
            Err(Undone::Denied(..)) => Ok(false),
            Err(Undone::Code(error)) => match error.0 {
                FsError::NoEntry | FsError::NotDirectory | FsError::Loop | FsError::Access => {
                    Ok(false)
                }
                _ => Err(Undone::Code(error)),
            },
            Err(stop @ Undone::Stop(_)) => Err(stop),
        }
    }

    async fn name_anew(&self, request: Request, path: &str) -> Result<Answer, Rejection> {
        let call = name(request.operation);
        let destination = need(request.destination_path, call, "a destination_path")?;
        let to = normal(&destination, call)?;
        let done = match request.operation {
            Op::Rename => self.rename(path, &to).await,
            _ => self.link(path, &to).await,
        };
        done.map_err(|undone| match undone {
            denied @ Undone::Denied(..) => self.refused(denied, call, path),
            undone => self.refused(undone, call, &format!("{path}' -> '{to}")),
        })?;
        Ok(Answer {
            target: Some(destination),
            ..Answer::default()
        })
    }

    async fn change(&self, request: Request, path: &str) -> Result<Answer, Rejection> {
        let mut answer = Answer::default();
        let call = name(request.operation);
        let done = match request.operation {
            Op::WriteFile => {
                let what = format!("write_file for {}", request.path);
                let content = need(request.content, &what, "content")?;
                let bytes = entries::decode(content, request.encoding, &request.path)?;
                self.replace(path, &bytes).await
            }
            Op::Mkdir if request.recursive => self.create_dir_all(path).await,
            Op::CreateDir | Op::Mkdir => self.create_dir(path).await,
            Op::RemoveFile => self.unlink(path).await,
            Op::RemoveDir => self.remove_dir(path).await,
            Op::Symlink => {
                let target = need(request.target, call, "a target")?;
                let done = self.symlink(path, &target).await;
                answer.target = Some(target);
                done
            }
            Op::Chmod => {
                let mode = Some(need(request.mode, call, "a mode")?);
                let to = SetAttributes {
                    mode,
                    ..SetAttributes::default()
                };
                self.set_attributes(path, to).await
            }
            Op::Chown => {
                let uid = Some(need(request.uid, call, "a uid")?);
                let gid = Some(need(request.gid, call, "a gid")?);
                let to = SetAttributes {
                    uid,
                    gid,
                    mode: None,
                };
                self.set_attributes(path, to).await
            }
            Op::Utimes => {
                let accessed = need(request.atime_ms, "utimes", "atime_ms")?;
                let modified = need(request.mtime_ms, "utimes", "mtime_ms")?;
                self.set_times(path, accessed, modified).await
            }
            _ => {
                let length = need(request.len, call, "len")?;
                self.truncate(path, length).await
            }
        };
        done.map_err(|undone| self.refused(undone, call, path))?;
        Ok(answer)
    }
}

fn told(found: &Examined, path: &str) -> GuestFilesystemStat {
    let rdev = match found.stat.kind {
        FileKind::CharacterDevice => devices::number(path),
        _ => 0,
    };
    stat::told(found, rdev)
}
