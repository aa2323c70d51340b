//! Node 20's resolution of modules: what a specifier leads to, for `require` and for `import`.
//!
//! The two are different algorithms that share package.json. `require` works on paths, tries extensions and folders;
//! `import` works on URLs and tries nothing. Both are Node's, down to the text of errors, with these differences:
//!
//! - **TypeScript.** Files that end in `.ts`, `.mts` and `.cts` are modules, of the formats of `.js`, `.mjs` and `.cjs`.
//!   They are named as they are; extensions are not searched for them. Where a specifier, or what `exports`, `imports`
//!   or `main` make of it, leads to a file `x.js` that is not there while `x.ts` is, it leads to `x.ts`, and so from
//!   `.mjs` to `.mts` and from `.cjs` to `.cts`: TypeScript's own programs are written so, for what their compiler will
//!   have made of them. All that Node would find is tried first.
//! - **Nothing outside of the root** is there: no `node_modules` or package.json above it, no global folders. A link that
//!   leads out is an error of its own, wherever the way meets it.
//! - **No machine code**: `.node` files are found, and refused.
//! - **No `data:` modules**, and none of other URLs but `file:` and `node:`.
//! - What is wrong in a package.json is said in other words, because another parser says it.
//! - Bounds (see [`bounds`](crate::MOST_LOOKUPS)) that no program known to us comes near.

mod commonjs;
mod error;
mod esm;
mod exports;
mod package;
mod reading;
mod url;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use error::{ResolveError, Sought};

use crate::bounds::{
    LONGEST_PACKAGE_FILE, LONGEST_PATH, LONGEST_SPECIFIER, MOST_LOOKUPS, MOST_READ,
};
use crate::path;
use crate::{FileError, Files, Kind};
use error::clipped;
use package::{Cache, Package};

/// What a resolver is to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The guest path that the program has its files under. What is elsewhere is not there for it; `/` is everything.
    pub root: String,
    /// The names of built-in modules, as `module.builtinModules` lists them: those that are reached with `node:` alone
    /// have it before their name, and a runtime's own have another scheme before it (`tollgate:bridge`).
    pub builtins: BTreeSet<String>,
    /// Conditions of `exports` and `imports` that hold besides `node`, `default`, and `require` or `import`. A runtime
    /// that can `require` modules says `module-sync`, as Node 20.19 and later do.
    pub conditions: BTreeSet<String>,
}

/// What a specifier leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// A built-in module, without `node:`; one of another scheme with it.
    Builtin(String),
    /// A file of the program.
    File(Module),
}

/// How a module's text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A CommonJS module.
    CommonJs,
    /// An ECMAScript module.
    Module,
    /// A CommonJS module, unless it has what only an ECMAScript module can have. Neither its name nor its package says,
    /// and Node 20.19 and later read the text.
    Detect,
    /// JSON.
    Json,
}

/// A file that is a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Its path, links followed: the module's identity, together with the suffix.
    pub path: String,
    /// `?…` and `#…` of the URL that it was imported by: to Node, another suffix is another module. `require` has none.
    pub suffix: String,
    /// How its text is read.
    pub format: Format,
    /// It has types, which are stripped before anything else reads it.
    pub typescript: bool,
}

/// Finds modules among `Files`.
#[derive(Debug)]
pub struct Resolver<F> {
    files: F,
    settings: Settings,
    packages: Cache,
    /// What is left of the bounds of the resolution that is under way.
    lookups: u32,
    bytes: usize,
}

/// Which algorithm is at work. Beside that they differ in how they complain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Require,
    Import,
}

impl<F: Files> Resolver<F> {
    /// A resolver that has read nothing yet.
    pub fn new(files: F, mut settings: Settings) -> Self {
        settings.root = path::resolve("/", &settings.root);
        Self {
            files,
            settings,
            packages: Cache::default(),
            lookups: 0,
            bytes: 0,
        }
    }

    /// The files that it looks at.
    pub fn files(&self) -> &F {
        &self.files
    }

    /// The same, to be told more.
    pub fn files_mut(&mut self) -> &mut F {
        &mut self.files
    }

    /// What `require(specifier)` leads to in the module at `from`. `stack` says who required whom for the error: that
    /// module first, then the one that required it, and so on.
    ///
    /// # Errors
    ///
    /// As Node's.
    pub fn require(
        &mut self,
        specifier: &str,
        from: &str,
        stack: &[&str],
    ) -> Result<Resolved, ResolveError> {
        self.begin(specifier, from)?;
        self.resolve_require(specifier, from, stack)
    }

    /// What `import` of `specifier` leads to in the module at `from`.
    ///
    /// # Errors
    ///
    /// As Node's.
    pub fn import(&mut self, specifier: &str, from: &str) -> Result<Resolved, ResolveError> {
        self.begin(specifier, from)?;
        self.resolve_import(specifier, from)
    }

    /// The module that a program begins with, as `node PATH` finds it: `path` may lack its extension or be a folder.
    ///
    /// # Errors
    ///
    /// As Node's.
    pub fn entry(&mut self, path: &str) -> Result<Module, ResolveError> {
        self.begin(path, "/")?;
        let path = path::resolve("/", path);
        self.resolve_entry(&path)
    }

    fn begin(&mut self, specifier: &str, from: &str) -> Result<(), ResolveError> {
        self.lookups = MOST_LOOKUPS;
        self.bytes = MOST_READ;
        self.packages.begin();
        if specifier.len() > LONGEST_SPECIFIER {
            return Err(ResolveError::InvalidSpecifier {
                request: clipped(specifier).to_owned(),
                reason: format!("is longer than {LONGEST_SPECIFIER} bytes"),
                from: Some(from.to_owned()),
            });
        }
        // Each folder above it is looked at, and none of them could be there.
        if path::parent(from).len() > LONGEST_PATH {
            return Err(ResolveError::TooMuch {
                request: specifier.to_owned(),
            });
        }
        Ok(())
    }

