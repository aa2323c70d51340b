//! Files of a VM, under its policy.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tollgate_protocol::types::{
    GuestFilesystemCallRequest, GuestFilesystemOperation, GuestFilesystemResultResponse,
    GuestFilesystemStat, RequestPayload, RootFilesystemEntryEncoding,
};

use super::Vm;
use crate::answered::answered;
use crate::error::{Error, Unexpected};

impl Vm {
    /// Any operation on the files of the VM, as it stands in the protocol.
    ///
    /// # Errors
    ///
    /// Every [`Error`]; what goes wrong with the files themselves is a refusal that begins with the name of an errno.
    pub async fn filesystem_call(
        &self,
        asked: GuestFilesystemCallRequest,
    ) -> Result<GuestFilesystemResultResponse, Error> {
        let asked = RequestPayload::GuestFilesystemCallRequest(asked);
        answered!(self.request(asked).await?, GuestFilesystemResultResponse)
    }

    /// A file whole.
    ///
    /// # Errors
    ///
    /// As [`Vm::filesystem_call`], and as all of these: [`Error::Unexpected`] where the answer lacks what was asked for.
    /// Here also [`Error::Content`].
    pub async fn read_file(&self, path: &str) -> Result<Vec<u8>, Error> {
        content(self.at(GuestFilesystemOperation::ReadFile, path).await?)
    }

    /// A part of a file, less where it ends.
    ///
    /// # Errors
    ///
    /// As [`Vm::read_file`].
    pub async fn pread(&self, path: &str, offset: u64, len: u64) -> Result<Vec<u8>, Error> {
        let mut asked = GuestFilesystemCallRequest::new(GuestFilesystemOperation::Pread, path);
        (asked.offset, asked.len) = (Some(offset), Some(len));
        content(self.filesystem_call(asked).await?)
    }

    /// Writes a file whole, and makes it and its parents where they are not. What is UTF-8 travels as it is, anything
    /// else as base64.
    ///
    /// # Errors
    ///
    /// As [`Vm::filesystem_call`].
    pub async fn write_file(&self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        let mut asked = GuestFilesystemCallRequest::new(GuestFilesystemOperation::WriteFile, path);
        let (content, encoding) = match str::from_utf8(bytes) {
            Ok(text) => (text.to_owned(), RootFilesystemEntryEncoding::Utf8),
            Err(_) => (STANDARD.encode(bytes), RootFilesystemEntryEncoding::Base64),
        };
        (asked.content, asked.encoding) = (Some(content), Some(encoding));
        self.filesystem_call(asked).await.map(drop)
    }

    /// Makes one folder.
    ///
    /// # Errors
    ///
    /// As [`Vm::filesystem_call`].
    pub async fn create_dir(&self, path: &str) -> Result<(), Error> {
        let done = self.at(GuestFilesystemOperation::CreateDir, path).await;
        done.map(drop)
    }

    /// Makes a folder, its parents too where that is asked for; one that is there is then fine.
    ///
    /// # Errors
    ///
    /// As [`Vm::filesystem_call`].
    pub async fn mkdir(&self, path: &str, recursive: bool) -> Result<(), Error> {
        let mut asked = GuestFilesystemCallRequest::new(GuestFilesystemOperation::Mkdir, path);
        asked.recursive = recursive;
        self.filesystem_call(asked).await.map(drop)
    }

    /// Whether a path leads to anything that can be reached.
    ///
    /// # Errors
    ///
    /// As [`Vm::filesystem_call`].
    pub async fn exists(&self, path: &str) -> Result<bool, Error> {
        let done = self.at(GuestFilesystemOperation::Exists, path).await?;
        present(done.exists, done.operation)
    }

    /// What is known about what a path leads to.
    ///
    /// # Errors
    ///
    /// As [`Vm::filesystem_call`].
    pub async fn stat(&self, path: &str) -> Result<GuestFilesystemStat, Error> {
        let done = self.at(GuestFilesystemOperation::Stat, path).await?;
        present(done.stat, done.operation)
    }

    /// What is known about what lies at a path, be it a link.
    ///
    /// # Errors
    ///
    /// As [`Vm::filesystem_call`].
    pub async fn lstat(&self, path: &str) -> Result<GuestFilesystemStat, Error> {
        let done = self.at(GuestFilesystemOperation::Lstat, path).await?;
        present(done.stat, done.operation)
    }

    /// The names in a folder, sorted.
    ///
    /// # Errors
    ///
    /// As [`Vm::filesystem_call`].
    pub async fn read_dir(&self, path: &str) -> Result<Vec<String>, Error> {
        let done = self.at(GuestFilesystemOperation::ReadDir, path).await?;
        present(done.entries, done.operation)
    }

    /// Removes a file or link.
    ///
    /// # Errors
    ///
    /// As [`Vm::filesystem_call`].
    pub async fn remove_file(&self, path: &str) -> Result<(), Error> {
        let done = self.at(GuestFilesystemOperation::RemoveFile, path).await;
        done.map(drop)
    }

