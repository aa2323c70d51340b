//! What the client of these tests serves: a small tree in memory, with everything that was asked of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tollgate_client::types::{JsBridgeCallRequest, OwnershipScope};
use tollgate_client::{Answering, Handler};

#[derive(Clone)]
enum Node {
    Directory,
    File(Vec<u8>),
    Link(String),
}

#[derive(Default)]
struct Tree {
    nodes: BTreeMap<String, (u64, Node)>,
    last: u64,
    /// When content was changed last, by the number of the file.
    modified: BTreeMap<u64, Value>,
    asked: Vec<String>,
    called: Vec<String>,
}

/// A tree that is served. Clones are the same.
#[derive(Clone)]
pub(crate) struct Served {
    tree: Arc<Mutex<Tree>>,
    /// Whether content is told as a list of numbers, and attributes in the other case.
    odd: bool,
}

type Said = Result<Option<Value>, String>;

impl Served {
    pub(crate) fn new() -> Self {
        let served = Self {
            tree: Arc::default(),
            odd: false,
        };
        served.tree().add("/", Node::Directory);
        served
    }

    pub(crate) fn odd() -> Self {
        Self {
            odd: true,
            ..Self::new()
        }
    }

    fn tree(&self) -> std::sync::MutexGuard<'_, Tree> {
        self.tree.lock().unwrap()
    }

    pub(crate) fn put(&self, path: &str, content: &[u8]) {
        self.tree().add(path, Node::File(content.to_vec()));
    }

    pub(crate) fn put_dir(&self, path: &str) {
        self.tree().add(path, Node::Directory);
    }

    pub(crate) fn put_link(&self, path: &str, target: &str) {
        self.tree().add(path, Node::Link(target.to_owned()));
    }

    pub(crate) fn content(&self, path: &str) -> Vec<u8> {
        match self.tree().nodes.get(path) {
            Some((_, Node::File(bytes))) => bytes.clone(),
            _ => panic!("no file {path}"),
        }
    }

    /// What was asked since the last look, `operation path`.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.tree().asked)
    }

    /// What the calls were called, all of them.
    pub(crate) fn called(&self) -> Vec<String> {
        self.tree().called.clone()
    }

    fn bytes(&self, bytes: &[u8]) -> Value {
        if self.odd {
            json!(bytes)
        } else {
            json!(encoded(bytes))
        }
    }
}

impl Handler for Served {
    fn js_bridge(
        &self,
        _: OwnershipScope,
        call: JsBridgeCallRequest,
    ) -> Answering<Result<Option<String>, String>> {
        let args: Value = serde_json::from_str(&call.args).unwrap();
        let mut tree = self.tree();
        tree.called
            .push(format!("{} {}", call.mount_id, call.call_id));
        let path = ["path", "oldPath", "linkPath"];
        let path = path.iter().find_map(|name| args[name].as_str()).unwrap();
        tree.asked.push(format!("{} {path}", call.operation));
        let answer = self.answer(&mut tree, &call.operation, path, &args);
        Box::pin(async move { answer.map(|value| value.map(|value| value.to_string())) })
    }
}

impl Served {
    fn answer(&self, tree: &mut Tree, operation: &str, path: &str, args: &Value) -> Said {
        let text = |name: &str| args[name].as_str().unwrap().to_owned();
        let number = |name: &str| usize::try_from(args[name].as_u64().unwrap()).unwrap();
        match operation {
            "lstat" => tree.stat(path, self.odd).map(Some),
            "readlink" => match tree.find(path)? {
                Node::Link(target) => Ok(Some(json!(target))),
                _ => Err("EINVAL: no link".to_owned()),
            },
            "readDirWithTypes" if !self.odd => tree.list(path).map(Some),
            "readDir" => {
                let names = tree.list(path)?;
                let names = names.as_array().unwrap().iter().map(|entry| &entry["name"]);
                Ok(Some(names.cloned().collect()))
            }
            "readFile" => tree.file(path).map(|bytes| Some(self.bytes(bytes))),
            "pread" => {
                let bytes = tree.file(path)?;
                let from = number("offset").min(bytes.len());
                let to = from.saturating_add(number("length")).min(bytes.len());
                Ok(Some(self.bytes(&bytes[from..to])))
            }
            "writeFile" => {
                tree.parent_is_there(path)?;
                tree.add(path, Node::File(decoded(&text("content"))));
                Ok(None)
            }
            "pwrite" => {
                let (offset, content) = (number("offset"), decoded(&text("content")));
                let bytes = tree.file(path)?;
                bytes.resize(bytes.len().max(offset + content.len()), 0);
                bytes[offset..offset + content.len()].copy_from_slice(&content);
                Ok(None)
            }
            "truncate" => {
                tree.file(path)?.resize(number("length"), 0);
                Ok(None)
            }
            "mkdir" => {
                tree.parent_is_there(path)?;
                tree.free(path)?;
                tree.add(path, Node::Directory);
                Ok(None)
            }
            "removeFile" => match tree.find(path)? {
                Node::Directory => Err("EISDIR: a folder".to_owned()),
                _ => {
                    tree.nodes.remove(path);
                    Ok(None)
                }
            },
            "removeDir" => {
                tree.find(path)?;
                if tree.below(path).next().is_some() {
                    return Err("ENOTEMPTY: not empty".to_owned());
                }
                tree.nodes.remove(path);
                Ok(None)
            }
            "symlink" => {
                tree.free(path)?;
                tree.add(path, Node::Link(text("target")));
                Ok(None)
            }
            "rename" => {
                tree.find(path)?;
                let moved = tree.nodes.remove(path).unwrap();
                tree.nodes.insert(text("newPath"), moved);
                Ok(None)
            }
            "link" => {
                tree.free(&text("newPath"))?;
                let node = tree.nodes[path].clone();
                tree.nodes.insert(text("newPath"), node);
                Ok(None)
            }
            "utimes" => {
                tree.find(path)?;
                let (number, _) = tree.nodes[path];
                tree.modified.insert(number, args["mtimeMs"].clone());
                Ok(None)
            }
            "chmod" | "chown" => tree.find(path).map(|_| None),
            other => Err(format!("what is {other}?")),
        }
    }
}

