//! The code of a program's texts: which text was handed over last, and what keeps what it compiles to.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use tollgate_bridge::ModuleFormat;
use tollgate_engine::code::{Asked, CodeRun, Form, Text};

/// Where one program has its code from, if anything keeps it.
#[derive(Default)]
pub(crate) struct Coded {
    run: OnceLock<CodeRun>,
    handed_over: Mutex<Option<HandedOver>>,
}

/// The text that was handed over last, until its code is asked for.
struct HandedOver {
    path: String,
    text: Text,
}

impl Coded {
    /// Has code taken from what `run` keeps, and kept there. Only the first counts.
    pub(crate) fn keep(&self, run: CodeRun) {
        let _the_first_counts = self.run.set(run);
    }

    pub(crate) fn run(&self) -> Option<&CodeRun> {
        self.run.get()
    }

    fn last(&self) -> MutexGuard<'_, Option<HandedOver>> {
        // Only ever replaced.
        self.handed_over
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps in mind what goes to the engine. The first text of all is the entry's.
    pub(crate) fn hand_over(&self, path: &str, text: &str) {
        if let Some(run) = self.run.get() {
            let text = Text::new(text);
            run.begins_with(path, &text);
            let path = path.to_owned();
            *self.last() = Some(HandedOver { path, text });
        }
    }

    /// [`tollgate_bridge::Program::code`].
    pub(crate) fn code(
        &self,
        path: &str,
        name: String,
        format: ModuleFormat,
        most: u64,
    ) -> Option<Vec<u8>> {
        let run = self.run.get()?;
        let last = self.last().take_if(|last| last.path == path)?;
        let form = match format {
            ModuleFormat::Module => Form::Module,
            ModuleFormat::CommonJs => Form::CommonJs,
            ModuleFormat::Json => return None,
        };
        let text = last.text;
        run.code(Asked { form, name, text }, most)
    }
}
