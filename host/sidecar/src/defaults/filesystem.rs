//! Files of VMs in a folder of the machine's: one folder for each VM.

use std::io;
use std::path::{Path, PathBuf};

use cap_std::fs::{
    Dir, DirBuilder, FileType, Metadata, MetadataExt as _, OpenOptions, Permissions,
    PermissionsExt as _,
};
use tollgate_contract::filesystem::{
    ChmodRequest, CreateDirRequest, DirectoryEntry, FileKind, FileMetadata, PathRequest,
    ReadDirRequest, ReadFileRequest, RenameRequest, SymlinkRequest, TruncateRequest,
    WriteFileRequest,
};
use tollgate_contract::{BridgeError, ErrorCode, FilesystemBridge, async_trait};

/// Bytes of a file that is read whole at most: 64 MiB.
pub(crate) const MOST_FILE_BYTES: u64 = 64 << 20;
/// Entries of a listing at most.
pub(crate) const MOST_ENTRIES: usize = 65_536;
/// Bytes of a VM's name.
const NAME_BYTES: usize = 255;

/// Keeps the files of each VM in a folder of its own beneath one of the machine's, which is made when the VM first writes. No path
/// leads out of it, neither by `..` nor along a link: a link that leads out, or says an absolute path, can be read and not
/// followed.
#[derive(Debug)]
pub struct FolderFilesystem(Dir);

fn failed(error: &io::Error) -> BridgeError {
    use io::ErrorKind as Kind;
    let (code, message) = match error.kind() {
        Kind::NotFound => (ErrorCode::NotFound, "there is nothing"),
        Kind::AlreadyExists => (ErrorCode::AlreadyExists, "it is there already"),
        Kind::NotADirectory => (ErrorCode::NotADirectory, "it is no folder"),
        Kind::IsADirectory => (ErrorCode::IsADirectory, "it is a folder"),
        Kind::DirectoryNotEmpty => (ErrorCode::NotEmpty, "the folder has something in it"),
        Kind::PermissionDenied => (ErrorCode::Denied, "it may not be done"),
        Kind::InvalidInput | Kind::InvalidFilename => (ErrorCode::Invalid, "the path is none"),
        Kind::StorageFull | Kind::QuotaExceeded => (ErrorCode::Exhausted, "the disk is full"),
        Kind::FileTooLarge => (ErrorCode::Exhausted, "the file is too large"),
        _ => (ErrorCode::Failed, "the disk failed"),
    };
    BridgeError::new(code, message)
}

fn invalid(message: &str) -> BridgeError {
    BridgeError::new(ErrorCode::Invalid, message)
}

fn exhausted(message: &str) -> BridgeError {
    BridgeError::new(ErrorCode::Exhausted, message)
}

/// A path beneath a VM's folder.
fn beneath(path: &str) -> Result<PathBuf, BridgeError> {
    let Some(rest) = path.strip_prefix('/') else {
        return Err(invalid("a path is absolute"));
    };
    if rest.contains('\0') {
        return Err(invalid("a path has no NUL byte"));
    }
    let rest = rest.trim_start_matches('/');
    Ok(PathBuf::from(if rest.is_empty() { "." } else { rest }))
}

fn kind(of: FileType) -> FileKind {
    if of.is_file() {
        FileKind::File
    } else if of.is_dir() {
        FileKind::Directory
    } else if of.is_symlink() {
        FileKind::SymbolicLink
    } else {
        FileKind::Other
    }
}

fn told(metadata: &Metadata) -> FileMetadata {
    FileMetadata {
        mode: metadata.mode() & 0o7777,
        size: metadata.len(),
        kind: kind(metadata.file_type()),
    }
}

impl FolderFilesystem {
    /// In this folder.
    #[must_use]
    pub fn new(folder: Dir) -> Self {
        Self(folder)
    }

    /// Does something in a VM's folder, where waiting for the disk holds up nobody.
    async fn within<T: Send + 'static>(
        &self,
        vm_id: String,
        path: &str,
        work: impl FnOnce(&Dir, &Path) -> Result<T, BridgeError> + Send + 'static,
    ) -> Result<T, BridgeError> {
        let path = beneath(path)?;
        let is_name =
            (1..=NAME_BYTES).contains(&vm_id.len()) && !matches!(vm_id.as_str(), "." | "..");
        if !is_name || vm_id.contains(['/', '\0']) {
            return Err(invalid("a VM's name is a name of a folder"));
        }
        let root = self.0.try_clone().map_err(|error| failed(&error))?;
        let waits = tokio::task::spawn_blocking(move || {
            let io = |error: io::Error| failed(&error);
            let mut private = DirBuilder::new();
            cap_std::fs::DirBuilderExt::mode(&mut private, 0o700);
            match root.create_dir_with(&vm_id, &private) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(io(error)),
            }
            // A link in its place would be somebody else's folder.
            let own = root.symlink_metadata(&vm_id).map_err(io)?;
            if !own.is_dir() {
                return Err(invalid("what has the VM's name is no folder"));
            }
            work(&root.open_dir(&vm_id).map_err(io)?, &path)
        });
        waits
            .await
            .map_err(|_ends| BridgeError::new(ErrorCode::Failed, "the process is about to end"))?
    }
}

