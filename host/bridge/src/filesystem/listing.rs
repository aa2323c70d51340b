//! `directory-entry-stream`: a listing, one gated entry at a time.

use tollgate_engine::Rate;
use tollgate_policy::FsVerb;
use tollgate_vfs::ReadDir;
use tollgate_world::FilesystemFailure;
use tollgate_world::wasi::filesystem::types::{
    DirectoryEntry, DirectoryEntryStream, HostDirectoryEntryStream,
};
use wasmtime::component::Resource;

use super::convert;
use super::pass::{Ask, pass};
use crate::view::{View, ours};

/// A listing and the path that it is decided on.
pub(super) struct Listing {
    pub(super) entries: ReadDir,
    pub(super) path: String,
}

impl HostDirectoryEntryStream for View<'_> {
    async fn read_directory_entry(
        &mut self,
        stream: Resource<DirectoryEntryStream>,
    ) -> Result<Option<DirectoryEntry>, FilesystemFailure> {
        let Listing { entries, path } = self
            .table
            .get_mut(&ours(&stream))
            .map_err(FilesystemFailure::trap)?;
        let ask = Ask {
            import: "wasi:filesystem/types#[method]directory-entry-stream.read-directory-entry",
            verb: FsVerb::Readdir,
            path,
            read_only: false,
            rate: Rate::High,
        };
        pass(self.gate, ask, |permit, traffic| {
            drop(permit);
            let entry = entries.next_entry()?;
            traffic.bytes_in = entry.as_ref().map_or(0, |entry| entry.name.len() as u64);
            Ok(entry.map(|entry| DirectoryEntry {
                type_: convert::kind(entry.kind),
                name: entry.name,
            }))
        })
        .await
    }

    async fn drop(&mut self, stream: Resource<DirectoryEntryStream>) -> wasmtime::Result<()> {
        self.take::<_, Listing>(&stream).map(drop)
    }
}