    /// Removes an empty folder.
    ///
    /// # Errors
    ///
    /// As [`Vm::filesystem_call`].
    pub async fn remove_dir(&self, path: &str) -> Result<(), Error> {
        let done = self.at(GuestFilesystemOperation::RemoveDir, path).await;
        done.map(drop)
    }

    /// Gives another name.
    ///
    /// # Errors
    ///
    /// As [`Vm::filesystem_call`].
    pub async fn rename(&self, from: &str, to: &str) -> Result<(), Error> {
        let mut asked = GuestFilesystemCallRequest::new(GuestFilesystemOperation::Rename, from);
        asked.destination_path = Some(to.to_owned());
        self.filesystem_call(asked).await.map(drop)
    }

    /// Where a path leads, free of links.
    ///
    /// # Errors
    ///
    /// As [`Vm::filesystem_call`].
    pub async fn realpath(&self, path: &str) -> Result<String, Error> {
        let done = self.at(GuestFilesystemOperation::Realpath, path).await?;
        present(done.target, done.operation)
    }

    /// Makes a symbolic link at `path` that says `target`.
    ///
    /// # Errors
    ///
    /// As [`Vm::filesystem_call`].
    pub async fn symlink(&self, target: &str, path: &str) -> Result<(), Error> {
        let mut asked = GuestFilesystemCallRequest::new(GuestFilesystemOperation::Symlink, path);
        asked.target = Some(target.to_owned());
        self.filesystem_call(asked).await.map(drop)
    }

    /// What a symbolic link says.
    ///
    /// # Errors
    ///
    /// As [`Vm::filesystem_call`].
    pub async fn read_link(&self, path: &str) -> Result<String, Error> {
        let done = self.at(GuestFilesystemOperation::ReadLink, path).await?;
        present(done.target, done.operation)
    }

    /// Gives a file one more name.
    ///
    /// # Errors
    ///
    /// As [`Vm::filesystem_call`].
    pub async fn link(&self, existing: &str, path: &str) -> Result<(), Error> {
        let mut asked = GuestFilesystemCallRequest::new(GuestFilesystemOperation::Link, existing);
        asked.destination_path = Some(path.to_owned());
        self.filesystem_call(asked).await.map(drop)
    }

    /// Sets the permission bits.
    ///
    /// # Errors
    ///
    /// As [`Vm::filesystem_call`].
    pub async fn chmod(&self, path: &str, mode: u32) -> Result<(), Error> {
        let mut asked = GuestFilesystemCallRequest::new(GuestFilesystemOperation::Chmod, path);
        asked.mode = Some(mode);
        self.filesystem_call(asked).await.map(drop)
    }

    /// Sets owner and group.
    ///
    /// # Errors
    ///
    /// As [`Vm::filesystem_call`].
    pub async fn chown(&self, path: &str, uid: u32, gid: u32) -> Result<(), Error> {
        let mut asked = GuestFilesystemCallRequest::new(GuestFilesystemOperation::Chown, path);
        (asked.uid, asked.gid) = (Some(uid), Some(gid));
        self.filesystem_call(asked).await.map(drop)
    }

    /// Sets the times of the last access and the last change, in milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// As [`Vm::filesystem_call`].
    pub async fn utimes(&self, path: &str, atime_ms: u64, mtime_ms: u64) -> Result<(), Error> {
        let mut asked = GuestFilesystemCallRequest::new(GuestFilesystemOperation::Utimes, path);
        (asked.atime_ms, asked.mtime_ms) = (Some(atime_ms), Some(mtime_ms));
        self.filesystem_call(asked).await.map(drop)
    }

    /// Cuts a file off, or has it grow with zeros.
    ///
    /// # Errors
    ///
    /// As [`Vm::filesystem_call`].
    pub async fn truncate(&self, path: &str, len: u64) -> Result<(), Error> {
        let mut asked = GuestFilesystemCallRequest::new(GuestFilesystemOperation::Truncate, path);
        asked.len = Some(len);
        self.filesystem_call(asked).await.map(drop)
    }

    async fn at(
        &self,
        operation: GuestFilesystemOperation,
        path: &str,
    ) -> Result<GuestFilesystemResultResponse, Error> {
        self.filesystem_call(GuestFilesystemCallRequest::new(operation, path))
            .await
    }
}

fn content(done: GuestFilesystemResultResponse) -> Result<Vec<u8>, Error> {
    let content = present(done.content, done.operation)?;
    match done.encoding {
        None | Some(RootFilesystemEntryEncoding::Utf8) => Ok(content.into_bytes()),
        Some(RootFilesystemEntryEncoding::Base64) => {
            STANDARD.decode(content).map_err(|_| Error::Content)
        }
    }
}

fn present<T>(found: Option<T>, operation: GuestFilesystemOperation) -> Result<T, Error> {
    let operation = operation.name();
    found.ok_or_else(|| Unexpected::Result { operation }.into())
}
