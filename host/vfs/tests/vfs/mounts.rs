//! Several mounts in one namespace, permits, and identity.

use std::fs;

use tollgate_vfs::{
    DirHandle, FsError, FsVerb, Hint, Mount, MountError, OpenOptions, Opened, Permits, TreeBuilder,
};

use crate::support::{
    CREATE, DIRECTORY, Ops, READ, WRITE, err, host, host_root, memory, memory_root, names_in_order,
    permit, permits, rooted,
};

/// `/` in memory, `/data/deep` on the host, `/data/ro` read-only in memory.
fn namespace(directory: &std::path::Path) -> Vec<(String, DirHandle)> {
    TreeBuilder::new()
        .mount(".", ".", Mount::memory(memory()))
        .unwrap()
        .mount("the data", "/data/deep/", host(directory))
        .unwrap()
        .mount("ro", "data/ro", Mount::memory(memory()).read_only(true))
        .unwrap()
        .build()
        .preopens()
}

#[test]
fn preopens_have_exactly_the_names_that_were_given() {
    let directory = tempfile::tempdir().unwrap();
    let preopens = namespace(directory.path());
    let names: Vec<_> = preopens.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, [".", "the data", "ro"]);
    let paths: Vec<_> = preopens.iter().map(|(_, dir)| dir.path()).collect();
    assert_eq!(paths, ["/", "/data/deep", "/data/ro"]);
}

#[test]
fn a_walk_crosses_mount_points_in_both_directions() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("file"), b"host").unwrap();
    let preopens = namespace(directory.path());
    let root = &preopens[0].1;
    assert_eq!(root.get("data/deep/file").unwrap(), b"host");
    assert_eq!(
        root.through("data/deep/../ro/../deep/file").unwrap().path(),
        "/data/deep/file"
    );
    assert_eq!(root.get("data/deep/../deep/file").unwrap(), b"host");
    root.put("top", b"memory").unwrap();
    assert_eq!(root.get("data/deep/../../top").unwrap(), b"memory");
    root.ln("data/deep", "link").unwrap();
    assert_eq!(root.get("link/file").unwrap(), b"host");
    // A descriptor on the mount itself does not reach what it is mounted in.
    assert_eq!(err(preopens[1].1.stat_of("..")), FsError::NotPermitted);
    let deep = root.dir("data/deep").unwrap();
    assert_eq!(err(deep.stat_of("../ro")), FsError::NotPermitted);
    assert!(root.through("data/ro").unwrap().read_only());
    assert_eq!(err(root.put("data/ro/x", b"")), FsError::ReadOnly);
}

#[test]
fn mount_points_are_listed_and_cannot_be_removed_or_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let preopens = namespace(directory.path());
    let root = &preopens[0].1;
    root.put("other", b"").unwrap();
    root.mkdir("dir").unwrap();
    assert_eq!(root.names(".").unwrap(), ["data", "dir", "other"]);
    assert_eq!(root.names("data").unwrap(), ["deep", "ro"]);
    for point in ["data", "data/deep", "data/", "data/deep/"] {
        assert_eq!(err(root.rmdir(point)), FsError::Busy, "{point}");
        assert_eq!(err(root.rm(point)), FsError::IsDirectory, "{point}");
        assert_eq!(err(root.mkdir(point)), FsError::Exist, "{point}");
        assert_eq!(err(root.ln("x", point)), FsError::Exist, "{point}");
        assert_eq!(
            err(root.open(point, CREATE)),
            FsError::IsDirectory,
            "{point}"
        );
        assert!(root.stat_of(point).is_ok(), "{point}");
    }
    assert_eq!(err(root.rmdir("data/ro")), FsError::ReadOnly);
    assert_eq!(err(root.mv("data", "moved")), FsError::Busy);
    assert_eq!(err(root.mv("dir", "data")), FsError::Busy);
    assert_eq!(err(root.mv("data/deep", "data/moved")), FsError::Busy);
    assert_eq!(err(root.mkdir("data/new")), FsError::ReadOnly);
}

#[test]
fn what_stands_at_a_mount_point_is_hidden() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir_all(directory.path().join("data/sub")).unwrap();
    fs::write(directory.path().join("data/hidden"), b"hidden").unwrap();
    fs::write(directory.path().join("file"), b"in the way").unwrap();
    let tree = TreeBuilder::new()
        .mount("/", "/", host(directory.path()))
        .unwrap()
        .mount("/data", "/data", Mount::memory(memory()))
        .unwrap()
        .mount("/file/x", "/file/x", Mount::memory(memory()))
        .unwrap()
        .build();
    let root = tree.preopens().remove(0).1;
    assert_eq!(err(root.get("data/hidden")), FsError::NoEntry);
    assert!(root.names("data").unwrap().is_empty());
    assert_eq!(names_in_order(&root).unwrap(), ["data", "file"]);
    root.put("file/x/y", b"1").unwrap();
    assert_eq!(root.get("file/x/y").unwrap(), b"1");
    root.put("data/new", b"").unwrap();
    assert!(!directory.path().join("data/new").exists());
}

#[test]
fn nothing_is_linked_or_renamed_from_one_mount_to_another() {
    let directory = tempfile::tempdir().unwrap();
    let preopens = namespace(directory.path());
    let root = &preopens[0].1;
    root.put("file", b"x").unwrap();
    assert_eq!(err(root.mv("file", "data/deep/file")), FsError::CrossDevice);
    assert_eq!(
        err(root.hard("file", "data/deep/file")),
        FsError::CrossDevice
    );
    assert_eq!(err(root.mv("file", "data/ro/file")), FsError::ReadOnly);
    let stranger = memory_root();
    let moved = root.at("file").unwrap().rename(
        stranger.at("file").unwrap(),
        permit(FsVerb::Rename),
        permit(FsVerb::Rename),
    );
    assert_eq!(err(moved), FsError::CrossDevice);
}

