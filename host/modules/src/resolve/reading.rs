//! How a module's text is read, by its name and its package.

use super::package::Type;
use super::{Format, Module, ResolveError, Resolver, Way};
use crate::{Files, path};

impl<F: Files> Resolver<F> {
    /// The module in the file at `path`, which is a real path.
    pub(super) fn module(
        &mut self,
        path: String,
        suffix: String,
        way: Way,
    ) -> Result<Module, ResolveError> {
        let extension = path::extension(&path);
        let (format, typescript) = match extension {
            ".mjs" => (Format::Module, false),
            ".mts" => (Format::Module, true),
            ".cjs" => (Format::CommonJs, false),
            ".cts" => (Format::CommonJs, true),
            ".json" => (Format::Json, false),
            ".js" | ".ts" => (self.format_of_package(&path, way)?, extension == ".ts"),
            ".node" if way == Way::Require => return Err(ResolveError::Addon { path }),
            // `require` reads whatever it does not know as it reads `.js`, but asks no package.
            _ if way == Way::Require => (Format::Detect, false),
            "" => (self.format_of_package(&path, way)?, false),
            extension => {
                return Err(ResolveError::UnknownExtension {
                    extension: extension.to_owned(),
                    path,
                });
            }
        };
        Ok(Module {
            path,
            suffix,
            format,
            typescript,
        })
    }

    fn format_of_package(&mut self, path: &str, way: Way) -> Result<Format, ResolveError> {
        let scope = self.scope(path, way)?;
        Ok(match scope.map_or(Type::None, |package| package.kind) {
            Type::None => Format::Detect,
            Type::CommonJs => Format::CommonJs,
            Type::Module => Format::Module,
        })
    }
}
