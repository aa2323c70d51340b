//! What a fork shares, seen from within.

use std::sync::Arc;

use super::node::{Body, Slot};
use super::table::{ROOT, Table};
use super::*;
use crate::chunk::{CHUNK, CHUNK_BYTES, Chunk};
use crate::{Entry, EntryKind, Owner, Timestamp};

const FILES: usize = 10_000;

fn clock() -> Clock {
    Arc::new(|| Timestamp {
        seconds: 1,
        nanos: 0,
    })
}

fn file(path: String, bytes: Vec<u8>) -> Entry {
    Entry {
        path,
        kind: EntryKind::File(bytes),
        mode: 0o644,
        owner: Owner::GUEST,
    }
}

/// Ten thousand files in a hundred folders, and one of ten chunks.
fn many() -> MemoryFs {
    let filesystem = MemoryFs::new(Quota::default(), clock());
    let small = (0..FILES).map(|number| {
        let path = format!("/{:02}/{number:05}", number % 100);
        file(path, number.to_le_bytes().to_vec())
    });
    filesystem.apply(small).unwrap();
    let large = file("/large".to_owned(), vec![9; 10 * CHUNK]);
    filesystem.apply([large]).unwrap();
    filesystem
}

/// The chunks of all files, by node and place.
fn chunks(table: &Table) -> Vec<((u64, u64), Arc<Chunk>)> {
    let mut found = Vec::new();
    for number in 0..table.next() {
        let Ok(content) = table.content(number) else {
            continue;
        };
        let mut next = 0;
        while let Some((index, chunk)) = content.next_chunk(next).unwrap() {
            next = index + 1;
            found.push(((number, index), chunk));
        }
    }
    found
}

/// How many chunks the one has that the other has not, byte for byte in the same place of memory.
fn different(one: &MemoryFs, other: &MemoryFs) -> usize {
    let (one, other) = (chunks(&one.lock()), chunks(&other.lock()));
    assert_eq!(one.len(), other.len());
    let pairs = one.iter().zip(&other);
    pairs
        .filter(|((at, mine), (there, theirs))| at != there || !Arc::ptr_eq(mine, theirs))
        .count()
}

#[test]
fn a_fork_of_ten_thousand_files_shares_everything() {
    let origin = many();
    let fork = origin.fork();
    assert!(
        origin.lock().shares_nodes(&fork.lock()),
        "the table of nodes is one and the same"
    );
    assert_eq!(fork.usage(), origin.usage());
    assert_eq!(different(&origin, &fork), 0);
    assert_eq!(chunks(&fork.lock()).len(), FILES + 10);
}

#[test]
fn a_write_after_a_fork_copies_one_chunk_and_leaves_the_other_side_alone() {
    let origin = many();
    let (left, right) = (origin.fork(), origin.fork());
    let number = {
        let table = left.lock();
        match table.directory(ROOT).unwrap().entries.get("large") {
            Some(Slot::Node(number)) => *number,
            other => panic!("{other:?}"),
        }
    };
    let write = |filesystem: &MemoryFs, offset| {
        filesystem
            .edit(|table, now| {
                table.edit_content(number, now, |content, left| {
                    content.write_at(b"x", offset, left)
                })
            })
            .unwrap();
    };
    write(&left, 3 * CHUNK_BYTES + 7);
    assert_eq!(different(&origin, &left), 1);
    assert_eq!(different(&origin, &right), 0);
    write(&right, 9 * CHUNK_BYTES);
    assert_eq!(different(&left, &right), 2);
    // Where nobody else has the chunk, nothing is copied any more.
    let before = chunks(&left.lock());
    write(&left, 3 * CHUNK_BYTES + 8);
    let after = chunks(&left.lock());
    drop((origin, right));
    assert_eq!(before.len(), after.len());
    let folder = |filesystem: &MemoryFs, entries: &[Entry]| {
        filesystem.apply(entries.iter().cloned()).unwrap();
    };
    folder(&left, &[file("/42/new".to_owned(), vec![1])]);
    assert_eq!(left.usage().inodes, FILES as u64 + 102);
}

#[test]
fn a_look_changes_nothing_that_is_shared() {
    let origin = many();
    let fork = origin.fork_with(origin.quota(), clock());
    let found = fork.root().stat("large").unwrap();
    assert_eq!(found.stat.size, 10 * CHUNK_BYTES);
    let mut listing = fork.root().read_dir().unwrap();
    while listing.next_entry().unwrap().is_some() {}
    drop(listing);
    assert!(origin.lock().shares_nodes(&fork.lock()));
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the test looks at a clock, loosely: the bench tells how quick"
)]
fn a_hundred_forks_are_quick_and_none_is_charged_for_another() {
    let origin = many();
    let begun = std::time::Instant::now();
    let forks: Vec<MemoryFs> = (0..100).map(|_| origin.fork()).collect();
    let took = begun.elapsed();
    assert!(
        took < std::time::Duration::from_secs(2),
        "a hundred forks took {took:?}"
    );
    for fork in &forks {
        fork.apply([file("/own".to_owned(), vec![1; 100])]).unwrap();
    }
    assert_eq!(origin.usage().inodes + 1, forks[0].usage().inodes);
    assert!(matches!(
        origin.root().stat("own"),
        Err(crate::FsError::NoEntry)
    ));
}

#[test]
fn what_only_lives_because_it_is_open_is_not_in_a_fork() {
    let origin = MemoryFs::new(Quota::default(), clock());
    origin
        .apply([file("/file".to_owned(), vec![5; 1_000])])
        .unwrap();
    let root = origin.root();
    let options = crate::OpenOptions {
        write: true,
        ..crate::OpenOptions::default()
    };
    let open = root.open("file", &options).unwrap();
    root.unlink("file").unwrap();
    assert_eq!(origin.usage().bytes, 1_024);
    let fork = origin.fork();
    assert_eq!(fork.usage(), Usage::default());
    assert_eq!(fork.lock().nodes(), 1);
    drop(open);
    assert_eq!(origin.usage(), Usage::default());
}

#[test]
fn a_fork_of_an_overlay_forgets_what_was_only_looked_at() {
    let base = crate::Layer::memory(many());
    let upper = MemoryFs::new(Quota::default(), clock());
    drop(crate::Mount::overlay(vec![base], upper.clone()).unwrap());
    let folder = match upper.root().enter("07").unwrap() {
        crate::backend::Step::Directory(folder) => folder,
        crate::backend::Step::Link(_) => panic!("a folder"),
    };
    folder.stat("00007").unwrap();
    assert_eq!(
        upper.lock().nodes(),
        2,
        "the root and the folder that is open"
    );
    let fork = upper.fork();
    assert_eq!(fork.lock().nodes(), 1);
    folder.unlink("00007").unwrap();
    assert!(fork.root().enter("07").is_ok());
    assert!(matches!(
        upper.lock().node(ROOT).map(|node| &node.body),
        Ok(Body::Directory(_))
    ));
}
