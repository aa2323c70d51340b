//! Folders of the host that programs lie in, and how one is found there: by the handle on the folder, never by where a path
//! would lead on the host.

use cap_std::fs::Dir;
use tollgate::capability::program::{Folder, Kind, ReadError};
use tollgate::engine::MAX_SOURCE_BYTES;
use tollgate::policy::Permit;
use tollgate_languages::{NODE, PYTHON, home};

use super::bounds::MAX_TEXT_BYTES;
use super::ground::Unfound;
use super::language::{Language, MAGIC};

/// Where a program sees its own folder.
pub(super) const PLACE: &str = "/program";

/// A folder whose programs may be run, and what requests call it.
#[derive(Debug)]
pub(super) struct Prefix {
    name: Names,
    dir: Dir,
}

/// A path, name by name.
#[derive(Debug, PartialEq, Eq)]
struct Names {
    is_absolute: bool,
    names: Vec<String>,
}

impl Names {
    /// Nothing where a name undoes another one: what a path means is what it says.
    fn of(path: &str) -> Option<Self> {
        let names = path.split('/').filter(|name| !matches!(*name, "" | "."));
        let names: Vec<_> = names.map(str::to_owned).collect();
        let is_plain = !names.iter().any(|name| name == "..");
        is_plain.then(|| Self {
            is_absolute: path.starts_with('/'),
            names,
        })
    }

    /// The path beneath the folder of this name. Nothing for any other path, and for the folder itself.
    fn beneath(&self, path: &Self) -> Option<String> {
        let rest = path.names.strip_prefix(self.names.as_slice())?;
        (self.is_absolute == path.is_absolute && !rest.is_empty()).then(|| rest.join("/"))
    }
}

/// What requests call a folder is no name of one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no folder for programs: it is empty, or has `..` in it")]
pub struct BadPrefix(pub String);

impl Prefix {
    pub(super) fn new(name: &str, dir: Dir) -> Result<Self, BadPrefix> {
        let named = Names::of(name).filter(|_| !name.is_empty());
        let name = named.ok_or_else(|| BadPrefix(name.to_owned()))?;
        Ok(Self { name, dir })
    }
}

/// The handle on a folder, and a path beneath it.
pub(super) struct Place {
    pub(super) dir: Dir,
    /// Without `..` and empty names.
    pub(super) path: String,
    /// Whether the path says that it is a folder's.
    is_folder: bool,
}

/// The places that a path may mean, the folder with the longest name first.
pub(super) fn places(prefixes: &[Prefix], path: &str) -> Vec<Place> {
    let Some(names) = Names::of(path) else {
        return Vec::new();
    };
    let mut places: Vec<(usize, Place)> = prefixes
        .iter()
        .filter_map(|prefix| {
            let place = Place {
                path: prefix.name.beneath(&names)?,
                // A handle that cannot be shared finds nothing.
                dir: prefix.dir.try_clone().ok()?,
                is_folder: path.ends_with('/') || path.ends_with("/."),
            };
            Some((prefix.name.names.len(), place))
        })
        .collect();
    places.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
    places.into_iter().map(|(_, place)| place).collect()
}

/// A program, as it was when it was found: whatever becomes of its file, this is what runs.
pub(super) enum Found {
    /// A component or a module.
    WebAssembly {
        /// The last of its path.
        name: String,
        bytes: Vec<u8>,
    },
    /// A source.
    Source {
        language: Language,
        /// The folder of its package.
        folder: Folder,
        /// Its entry, as the guest sees it.
        entry: String,
        bytes: Vec<u8>,
    },
    /// Something that is longer than any program.
    TooLong,
}

impl Place {
    /// Looks what lies there. The file is opened once, beneath the handle; what is looked at is what runs.
    pub(super) fn look(self, permit: Permit) -> Result<Found, Unfound> {
        let folder = Folder::new(self.dir.try_clone().map_err(|_cause| Unfound::Missing)?);
        let opened = folder.open(permit).map_err(|_wrong| Unfound::NotAllowed)?;
        let own = folder.real(&self.path).map_err(unread)?;
        match folder.kind(&own) {
            Kind::File if self.is_folder => return Err(Unfound::Missing),
            Kind::File => {}
            // It is there, for it has a path of its own: a pipe, a socket, a device.
            Kind::Directory | Kind::Missing => return Err(Unfound::NotExecutable),
            Kind::Outside => return Err(Unfound::NotAllowed),
        }
        let Some(language) = Language::of(&own) else {
            return webassembly(&folder, &own);
        };
        if !language.is_built_in() {
            return Err(Unfound::LeftOut(language));
        }
        let bytes = match folder.read(&own, MAX_TEXT_BYTES) {
            Err(ReadError::TooLong) => return Ok(Found::TooLong),
            read => read.map_err(unread)?,
        };
        let packages = match language {
            Language::JavaScript => &NODE,
            Language::Python => &PYTHON,
        };
        let home = home(&own, packages, |path| folder.kind(path) == Kind::File);
        let home = home.ok_or(Unfound::NotExecutable)?;
        let entry = format!("{PLACE}/{}", home.entry);
        let root = match home.folder {
            "" => self.dir.try_clone(),
            inner => self.dir.open_dir(inner),
        };
        let root = root.map_err(|_gone| Unfound::Missing)?;
        drop(opened);
        Ok(Found::Source {
            language,
            folder: Folder::new(root),
            entry,
            bytes,
        })
    }
}

fn unread(error: ReadError) -> Unfound {
    match error {
        ReadError::Missing => Unfound::Missing,
        ReadError::Outside | ReadError::Closed => Unfound::NotAllowed,
        // The system does not let this user read it.
        ReadError::TooLong | ReadError::Failed => Unfound::NotExecutable,
    }
}

fn webassembly(folder: &Folder, path: &str) -> Result<Found, Unfound> {
    let most = usize::try_from(MAX_SOURCE_BYTES).unwrap_or(usize::MAX);
    let bytes = match folder.read(path, most) {
        Err(ReadError::TooLong) => return Ok(Found::TooLong),
        read => read.map_err(unread)?,
    };
    if !bytes.starts_with(MAGIC) {
        return Err(Unfound::NotExecutable);
    }
    let name = path.rsplit('/').next().unwrap_or(path).to_owned();
    Ok(Found::WebAssembly { name, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_beneath_a_folder_by_whole_names() {
        let beneath = |prefix: &str, path: &str| Names::of(prefix)?.beneath(&Names::of(path)?);
        assert_eq!(beneath("/a", "/a/b").as_deref(), Some("b"));
        assert_eq!(beneath("/a/", "//a/./b//c/").as_deref(), Some("b/c"));
        assert_eq!(beneath("/", "/a").as_deref(), Some("a"));
        assert_eq!(beneath("tools", "tools/x.wasm").as_deref(), Some("x.wasm"));
        for (prefix, path) in [
            ("/a", "/ab"),
            ("/a", "/ab/c"),
            ("/a", "/a"),
            ("/a", "/a/"),
            ("/a", "a/b"),
            ("a", "/a/b"),
            ("/a/b", "/a/c"),
            ("/a", "/a/../a/b"),
            ("/a", "/a/b/../c"),
        ] {
            assert_eq!(beneath(prefix, path), None, "{prefix} {path}");
        }
    }
}
