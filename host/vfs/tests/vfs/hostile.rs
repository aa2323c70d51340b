//! Odd input: paths, names, kinds, sizes, depths.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::time::{Duration, Instant};

use tollgate_vfs::{
    FileKind, FsError, FsVerb, Layer, MAX_TRANSFER_BYTES, Mount, MountError, OpenOptions, Opened,
    SetTime, SetTimes, Timestamp,
};

use crate::support::{
    CREATE, Ops, READ, WRITE, both, capability, err, host, host_root, names_in_order, permit,
    rooted,
};

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
        assert_eq!(root.names(".").unwrap(), [name.as_str()]);
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
        assert!(Layer::host(capability(path.as_ref())).is_err());
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

#[test]
fn i63_an_error_of_the_device_is_io_and_the_next_call_is_fine() {
    // The first page of a process is never mapped, so the kernel's own file of its memory is a disk
    // that fails there, on any machine.
    let mount = Mount::host_forced(capability("/proc".as_ref()), true).unwrap();
    let root = rooted(mount).1;
    let path = format!("{}/mem", std::process::id());
    let file = match root.open(&path, READ).unwrap() {
        Opened::File(file) => file,
        Opened::Dir(_) => panic!("a file was wanted"),
    };
    let mut bytes = [0; 16];
    assert_eq!(
        file.read_at(&mut bytes, 0, permit(FsVerb::Read)),
        Err(FsError::Io)
    );
    assert!(root.open(&path, READ).is_ok());
}
