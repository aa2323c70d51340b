//! Odd input: paths, names, kinds, sizes, depths.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::time::{Duration, Instant};

use tollgate_vfs::{
    DirHandle, FileKind, FsError, FsVerb, MAX_TRANSFER_BYTES, Mount, MountError, OpenOptions,
    Quota, SetTime, SetTimes, Timestamp, TreeBuilder,
};

use crate::support::{
    CREATE, Ops, READ, WRITE, capability, err, host, host_root, memory_of, memory_root,
    names_in_order, permit, rooted,
};

fn both(test: impl Fn(&DirHandle)) {
    let directory = tempfile::tempdir().unwrap();
    test(&host_root(directory.path()));
    test(&memory_root());
    let overlay = Mount::overlay(
        vec![tollgate_vfs::Layer::memory(crate::support::memory())],
        crate::support::memory(),
    );
    test(&rooted(overlay.unwrap()).1);
}

#[test]
fn i51_odd_paths_give_typed_errors() {
    both(|root| {
        root.mkdir("a").unwrap();
        root.mkdir("a/b").unwrap();
        root.put("file", b"x").unwrap();
        let long = "n".repeat(256);
        for (path, expected) in [
            ("", FsError::NoEntry),
            ("..", FsError::NotPermitted),
            ("a/../..", FsError::NotPermitted),
            ("a/../../b", FsError::NotPermitted),
            ("a/b/../../../a", FsError::NotPermitted),
            ("/", FsError::NotPermitted),
            ("/a", FsError::NotPermitted),
            ("//a", FsError::NotPermitted),
            ("a\0", FsError::Invalid),
            ("\0", FsError::Invalid),
            (&long, FsError::NameTooLong),
            (&format!("a/{long}"), FsError::NameTooLong),
            (&"a/".repeat(2_049), FsError::NameTooLong),
            (&"x".repeat(5_000), FsError::NameTooLong),
            ("missing/../a", FsError::NoEntry),
            ("file/../a", FsError::NotDirectory),
            ("file/.", FsError::NotDirectory),
            ("file/", FsError::NotDirectory),
            ("a/b/c/", FsError::NoEntry),
        ] {
            assert_eq!(err(root.lstat(path)), expected, "lstat {path:?}");
            assert_eq!(err(root.stat_of(path)), expected, "stat {path:?}");
            assert_eq!(err(root.open(path, READ)), expected, "open {path:?}");
        }
        for path in [".", "./", "a/..", "a/./../", "a//b/../..", "a/b/.././../."] {
            assert_eq!(
                root.stat_of(path).unwrap().kind,
                FileKind::Directory,
                "{path}"
            );
            assert_eq!(root.at(path).unwrap().path(), "/", "{path}");
        }
        assert_eq!(root.at("a//b///").unwrap().path(), "/a/b");
    });
}

#[test]
fn i51_the_directory_itself_can_be_neither_removed_nor_renamed() {
    both(|root| {
        root.mkdir("a").unwrap();
        assert_eq!(err(root.rmdir(".")), FsError::Invalid);
        assert_eq!(err(root.rmdir("a/.")), FsError::Invalid);
        assert_eq!(err(root.rmdir("a/..")), FsError::NotEmpty);
        assert_eq!(err(root.rm(".")), FsError::IsDirectory);
        assert_eq!(err(root.mv(".", "b")), FsError::Busy);
        assert_eq!(err(root.mv("a", ".")), FsError::Busy);
        assert_eq!(err(root.mv("a/..", "b")), FsError::Busy);
        assert_eq!(err(root.mkdir(".")), FsError::Exist);
        assert_eq!(err(root.ln("a", "a/..")), FsError::Exist);
        assert_eq!(err(root.hard(".", "b")), FsError::NotPermitted);
        assert_eq!(err(root.readlink(".")), FsError::Invalid);
        assert_eq!(err(root.open(".", WRITE)), FsError::IsDirectory);
    });
}

#[test]
fn i51_the_longest_names_and_paths_that_are_allowed_work() {
    both(|root| {
        let name = "n".repeat(255);
        root.mkdir(&name).unwrap();
        assert_eq!(root.names(".").unwrap(), [name.clone()]);
        let path = format!("{name}/{}", "./".repeat(1_900));
        assert_eq!(root.stat_of(&path).unwrap().kind, FileKind::Directory);
    });
}

