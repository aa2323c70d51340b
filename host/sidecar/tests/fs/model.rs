//! Random operations, against a model that is a map of paths.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tollgate_protocol::types::{
    GuestFilesystemCallRequest as Request, GuestFilesystemOperation as Op,
};

use crate::support::*;

#[derive(Clone, Debug)]
enum Node {
    File(String),
    Folder,
}

#[derive(Clone, Debug)]
enum Step {
    Write(String, String),
    Mkdir(String),
    MkdirAll(String),
    Unlink(String),
    Rmdir(String),
    Rename(String, String),
    Truncate(String, u64),
}

/// What lies at each path below the root; the errors are those of POSIX, but that a write makes its parents.
#[derive(Default)]
struct Model(BTreeMap<String, Node>);

type Outcome = Result<(), &'static str>;

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

impl Model {
    fn folder(&self, path: &str) -> Outcome {
        if path.is_empty() {
            return Ok(());
        }
        self.folder(parent(path))?;
        match self.0.get(path) {
            Some(Node::Folder) => Ok(()),
            Some(Node::File(_)) => Err("ENOTDIR"),
            None => Err("ENOENT"),
        }
    }

    fn make_parents(&mut self, path: &str) -> Outcome {
        let above = parent(path).to_owned();
        if above.is_empty() {
            return Ok(());
        }
        self.make_parents(&above)?;
        match self.0.get(&above) {
            Some(Node::Folder) => Ok(()),
            Some(Node::File(_)) => Err("ENOTDIR"),
            None => {
                self.0.insert(above, Node::Folder);
                Ok(())
            }
        }
    }

    fn is_empty(&self, path: &str) -> bool {
        let below = format!("{path}/");
        !self.0.keys().any(|other| other.starts_with(&below))
    }

    fn step(&mut self, step: &Step) -> Outcome {
        match step {
            Step::Write(path, text) => {
                self.make_parents(path)?;
                if let Some(Node::Folder) = self.0.get(path) {
                    return Err("EISDIR");
                }
                self.0.insert(path.clone(), Node::File(text.clone()));
            }
            Step::Mkdir(path) => {
                self.folder(parent(path))?;
                if self.0.contains_key(path) {
                    return Err("EEXIST");
                }
                self.0.insert(path.clone(), Node::Folder);
            }
            Step::MkdirAll(path) => {
                self.make_parents(path)?;
                if let Some(Node::File(_)) = self.0.get(path) {
                    return Err("EEXIST");
                }
                self.0.insert(path.clone(), Node::Folder);
            }
            Step::Unlink(path) => {
                self.folder(parent(path))?;
                match self.0.get(path) {
                    None => return Err("ENOENT"),
                    Some(Node::Folder) => return Err("EISDIR"),
                    Some(Node::File(_)) => self.0.remove(path),
                };
            }
            Step::Rmdir(path) => {
                self.folder(parent(path))?;
                match self.0.get(path) {
                    None => return Err("ENOENT"),
                    Some(Node::File(_)) => return Err("ENOTDIR"),
                    Some(Node::Folder) if !self.is_empty(path) => return Err("ENOTEMPTY"),
                    Some(Node::Folder) => self.0.remove(path),
                };
            }
            Step::Rename(path, to) => return self.rename(path, to),
            Step::Truncate(path, length) => {
                self.folder(parent(path))?;
                match self.0.get_mut(path) {
                    None => return Err("ENOENT"),
                    Some(Node::Folder) => return Err("EISDIR"),
                    Some(Node::File(text)) => {
                        let length = usize::try_from(*length).unwrap();
                        let mut bytes = std::mem::take(text).into_bytes();
                        bytes.resize(length, 0);
                        *text = String::from_utf8(bytes).unwrap();
                    }
                }
            }
        }
        Ok(())
    }

