//! Read-only mounts.

use std::fs;

use tollgate_vfs::{FsError, FsVerb, Mount, OpenOptions, SetTime, SetTimes, TreeBuilder};

use crate::support::{
    CREATE, Ops, READ, WRITE, capability, contents, err, host, listing, permit, rooted,
};

#[test]
fn a3_a_read_only_mount_gives_nothing_to_a_writable_one() {
    let (source, target) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(source.path().join("file"), b"original").unwrap();
    let tree = TreeBuilder::new()
        .mount("/ro", "/ro", host(source.path()).read_only(true))
        .unwrap()
        .mount("/rw", "/rw", host(target.path()))
        .unwrap()
        // The same directory once more, writable: still another mount.
        .mount("/same", "/same", host(source.path()))
        .unwrap()
        .build();
    let preopens = tree.preopens();
    let (ro, rw, same) = (&preopens[0].1, &preopens[1].1, &preopens[2].1);
    let pair = |verb| (permit(verb), permit(verb));
    for to in [rw, same] {
        let (one, two) = pair(FsVerb::Write);
        let linked = ro
            .at("file")
            .unwrap()
            .link(to.at("copy").unwrap(), one, two);
        assert_eq!(err(linked), FsError::ReadOnly);
        let (one, two) = pair(FsVerb::Rename);
        let moved = ro
            .at("file")
            .unwrap()
            .rename(to.at("copy").unwrap(), one, two);
        assert_eq!(err(moved), FsError::ReadOnly);
    }
    rw.put("new", b"x").unwrap();
    let (one, two) = pair(FsVerb::Rename);
    let moved = rw
        .at("new")
        .unwrap()
        .rename(ro.at("new").unwrap(), one, two);
    assert_eq!(err(moved), FsError::ReadOnly);
    assert_eq!(fs::read(source.path().join("file")).unwrap(), b"original");
    assert_eq!(listing(source.path()).len(), 1);
    assert_eq!(listing(target.path()).len(), 1);
}

#[test]
fn a4_a_read_only_mount_is_not_cut_by_truncation_on_open() {
    let source = tempfile::tempdir().unwrap();
    fs::write(source.path().join("file"), b"original").unwrap();
    fs::create_dir(source.path().join("dir")).unwrap();
    let before = fs::symlink_metadata(source.path().join("file")).unwrap();
    for mount in [
        Mount::host(capability(source.path()), true).unwrap(),
        host(source.path()).read_only(true),
    ] {
        let root = rooted(mount).1;
        assert!(root.read_only());
        let truncate = OpenOptions {
            truncate: true,
            ..READ
        };
        let create = OpenOptions {
            create: true,
            ..READ
        };
        for options in [truncate, create, WRITE, CREATE] {
            assert_eq!(err(root.open("file", options)), FsError::ReadOnly);
            assert_eq!(err(root.open("new", options)), FsError::ReadOnly);
        }
        assert_eq!(err(root.mkdir("new")), FsError::ReadOnly);
        assert_eq!(err(root.mkdir("dir")), FsError::ReadOnly);
        assert_eq!(err(root.rmdir("dir")), FsError::ReadOnly);
        assert_eq!(err(root.rm("file")), FsError::ReadOnly);
        assert_eq!(err(root.rm("missing")), FsError::ReadOnly);
        assert_eq!(err(root.ln("file", "link")), FsError::ReadOnly);
        assert_eq!(err(root.hard("file", "link")), FsError::ReadOnly);
        assert_eq!(err(root.mv("file", "other")), FsError::ReadOnly);
        let now = SetTimes {
            accessed: SetTime::Now,
            modified: SetTime::Now,
        };
        assert_eq!(err(root.utimes("file", now)), FsError::ReadOnly);
        assert_eq!(err(root.utimes(".", now)), FsError::ReadOnly);
        assert_eq!(
            err(root.set_times(now, permit(FsVerb::Write))),
            FsError::ReadOnly
        );
        let file = root.file("file", READ).unwrap();
        assert_eq!(
            err(file.set_times(now, permit(FsVerb::Write))),
            FsError::ReadOnly
        );
        assert_eq!(
            err(file.set_len(0, permit(FsVerb::Write))),
            FsError::Invalid
        );
        assert_eq!(
            err(file.write_at(b"x", 0, permit(FsVerb::Write))),
            FsError::BadDescriptor
        );
        assert_eq!(contents(&file).unwrap(), b"original");
    }
    let after = fs::symlink_metadata(source.path().join("file")).unwrap();
    assert_eq!(before.modified().unwrap(), after.modified().unwrap());
    assert_eq!(listing(source.path()).len(), 2);
}
