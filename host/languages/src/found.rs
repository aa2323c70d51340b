//! What a resolution came to, as the host's side of the bridge has it.

use tollgate_bridge::{Asking, NoModule};
use tollgate_modules::{Files, ResolveError, Resolved, Resolver};

/// Why there is no such module.
pub(crate) fn refused(error: &ResolveError) -> NoModule {
    NoModule {
        code: error.code(),
        message: error.to_string(),
    }
}

/// Where `specifier` leads, seen from a folder.
pub(crate) fn seen_from<F: Files>(
    resolver: &mut Resolver<F>,
    specifier: &str,
    folder: &str,
    asking: Asking,
) -> Result<String, NoModule> {
    let from = format!("{}/[folder]", folder.trim_end_matches('/'));
    let resolved = match asking {
        Asking::Require => resolver.require(specifier, &from, &[]),
        Asking::Import => resolver.import(specifier, &from),
    };
    match resolved.map_err(|error| refused(&error))? {
        Resolved::Builtin(name) => Ok(in_full(name)),
        Resolved::File(module) => Ok(format!("{}{}", module.path, module.suffix)),
    }
}

/// A built-in module with its scheme: Node's have `node:`, ours have `tollgate:` already.
pub(crate) fn in_full(name: String) -> String {
    if name.contains(':') {
        name
    } else {
        format!("node:{name}")
    }
}
