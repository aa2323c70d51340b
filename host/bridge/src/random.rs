//! `wasi:random`.

use tollgate_capability::entropy::{self, EntropyError};
use tollgate_engine::{Outcome, Rate, Stop, Traffic};
use tollgate_policy::{LimitKey, Operation, Permit, Random};
use tollgate_world::wasi::random::{insecure, insecure_seed, random};

use crate::outcome::Inexpressible;
use crate::view::View;

#[derive(Debug, thiserror::Error)]
enum RandomFailure {
    #[error(transparent)]
    Denied(#[from] Inexpressible),
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl Outcome for RandomFailure {
    fn case(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.case(),
            Self::Entropy(_) => "trap",
        }
    }
}

impl View<'_> {
    async fn random<T>(
        &mut self,
        import: &'static str,
        source: Random,
        draw: impl FnOnce(Permit, &mut Traffic) -> Result<T, EntropyError>,
    ) -> wasmtime::Result<T> {
        let operation = Operation::Random { source };
        let denied = RandomFailure::Denied(Inexpressible {
            operation: operation.name(),
        });
        let result = self
            .gate
            .through(import, &operation, Rate::High, denied, |permit, traffic| {
                Ok(draw(permit, traffic)?)
            })
            .await?;
        Ok(result?)
    }

    /// The function has to give as many bytes as are asked for, so too many end the guest.
    pub(crate) async fn bytes(
        &mut self,
        import: &'static str,
        source: Random,
        length: u64,
    ) -> wasmtime::Result<Vec<u8>> {
        if length > self.gate.limits().host_call_bytes {
            return Err(Stop::Limit(LimitKey::HostCallBytes).into());
        }
        let length = usize::try_from(length)?;
        self.random(import, source, |permit, traffic| {
            let mut bytes = vec![0; length];
            entropy::fill(&mut bytes, permit)?;
            traffic.bytes_in = length as u64;
            Ok(bytes)
        })
        .await
    }

    pub(crate) async fn word(
        &mut self,
        import: &'static str,
        source: Random,
    ) -> wasmtime::Result<u64> {
        self.random(import, source, |permit, traffic| {
            traffic.bytes_in = 8;
            entropy::word(permit)
        })
        .await
    }
}

impl random::Host for View<'_> {
    async fn get_random_bytes(&mut self, length: u64) -> wasmtime::Result<Vec<u8>> {
        self.bytes(
            "wasi:random/random#get-random-bytes",
            Random::Secure,
            length,
        )
        .await
    }

    async fn get_random_u64(&mut self) -> wasmtime::Result<u64> {
        self.word("wasi:random/random#get-random-u64", Random::Secure)
            .await
    }
}

impl insecure::Host for View<'_> {
    async fn get_insecure_random_bytes(&mut self, length: u64) -> wasmtime::Result<Vec<u8>> {
        self.bytes(
            "wasi:random/insecure#get-insecure-random-bytes",
            Random::Insecure,
            length,
        )
        .await
    }

    async fn get_insecure_random_u64(&mut self) -> wasmtime::Result<u64> {
        self.word(
            "wasi:random/insecure#get-insecure-random-u64",
            Random::Insecure,
        )
        .await
    }
}

impl insecure_seed::Host for View<'_> {
    async fn insecure_seed(&mut self) -> wasmtime::Result<(u64, u64)> {
        let import = "wasi:random/insecure-seed#insecure-seed";
        Ok((
            self.word(import, Random::Insecure).await?,
            self.word(import, Random::Insecure).await?,
        ))
    }
}
