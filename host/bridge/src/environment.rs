//! `wasi:cli/environment`.

use tollgate_engine::{Rate, Traffic, Verdict};
use tollgate_policy::{EnvVerb, Operation};
use tollgate_world::wasi::cli::environment;

use crate::view::View;

impl View<'_> {
    /// Each variable is decided by itself, so that the log says which were seen. A denied one is absent.
    pub(crate) async fn environment(
        &mut self,
        import: &'static str,
    ) -> wasmtime::Result<Vec<(String, String)>> {
        let mut shown = Vec::new();
        for (name, value) in &self.given.environment {
            let operation = Operation::Env {
                verb: EnvVerb::Read,
                name,
            };
            match self.gate.enter(import, &operation, Rate::High).await? {
                Verdict::Permitted(permit, call) => {
                    drop(permit);
                    shown.push((name.clone(), value.clone()));
                    call.finish(
                        "ok",
                        Traffic {
                            bytes_in: value.len() as u64,
                            bytes_out: 0,
                        },
                    )
                    .await?;
                }
                Verdict::Denied(call) => call.finish("absent", Traffic::default()).await?,
            }
        }
        Ok(shown)
    }
}

impl environment::Host for View<'_> {
    async fn get_environment(&mut self) -> wasmtime::Result<Vec<(String, String)>> {
        self.environment("wasi:cli/environment#get-environment")
            .await
    }

    async fn get_arguments(&mut self) -> wasmtime::Result<Vec<String>> {
        Ok(self.given.arguments.clone())
    }

    async fn initial_cwd(&mut self) -> wasmtime::Result<Option<String>> {
        Ok(Some(self.given.cwd.to_string()))
    }
}
