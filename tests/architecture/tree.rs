//! The module tree of the workspace, and what a path in it means.
//!
//! Resolution is the compiler's, made coarser where coarse is safe: imports in
//! a function count for the whole module, types and values share one name
//! space, and a path may mean several things, of which each is judged. Too
//! many meanings may refuse innocent code; too few would let access through.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources::Sources;
use crate::walk;

/// A module or an item by its absolute name: the crate, then each part.
pub(crate) type Name = Vec<String>;

/// A path as it stands in a source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Written {
    /// It begins with `::`, so that its first part is a crate.
    pub(crate) absolute: bool,
    /// Its parts, without generic arguments and without `r#`.
    pub(crate) parts: Vec<String>,
}

impl Written {
    pub(crate) fn relative(parts: Vec<String>) -> Self {
        Self {
            absolute: false,
            parts,
        }
    }

    fn then(&self, tail: &[String]) -> Self {
        let mut longer = self.clone();
        longer.parts.extend_from_slice(tail);
        longer
    }
}

/// What one module defines and imports.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// The file that it stands in.
    pub(crate) file: String,
    /// Names of the items that are defined in it.
    pub(crate) items: BTreeSet<String>,
    /// Names that mean something else: imports, renamed crates, type aliases.
    pub(crate) aliases: BTreeMap<String, BTreeSet<Written>>,
    /// What `use …::*` brings in.
    pub(crate) globs: BTreeSet<Written>,
    /// It exists only when tests are built.
    pub(crate) test: bool,
}

/// What stands at one place of a source.
#[derive(Debug, Clone)]
pub(crate) enum What {
    /// A path in an expression, type or pattern.
    Path(Written),
    /// A path that an import names.
    Import(Written),
    /// An import of everything in a module.
    Glob(Written),
    /// A method call, by the method's name.
    Method(String),
    /// A macro call.
    Macro(Written),
    /// A path that a macro completes with one of its variables.
    Completed(Written),
    /// Something that a reader of the source cannot see through, and why.
    Hidden(&'static str),
    /// A definition of or call to something outside Rust.
    Foreign(&'static str),
    /// An attribute of `clap` that reads the environment.
    ClapEnvironment,
    /// `allow` or `expect` of a lint, and whether a reason is given.
    Exemption { lint: String, reason: bool },
}

/// Something at one place of a source.
#[derive(Debug, Clone)]
pub(crate) struct Occurrence {
    pub(crate) file: String,
    pub(crate) line: usize,
    /// The module that it stands in.
    pub(crate) module: Name,
    /// It is there only when tests are built.
    pub(crate) test: bool,
    /// It makes what it names part of its module's own interface (`pub use`).
    pub(crate) reexport: bool,
    /// It stands in the definition of a macro, and so means something only
    /// where the macro is called.
    pub(crate) defining: bool,
    pub(crate) what: What,
}

/// The modules of every crate, and everything that stands in them.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) modules: BTreeMap<Name, Module>,
    pub(crate) occurrences: Vec<Occurrence>,
    /// The files that a `mod` of some crate leads to.
    pub(crate) reached: BTreeSet<String>,
    /// `mod x;` without a file.
    pub(crate) dangling: Vec<String>,
}

impl Tree {
    /// Reads `sources`: each crate from its root, module by module.
    pub(crate) fn of(sources: &Sources) -> Self {
        let mut tree = Self::default();
        for path in sources.paths() {
            if let Some(root) = root_of(path) {
                walk::walk(&mut tree, sources, path, vec![root]);
            }
        }
        tree
    }

    /// The files that no `mod` leads to: dead, or alive by a way that the
    /// guards do not follow. Neither may be.
    pub(crate) fn orphans(&self, sources: &Sources) -> Vec<String> {
        sources
            .paths()
            .filter(|path| !self.reached.contains(*path))
            .map(str::to_owned)
            .collect()
    }

