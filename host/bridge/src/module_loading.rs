//! `tollgate:bridge/program` and `module-loading`: the files of the program that a language's runtime runs.
//!
//! What they are and how one finds another is for whoever knows the language ([`Program`]); that each use is decided,
//! metered and recorded is seen to here.

use tollgate_engine::{Outcome, Rate, Stop, Traffic};
use tollgate_policy::{LimitKey, Operation, Permit};
use tollgate_world::tollgate::bridge::module_loading::{
    self, Failure, Format, Mode, Position, Resolved,
};
use tollgate_world::tollgate::bridge::program::{self, Entry};

use crate::program::{Asking, ModuleFormat, NoModule, Program};
use crate::view::View;

/// The most pairs of one call of `batch-resolve-modules`.
const MOST_REQUESTS: usize = 4096;

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

impl View<'_> {
    async fn of_program<T>(
        &mut self,
        import: &'static str,
        path: &str,
        act: impl FnOnce(&dyn Program, Permit, &mut Traffic) -> Result<T, NoModule>,
    ) -> Result<Result<T, NoModule>, Stop> {
        let Some(program) = &self.given.program else {
            return Ok(Err(none()));
        };
        let operation = Operation::Program { path };
        self.gate
            .through(
                import,
                &operation,
                Rate::High,
                denied(path),
                |permit, traffic| act(&**program, permit, traffic),
            )
            .await
    }

    async fn resolved(
        &mut self,
        import: &'static str,
        specifier: &str,
        folder: &str,
        asking: Asking,
    ) -> Result<Result<String, NoModule>, Stop> {
        self.of_program(import, folder, |program, permit, _| {
            program.resolve(specifier, folder, asking, permit)
        })
        .await
    }

    async fn loaded(
        &mut self,
        import: &'static str,
        path: &str,
    ) -> Result<Result<String, NoModule>, Stop> {
        // Handed over in one call, so that it is bounded as what a call hands over is.
        let most = self.gate.limits().host_call_bytes;
        self.of_program(import, path, |program, permit, traffic| {
            let text = program.load(path, most, permit)?;
            traffic.bytes_in = text.len() as u64;
            Ok(text)
        })
        .await
    }
}

impl program::Host for View<'_> {
    async fn start(&mut self) -> wasmtime::Result<Result<Entry, Failure>> {
        let import = "tollgate:bridge/program#start";
        let entry = self
            .of_program(import, "/", |program, permit, traffic| {
                let entry = program.start(permit)?;
                traffic.bytes_in = entry.source.len() as u64;
                Ok(entry)
            })
            .await?;
        Ok(entry.map_err(Failure::from).map(|entry| Entry {
            path: entry.path,
            format: entry.format.into(),
            source: entry.source,
        }))
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
        let resolved = self.resolved(import, &specifier, &from_dir, asking).await?;
        Ok(resolved.map_err(Failure::from))
    }

    async fn load_file(&mut self, path: String) -> wasmtime::Result<Result<String, Failure>> {
        let import = "tollgate:bridge/module-loading#load-file";
        Ok(self.loaded(import, &path).await?.map_err(Failure::from))
    }

    async fn module_format(&mut self, filename: String) -> wasmtime::Result<Option<Format>> {
        let import = "tollgate:bridge/module-loading#module-format";
        let format = self
            .of_program(import, &filename, |program, permit, _| {
                Ok(program.format(&filename, permit))
            })
            .await?;
        Ok(format.ok().flatten().map(Format::from))
    }

    async fn batch_resolve_modules(
        &mut self,
        requests: Vec<(String, String)>,
    ) -> wasmtime::Result<Vec<Option<Resolved>>> {
        let import = "tollgate:bridge/module-loading#batch-resolve-modules";
        if requests.len() > MOST_REQUESTS {
            return Err(Stop::Limit(LimitKey::HostCallBytes).into());
        }
        let mut left = self.gate.limits().host_call_bytes;
        let mut answers = Vec::with_capacity(requests.len());
        for (specifier, folder) in requests {
            let resolved = self
                .resolved(import, &specifier, &folder, Asking::Import)
                .await?;
            let answer = match resolved {
                Ok(path) => match self.loaded(import, &path).await? {
                    Ok(source) => Some(Resolved {
                        resolved: path,
                        source,
                    }),
                    Err(_) => None,
                },
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

    async fn original_position(
        &mut self,
        path: String,
        line: u32,
        column: u32,
    ) -> wasmtime::Result<Option<Position>> {
        let import = "tollgate:bridge/module-loading#original-position";
        let origin = self
            .of_program(import, &path, |program, permit, _| {
                Ok(program.origin(&path, line, column, permit))
            })
            .await?;
        Ok(origin.ok().flatten().map(|origin| Position {
            path: origin.path,
            line: origin.line,
            column: origin.column,
            text: origin.text,
        }))
    }
}