#[test]
fn i51_a_path_that_goes_back_and_forth_is_bounded() {
    both(|root| {
        let mut deep = String::new();
        for _ in 0..100 {
            deep.push_str("d/");
            root.mkdir(&deep).unwrap();
        }
        // Beyond the handles that a walk keeps, and back.
        let back = format!("{deep}{}d", "../".repeat(100));
        assert_eq!(root.through(&back).unwrap().path(), "/d");
        assert_eq!(root.stat_of(&back).unwrap().kind, FileKind::Directory);
        let out = format!("{deep}{}", "../".repeat(101));
        assert_eq!(err(root.stat_of(&out)), FsError::NotPermitted);
        // Forty links that each walk down and up again.
        root.ln(&format!("{deep}{}", "../".repeat(100)), "shuttle")
            .unwrap();
        let shuttles = "shuttle/".repeat(40);
        let started = Instant::now();
        let _ = root.stat_of(&shuttles);
        assert!(started.elapsed() < Duration::from_secs(2));
    });
}

#[test]
fn i56_pipes_sockets_and_devices_do_not_open_and_do_not_block() {
    use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};
    let directory = tempfile::tempdir().unwrap();
    let mode = Mode::from_raw_mode(0o600);
    mknodat(CWD, directory.path().join("fifo"), FileType::Fifo, mode, 0).unwrap();
    let zero = directory.path().join("zero");
    let device = mknodat(CWD, zero, FileType::CharacterDevice, mode, makedev(1, 5));
    let root = host_root(directory.path());
    let started = Instant::now();
    for options in [
        READ,
        WRITE,
        CREATE,
        OpenOptions {
            truncate: true,
            ..WRITE
        },
    ] {
        assert_eq!(err(root.open("fifo", options)), FsError::NoSuchDevice);
        // Without the privilege to make one, there is none to open.
        if device.is_ok() {
            assert_eq!(err(root.open("zero", options)), FsError::NoSuchDevice);
        }
    }
    assert!(started.elapsed() < Duration::from_secs(1));
    assert_eq!(root.lstat("fifo").unwrap().kind, FileKind::Fifo);
    assert_eq!(err(root.dir("fifo")), FsError::NotDirectory);
    root.rm("fifo").unwrap();
}

#[test]
fn i56_reads_and_writes_are_capped() {
    let directory = tempfile::tempdir().unwrap();
    let sparse = fs::File::create(directory.path().join("sparse")).unwrap();
    sparse.set_len(1 << 43).unwrap();
    let root = host_root(directory.path());
    let file = root.file("sparse", READ).unwrap();
    let mut buffer = vec![1; MAX_TRANSFER_BYTES + 1];
    let read = file.read_at(&mut buffer, 0, permit(FsVerb::Read)).unwrap();
    assert_eq!(read, MAX_TRANSFER_BYTES);
    assert!(buffer[..read].iter().all(|byte| *byte == 0));
    let far = file.read_at(&mut buffer, u64::MAX, permit(FsVerb::Read));
    assert_eq!(err(far), FsError::Invalid);
    let file = root.file("new", CREATE).unwrap();
    let written = file.write_at(&buffer, 0, permit(FsVerb::Write)).unwrap();
    assert_eq!(written, MAX_TRANSFER_BYTES);
    let far = file.write_at(b"x", i64::MAX as u64, permit(FsVerb::Write));
    assert_eq!(err(far), FsError::FileTooLarge);
    let far = file.write_at(b"x", u64::MAX, permit(FsVerb::Write));
    assert_eq!(err(far), FsError::FileTooLarge);
    assert_eq!(
        err(file.set_len(u64::MAX, permit(FsVerb::Write))),
        FsError::FileTooLarge
    );
}

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
        assert!(at.path().len() <= tollgate_vfs::MAX_CANONICAL_BYTES);
    });
}

#[test]
fn i59_odd_names_are_names() {
    both(|root| {
        let odd = [
            "new\nline",
            "esc\x1b[31m",
            "\u{202e}txt.exe",
            "sp ace",
            "-rf",
            "*",
            "\\",
            "…",
            "a:b",
            "~",
        ];
        for name in odd {
            root.put(name, name.as_bytes()).unwrap();
        }
        let mut expected: Vec<_> = odd.map(str::to_owned).to_vec();
        expected.sort();
        assert_eq!(root.names(".").unwrap(), expected);
        for name in odd {
            assert_eq!(root.get(name).unwrap(), name.as_bytes());
        }
    });
}

