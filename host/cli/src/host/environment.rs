//! The process's environment.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// What clients of the protocol start where nobody tells them a path, without a word behind it.
const SIDECAR: &str = "secure-exec-sidecar";

/// The words of the command line. By a link of the name [`SIDECAR`] the command is `tollgate sidecar`.
pub(crate) fn words() -> Vec<OsString> {
    of_the_link(std::env::args_os().collect())
}

fn of_the_link(mut words: Vec<OsString>) -> Vec<OsString> {
    let name = words.first().and_then(|word| Path::new(word).file_name());
    if name == Some(OsStr::new(SIDECAR)) {
        words.insert(1, OsString::from("sidecar"));
    }
    words
}

/// Every variable whose name and value are UTF-8; what a guest sees of them the policy says.
pub(crate) fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// The operator's policy, where no flag names one. Set and empty, it names none.
pub(crate) fn ceiling() -> Option<PathBuf> {
    std::env::var_os("TOLLGATE_CEILING")
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
}

/// Where a sidecar listens, where no flag says so.
pub(crate) fn sidecar() -> Option<String> {
    std::env::var("TOLLGATE_SIDECAR")
        .ok()
        .filter(|address| !address.is_empty())
}

/// The user's configuration folder for Tollgate, as the XDG base directories have it.
pub(crate) fn configuration() -> Option<PathBuf> {
    base("XDG_CONFIG_HOME", ".config")
}

/// The user's folder for compiled components.
pub(crate) fn cache() -> Option<PathBuf> {
    base("XDG_CACHE_HOME", ".cache").map(|folder| folder.join("compiled"))
}

/// The user's folder for runners of languages that are built on the machine.
pub(crate) fn runners() -> Option<PathBuf> {
    base("XDG_CACHE_HOME", ".cache").map(|folder| folder.join("runners"))
}

fn base(variable: &str, below_home: &str) -> Option<PathBuf> {
    let absolute = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let base = absolute(variable).or_else(|| absolute("HOME").map(|home| home.join(below_home)))?;
    Some(base.join("tollgate"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Vec<OsString> {
        of_the_link(words.iter().map(OsString::from).collect())
    }

    #[test]
    fn by_the_name_that_clients_start_the_command_is_the_sidecar() {
        for name in [SIDECAR, "/usr/local/bin/secure-exec-sidecar"] {
            assert_eq!(read(&[name]), [name, "sidecar"]);
            assert_eq!(
                read(&[name, "--host-root", "/"]),
                [name, "sidecar", "--host-root", "/"]
            );
        }
        for name in [
            "tollgate",
            "secure-exec-sidecar/tollgate",
            "my-secure-exec-sidecar",
        ] {
            assert_eq!(read(&[name, "run"]), [name, "run"]);
        }
        assert!(read(&[]).is_empty());
    }
}
