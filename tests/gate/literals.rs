//! What the bridge names at the gate: string literals of the form `wasi:io/streams#[method]input-stream.read`.

use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{Attribute, ImplItemFn, ItemConst, ItemImpl, ItemMod, LitStr};

/// One literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Literal {
    /// `interface#function`.
    pub(crate) text: String,
    /// The method of an interface's trait that it stands in, in WIT's spelling; none in a constant or a helper.
    pub(crate) method: Option<String>,
    /// The file.
    pub(crate) file: String,
}

/// The literals of every source of `host/bridge`.
pub(crate) fn of_bridge(repository: &Path) -> Vec<Literal> {
    let mut files = Vec::new();
    rust_files(&repository.join("host/bridge/src"), &mut files);
    files.sort();
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        of_source(
            &path
                .strip_prefix(repository)
                .unwrap_or(path)
                .display()
                .to_string(),
            &text,
        )
    };
    files.iter().flat_map(read).collect()
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries =
        std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The literals of one source.
pub(crate) fn of_source(file: &str, text: &str) -> Vec<Literal> {
    let syntax = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut reader = Reader {
        file: file.to_owned(),
        in_trait: false,
        method: None,
        found: Vec::new(),
    };
    reader.visit_file(&syntax);
    reader.found
}

struct Reader {
    file: String,
    in_trait: bool,
    method: Option<String>,
    found: Vec<Literal>,
}

fn only_in_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Path>()
                .is_ok_and(|condition| condition.is_ident("test"))
    })
}

fn names_a_function(text: &str) -> bool {
    let Some((interface, function)) = text.split_once('#') else {
        return false;
    };
    let Some((package, name)) = interface.split_once('/') else {
        return false;
    };
    package.contains(':')
        && !name.is_empty()
        && !function.is_empty()
        && !text.contains(char::is_whitespace)
}

impl Visit<'_> for Reader {
    // Documentation is an attribute: what a comment names passes no gate.
    fn visit_attribute(&mut self, _: &Attribute) {}

    fn visit_item_mod(&mut self, module: &ItemMod) {
        if !only_in_tests(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_const(&mut self, constant: &ItemConst) {
        // The list of what passes no gate names functions in order to excuse them.
        if constant.ident != "UNGATED" {
            visit::visit_item_const(self, constant);
        }
    }

    fn visit_item_impl(&mut self, implementation: &ItemImpl) {
        let before = std::mem::replace(&mut self.in_trait, implementation.trait_.is_some());
        visit::visit_item_impl(self, implementation);
        self.in_trait = before;
    }

    fn visit_impl_item_fn(&mut self, method: &ImplItemFn) {
        let name = self
            .in_trait
            .then(|| method.sig.ident.to_string().replace('_', "-"));
        let before = std::mem::replace(&mut self.method, name);
        visit::visit_impl_item_fn(self, method);
        self.method = before;
    }

    fn visit_lit_str(&mut self, literal: &LitStr) {
        let text = literal.value();
        if names_a_function(&text) {
            self.found.push(Literal {
                text,
                method: self.method.clone(),
                file: self.file.clone(),
            });
        }
    }
}
