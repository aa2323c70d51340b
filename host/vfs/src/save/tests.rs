//! What is read back is believed in nothing.

use std::collections::HashMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::page::{Item, Manifest, PageWriter, What, read_page};
use super::*;
use crate::stat::Kept;
use crate::{Digest, Entry, EntryKind, FsError, Layer, MemoryFs, Owner, Quota, Timestamp};

#[derive(Default)]
struct Shelf(HashMap<Digest, Vec<u8>>);

impl Shelf {
    fn add(&mut self, bytes: Vec<u8>) -> Blob {
        let blob = Blob {
            digest: Digest::of(&bytes),
            bytes: u32::try_from(bytes.len()).unwrap(),
        };
        self.0.insert(blob.digest, bytes);
        blob
    }

    fn page(&mut self, items: &[Item]) -> Blob {
        let mut page = PageWriter::new();
        for item in items {
            page.push(item).unwrap();
        }
        self.add(page.into_bytes())
    }

    fn tree(&mut self, pages: Vec<Blob>, links: Vec<Vec<u64>>) -> Result<MemoryFs, TreeError> {
        let manifest = Manifest {
            kept: KEPT,
            pages,
            links,
        };
        let blob = self.add(manifest.to_bytes().unwrap());
        let now = Arc::new(|| Timestamp {
            seconds: 0,
            nanos: 0,
        });
        restore(self, blob, Quota::default(), now)
    }

    fn corrupt(&mut self, items: &[Item], links: Vec<Vec<u64>>) {
        let page = self.page(items);
        let found = self.tree(vec![page], links);
        assert!(matches!(found, Err(TreeError::Corrupt(_))), "{found:?}");
    }
}

impl Sink for Shelf {
    fn put(&mut self, digest: Digest, bytes: &[u8]) -> Result<(), TreeError> {
        self.0.insert(digest, bytes.to_vec());
        Ok(())
    }
}

impl Source for Shelf {
    fn get(&self, digest: Digest, bytes: u32) -> Result<Vec<u8>, TreeError> {
        let found = self.0.get(&digest).ok_or(TreeError::Corrupt("missing"))?;
        assert_eq!(found.len(), bytes as usize);
        Ok(found.clone())
    }
}

const KEPT: Kept = Kept {
    mode: 0o644,
    owner: Owner::GUEST,
    modified: None,
};

fn item(name: &str, what: What) -> Item {
    Item {
        name: name.to_owned(),
        kept: KEPT,
        what,
    }
}

fn small(name: &str) -> Item {
    let bytes = name.as_bytes().to_vec();
    let len = bytes.len() as u64;
    item(name, What::Small { len, bytes })
}

#[test]
fn a_tree_that_multiplies_is_stopped_by_the_quota() {
    let mut shelf = Shelf::default();
    let mut page = shelf.page(&[small("x")]);
    // Each level names the one below it three times: 3^100 files in a hundred small blobs.
    for _ in 0..100 {
        let folders: Vec<Item> = ["a", "b", "c"]
            .map(|name| item(name, What::Folder(vec![page])))
            .into();
        page = shelf.page(&folders);
    }
    let found = shelf.tree(vec![page], Vec::new());
    assert_eq!(
        found.err(),
        Some(TreeError::Filesystem(FsError::InsufficientSpace))
    );
    // And what looks for blobs that are still needed goes into each once.
    let manifest = Manifest {
        kept: KEPT,
        pages: vec![page],
        links: Vec::new(),
    };
    let manifest = shelf.add(manifest.to_bytes().unwrap());
    let mut reached = std::collections::HashSet::new();
    visit_blobs(&shelf, manifest, &mut reached).unwrap();
    assert_eq!(reached.len(), 102);
}

#[test]
fn i51_names_and_targets_that_no_tree_has_are_refused() {
    let mut shelf = Shelf::default();
    for name in ["", ".", "..", "a/b", "/", "a\0b", &"n".repeat(256)] {
        shelf.corrupt(&[small(name)], Vec::new());
    }
    for target in ["", "a\0b", &"t".repeat(4_096)] {
        shelf.corrupt(
            &[item("link", What::Symlink(target.to_owned()))],
            Vec::new(),
        );
    }
    let odd_mode = Item {
        kept: Kept {
            mode: 0o100_644,
            ..KEPT
        },
        ..small("f")
    };
    shelf.corrupt(&[odd_mode], Vec::new());
}

#[test]
fn names_that_are_out_of_order_or_twice_are_refused() {
    let mut shelf = Shelf::default();
    shelf.corrupt(&[small("b"), small("a")], Vec::new());
    shelf.corrupt(&[small("a"), small("a")], Vec::new());
    shelf.corrupt(&[], Vec::new());
    let (one, two) = (shelf.page(&[small("b")]), shelf.page(&[small("a")]));
    for pages in [vec![one, two], vec![one, one]] {
        let found = shelf.tree(pages, Vec::new());
        assert!(matches!(found, Err(TreeError::Corrupt(_))));
    }
    assert!(shelf.tree(vec![two, one], Vec::new()).is_ok());
}

