//! Guest paths: how one is cut into components, and how long it may be.

use std::sync::Arc;

use crate::FsError;

/// The longest path that an operation takes, in bytes.
pub const MAX_PATH_BYTES: usize = 4_096;
/// The longest name of one file, in bytes.
pub const MAX_NAME_BYTES: usize = 255;
/// The most links that one resolution expands.
pub const MAX_LINKS: u32 = 40;
/// The longest canonical path that a handle may have, in bytes. It bounds what an audit record and a
/// policy decision have to look at when a guest nests directory after directory beneath open handles.
pub const MAX_CANONICAL_BYTES: usize = 16_384;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Component {
    /// `.`: stay, but there must be a directory to stay in.
    Current,
    /// `..`
    Parent,
    /// Anything else: no slash, no NUL, 1 to 255 bytes.
    Name(Arc<str>),
}

/// A path, cut into steps.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// The steps in order; never empty.
    pub(crate) components: Vec<Component>,
    /// Whether the path ended in a slash. The slash itself goes no further than here: kernels follow a
    /// link for its sake even where they were told not to.
    pub(crate) trailing_slash: bool,
}

/// Cuts a path into steps.
///
/// # Errors
/// `NoEntry` for the empty path, `NameTooLong`, `Invalid` for NUL, `NotPermitted` for an absolute path.
pub(crate) fn parse(path: &str) -> Result<Parsed, FsError> {
    if path.is_empty() {
        return Err(FsError::NoEntry);
    }
    if path.len() > MAX_PATH_BYTES {
        return Err(FsError::NameTooLong);
    }
    if path.contains('\0') {
        return Err(FsError::Invalid);
    }
    if path.starts_with('/') {
        return Err(FsError::NotPermitted);
    }
    let components = path
        .split('/')
        .filter(|part| !part.is_empty())
        .map(component)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Parsed {
        components,
        trailing_slash: path.ends_with('/'),
    })
}

fn component(part: &str) -> Result<Component, FsError> {
    match part {
        "." => Ok(Component::Current),
        ".." => Ok(Component::Parent),
        name if name.len() > MAX_NAME_BYTES => Err(FsError::NameTooLong),
        name => Ok(Component::Name(name.into())),
    }
}

/// Whether a string may be the target of a link that a guest makes.
///
/// # Errors
/// `NoEntry` for the empty target, `NameTooLong`, `Invalid` for NUL, `NotPermitted` for an absolute one unless the tree is
/// `rooted`.
pub(crate) fn check_link_target(target: &str, rooted: bool) -> Result<(), FsError> {
    if target.is_empty() {
        return Err(FsError::NoEntry);
    }
    if target.len() >= MAX_PATH_BYTES {
        return Err(FsError::NameTooLong);
    }
    if target.contains('\0') {
        return Err(FsError::Invalid);
    }
    if target.starts_with('/') && !rooted {
        return Err(FsError::NotPermitted);
    }
    Ok(())
}

/// Puts a name behind a canonical directory path.
pub(crate) fn join(directory: &str, name: &str) -> String {
    let directory = if directory == "/" { "" } else { directory };
    let mut path = String::with_capacity(directory.len() + 1 + name.len());
    path.push_str(directory);
    path.push('/');
    path.push_str(name);
    path
}

/// The canonical form of a place where something is mounted: absolute, no `.`, no empty part.
/// A relative path is the place below `/`.
pub(crate) fn canonical_mount_path(path: &str) -> Result<Box<[Box<str>]>, &'static str> {
    if path.is_empty() {
        return Err("it is empty; write `/` for the root");
    }
    if path.len() > MAX_PATH_BYTES {
        return Err("it is longer than 4,096 bytes");
    }
    if path.contains('\0') {
        return Err("it contains a NUL");
    }
    let path = path.trim_matches('/');
    let mut names = Vec::with_capacity(path.split('/').count());
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => return Err("it contains `..`; write the place itself"),
            name if name.len() > MAX_NAME_BYTES => {
                return Err("a name in it is longer than 255 bytes");
            }
            name => names.push(name.into()),
        }
    }
    Ok(names.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_cut_at_slashes_and_the_last_one_is_remembered() {
        let parsed = parse("a//./../b/").unwrap();
        assert_eq!(
            parsed.components,
            [
                Component::Name("a".into()),
                Component::Current,
                Component::Parent,
                Component::Name("b".into())
            ]
        );
        assert!(parsed.trailing_slash);
        assert!(!parse("a/b").unwrap().trailing_slash);
    }

    #[test]
    fn i51_odd_paths_are_refused_before_anything_is_touched() {
        assert_eq!(parse("").unwrap_err(), FsError::NoEntry);
        assert_eq!(parse("/").unwrap_err(), FsError::NotPermitted);
        assert_eq!(parse("/etc/passwd").unwrap_err(), FsError::NotPermitted);
        assert_eq!(parse("a\0b").unwrap_err(), FsError::Invalid);
        assert_eq!(
            parse(&"a/".repeat(2_049)).unwrap_err(),
            FsError::NameTooLong
        );
        assert_eq!(parse(&"n".repeat(256)).unwrap_err(), FsError::NameTooLong);
        assert!(parse(&"n".repeat(255)).is_ok());
        assert!(parse(&"a/".repeat(2_048)).is_ok());
    }

    #[test]
    fn mount_paths_become_canonical() {
        let names = |path| canonical_mount_path(path).map(|names| names.join("/"));
        assert_eq!(names("/").unwrap(), "");
        assert_eq!(names(".").unwrap(), "");
        assert_eq!(names("./a//b/").unwrap(), "a/b");
        assert!(names("/a/../b").is_err());
        assert!(names("").is_err());
    }
}