#[test]
fn mounts_that_cannot_be_are_refused() {
    let mount = |path| {
        TreeBuilder::new()
            .mount("/a", "/a", Mount::memory(memory()))
            .unwrap()
            .mount("x", path, Mount::memory(memory()))
            .err()
    };
    assert!(matches!(mount("a/"), Some(MountError::Duplicate { .. })));
    assert!(matches!(mount("/../x"), Some(MountError::GuestPath { .. })));
    assert!(matches!(mount("/x\0"), Some(MountError::GuestPath { .. })));
    assert!(mount("/ab").is_none());
}

#[test]
fn a_permit_for_another_verb_is_refused() {
    let root = memory_root();
    root.put("file", b"x").unwrap();
    root.mkdir("dir").unwrap();
    let wrong = permit(FsVerb::Readdir);
    assert_eq!(err(root.at("file").unwrap().stat(wrong)), FsError::Access);
    let wrong = permit(FsVerb::Stat);
    assert_eq!(err(root.at("file").unwrap().unlink(wrong)), FsError::Access);
    let moved = root.at("file").unwrap().rename(
        root.at("new").unwrap(),
        permit(FsVerb::Rename),
        permit(FsVerb::Write),
    );
    assert_eq!(err(moved), FsError::Access);
    let both = OpenOptions {
        read: true,
        ..WRITE
    };
    for verb in [FsVerb::Read, FsVerb::Write] {
        let opened = root.at("file").unwrap().open(both, permit(verb));
        assert_eq!(err(opened), FsError::Access);
    }
    assert_eq!(
        err(root.at("file").unwrap().open(READ, Permits::default())),
        FsError::Access
    );
    // Creating and truncating are writing, whatever the handle may do afterwards.
    for options in [
        OpenOptions {
            create: true,
            ..READ
        },
        OpenOptions {
            truncate: true,
            ..READ
        },
    ] {
        let opened = root.at("file").unwrap().open(options, permit(FsVerb::Read));
        assert_eq!(err(opened), FsError::Access);
    }
    let file = root.file("file", both).unwrap();
    assert_eq!(
        err(file.read_at(&mut [0], 0, permit(FsVerb::Write))),
        FsError::Access
    );
    assert_eq!(
        err(file.write_at(b"y", 0, permit(FsVerb::Read))),
        FsError::Access
    );
    assert_eq!(
        err(root.read_dir(permit(FsVerb::Read)).map(drop)),
        FsError::Access
    );
    assert_eq!(root.get("file").unwrap(), b"x");
}

#[test]
fn the_hash_is_one_per_object_and_not_the_inode_number() {
    use std::os::unix::fs::MetadataExt;
    let directory = tempfile::tempdir().unwrap();
    let host_tree = rooted(host(directory.path()));
    for root in [memory_root(), host_tree.1.clone()] {
        root.put("a", b"1").unwrap();
        root.put("b", b"1").unwrap();
        root.hard("a", "c").unwrap();
        root.ln("a", "d").unwrap();
        let (a, b) = (root.hash("a").unwrap(), root.hash("b").unwrap());
        assert_eq!(a, root.hash("c").unwrap());
        assert_ne!(a, b);
        assert_ne!(a, root.hash("d").unwrap());
        let through = root
            .through("d")
            .unwrap()
            .metadata_hash(permit(FsVerb::Stat));
        assert_eq!(through.unwrap(), a);
        root.put("a", b"changed").unwrap();
        root.mv("a", "moved").unwrap();
        assert_eq!(root.hash("moved").unwrap(), a);
        let file = root.file("moved", READ).unwrap();
        assert_eq!(file.metadata_hash(permit(FsVerb::Stat)).unwrap(), a);
        let other = root.file("c", READ).unwrap();
        assert!(file.is_same_object(&other, permit(FsVerb::Stat)).unwrap());
        let other = root.file("b", READ).unwrap();
        assert!(!file.is_same_object(&other, permit(FsVerb::Stat)).unwrap());
        assert!(
            root.is_same_object(&root.dir(".").unwrap(), permit(FsVerb::Stat))
                .unwrap()
        );
    }
    let inode = fs::metadata(directory.path().join("moved")).unwrap().ino();
    let hash = host_tree.1.hash("moved").unwrap();
    assert_ne!(hash.lower, inode);
    assert_ne!(hash.upper, inode);
    let again = host_root(directory.path()).hash("moved").unwrap();
    assert_ne!(again, hash, "another tree has another secret");
}

#[test]
fn a_resolution_tells_what_it_learned() {
    let root = memory_root();
    root.put("file", b"").unwrap();
    assert_eq!(root.through("file").unwrap().exists_hint(), Hint::Present);
    assert_eq!(root.through("none").unwrap().exists_hint(), Hint::Missing);
    assert_eq!(root.at("file").unwrap().exists_hint(), Hint::Unknown);
    assert_eq!(root.at(".").unwrap().exists_hint(), Hint::Present);
}

#[test]
fn a_directory_opens_with_the_permit_that_the_options_name() {
    let root = memory_root();
    root.mkdir("dir").unwrap();
    for options in [READ, DIRECTORY, OpenOptions::default()] {
        let opened = root.at("dir").unwrap().open(options, permits(&options));
        assert!(matches!(opened, Ok(Opened::Dir(_))));
    }
    let contradiction = OpenOptions {
        directory: true,
        ..CREATE
    };
    assert_eq!(err(root.open("dir", contradiction)), FsError::Invalid);
}
