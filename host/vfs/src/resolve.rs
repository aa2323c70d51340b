//! The walk: from a directory handle and a guest path to one name in one open directory.
//!
//! A step opens one name beneath the handle of the step before and follows nothing; links are read and
//! spliced into the rest of the path here. `..` takes the last handle off our own stack: the kernel is
//! never asked for a parent, so that a directory which is moved out of a mount while a walk is in it
//! has no way out (I54). Leaving the directory that the walk began in is an error, not a clamp; but above the root of all
//! that a guest knows there is nothing to leave for, and its absolute links begin there.

use std::sync::Arc;

use crate::backend::{Directory, Step};
use crate::namespace::{Mounted, Node, Point};
use crate::path::{self, Component, MAX_CANONICAL_BYTES, MAX_LINKS, MAX_PATH_BYTES, Parsed};
use crate::virtual_dir::VirtualDir;
use crate::{Follow, FsError};

/// What a resolution happened to learn about the last name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// It had no reason to look.
    Unknown,
    /// There was nothing of that name.
    Missing,
    /// There was something of that name.
    Present,
}

/// Where a resolution ended.
pub(crate) enum Place {
    Entry { parent: Node, name: Arc<str> },
    Itself { node: Node, stop: Stop },
}

/// Why a resolution ended in a directory and not in a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    Dot,
    DotDot,
    MountPoint,
}

/// Handles that a walk keeps open at most. A path of two thousand components must not take two
/// thousand host descriptors; `..` beyond these walks down again from where the walk began.
const KEPT_HANDLES: usize = 32;

/// Lookups that one walk does at most. The longest path has 2,048 components, so only a path that is
/// made to go back and forth comes near.
const MAX_STEPS: u32 = 8_192;

/// Where a walk ended.
pub(crate) struct Resolved {
    pub(crate) place: Place,
    pub(crate) path: String,
    pub(crate) trailing_slash: bool,
    pub(crate) through_link: bool,
    pub(crate) hint: Hint,
}

/// One directory below the start of the walk.
struct Level {
    name: Arc<str>,
    mount: Arc<Mounted>,
    /// Nothing once the walk has gone far below; found again by name when `..` comes back to it.
    directory: Option<Arc<dyn Directory>>,
    points: Option<Arc<Point>>,
    /// Not reached by opening a name, hence not to be found again by one.
    fixed: bool,
}

/// Where a walk begins.
pub(crate) struct Base<'a> {
    pub(crate) node: &'a Node,
    /// Its canonical path.
    pub(crate) path: &'a str,
    /// It is the root of all that the guest knows: absolute targets begin here, and nothing lies above.
    pub(crate) rooted: bool,
}

struct Walk<'a> {
    base: &'a Node,
    base_bytes: usize,
    rooted: bool,
    levels: Vec<Level>,
    /// What is left to do, last step first.
    pending: Vec<Component>,
    /// The step that is being done, for saying where the walk failed.
    current: Component,
    path_bytes: usize,
    links: u32,
    steps: u32,
    follow: Follow,
    trailing_slash: bool,
    through_link: bool,
}

/// A path that leads nowhere, and where it got to: what a decision about the failure has to be made on. The way there
/// may lead through links, and then the path as it was asked for says nothing about where the walk was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unresolved {
    /// Why.
    pub error: FsError,
    /// The canonical guest path as far as the walk came, with what was left of the path after it.
    pub path: String,
}

/// Resolves `path` beneath `base`.
pub(crate) fn resolve(base: Base<'_>, path: &str, follow: Follow) -> Result<Resolved, Unresolved> {
    let base_path = base.path;
    let parsed = path::parse(path).map_err(|error| Unresolved {
        error,
        path: base_path.to_owned(),
    })?;
    let mut pending = parsed.components;
    pending.reverse();
    let mut walk = Walk {
        base: base.node,
        base_bytes: base_path.len(),
        rooted: base.rooted,
        levels: Vec::new(),
        pending,
        current: Component::Current,
        path_bytes: base_path.len(),
        links: 0,
        steps: 0,
        follow,
        trailing_slash: parsed.trailing_slash,
        through_link: false,
    };
    walk.run(base_path).map_err(|error| Unresolved {
        error,
        path: walk.reached(base_path),
    })
}

