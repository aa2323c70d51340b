//! Guest paths as text: absolute, `/` between names, no `.` and `..` left in them.
//!
//! Nothing here looks at a file. What Node does with the text of a path before it looks is done the same way, so that an
//! error names the path that Node's would.

use crate::bounds::LONGEST_PATH;

/// What `request` means in the folder `base`, with `.`, `..` and empty names taken out. An absolute request ignores the
/// base; `..` at the root stays at the root.
#[must_use]
pub fn resolve(base: &str, request: &str) -> String {
    let mut names: Vec<&str> = Vec::new();
    let from = if request.starts_with('/') { "" } else { base };
    for name in from.split('/').chain(request.split('/')) {
        match name {
            "" | "." => {}
            ".." => {
                names.pop();
            }
            name => names.push(name),
        }
    }
    let mut path = String::with_capacity(from.len() + request.len() + 2);
    for name in &names {
        path.push('/');
        path.push_str(name);
    }
    if path.is_empty() {
        path.push('/');
    }
    path
}

/// What lies in a folder under one name; the folder's path is normal.
pub(crate) fn join(folder: &str, name: &str) -> String {
    let mut path = String::with_capacity(folder.len() + name.len() + 1);
    path.push_str(folder.trim_end_matches('/'));
    path.push('/');
    path.push_str(name);
    path
}

/// The folder that `path` is in; the root's is the root.
pub(crate) fn parent(path: &str) -> &str {
    match path.rfind('/') {
        None | Some(0) => "/",
        Some(at) => path.get(..at).unwrap_or("/"),
    }
}

/// The last name of `path`.
pub(crate) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// `folder` and everything above it, the root last.
pub(crate) fn upward(folder: &str) -> impl Iterator<Item = &str> {
    let mut next = Some(folder);
    std::iter::from_fn(move || {
        let current = next?;
        next = (current != "/").then(|| parent(current));
        Some(current)
    })
}

/// Whether `path` is `root` or below it.
#[must_use]
pub fn is_beneath(path: &str, root: &str) -> bool {
    root == "/"
        || path
            .strip_prefix(root)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a file can have this path at all. A name with a zero byte is cut short by the systems below, and would then
/// be another file's.
pub(crate) fn is_possible(path: &str) -> bool {
    path.starts_with('/') && path.len() <= LONGEST_PATH && !path.contains('\0')
}

/// The part of the name from its last dot on, as in `.js`; nothing for `.profile` and for names without a dot.
pub(crate) fn extension(path: &str) -> &str {
    let name = name(path);
    match name.rfind('.') {
        None | Some(0) => "",
        Some(at) => name.get(at..).unwrap_or(""),
    }
}

/// Where the path `to` is, seen from the folder `from`.
pub(crate) fn relative(from: &str, to: &str) -> String {
    let base: Vec<&str> = from.split('/').filter(|name| !name.is_empty()).collect();
    let goal: Vec<&str> = to.split('/').filter(|name| !name.is_empty()).collect();
    let common = base
        .iter()
        .zip(&goal)
        .take_while(|(one, other)| one == other)
        .count();
    let up = std::iter::repeat_n("..", base.len() - common);
    let down = goal.into_iter().skip(common);
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dots_are_taken_out_and_the_root_has_no_parent() {
        assert_eq!(resolve("/a/b", "../c/./d//e/"), "/a/c/d/e");
        assert_eq!(resolve("/a", "/x/../../y"), "/y");
        assert_eq!(resolve("/a", "../../../.."), "/");
        assert_eq!(parent("/a"), "/");
        assert_eq!(parent("/"), "/");
        assert_eq!(upward("/a/b").collect::<Vec<_>>(), ["/a/b", "/a", "/"]);
    }

    #[test]
    fn a_sibling_with_a_longer_name_is_not_beneath() {
        assert!(is_beneath("/program", "/program"));
        assert!(is_beneath("/program/a", "/program"));
        assert!(!is_beneath("/programs/a", "/program"));
        assert!(is_beneath("/anything", "/"));
    }

    #[test]
    fn a_leading_dot_begins_no_extension() {
        assert_eq!(extension("/a.b/c.d.js"), ".js");
        assert_eq!(extension("/a.b/c"), "");
        assert_eq!(extension("/a/.js"), "");
        assert_eq!(extension("/a/b."), ".");
    }

    #[test]
    fn relative_paths_go_up_as_far_as_they_must() {
        assert_eq!(relative("/a/b", "/a/c/d"), "../c/d");
        assert_eq!(relative("/a", "/a/b"), "b");
    }

    proptest! {
        #[test]
        fn what_is_resolved_is_normal_and_stays_so(base in "(/[a-c.]{0,3}){0,5}", request in "[a-c./]{0,20}") {
            let base = resolve("/", &base);
            let path = resolve(&base, &request);
            prop_assert!(path.starts_with('/'));
            prop_assert!(path.split('/').skip(1).all(|name| name != "." && name != ".."));
            prop_assert_eq!(resolve("/", &path), path.clone());
            prop_assert_eq!(resolve(&base, &relative(&base, &path)), path);
        }
    }
}
