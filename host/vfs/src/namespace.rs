//! What the handles of one tree share: the places of its mounts, its secret, and the count of handles.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::FsError;
use crate::backend::Directory;
use crate::stat::HashKey;

/// The names from `/` to a place; none for `/` itself.
pub(crate) type Place = [Box<str>];

/// What is mounted somewhere in a tree.
pub(crate) struct Mounted {
    pub(crate) root: Arc<dyn Directory>,
    pub(crate) read_only: bool,
}

/// A place in the namespace at which, or below which, something is mounted.
pub(crate) struct Point {
    pub(crate) number: u64,
    pub(crate) mounted: Option<Arc<Mounted>>,
    /// In the order of their names.
    children: Box<[(Box<str>, Arc<Point>)]>,
}

/// A mount, with its place.
pub(crate) type Placed<'a> = (&'a Place, &'a Arc<Mounted>);

impl Point {
    /// The point at `/`, and all points on the way to the mounts.
    pub(crate) fn root(mut mounts: Vec<Placed<'_>>) -> Self {
        mounts.sort_unstable_by_key(|(place, _)| *place);
        Self::above(&mounts, 0, &mut 0)
    }

    /// The point that lies `depth` names down the way to each of `mounts`, which are in the order of their places. `next`
    /// numbers the points. It nests as deep as the operator's own paths do.
    fn above(mounts: &[Placed<'_>], depth: usize, next: &mut u64) -> Self {
        let number = *next;
        *next += 1;
        let (here, below) =
            mounts.split_at(mounts.partition_point(|(place, _)| place.len() == depth));
        let name = |(place, _): &Placed<'_>| place.get(depth).cloned();
        let children = below
            .chunk_by(|one, next| one.0.get(depth) == next.0.get(depth))
            .filter_map(|mounts| Some((name(mounts.first()?)?, mounts)))
            .map(|(name, mounts)| (name, Arc::new(Self::above(mounts, depth + 1, next))))
            .collect();
        Self {
            number,
            mounted: here.last().map(|(_, mount)| Arc::clone(mount)),
            children,
        }
    }

    pub(crate) fn child(&self, name: &str) -> Option<Arc<Self>> {
        let at = self.children.binary_search_by(|(own, _)| (**own).cmp(name));
        at.ok()
            .and_then(|at| self.children.get(at))
            .map(|(_, point)| Arc::clone(point))
    }

    /// Names that exist here because something is mounted at or below them.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.children.iter().map(|(name, _)| &**name)
    }
}

/// An open directory, and where it stands among the mounts.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) directory: Arc<dyn Directory>,
    pub(crate) mount: Arc<Mounted>,
    pub(crate) points: Option<Arc<Point>>,
}

/// What all handles of a tree share.
pub(crate) struct Shared {
    pub(crate) key: Arc<HashKey>,
    /// Whether links with absolute targets are followed from `/` (see [`crate::TreeBuilder::rooted`]).
    pub(crate) rooted: bool,
    open_handles: AtomicUsize,
    max_open_handles: usize,
}

impl Shared {
    pub(crate) fn new(key: Arc<HashKey>, max_open_handles: usize, rooted: bool) -> Self {
        Self {
            key,
            rooted,
            open_handles: AtomicUsize::new(0),
            max_open_handles,
        }
    }

    pub(crate) fn open_handles(&self) -> usize {
        self.open_handles.load(Ordering::Relaxed)
    }

    pub(crate) fn take_slot(self: &Arc<Self>) -> Result<HandleSlot, FsError> {
        let taken = self
            .open_handles
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |open| {
                (open < self.max_open_handles).then_some(open + 1)
            });
        match taken {
            Ok(_) => Ok(HandleSlot(Some(Arc::clone(self)))),
            Err(_) => Err(FsError::Quota),
        }
    }
}

/// One counted handle; gives its place back when it is dropped.
pub(crate) struct HandleSlot(Option<Arc<Shared>>);

impl HandleSlot {
    /// For what the operator opened; it doesn't eat into what the guest may open.
    pub(crate) fn free() -> Self {
        Self(None)
    }
}

impl Drop for HandleSlot {
    fn drop(&mut self) {
        if let Some(shared) = &self.0 {
            shared.open_handles.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
