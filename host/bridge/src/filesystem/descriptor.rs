//! `descriptor`: the host trait, a few lines a method over the descriptor's own operations and those on paths.

use tollgate_policy::FsVerb;
use tollgate_vfs::{FsError, MAX_TRANSFER_BYTES};
use tollgate_world::wasi::filesystem::types::{
    Advice, Descriptor as Marker, DescriptorFlags, DescriptorStat, DescriptorType,
    DirectoryEntryStream, ErrorCode, Filesize, Host, HostDescriptor, MetadataHashValue,
    NewTimestamp, OpenFlags, PathFlags,
};
use tollgate_world::{Failure, FilesystemFailure};
use wasmtime::component::Resource;
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream};

use super::Descriptor;
use super::convert::{self, StreamFailure};
use super::listing::Listing;
use super::objects::{self, ask_file};
use super::open::open;
use super::pass::pass;
use super::paths::{self, At};
use super::streams::{FileInput, FileOutput, Position};
use crate::outcome::Fs;
use crate::streams::{GatedInput, GatedOutput};
use crate::view::View;

type FsResult<T> = Result<T, FilesystemFailure>;

const READ: &str = "wasi:filesystem/types#[method]descriptor.read-via-stream";
const WRITE: &str = "wasi:filesystem/types#[method]descriptor.write-via-stream";

fn code(error: FsError) -> FilesystemFailure {
    Fs(error).into()
}

impl View<'_> {
    fn descriptor(&self, handle: &Resource<Marker>) -> FsResult<Descriptor> {
        self.get::<_, Descriptor>(handle)
            .cloned()
            .map_err(Failure::Trap)
    }

    fn dir(&self, handle: &Resource<Marker>) -> FsResult<tollgate_vfs::DirHandle> {
        self.descriptor(handle)?.into_dir().map_err(code)
    }

    fn file(
        &self,
        handle: &Resource<Marker>,
        otherwise: FsError,
    ) -> FsResult<tollgate_vfs::FileHandle> {
        self.descriptor(handle)?.into_file(otherwise).map_err(code)
    }
}

impl Host for View<'_> {
    fn convert_error_code(&mut self, error: FilesystemFailure) -> wasmtime::Result<ErrorCode> {
        error.into_code()
    }

    async fn filesystem_error_code(
        &mut self,
        error: Resource<wasmtime::Error>,
    ) -> wasmtime::Result<Option<ErrorCode>> {
        let error = self.table.get(&error)?;
        Ok(error
            .downcast_ref::<StreamFailure>()
            .map(|failure| failure.0.into()))
    }
}

