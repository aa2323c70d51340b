//! `open-at`: one permit for each right that the new descriptor has.

use tollgate_engine::Rate;
use tollgate_policy::FsVerb;
use tollgate_vfs::{Follow, OpenOptions, Opened, Permits};
use tollgate_world::FilesystemFailure;
use tollgate_world::wasi::filesystem::types::Descriptor as Marker;
use wasmtime::component::Resource;

use super::Descriptor;
use super::pass::{Ask, pass_all, resolve};
use crate::view::View;

const IMPORT: &str = "wasi:filesystem/types#[method]descriptor.open-at";

impl View<'_> {
    pub(super) async fn open(
        &mut self,
        handle: &Resource<Marker>,
        follow: Follow,
        path: &str,
        options: OpenOptions,
    ) -> Result<Descriptor, FilesystemFailure> {
        let dir = self.dir(handle)?;
        let first = options.verbs().next().unwrap_or(FsVerb::Stat);
        let target = resolve(
            self.gate,
            &dir,
            (IMPORT, first),
            path,
            options.follow(follow),
        )
        .await?;
        let (asked, read_only) = (target.path().to_owned(), target.read_only());
        let ask = |verb| Ask {
            import: IMPORT,
            verb,
            path: &asked,
            read_only,
            rate: Rate::Single,
        };
        let asks: Vec<Ask<'_>> = options.verbs().map(ask).collect();
        let open = |permits: Vec<_>| target.open(options, permits.into_iter().collect::<Permits>());
        Ok(match pass_all(self.gate, &asks, open).await? {
            Opened::File(file) => Descriptor::File(file),
            Opened::Dir(dir) => Descriptor::Dir(dir),
        })
    }
}
