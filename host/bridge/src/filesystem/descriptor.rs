//! `descriptor`: the host trait, a few lines a method over the descriptor's own operations and those on paths.

use tollgate_engine::Rate;
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
use super::pass::{Ask, pass, pass_aside};
use super::streams::{FileInput, FileOutput, Position};
use crate::outcome::Fs;
use crate::streams::{GatedInput, GatedOutput};
use crate::view::View;

type FsResult<T> = Result<T, FilesystemFailure>;

fn code(error: FsError) -> FilesystemFailure {
    Fs(error).into()
}

impl View<'_> {
    pub(super) fn descriptor(&self, handle: &Resource<Marker>) -> FsResult<Descriptor> {
        self.get::<_, Descriptor>(handle)
            .cloned()
            .map_err(Failure::Trap)
    }

    pub(super) fn dir(&self, handle: &Resource<Marker>) -> FsResult<tollgate_vfs::DirHandle> {
        match self.descriptor(handle)? {
            Descriptor::Dir(dir) => Ok(dir),
            Descriptor::File(_) => Err(code(FsError::NotDirectory)),
        }
    }

    fn file(
        &self,
        handle: &Resource<Marker>,
        otherwise: FsError,
    ) -> FsResult<tollgate_vfs::FileHandle> {
        match self.descriptor(handle)? {
            Descriptor::File(file) => Ok(file),
            Descriptor::Dir(_) => Err(code(otherwise)),
        }
    }
}

fn ask<'a>(import: &'static str, verb: FsVerb, descriptor: &'a Descriptor) -> Ask<'a> {
    Ask {
        import,
        verb,
        path: descriptor.path(),
        read_only: descriptor.read_only(),
        rate: Rate::High,
    }
}

fn ask_file<'a>(import: &'static str, verb: FsVerb, file: &'a tollgate_vfs::FileHandle) -> Ask<'a> {
    Ask {
        import,
        verb,
        path: file.path(),
        read_only: file.read_only(),
        rate: Rate::High,
    }
}

/// What carrying to the disk is allowed by: the right that the descriptor was opened with.
fn sync_verb(descriptor: &Descriptor) -> FsVerb {
    match descriptor {
        Descriptor::File(file) if file.can_write() => FsVerb::Write,
        Descriptor::Dir(dir) if !dir.read_only() => FsVerb::Write,
        Descriptor::File(_) | Descriptor::Dir(_) => FsVerb::Stat,
    }
}

