//! A JavaScript program in the guest's own tree: it has no files but those that the guest itself may read.

use tollgate_bridge::{Begins, Item, ModuleFormat, NoModule, Program, ProgramEntry, Quest, Search};
use tollgate_engine::code::CodeRun;
use tollgate_modules::{FileError, Settings};
use tollgate_policy::Permit;

use crate::coded::Coded;
use crate::javascript::{JavaScript, detected, is_typescript, of_elsewhere, settings};
use crate::program::Loaded;
use crate::rooted::refusal;
use crate::search::Searching;

/// What a text that lies in no file is called.
const EVAL: &str = "[eval]";

/// A program in JavaScript whose files all lie in the guest's tree, as a VM's do. What it loads is what the guest reads: each
/// file is decided as `fs.read`, what is looked for as `fs.stat`, under the path that it leads to, and no grant of
/// `program` is asked for. It is no part of any digest, for the guest may change it while it runs.
pub struct JavaScriptInTree {
    begins: Begins,
    settings: Settings,
    coded: Coded,
}

impl std::fmt::Debug for JavaScriptInTree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JavaScriptInTree")
            .field("entry", &self.entry())
            .finish_non_exhaustive()
    }
}

impl JavaScript {
    /// The program that begins with the file at `entry`, an absolute path in the guest's tree; it may lack its extension or
    /// be a folder. If there is none the run fails as a program of Node's does, with `MODULE_NOT_FOUND` on standard error and
    /// exit code 1.
    #[must_use]
    pub fn in_tree(entry: &str) -> JavaScriptInTree {
        JavaScriptInTree::new(Begins::File(entry.to_owned()))
    }

    /// The program that is this text, as `-e` gives it: it lies in no file, and imports from the folder `cwd` of the guest's
    /// tree. It is an ES module if it has what only such a one can have, and CommonJS otherwise.
    #[must_use]
    pub fn text_in_tree(cwd: &str, source: impl Into<String>) -> JavaScriptInTree {
        let source = source.into();
        JavaScriptInTree::new(Begins::Text(ProgramEntry {
            path: format!("{}/{EVAL}", cwd.trim_end_matches('/')),
            format: detected(source.as_bytes()),
            source,
        }))
    }
}

impl JavaScriptInTree {
    fn new(begins: Begins) -> Self {
        Self {
            begins,
            settings: settings("/"),
            coded: Coded::default(),
        }
    }

    /// Has what its texts compile to taken from what `run` keeps, and kept there, as [`JavaScript::keep_code`].
    pub fn keep_code(&self, run: CodeRun) {
        if matches!(self.begins, Begins::File(_)) {
            self.coded.keep(run);
        }
    }

    /// What keeps its code.
    #[must_use]
    pub fn code_run(&self) -> Option<&CodeRun> {
        self.coded.run()
    }
}

impl Program for JavaScriptInTree {
    fn entry(&self) -> &str {
        match &self.begins {
            Begins::File(path) => path,
            Begins::Text(entry) => &entry.path,
        }
    }

    fn digest(&self) -> [u8; 32] {
        Loaded::new().digest()
    }

    fn in_tree(&self) -> Option<&Begins> {
        Some(&self.begins)
    }

    fn code(&self, path: &str, name: String, format: ModuleFormat, most: u64) -> Option<Vec<u8>> {
        self.coded.code(path, name, format, most)
    }

    fn may_hold(&self, _path: &str) -> bool {
        false
    }

    fn search(&self, quest: Quest<'_>) -> Option<Box<dyn Search>> {
        Some(Box::new(Searching::new(quest, self.settings.clone())))
    }

    fn detect(&self, bytes: &[u8]) -> ModuleFormat {
        detected(bytes)
    }

    fn readable(
        &self,
        path: &str,
        bytes: Vec<u8>,
        format: Option<ModuleFormat>,
    ) -> Result<String, NoModule> {
        let text = of_elsewhere(path, bytes, format)?;
        self.coded.hand_over(path, &text);
        Ok(text)
    }

    fn is_slow(&self, path: &str) -> bool {
        is_typescript(path)
    }

    fn read(&self, path: &str, _most: u64, _permit: Permit) -> Result<Vec<u8>, NoModule> {
        Err(refusal(path, &FileError::Missing))
    }

    fn list(&self, path: &str, _permit: Permit) -> Result<Vec<Item>, NoModule> {
        Err(refusal(path, &FileError::Missing))
    }
}