impl HostDescriptor for View<'_> {
    async fn read_via_stream(
        &mut self,
        handle: Resource<Marker>,
        offset: Filesize,
    ) -> FsResult<Resource<DynInputStream>> {
        let file = self.file(&handle, FsError::IsDirectory)?;
        let stream: DynInputStream = Box::new(GatedInput::new(
            self.gate.clone(),
            FileInput::new(READ, file, offset),
        ));
        self.table.push(stream).map_err(Failure::trap)
    }

    async fn write_via_stream(
        &mut self,
        handle: Resource<Marker>,
        offset: Filesize,
    ) -> FsResult<Resource<DynOutputStream>> {
        self.output(&handle, Position::At(offset))
    }

    async fn append_via_stream(
        &mut self,
        handle: Resource<Marker>,
    ) -> FsResult<Resource<DynOutputStream>> {
        self.output(&handle, Position::End)
    }

    async fn advise(
        &mut self,
        handle: Resource<Marker>,
        offset: Filesize,
        length: Filesize,
        advice: Advice,
    ) -> FsResult<()> {
        let import = "wasi:filesystem/types#[method]descriptor.advise";
        let file = self.file(&handle, FsError::BadDescriptor)?;
        let advice = (offset, length, convert::advice(advice));
        Ok(objects::advise(self.gate, import, &file, advice).await?)
    }

    async fn sync_data(&mut self, handle: Resource<Marker>) -> FsResult<()> {
        let import = "wasi:filesystem/types#[method]descriptor.sync-data";
        let descriptor = self.descriptor(&handle)?;
        Ok(objects::sync(self.gate, import, &descriptor, true).await?)
    }

    async fn sync(&mut self, handle: Resource<Marker>) -> FsResult<()> {
        let import = "wasi:filesystem/types#[method]descriptor.sync";
        let descriptor = self.descriptor(&handle)?;
        Ok(objects::sync(self.gate, import, &descriptor, false).await?)
    }

    async fn get_flags(&mut self, handle: Resource<Marker>) -> FsResult<DescriptorFlags> {
        Ok(convert::flags(&self.descriptor(&handle)?))
    }

    async fn get_type(&mut self, handle: Resource<Marker>) -> FsResult<DescriptorType> {
        Ok(match self.descriptor(&handle)? {
            Descriptor::File(_) => DescriptorType::RegularFile,
            Descriptor::Dir(_) => DescriptorType::Directory,
        })
    }

    async fn set_size(&mut self, handle: Resource<Marker>, size: Filesize) -> FsResult<()> {
        let import = "wasi:filesystem/types#[method]descriptor.set-size";
        let file = self.file(&handle, FsError::IsDirectory)?;
        Ok(objects::set_size(self.gate, import, &file, size).await?)
    }

    async fn set_times(
        &mut self,
        handle: Resource<Marker>,
        accessed: NewTimestamp,
        modified: NewTimestamp,
    ) -> FsResult<()> {
        let import = "wasi:filesystem/types#[method]descriptor.set-times";
        let descriptor = self.descriptor(&handle)?;
        let times = convert::times(&accessed, &modified);
        Ok(objects::set_times(self.gate, import, &descriptor, times).await?)
    }

    async fn read(
        &mut self,
        handle: Resource<Marker>,
        length: Filesize,
        offset: Filesize,
    ) -> FsResult<(Vec<u8>, bool)> {
        let file = self.file(&handle, FsError::IsDirectory)?;
        let ask = ask_file(
            "wasi:filesystem/types#[method]descriptor.read",
            FsVerb::Read,
            &file,
        );
        let read = pass(self.gate, ask, |permit, traffic| {
            let wanted = usize::try_from(length)
                .unwrap_or(usize::MAX)
                .min(MAX_TRANSFER_BYTES);
            let mut bytes = vec![0; wanted];
            let read = file.read_at(&mut bytes, offset, permit)?;
            bytes.truncate(read);
            traffic.bytes_in = read as u64;
            Ok((bytes, read == 0 && wanted > 0))
        });
        Ok(read.await?)
    }

    async fn write(
        &mut self,
        handle: Resource<Marker>,
        bytes: Vec<u8>,
        offset: Filesize,
    ) -> FsResult<Filesize> {
        let file = self.file(&handle, FsError::BadDescriptor)?;
        let ask = ask_file(
            "wasi:filesystem/types#[method]descriptor.write",
            FsVerb::Write,
            &file,
        );
        let written = pass(self.gate, ask, |permit, traffic| {
            traffic.bytes_out = file.write_at(&bytes, offset, permit)? as u64;
            Ok(traffic.bytes_out)
        });
        Ok(written.await?)
    }

    async fn read_directory(
        &mut self,
        handle: Resource<Marker>,
    ) -> FsResult<Resource<DirectoryEntryStream>> {
        let import = "wasi:filesystem/types#[method]descriptor.read-directory";
        let dir = self.dir(&handle)?;
        let listing = Listing::open(self.gate, import, &dir).await?;
        self.put(listing).map_err(Failure::Trap)
    }

    async fn stat(&mut self, handle: Resource<Marker>) -> FsResult<DescriptorStat> {
        let import = "wasi:filesystem/types#[method]descriptor.stat";
        let descriptor = self.descriptor(&handle)?;
        let found = objects::stat(self.gate, import, &descriptor).await?;
        Ok(convert::stat(&found))
    }

    async fn is_same_object(
        &mut self,
        handle: Resource<Marker>,
        other: Resource<Marker>,
    ) -> wasmtime::Result<bool> {
        let import = "wasi:filesystem/types#[method]descriptor.is-same-object";
        let descriptor = self.descriptor(&handle).map_err(into_trap)?;
        let other = self.descriptor(&other).map_err(into_trap)?;
        Ok(objects::is_same(self.gate, import, &descriptor, &other).await?)
    }

    async fn metadata_hash(&mut self, handle: Resource<Marker>) -> FsResult<MetadataHashValue> {
        let import = "wasi:filesystem/types#[method]descriptor.metadata-hash";
        let descriptor = self.descriptor(&handle)?;
        let hash = objects::hash(self.gate, import, &descriptor).await?;
        Ok(convert::hash(hash))
    }

    async fn create_directory_at(
        &mut self,
        handle: Resource<Marker>,
        path: String,
    ) -> FsResult<()> {
        let import = "wasi:filesystem/types#[method]descriptor.create-directory-at";
        let dir = self.dir(&handle)?;
        Ok(paths::create_dir(self.gate, import, At::name(&dir, &path)).await?)
    }

    async fn stat_at(
        &mut self,
        handle: Resource<Marker>,
        flags: PathFlags,
        path: String,
    ) -> FsResult<DescriptorStat> {
        let import = "wasi:filesystem/types#[method]descriptor.stat-at";
        let dir = self.dir(&handle)?;
        let at = convert::at(&dir, flags, &path);
        let found = paths::stat(self.gate, import, at).await?;
        Ok(convert::stat(&found))
    }

    async fn set_times_at(
        &mut self,
        handle: Resource<Marker>,
        flags: PathFlags,
        path: String,
        accessed: NewTimestamp,
        modified: NewTimestamp,
    ) -> FsResult<()> {
        let import = "wasi:filesystem/types#[method]descriptor.set-times-at";
        let dir = self.dir(&handle)?;
        let times = convert::times(&accessed, &modified);
        let at = convert::at(&dir, flags, &path);
        Ok(paths::set_times(self.gate, import, at, times).await?)
    }

    async fn link_at(
        &mut self,
        handle: Resource<Marker>,
        flags: PathFlags,
        path: String,
        new_handle: Resource<Marker>,
        new_path: String,
    ) -> FsResult<()> {
        let import = "wasi:filesystem/types#[method]descriptor.link-at";
        let (dir, new_dir) = (self.dir(&handle)?, self.dir(&new_handle)?);
        let (from, to) = (
            convert::at(&dir, flags, &path),
            At::name(&new_dir, &new_path),
        );
        Ok(paths::link(self.gate, import, from, to).await?)
    }

    async fn open_at(
        &mut self,
        handle: Resource<Marker>,
        path_flags: PathFlags,
        path: String,
        open_flags: OpenFlags,
        flags: DescriptorFlags,
    ) -> FsResult<Resource<Marker>> {
        let import = "wasi:filesystem/types#[method]descriptor.open-at";
        let dir = self.dir(&handle)?;
        let options = convert::options(open_flags, flags);
        let at = convert::at(&dir, path_flags, &path);
        let opened = open(self.gate, import, at, options).await?;
        self.put(opened).map_err(Failure::Trap)
    }

    async fn readlink_at(&mut self, handle: Resource<Marker>, path: String) -> FsResult<String> {
        let import = "wasi:filesystem/types#[method]descriptor.readlink-at";
        let dir = self.dir(&handle)?;
        Ok(paths::read_link(self.gate, import, At::name(&dir, &path)).await?)
    }

    async fn remove_directory_at(
        &mut self,
        handle: Resource<Marker>,
        path: String,
    ) -> FsResult<()> {
        let import = "wasi:filesystem/types#[method]descriptor.remove-directory-at";
        let dir = self.dir(&handle)?;
        Ok(paths::remove_dir(self.gate, import, At::name(&dir, &path)).await?)
    }

    async fn rename_at(
        &mut self,
        handle: Resource<Marker>,
        path: String,
        new_handle: Resource<Marker>,
        new_path: String,
    ) -> FsResult<()> {
        let import = "wasi:filesystem/types#[method]descriptor.rename-at";
        let (dir, new_dir) = (self.dir(&handle)?, self.dir(&new_handle)?);
        let (from, to) = (At::name(&dir, &path), At::name(&new_dir, &new_path));
        Ok(paths::rename(self.gate, import, from, to).await?)
    }

    async fn symlink_at(
        &mut self,
        handle: Resource<Marker>,
        target: String,
        path: String,
    ) -> FsResult<()> {
        let import = "wasi:filesystem/types#[method]descriptor.symlink-at";
        let dir = self.dir(&handle)?;
        Ok(paths::symlink(self.gate, import, &target, At::name(&dir, &path)).await?)
    }

    async fn unlink_file_at(&mut self, handle: Resource<Marker>, path: String) -> FsResult<()> {
        let import = "wasi:filesystem/types#[method]descriptor.unlink-file-at";
        let dir = self.dir(&handle)?;
        Ok(paths::unlink(self.gate, import, At::name(&dir, &path)).await?)
    }

    async fn metadata_hash_at(
        &mut self,
        handle: Resource<Marker>,
        flags: PathFlags,
        path: String,
    ) -> FsResult<MetadataHashValue> {
        let import = "wasi:filesystem/types#[method]descriptor.metadata-hash-at";
        let dir = self.dir(&handle)?;
        let at = convert::at(&dir, flags, &path);
        let hash = paths::hash(self.gate, import, at).await?;
        Ok(convert::hash(hash))
    }

    async fn drop(&mut self, handle: Resource<Marker>) -> wasmtime::Result<()> {
        self.take::<_, Descriptor>(&handle).map(drop)
    }
}

impl View<'_> {
    fn output(
        &mut self,
        handle: &Resource<Marker>,
        position: Position,
    ) -> FsResult<Resource<DynOutputStream>> {
        let file = self.descriptor(handle)?.into_writable().map_err(code)?;
        let stream: DynOutputStream = Box::new(GatedOutput::new(
            self.gate.clone(),
            FileOutput::new(WRITE, file, position),
        ));
        self.table.push(stream).map_err(Failure::trap)
    }
}

fn into_trap(failure: FilesystemFailure) -> wasmtime::Error {
    match failure {
        Failure::Trap(error) => error,
        Failure::Code(code) => wasmtime::Error::from(code),
    }
}
