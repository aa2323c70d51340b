//! A root as the one text that a host of VMs keeps between them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use tollgate_vfs::{Entry, EntryKind, Owner};

use super::FsLimits;
use super::entries::{DIRECTORY_TYPE, FILE_TYPE, SYMLINK_TYPE};
use super::path;
use crate::Rejection;

const FORMAT: &str = "secure_exec_filesystem_snapshot_v1";

/// What the format was called before.
const FORMER: [&str; 2] = [
    "agent_os_filesystem_snapshot_v1",
    "agentos_filesystem_snapshot_v1",
];

const MODE_BITS: u32 = 0o7777;

#[derive(Serialize, Deserialize)]
struct Saved {
    format: String,
    filesystem: Tree,
}

#[derive(Serialize, Deserialize)]
struct Tree {
    entries: Vec<Node>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    File,
    Directory,
    Symlink,
}

#[derive(Serialize, Deserialize)]
struct Node {
    path: String,
    #[serde(rename = "type")]
    kind: Kind,
    /// In octal digits.
    mode: String,
    uid: u32,
    gid: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    encoding: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target: Option<String>,
}

/// The most bytes that a text of a filesystem within these limits has.
fn most_bytes(limits: &FsLimits) -> u64 {
    let contents = limits.filesystem_bytes.saturating_mul(2);
    let nodes = limits.inodes.saturating_mul(5_120);
    contents.saturating_add(nodes).saturating_add(4_096)
}

/// The text of a tree, where it is one that can be read again.
pub(super) fn write(entries: Vec<Entry>, limits: &FsLimits) -> Result<Vec<u8>, Rejection> {
    let entries = entries.into_iter().map(node).collect();
    let saved = Saved {
        format: FORMAT.to_owned(),
        filesystem: Tree { entries },
    };
    let text = serde_json::to_vec(&saved)
        .map_err(|error| Rejection::state(format!("the filesystem cannot be saved: {error}")))?;
    let most = most_bytes(limits);
    if text.len() as u64 > most {
        let what = format!("the filesystem comes to more than {most} bytes of text");
        return Err(Rejection::kernel("ENOSPC", what));
    }
    Ok(text)
}

/// The tree of a text.
pub(super) fn read(blob: &[u8], limits: &FsLimits) -> Result<Vec<Entry>, Rejection> {
    let refused = |what: String| Rejection::state(format!("invalid saved filesystem: {what}"));
    let most = most_bytes(limits);
    if blob.len() as u64 > most {
        return Err(refused(format!("it has more than {most} bytes")));
    }
    let saved: Saved = serde_json::from_slice(blob).map_err(|error| refused(error.to_string()))?;
    if saved.format != FORMAT && !FORMER.contains(&saved.format.as_str()) {
        return Err(refused("its format is unknown".to_owned()));
    }
    let nodes = saved.filesystem.entries.into_iter();
    nodes
        .filter(|node| !path::is_synthesised(&node.path))
        .map(|node| {
            let place = node.path.clone();
            entry(node).map_err(|what| refused(format!("{what}: {place}")))
        })
        .collect()
}

fn node(entry: Entry) -> Node {
    let (kind, bits, content, target) = match entry.kind {
        EntryKind::File(bytes) => (Kind::File, FILE_TYPE, Some(BASE64.encode(bytes)), None),
        EntryKind::Directory => (Kind::Directory, DIRECTORY_TYPE, None, None),
        EntryKind::Symlink(target) => (Kind::Symlink, SYMLINK_TYPE, None, Some(target)),
    };
    Node {
        path: entry.path,
        kind,
        mode: format!("{:o}", bits | entry.mode),
        uid: entry.owner.uid,
        gid: entry.owner.gid,
        encoding: content.as_ref().map(|_| "base64".to_owned()),
        content,
        target,
    }
}

fn entry(node: Node) -> Result<Entry, &'static str> {
    let mode = u32::from_str_radix(&node.mode, 8).map_err(|_| "the mode is no octal number")?;
    let kind = match node.kind {
        Kind::Directory => EntryKind::Directory,
        Kind::Symlink => EntryKind::Symlink(node.target.ok_or("a link without a target")?),
        Kind::File => EntryKind::File(match node.encoding.as_deref() {
            Some("base64") | None => BASE64
                .decode(node.content.unwrap_or_default())
                .map_err(|_| "the content is no base64")?,
            Some("utf8") => node.content.unwrap_or_default().into_bytes(),
            Some(_) => return Err("the encoding is unknown"),
        }),
    };
    Ok(Entry {
        path: node.path,
        kind,
        mode: mode & MODE_BITS,
        owner: Owner {
            uid: node.uid,
            gid: node.gid,
        },
    })
}
