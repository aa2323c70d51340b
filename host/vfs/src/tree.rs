//! The mount table: one namespace, in which each mount has its place.

use std::fmt;
use std::sync::Arc;

use crate::namespace::{HandleSlot, Mounted, Node, Place, Placed, Point, Shared};
use crate::stat::HashKey;
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
    /// The descriptors that a guest starts with: one per mount (but for those [within](TreeBuilder::within) others), in the
    /// order of mounting, each under exactly the name that the operator gave.
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
    key: Option<Arc<HashKey>>,
}

struct Pending {
    /// Nothing for what the guest has no descriptor on.
    guest_name: Option<String>,
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
            key: None,
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

    /// Tells objects apart as `tree` does: a file that both see has one [`crate::MetadataHash`]. For trees of one VM.
    #[must_use]
    pub fn sharing_secret_with(mut self, tree: &Tree) -> Self {
        self.key = Some(Arc::clone(&tree.shared.key));
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
        self,
        guest_name: &str,
        guest_path: &str,
        mount: Mount,
    ) -> Result<Self, MountError> {
        self.place(Some(guest_name.to_owned()), guest_path, mount)
    }

    /// Mounts something that the guest has no descriptor of its own on, and reaches through what it is mounted in.
    ///
    /// # Errors
    /// As [`TreeBuilder::mount`].
    pub fn within(self, guest_path: &str, mount: Mount) -> Result<Self, MountError> {
        self.place(None, guest_path, mount)
    }

    fn place(
        mut self,
        guest_name: Option<String>,
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
            guest_name,
            place,
            mounted: Arc::new(mount.into_mounted()),
        });
        Ok(self)
    }

    /// The tree, with a secret of its own for [`crate::MetadataHash`] unless it shares another's.
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
            .filter_map(|pending| {
                Some(Preopen {
                    guest_name: pending.guest_name?,
                    path: canonical(&pending.place),
                    node: Node {
                        directory: Arc::clone(&pending.mounted.root),
                        mount: pending.mounted,
                        points: find(&root, &pending.place),
                    },
                })
            })
            .collect();
        let key = self.key.unwrap_or_else(|| Arc::new(HashKey::new()));
        Tree {
            shared: Arc::new(Shared::new(key, self.max_open_handles, self.rooted)),
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