    /// What lies at `path`. Above the root and beside it nothing does.
    fn kind(&mut self, path: &str) -> Result<Kind, ResolveError> {
        if !self.may_exist(path) {
            return Ok(Kind::Missing);
        }
        self.count(path)?;
        match self.files.kind(path) {
            Kind::Outside => Err(self.outside(path)),
            kind => Ok(kind),
        }
    }

    fn count(&mut self, path: &str) -> Result<(), ResolveError> {
        self.lookups = self
            .lookups
            .checked_sub(1)
            .ok_or_else(|| ResolveError::TooMuch {
                request: path.to_owned(),
            })?;
        Ok(())
    }

    fn may_exist(&self, path: &str) -> bool {
        path::is_possible(path) && path::is_beneath(path, &self.settings.root)
    }

    fn outside(&self, path: &str) -> ResolveError {
        ResolveError::Outside {
            path: path.to_owned(),
            root: self.settings.root.clone(),
        }
    }

    /// Where the file at `path` really is. What `Files` says is not taken on trust: a path that leaves the root here
    /// would be the base of every later resolution.
    fn real(&mut self, path: &str) -> Result<String, ResolveError> {
        self.count(path)?;
        let real = match self.files.real(path) {
            Ok(real) => real,
            Err(FileError::Outside) => return Err(self.outside(path)),
            Err(error) => {
                return Err(ResolveError::Unreadable {
                    path: path.to_owned(),
                    error,
                });
            }
        };
        let real = path::resolve("/", &real);
        if self.may_exist(&real) {
            Ok(real)
        } else {
            Err(self.outside(path))
        }
    }

    /// The package.json in `folder`, if there is one. `importing` is on whose behalf, for the error.
    fn package(
        &mut self,
        folder: &str,
        way: Way,
        importing: impl FnOnce() -> Option<String>,
    ) -> Result<Option<Arc<Package>>, ResolveError> {
        if let Some(known) = self.packages.get(folder) {
            return Ok(known);
        }
        let path = path::join(folder, "package.json");
        if !self.may_exist(&path) {
            return Ok(None);
        }
        self.count(&path)?;
        let problem = match self.files.read(&path, LONGEST_PACKAGE_FILE.min(self.bytes)) {
            Ok(bytes) => {
                self.bytes = self.bytes.saturating_sub(bytes.len());
                match Package::parse(folder, &bytes) {
                    Ok(package) => {
                        let package = Arc::new(package);
                        self.packages
                            .insert(folder, Arc::clone(&package), bytes.len());
                        return Ok(Some(package));
                    }
                    Err(message) => message,
                }
            }
            Err(FileError::Missing) => {
                self.packages.lacks(folder);
                return Ok(None);
            }
            Err(FileError::Outside) => return Err(self.outside(&path)),
            Err(FileError::TooLong { max }) if max < LONGEST_PACKAGE_FILE => {
                return Err(ResolveError::TooMuch { request: path });
            }
            Err(error) => error.to_string(),
        };
        Err(match way {
            Way::Require => ResolveError::ConfigSyntax {
                path,
                message: problem,
            },
            Way::Import => ResolveError::InvalidConfig {
                path,
                importing: importing(),
                message: problem,
            },
        })
    }

    /// The package that the file at `path` belongs to: the nearest package.json above it, short of the `node_modules`
    /// that it may be in.
    fn scope(&mut self, file: &str, way: Way) -> Result<Option<Arc<Package>>, ResolveError> {
        let nearest = path::resolve("/", path::parent(file));
        for folder in path::upward(&nearest) {
            if path::name(folder) == "node_modules" {
                break;
            }
            let importing = || Some(file.to_owned());
            if let Some(package) = self.package(folder, way, importing)? {
                return Ok(Some(package));
            }
        }
        Ok(None)
    }

    /// Whether `name` is a built-in module that needs no `node:`.
    fn is_builtin(&self, name: &str) -> bool {
        !name.starts_with("node:") && self.settings.builtins.contains(name)
    }

    /// The built-in module that `node:` and `name` mean.
    fn builtin(&self, name: &str) -> Result<String, ResolveError> {
        let full = format!("node:{name}");
        if !name.contains(':') && self.is_builtin(name) || self.settings.builtins.contains(&full) {
            Ok(name.to_owned())
        } else {
            Err(ResolveError::UnknownBuiltin { name: full })
        }
    }

    fn has_condition(&self, condition: &str, way: Way) -> bool {
        match condition {
            "default" | "node" => true,
            "require" => way == Way::Require,
            "import" => way == Way::Import,
            other => self.settings.conditions.contains(other),
        }
    }

    /// The file at `path`, or the one that it was compiled from: see the module's documentation.
    fn typescript_of(&mut self, path: &str) -> Result<Option<String>, ResolveError> {
        let (stem, extension) = match path::extension(path) {
            ".js" => (path.strip_suffix(".js"), ".ts"),
            ".mjs" => (path.strip_suffix(".mjs"), ".mts"),
            ".cjs" => (path.strip_suffix(".cjs"), ".cts"),
            _ => return Ok(None),
        };
        let Some(stem) = stem else { return Ok(None) };
        let source = format!("{stem}{extension}");
        Ok((self.kind(&source)? == Kind::File).then_some(source))
    }
}

#[cfg(test)]
mod tests;
