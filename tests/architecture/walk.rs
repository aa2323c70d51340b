//! From source text to the tree: one pass over the syntax of each file.

use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    Attribute, Expr, Ident, ImplItem, Item, Lit, Meta, Token, TraitItem, UseTree, Visibility,
};

use crate::sources::Sources;
use crate::syntax::{attributes_of, defined, line, longer, only_in_tests, path_of, plain, written};
use crate::tokens::{self, Found};
use crate::tree::{Module, Name, Occurrence, Tree, What, Written};

/// Reads the file at `path` as the module `name`, and every file that it
/// leads to.
pub(crate) fn walk(tree: &mut Tree, sources: &Sources, path: &str, name: Name) {
    let (folder, file) = path.rsplit_once('/').expect("a source lies in a folder");
    // `lib.rs`, `main.rs` and `mod.rs` stand for their folder, `x.rs` for `x/`.
    let folder = match file {
        "lib.rs" | "main.rs" | "mod.rs" => folder.to_owned(),
        file => format!("{folder}/{}", file.trim_end_matches(".rs")),
    };
    read(
        tree,
        sources,
        File {
            path,
            folder,
            name,
            test: false,
        },
    );
}

/// A file that is about to be read.
struct File<'p> {
    path: &'p str,
    /// Where the modules that it declares without a body lie.
    folder: String,
    name: Name,
    test: bool,
}

fn read(tree: &mut Tree, sources: &Sources, file: File<'_>) {
    let text = sources.get(file.path).expect("only listed files are read");
    let syntax = syn::parse_file(text).unwrap_or_else(|error| panic!("{}: {error}", file.path));
    tree.reached.insert(file.path.to_owned());
    let mut walk = Walk {
        tree,
        file: file.path.to_owned(),
        folder: file.folder,
        module: file.name.clone(),
        test: file.test || only_in_tests(&syntax.attrs),
        defining: false,
        declared: Vec::new(),
    };
    walk.open();
    walk.visit_file(&syntax);
    let declared = walk.declared;
    for child in declared {
        follow(tree, sources, file.path, child);
    }
}

/// `mod x;`, as declared in some file.
struct Declared {
    /// The path of the file without its ending.
    stem: String,
    name: Name,
    test: bool,
}

fn follow(tree: &mut Tree, sources: &Sources, parent: &str, declared: Declared) {
    for path in [
        format!("{}.rs", declared.stem),
        format!("{}/mod.rs", declared.stem),
    ] {
        if sources.get(&path).is_some() {
            let folder = declared.stem.clone();
            let file = File {
                path: &path,
                folder,
                name: declared.name,
                test: declared.test,
            };
            return read(tree, sources, file);
        }
    }
    tree.dangling.push(format!(
        "{parent}: no file for mod {}",
        declared.name.join("::")
    ));
}

struct Walk<'t> {
    tree: &'t mut Tree,
    file: String,
    folder: String,
    module: Name,
    test: bool,
    /// Within `macro_rules!`.
    defining: bool,
    declared: Vec<Declared>,
}

