//! `tollgate:bridge/program`: where the program begins, and its files as they are.

use tollgate_engine::{Place, Stop};
use tollgate_world::tollgate::bridge::module_loading::{Failure, Format};
use tollgate_world::tollgate::bridge::program::{self, Entry, Found as Has, Item as Lies};

use crate::beyond::not_loaded;
use crate::fixed::ITEM_BYTES;
use crate::module_loading::nowhere;
use crate::program::{
    Begins, Found, Item, ModuleFormat, NoModule, Outset, ProgramEntry, Quest, Sourced, Unread,
};
use crate::view::View;

impl From<Found> for Has {
    fn from(found: Found) -> Self {
        match found {
            Found::File(path) => Self::File(path),
            Found::Package(path) => Self::Package(path),
            Found::Portion(path) => Self::Portion(path),
        }
    }
}

impl From<Item> for Lies {
    fn from(item: Item) -> Self {
        Self {
            name: item.name,
            folder: item.folder,
        }
    }
}

impl View<'_> {
    /// The path that the operator gave for the beginning.
    fn given_entry(&self) -> String {
        let program = self.given.program.as_ref();
        program.map_or_else(String::new, |program| program.entry().to_owned())
    }

    /// The beginning: found under the path that the operator gave, and read under its own.
    async fn begun(&mut self) -> Result<Result<ProgramEntry, NoModule>, Stop> {
        const IMPORT: &str = "tollgate:bridge/program#start";
        let found = self.beginning(IMPORT).await?;
        let path = match found {
            Ok(Begins::File(path)) => path,
            Ok(Begins::Text(entry)) => return Ok(Ok(entry)),
            Err(error) => return Ok(Err(error)),
        };
        let source = match self.loaded(IMPORT, &path).await? {
            Ok(source) => source,
            Err(error) => return Ok(Err(error)),
        };
        let format = match self.formatted(IMPORT, &path).await? {
            Ok(format) => format.unwrap_or(ModuleFormat::CommonJs),
            Err(error) => return Ok(Err(error)),
        };
        Ok(Ok(ProgramEntry {
            path,
            format,
            source,
        }))
    }

    async fn beginning(&mut self, import: &'static str) -> Result<Result<Begins, NoModule>, Stop> {
        let program = self.given.program.as_ref();
        let path = match program.and_then(|program| program.in_tree()) {
            Some(Begins::Text(entry)) => return Ok(Ok(Begins::Text(entry.clone()))),
            Some(Begins::File(path)) => path,
            None => {
                let given = self.given_entry();
                return self
                    .of_program(import, &given, false, |program, permit| {
                        Ok((program.start(permit)?, 0))
                    })
                    .await;
            }
        };
        let found = self.resolved_beyond(import, Quest::Entry { path }).await?;
        let found = found.unwrap_or_else(|| Err(nowhere(path)));
        Ok(found.map(Begins::File))
    }

    async fn read(
        &mut self,
        import: &'static str,
        path: &str,
    ) -> Result<Result<Vec<u8>, NoModule>, Stop> {
        // Handed over in one call, so that it is bounded as what a call hands over is.
        let most = self.gate.limits().host_call_bytes;
        let program = self.given.program.as_ref();
        if program.is_some_and(|program| program.in_tree().is_some()) {
            let read = match self.granted(import) {
                Some(granted) => granted.read(path, most).await?,
                None => Err(Unread::Missing),
            };
            return Ok(read.map_err(|error| not_loaded(path, error)));
        }
        let file = path.to_owned();
        self.of_program(import, path, false, move |program, permit| {
            let bytes = program.read(&file, most, permit)?;
            let length = bytes.len() as u64;
            Ok((bytes, length))
        })
        .await
    }

    async fn outset(&mut self) -> Result<Result<program::Outset, NoModule>, Stop> {
        const IMPORT: &str = "tollgate:bridge/program#begin";
        let given = self.given_entry();
        let found = self
            .of_program(IMPORT, &given, false, |program, permit| {
                Ok((program.outset(permit)?, 0))
            })
            .await?;
        let Outset {
            source,
            root,
            search,
        } = match found {
            Ok(outset) => outset,
            Err(error) => return Ok(Err(error)),
        };
        let (path, source) = match source {
            Sourced::File(path) => match self.read(IMPORT, &path).await? {
                Ok(bytes) => (Some(path), Some(bytes)),
                Err(error) => return Ok(Err(error)),
            },
            Sourced::Text(text) => (None, Some(text.into_bytes())),
            Sourced::Input => (None, None),
        };
        Ok(Ok(program::Outset {
            path,
            source,
            root,
            search,
        }))
    }
}

