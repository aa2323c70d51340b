//! Why a specifier leads to no module, in Node's words.
//!
//! Programs compare `code`, and people search for the text, so both are Node 20's. What Node has no word for has a code
//! that begins with `ERR_TOLLGATE_`.

use std::fmt;

use thiserror::Error;

use crate::FileError;
use crate::bounds::LONGEST_QUOTE;

/// What an import was not found as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sought {
    /// A file.
    Module,
    /// A folder in a `node_modules`.
    Package,
}

impl fmt::Display for Sought {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Module => "module",
            Self::Package => "package",
        })
    }
}

/// Why a specifier leads to no module. `Display` is Node's message, [`code`](Self::code) its `code`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// `require` of what is not there.
    #[error("Cannot find module '{request}'{}", Stack(stack))]
    NotFound {
        /// What was asked for, or the file that it would have been.
        request: String,
        /// Who required whom, the one that asked first.
        stack: Vec<String>,
    },
    /// A folder whose package.json names a main file that is not there.
    #[error(
        "Cannot find module '{file}'. Please verify that the package.json has a valid \"main\" entry"
    )]
    MainNotFound {
        /// What `main` means.
        file: String,
    },
    /// `import` of what is not there.
    #[error("Cannot find {sought} '{path}' imported from {from}{}", Hint(hint.as_deref()))]
    ImportNotFound {
        /// A file or a package.
        sought: Sought,
        /// The file's path or the package's name.
        path: String,
        /// Who imported it.
        from: String,
        /// What `require` would have found.
        hint: Option<String>,
    },
    /// `import` of a folder.
    #[error("Directory import '{path}' is not supported resolving ES modules imported from {from}{}", Hint(hint.as_deref()))]
    DirectoryImport {
        /// The folder.
        path: String,
        /// Who imported it.
        from: String,
        /// What `require` would have found.
        hint: Option<String>,
    },
    /// A package has `exports`, and this is not one of them.
    #[error("{}", not_exported(package, subpath, from.as_deref()))]
    NotExported {
        /// The package's folder, with a slash.
        package: String,
        /// `.` or `./…`.
        subpath: String,
        /// Who asked, if known.
        from: Option<String>,
    },
    /// A `#name` that the package's `imports` don't have.
    #[error("Package import specifier \"{specifier}\" is not defined{} imported from {from}", InPackage(package.as_deref()))]
    ImportNotDefined {
        /// The name.
        specifier: String,
        /// The package's folder, with a slash.
        package: Option<String>,
        /// Who asked.
        from: String,
    },
    /// `exports` or `imports` lead to what they must not lead to.
    #[error("{}", invalid_target(package, key, target, *imports, from.as_deref()))]
    InvalidTarget {
        /// The package's folder, with a slash.
        package: String,
        /// The key in `exports` or `imports`.
        key: String,
        /// What stands there.
        target: String,
        /// `imports`, not `exports`.
        imports: bool,
        /// Who asked, if known.
        from: Option<String>,
    },
    /// A package.json that is none.
    #[error("Invalid package config {path}{}. {message}", Importing(importing.as_deref()))]
    InvalidConfig {
        /// The file.
        path: String,
        /// On whose behalf it was read.
        importing: Option<String>,
        /// What is wrong.
        message: String,
    },
    /// The same, where `require` came across it.
    #[error("Error parsing {path}: {message}")]
    ConfigSyntax {
        /// The file.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// A specifier that can't be one.
    #[error("Invalid module \"{request}\" {reason}{}", From(from.as_deref()))]
    InvalidSpecifier {
        /// The specifier.
        request: String,
        /// What is wrong with it.
        reason: String,
        /// Who asked, if known.
        from: Option<String>,
    },
    /// `require` of nothing.
    #[error("The argument 'id' must be a non-empty string. Received ''")]
    Empty,
    /// `import` of a file that is no module.
    #[error("Unknown file extension \"{extension}\" for {path}")]
    UnknownExtension {
        /// As in `.css`.
        extension: String,
        /// The file.
        path: String,
    },
    /// A URL that is neither a file's nor a built-in module's. `data:` is one of them: its text would be code that no
    /// file of the program holds, so no digest and no record would have it.
    #[error(
        "Only URLs with a scheme in: file and node are supported by the default ESM loader. Received protocol '{scheme}'"
    )]
    UnsupportedScheme {
        /// With its colon.
        scheme: String,
    },
    /// `node:` and a name that is none.
    #[error("No such built-in module: {name}")]
    UnknownBuiltin {
        /// With its `node:`.
        name: String,
    },
    /// A URL of a file on another machine.
    #[error("File URL host must be \"localhost\" or empty on linux")]
    FileHost,
    /// `imports` lead `require` to a built-in module, which Node refuses by accident.
    #[error("The URL must be of scheme file")]
    NotAFile,
    /// What would be a URL is none.
    #[error("Invalid URL")]
    InvalidUrl,
    /// A `%` without two hexadecimal digits, or bytes that are no UTF-8.
    #[error("URI malformed")]
    Malformed,
    /// A native addon: machine code, which would run outside of the sandbox.
    #[error("{path}: native addons cannot be loaded here; use a build of the package without one")]
    Addon {
        /// The file.
        path: String,
    },
    /// A link leads out of the program's root.
    #[error(
        "{path} leads out of {root} through a link; put what it leads to into the program's folder"
    )]
    Outside {
        /// The path that was walked.
        path: String,
        /// Where the program may be.
        root: String,
    },
    /// Files could not be read.
    #[error("cannot read {path}: {error}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        error: FileError,
    },
    /// One resolution asked more than it may.
    #[error("resolving '{request}' takes more lookups than one module may")]
    TooMuch {
        /// The specifier.
        request: String,
    },
}