impl Walk<'_> {
    /// Enters the present module into the tree.
    fn open(&mut self) {
        let module = Module {
            file: self.file.clone(),
            test: self.test,
            ..Module::default()
        };
        self.tree.modules.insert(self.module.clone(), module);
    }

    fn here(&mut self) -> &mut Module {
        self.tree
            .modules
            .get_mut(&self.module)
            .expect("the module was opened")
    }

    fn note(&mut self, line: usize, what: What) {
        self.note_in(line, what, false);
    }

    fn note_in(&mut self, line: usize, what: What, reexport: bool) {
        self.tree.occurrences.push(Occurrence {
            file: self.file.clone(),
            line,
            module: self.module.clone(),
            test: self.test,
            reexport,
            defining: self.defining,
            what,
        });
    }

    fn alias(&mut self, name: String, target: Written) {
        // What only tests import is no name of the production code.
        if !self.test {
            self.here().aliases.entry(name).or_default().insert(target);
        }
    }

    fn define(&mut self, ident: &Ident) {
        if !self.test {
            let name = plain(ident);
            self.here().items.insert(name);
        }
    }

    /// Runs `inner` with the attributes of an item in force.
    fn under(&mut self, attributes: &[Attribute], inner: impl FnOnce(&mut Self)) {
        let outer = self.test;
        self.test = outer || only_in_tests(attributes);
        inner(self);
        self.test = outer;
    }

    /// One leaf after the other of what a `use` imports.
    fn import(&mut self, tree: &UseTree, prefix: &Written, reexport: bool) {
        match tree {
            UseTree::Path(path) => self.import(&path.tree, &longer(prefix, &path.ident), reexport),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, prefix, reexport);
                }
            }
            UseTree::Name(name) if name.ident == "self" => {
                let alias = prefix.parts.last().cloned();
                self.import_as(alias, prefix.clone(), name.span(), reexport);
            }
            UseTree::Name(name) => {
                let target = longer(prefix, &name.ident);
                self.import_as(Some(plain(&name.ident)), target, name.span(), reexport);
            }
            UseTree::Rename(rename) => {
                let target = if rename.ident == "self" {
                    prefix.clone()
                } else {
                    longer(prefix, &rename.ident)
                };
                self.import_as(Some(plain(&rename.rename)), target, rename.span(), reexport);
            }
            UseTree::Glob(glob) => {
                if !self.test {
                    self.here().globs.insert(prefix.clone());
                }
                self.note_in(line(glob.span()), What::Glob(prefix.clone()), reexport);
            }
        }
    }

    fn import_as(
        &mut self,
        alias: Option<String>,
        target: Written,
        span: proc_macro2::Span,
        reexport: bool,
    ) {
        // `use x as _` gives no name, but the thing is imported all the same.
        if let Some(alias) = alias.filter(|alias| alias != "_") {
            self.alias(alias, target.clone());
        }
        self.note_in(line(span), What::Import(target), reexport);
    }

    /// What stands in the tokens of a macro call, a macro's definition, or an
    /// attribute.
    fn tokens(&mut self, stream: proc_macro2::TokenStream) {
        for found in tokens::find(stream) {
            match found {
                Found::Alias(name, target) => self.alias(name, target),
                Found::At(line, What::Glob(base)) => {
                    if !self.test {
                        self.here().globs.insert(base.clone());
                    }
                    self.note(line, What::Glob(base));
                }
                Found::At(line, what) => self.note(line, what),
                Found::Text(..) => {}
            }
        }
    }

    fn item_mod(&mut self, item: &syn::ItemMod) {
        let name = [self.module.as_slice(), &[plain(&item.ident)]].concat();
        let stem = format!("{}/{}", self.folder, plain(&item.ident));
        let Some((_, items)) = &item.content else {
            let test = self.test;
            return self.declared.push(Declared { stem, name, test });
        };
        let outer_module = std::mem::replace(&mut self.module, name);
        let outer_folder = std::mem::replace(&mut self.folder, stem);
        self.open();
        for item in items {
            self.visit_item(item);
        }
        self.module = outer_module;
        self.folder = outer_folder;
    }

    fn exemptions(&mut self, lints: &syn::MetaList) {
        let nested = lints
            .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .unwrap_or_else(|error| panic!("{}: {error}", self.file));
        let reason = nested.iter().any(|meta| {
            matches!(meta, Meta::NameValue(pair)
                if pair.path.is_ident("reason")
                && matches!(&pair.value, Expr::Lit(literal)
                    if matches!(&literal.lit, Lit::Str(text) if !text.value().trim().is_empty())))
        });
        for meta in &nested {
            if let Meta::Path(path) = meta {
                let lint = written(path).parts.join("::");
                self.note(line(path.span()), What::Exemption { lint, reason });
            }
        }
    }

    /// An attribute, or one that `cfg_attr` makes under a condition.
    fn meta(&mut self, meta: &Meta) {
        let name = meta
            .path()
            .segments
            .last()
            .map(|part| plain(&part.ident))
            .unwrap_or_default();
        match (name.as_str(), meta) {
            // Its condition names no path, and text is text.
            ("doc" | "cfg", _) => {}
            ("allow" | "expect", Meta::List(list)) => self.exemptions(list),
            ("cfg_attr", Meta::List(list)) => self.cfg_attr(list),
            ("path", Meta::NameValue(_)) => {
                self.note(
                    line(meta.span()),
                    What::Hidden("#[path] moves a module to where no guard looks"),
                );
            }
            ("link" | "no_mangle" | "export_name" | "link_section" | "unsafe", _) => {
                self.note(
                    line(meta.span()),
                    What::Foreign("an attribute that reaches past Rust's names"),
                );
            }
            ("arg" | "clap" | "command", Meta::List(list)) => {
                if tokens::holds_word(list.tokens.clone(), "env") {
                    self.note(line(meta.span()), What::ClapEnvironment);
                }
                self.attribute_tokens(list.tokens.clone());
            }
            (_, Meta::List(list)) => self.attribute_tokens(list.tokens.clone()),
            (_, Meta::NameValue(pair)) => self.visit_expr(&pair.value),
            (_, Meta::Path(_)) => {}
        }
    }

    fn cfg_attr(&mut self, list: &syn::MetaList) {
        let nested = list
            .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .unwrap_or_else(|error| panic!("{}: {error}", self.file));
        for meta in nested.iter().skip(1) {
            self.meta(meta);
        }
    }

    /// Tokens of an attribute, in which a text may be a path that a derive
    /// macro calls: `#[serde(default = "std::process::id")]`.
    fn attribute_tokens(&mut self, stream: proc_macro2::TokenStream) {
        self.tokens(stream.clone());
        for found in tokens::find(stream) {
            if let Found::Text(line, text) = found
                && let Ok(path) = syn::parse_str::<syn::Path>(&text)
            {
                self.note(line, What::Path(written(&path)));
            }
        }
    }
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if let Some(ident) = defined(item) {
            self.under(attributes_of(item), |walk| walk.define(ident));
        }
        self.under(attributes_of(item), |walk| visit::visit_item(walk, item));
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        for attribute in &item.attrs {
            self.visit_attribute(attribute);
        }
        self.item_mod(item);
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        for attribute in &item.attrs {
            self.visit_attribute(attribute);
        }
        let prefix = Written {
            absolute: item.leading_colon.is_some(),
            parts: Vec::new(),
        };
        self.import(
            &item.tree,
            &prefix,
            !matches!(item.vis, Visibility::Inherited),
        );
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        let target = Written {
            absolute: true,
            parts: vec![plain(&item.ident)],
        };
        let alias = item.rename.as_ref().map_or(&item.ident, |(_, alias)| alias);
        let reexport = !matches!(item.vis, Visibility::Inherited);
        self.import_as(Some(plain(alias)), target, item.span(), reexport);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        if let Some(target) = path_of(&item.ty) {
            self.alias(plain(&item.ident), target);
        }
        visit::visit_item_type(self, item);
    }

    fn visit_impl_item_type(&mut self, item: &'ast syn::ImplItemType) {
        if let Some(target) = path_of(&item.ty) {
            self.alias(plain(&item.ident), target);
        }
        visit::visit_impl_item_type(self, item);
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        let outer = std::mem::replace(&mut self.defining, item.ident.is_some());
        visit::visit_item_macro(self, item);
        self.defining = outer;
    }

    fn visit_item_foreign_mod(&mut self, item: &'ast syn::ItemForeignMod) {
        self.note(
            line(item.span()),
            What::Foreign("functions of another language"),
        );
        visit::visit_item_foreign_mod(self, item);
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes = match item {
            ImplItem::Const(item) => &item.attrs[..],
            ImplItem::Fn(item) => &item.attrs,
            ImplItem::Type(item) => &item.attrs,
            ImplItem::Macro(item) => &item.attrs,
            _ => &[],
        };
        self.under(attributes, |walk| visit::visit_impl_item(walk, item));
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        let attributes = match item {
            TraitItem::Const(item) => &item.attrs[..],
            TraitItem::Fn(item) => &item.attrs,
            TraitItem::Type(item) => &item.attrs,
            TraitItem::Macro(item) => &item.attrs,
            _ => &[],
        };
        self.under(attributes, |walk| visit::visit_trait_item(walk, item));
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        self.under(&local.attrs, |walk| visit::visit_local(walk, local));
    }

    /// `pub(super)` names a module without using anything of it.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.note(line(path.span()), What::Path(written(path)));
        visit::visit_path(self, path);
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        // `<std::time::SystemTime>::now`: the type and the rest are one path.
        if let Some(target) = path
            .qself
            .as_ref()
            .filter(|qself| qself.position == 0)
            .and_then(|qself| path_of(&qself.ty))
        {
            let mut whole = target;
            whole.parts.extend(written(&path.path).parts);
            self.note(line(path.span()), What::Path(whole));
        }
        visit::visit_expr_path(self, path);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.note(line(call.method.span()), What::Method(plain(&call.method)));
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.note(line(call.path.span()), What::Macro(written(&call.path)));
        self.tokens(call.tokens.clone());
    }

    /// Syntax for which the parser has no form: `use {::std::fs};`.
    fn visit_token_stream(&mut self, stream: &'ast proc_macro2::TokenStream) {
        self.tokens(stream.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        self.meta(&attribute.meta);
    }
}
