//! `wasi:filesystem/preopens`: one descriptor per mount, under exactly the name that the operator gave.

use tollgate_world::wasi::filesystem::preopens;
use tollgate_world::wasi::filesystem::types::Descriptor as Marker;
use wasmtime::component::Resource;

use super::Descriptor;
use crate::view::View;

impl preopens::Host for View<'_> {
    async fn get_directories(&mut self) -> wasmtime::Result<Vec<(Resource<Marker>, String)>> {
        let preopens = self.given.preopens();
        preopens
            .into_iter()
            .map(|(name, dir)| Ok((self.put(Descriptor::Dir(dir))?, name)))
            .collect()
    }
}