impl Tree {
    fn add(&mut self, path: &str, node: Node) {
        self.last += 1;
        let number = self
            .nodes
            .get(path)
            .map_or(self.last, |(number, _)| *number);
        self.nodes.insert(path.to_owned(), (number, node));
    }

    fn find(&self, path: &str) -> Result<&Node, String> {
        let found = self.nodes.get(path).map(|(_, node)| node);
        found.ok_or_else(|| format!("ENOENT: no such file: {path}"))
    }

    fn file(&mut self, path: &str) -> Result<&mut Vec<u8>, String> {
        match self.nodes.get_mut(path) {
            Some((_, Node::File(bytes))) => Ok(bytes),
            Some(_) => Err("EISDIR: no file".to_owned()),
            None => Err("ENOENT: no such file".to_owned()),
        }
    }

    fn free(&self, path: &str) -> Result<(), String> {
        match self.nodes.get(path) {
            Some(_) => Err("it already exists".to_owned()),
            None => Ok(()),
        }
    }

    fn parent_is_there(&self, path: &str) -> Result<(), String> {
        let parent = &path[..path.rfind('/').unwrap().max(1)];
        self.find(parent).map(drop)
    }

    fn below<'a>(&'a self, path: &str) -> impl Iterator<Item = (&'a str, &'a Node)> {
        let prefix = format!("{}/", path.trim_end_matches('/'));
        self.nodes.iter().filter_map(move |(path, (_, node))| {
            let name = path.strip_prefix(&prefix)?;
            (!name.is_empty() && !name.contains('/')).then_some((name, node))
        })
    }

    fn list(&self, path: &str) -> Result<Value, String> {
        self.find(path)?;
        let entry = |(name, node): (&str, &Node)| {
            json!({
                "name": name,
                "isDirectory": matches!(node, Node::Directory),
                "isSymbolicLink": matches!(node, Node::Link(_)),
            })
        };
        let own = [".", ".."].map(|name| json!({ "name": name, "isDirectory": true }));
        Ok(own.into_iter().chain(self.below(path).map(entry)).collect())
    }

    fn stat(&self, path: &str, odd: bool) -> Result<Value, String> {
        self.find(path)?;
        let (number, node) = &self.nodes[path];
        let (mode, size) = match node {
            Node::Directory => (0o040_755, 0),
            Node::File(bytes) => (0o100_644, bytes.len()),
            Node::Link(target) => (0o120_777, target.len()),
        };
        if odd {
            return Ok(json!({
                "mode": mode,
                "size": size,
                "is_directory": matches!(node, Node::Directory),
                "is_symbolic_link": matches!(node, Node::Link(_)),
                "mtime_ms": 1_000,
            }));
        }
        Ok(json!({
            "mode": mode,
            "size": size,
            "isDirectory": matches!(node, Node::Directory),
            "isSymbolicLink": matches!(node, Node::Link(_)),
            "atimeMs": 0, "mtimeMs": self.modified.get(number), "ctimeMs": 0, "birthtimeMs": 0,
            "ino": number, "nlink": 1, "uid": 7, "gid": 8, "dev": 1, "blocks": 0, "rdev": 0,
        }))
    }
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 by an implementation that is not the sidecar's.
fn encoded(bytes: &[u8]) -> String {
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let at = |index: usize| u32::from(three.get(index).copied().unwrap_or(0));
        let bits = (at(0) << 16) | (at(1) << 8) | at(2);
        for digit in 0..4 {
            let sextet = ((bits >> (18 - 6 * digit)) & 63) as usize;
            text.push(if digit <= three.len() {
                char::from(DIGITS[sextet])
            } else {
                '='
            });
        }
    }
    text
}

fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0);
    for digit in text.bytes().filter(|digit| *digit != b'=') {
        let sextet = DIGITS.iter().position(|known| *known == digit).unwrap();
        bits = (bits << 6) | u32::try_from(sextet).unwrap();
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 255).unwrap());
        }
    }
    bytes
}