impl program::Host for View<'_> {
    async fn start(&mut self) -> wasmtime::Result<Result<Entry, Failure>> {
        let entry = self.begun().await?;
        Ok(entry.map_err(Failure::from).map(|entry| Entry {
            path: entry.path,
            format: entry.format.into(),
            source: entry.source,
        }))
    }

    async fn begin(&mut self) -> wasmtime::Result<Result<program::Outset, Failure>> {
        Ok(self.outset().await?.map_err(Failure::from))
    }

    async fn find_module(
        &mut self,
        name: String,
        folder: String,
    ) -> wasmtime::Result<Result<Option<Has>, Failure>> {
        let import = "tollgate:bridge/program#find-module";
        let from = folder.clone();
        let found = self
            .of_program(import, &from, false, move |program, permit| {
                Ok((program.find(&name, &folder, permit)?, 0))
            })
            .await?;
        Ok(found
            .map(|found| found.map(Has::from))
            .map_err(Failure::from))
    }

    async fn read_file(&mut self, path: String) -> wasmtime::Result<Result<Vec<u8>, Failure>> {
        let import = "tollgate:bridge/program#read-file";
        Ok(self.read(import, &path).await?.map_err(Failure::from))
    }

    async fn code(
        &mut self,
        path: String,
        name: String,
        format: Format,
    ) -> wasmtime::Result<Option<Vec<u8>>> {
        let most = self.gate.limits().host_call_bytes;
        let program = self.given.program.as_ref();
        Ok(program.and_then(|program| program.code(&path, name, format.into(), most)))
    }

    async fn failed(&mut self, file: String, line: u32, column: u32) -> wasmtime::Result<()> {
        // Once, so that a run that fails for ever does not fill the log.
        if !std::mem::replace(&mut self.learnt.has_failed, true) {
            let place = Place::new(&file, line, column).to_string();
            self.gate.note("run.failed", &place, "ok").await?;
        }
        Ok(())
    }

    async fn at(&mut self, file: String, line: u32, column: u32) -> wasmtime::Result<bool> {
        self.gate.seen_at(Place::new(&file, line, column));
        Ok(self.gate.is_near_a_limit())
    }

    async fn list_folder(&mut self, path: String) -> wasmtime::Result<Result<Vec<Lies>, Failure>> {
        let import = "tollgate:bridge/program#list-folder";
        let most = self.gate.limits().host_call_bytes;
        let folder = path.clone();
        let listed = self
            .of_program(import, &path, false, move |program, permit| {
                let items = program.list(&folder, permit)?;
                let cost = |item: &Item| item.name.len() as u64 + ITEM_BYTES;
                let bytes = items.iter().map(cost).fold(0, u64::saturating_add);
                if bytes > most {
                    return Err(too_much(&folder));
                }
                Ok((items, bytes))
            })
            .await?;
        Ok(listed
            .map(|items| items.into_iter().map(Lies::from).collect())
            .map_err(Failure::from))
    }
}

fn too_much(folder: &str) -> NoModule {
    NoModule {
        code: "ERR_TOLLGATE_PROGRAM_LIMIT",
        message: format!("'{folder}' holds more than one call hands over"),
    }
}
