//! What the memory filesystem does beyond what the model compares.

use tollgate_vfs::{FsError, FsVerb, Mount, OpenOptions, SetTime, SetTimes, Timestamp};

use crate::support::{
    CREATE, Ops, READ, contents, err, memory, memory_root, names_in_order, permit, rooted,
};

#[test]
fn times_follow_what_is_done() {
    let root = memory_root();
    root.put("file", b"x").unwrap();
    root.mkdir("dir").unwrap();
    let times = |path: &str| {
        let stat = root.lstat(path).unwrap();
        (
            stat.accessed.unwrap(),
            stat.modified.unwrap(),
            stat.changed.unwrap(),
        )
    };
    let made = times("file");
    let file = root
        .file(
            "file",
            OpenOptions {
                write: true,
                ..READ
            },
        )
        .unwrap();
    file.write_at(b"y", 0, permit(FsVerb::Write)).unwrap();
    let written = times("file");
    assert!(written.1 > made.1 && written.2 > made.2 && written.0 == made.0);
    contents(&file).unwrap();
    let read = times("file");
    assert!(read.0 > written.0 && read.1 == written.1);
    let parent = times(".");
    root.hard("file", "dir/other").unwrap();
    assert!(times("file").2 > read.2);
    assert_eq!(times("file").1, read.1);
    assert_eq!(times("."), parent, "another directory changed");
    root.mv("file", "dir/moved").unwrap();
    assert!(times(".").1 > parent.1);
    let set = SetTimes {
        accessed: SetTime::To(Timestamp {
            seconds: -3,
            nanos: 5,
        }),
        modified: SetTime::Keep,
    };
    let before = times("dir/moved");
    root.utimes("dir/moved", set).unwrap();
    let after = times("dir/moved");
    assert_eq!(after.0.seconds, -3);
    assert_eq!(after.1, before.1);
    assert!(after.2 > before.2);
    let now = SetTimes {
        accessed: SetTime::Now,
        modified: SetTime::Now,
    };
    root.utimes("dir/moved", now).unwrap();
    assert_eq!(times("dir/moved").0, times("dir/moved").1);
}

#[test]
fn a_removed_directory_that_is_open_is_empty_and_takes_nothing() {
    let root = memory_root();
    root.mkdir("dir").unwrap();
    let open = root.dir("dir").unwrap();
    root.rmdir("dir").unwrap();
    assert!(names_in_order(&open).unwrap().is_empty());
    assert_eq!(err(open.put("file", b"")), FsError::NoEntry);
    assert_eq!(err(open.mkdir("sub")), FsError::NoEntry);
    assert_eq!(open.stat(permit(FsVerb::Stat)).unwrap().links, 0);
    root.put("file", b"x").unwrap();
    let moved = root.at("file").unwrap().rename(
        open.at("file").unwrap(),
        permit(FsVerb::Rename),
        permit(FsVerb::Rename),
    );
    assert_eq!(err(moved), FsError::NoEntry);
}

#[test]
fn nothing_is_left_when_all_is_removed() {
    let filesystem = memory();
    let root = rooted(Mount::memory(filesystem.clone())).1;
    for round in 0..3 {
        root.mkdir("a").unwrap();
        root.mkdir("a/b").unwrap();
        root.put("a/b/file", &vec![1; 100_000]).unwrap();
        root.ln("b/file", "a/link").unwrap();
        root.hard("a/b/file", "a/hard").unwrap();
        root.put("victim", b"replaced").unwrap();
        root.mv("a/hard", "victim").unwrap();
        root.mkdir("empty").unwrap();
        root.mv("a/b", "empty").unwrap();
        root.rm("empty/file").unwrap();
        root.rm("victim").unwrap();
        root.rm("a/link").unwrap();
        root.rmdir("empty").unwrap();
        root.rmdir("a").unwrap();
        assert_eq!(
            filesystem.usage(),
            tollgate_vfs::Usage::default(),
            "round {round}"
        );
    }
}

#[test]
fn an_unlinked_file_lives_while_it_is_open() {
    let filesystem = memory();
    let root = rooted(Mount::memory(filesystem.clone())).1;
    root.put("file", b"still here").unwrap();
    let file = root
        .file(
            "file",
            OpenOptions {
                write: true,
                ..READ
            },
        )
        .unwrap();
    root.rm("file").unwrap();
    root.put("file", b"another").unwrap();
    file.append(b"!", permit(FsVerb::Write)).unwrap();
    assert_eq!(contents(&file).unwrap(), b"still here!");
    assert_eq!(root.get("file").unwrap(), b"another");
    drop(file);
    assert_eq!(filesystem.usage().inodes, 1);
}

#[test]
fn appends_of_many_handles_do_not_overwrite_each_other() {
    let directory = tempfile::tempdir().unwrap();
    for root in [memory_root(), crate::support::host_root(directory.path())] {
        root.put("log", b"").unwrap();
        std::thread::scope(|scope| {
            for byte in 0..4_u8 {
                let file = root.file("log", CREATE).unwrap();
                scope.spawn(move || {
                    for _ in 0..500 {
                        assert_eq!(file.append(&[byte; 7], permit(FsVerb::Write)).unwrap(), 7);
                    }
                });
            }
        });
        let content = root.get("log").unwrap();
        assert_eq!(content.len(), 4 * 500 * 7);
        assert!(
            content
                .chunks(7)
                .all(|chunk| chunk.iter().all(|byte| *byte == chunk[0]))
        );
    }
}

#[test]
fn listings_are_sorted_by_bytes() {
    let root = memory_root();
    for name in ["b", "a", "B", "ä", "aa", "1"] {
        root.put(name, b"").unwrap();
    }
    assert_eq!(
        names_in_order(&root).unwrap(),
        ["1", "B", "a", "aa", "b", "ä"]
    );
}

#[test]
fn two_mounts_of_one_filesystem_share_it_and_stay_two_mounts() {
    let filesystem = memory();
    let tree = tollgate_vfs::TreeBuilder::new()
        .mount("/a", "/a", Mount::memory(filesystem.clone()))
        .unwrap()
        .mount("/b", "/b", Mount::memory(filesystem).read_only(true))
        .unwrap()
        .build();
    let preopens = tree.preopens();
    let (a, b) = (&preopens[0].1, &preopens[1].1);
    a.put("file", b"x").unwrap();
    assert_eq!(b.get("file").unwrap(), b"x");
    assert_eq!(a.hash("file").unwrap(), b.hash("file").unwrap());
    assert_eq!(err(b.put("file", b"y")), FsError::ReadOnly);
    let moved = b.at("file").unwrap().rename(
        a.at("other").unwrap(),
        permit(FsVerb::Rename),
        permit(FsVerb::Rename),
    );
    assert_eq!(err(moved), FsError::ReadOnly);
}

#[test]
fn handles_can_be_used_and_dropped_from_any_thread() {
    let root = memory_root();
    root.mkdir("dir").unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let root = &root;
            scope.spawn(move || {
                for round in 0..200 {
                    let name = format!("dir/{thread}-{}", round % 5);
                    root.put(&name, name.as_bytes()).unwrap();
                    assert_eq!(root.get(&name).unwrap(), name.as_bytes());
                    let _ = root.mv(&name, &format!("dir/{}-x", (thread + 1) % 4));
                    let _ = root.names("dir").unwrap();
                }
            });
        }
    });
}
