//! Whether rules tell paths of one tree apart.
//!
//! Two callers need to know. Whoever opens many files below one place may take a single decision
//! for all of them only where every rule treats them alike. And a folder may be renamed only then:
//! a rename moves all that is in it past rules that speak about single paths, so that
//! `deny /a/secret` would be undone by renaming `/a`.

use crate::path;
use crate::pattern::Pattern;
use crate::rule::{Matcher, MountTree};

/// How much of a tree something speaks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    /// All of it.
    Whole,
    /// Nothing in it.
    Nothing,
    /// Perhaps some of it.
    Part,
}

impl Matcher {
    /// How much of the tree at `root`, a canonical guest path, this matcher speaks about. Errs on
    /// the side of `Part`.
    pub(crate) fn share(&self, root: &str) -> Share {
        match self {
            Self::Everything => Share::Whole,
            Self::Glob(pattern) => share_of_pattern(pattern, root),
            Self::Mount(tree) => share_of_mount(tree, root),
            // These speak about no path at all.
            Self::Endpoint(_) | Self::Http(_) | Self::Internal(_) => Share::Nothing,
        }
    }
}

fn share_of_pattern(pattern: &Pattern, root: &str) -> Share {
    let (prefix, root) = (pattern.literal_prefix(), root.as_bytes());
    let reaches_root = root.starts_with(prefix);
    if reaches_root && pattern.is_prefix_only() {
        return Share::Whole;
    }
    let below = prefix.strip_prefix(root);
    let reaches_below = below.is_some_and(|rest| root == b"/" || rest.starts_with(b"/"));
    if reaches_root || reaches_below {
        Share::Part
    } else {
        Share::Nothing
    }
}

fn share_of_mount(tree: &MountTree, root: &str) -> Share {
    if !path::is_within(root, &tree.root) {
        return if path::is_within(&tree.root, root) {
            Share::Part
        } else {
            Share::Nothing
        };
    }
    if tree.inner.iter().any(|inner| path::is_within(root, inner)) {
        return Share::Nothing;
    }
    let cut = tree.inner.iter().any(|inner| path::is_within(inner, root));
    if cut { Share::Part } else { Share::Whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str, root: &str) -> Share {
        share_of_pattern(&Pattern::new(text).unwrap(), root)
    }

    #[test]
    fn a_pattern_has_all_nothing_or_part_of_a_tree() {
        assert_eq!(pattern("/**", "/a"), Share::Whole);
        assert_eq!(pattern("**", "/"), Share::Whole);
        assert_eq!(pattern("/a**", "/a"), Share::Whole);
        assert_eq!(pattern("/a/**", "/a/b"), Share::Whole);
        assert_eq!(pattern("/a/**", "/a"), Share::Part);
        assert_eq!(pattern("/a/secret", "/a"), Share::Part);
        assert_eq!(pattern("/a", "/a"), Share::Part);
        assert_eq!(pattern("/a/*", "/a/b"), Share::Part);
        assert_eq!(pattern("/b/secret", "/"), Share::Part);
        assert_eq!(pattern("/b/**", "/a"), Share::Nothing);
        assert_eq!(pattern("/ab", "/a"), Share::Nothing);
        assert_eq!(pattern("/a", "/a/b"), Share::Part);
    }

    #[test]
    fn a_mount_has_all_nothing_or_part_of_a_tree() {
        let tree = MountTree {
            root: "/a".into(),
            inner: vec!["/a/in".into()],
        };
        assert_eq!(share_of_mount(&tree, "/a"), Share::Part);
        assert_eq!(share_of_mount(&tree, "/a/b"), Share::Whole);
        assert_eq!(share_of_mount(&tree, "/a/in"), Share::Nothing);
        assert_eq!(share_of_mount(&tree, "/a/in/x"), Share::Nothing);
        assert_eq!(share_of_mount(&tree, "/"), Share::Part);
        assert_eq!(share_of_mount(&tree, "/ab"), Share::Nothing);
    }
}
