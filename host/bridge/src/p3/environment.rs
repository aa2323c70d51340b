//! `wasi:cli/environment@0.3`.

use tollgate_world::p3::wasi::cli::environment;

use crate::view::View;

impl environment::Host for View<'_> {
    async fn get_environment(&mut self) -> wasmtime::Result<Vec<(String, String)>> {
        self.environment("wasi:cli/environment@0.3#get-environment")
            .await
    }

    async fn get_arguments(&mut self) -> wasmtime::Result<Vec<String>> {
        Ok(self.given.arguments.clone())
    }

    async fn get_initial_cwd(&mut self) -> wasmtime::Result<Option<String>> {
        Ok(Some(self.given.cwd.to_string()))
    }
}