impl Walk<'_> {
    fn run(&mut self, base_path: &str) -> Result<Resolved, FsError> {
        let mut stop = Stop::Dot;
        while let Some(component) = self.pending.pop() {
            self.current.clone_from(&component);
            match component {
                Component::Current => stop = Stop::Dot,
                Component::Parent => {
                    self.up()?;
                    stop = Stop::DotDot;
                }
                Component::Name(name) if self.pending.is_empty() => {
                    if let Some(hint) = self.last(&name)? {
                        return self.entry(base_path, name, hint);
                    }
                    stop = Stop::MountPoint;
                }
                Component::Name(name) => self.down(name)?,
            }
        }
        self.current = Component::Current;
        self.itself(base_path, stop)
    }

    /// Where the walk stands, and what it had yet to do: never above the root, and no longer than a path can be.
    fn reached(&self, base_path: &str) -> String {
        let mut path = self.canonical(base_path);
        for component in std::iter::once(&self.current).chain(self.pending.iter().rev()) {
            match component {
                Component::Current => {}
                Component::Parent => path.truncate(path.rfind('/').unwrap_or(0)),
                Component::Name(name) if path.len() + name.len() < MAX_CANONICAL_BYTES => {
                    path = path::join(&path, name);
                }
                Component::Name(_) => break,
            }
        }
        if path.is_empty() {
            "/".to_owned()
        } else {
            path
        }
    }

    /// Handles the last name. Nothing means that the walk goes on (the name was a link) or that it
    /// ended in a mount point.
    fn last(&mut self, name: &str) -> Result<Option<Hint>, FsError> {
        if self.point_below(name).is_some() {
            self.down(name.into())?;
            return Ok(None);
        }
        if self.follow == Follow::No && !self.trailing_slash {
            return Ok(Some(Hint::Unknown));
        }
        self.count_step()?;
        match self.top()?.link_target(name) {
            Ok(Some(target)) => {
                self.through_link = true;
                self.expand(&target, true)?;
                Ok(None)
            }
            Ok(None) => Ok(Some(Hint::Present)),
            Err(FsError::NoEntry) => Ok(Some(Hint::Missing)),
            Err(error) => Err(error),
        }
    }

    /// Splices a link's target into what is left to do.
    fn expand(&mut self, target: &str, last: bool) -> Result<(), FsError> {
        self.links += 1;
        if self.links > MAX_LINKS {
            return Err(FsError::Loop);
        }
        let parsed = match target.strip_prefix('/') {
            Some(below) if self.rooted => self.restart(below)?,
            Some(_) | None => path::parse(target)?,
        };
        if self.pending.len() + parsed.components.len() > MAX_PATH_BYTES {
            return Err(FsError::NameTooLong);
        }
        if last {
            self.trailing_slash |= parsed.trailing_slash;
        }
        self.pending.extend(parsed.components.into_iter().rev());
        Ok(())
    }

    /// What is left of an absolute target, after going back to where the walk began.
    fn restart(&mut self, below: &str) -> Result<Parsed, FsError> {
        self.levels.clear();
        self.path_bytes = self.base_bytes;
        match below.trim_start_matches('/') {
            "" => path::parse("."),
            below => path::parse(below),
        }
    }

    fn up(&mut self) -> Result<(), FsError> {
        let level = match self.levels.pop() {
            Some(level) => level,
            None if self.rooted => return Ok(()),
            None => return Err(FsError::NotPermitted),
        };
        self.path_bytes -= level.name.len() + 1;
        Ok(())
    }

    fn down(&mut self, name: Arc<str>) -> Result<(), FsError> {
        self.count_step()?;
        let Some(point) = self.point_below(&name) else {
            return match self.top()?.enter(&name)? {
                Step::Directory(directory) => self.push(name, directory, None, None),
                Step::Link(target) => self.expand(&target, false),
            };
        };
        if let Some(mounted) = &point.mounted {
            let (root, mount) = (Arc::clone(&mounted.root), Arc::clone(mounted));
            return self.push(name, root, Some(mount), Some(point));
        }
        // Something is mounted further below. What stands here on the backend serves as the way there
        // if it is a directory, and is hidden by an empty one if it is not.
        match self.top()?.enter(&name) {
            Ok(Step::Directory(directory)) => self.push(name, directory, None, Some(point)),
            Ok(Step::Link(_)) | Err(FsError::NoEntry | FsError::NotDirectory) => {
                let directory = Arc::new(VirtualDir::new(point.number));
                self.push(name, directory, None, Some(point))
            }
            Err(error) => Err(error),
        }
    }

    fn push(
        &mut self,
        name: Arc<str>,
        directory: Arc<dyn Directory>,
        crossed: Option<Arc<Mounted>>,
        points: Option<Arc<Point>>,
    ) -> Result<(), FsError> {
        self.path_bytes = self.path_bytes.saturating_add(name.len() + 1);
        if self.path_bytes > MAX_CANONICAL_BYTES {
            return Err(FsError::NameTooLong);
        }
        if let Some(old) = self.levels.len().checked_sub(KEPT_HANDLES)
            && let Some(level) = self.levels.get_mut(old)
            && !level.fixed
        {
            level.directory = None;
        }
        let mount = crossed.clone().unwrap_or_else(|| self.mount());
        self.levels.push(Level {
            name,
            mount,
            directory: Some(directory),
            fixed: points.is_some(),
            points,
        });
        Ok(())
    }

    fn count_step(&mut self) -> Result<(), FsError> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(FsError::NameTooLong);
        }
        Ok(())
    }

    fn mount(&self) -> Arc<Mounted> {
        Arc::clone(
            self.levels
                .last()
                .map_or(&self.base.mount, |level| &level.mount),
        )
    }

    fn point_below(&self, name: &str) -> Option<Arc<Point>> {
        let points = match self.levels.last() {
            Some(level) => level.points.as_ref(),
            None => self.base.points.as_ref(),
        };
        points?.child(name)
    }

    /// The directory that the walk stands in.
    fn top(&mut self) -> Result<Arc<dyn Directory>, FsError> {
        match self.levels.last() {
            None => Ok(Arc::clone(&self.base.directory)),
            Some(Level {
                directory: Some(directory),
                ..
            }) => Ok(Arc::clone(directory)),
            Some(_) => self.descend_again(),
        }
    }

    /// Opens again, name by name, the directories whose handles were given up on the way down. Each
    /// step is as strict as the first time: what has become a link or vanished meanwhile is an error.
    fn descend_again(&mut self) -> Result<Arc<dyn Directory>, FsError> {
        let depth = self.levels.len();
        let held = self
            .levels
            .iter()
            .rposition(|level| level.directory.is_some());
        let mut directory = held
            .and_then(|index| self.levels.get(index)?.directory.clone())
            .unwrap_or_else(|| Arc::clone(&self.base.directory));
        for index in held.map_or(0, |index| index + 1)..depth {
            self.count_step()?;
            let Some(level) = self.levels.get_mut(index) else {
                break;
            };
            directory = match directory.enter(&level.name)? {
                Step::Directory(directory) => directory,
                Step::Link(_) => return Err(FsError::NoEntry),
            };
            if index + KEPT_HANDLES >= depth {
                level.directory = Some(Arc::clone(&directory));
            }
        }
        Ok(directory)
    }

    fn canonical(&self, base_path: &str) -> String {
        let names = self.levels.iter().map(|level| &*level.name);
        spell(base_path, names, self.path_bytes)
    }

    fn canonical_below(&self, base_path: &str, name: &str) -> String {
        let names = self.levels.iter().map(|level| &*level.name);
        let bytes = self.path_bytes.saturating_add(1 + name.len());
        spell(base_path, names.chain([name]), bytes)
    }

    fn node(&mut self) -> Result<Node, FsError> {
        Ok(Node {
            directory: self.top()?,
            mount: self.mount(),
            points: match self.levels.last() {
                Some(level) => level.points.clone(),
                None => self.base.points.clone(),
            },
        })
    }

    fn entry(&mut self, base_path: &str, name: Arc<str>, hint: Hint) -> Result<Resolved, FsError> {
        if self.path_bytes.saturating_add(name.len() + 1) > MAX_CANONICAL_BYTES {
            return Err(FsError::NameTooLong);
        }
        let path = self.canonical_below(base_path, &name);
        let parent = self.node()?;
        Ok(Resolved {
            place: Place::Entry { parent, name },
            path,
            trailing_slash: self.trailing_slash,
            through_link: self.through_link,
            hint,
        })
    }

    fn itself(&mut self, base_path: &str, stop: Stop) -> Result<Resolved, FsError> {
        let path = self.canonical(base_path);
        let node = self.node()?;
        Ok(Resolved {
            place: Place::Itself { node, stop },
            path,
            trailing_slash: self.trailing_slash,
            through_link: self.through_link,
            hint: Hint::Present,
        })
    }
}

