//! `directory-entry-stream`: a listing, one gated entry at a time.

use tollgate_engine::{Gate, Rate};
use tollgate_policy::FsVerb;
use tollgate_vfs::{DirEntry, DirHandle, ReadDir};
use tollgate_world::FilesystemFailure;
use tollgate_world::wasi::filesystem::types::{
    DirectoryEntry, DirectoryEntryStream, HostDirectoryEntryStream,
};
use wasmtime::component::Resource;

use super::convert;
use super::pass::{Ask, Undone, pass};
use crate::view::{View, ours};

/// A listing and the path that it is decided on.
pub(crate) struct Listing {
    entries: ReadDir,
    path: String,
}

impl Listing {
    pub(crate) async fn open(
        gate: &Gate,
        import: &'static str,
        dir: &DirHandle,
    ) -> Result<Self, Undone> {
        let ask = Ask {
            import,
            verb: FsVerb::Readdir,
            path: dir.path(),
            read_only: dir.read_only(),
            rate: Rate::Single,
        };
        let entries = pass(gate, ask, |permit, _| dir.read_dir(permit)).await?;
        Ok(Self {
            entries,
            path: dir.path().to_owned(),
        })
    }

    /// The next entry, or none at the end. It is handed to `keep` before the wait for its record, so that a caller whose
    /// wait is dropped has it all the same.
    pub(crate) async fn next(
        &mut self,
        gate: &Gate,
        import: &'static str,
        keep: impl FnOnce(Option<DirEntry>),
    ) -> Result<(), Undone> {
        let Self { entries, path } = self;
        let ask = Ask {
            import,
            verb: FsVerb::Readdir,
            path,
            read_only: false,
            rate: Rate::High,
        };
        pass(gate, ask, |permit, traffic| {
            drop(permit);
            let entry = entries.next_entry()?;
            traffic.bytes_in = entry.as_ref().map_or(0, |entry| entry.name.len() as u64);
            keep(entry);
            Ok(())
        })
        .await
    }
}

impl HostDirectoryEntryStream for View<'_> {
    async fn read_directory_entry(
        &mut self,
        stream: Resource<DirectoryEntryStream>,
    ) -> Result<Option<DirectoryEntry>, FilesystemFailure> {
        let listing: &mut Listing = self
            .table
            .get_mut(&ours(&stream))
            .map_err(FilesystemFailure::trap)?;
        let import = "wasi:filesystem/types#[method]directory-entry-stream.read-directory-entry";
        let mut found = None;
        listing
            .next(self.gate, import, |entry| found = entry)
            .await?;
        Ok(found.map(|entry| DirectoryEntry {
            type_: convert::kind(entry.kind),
            name: entry.name,
        }))
    }

    async fn drop(&mut self, stream: Resource<DirectoryEntryStream>) -> wasmtime::Result<()> {
        self.take::<_, Listing>(&stream).map(drop)
    }
}
