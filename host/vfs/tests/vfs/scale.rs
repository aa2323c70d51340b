//! Very many names, very deep trees, very little room.

use tollgate_vfs::{FsError, FsVerb, MAX_CANONICAL_BYTES, Mount, OpenOptions, Quota, TreeBuilder};

use crate::support::{
    CREATE, Ops, both, err, host_root, memory, memory_of, names_in_order, permit, rooted,
};

#[test]
fn i57_a_listing_of_very_many_names_is_read_bit_by_bit() {
    let quota = Quota {
        inodes: 200_000,
        entries: 200_000,
        ..Quota::default()
    };
    let root = rooted(Mount::memory(memory_of(quota))).1;
    for number in 0..100_000 {
        root.mkdir(&format!("{number:06}")).unwrap();
    }
    let mut listing = root.read_dir(permit(FsVerb::Readdir)).unwrap();
    let first = listing.next_entry().unwrap().unwrap();
    assert_eq!(first.name, "000000");
    drop(listing);
    let names = names_in_order(&root).unwrap();
    assert_eq!(names.len(), 100_000);
    assert!(names.is_sorted());
}

#[test]
fn i57_names_that_stay_are_listed_once_while_others_come_and_go() {
    both(|root| {
        for number in 0..1_000 {
            root.put(&format!("stay{number:04}"), b"").unwrap();
            root.put(&format!("go{number:04}"), b"").unwrap();
        }
        let mut listing = root.read_dir(permit(FsVerb::Readdir)).unwrap();
        let mut seen = Vec::new();
        let mut number = 0;
        while let Some(entry) = listing.next_entry().unwrap() {
            seen.push(entry.name);
            if number < 1_000 {
                root.rm(&format!("go{number:04}")).unwrap();
                root.put(&format!("come{number:04}"), b"").unwrap();
                root.mv(&format!("come{number:04}"), &format!("zcome{number:04}"))
                    .unwrap();
            }
            number += 1;
        }
        let mut stayed: Vec<_> = seen
            .iter()
            .filter(|name| name.starts_with("stay"))
            .collect();
        stayed.sort();
        let before = stayed.len();
        stayed.dedup();
        assert_eq!((before, stayed.len()), (1_000, 1_000));
    });
}

#[test]
fn i58_a_hundred_thousand_nested_directories_are_built_moved_and_dropped() {
    let quota = Quota {
        inodes: 200_000,
        entries: 200_000,
        ..Quota::default()
    };
    let filesystem = memory_of(quota);
    let root = rooted(Mount::memory(filesystem.clone())).1;
    // A path argument reaches two thousand levels; deeper trees grow by moving one into another.
    let leg = "d/".repeat(1_000);
    let mut depth = 0;
    root.mkdir("top").unwrap();
    while depth < 100_000 {
        root.mkdir("leg").unwrap();
        let mut at = root.dir("leg").unwrap();
        for _ in 0..1_000 {
            at.mkdir("d").unwrap();
            at = at.dir("d").unwrap();
        }
        at.mkdir("end").unwrap();
        root.mv("top", &format!("leg/{leg}end/top")).unwrap();
        root.mv("leg", "top").unwrap();
        depth += 1_001;
    }
    assert_eq!(err(root.mv("top", "top/d")), FsError::Invalid);
    assert!(filesystem.usage().inodes > 100_000);
    drop(root);
    drop(filesystem);
}

#[test]
fn i58_a_deep_tree_is_removed_from_below() {
    both(|root| {
        let mut path = String::new();
        for _ in 0..400 {
            path.push_str("d/");
            root.mkdir(&path).unwrap();
        }
        while !path.is_empty() {
            root.rmdir(&path).unwrap();
            path.truncate(path.len() - 2);
        }
        assert!(root.names(".").unwrap().is_empty());
    });
}

#[test]
fn i58_canonical_paths_are_bounded_however_handles_are_nested() {
    both(|root| {
        let name = "n".repeat(250);
        let mut at = root.clone();
        let mut levels = 0;
        let error = loop {
            match at.mkdir(&name).and_then(|()| at.dir(&name)) {
                Ok(below) => at = below,
                Err(error) => break error,
            }
            levels += 1;
            assert!(levels < 1_000, "the path grows without bound");
        };
        assert_eq!(error, FsError::NameTooLong);
        assert!(at.path().len() <= MAX_CANONICAL_BYTES);
    });
}

