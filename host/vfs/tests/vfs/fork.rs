//! A fork is a filesystem of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use proptest::prelude::*;
use tollgate_vfs::{
    ExportLimits, FsError, FsVerb, Layer, MemoryFs, Mount, Owner, Quota, SetAttributes, Timestamp,
};

use crate::model::{Subject, dump, ops};
use crate::oracle::Op;
use crate::support::{CREATE, Ops, Stop, contents, err, memory, memory_of, permit, rooted};

fn subject(filesystem: &MemoryFs) -> Subject {
    Subject::new("memory", Mount::memory(filesystem.clone()))
}

/// The same content, made by doing the same again.
fn deep_copy(ops: &[Op]) -> (MemoryFs, Subject) {
    let filesystem = memory();
    let mut copy = subject(&filesystem);
    for op in ops {
        let _ = copy.apply(op);
    }
    (filesystem, copy)
}

proptest! {
    /// A fork and a copy answer the same from the fork on, whatever happens to the filesystem that was forked; and that
    /// one answers as if nobody had forked it.
    #[test]
    fn a_fork_is_as_good_as_a_deep_copy(
        before in ops(40), on_the_fork in ops(40), on_the_origin in ops(40)
    ) {
        let (origin_fs, mut origin) = deep_copy(&before);
        let (_, mut origin_copy) = deep_copy(&before);
        let (fork_copy_fs, mut fork_copy) = deep_copy(&before);
        fork_copy.close_all();
        let fork_fs = origin_fs.fork();
        let mut fork = subject(&fork_fs);
        prop_assert_eq!(fork_fs.usage(), fork_copy_fs.usage());
        let longer = on_the_fork.len().max(on_the_origin.len());
        for at in 0..longer {
            if let Some(op) = on_the_fork.get(at) {
                prop_assert_eq!(fork.apply(op), fork_copy.apply(op), "{:?} on the fork", op);
            }
            if let Some(op) = on_the_origin.get(at) {
                prop_assert_eq!(origin.apply(op), origin_copy.apply(op), "{:?} on the origin", op);
            }
        }
        prop_assert_eq!(dump(&fork.root), dump(&fork_copy.root));
        prop_assert_eq!(dump(&origin.root), dump(&origin_copy.root));
        fork.close_all();
        fork_copy.close_all();
        prop_assert_eq!(fork_fs.usage(), fork_copy_fs.usage());
    }

    /// The same where layers show through.
    #[test]
    fn a_fork_of_an_overlay_is_as_good_as_a_deep_copy(
        below in ops(30), before in ops(30), on_the_fork in ops(30), on_the_origin in ops(30)
    ) {
        let layer = Layer::memory(deep_copy(&below).0);
        let copy = || {
            let upper = memory();
            let mount = Mount::overlay(vec![layer.clone()], upper.clone()).unwrap();
            let mut subject = Subject::new("overlay", mount);
            for op in &before {
                let _ = subject.apply(op);
            }
            (upper, subject)
        };
        let (origin_fs, mut origin) = copy();
        let (_, mut fork_copy) = copy();
        fork_copy.close_all();
        let mut fork = subject(&origin_fs.fork());
        let as_it_was = dump(&fork_copy.root);
        for op in &on_the_origin {
            let _ = origin.apply(op);
        }
        prop_assert_eq!(dump(&fork.root), as_it_was);
        for op in &on_the_fork {
            prop_assert_eq!(fork.apply(op), fork_copy.apply(op), "{:?}", op);
        }
        prop_assert_eq!(dump(&fork.root), dump(&fork_copy.root));
    }

    /// What was snapshot stays as it was, and so does what it was taken of when something is built on the snapshot.
    #[test]
    fn a_snapshot_is_isolated_both_ways(before in ops(40), after in ops(40), on_top in ops(40)) {
        let (filesystem, mut origin) = deep_copy(&before);
        let snapshot = Layer::snapshot(&filesystem);
        let digest = snapshot.digest().unwrap();
        for op in &after {
            let _ = origin.apply(op);
        }
        prop_assert_eq!(snapshot.digest().unwrap(), digest);
        let expected = dump(&origin.root);
        let mount = Mount::overlay(vec![snapshot.clone()], memory()).unwrap();
        let mut upper = Subject::new("on top", mount);
        for op in &on_top {
            let _ = upper.apply(op);
        }
        prop_assert_eq!(dump(&origin.root), expected);
        prop_assert_eq!(snapshot.digest().unwrap(), digest);
    }
}