/// The canonical path of what lies these names below `base_path`; `bytes` is about how long it is.
fn spell<'n>(base_path: &str, names: impl Iterator<Item = &'n str>, bytes: usize) -> String {
    let mut path = String::with_capacity(bytes);
    path.push_str(base_path);
    for name in names {
        if !path.ends_with('/') {
            path.push('/');
        }
        path.push_str(name);
    }
    path
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::{Follow, FsError, MemoryFs, Mount, Quota, Timestamp, TreeBuilder};

    #[test]
    fn a_failure_lies_where_the_walk_was_and_not_where_the_path_pretends() {
        let clock = Arc::new(|| Timestamp {
            seconds: 0,
            nanos: 0,
        });
        let memory = MemoryFs::new(Quota::default(), clock);
        let tree = TreeBuilder::new()
            .mount("/work", "/work", Mount::memory(memory))
            .unwrap()
            .build();
        let work = &tree.preopens()[0].1;
        let unresolved = |path: &str| {
            let found = work.resolve_or_place(path, Follow::Yes).err().unwrap();
            (found.error, found.path)
        };
        let missing = |path: &str| (FsError::NoEntry, path.to_owned());
        assert_eq!(unresolved("a/b/../c"), missing("/work/a/c"));
        assert_eq!(unresolved("./a/b"), missing("/work/a/b"));
        assert_eq!(
            unresolved("../up"),
            (FsError::NotPermitted, "/up".to_owned())
        );
    }
}
