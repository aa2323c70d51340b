//! `wasi:cli/exit@0.3`.

use tollgate_engine::Stop;
use tollgate_world::p3::wasi::cli::exit;

use crate::view::View;

impl exit::Host for View<'_> {
    async fn exit(&mut self, status: Result<(), ()>) -> wasmtime::Result<()> {
        Err(Stop::Exit(u8::from(status.is_err())).into())
    }

    async fn exit_with_code(&mut self, code: u8) -> wasmtime::Result<()> {
        Err(Stop::Exit(code).into())
    }
}