#[test]
fn names_of_one_file_must_be_there_once_and_in_order() {
    let mut shelf = Shelf::default();
    let three = [small("a"), small("b"), small("c")];
    for links in [
        vec![vec![0, 3]],
        vec![vec![1, 0]],
        vec![vec![1, 1]],
        vec![vec![0]],
        vec![vec![]],
        vec![vec![0, 1], vec![1, 2]],
        vec![vec![1, 2], vec![0, 3]],
        vec![vec![0, u64::MAX]],
    ] {
        shelf.corrupt(&three, links);
    }
    let page = shelf.page(&three);
    let linked = shelf.tree(vec![page], vec![vec![0, 2]]).unwrap();
    assert_eq!(linked.usage().inodes, 2);
}

#[test]
fn chunks_that_do_not_fit_their_file_are_refused() {
    let mut shelf = Shelf::default();
    let chunk = shelf.add(vec![1; 100]);
    let zeros = shelf.add(vec![0; 100]);
    let long = shelf.add(vec![1; 65_537]);
    let large = |len, chunks| item("f", What::Large { len, chunks });
    for (len, chunks) in [
        (4_096, vec![(0, chunk)]),
        (u64::MAX, vec![(0, chunk)]),
        (1 << 63, Vec::new()),
        (65_600, vec![(1, chunk)]),
        (1 << 20, vec![(1, chunk), (0, chunk)]),
        (1 << 20, vec![(1, chunk), (1, chunk)]),
        (1 << 20, vec![(u64::MAX, chunk)]),
        (1 << 20, vec![(0, zeros)]),
        (1 << 20, vec![(0, long)]),
        (1 << 20, vec![(0, Blob { bytes: 0, ..chunk })]),
    ] {
        shelf.corrupt(&[large(len, chunks)], Vec::new());
    }
    for what in [
        What::Small {
            len: 4_097,
            bytes: Vec::new(),
        },
        What::Small {
            len: 1,
            bytes: vec![1, 1],
        },
        What::Small {
            len: 4,
            bytes: vec![1, 0],
        },
    ] {
        shelf.corrupt(&[item("f", what)], Vec::new());
    }
    let page = shelf.page(&[large(1 << 62, vec![(9, chunk)])]);
    let sparse = shelf.tree(vec![page], Vec::new()).unwrap();
    assert_eq!(sparse.usage().bytes, 512);
}

/// Blobs of a tree with everything in it.
fn blobs() -> Vec<Vec<u8>> {
    let file = |path: &str, bytes: Vec<u8>| Entry {
        path: path.to_owned(),
        kind: EntryKind::File(bytes),
        mode: 0o644,
        owner: Owner::ROOT,
    };
    let entries = [
        file("/small", b"small".to_vec()),
        file("/large", vec![7; 100_000]),
        file("/dir/deep/file", Vec::new()),
        Entry {
            kind: EntryKind::Symlink("target".to_owned()),
            ..file("/link", Vec::new())
        },
    ];
    let at = Timestamp {
        seconds: -1,
        nanos: 999_999_999,
    };
    let layer = Layer::import(entries, Quota::default(), at).unwrap();
    let mut shelf = Shelf::default();
    let (_, manifest) = save(layer.root(), &mut shelf).unwrap();
    let with_links = Manifest {
        links: vec![vec![0, 3], vec![1, 2]],
        ..Manifest::read(&manifest).unwrap()
    };
    let mut blobs: Vec<_> = shelf.0.into_values().collect();
    blobs.extend([manifest, with_links.to_bytes().unwrap()]);
    blobs.retain(|blob| blob.len() < 10_000);
    blobs.sort();
    blobs
}

/// Whatever can be read is written the same way: no two forms of one tree.
fn read_is_written(bytes: &[u8]) {
    if let Ok(items) = read_page(bytes) {
        let mut page = PageWriter::new();
        for item in &items {
            page.push(item).unwrap();
        }
        assert_eq!(page.into_bytes(), bytes);
    }
    if let Ok(manifest) = Manifest::read(bytes) {
        assert_eq!(manifest.to_bytes().unwrap(), bytes);
    }
}

proptest! {
    #[test]
    fn damaged_blobs_are_errors_or_read_as_what_they_say(
        which in any::<prop::sample::Index>(),
        damages in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let blobs = blobs();
        let mut bytes = which.get(&blobs).clone();
        for (at, byte) in damages {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        read_is_written(&bytes);
    }

    #[test]
    fn random_bytes_are_no_blobs(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for magic in [b"TGp1", b"TGm1"] {
            read_is_written(&[magic, &bytes[..]].concat());
        }
        read_is_written(&bytes);
    }
}
