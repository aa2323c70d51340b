//! `import`: URLs, exact names, and packages in `node_modules` upward.

use super::error::quoted;
use super::exports::Target;
use super::package::Package;
use super::url::{self, FileUrl, Url};
use super::{ResolveError, Resolved, Resolver, Sought, Way};
use crate::path;
use crate::{Files, Kind};

/// What is tried behind `main`, in this order, where a package has no `exports`; and for the folder itself after that.
const BEHIND_MAIN: [&str; 7] = [
    "",
    ".js",
    ".json",
    ".node",
    "/index.js",
    "/index.json",
    "/index.node",
];
const INDEX: [&str; 3] = ["./index.js", "./index.json", "./index.node"];

impl<F: Files> Resolver<F> {
    pub(super) fn resolve_import(
        &mut self,
        specifier: &str,
        from: &str,
    ) -> Result<Resolved, ResolveError> {
        let found = match self.import_target(specifier, from)? {
            Target::Builtin(name) => return Ok(Resolved::Builtin(name)),
            Target::File(url) => self.exact_url(&url, from),
        };
        let (path, suffix) = found.map_err(|error| self.hinted(error, specifier, from))?;
        self.module(path, suffix, Way::Import).map(Resolved::File)
    }

    fn import_target(&mut self, specifier: &str, from: &str) -> Result<Target, ResolveError> {
        if is_path(specifier) {
            return FileUrl::of_path(from).join(specifier).map(Target::File);
        }
        if specifier.starts_with('#') {
            return self.imported(specifier, from, Way::Import);
        }
        // Before it is taken for a URL: a runtime may have names of its own, such as `tollgate:bridge`.
        if self.is_builtin(specifier) {
            return Ok(Target::Builtin(specifier.to_owned()));
        }
        match url::parse(specifier)? {
            Some(Url::File(url)) => Ok(Target::File(url)),
            // The scheme of a URL may be written large, but these are compared as text.
            Some(Url::Node(name)) if specifier.starts_with("node:") => {
                self.builtin(&name).map(Target::Builtin)
            }
            Some(Url::Node(_)) => Err(ResolveError::UnknownBuiltin {
                name: specifier.to_owned(),
            }),
            Some(Url::Other(scheme)) => Err(ResolveError::UnsupportedScheme { scheme }),
            None => self
                .package_target(specifier, from, Way::Import)
                .map_err(|error| self.hinted(error, specifier, from)),
        }
    }

    /// What a specifier that begins with a package's name leads to, seen from the file at `from`.
    pub(super) fn package_target(
        &mut self,
        specifier: &str,
        from: &str,
        way: Way,
    ) -> Result<Target, ResolveError> {
        if self.is_builtin(specifier) {
            return Ok(Target::Builtin(specifier.to_owned()));
        }
        let (name, rest) = split_package(specifier, from)?;
        let subpath = format!(".{rest}");
        if let Some(package) = self.scope(from, Way::Import)?
            && package.exports.is_some()
            && package.name.as_deref() == Some(name)
        {
            return self.exported(&package, &subpath, Some(from), way);
        }
        let not_found = |name: &str| ResolveError::ImportNotFound {
            sought: Sought::Package,
            path: name.to_owned(),
            from: from.to_owned(),
            hint: None,
        };
        // In a URL these end the path, so that there is no folder of such a name.
        if name.contains(['?', '#']) {
            return Err(not_found(name));
        }
        for folder in path::upward(path::parent(from)) {
            let folder = path::resolve(folder, &format!("node_modules/{name}"));
            if self.kind(&folder)? != Kind::Directory {
                continue;
            }
            let importing = || Some(format!("\"{specifier}\" from {from}"));
            let package = self.package(&folder, Way::Import, importing)?;
            if let Some(package) = package.as_ref().filter(|package| package.exports.is_some()) {
                return self.exported(package, &subpath, Some(from), way);
            }
            let file = FileUrl::of_path(&path::resolve(&folder, "package.json"));
            if subpath != "." {
                return file.join(&subpath).map(Target::File);
            }
            let main = self.main_of(&file, package.as_deref())?;
            return main
                .map(Target::File)
                .ok_or_else(|| not_found(&folder_error(&file, package.as_deref())));
        }
        Err(not_found(name))
    }

