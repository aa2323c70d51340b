//! What host directories do beyond what the model compares.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use tollgate_vfs::{Advice, FileKind, FsError, FsVerb, OpenOptions, SyncMode};

use crate::support::{CREATE, Ops, READ, WRITE, err, host_root, permit};

#[test]
fn what_a_guest_makes_is_not_executable() {
    let directory = tempfile::tempdir().unwrap();
    let root = host_root(directory.path());
    root.put("file", b"#!/bin/sh\n").unwrap();
    let mode = fs::metadata(directory.path().join("file"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o7111, 0);
}

#[test]
fn descriptors_do_not_outlive_their_handles() {
    let directory = tempfile::tempdir().unwrap();
    let root = host_root(directory.path());
    let open = || fs::read_dir("/proc/self/fd").unwrap().count();
    let before = open();
    for _ in 0..200 {
        root.put("file", b"x").unwrap();
        root.get("file").unwrap();
        root.names(".").unwrap();
        let _ = root.get("missing/x");
        let _ = root.mkdir("file");
    }
    assert_eq!(open(), before);
}

#[test]
fn a_deep_walk_keeps_few_descriptors() {
    let directory = tempfile::tempdir().unwrap();
    let root = host_root(directory.path());
    let mut path = String::new();
    for _ in 0..200 {
        path.push_str("d/");
        root.mkdir(&path).unwrap();
    }
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let open = fs::read_dir("/proc/self/fd").unwrap().count() as u64;
    let tight = rustix::process::Rlimit {
        current: Some(open + 45),
        maximum: limit.maximum,
    };
    rustix::process::setrlimit(rustix::process::Resource::Nofile, tight).unwrap();
    let found = root.stat_of(&path);
    let back = root.stat_of(&format!("{path}{}", "../".repeat(199)));
    rustix::process::setrlimit(rustix::process::Resource::Nofile, limit).unwrap();
    assert_eq!(found.unwrap().kind, FileKind::Directory);
    assert_eq!(back.unwrap().kind, FileKind::Directory);
}

#[test]
fn i87_a_host_without_descriptors_is_an_error_and_passes() {
    let directory = tempfile::tempdir().unwrap();
    let root = host_root(directory.path());
    root.mkdir("dir").unwrap();
    root.put("dir/file", b"x").unwrap();
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let none = rustix::process::Rlimit {
        current: Some(3),
        maximum: limit.maximum,
    };
    rustix::process::setrlimit(rustix::process::Resource::Nofile, none).unwrap();
    let opened = root.file("dir/file", READ).map(drop);
    let listed = root.names(".");
    rustix::process::setrlimit(rustix::process::Resource::Nofile, limit).unwrap();
    assert_eq!(err(opened), FsError::InsufficientMemory);
    assert_eq!(err(listed), FsError::InsufficientMemory);
    assert_eq!(root.get("dir/file").unwrap(), b"x");
}

#[test]
fn syncing_and_advice_work_on_files_and_directories() {
    let directory = tempfile::tempdir().unwrap();
    let root = host_root(directory.path());
    for sync in [SyncMode::None, SyncMode::Data, SyncMode::File] {
        let file = root.file("file", OpenOptions { sync, ..CREATE }).unwrap();
        assert_eq!(file.sync_mode(), sync);
        file.append(b"x", permit(FsVerb::Write)).unwrap();
        file.sync(true, permit(FsVerb::Write)).unwrap();
        file.sync(false, permit(FsVerb::Write)).unwrap();
        file.advise(0, 0, Advice::Sequential, permit(FsVerb::Read))
            .unwrap();
        let far = file.advise(u64::MAX, 1, Advice::DontNeed, permit(FsVerb::Read));
        assert_eq!(err(far), FsError::Invalid);
    }
    root.sync(true, permit(FsVerb::Stat)).unwrap();
    root.sync(false, permit(FsVerb::Write)).unwrap();
    assert_eq!(err(root.sync(false, permit(FsVerb::Read))), FsError::Access);
    assert_eq!(root.get("file").unwrap(), b"xxx");
}

#[test]
fn i62_a_mount_that_turns_read_only_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let mount = |arguments: &[&str]| {
        std::process::Command::new("mount")
            .args(arguments)
            .arg(directory.path())
            .status()
            .is_ok_and(|status| status.success())
    };
    if !mount(&["-t", "tmpfs", "-o", "size=1m", "tmpfs"]) {
        eprintln!("skipped: no privilege to mount a tmpfs");
        return;
    }
    let root = host_root(directory.path());
    root.put("file", b"before").unwrap();
    assert!(mount(&["-o", "remount,ro"]));
    let errors = [
        err(root.open("file", WRITE)),
        err(root.put("new", b"")),
        err(root.rm("file")),
        err(root.mkdir("dir")),
    ];
    let read = root.get("file");
    drop(root);
    let unmounted = std::process::Command::new("umount")
        .arg(directory.path())
        .status();
    assert!(unmounted.unwrap().success());
    assert_eq!(errors, [FsError::ReadOnly; 4]);
    assert_eq!(read.unwrap(), b"before");
}
