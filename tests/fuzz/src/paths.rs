//! Guest paths on a filesystem in memory: a path that resolves does so to where the naive walk over the same tree leads,
//! and one that leaves the tree leads nowhere.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use tollgate_policy::{Decision, Effective, Mode, Operation, PolicyBuilder, Scope};
use tollgate_vfs::{
    DirHandle, Follow, FsError, FsVerb, MAX_LINKS, MemoryFs, Mount, Permit, Quota, Timestamp,
    TreeBuilder,
};

/// The most lines of one script.
const MOST_LINES: usize = 64;

/// What stands at a canonical path. The root is the empty one.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    Directory,
    Link(String),
}

/// The tree as the naive walk sees it.
#[derive(Debug, Default)]
struct Model(BTreeMap<Vec<String>, Node>);

#[derive(Debug, PartialEq, Eq)]
enum Refused {
    /// Above the root, or absolute.
    Outside,
    /// Anything else.
    Other,
}

impl Model {
    fn at(&self, path: &[String]) -> Option<&Node> {
        if path.is_empty() {
            Some(&Node::Directory)
        } else {
            self.0.get(path)
        }
    }

    /// Where `path` leads: every link on the way is followed, and the last one as `follow` says.
    fn walk(&self, path: &str, follow: bool) -> Result<Vec<String>, Refused> {
        let (mut here, mut links) = (Vec::new(), 0);
        let mut slash = path.ends_with('/');
        let mut todo = steps(path)?;
        while let Some(step) = todo.pop() {
            let last = todo.is_empty();
            match step.as_str() {
                "." => {}
                ".." => drop(here.pop().ok_or(Refused::Outside)?),
                name => {
                    here.push(name.to_owned());
                    match self.at(&here) {
                        Some(Node::Link(target)) if !last || follow || slash => {
                            here.pop();
                            links += 1;
                            if links > MAX_LINKS {
                                return Err(Refused::Other);
                            }
                            slash |= last && target.ends_with('/');
                            todo.extend(steps(target)?);
                        }
                        Some(Node::Directory) => {}
                        Some(Node::Link(_)) | None if last => {}
                        Some(Node::Link(_)) | None => return Err(Refused::Other),
                    }
                }
            }
        }
        Ok(here)
    }
}

/// The steps of a path, last first.
fn steps(path: &str) -> Result<Vec<String>, Refused> {
    match path.as_bytes() {
        [] => Err(Refused::Other),
        [b'/', ..] => Err(Refused::Outside),
        _ => Ok(path
            .split('/')
            .filter(|step| !step.is_empty())
            .rev()
            .map(str::to_owned)
            .collect()),
    }
}

fn permit(verb: FsVerb) -> Permit {
    static POLICY: OnceLock<Effective> = OnceLock::new();
    let policy = POLICY.get_or_init(|| {
        let mut builder = PolicyBuilder::new();
        builder.default_mode(Scope::Fs, Mode::Allow);
        Effective::new(builder.build().expect("one default fits"), None)
            .expect("a run's policy stands alone")
    });
    match policy.decide(&Operation::Fs { verb, path: "/" }) {
        Decision::Allow(permit, _) => permit,
        other => panic!("not allowed: {other:?}"),
    }
}

fn root() -> DirHandle {
    let memory = MemoryFs::new(
        Quota::default(),
        Arc::new(|| Timestamp {
            seconds: 0,
            nanos: 0,
        }),
    );
    let tree = TreeBuilder::new()
        .mount("/", "/", Mount::memory(memory))
        .expect("`/` is a place")
        .build();
    tree.preopens().pop().expect("there is one mount").1
}

/// Holds resolution to that. Each line is `d PATH` (a folder), `l PATH TARGET` (a link), or a path to resolve.
///
/// # Panics
///
/// When it does not hold.
pub fn check(data: &[u8]) {
    let Ok(script) = std::str::from_utf8(data) else {
        return;
    };
    let (root, mut model) = (root(), Model::default());
    for line in script.lines().take(MOST_LINES) {
        match line.split(' ').collect::<Vec<_>>().as_slice() {
            ["d", path] => make(&root, &mut model, path, Node::Directory),
            ["l", path, target] => make(&root, &mut model, path, Node::Link((*target).to_owned())),
            _ => {
                compare(&root, &model, line, Follow::Yes);
                compare(&root, &model, line, Follow::No);
            }
        }
    }
}

/// Makes what the filesystem takes, and writes it down where the filesystem says that it is.
fn make(root: &DirHandle, model: &mut Model, path: &str, node: Node) {
    let Ok(target) = root.resolve(path, Follow::No) else {
        return;
    };
    let place = names(target.path());
    let made = match &node {
        Node::Directory => target.create_dir(permit(FsVerb::CreateDir)),
        Node::Link(to) => target.symlink(to, permit(FsVerb::Symlink)),
    };
    if made.is_ok() {
        let before = model.0.insert(place, node);
        assert_eq!(before, None, "{path} was there");
    }
}

fn names(canonical: &str) -> Vec<String> {
    canonical
        .split('/')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

fn compare(root: &DirHandle, model: &Model, path: &str, follow: Follow) {
    let naive = model.walk(path, follow == Follow::Yes);
    match root.resolve(path, follow) {
        Ok(target) => {
            let canonical = target.path();
            let clean = canonical.starts_with('/')
                && (canonical == "/"
                    || !canonical
                        .split('/')
                        .skip(1)
                        .any(|name| matches!(name, "" | "." | "..")));
            assert!(clean, "{path:?} leads to {canonical:?}");
            assert_eq!(
                Ok(names(canonical)),
                naive,
                "{path:?}, {follow:?}, on {model:?}"
            );
        }
        // What the bounds on paths and names refuse, the naive walk knows nothing of.
        Err(FsError::NameTooLong | FsError::Invalid) => {}
        Err(FsError::NotPermitted) => assert_eq!(
            naive,
            Err(Refused::Outside),
            "{path:?}, {follow:?}, on {model:?}"
        ),
        Err(error) => assert!(
            naive.is_err(),
            "{path:?}, {follow:?}: {error}, and it leads to {naive:?} on {model:?}"
        ),
    }
}

/// Links in every place, and ways out.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    [
        "d a\nd a/b\na/b/../b/c\na/./b/\n../a\n/a",
        "d a\nl a/up ..\na/up/a/up\na/up/../x\nl out ../x\nout\nout/y",
        "l x y\nl y x\nx\nx/z\ny/",
        "d a\nl s a/\ns\ns/\ns/t\nl t s/missing\nt\nt/u",
        "l a .\na/a/a/a/b\nl e /etc\ne/passwd\ne",
        "d a\nd a/b\nl a/b/l ../../a/b/l2\nl a/b/l2 ./../b\na/b/l/l/l\nmissing/../a",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}