    fn rename(&mut self, path: &str, to: &str) -> Outcome {
        self.folder(parent(path))?;
        self.folder(parent(to))?;
        let node = self.0.get(path).cloned().ok_or("ENOENT")?;
        if path == to {
            return Ok(());
        }
        if matches!(node, Node::Folder) && to.starts_with(&format!("{path}/")) {
            return Err("EINVAL");
        }
        if path.starts_with(&format!("{to}/")) {
            return Err("ENOTEMPTY");
        }
        match (&node, self.0.get(to)) {
            (Node::Folder, Some(Node::File(_))) => return Err("ENOTDIR"),
            (Node::File(_), Some(Node::Folder)) => return Err("EISDIR"),
            (Node::Folder, Some(Node::Folder)) if !self.is_empty(to) => return Err("ENOTEMPTY"),
            _ => {}
        }
        let below = format!("{path}/");
        let moved: Vec<String> = self
            .0
            .keys()
            .filter(|other| other.starts_with(&below))
            .cloned()
            .collect();
        self.0.remove(path);
        self.0.insert(to.to_owned(), node);
        for old in moved {
            let node = self.0.remove(&old).unwrap();
            self.0.insert(format!("{to}/{}", &old[below.len()..]), node);
        }
        Ok(())
    }
}

async fn act(vm: &Vm, step: &Step) -> Said<()> {
    match step {
        Step::Write(path, text) => vm.write(path, text).await,
        Step::Mkdir(path) => vm.on(Op::Mkdir, path).await,
        Step::MkdirAll(path) => {
            let request = Request {
                recursive: true,
                ..request(Op::Mkdir, path)
            };
            vm.ask(request).await
        }
        Step::Unlink(path) => vm.on(Op::RemoveFile, path).await,
        Step::Rmdir(path) => vm.on(Op::RemoveDir, path).await,
        Step::Rename(path, to) => vm.to(Op::Rename, path, to).await,
        Step::Truncate(path, length) => {
            let request = Request {
                len: Some(*length),
                ..request(Op::Truncate, path)
            };
            vm.ask(request).await
        }
    }
    .map(drop)
}

fn path() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["a", "b", "c"]);
    prop::collection::vec(name, 1..4).prop_map(|names| format!("/w/{}", names.join("/")))
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (path(), "[a-z]{0,9}").prop_map(|(path, text)| Step::Write(path, text)),
        path().prop_map(Step::Mkdir),
        path().prop_map(Step::MkdirAll),
        path().prop_map(Step::Unlink),
        path().prop_map(Step::Rmdir),
        (path(), path()).prop_map(|(path, to)| Step::Rename(path, to)),
        (path(), 0u64..12).prop_map(|(path, length)| Step::Truncate(path, length)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn files_are_what_a_map_of_them_would_be(steps in prop::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            // A layer beneath, so that what is changed, hidden and made anew was somebody else's before.
            let below = vec![folder("/w"), folder("/w/a"), file("/w/a/b", "low"), folder("/w/c/a")];
            let root = tollgate_protocol::types::RootFilesystemDescriptor { lowers: vec![lower(below)], ..descriptor() };
            let vm = vm_on(root).await;
            let mut model = Model::default();
            for path in ["/w", "/w/a", "/w/c", "/w/c/a"] {
                model.0.insert(path.to_owned(), Node::Folder);
            }
            model.0.insert("/w/a/b".to_owned(), Node::File("low".to_owned()));
            for step in &steps {
                let expected = model.step(step);
                let found = act(&vm, step).await;
                let errno = found.as_ref().err().and_then(|error| error.message.split(':').next());
                prop_assert_eq!(errno, expected.err(), "{:?}: {:?}", step, found);
            }
            let snapshot = vm.files.snapshot_root().unwrap();
            let found: BTreeMap<String, Option<String>> = snapshot
                .into_iter()
                .filter(|entry| entry.path == "/w" || entry.path.starts_with("/w/"))
                .map(|entry| (entry.path, entry.content))
                .collect();
            let expected: BTreeMap<String, Option<String>> = model.0
                .into_iter()
                .map(|(path, node)| (path, match node { Node::File(text) => Some(text), Node::Folder => None }))
                .collect();
            prop_assert_eq!(found, expected);
            Ok(())
        })?;
    }
}
