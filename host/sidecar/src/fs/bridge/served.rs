//! The operations on a mount that the client serves, as questions.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use tollgate_vfs::{DirEntry, FsError, Mount, Owner, Remote, RemoteStat, Timestamp};

use super::answer;
use super::asking::Leave;
use super::mount::BridgeMount;

/// A mount, as it is used by one program or by the client itself.
struct Served {
    mount: BridgeMount,
    leave: Leave,
}

/// The mount for somebody who waits until `leave`.
pub(in crate::fs) fn mount(mount: &BridgeMount, leave: &Leave) -> Mount {
    let served = Served {
        mount: mount.clone(),
        leave: leave.clone(),
    };
    Mount::remote(Arc::new(served), mount.number())
}

impl Served {
    fn ask(&self, operation: &'static str, args: &Value) -> Result<Option<String>, FsError> {
        self.mount.ask(operation, args, &self.leave)
    }

    /// Asks for something to be done. What comes back beside an error says nothing.
    fn tell(&self, operation: &'static str, args: &Value) -> Result<(), FsError> {
        self.ask(operation, args).map(drop)
    }
}

fn at(path: &str) -> Value {
    json!({ "path": path })
}

fn milliseconds(time: Timestamp) -> i64 {
    let nanos = i64::from(time.nanos / 1_000_000);
    time.seconds.saturating_mul(1_000).saturating_add(nanos)
}

impl Remote for Served {
    fn now(&self) -> Timestamp {
        self.mount.bridge().now()
    }

    fn transfer_bytes(&self) -> usize {
        self.mount.bridge().transfer_bytes()
    }

    fn listing_names(&self) -> usize {
        self.mount.bridge().listing_names()
    }

    fn stat(&self, path: &str) -> Result<RemoteStat, FsError> {
        answer::stat(self.ask("lstat", &at(path))?.as_deref())
    }

    fn read_link(&self, path: &str) -> Result<String, FsError> {
        answer::read(self.ask("readlink", &at(path))?.as_deref())
    }

    fn list(&self, path: &str) -> Result<Vec<DirEntry>, FsError> {
        let most = self.listing_names();
        match self.ask("readDirWithTypes", &at(path)) {
            Ok(told) => answer::entries(told.as_deref(), most),
            // A client that knows only names says in words of its own that it does not know this.
            Err(FsError::Io) => answer::entries(self.ask("readDir", &at(path))?.as_deref(), most),
            Err(error) => Err(error),
        }
    }

    fn read_all(&self, path: &str, most: usize) -> Result<Vec<u8>, FsError> {
        answer::bytes(self.ask("readFile", &at(path))?.as_deref(), most)
    }

    fn read(&self, path: &str, offset: u64, most: usize) -> Result<Vec<u8>, FsError> {
        let args = json!({ "path": path, "offset": offset, "length": most });
        answer::bytes(self.ask("pread", &args)?.as_deref(), most)
    }

    fn write(&self, path: &str, offset: u64, bytes: &[u8]) -> Result<(), FsError> {
        let content = BASE64.encode(bytes);
        let args = json!({ "path": path, "offset": offset, "content": content });
        self.tell("pwrite", &args)
    }

    fn create(&self, path: &str) -> Result<(), FsError> {
        self.tell("writeFile", &json!({ "path": path, "content": "" }))
    }

    fn set_len(&self, path: &str, length: u64) -> Result<(), FsError> {
        self.tell("truncate", &json!({ "path": path, "length": length }))
    }

    fn create_dir(&self, path: &str) -> Result<(), FsError> {
        self.tell("mkdir", &json!({ "path": path, "recursive": false }))
    }

    fn remove_dir(&self, path: &str) -> Result<(), FsError> {
        self.tell("removeDir", &at(path))
    }

    fn unlink(&self, path: &str) -> Result<(), FsError> {
        self.tell("removeFile", &at(path))
    }

    fn symlink(&self, target: &str, path: &str) -> Result<(), FsError> {
        self.tell("symlink", &json!({ "target": target, "linkPath": path }))
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), FsError> {
        self.tell("rename", &json!({ "oldPath": from, "newPath": to }))
    }

    fn link(&self, from: &str, to: &str) -> Result<(), FsError> {
        self.tell("link", &json!({ "oldPath": from, "newPath": to }))
    }

    fn set_times(
        &self,
        path: &str,
        accessed: Timestamp,
        modified: Timestamp,
    ) -> Result<(), FsError> {
        let (accessed, modified) = (milliseconds(accessed), milliseconds(modified));
        let args = json!({ "path": path, "atimeMs": accessed, "mtimeMs": modified });
        self.tell("utimes", &args)
    }

    fn set_mode(&self, path: &str, mode: u32) -> Result<(), FsError> {
        self.tell("chmod", &json!({ "path": path, "mode": mode }))
    }

    fn set_owner(&self, path: &str, owner: Owner) -> Result<(), FsError> {
        let Owner { uid, gid } = owner;
        self.tell("chown", &json!({ "path": path, "uid": uid, "gid": gid }))
    }
}
