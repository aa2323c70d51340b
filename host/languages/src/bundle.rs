//! A program as one whole: every file that its entry leads to, and where each specifier in them leads. What a build puts
//! into a component, so that no host need be asked for it.

use std::collections::{BTreeMap, BTreeSet};

use tollgate_bridge::{Asking, ModuleFormat, NoModule, Program as _};
use tollgate_policy::Permit;

use crate::bounds::{LONGEST_BUNDLED, LONGEST_PACKAGE_FILE, MOST_BUNDLED, MOST_FILES};
use crate::found::in_full;
use crate::javascript::JavaScript;
use crate::typescript::{Specifier, specifiers};
use tollgate_modules::path::resolve;
use tollgate_modules::{Module, Resolved};

/// A file of a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundledFile {
    /// How it is read; none for a package.json that only describes a package.
    pub format: Option<ModuleFormat>,
    /// Its text, without types.
    pub source: String,
}

/// Who asks, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Require,
    Import,
}

/// Where a specifier leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The folder from which it is seen, by its path in the guest.
    pub folder: String,
    /// What asks.
    pub asking: Asking,
    /// What is asked for.
    pub specifier: String,
    /// A path, or the name of a built-in module with `node:` before it, or `tollgate:` where it is one of ours.
    pub target: String,
}

/// What was not found, or not looked at: the program runs until it asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The file that asks.
    pub from: String,
    /// What it asks for, and why there is no such thing.
    pub reason: String,
}

/// All files of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// The path of the file that begins.
    pub entry: String,
    /// By path.
    pub files: BTreeMap<String, BundledFile>,
    /// In the order of their folders.
    pub links: Vec<Link>,
    /// What a person should hear of.
    pub missing: Vec<Missing>,
}

/// Who is asked about each file before it is read, by its own path, and told what came of it.
pub trait Reads {
    /// The permit to read the file; none where it may not be read.
    fn enter(&mut self, path: &str) -> Option<Permit>;

    /// What came of the file that was permitted last: `ok`, or the code of an error, and the bytes of its text.
    fn leave(&mut self, outcome: &'static str, bytes: u64);
}

/// Where nobody wants to know what came of it.
impl<F: FnMut(&str) -> Option<Permit>> Reads for F {
    fn enter(&mut self, path: &str) -> Option<Permit> {
        self(path)
    }

    fn leave(&mut self, _outcome: &'static str, _bytes: u64) {}
}

/// Tells what came of a file.
pub(crate) fn told<T>(
    reads: &mut dyn Reads,
    read: Result<T, NoModule>,
    bytes: u64,
) -> Result<T, NoModule> {
    match &read {
        Ok(_) => reads.leave("ok", bytes),
        Err(error) => reads.leave(error.code, 0),
    }
    read
}

/// Those that have been found so far.
struct Collector<'a> {
    program: &'a JavaScript,
    provided: &'a BTreeSet<String>,
    reads: &'a mut dyn Reads,
    files: BTreeMap<String, BundledFile>,
    links: BTreeMap<(String, Way, String), String>,
    missing: Vec<Missing>,
    left: Vec<Module>,
    bytes: usize,
}

fn too_large() -> NoModule {
    NoModule {
        code: "ERR_TOLLGATE_PROGRAM_LIMIT",
        message: format!(
            "the program has more than {MOST_FILES} files, or more than {} MiB of them",
            MOST_BUNDLED >> 20
        ),
    }
}

pub(crate) fn denied(path: &str) -> NoModule {
    NoModule {
        code: "EACCES",
        message: format!("the policy does not let '{path}' be loaded"),
    }
}

fn folder_of(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) | None => "/",
        Some(at) => path.get(..at).unwrap_or("/"),
    }
}

/// The source map that a text names last, where that is a file beside it: neither in the text itself, nor elsewhere.
fn map_of(text: &str) -> Option<&str> {
    const NAMES: &str = "sourceMappingURL=";
    let at = text.rfind(NAMES)?;
    let comment = text.get(..at)?.trim_end_matches([' ', '\t']);
    if !["//#", "//@", "/*#", "/*@"]
        .iter()
        .any(|begins| comment.ends_with(begins))
    {
        return None;
    }
    let rest = text.get(at.saturating_add(NAMES.len())..)?;
    let url = rest.split(|letter: char| letter.is_whitespace()).next()?;
    let url = url.split("*/").next()?;
    // Letters that a URL has for others, a scheme, and what is asked of a server.
    let elsewhere =
        url.is_empty() || url.contains(['%', ':', '?', '#', '\\']) || url.starts_with("//");
    (!elsewhere).then_some(url)
}

impl JavaScript {
    /// Everything that the entry leads to by specifiers that stand in texts, and each package.json that says how it is
    /// read, with the source maps that lie beside them. What `reads` gives no permit for is left out, and listed as missing.
    ///
    /// # Errors
    ///
    /// There is no entry, it may not or cannot be read, or the program is larger than a bundle may be.
    pub fn bundle(&self, reads: &mut dyn Reads) -> Result<Bundle, NoModule> {
        self.bundle_beside(&BTreeSet::new(), reads)
    }

    /// As [`JavaScript::bundle`], where these specifiers lead to what is no file: what a world imports. One that could be
    /// a package's name does so in the program's own files alone.
    ///
    /// # Errors
    ///
    /// As [`JavaScript::bundle`].
    pub fn bundle_beside(
        &self,
        provided: &BTreeSet<String>,
        reads: &mut dyn Reads,
    ) -> Result<Bundle, NoModule> {
        let entry = {
            let given = self.entry();
            let permit = reads.enter(given).ok_or_else(|| denied(given))?;
            told(reads, self.opened(permit, Self::entry_module), 0)?
        };
        let mut collector = Collector {
            program: self,
            provided,
            reads,
            files: BTreeMap::new(),
            links: BTreeMap::new(),
            missing: Vec::new(),
            left: vec![entry.clone()],
            bytes: 0,
        };
        collector.collect(&entry)?;
        Ok(collector.bundle(entry.path))
    }
}