    /// Everything that `written` may mean in the module `at`, as absolute
    /// names, through every import and alias on the way.
    pub(crate) fn meanings(&self, at: &Name, written: &Written) -> BTreeSet<Name> {
        let mut search = Search {
            tree: self,
            found: BTreeSet::new(),
            seen: BTreeSet::new(),
            globs: 0,
        };
        search.resolve(at, written);
        search.found
    }
}

/// The crate that the file at `path` is the root of: `host/x/src/lib.rs` is
/// `tollgate_x`. Binaries get names that no path can spell.
fn root_of(path: &str) -> Option<String> {
    let (folder, inside) = path.strip_prefix("host/")?.split_once("/src/")?;
    let krate = format!("tollgate_{}", folder.replace('-', "_"));
    match inside.split('/').collect::<Vec<_>>().as_slice() {
        ["lib.rs"] => Some(krate),
        ["main.rs"] => Some(format!("{krate} (main)")),
        ["bin", file] => Some(format!("{krate} ({file})")),
        ["bin", folder, "main.rs"] => Some(format!("{krate} ({folder})")),
        _ => None,
    }
}

struct Search<'t> {
    tree: &'t Tree,
    found: BTreeSet<Name>,
    seen: BTreeSet<(Name, Written)>,
    /// How many globs the present meaning has come through.
    globs: usize,
}

/// As many globs may lead to a name. Each may also lead to the first part of
/// another glob's path, so without an end there would be none.
const GLOBS: usize = 4;

/// A path that becomes longer than any that people write is going round in a
/// circle (`use a::b as a;`).
const PARTS: usize = 32;

impl Search<'_> {
    fn resolve(&mut self, at: &Name, written: &Written) {
        // Imports may lead in a circle (`use libc;`), and then the name means
        // the crate of that name, if anything.
        if written.parts.len() > PARTS || !self.seen.insert((at.clone(), written.clone())) {
            self.found.insert(written.parts.clone());
            return;
        }
        let Some((head, tail)) = written.parts.split_first() else {
            return;
        };
        if written.absolute {
            return self.descend(&vec![head.clone()], tail);
        }
        match head.as_str() {
            "crate" => self.descend(&at[..1].to_vec(), tail),
            "self" => self.step(at, tail),
            // An associated type is recorded as an alias of its module.
            "Self" => self.resolve(at, &Written::relative(tail.to_vec())),
            "super" if at.len() > 1 => self.step(&at[..at.len() - 1].to_vec(), tail),
            "super" => {}
            _ => self.descend(at, &written.parts),
        }
    }

    /// After `self::` or `super::`, where only a further `super` is no name.
    fn step(&mut self, at: &Name, tail: &[String]) {
        if tail.first().is_some_and(|part| part == "super") {
            self.resolve(at, &Written::relative(tail.to_vec()));
        } else {
            self.descend(at, tail);
        }
    }

    /// `rest` from the module or item `at` on.
    fn descend(&mut self, at: &Name, rest: &[String]) {
        let whole = || [at.as_slice(), rest].concat();
        let Some(module) = self.tree.modules.get(at) else {
            self.found.insert(whole());
            return;
        };
        let Some((name, tail)) = rest.split_first() else {
            self.found.insert(at.clone());
            return;
        };
        let mut known = false;
        let child = [at.as_slice(), std::slice::from_ref(name)].concat();
        if self.tree.modules.contains_key(&child) {
            known = true;
            self.descend(&child, tail);
        }
        // Where a path goes on, a module of that name is meant, and an import
        // beside it is of a function: `mod decide; pub use decide::decide;`.
        if !known || tail.is_empty() {
            for target in module.aliases.get(name).into_iter().flatten() {
                known = true;
                self.resolve(at, &target.then(tail));
            }
        }
        if module.items.contains(name) {
            known = true;
            self.found.insert(whole());
        }
        if !known {
            if self.globs < GLOBS {
                self.globs += 1;
                for glob in &module.globs {
                    self.resolve(at, &glob.then(rest));
                }
                self.globs -= 1;
            }
            // No name of this module: a crate, or something of the prelude.
            self.descend(&vec![name.clone()], tail);
        }
    }
}