impl ResolveError {
    /// The error's `code`, as programs compare it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } | Self::MainNotFound { .. } => "MODULE_NOT_FOUND",
            Self::ImportNotFound { .. } => "ERR_MODULE_NOT_FOUND",
            Self::DirectoryImport { .. } => "ERR_UNSUPPORTED_DIR_IMPORT",
            Self::NotExported { .. } => "ERR_PACKAGE_PATH_NOT_EXPORTED",
            Self::ImportNotDefined { .. } => "ERR_PACKAGE_IMPORT_NOT_DEFINED",
            Self::InvalidTarget { .. } => "ERR_INVALID_PACKAGE_TARGET",
            Self::InvalidConfig { .. } | Self::ConfigSyntax { .. } => "ERR_INVALID_PACKAGE_CONFIG",
            Self::InvalidSpecifier { .. } => "ERR_INVALID_MODULE_SPECIFIER",
            Self::Empty => "ERR_INVALID_ARG_VALUE",
            Self::UnknownExtension { .. } => "ERR_UNKNOWN_FILE_EXTENSION",
            Self::UnsupportedScheme { .. } => "ERR_UNSUPPORTED_ESM_URL_SCHEME",
            Self::UnknownBuiltin { .. } => "ERR_UNKNOWN_BUILTIN_MODULE",
            Self::FileHost => "ERR_INVALID_FILE_URL_HOST",
            Self::NotAFile => "ERR_INVALID_URL_SCHEME",
            Self::InvalidUrl => "ERR_INVALID_URL",
            Self::Malformed => "ERR_INVALID_URI",
            Self::Addon { .. } => "ERR_DLOPEN_FAILED",
            Self::Outside { .. } => "ERR_TOLLGATE_LINK_OUTSIDE",
            Self::Unreadable { .. } => "ERR_TOLLGATE_UNREADABLE",
            Self::TooMuch { .. } => "ERR_TOLLGATE_RESOLUTION_LIMIT",
        }
    }

    /// Whether nothing was found, and not something that is wrong.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        ["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND"].contains(&self.code())
    }

    /// The constructor of JavaScript that Node makes this error with.
    #[must_use]
    pub fn constructor(&self) -> &'static str {
        match self {
            Self::ImportNotDefined { .. }
            | Self::InvalidSpecifier { .. }
            | Self::Empty
            | Self::UnknownExtension { .. }
            | Self::FileHost
            | Self::NotAFile
            | Self::InvalidUrl => "TypeError",
            Self::ConfigSyntax { .. } => "SyntaxError",
            Self::Malformed => "URIError",
            Self::NotFound { .. }
            | Self::MainNotFound { .. }
            | Self::ImportNotFound { .. }
            | Self::DirectoryImport { .. }
            | Self::NotExported { .. }
            | Self::InvalidTarget { .. }
            | Self::InvalidConfig { .. }
            | Self::UnsupportedScheme { .. }
            | Self::UnknownBuiltin { .. }
            | Self::Addon { .. }
            | Self::Outside { .. }
            | Self::Unreadable { .. }
            | Self::TooMuch { .. } => "Error",
        }
    }
}

struct Stack<'a>(&'a [String]);

impl fmt::Display for Stack<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.is_empty() {
            f.write_str("\nRequire stack:")?;
        }
        self.0.iter().try_for_each(|path| write!(f, "\n- {path}"))
    }
}

/// Declares a wrapper that writes its text between two others, and nothing where there is none.
macro_rules! optional {
    ($name:ident, $format:literal) => {
        struct $name<'a>(Option<&'a str>);

        impl fmt::Display for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.map_or(Ok(()), |text| write!(f, $format, text))
            }
        }
    };
}

optional!(From, " imported from {}");
optional!(Importing, " while importing {}");
optional!(InPackage, " in package {}package.json");
optional!(Hint, "\nDid you mean to import {}?");

fn not_exported(package: &str, subpath: &str, from: Option<&str>) -> String {
    let from = From(from);
    if subpath == "." {
        format!("No \"exports\" main defined in {package}package.json{from}")
    } else {
        format!(
            "Package subpath '{subpath}' is not defined by \"exports\" in {package}package.json{from}"
        )
    }
}

fn invalid_target(
    package: &str,
    key: &str,
    target: &str,
    imports: bool,
    from: Option<&str>,
) -> String {
    let field = if imports { "imports" } else { "exports" };
    let advice = if !imports && !target.is_empty() && !target.starts_with("./") {
        "; targets must start with \"./\""
    } else {
        ""
    };
    let from = From(from);
    let target = quoted(target);
    if key == "." {
        format!(
            "Invalid \"{field}\" main target {target} defined in the package config {package}package.json{from}{advice}"
        )
    } else {
        format!(
            "Invalid \"{field}\" target {target} defined for '{key}' in the package config {package}package.json{from}{advice}"
        )
    }
}

/// `text` as JSON writes it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(clipped(text)).to_string()
}

/// The beginning of a text that a package sizes.
pub(super) fn clipped(text: &str) -> &str {
    let end = text.floor_char_boundary(LONGEST_QUOTE);
    text.get(..end).unwrap_or(text)
}