impl View<'_> {
    async fn carry(
        &mut self,
        import: &'static str,
        handle: &Resource<Marker>,
        data_only: bool,
    ) -> FsResult<()> {
        let descriptor = self.descriptor(handle)?;
        let ask = ask(import, sync_verb(&descriptor), &descriptor);
        let synced = descriptor.clone();
        pass_aside(self.gate, ask, move |permit| match &synced {
            Descriptor::File(file) => file.sync(data_only, permit),
            Descriptor::Dir(dir) => dir.sync(data_only, permit),
        })
        .await
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
            FileInput::new(file, offset),
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
        let file = self.file(&handle, FsError::BadDescriptor)?;
        let ask = ask_file(
            "wasi:filesystem/types#[method]descriptor.advise",
            FsVerb::Read,
            &file,
        );
        pass(self.gate, ask, |permit, _| {
            file.advise(offset, length, convert::advice(advice), permit)
        })
        .await
    }

    async fn sync_data(&mut self, handle: Resource<Marker>) -> FsResult<()> {
        self.carry(
            "wasi:filesystem/types#[method]descriptor.sync-data",
            &handle,
            true,
        )
        .await
    }

    async fn sync(&mut self, handle: Resource<Marker>) -> FsResult<()> {
        self.carry(
            "wasi:filesystem/types#[method]descriptor.sync",
            &handle,
            false,
        )
        .await
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
        let file = self.file(&handle, FsError::IsDirectory)?;
        let ask = ask_file(
            "wasi:filesystem/types#[method]descriptor.set-size",
            FsVerb::Write,
            &file,
        );
        pass(self.gate, ask, |permit, _| file.set_len(size, permit)).await
    }

    async fn set_times(
        &mut self,
        handle: Resource<Marker>,
        accessed: NewTimestamp,
        modified: NewTimestamp,
    ) -> FsResult<()> {
        let descriptor = self.descriptor(&handle)?;
        let ask = ask(
            "wasi:filesystem/types#[method]descriptor.set-times",
            FsVerb::Write,
            &descriptor,
        );
        pass(self.gate, ask, |permit, _| {
            let times = convert::times(&accessed, &modified)?;
            match &descriptor {
                Descriptor::File(file) => file.set_times(times, permit),
                Descriptor::Dir(dir) => dir.set_times(times, permit),
            }
        })
        .await
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
        pass(self.gate, ask, |permit, traffic| {
            let wanted = usize::try_from(length)
                .unwrap_or(usize::MAX)
                .min(MAX_TRANSFER_BYTES);
            let mut bytes = vec![0; wanted];
            let read = file.read_at(&mut bytes, offset, permit)?;
            bytes.truncate(read);
            traffic.bytes_in = read as u64;
            Ok((bytes, read == 0 && wanted > 0))
        })
        .await
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
        pass(self.gate, ask, |permit, traffic| {
            traffic.bytes_out = file.write_at(&bytes, offset, permit)? as u64;
            Ok(traffic.bytes_out)
        })
        .await
    }

    async fn read_directory(
        &mut self,
        handle: Resource<Marker>,
    ) -> FsResult<Resource<DirectoryEntryStream>> {
        let dir = self.dir(&handle)?;
        let ask = Ask {
            import: "wasi:filesystem/types#[method]descriptor.read-directory",
            verb: FsVerb::Readdir,
            path: dir.path(),
            read_only: dir.read_only(),
            rate: Rate::Single,
        };
        let entries = pass(self.gate, ask, |permit, _| dir.read_dir(permit)).await?;
        self.put(Listing {
            entries,
            path: dir.path().to_owned(),
        })
        .map_err(Failure::Trap)
    }

    async fn stat(&mut self, handle: Resource<Marker>) -> FsResult<DescriptorStat> {
        let descriptor = self.descriptor(&handle)?;
        let ask = ask(
            "wasi:filesystem/types#[method]descriptor.stat",
            FsVerb::Stat,
            &descriptor,
        );
        pass(self.gate, ask, |permit, _| {
            let found = match &descriptor {
                Descriptor::File(file) => file.stat(permit),
                Descriptor::Dir(dir) => dir.stat(permit),
            };
            found.map(|found| convert::stat(&found))
        })
        .await
    }

    async fn is_same_object(
        &mut self,
        handle: Resource<Marker>,
        other: Resource<Marker>,
    ) -> wasmtime::Result<bool> {
        let descriptor = self.descriptor(&handle).map_err(into_trap)?;
        let other = self.descriptor(&other).map_err(into_trap)?;
        let ask = ask(
            "wasi:filesystem/types#[method]descriptor.is-same-object",
            FsVerb::Stat,
            &descriptor,
        );
        let same = pass(self.gate, ask, |permit, _| match (&descriptor, &other) {
            (Descriptor::File(file), Descriptor::File(other)) => file.is_same_object(other, permit),
            (Descriptor::Dir(dir), Descriptor::Dir(other)) => dir.is_same_object(other, permit),
            (Descriptor::File(_), Descriptor::Dir(_))
            | (Descriptor::Dir(_), Descriptor::File(_)) => Ok(false),
        })
        .await;
        match same {
            Ok(same) => Ok(same),
            // The function has no error: what may not be compared is not known to be the same.
            Err(Failure::Code(_)) => Ok(false),
            Err(Failure::Trap(error)) => Err(error),
        }
    }

    async fn metadata_hash(&mut self, handle: Resource<Marker>) -> FsResult<MetadataHashValue> {
        let descriptor = self.descriptor(&handle)?;
        let ask = ask(
            "wasi:filesystem/types#[method]descriptor.metadata-hash",
            FsVerb::Stat,
            &descriptor,
        );
        pass(self.gate, ask, |permit, _| {
            let hash = match &descriptor {
                Descriptor::File(file) => file.metadata_hash(permit),
                Descriptor::Dir(dir) => dir.metadata_hash(permit),
            }?;
            Ok(MetadataHashValue {
                lower: hash.lower,
                upper: hash.upper,
            })
        })
        .await
    }

    async fn create_directory_at(
        &mut self,
        handle: Resource<Marker>,
        path: String,
    ) -> FsResult<()> {
        self.create_directory(&handle, &path).await
    }

    async fn stat_at(
        &mut self,
        handle: Resource<Marker>,
        flags: PathFlags,
        path: String,
    ) -> FsResult<DescriptorStat> {
        self.stat_path(&handle, flags, &path).await
    }

    async fn set_times_at(
        &mut self,
        handle: Resource<Marker>,
        flags: PathFlags,
        path: String,
        accessed: NewTimestamp,
        modified: NewTimestamp,
    ) -> FsResult<()> {
        self.set_times_of_path(&handle, flags, &path, (&accessed, &modified))
            .await
    }

    async fn link_at(
        &mut self,
        handle: Resource<Marker>,
        flags: PathFlags,
        path: String,
        new_handle: Resource<Marker>,
        new_path: String,
    ) -> FsResult<()> {
        self.link((&handle, &path), flags, (&new_handle, &new_path))
            .await
    }

    async fn open_at(
        &mut self,
        handle: Resource<Marker>,
        path_flags: PathFlags,
        path: String,
        open_flags: OpenFlags,
        flags: DescriptorFlags,
    ) -> FsResult<Resource<Marker>> {
        let options = convert::options(open_flags, flags);
        let opened = self
            .open(&handle, convert::follow(path_flags), &path, options)
            .await?;
        self.put(opened).map_err(Failure::Trap)
    }

    async fn readlink_at(&mut self, handle: Resource<Marker>, path: String) -> FsResult<String> {
        self.read_link(&handle, &path).await
    }

    async fn remove_directory_at(
        &mut self,
        handle: Resource<Marker>,
        path: String,
    ) -> FsResult<()> {
        self.remove_directory(&handle, &path).await
    }

    async fn rename_at(
        &mut self,
        handle: Resource<Marker>,
        path: String,
        new_handle: Resource<Marker>,
        new_path: String,
    ) -> FsResult<()> {
        self.rename((&handle, &path), (&new_handle, &new_path))
            .await
    }

    async fn symlink_at(
        &mut self,
        handle: Resource<Marker>,
        target: String,
        path: String,
    ) -> FsResult<()> {
        self.symlink(&handle, &target, &path).await
    }

    async fn unlink_file_at(&mut self, handle: Resource<Marker>, path: String) -> FsResult<()> {
        self.unlink(&handle, &path).await
    }

    async fn metadata_hash_at(
        &mut self,
        handle: Resource<Marker>,
        flags: PathFlags,
        path: String,
    ) -> FsResult<MetadataHashValue> {
        self.hash_path(&handle, flags, &path).await
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
        let file = self.file(handle, FsError::BadDescriptor)?;
        if !file.can_write() {
            return Err(code(FsError::BadDescriptor));
        }
        let stream: DynOutputStream = Box::new(GatedOutput::new(
            self.gate.clone(),
            FileOutput::new(file, position),
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