impl Collector<'_> {
    fn collect(&mut self, entry: &Module) -> Result<(), NoModule> {
        while let Some(module) = self.left.pop() {
            if self.files.contains_key(&module.path) {
                continue;
            }
            let taken = match self.reads.enter(&module.path) {
                Some(permit) => {
                    let (program, before) = (self.program, self.bytes);
                    let taken = program.opened(permit, |_| self.take(&module));
                    let bytes = self.bytes.saturating_sub(before) as u64;
                    told(self.reads, taken, bytes)
                }
                None => Err(denied(&module.path)),
            };
            match taken {
                Ok(()) => self.take_map(&module.path)?,
                // What the entry needs is said at once; the rest may be something that is never loaded.
                Err(error) if module == *entry || error == too_large() => return Err(error),
                Err(error) => self.missing.push(Missing {
                    from: module.path.clone(),
                    reason: error.message,
                }),
            }
        }
        let folders: BTreeSet<String> = self
            .files
            .keys()
            .map(|path| folder_of(path).to_owned())
            .collect();
        for folder in folders {
            self.describe(&folder)?;
        }
        Ok(())
    }

    fn add(&mut self, path: String, file: BundledFile) -> Result<(), NoModule> {
        self.bytes = self.bytes.saturating_add(file.source.len());
        if self.bytes > MOST_BUNDLED || self.files.len() >= MOST_FILES {
            return Err(too_large());
        }
        self.files.insert(path, file);
        Ok(())
    }

    fn take(&mut self, module: &Module) -> Result<(), NoModule> {
        let (format, source) = self.program.readable(module, LONGEST_BUNDLED)?;
        let asked = match format {
            ModuleFormat::Json => Some(Vec::new()),
            ModuleFormat::Module => specifiers(&source, crate::Format::Module),
            ModuleFormat::CommonJs => specifiers(&source, crate::Format::CommonJs),
        };
        match asked {
            Some(asked) => {
                for specifier in asked {
                    self.follow(module, &specifier);
                }
            }
            None => self.missing.push(Missing {
                from: module.path.clone(),
                reason: "its text is none that could be read for what it imports".to_owned(),
            }),
        }
        let format = Some(format);
        self.add(module.path.clone(), BundledFile { format, source })
    }

    fn is_provided(&self, from: &Module, specifier: &str) -> bool {
        let is_package = from.path.contains("/node_modules/");
        self.provided.contains(specifier) && (specifier.contains(':') || !is_package)
    }

    /// The source map that the text of a file names, where it lies beside it. As in a run, one that cannot be read is none.
    fn take_map(&mut self, path: &str) -> Result<(), NoModule> {
        let named = self.files.get(path).and_then(|file| map_of(&file.source));
        let Some(map) = named.map(|url| resolve(folder_of(path), url)) else {
            return Ok(());
        };
        if self.files.contains_key(&map) {
            return Ok(());
        }
        match self.read(&map, LONGEST_BUNDLED) {
            Some(source) => {
                let format = None;
                self.add(map, BundledFile { format, source })
            }
            None => Ok(()),
        }
    }

    /// The text of a file that is no module; none where it may not or cannot be read.
    fn read(&mut self, path: &str, most: usize) -> Option<String> {
        let permit = self.reads.enter(path)?;
        let read = self.program.read(path, most as u64, permit);
        let bytes = read.as_ref().map_or(0, |bytes| bytes.len() as u64);
        let bytes = told(self.reads, read, bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn follow(&mut self, from: &Module, specifier: &Specifier) {
        if self.is_provided(from, &specifier.text) {
            return;
        }
        let (way, found) = if specifier.is_require {
            let found = self.program.required(&specifier.text, &from.path);
            (Way::Require, found)
        } else {
            let found = self.program.imported(&specifier.text, &from.path);
            (Way::Import, found)
        };
        let target = match found {
            Ok(Resolved::Builtin(name)) => in_full(name),
            Ok(Resolved::File(module)) => {
                let target = format!("{}{}", module.path, module.suffix);
                self.left.push(module);
                target
            }
            Err(error) => {
                self.missing.push(Missing {
                    from: from.path.clone(),
                    reason: error.message,
                });
                return;
            }
        };
        let folder = folder_of(&from.path).to_owned();
        self.links
            .insert((folder, way, specifier.text.clone()), target);
    }

    /// The package.json files from `folder` upward, of which the nearest says what the files there are.
    fn describe(&mut self, folder: &str) -> Result<(), NoModule> {
        let mut folder = folder;
        loop {
            let path = format!("{}/package.json", folder.trim_end_matches('/'));
            if self.files.contains_key(&path) {
                return Ok(());
            }
            // What may not be read is not there, for the program that is built as for one that is run.
            if let Some(source) = self.read(&path, LONGEST_PACKAGE_FILE) {
                let format = None;
                return self.add(path, BundledFile { format, source });
            }
            if folder == "/" || folder.ends_with("/node_modules") {
                return Ok(());
            }
            folder = folder_of(folder);
        }
    }

    fn bundle(self, entry: String) -> Bundle {
        let links = self.links.into_iter();
        Bundle {
            entry,
            files: self.files,
            links: links
                .map(|((folder, way, specifier), target)| Link {
                    folder,
                    asking: match way {
                        Way::Require => Asking::Require,
                        Way::Import => Asking::Import,
                    },
                    specifier,
                    target,
                })
                .collect(),
            missing: self.missing,
        }
    }
}
