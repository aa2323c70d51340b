//! `wasi:random@0.3`.

use tollgate_policy::Random;
use tollgate_world::p3::wasi::random::{insecure, insecure_seed, random};

use crate::view::View;

impl View<'_> {
    /// The functions give at most as many bytes as are asked for, so that too many are cut and not refused.
    async fn some_bytes(
        &mut self,
        import: &'static str,
        source: Random,
        most: u64,
    ) -> wasmtime::Result<Vec<u8>> {
        let length = most.min(self.gate.limits().host_call_bytes);
        self.bytes(import, source, length).await
    }
}

impl random::Host for View<'_> {
    async fn get_random_bytes(&mut self, most: u64) -> wasmtime::Result<Vec<u8>> {
        let import = "wasi:random/random@0.3#get-random-bytes";
        self.some_bytes(import, Random::Secure, most).await
    }

    async fn get_random_u64(&mut self) -> wasmtime::Result<u64> {
        self.word("wasi:random/random@0.3#get-random-u64", Random::Secure)
            .await
    }
}

impl insecure::Host for View<'_> {
    async fn get_insecure_random_bytes(&mut self, most: u64) -> wasmtime::Result<Vec<u8>> {
        let import = "wasi:random/insecure@0.3#get-insecure-random-bytes";
        self.some_bytes(import, Random::Insecure, most).await
    }

    async fn get_insecure_random_u64(&mut self) -> wasmtime::Result<u64> {
        let import = "wasi:random/insecure@0.3#get-insecure-random-u64";
        self.word(import, Random::Insecure).await
    }
}

impl insecure_seed::Host for View<'_> {
    async fn get_insecure_seed(&mut self) -> wasmtime::Result<(u64, u64)> {
        let import = "wasi:random/insecure-seed@0.3#get-insecure-seed";
        Ok((
            self.word(import, Random::Insecure).await?,
            self.word(import, Random::Insecure).await?,
        ))
    }
}