#[test]
fn open_handles_stay_with_the_filesystem_that_they_are_of() {
    let origin = memory();
    let root = rooted(Mount::memory(origin.clone())).1;
    let file = root.file("file", CREATE).unwrap();
    file.write_at(b"before", 0, permit(FsVerb::Write)).unwrap();
    let fork = origin.fork();
    let forked = rooted(Mount::memory(fork)).1;
    file.write_at(b"after!", 0, permit(FsVerb::Write)).unwrap();
    assert_eq!(root.get("file").unwrap(), b"after!");
    assert_eq!(forked.get("file").unwrap(), b"before");
    forked.rm("file").unwrap();
    assert_eq!(root.get("file").unwrap(), b"after!");
    let moved = root.at("file").unwrap().rename(
        forked.at("file").unwrap(),
        permit(FsVerb::Rename),
        permit(FsVerb::Rename),
    );
    assert_eq!(err(moved), FsError::CrossDevice);
}

#[test]
fn the_fork_of_a_layer_can_be_written_and_the_layer_cannot() {
    let base = memory();
    let below = rooted(Mount::memory(base.clone())).1;
    below.put("file", b"base").unwrap();
    let _layer = Layer::memory(base.clone());
    assert_eq!(err(below.put("file", b"x")), FsError::ReadOnly);
    let fork = rooted(Mount::memory(base.fork())).1;
    fork.put("file", b"own").unwrap();
    assert_eq!(below.get("file").unwrap(), b"base");
}

#[test]
fn i60_a_fork_has_a_quota_and_a_clock_of_its_own() {
    let origin = memory();
    let root = rooted(Mount::memory(origin.clone())).1;
    root.put("file", &[1; 10_000]).unwrap();
    let noon = Timestamp {
        seconds: 43_200,
        nanos: 0,
    };
    let quota = Quota {
        bytes: 4_096,
        ..Quota::default()
    };
    let fork = origin.fork_with(quota, Arc::new(move || noon));
    let forked = rooted(Mount::memory(fork.clone())).1;
    assert_eq!(forked.get("file").unwrap().len(), 10_000);
    assert_eq!(err(forked.put("more", b"x")), FsError::InsufficientSpace);
    forked.put("file", b"less").unwrap();
    forked.put("more", b"x").unwrap();
    assert_eq!(forked.lstat("more").unwrap().modified, Some(noon));
    root.put("more", &[1; 10_000]).unwrap();
    assert_eq!(fork.quota(), quota);
}

