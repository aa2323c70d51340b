//! `descriptor` of 0.3: the host trait, a few lines a method.

use tollgate_engine::Gate;
use tollgate_vfs::{DirHandle, FsError};
use tollgate_world::Failure;
use tollgate_world::p3::FilesystemFailure;
use tollgate_world::p3::wasi::filesystem::types::{
    Advice, Descriptor as Marker, DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntry,
    ErrorCode, Filesize, Host, HostDescriptor, HostDescriptorWithStore, MetadataHashValue,
    NewTimestamp, OpenFlags, PathFlags,
};
use wasmtime::component::{Access, Accessor, Resource, StreamReader};

use super::convert;
use super::entries::Entries;
use crate::filesystem::Descriptor;
use crate::filesystem::objects;
use crate::filesystem::open::open;
use crate::filesystem::paths::{self, At};
use crate::filesystem::streams::{FileInput, FileOutput, Position};
use crate::outcome::Fs;
use crate::p3::streams::{self, Consumer, Producer, ending};
use crate::streams::{GatedInput, GatedOutput};
use crate::view::{Bridge, View};

type FsResult<T> = Result<T, FilesystemFailure>;
type Ending = streams::Ending<ErrorCode>;

fn code(error: FsError) -> FilesystemFailure {
    Failure::Code(Fs(error).into())
}

fn into_trap(failure: FilesystemFailure) -> wasmtime::Error {
    match failure {
        Failure::Trap(error) => error,
        Failure::Code(code) => wasmtime::Error::from(code),
    }
}

/// What an operation takes out of the store before it begins: it holds the store at no wait.
fn taken<T: 'static>(
    store: &Accessor<T, Bridge>,
    handle: &Resource<Marker>,
) -> FsResult<(Gate, Descriptor)> {
    store.with(|mut access| {
        let view = access.get();
        let descriptor: &Descriptor = view.get(handle).map_err(Failure::Trap)?;
        Ok((view.gate.clone(), descriptor.clone()))
    })
}

fn dir<T: 'static>(
    store: &Accessor<T, Bridge>,
    handle: &Resource<Marker>,
) -> FsResult<(Gate, DirHandle)> {
    let (gate, descriptor) = taken(store, handle)?;
    Ok((gate, descriptor.into_dir().map_err(code)?))
}

/// Writes what the guest sends to a file. The function hands out a future alone, so a descriptor that cannot be written
/// is told through it, and the stream is dropped.
fn write<T: 'static>(
    store: &mut Access<'_, T, Bridge>,
    handle: &Resource<Marker>,
    mut data: StreamReader<u8>,
    position: Position,
    import: &'static str,
) -> wasmtime::Result<Ending> {
    let view = store.get();
    let gate = view.gate.clone();
    let descriptor: &Descriptor = view.get(handle)?;
    let file = descriptor.clone().into_writable();
    let (mut told, future) = ending::<ErrorCode>(&mut *store)?;
    match file {
        Ok(file) => {
            let output = GatedOutput::new(gate, FileOutput::new(import, file, position));
            data.pipe(&mut *store, Consumer::new(output, told))?;
        }
        Err(error) => {
            told.tell(Err(Fs(error).into()));
            data.close(&mut *store)?;
        }
    }
    Ok(future)
}

impl Host for View<'_> {
    fn convert_error_code(&mut self, error: FilesystemFailure) -> wasmtime::Result<ErrorCode> {
        error.into_code()
    }
}

impl HostDescriptor for View<'_> {
    async fn drop(&mut self, handle: Resource<Marker>) -> wasmtime::Result<()> {
        self.take::<_, Descriptor>(&handle).map(drop)
    }
}

