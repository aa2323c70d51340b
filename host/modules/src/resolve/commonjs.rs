//! `require`: paths, extensions, folders, and `node_modules` upward.

use super::exports::Target;
use super::package::Type;
use super::{Module, ResolveError, Resolved, Resolver, Way};
use crate::path;
use crate::{Files, Kind};

/// In the order in which they are tried. `.node` files are found, so that the error names them.
const EXTENSIONS: [&str; 3] = [".js", ".json", ".node"];

impl<F: Files> Resolver<F> {
    pub(super) fn resolve_require(
        &mut self,
        specifier: &str,
        from: &str,
        stack: &[&str],
    ) -> Result<Resolved, ResolveError> {
        if specifier.is_empty() {
            return Err(ResolveError::Empty);
        }
        if let Some(name) = specifier.strip_prefix("node:") {
            return self.builtin(name).map(Resolved::Builtin);
        }
        if self.is_builtin(specifier) {
            return Ok(Resolved::Builtin(specifier.to_owned()));
        }
        let found = match self.by_package(specifier, from)? {
            Some(path) => Some(path),
            None => self.find(specifier, from)?,
        };
        let path = found.ok_or_else(|| ResolveError::NotFound {
            request: specifier.to_owned(),
            stack: stack.iter().map(|&path| path.to_owned()).collect(),
        })?;
        self.module(path, String::new(), Way::Require)
            .map(Resolved::File)
    }

    pub(super) fn resolve_entry(&mut self, path: &str) -> Result<Module, ResolveError> {
        let found = self.find(path, "/")?;
        let path = found.ok_or_else(|| ResolveError::NotFound {
            request: path.to_owned(),
            stack: Vec::new(),
        })?;
        let way = match path::extension(&path) {
            ".mjs" | ".mts" => Way::Import,
            ".cjs" | ".cts" => Way::Require,
            _ => match self.scope(&path, Way::Require)? {
                Some(package) if package.kind == Type::Module => Way::Import,
                _ => Way::Require,
            },
        };
        self.module(path, String::new(), way)
    }