#[test]
fn i60_quotas_hold_and_what_is_freed_can_be_used_again() {
    let quota = Quota {
        bytes: 64 * 1024,
        inodes: 10,
        entries: 12,
    };
    let filesystem = memory_of(quota);
    let root = rooted(Mount::memory(filesystem.clone())).1;
    let file = root.file("file", CREATE).unwrap();
    let bytes = vec![7; 100 * 1024];
    assert_eq!(
        file.write_at(&bytes, 0, permit(FsVerb::Write)).unwrap(),
        64 * 1024
    );
    assert_eq!(
        err(file.write_at(b"x", 1 << 30, permit(FsVerb::Write))),
        FsError::InsufficientSpace
    );
    // Within what is there, writing goes on.
    assert_eq!(file.write_at(b"x", 10, permit(FsVerb::Write)).unwrap(), 1);
    file.set_len(1 << 62, permit(FsVerb::Write)).unwrap();
    assert_eq!(filesystem.usage().bytes, 64 * 1024);
    file.set_len(0, permit(FsVerb::Write)).unwrap();
    assert_eq!(filesystem.usage().bytes, 0);
    for number in 0..9 {
        root.put(&format!("f{number}"), b"").unwrap();
    }
    assert_eq!(err(root.put("one-more", b"")), FsError::InsufficientSpace);
    assert_eq!(err(root.mkdir("one-more")), FsError::InsufficientSpace);
    root.hard("f0", "l0").unwrap();
    root.hard("f0", "l1").unwrap();
    assert_eq!(err(root.hard("f0", "l2")), FsError::InsufficientSpace);
    // A rename needs no new room.
    root.mv("l1", "l2").unwrap();
    root.rm("l2").unwrap();
    root.rm("f1").unwrap();
    root.mkdir("one-more").unwrap();
    // An unlinked file is charged until it is closed.
    file.write_at(&bytes[..1_024], 0, permit(FsVerb::Write))
        .unwrap();
    root.rm("file").unwrap();
    assert_eq!(filesystem.usage().bytes, 1_024);
    assert_eq!(filesystem.usage().inodes, 10);
    drop(file);
    assert_eq!(filesystem.usage().bytes, 0);
    assert_eq!(filesystem.usage().inodes, 9);
}

#[test]
fn i60_a_sparse_write_far_out_allocates_next_to_nothing() {
    let filesystem = memory_of(Quota::default());
    let root = rooted(Mount::memory(filesystem.clone())).1;
    let file = root
        .file(
            "sparse",
            OpenOptions {
                read: true,
                ..CREATE
            },
        )
        .unwrap();
    file.write_at(b"end", 1 << 62, permit(FsVerb::Write))
        .unwrap();
    assert_eq!(root.lstat("sparse").unwrap().size, (1 << 62) + 3);
    assert!(filesystem.usage().bytes <= 16 * 1024);
    let mut buffer = [1; 5];
    file.read_at(&mut buffer, (1 << 62) - 2, permit(FsVerb::Read))
        .unwrap();
    assert_eq!(&buffer, b"\0\0end");
    assert_eq!(
        err(file
            .append(&[0; 16], permit(FsVerb::Write))
            .and(Ok(()))
            .and_then(|()| {
                file.set_len(i64::MAX as u64, permit(FsVerb::Write))?;
                file.append(b"x", permit(FsVerb::Write))
            })),
        FsError::FileTooLarge
    );
}

#[test]
fn i60_open_handles_are_counted() {
    let tree = TreeBuilder::new()
        .max_open_handles(3)
        .mount("/", "/", Mount::memory(memory()))
        .unwrap()
        .build();
    let root = tree.preopens().remove(0).1;
    let one = root.file("a", CREATE).unwrap();
    let _two = root.file("b", CREATE).unwrap();
    let _three = root.read_dir(permit(FsVerb::Readdir)).unwrap();
    assert_eq!(err(root.file("c", CREATE)), FsError::Quota);
    assert_eq!(err(root.lstat("c")), FsError::NoEntry);
    drop(one);
    assert_eq!(tree.open_handles(), 2);
    root.file("c", CREATE).unwrap();
}

#[test]
fn i61_a_full_disk_is_insufficient_space() {
    let directory = tempfile::tempdir().unwrap();
    let mount = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"])
        .arg(directory.path())
        .status();
    if !mount.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no privilege to mount a tmpfs");
        return;
    }
    let root = host_root(directory.path());
    let file = root.file("big", CREATE).unwrap();
    let block = vec![1; 32 * 1024];
    let mut at = 0;
    let error = loop {
        match file.write_at(&block, at, permit(FsVerb::Write)) {
            Ok(written) => at += written as u64,
            Err(error) => break error,
        }
        assert!(at < 1 << 20);
    };
    drop((file, root));
    let unmounted = std::process::Command::new("umount")
        .arg(directory.path())
        .status();
    assert!(unmounted.unwrap().success());
    assert_eq!(error, FsError::InsufficientSpace);
}
