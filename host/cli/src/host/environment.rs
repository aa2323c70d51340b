//! The process's environment.

use std::path::PathBuf;

/// Every variable whose name and value are UTF-8; what a guest sees of them the policy says.
pub(crate) fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// The user's configuration folder for Tollgate, as the XDG base directories have it.
pub(crate) fn configuration() -> Option<PathBuf> {
    let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_CONFIG_HOME").or_else(|| absolute("HOME").map(|home| home.join(".config")))?;
    Some(base.join("tollgate"))
}