impl<T: Send + 'static> HostDescriptorWithStore<T> for Bridge {
    fn read_via_stream(
        mut store: Access<'_, T, Self>,
        handle: Resource<Marker>,
        offset: Filesize,
    ) -> wasmtime::Result<(StreamReader<u8>, Ending)> {
        let import = "wasi:filesystem/types@0.3#[method]descriptor.read-via-stream";
        let view = store.get();
        let gate = view.gate.clone();
        let descriptor: &Descriptor = view.get(&handle)?;
        let file = descriptor.clone().into_file(FsError::IsDirectory);
        let (mut told, future) = ending(&mut store)?;
        let stream = match file {
            Ok(file) => {
                let input = GatedInput::new(gate, FileInput::new(import, file, offset));
                StreamReader::new(&mut store, Producer::new(input, told))?
            }
            Err(error) => {
                told.tell(Err(Fs(error).into()));
                StreamReader::new(&mut store, std::iter::empty::<u8>())?
            }
        };
        Ok((stream, future))
    }

    fn write_via_stream(
        mut store: Access<'_, T, Self>,
        handle: Resource<Marker>,
        data: StreamReader<u8>,
        offset: Filesize,
    ) -> wasmtime::Result<Ending> {
        let import = "wasi:filesystem/types@0.3#[method]descriptor.write-via-stream";
        write(&mut store, &handle, data, Position::At(offset), import)
    }

    fn append_via_stream(
        mut store: Access<'_, T, Self>,
        handle: Resource<Marker>,
        data: StreamReader<u8>,
    ) -> wasmtime::Result<Ending> {
        let import = "wasi:filesystem/types@0.3#[method]descriptor.append-via-stream";
        write(&mut store, &handle, data, Position::End, import)
    }

    fn read_directory(
        mut store: Access<'_, T, Self>,
        handle: Resource<Marker>,
    ) -> wasmtime::Result<(StreamReader<DirectoryEntry>, Ending)> {
        let view = store.get();
        let gate = view.gate.clone();
        let descriptor: &Descriptor = view.get(&handle)?;
        let dir = descriptor.clone().into_dir();
        let (mut told, future) = ending(&mut store)?;
        let stream = match dir {
            Ok(dir) => StreamReader::new(&mut store, Entries::new(gate, dir, told))?,
            Err(error) => {
                told.tell(Err(Fs(error).into()));
                StreamReader::new(&mut store, std::iter::empty::<DirectoryEntry>())?
            }
        };
        Ok((stream, future))
    }

    async fn advise(
        store: &Accessor<T, Self>,
        handle: Resource<Marker>,
        offset: Filesize,
        length: Filesize,
        advice: Advice,
    ) -> FsResult<()> {
        let import = "wasi:filesystem/types@0.3#[method]descriptor.advise";
        let (gate, descriptor) = taken(store, &handle)?;
        let file = descriptor.into_file(FsError::BadDescriptor).map_err(code)?;
        let advice = (offset, length, convert::advice(advice));
        Ok(objects::advise(&gate, import, &file, advice).await?)
    }

    async fn sync_data(store: &Accessor<T, Self>, handle: Resource<Marker>) -> FsResult<()> {
        let import = "wasi:filesystem/types@0.3#[method]descriptor.sync-data";
        let (gate, descriptor) = taken(store, &handle)?;
        Ok(objects::sync(&gate, import, &descriptor, true).await?)
    }

    async fn sync(store: &Accessor<T, Self>, handle: Resource<Marker>) -> FsResult<()> {
        let import = "wasi:filesystem/types@0.3#[method]descriptor.sync";
        let (gate, descriptor) = taken(store, &handle)?;
        Ok(objects::sync(&gate, import, &descriptor, false).await?)
    }

    async fn get_flags(
        store: &Accessor<T, Self>,
        handle: Resource<Marker>,
    ) -> FsResult<DescriptorFlags> {
        let (_, descriptor) = taken(store, &handle)?;
        Ok(convert::flags(&descriptor))
    }

    async fn get_type(
        store: &Accessor<T, Self>,
        handle: Resource<Marker>,
    ) -> FsResult<DescriptorType> {
        let (_, descriptor) = taken(store, &handle)?;
        Ok(match descriptor {
            Descriptor::File(_) => DescriptorType::RegularFile,
            Descriptor::Dir(_) => DescriptorType::Directory,
        })
    }

    async fn set_size(
        store: &Accessor<T, Self>,
        handle: Resource<Marker>,
        size: Filesize,
    ) -> FsResult<()> {
        let import = "wasi:filesystem/types@0.3#[method]descriptor.set-size";
        let (gate, descriptor) = taken(store, &handle)?;
        let file = descriptor.into_file(FsError::IsDirectory).map_err(code)?;
        Ok(objects::set_size(&gate, import, &file, size).await?)
    }

    async fn set_times(
        store: &Accessor<T, Self>,
        handle: Resource<Marker>,
        accessed: NewTimestamp,
        modified: NewTimestamp,
    ) -> FsResult<()> {
        let import = "wasi:filesystem/types@0.3#[method]descriptor.set-times";
        let (gate, descriptor) = taken(store, &handle)?;
        let times = convert::times(&accessed, &modified);
        Ok(objects::set_times(&gate, import, &descriptor, times).await?)
    }

    async fn stat(store: &Accessor<T, Self>, handle: Resource<Marker>) -> FsResult<DescriptorStat> {
        let import = "wasi:filesystem/types@0.3#[method]descriptor.stat";
        let (gate, descriptor) = taken(store, &handle)?;
        let found = objects::stat(&gate, import, &descriptor).await?;
        Ok(convert::stat(&found))
    }

    async fn is_same_object(
        store: &Accessor<T, Self>,
        handle: Resource<Marker>,
        other: Resource<Marker>,
    ) -> wasmtime::Result<bool> {
        let import = "wasi:filesystem/types@0.3#[method]descriptor.is-same-object";
        let (gate, descriptor) = taken(store, &handle).map_err(into_trap)?;
        let (_, other) = taken(store, &other).map_err(into_trap)?;
        Ok(objects::is_same(&gate, import, &descriptor, &other).await?)
    }

    async fn metadata_hash(
        store: &Accessor<T, Self>,
        handle: Resource<Marker>,
    ) -> FsResult<MetadataHashValue> {
        let import = "wasi:filesystem/types@0.3#[method]descriptor.metadata-hash";
        let (gate, descriptor) = taken(store, &handle)?;
        let hash = objects::hash(&gate, import, &descriptor).await?;
        Ok(convert::hash(hash))
    }

    async fn create_directory_at(
        store: &Accessor<T, Self>,
        handle: Resource<Marker>,
        path: String,
    ) -> FsResult<()> {
        let import = "wasi:filesystem/types@0.3#[method]descriptor.create-directory-at";
        let (gate, dir) = dir(store, &handle)?;
        Ok(paths::create_dir(&gate, import, At::name(&dir, &path)).await?)
    }

    async fn stat_at(
        store: &Accessor<T, Self>,
        handle: Resource<Marker>,
        flags: PathFlags,
        path: String,
    ) -> FsResult<DescriptorStat> {
        let import = "wasi:filesystem/types@0.3#[method]descriptor.stat-at";
        let (gate, dir) = dir(store, &handle)?;
        let at = convert::at(&dir, flags, &path);
        let found = paths::stat(&gate, import, at).await?;
        Ok(convert::stat(&found))
    }

    async fn set_times_at(
        store: &Accessor<T, Self>,
        handle: Resource<Marker>,
        flags: PathFlags,
        path: String,
        accessed: NewTimestamp,
        modified: NewTimestamp,
    ) -> FsResult<()> {
        let import = "wasi:filesystem/types@0.3#[method]descriptor.set-times-at";
        let (gate, dir) = dir(store, &handle)?;
        let times = convert::times(&accessed, &modified);
        let at = convert::at(&dir, flags, &path);
        Ok(paths::set_times(&gate, import, at, times).await?)
    }

    async fn link_at(
        store: &Accessor<T, Self>,
        handle: Resource<Marker>,
        flags: PathFlags,
        path: String,
        new_handle: Resource<Marker>,
        new_path: String,
    ) -> FsResult<()> {
        let import = "wasi:filesystem/types@0.3#[method]descriptor.link-at";
        let (gate, old_dir) = dir(store, &handle)?;
        let (_, new_dir) = dir(store, &new_handle)?;
        let from = convert::at(&old_dir, flags, &path);
        let to = At::name(&new_dir, &new_path);
        Ok(paths::link(&gate, import, from, to).await?)
    }

    async fn open_at(
        store: &Accessor<T, Self>,
        handle: Resource<Marker>,
        path_flags: PathFlags,
        path: String,
        open_flags: OpenFlags,
        flags: DescriptorFlags,
    ) -> FsResult<Resource<Marker>> {
        let import = "wasi:filesystem/types@0.3#[method]descriptor.open-at";
        let (gate, dir) = dir(store, &handle)?;
        let options = convert::options(open_flags, flags);
        let at = convert::at(&dir, path_flags, &path);
        let opened = open(&gate, import, at, options).await?;
        store
            .with(|mut access| access.get().put(opened))
            .map_err(Failure::Trap)
    }

    async fn readlink_at(
        store: &Accessor<T, Self>,
        handle: Resource<Marker>,
        path: String,
    ) -> FsResult<String> {
        let import = "wasi:filesystem/types@0.3#[method]descriptor.readlink-at";
        let (gate, dir) = dir(store, &handle)?;
        Ok(paths::read_link(&gate, import, At::name(&dir, &path)).await?)
    }

    async fn remove_directory_at(
        store: &Accessor<T, Self>,
        handle: Resource<Marker>,
        path: String,
    ) -> FsResult<()> {
        let import = "wasi:filesystem/types@0.3#[method]descriptor.remove-directory-at";
        let (gate, dir) = dir(store, &handle)?;
        Ok(paths::remove_dir(&gate, import, At::name(&dir, &path)).await?)
    }

    async fn rename_at(
        store: &Accessor<T, Self>,
        handle: Resource<Marker>,
        path: String,
        new_handle: Resource<Marker>,
        new_path: String,
    ) -> FsResult<()> {
        let import = "wasi:filesystem/types@0.3#[method]descriptor.rename-at";
        let (gate, old_dir) = dir(store, &handle)?;
        let (_, new_dir) = dir(store, &new_handle)?;
        let (from, to) = (At::name(&old_dir, &path), At::name(&new_dir, &new_path));
        Ok(paths::rename(&gate, import, from, to).await?)
    }

    async fn symlink_at(
        store: &Accessor<T, Self>,
        handle: Resource<Marker>,
        target: String,
        path: String,
    ) -> FsResult<()> {
        let import = "wasi:filesystem/types@0.3#[method]descriptor.symlink-at";
        let (gate, dir) = dir(store, &handle)?;
        Ok(paths::symlink(&gate, import, &target, At::name(&dir, &path)).await?)
    }

    async fn unlink_file_at(
        store: &Accessor<T, Self>,
        handle: Resource<Marker>,
        path: String,
    ) -> FsResult<()> {
        let import = "wasi:filesystem/types@0.3#[method]descriptor.unlink-file-at";
        let (gate, dir) = dir(store, &handle)?;
        Ok(paths::unlink(&gate, import, At::name(&dir, &path)).await?)
    }

    async fn metadata_hash_at(
        store: &Accessor<T, Self>,
        handle: Resource<Marker>,
        flags: PathFlags,
        path: String,
    ) -> FsResult<MetadataHashValue> {
        let import = "wasi:filesystem/types@0.3#[method]descriptor.metadata-hash-at";
        let (gate, dir) = dir(store, &handle)?;
        let at = convert::at(&dir, flags, &path);
        let hash = paths::hash(&gate, import, at).await?;
        Ok(convert::hash(hash))
    }
}
