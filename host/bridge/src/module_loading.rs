//! `tollgate:bridge/module-loading`: the modules of the program that a language's runtime runs, as Node finds them.
//!
//! What they are and how one finds another is for whoever knows the language ([`Program`]); that each use is decided,
//! metered and recorded is seen to here, for `tollgate:bridge/program` too.

use std::sync::Arc;

use tollgate_engine::{Outcome, Rate, Stop, Traffic, Verdict, case_of};
use tollgate_policy::{LimitKey, Operation, Permit};
use tollgate_world::tollgate::bridge::module_loading::{self, Failure, Format, Mode, Resolved};

use crate::fixed::MODULE_BATCH;
use crate::program::{Asking, ModuleFormat, NoModule, Program};
use crate::view::View;

impl Outcome for NoModule {
    fn case(&self) -> &'static str {
        self.code
    }
}

impl From<NoModule> for Failure {
    fn from(failure: NoModule) -> Self {
        Self {
            code: failure.code.to_owned(),
            message: failure.message,
        }
    }
}

impl From<ModuleFormat> for Format {
    fn from(format: ModuleFormat) -> Self {
        match format {
            ModuleFormat::Module => Self::Module,
            ModuleFormat::CommonJs => Self::Commonjs,
            ModuleFormat::Json => Self::Json,
        }
    }
}

impl From<Format> for ModuleFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Module => Self::Module,
            Format::Commonjs => Self::CommonJs,
            Format::Json => Self::Json,
        }
    }
}

/// What a run without a program answers.
fn none() -> NoModule {
    NoModule {
        code: "ERR_NO_PROGRAM",
        message: "this run was given no program".to_owned(),
    }
}

fn denied(path: &str) -> NoModule {
    NoModule {
        code: "EACCES",
        message: format!("the policy does not let '{path}' be loaded"),
    }
}

/// What a file whose reader was lost is answered with.
fn lost() -> NoModule {
    NoModule {
        code: "ERR_TOLLGATE_UNREADABLE",
        message: "the host could not read the file".to_owned(),
    }
}

/// What `act` came to, and the bytes that go to the guest.
pub(crate) type Acted<T> = Result<(T, u64), NoModule>;

impl View<'_> {
    /// Decides about `path`, acts with the permit, files the outcome. What takes long is done on a thread that serves no
    /// guests, so that a run's deadline ends it there too.
    pub(crate) async fn of_program<T: Send + 'static>(
        &mut self,
        import: &'static str,
        path: &str,
        slow: bool,
        act: impl FnOnce(&dyn Program, Permit) -> Acted<T> + Send + 'static,
    ) -> Result<Result<T, NoModule>, Stop> {
        let Some(program) = &self.given.program else {
            return Ok(Err(none()));
        };
        let operation = Operation::Program { path };
        let (acted, call) = match self.gate.enter(import, &operation, Rate::High).await? {
            Verdict::Permitted(permit, call) if slow => {
                let program = Arc::clone(program);
                let acted = tokio::task::spawn_blocking(move || act(&*program, permit)).await;
                (acted.unwrap_or_else(|_panicked| Err(lost())), call)
            }
            Verdict::Permitted(permit, call) => (act(&**program, permit), call),
            Verdict::Denied(call) => (Err(denied(path)), call),
        };
        let mut traffic = Traffic::default();
        if let Ok((_, bytes)) = &acted {
            traffic.bytes_in = *bytes;
        }
        call.finish(case_of(&acted), traffic).await?;
        Ok(acted.map(|(value, _)| value))
    }

    async fn resolved(
        &mut self,
        import: &'static str,
        specifier: String,
        folder: String,
        asking: Asking,
    ) -> Result<Result<String, NoModule>, Stop> {
        let from = folder.clone();
        self.of_program(import, &from, false, move |program, permit| {
            Ok((program.resolve(&specifier, &folder, asking, permit)?, 0))
        })
        .await
    }

    pub(crate) async fn loaded(
        &mut self,
        import: &'static str,
        path: &str,
    ) -> Result<Result<String, NoModule>, Stop> {
        // Handed over in one call, so that it is bounded as what a call hands over is.
        let most = self.gate.limits().host_call_bytes;
        let slow = self.is_slow(path);
        let file = path.to_owned();
        self.of_program(import, path, slow, move |program, permit| {
            let text = program.load(&file, most, permit)?;
            let bytes = text.len() as u64;
            Ok((text, bytes))
        })
        .await
    }

    pub(crate) async fn formatted(
        &mut self,
        import: &'static str,
        path: &str,
    ) -> Result<Result<Option<ModuleFormat>, NoModule>, Stop> {
        let most = self.gate.limits().host_call_bytes;
        let file = path.to_owned();
        self.of_program(import, path, false, move |program, permit| {
            Ok((program.format(&file, most, permit), 0))
        })
        .await
    }

    fn is_slow(&self, path: &str) -> bool {
        let program = self.given.program.as_ref();
        program.is_some_and(|program| program.is_slow(path))
    }
}

impl module_loading::Host for View<'_> {
    async fn resolve_module(
        &mut self,
        specifier: String,
        from_dir: String,
        mode: Mode,
    ) -> wasmtime::Result<Result<String, Failure>> {
        let import = "tollgate:bridge/module-loading#resolve-module";
        let asking = match mode {
            Mode::Require => Asking::Require,
            Mode::Import => Asking::Import,
        };
        let resolved = self.resolved(import, specifier, from_dir, asking).await?;
        Ok(resolved.map_err(Failure::from))
    }

    async fn load_file(&mut self, path: String) -> wasmtime::Result<Result<String, Failure>> {
        let import = "tollgate:bridge/module-loading#load-file";
        Ok(self.loaded(import, &path).await?.map_err(Failure::from))
    }

    async fn module_format(&mut self, filename: String) -> wasmtime::Result<Option<Format>> {
        let import = "tollgate:bridge/module-loading#module-format";
        let format = self.formatted(import, &filename).await?;
        Ok(format.ok().flatten().map(Format::from))
    }

    async fn batch_resolve_modules(
        &mut self,
        requests: Vec<(String, String)>,
    ) -> wasmtime::Result<Vec<Option<Resolved>>> {
        let import = "tollgate:bridge/module-loading#batch-resolve-modules";
        if requests.len() > MODULE_BATCH {
            return Err(Stop::Limit(LimitKey::HostCallBytes).into());
        }
        let mut left = self.gate.limits().host_call_bytes;
        let mut answers = Vec::with_capacity(requests.len());
        for (specifier, folder) in requests {
            let resolved = self
                .resolved(import, specifier, folder, Asking::Import)
                .await?;
            let answer = match resolved {
                Ok(path) => self
                    .loaded(import, &path)
                    .await?
                    .ok()
                    .map(|source| Resolved {
                        resolved: path,
                        source,
                    }),
                Err(_) => None,
            };
            let length = answer.as_ref().map_or(0, |answer| answer.source.len());
            left = left
                .checked_sub(length as u64)
                .ok_or(Stop::Limit(LimitKey::HostCallBytes))?;
            answers.push(answer);
        }
        Ok(answers)
    }
}
