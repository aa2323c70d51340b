//! `tollgate:bridge/module-loading`: the modules of the program that a language's runtime runs, as Node finds them.
//!
//! What they are and how one finds another is for whoever knows the language ([`Program`]); that each use is decided,
//! metered and recorded is seen to here, for `tollgate:bridge/program` too. What the program's own files do not have is
//! looked for in the folders that were granted to the guest ([`crate::beyond`]).

use std::sync::Arc;

use tollgate_engine::{Outcome, Rate, Stop, Traffic, Verdict, case_of};
use tollgate_policy::{LimitKey, Operation, Permit};
use tollgate_world::tollgate::bridge::module_loading::{self, Failure, Format, Mode, Resolved};

use crate::fixed::MODULE_BATCH;
use crate::program::{Asking, ModuleFormat, NoModule, Program, Quest};
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

/// The code for what no file is found for, of an `import`.
pub(crate) const NOT_FOUND: &str = "ERR_MODULE_NOT_FOUND";

/// Whether nothing was found, and not something that is wrong.
fn is_not_found(failure: &NoModule) -> bool {
    [NOT_FOUND, "MODULE_NOT_FOUND"].contains(&failure.code)
}

/// What a run without a program answers.
fn none() -> NoModule {
    NoModule {
        code: "ERR_NO_PROGRAM",
        message: "this run was given no program".to_owned(),
    }
}

/// What a program without files of its own has of them.
pub(crate) fn nowhere(path: &str) -> NoModule {
    NoModule {
        code: NOT_FOUND,
        message: format!("Cannot find module '{path}'"),
    }
}

fn denied(path: &str) -> NoModule {
    NoModule {
        code: "EACCES",
        message: format!("the policy does not let '{path}' be loaded"),
    }
}

/// What a file whose reader was lost is answered with.
pub(crate) fn lost() -> NoModule {
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
        if program.in_tree().is_some() {
            return Ok(Err(nowhere(path)));
        }
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
        let (wanted, from) = (specifier.clone(), folder.clone());
        let own = self
            .of_program(import, &folder, false, move |program, permit| {
                Ok((program.resolve(&wanted, &from, asking, permit)?, 0))
            })
            .await?;
        let failure = match own {
            Ok(path) => return Ok(Ok(path)),
            Err(failure) => failure,
        };
        let quest = Quest::Specifier {
            specifier: &specifier,
            folder: &folder,
            asking,
        };
        Ok(match self.resolved_beyond(import, quest).await? {
            Some(Ok(path)) => Ok(path),
            // What is wrong among the program's own files is what it should hear of.
            Some(Err(other)) if is_not_found(&failure) || failure.code == other.code => Err(other),
            Some(Err(_)) | None => Err(failure),
        })
    }

    pub(crate) async fn loaded(
        &mut self,
        import: &'static str,
        path: &str,
    ) -> Result<Result<String, NoModule>, Stop> {
        // Handed over in one call, so that it is bounded as what a call hands over is.
        let most = self.gate.limits().host_call_bytes;
        let mut failure = None;
        if self.may_be_of_program(path) {
            let slow = self.is_slow(path);
            let file = path.to_owned();
            let own = self
                .of_program(import, path, slow, move |program, permit| {
                    let text = program.load(&file, most, permit)?;
                    let bytes = text.len() as u64;
                    Ok((text, bytes))
                })
                .await?;
            match own {
                // A rule that keeps a part of the program from being loaded is not gone around by reading it.
                Err(missing) if is_not_found(&missing) => failure = Some(missing),
                own => return Ok(own),
            }
        }
        let beyond = self.loaded_beyond(import, path, most).await?;
        Ok(beyond.map_err(|other| match failure {
            Some(failure) if is_not_found(&other) => failure,
            Some(_) | None => other,
        }))
    }

    pub(crate) async fn formatted(
        &mut self,
        import: &'static str,
        path: &str,
    ) -> Result<Result<Option<ModuleFormat>, NoModule>, Stop> {
        let most = self.gate.limits().host_call_bytes;
        if self.may_be_of_program(path) {
            let file = path.to_owned();
            let own = self
                .of_program(import, path, false, move |program, permit| {
                    Ok((program.format(&file, most, permit), 0))
                })
                .await?;
            match own {
                Ok(None) => {}
                own => return Ok(own),
            }
        }
        Ok(Ok(self.formatted_beyond(import, path, most).await?))
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
