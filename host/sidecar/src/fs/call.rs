//! What is asked of a VM's files from outside of its programs.

use tollgate::bridge::files::Undone;
use tollgate::engine::Gate;
use tollgate_protocol::RefusalCode;
use tollgate_protocol::types::{
    GuestFilesystemCallRequest as Request, GuestFilesystemResultResponse as Response,
    RootFilesystemEntryEncoding as Encoding,
};
use tollgate_vfs::{Follow, FsError};

use super::answer::normal;
use super::caller::{Caller, Content};
use super::{Filesystem, entries, errno, stat};
use crate::Rejection;

impl Filesystem {
    /// Does what a client asks of the files of its VM, under the policy of the VM's gate and recorded there.
    ///
    /// # Errors
    ///
    /// `invalid_state` for an argument that is missing or makes no sense, `kernel_error` for what the files or the policy
    /// say, `frame_too_large` for a content that fits no frame, `io_error` where nothing can be recorded any more.
    pub async fn call(&self, gate: &Gate, request: Request) -> Result<Response, Rejection> {
        let operation = request.operation;
        let asked = request.path.clone();
        let caller = self.caller(gate)?;
        let answer = caller.answer(request).await?;
        let (content, encoding) = match answer.content {
            Some(content) => {
                let (content, encoding) = self.fits(content)?;
                (Some(content), Some(encoding))
            }
            None => (None, None),
        };
        Ok(Response {
            operation,
            path: asked,
            content,
            encoding,
            entries: answer.entries,
            stat: answer.stat,
            exists: answer.exists,
            target: answer.target,
        })
    }

    /// A program's file whole, read by the client's leave: for what it starts.
    ///
    /// # Errors
    ///
    /// As [`Filesystem::call`]; `EFBIG` for more than `most` bytes.
    pub async fn read_program(
        &self,
        gate: &Gate,
        path: &str,
        most: u64,
    ) -> Result<Vec<u8>, Rejection> {
        let caller = self.caller(gate)?;
        let place = normal(path, "open")?;
        let read = caller.content(&place, 0, most).await;
        let content = read.map_err(|undone| caller.refused(undone, "open", &place))?;
        if !content.is_all {
            return Err(errno::kernel(FsError::FileTooLarge, "open", &place));
        }
        Ok(content.bytes)
    }

    /// The mode of the file that a path leads to, with the bits of its kind, for finding commands; none where there is nothing.
    ///
    /// # Errors
    ///
    /// As [`Filesystem::call`].
    pub async fn find(&self, gate: &Gate, path: &str) -> Result<Option<u32>, Rejection> {
        let caller = self.caller(gate)?;
        let place = normal(path, "stat")?;
        match caller.examine(&place, Follow::Yes).await {
            Ok(found) => Ok(Some(stat::told(&found, 0).mode)),
            Err(Undone::Code(error))
                if matches!(error.0, FsError::NoEntry | FsError::NotDirectory) =>
            {
                Ok(None)
            }
            Err(undone) => Err(caller.refused(undone, "stat", &place)),
        }
    }

    pub(super) fn caller<'a>(&'a self, gate: &'a Gate) -> Result<Caller<'a>, Rejection> {
        Ok(Caller {
            gate,
            root: self.root_for(gate)?,
            limits: self.limits(),
        })
    }

    /// A content as it is sent, if it fits.
    fn fits(&self, content: Content) -> Result<(String, Encoding), Rejection> {
        let most = self.limits().answer_bytes;
        let too_large = || {
            let what = format!("the content has more than the {most} bytes that fit an answer");
            Rejection::new(RefusalCode::FrameTooLarge, what)
        };
        if !content.is_all {
            return Err(too_large());
        }
        let (content, encoding) = entries::encode(content.bytes);
        if content.len() as u64 > most {
            return Err(too_large());
        }
        Ok((content, encoding))
    }
}