    /// What the package that the asking module is in says about the specifier: its `imports`, and its own name.
    fn by_package(&mut self, specifier: &str, from: &str) -> Result<Option<String>, ResolveError> {
        let Some(package) = self.scope(from, Way::Require)? else {
            return Ok(None);
        };
        if specifier.starts_with('#') {
            if package.imports.is_none() {
                return Ok(None);
            }
            let target = self.imported(specifier, from, Way::Require);
            return self.exact(target, specifier, Some(from)).map(Some);
        }
        let Some(name) = package
            .name
            .as_deref()
            .filter(|_| package.exports.is_some())
        else {
            return Ok(None);
        };
        match specifier.strip_prefix(name) {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => {
                let subpath = format!(".{rest}");
                let target = self.exported(&package, &subpath, Some(from), Way::Require);
                self.exact(target, specifier, Some(from)).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The file that a target of `exports` or `imports` is. Nothing is tried beside it.
    fn exact(
        &mut self,
        target: Result<Target, ResolveError>,
        specifier: &str,
        from: Option<&str>,
    ) -> Result<String, ResolveError> {
        let not_found = |request: &str| ResolveError::NotFound {
            request: request.to_owned(),
            stack: Vec::new(),
        };
        let url = match target {
            Ok(Target::File(url)) => url,
            Ok(Target::Builtin(_)) => return Err(ResolveError::NotAFile),
            Err(ResolveError::ImportNotFound { .. }) => return Err(not_found(specifier)),
            Err(error) => return Err(error),
        };
        if url.hides_separator() {
            return Err(ResolveError::InvalidSpecifier {
                request: url.href(),
                reason: "must not include encoded \"/\" or \"\\\" characters".to_owned(),
                from: from.map(str::to_owned),
            });
        }
        let path = url.to_path()?;
        let file = path::resolve("/", &path);
        match self.file(&file)? {
            Some(real) => Ok(real),
            None => self.source(&file)?.ok_or_else(|| not_found(&path)),
        }
    }

    /// Where `request` leads by the old rules, and by the `exports` of packages in `node_modules`.
    pub(super) fn find(
        &mut self,
        request: &str,
        from: &str,
    ) -> Result<Option<String>, ResolveError> {
        if request.starts_with('/') {
            return self.find_in("/", request);
        }
        let folder = path::parent(from);
        let mut letters = request.chars();
        if letters.next() == Some('.') && matches!(letters.next(), None | Some('.' | '/')) {
            return self.find_in(folder, request);
        }
        let nearest = path::resolve("/", folder);
        let folders = path::upward(&nearest).filter(|folder| path::name(folder) != "node_modules");
        for folder in folders {
            let modules = path::join(folder, "node_modules");
            if self.kind(&modules)? != Kind::Directory {
                continue;
            }
            if let Some(path) = self.find_exported(&modules, request)? {
                return Ok(Some(path));
            }
            if let Some(path) = self.find_in(&modules, request)? {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    fn find_exported(
        &mut self,
        modules: &str,
        request: &str,
    ) -> Result<Option<String>, ResolveError> {
        let Some((name, rest)) = split_package(request) else {
            return Ok(None);
        };
        let folder = path::resolve(modules, name);
        match self.package(&folder, Way::Require, || None)? {
            Some(package) if package.exports.is_some() => {
                let subpath = format!(".{rest}");
                let target = self.exported(&package, &subpath, None, Way::Require);
                self.exact(target, request, None).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn find_in(&mut self, folder: &str, request: &str) -> Result<Option<String>, ResolveError> {
        let path = path::resolve(folder, request);
        let means_folder = matches!(request.rsplit('/').next(), Some("" | "." | ".."));
        let kind = self.kind(&path)?;
        if !means_folder {
            if kind == Kind::File {
                return self.real(&path).map(Some);
            }
            if let Some(found) = self.with_extension(&path)? {
                return Ok(Some(found));
            }
        }
        if kind == Kind::Directory
            && let Some(found) = self.folder(&path)?
        {
            return Ok(Some(found));
        }
        if means_folder {
            return Ok(None);
        }
        self.source(&path)
    }

    /// The module that a folder is.
    fn folder(&mut self, folder: &str) -> Result<Option<String>, ResolveError> {
        let package = self.package(folder, Way::Require, || None)?;
        let main = package.and_then(|package| package.main.clone());
        let index = path::resolve(folder, "index");
        let Some(main) = main.filter(|main| !main.is_empty()) else {
            return self.with_extension(&index);
        };
        let file = path::resolve(folder, &main);
        if let Some(found) = self.file(&file)? {
            return Ok(Some(found));
        }
        for stem in [&file, &path::resolve(&file, "index")] {
            if let Some(found) = self.with_extension(stem)? {
                return Ok(Some(found));
            }
        }
        if let Some(found) = self.source(&file)? {
            return Ok(Some(found));
        }
        match self.with_extension(&index)? {
            Some(found) => Ok(Some(found)),
            None => Err(ResolveError::MainNotFound { file }),
        }
    }

    fn with_extension(&mut self, stem: &str) -> Result<Option<String>, ResolveError> {
        for extension in EXTENSIONS {
            if let Some(found) = self.file(&format!("{stem}{extension}"))? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn file(&mut self, path: &str) -> Result<Option<String>, ResolveError> {
        match self.kind(path)? {
            Kind::File => self.real(path).map(Some),
            Kind::Directory | Kind::Missing | Kind::Outside => Ok(None),
        }
    }

    /// The file of TypeScript that the missing file at `path` would be made from.
    fn source(&mut self, path: &str) -> Result<Option<String>, ResolveError> {
        match self.typescript_of(path)? {
            Some(source) => self.real(&source).map(Some),
            None => Ok(None),
        }
    }
}

/// The name of the package in a specifier, and what follows it.
fn split_package(request: &str) -> Option<(&str, &str)> {
    let end_of_name = |from: usize| {
        let name = request.get(from..)?;
        let end = name.find('/').unwrap_or(name.len());
        let name = name.get(..end)?;
        let valid = !name.is_empty() && !name.starts_with('.') && !name.contains(['\\', '%']);
        valid.then_some(from + end)
    };
    let scoped = || {
        let end = request.find('/').filter(|&at| at > 1)?;
        let scope = request.strip_prefix('@')?.get(..end - 1)?;
        (!scope.contains(['\\', '%'])).then_some(())?;
        end_of_name(end + 1)
    };
    let end = scoped().or_else(|| end_of_name(0))?;
    let (name, rest) = request.split_at_checked(end)?;
    (!rest.contains(['\n', '\r', '\u{2028}', '\u{2029}'])).then_some((name, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_has_one_name_or_two() {
        assert_eq!(split_package("a"), Some(("a", "")));
        assert_eq!(split_package("a/b/c"), Some(("a", "/b/c")));
        assert_eq!(split_package("@a/b/c"), Some(("@a/b", "/c")));
        assert_eq!(split_package("@a"), Some(("@a", "")));
        assert_eq!(split_package("@a/.b"), Some(("@a", "/.b")));
        assert_eq!(split_package("./a"), None);
        assert_eq!(split_package("a%2fb"), None);
        assert_eq!(split_package(""), None);
        assert_eq!(split_package("a/\n"), None);
    }
}
