//! A call of a VM's files with nothing but what every call has.

use crate::types::{GuestFilesystemCallRequest, GuestFilesystemOperation};

impl GuestFilesystemCallRequest {
    /// An operation at a path of the guest's, and nothing else of it.
    #[must_use]
    pub fn new(operation: GuestFilesystemOperation, path: &str) -> Self {
        Self {
            operation,
            path: path.to_owned(),
            destination_path: None,
            target: None,
            content: None,
            encoding: None,
            recursive: false,
            mode: None,
            uid: None,
            gid: None,
            atime_ms: None,
            mtime_ms: None,
            len: None,
            offset: None,
        }
    }
}