#[test]
fn i59_a_name_that_is_not_utf8_is_an_error_in_its_place() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("fine"), b"").unwrap();
    fs::write(directory.path().join(OsStr::from_bytes(b"bad\xff")), b"").unwrap();
    std::os::unix::fs::symlink(OsStr::from_bytes(b"to\xff"), directory.path().join("link"))
        .unwrap();
    let root = host_root(directory.path());
    let mut listing = root.read_dir(permit(FsVerb::Readdir)).unwrap();
    let (mut names, mut errors) = (Vec::new(), Vec::new());
    loop {
        match listing.next_entry() {
            Ok(None) => break,
            Ok(Some(entry)) => names.push(entry.name),
            Err(error) => errors.push(error),
        }
    }
    names.sort();
    assert_eq!(names, ["fine", "link"]);
    assert_eq!(errors, [FsError::IllegalByteSequence]);
    assert_eq!(err(root.readlink("link")), FsError::IllegalByteSequence);
    assert_eq!(err(root.stat_of("link")), FsError::IllegalByteSequence);
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
        .mount("/", "/", Mount::memory(crate::support::memory()))
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

#[test]
fn i64_kernel_filesystems_are_refused_unless_forced() {
    for (path, name) in [
        ("/proc", "proc"),
        ("/sys", "sysfs"),
        ("/proc/self", "proc"),
        ("/dev/pts", "devpts"),
    ] {
        if !std::path::Path::new(path).exists() {
            continue;
        }
        match Mount::host(capability(path.as_ref()), true) {
            Err(MountError::KernelFilesystem { kind }) => assert_eq!(kind, name),
            other => panic!("{path}: {:?}", other.err()),
        }
        assert!(Mount::host_forced(capability(path.as_ref()), true).is_ok());
        assert!(tollgate_vfs::Layer::host(capability(path.as_ref())).is_err());
    }
}

#[test]
fn i64_kernel_filesystems_below_a_mount_are_refused_too() {
    let root = rooted(Mount::host(capability("/".as_ref()), true).unwrap()).1;
    assert_eq!(err(root.dir("proc")), FsError::NotPermitted);
    assert_eq!(
        err(root.open("proc/self/environ", READ)),
        FsError::NotPermitted
    );
    assert_eq!(err(root.stat_of("sys/kernel")), FsError::NotPermitted);
    assert!(root.dir("tmp").is_ok());
}

#[test]
fn a6_setting_times_to_extremes_does_not_panic() {
    both(|root| {
        root.put("file", b"").unwrap();
        root.mkdir("dir").unwrap();
        let seconds = [
            i64::MIN,
            i64::MIN + 1,
            -1,
            0,
            1,
            1 << 40,
            i64::MAX - 5,
            i64::MAX,
        ];
        for seconds in seconds {
            for nanos in [0, 999_999_999, 1_000_000_000, u32::MAX] {
                let time = SetTime::To(Timestamp { seconds, nanos });
                let times = SetTimes {
                    accessed: time,
                    modified: time,
                };
                for path in ["file", "dir", "."] {
                    match root.utimes(path, times) {
                        Ok(()) | Err(FsError::Overflow | FsError::Invalid) => {}
                        Err(other) => panic!("{seconds} {nanos}: {other}"),
                    }
                    let stat = root.lstat(path).unwrap();
                    assert!(stat.modified.unwrap().nanos < 1_000_000_000);
                    let _ = stat.modified.unwrap().to_wasi();
                }
            }
        }
    });
}

#[test]
fn a7_times_before_1970_are_values() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("old");
    let file = fs::File::create(&path).unwrap();
    file.set_modified(std::time::UNIX_EPOCH - Duration::new(86_400, 5))
        .unwrap();
    let root = host_root(directory.path());
    let modified = root.lstat("old").unwrap().modified.unwrap();
    assert_eq!((modified.seconds, modified.nanos), (-86_401, 999_999_995));
    assert_eq!(modified.to_wasi(), None);
    let set = SetTimes {
        accessed: SetTime::Keep,
        modified: SetTime::To(Timestamp {
            seconds: -5,
            nanos: 0,
        }),
    };
    root.utimes("old", set).unwrap();
    assert_eq!(root.lstat("old").unwrap().modified.unwrap().seconds, -5);
}

#[test]
fn a8_two_listings_are_equal_to_the_byte() {
    let directory = tempfile::tempdir().unwrap();
    for number in 0..300 {
        let name = "x".repeat(1 + number % 200);
        fs::write(directory.path().join(format!("{name}{number}")), b"").unwrap();
    }
    let root = host_root(directory.path());
    let listing = || names_in_order(&root).unwrap();
    let first = listing();
    assert_eq!(first.len(), 300);
    assert!(first.iter().all(|name| {
        name.bytes()
            .all(|byte| byte == b'x' || byte.is_ascii_digit())
    }));
    assert_eq!(first, listing());
    let again = rooted(host(directory.path())).1;
    assert_eq!(first, names_in_order(&again).unwrap());
}
