//! `wasi:filesystem/preopens@0.3`: one descriptor per mount, under exactly the name that the operator gave.

use tollgate_world::p3::wasi::filesystem::preopens;
use tollgate_world::p3::wasi::filesystem::types::Descriptor as Marker;
use wasmtime::component::Resource;

use crate::filesystem::Descriptor;
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
