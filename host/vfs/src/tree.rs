//! The mount table: one namespace, in which each mount has its place.

use std::fmt;
use std::sync::Arc;

use crate::namespace::{HandleSlot, Mounted, Node, Place, Placed, Point, Shared};
use crate::{DEFAULT_OPEN_HANDLES, DirHandle, Mount, MountError, path};

/// The filesystem of one run or VM: every mount in its place.
pub struct Tree {
    shared: Arc<Shared>,
    preopens: Vec<Preopen>,
}

struct Preopen {
    guest_name: String,
    path: String,
    node: Node,
}

impl Tree {
    /// The descriptors that a guest starts with: one per mount, in the order of mounting, each under
    /// exactly the name that the operator gave.
    #[must_use]
    pub fn preopens(&self) -> Vec<(String, DirHandle)> {
        self.preopens
            .iter()
            .map(|preopen| {
                let handle = DirHandle::new(
                    Arc::clone(&self.shared),
                    preopen.node.clone(),
                    preopen.path.clone(),
                    HandleSlot::free(),
                );
                (preopen.guest_name.clone(), handle)
            })
            .collect()
    }

    /// Handles that are open now, without those that [`Tree::preopens`] gave.
    #[must_use]
    pub fn open_handles(&self) -> usize {
        self.shared.open_handles()
    }
}

/// Builds a [`Tree`].
pub struct TreeBuilder {
    mounts: Vec<Pending>,
    max_open_handles: usize,
    rooted: bool,
}

struct Pending {
    guest_name: String,
    place: Box<Place>,
    mounted: Arc<Mounted>,
}

impl Default for TreeBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl TreeBuilder {
    /// A tree without mounts: a guest that has it can open nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(0)
    }

    /// The same, with room for so many mounts.
    #[must_use]
    pub fn with_capacity(mounts: usize) -> Self {
        Self {
            mounts: Vec::with_capacity(mounts),
            max_open_handles: DEFAULT_OPEN_HANDLES,
            rooted: false,
        }
    }

    /// Handles that the guest may have open at a time; the next open gives [`crate::FsError::Quota`].
    #[must_use]
    pub fn max_open_handles(mut self, handles: usize) -> Self {
        self.max_open_handles = handles;
        self
    }

    /// The tree is all that the guest knows as a filesystem, as a VM's is: links may be made with absolute targets, and
    /// from the descriptor on `/` they are followed from there, as `..` in `/` leads to `/`. Descriptors further below
    /// stay walls: from them, an absolute target leads outside. Off unless said.
    #[must_use]
    pub fn rooted(mut self, rooted: bool) -> Self {
        self.rooted = rooted;
        self
    }

    /// Mounts something.
    ///
    /// `guest_name` is what the guest sees as the name of its descriptor, word for word. `guest_path` is
    /// the place in the namespace; a relative one is the place below `/`, and `.` is `/` itself. A place
    /// inside another mount hides what that mount has there.
    ///
    /// # Errors
    /// [`MountError::GuestPath`] and [`MountError::Duplicate`].
    pub fn mount(
        mut self,
        guest_name: &str,
        guest_path: &str,
        mount: Mount,
    ) -> Result<Self, MountError> {
        let place =
            path::canonical_mount_path(guest_path).map_err(|reason| MountError::GuestPath {
                path: guest_path.to_owned(),
                reason,
            })?;
        if self.mounts.iter().any(|other| other.place == place) {
            return Err(MountError::Duplicate {
                path: canonical(&place),
            });
        }
        self.mounts.push(Pending {
            guest_name: guest_name.to_owned(),
            place,
            mounted: Arc::new(mount.into_mounted()),
        });
        Ok(self)
    }

    /// The tree, with a secret of its own for [`crate::MetadataHash`].
    #[must_use]
    pub fn build(self) -> Tree {
        let placed: Vec<Placed<'_>> = self
            .mounts
            .iter()
            .map(|pending| (&*pending.place, &pending.mounted))
            .collect();
        let root = Arc::new(Point::root(placed));
        let preopens = self
            .mounts
            .into_iter()
            .map(|pending| Preopen {
                guest_name: pending.guest_name,
                path: canonical(&pending.place),
                node: Node {
                    directory: Arc::clone(&pending.mounted.root),
                    mount: pending.mounted,
                    points: find(&root, &pending.place),
                },
            })
            .collect();
        Tree {
            shared: Arc::new(Shared::new(self.max_open_handles, self.rooted)),
            preopens,
        }
    }
}

fn canonical(place: &Place) -> String {
    let names: usize = place.iter().map(|name| name.len() + 1).sum();
    let mut path = String::with_capacity(names.max(1));
    for name in place {
        path.push('/');
        path.push_str(name);
    }
    if path.is_empty() {
        path.push('/');
    }
    path
}

fn find(root: &Arc<Point>, place: &Place) -> Option<Arc<Point>> {
    place
        .iter()
        .try_fold(Arc::clone(root), |point, name| point.child(name))
}

impl fmt::Debug for Tree {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Tree").finish_non_exhaustive()
    }
}

impl fmt::Debug for TreeBuilder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("TreeBuilder").finish_non_exhaustive()
    }
}