    /// The main file of a package without `exports`, whose package.json is, or would be, at `file`.
    fn main_of(
        &mut self,
        file: &FileUrl,
        package: Option<&Package>,
    ) -> Result<Option<FileUrl>, ResolveError> {
        if let Some(main) = package.and_then(|package| package.main.as_deref()) {
            for behind in BEHIND_MAIN {
                let url = file.join(&format!("./{main}{behind}"))?;
                if self.is_file(&url)? {
                    return Ok(Some(url));
                }
            }
            let url = file.join(&format!("./{main}"))?;
            let path = path::resolve("/", &url.to_path()?);
            if self.typescript_of(&path)?.is_some() {
                return Ok(Some(url));
            }
        }
        for index in INDEX {
            let url = file.join(index)?;
            if self.is_file(&url)? {
                return Ok(Some(url));
            }
        }
        Ok(None)
    }

    fn is_file(&mut self, url: &FileUrl) -> Result<bool, ResolveError> {
        let path = path::resolve("/", &url.to_path()?);
        Ok(self.kind(&path)? == Kind::File)
    }

    /// The real path of the file that a URL is, and the URL's suffix.
    fn exact_url(&mut self, url: &FileUrl, from: &str) -> Result<(String, String), ResolveError> {
        if url.hides_separator() {
            return Err(ResolveError::InvalidSpecifier {
                request: url.path.clone(),
                reason: "must not include encoded \"/\" or \"\\\" characters".to_owned(),
                from: Some(from.to_owned()),
            });
        }
        let path = url.to_path()?;
        let file = path::resolve("/", &path);
        // Node asks about `/` where a path ends so, whatever the path.
        let kind = if path.ends_with('/') {
            Kind::Directory
        } else {
            self.kind(&file)?
        };
        let found = match kind {
            Kind::File => Some(file),
            Kind::Directory => {
                return Err(ResolveError::DirectoryImport {
                    path,
                    from: from.to_owned(),
                    hint: None,
                });
            }
            Kind::Missing | Kind::Outside => self.typescript_of(&file)?,
        };
        let found = found.ok_or_else(|| ResolveError::ImportNotFound {
            sought: Sought::Module,
            path,
            from: from.to_owned(),
            hint: None,
        })?;
        Ok((self.real(&found)?, url.suffix.clone()))
    }

    /// The error with what `require` would have found, where it would have found something.
    fn hinted(&mut self, mut error: ResolveError, specifier: &str, from: &str) -> ResolveError {
        if let ResolveError::ImportNotFound { hint, .. }
        | ResolveError::DirectoryImport { hint, .. } = &mut error
        {
            *hint = self.hint(specifier, from);
        }
        error
    }

    fn hint(&mut self, specifier: &str, from: &str) -> Option<String> {
        let request = match specifier.strip_prefix("file://") {
            Some(rest) => FileUrl::of_path("/").join(rest).ok()?.to_path().ok()?,
            None => specifier.to_owned(),
        };
        let found = self.find(&request, from).ok()??;
        let suggestion = if request.starts_with('/') {
            FileUrl::of_path(&found).href()
        } else if is_path(&request) {
            let relative = path::relative(path::parent(from), &found);
            if relative.starts_with("../") {
                relative
            } else {
                format!("./{relative}")
            }
        } else {
            let package = request.split('/').next()?;
            let (_, inside) = found.rsplit_once(&format!("/node_modules/{package}/"))?;
            format!("{package}/{inside}")
        };
        (suggestion != request).then(|| quoted(&suggestion))
    }
}

/// Whether a specifier is a path: everything else is a URL or begins with a package's name.
fn is_path(specifier: &str) -> bool {
    specifier.starts_with('/') || matches!(specifier.split('/').next(), Some("." | ".."))
}

fn split_package<'a>(specifier: &'a str, from: &str) -> Result<(&'a str, &'a str), ResolveError> {
    let scoped = specifier.starts_with('@');
    let slash = specifier.find('/');
    let end = match slash {
        Some(first) if scoped => specifier
            .get(first + 1..)
            .and_then(|rest| rest.find('/'))
            .map(|at| first + 1 + at),
        other => other,
    };
    let (name, rest) = specifier.split_at(end.unwrap_or(specifier.len()));
    if (scoped && slash.is_none()) || name.starts_with('.') || name.contains(['%', '\\']) {
        return Err(ResolveError::InvalidSpecifier {
            request: specifier.to_owned(),
            reason: "is not a valid package name".to_owned(),
            from: Some(from.to_owned()),
        });
    }
    Ok((name, rest))
}

/// What Node says is missing where a package has no main file.
fn folder_error(file: &FileUrl, package: Option<&Package>) -> String {
    let main = package.and_then(|package| package.main.as_deref());
    let missing = main.map_or_else(
        || file.join(INDEX[0]),
        |main| file.join(&format!("./{main}")),
    );
    missing.and_then(|url| url.to_path()).unwrap_or_default()
}