#[test]
fn modes_and_owners_are_kept_and_forked() {
    let origin = memory();
    let root = rooted(Mount::memory(origin.clone())).1;
    root.put("file", b"x").unwrap();
    root.mkdir("dir").unwrap();
    root.ln("file", "link").unwrap();
    let modes = |path| root.lstat(path).unwrap().mode;
    assert_eq!(
        (modes("file"), modes("dir"), modes("link")),
        (0o644, 0o755, 0o777)
    );
    assert_eq!(root.lstat("file").unwrap().owner, Owner::GUEST);
    let set = |path, to| {
        root.at(path)
            .unwrap()
            .set_attributes(to, permit(FsVerb::Write))
    };
    let private = SetAttributes {
        mode: Some(0o100_600),
        uid: Some(7),
        gid: None,
    };
    let changed = root.lstat("file").unwrap().changed;
    set("file", private).unwrap();
    let found = root.lstat("file").unwrap();
    assert_eq!(
        (found.mode, found.owner.uid, found.owner.gid),
        (0o600, 7, 1_000)
    );
    assert!(found.changed > changed);
    let fork = rooted(Mount::memory(origin.fork())).1;
    set(
        "file",
        SetAttributes {
            mode: Some(0o777),
            ..SetAttributes::default()
        },
    )
    .unwrap();
    assert_eq!(fork.lstat("file").unwrap().mode, 0o600);
    root.set_attributes(private, permit(FsVerb::Write)).unwrap();
    assert_eq!(root.lstat(".").unwrap().mode, 0o600);
    assert_eq!(err(set("none", private)), FsError::NoEntry);
    assert_eq!(
        err(root
            .at("file")
            .unwrap()
            .set_attributes(private, permit(FsVerb::Read))),
        FsError::Access
    );
    let fixed = rooted(Mount::memory(origin).read_only(true)).1;
    let refused = fixed
        .at("file")
        .unwrap()
        .set_attributes(private, permit(FsVerb::Write));
    assert_eq!(err(refused), FsError::ReadOnly);
}

/// A snapshot is one moment, also while others write: of two files that are always written in the same order, the second
/// is never ahead.
#[test]
fn a_snapshot_is_one_moment() {
    let filesystem = memory_of(Quota::default());
    let root = rooted(Mount::memory(filesystem.clone())).1;
    for name in ["first", "second"] {
        root.put(name, &[0]).unwrap();
    }
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let _stop = Stop(&done);
        scope.spawn(|| {
            let open = |name| root.file(name, crate::support::WRITE).unwrap();
            let (first, second) = (open("first"), open("second"));
            let mut round = 0_u8;
            while !done.load(Ordering::Relaxed) {
                round = round.wrapping_add(1) % 100;
                first.write_at(&[round], 0, permit(FsVerb::Write)).unwrap();
                second.write_at(&[round], 0, permit(FsVerb::Write)).unwrap();
            }
        });
        for _ in 0..500 {
            let snapshot = rooted(Mount::memory(filesystem.fork())).1;
            let byte =
                |name| contents(&snapshot.file(name, crate::support::READ).unwrap()).unwrap()[0];
            let (first, second) = (byte("first"), byte("second"));
            assert!(
                first == second || first == (second + 1) % 100,
                "{first} and {second}"
            );
        }
    });
}

#[test]
fn i58_a_very_deep_tree_is_forked_saved_and_dropped() {
    let quota = Quota {
        inodes: 50_000,
        entries: 50_000,
        ..Quota::default()
    };
    let filesystem = memory_of(quota);
    let root = rooted(Mount::memory(filesystem.clone())).1;
    root.mkdir("top").unwrap();
    for _ in 0..20 {
        root.mkdir("leg").unwrap();
        let mut at = root.dir("leg").unwrap();
        for _ in 0..1_000 {
            at.mkdir("d").unwrap();
            at = at.dir("d").unwrap();
        }
        root.mv("top", &format!("leg/{}top", "d/".repeat(1_000)))
            .unwrap();
        root.mv("leg", "top").unwrap();
    }
    let snapshot = Layer::snapshot(&filesystem);
    let place = crate::support::quick_directory();
    let store = tollgate_vfs::Store::open(crate::support::capability(place.path())).unwrap();
    let kept = store.flush("deep", &filesystem).unwrap();
    let clock = Arc::new(|| Timestamp {
        seconds: 0,
        nanos: 0,
    });
    let loaded = store.load("deep", quota, clock).unwrap().unwrap();
    assert_eq!(loaded.usage(), filesystem.usage());
    assert_eq!(Layer::snapshot(&loaded).digest().unwrap(), kept.digest);
    assert_eq!(snapshot.digest().unwrap(), kept.digest);
    // As a list it has paths that nobody could import.
    assert!(matches!(
        snapshot.entries(&ExportLimits::default()),
        Err(tollgate_vfs::ExportError::PathTooLong { .. })
    ));
}