fn read(vm: &Dir, path: &Path) -> Result<Vec<u8>, BridgeError> {
    use io::Read as _;
    let io = |error: io::Error| failed(&error);
    // A pipe would be waited for until somebody writes to it.
    let metadata = vm.metadata(path).map_err(io)?;
    if metadata.is_dir() {
        return Err(BridgeError::new(ErrorCode::IsADirectory, "it is a folder"));
    }
    if !metadata.is_file() {
        return Err(invalid("it is neither a file nor a folder"));
    }
    if metadata.len() > MOST_FILE_BYTES {
        return Err(exhausted("the file is too large"));
    }
    let mut bytes = Vec::new();
    let file = vm.open(path).map_err(io)?;
    file.take(MOST_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(io)?;
    if bytes.len() as u64 > MOST_FILE_BYTES {
        return Err(exhausted("the file is too large"));
    }
    Ok(bytes)
}

fn list(vm: &Dir, path: &Path) -> Result<Vec<DirectoryEntry>, BridgeError> {
    let io = |error: io::Error| failed(&error);
    let mut entries = Vec::new();
    for entry in vm.read_dir(path).map_err(io)? {
        let entry = entry.map_err(io)?;
        if entries.len() >= MOST_ENTRIES {
            return Err(exhausted("the folder has too many entries"));
        }
        entries.push(DirectoryEntry {
            name: entry.file_name().to_string_lossy().into_owned(),
            kind: kind(entry.file_type().map_err(io)?),
        });
    }
    Ok(entries)
}

#[async_trait]
impl FilesystemBridge for FolderFilesystem {
    async fn read_file(&self, request: ReadFileRequest) -> Result<Vec<u8>, BridgeError> {
        self.within(request.vm_id, &request.path, read).await
    }

    async fn write_file(&self, request: WriteFileRequest) -> Result<(), BridgeError> {
        let contents = request.contents;
        self.within(request.vm_id, &request.path, move |vm, path| {
            vm.write(path, contents).map_err(|error| failed(&error))
        })
        .await
    }

    async fn stat(&self, request: PathRequest) -> Result<FileMetadata, BridgeError> {
        self.within(request.vm_id, &request.path, |vm, path| {
            vm.metadata(path)
                .map(|found| told(&found))
                .map_err(|error| failed(&error))
        })
        .await
    }

    async fn lstat(&self, request: PathRequest) -> Result<FileMetadata, BridgeError> {
        self.within(request.vm_id, &request.path, |vm, path| {
            let found = vm.symlink_metadata(path);
            found
                .map(|found| told(&found))
                .map_err(|error| failed(&error))
        })
        .await
    }

    async fn read_dir(&self, request: ReadDirRequest) -> Result<Vec<DirectoryEntry>, BridgeError> {
        self.within(request.vm_id, &request.path, list).await
    }

    async fn create_dir(&self, request: CreateDirRequest) -> Result<(), BridgeError> {
        let recursive = request.recursive;
        self.within(request.vm_id, &request.path, move |vm, path| {
            let made = if recursive {
                vm.create_dir_all(path)
            } else {
                vm.create_dir(path)
            };
            made.map_err(|error| failed(&error))
        })
        .await
    }

    async fn remove_file(&self, request: PathRequest) -> Result<(), BridgeError> {
        self.within(request.vm_id, &request.path, |vm, path| {
            vm.remove_file(path).map_err(|error| failed(&error))
        })
        .await
    }

    async fn remove_dir(&self, request: PathRequest) -> Result<(), BridgeError> {
        self.within(request.vm_id, &request.path, |vm, path| {
            vm.remove_dir(path).map_err(|error| failed(&error))
        })
        .await
    }

    async fn rename(&self, request: RenameRequest) -> Result<(), BridgeError> {
        let to = beneath(&request.to_path)?;
        self.within(request.vm_id, &request.from_path, move |vm, from| {
            vm.rename(from, vm, to).map_err(|error| failed(&error))
        })
        .await
    }

    async fn symlink(&self, request: SymlinkRequest) -> Result<(), BridgeError> {
        let target = request.target_path;
        if target.is_empty() || target.contains('\0') {
            return Err(invalid("a link says something, without a NUL byte"));
        }
        self.within(request.vm_id, &request.link_path, move |vm, link| {
            // What it says may be anything: it is followed, or not, by who reads it.
            vm.symlink_contents(target, link)
                .map_err(|error| failed(&error))
        })
        .await
    }

    async fn read_link(&self, request: PathRequest) -> Result<String, BridgeError> {
        self.within(request.vm_id, &request.path, |vm, path| {
            let target = vm
                .read_link_contents(path)
                .map_err(|error| failed(&error))?;
            Ok(target.to_string_lossy().into_owned())
        })
        .await
    }

    async fn chmod(&self, request: ChmodRequest) -> Result<(), BridgeError> {
        let mode = request.mode;
        if mode > 0o7777 {
            return Err(invalid("a mode beyond 0o7777"));
        }
        self.within(request.vm_id, &request.path, move |vm, path| {
            // What would make others' programs of it is left out: the folder lies on the machine.
            let permissions = Permissions::from_mode(mode & 0o1777);
            vm.set_permissions(path, permissions)
                .map_err(|error| failed(&error))
        })
        .await
    }

    async fn truncate(&self, request: TruncateRequest) -> Result<(), BridgeError> {
        let len = request.len;
        if len > MOST_FILE_BYTES {
            return Err(exhausted("the file would be too large"));
        }
        self.within(request.vm_id, &request.path, move |vm, path| {
            if !vm.metadata(path).map_err(|error| failed(&error))?.is_file() {
                return Err(invalid("it is no file"));
            }
            let file = vm.open_with(path, OpenOptions::new().write(true));
            file.and_then(|file| file.set_len(len))
                .map_err(|error| failed(&error))
        })
        .await
    }

    async fn exists(&self, request: PathRequest) -> Result<bool, BridgeError> {
        self.within(request.vm_id, &request.path, |vm, path| {
            match vm.metadata(path) {
                Ok(_) => Ok(true),
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                    ) =>
                {
                    Ok(false)
                }
                Err(error) => Err(failed(&error)),
            }
        })
        .await
    }
}
