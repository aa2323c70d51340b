//! Layers beneath a writable filesystem.

use std::fs;

use tollgate_vfs::{
    FileKind, FsError, FsVerb, Layer, MemoryFs, Mount, MountError, OpenOptions, Quota, SetTime,
    SetTimes, Timestamp,
};

use crate::support::{
    CREATE, Ops, READ, WRITE, capability, contents, err, memory, memory_of, names_in_order, permit,
    rooted,
};

/// A memory filesystem with this content; a path that ends in a slash is a directory.
fn filled(files: &[(&str, &[u8])]) -> MemoryFs {
    let filesystem = memory();
    let root = rooted(Mount::memory(filesystem.clone())).1;
    for (path, content) in files {
        if path.ends_with('/') {
            root.mkdir(path).unwrap();
        } else {
            root.put(path, content).unwrap();
        }
    }
    filesystem
}

fn over(lowers: Vec<Layer>) -> (MemoryFs, tollgate_vfs::DirHandle) {
    let upper = memory();
    let mount = Mount::overlay(lowers, upper.clone()).unwrap();
    (upper, rooted(mount).1)
}

const READ_WRITE: OpenOptions = OpenOptions {
    read: true,
    ..WRITE
};

#[test]
fn a_layer_shows_through_and_is_not_written() {
    let base = filled(&[("dir/", b""), ("dir/file", b"base"), ("other", b"other")]);
    let below = rooted(Mount::memory(base.clone())).1;
    let (upper, root) = over(vec![Layer::memory(base)]);
    assert_eq!(root.get("dir/file").unwrap(), b"base");
    assert_eq!(upper.usage(), tollgate_vfs::Usage::default());
    root.put("dir/file", b"changed").unwrap();
    root.put("dir/new", b"new").unwrap();
    root.rm("other").unwrap();
    assert_eq!(root.names(".").unwrap(), ["dir"]);
    assert_eq!(root.names("dir").unwrap(), ["file", "new"]);
    assert_eq!(root.get("dir/file").unwrap(), b"changed");
    assert_eq!(below.get("dir/file").unwrap(), b"base");
    assert_eq!(below.names(".").unwrap(), ["dir", "other"]);
    assert_eq!(err(below.put("x", b"")), FsError::ReadOnly);
    assert_eq!(err(below.rm("other")), FsError::ReadOnly);
    assert_eq!(err(below.open("dir/file", WRITE)), FsError::ReadOnly);
}

#[test]
fn one_layer_serves_many_overlays_and_none_sees_another() {
    let base = filled(&[("file", b"base")]);
    let (_, one) = over(vec![Layer::memory(base.clone())]);
    let (_, two) = over(vec![Layer::memory(base)]);
    one.put("file", b"one").unwrap();
    two.rm("file").unwrap();
    assert_eq!(one.get("file").unwrap(), b"one");
    assert_eq!(err(two.get("file")), FsError::NoEntry);
}

#[test]
fn upper_layers_hide_lower_ones_and_directories_merge() {
    let low = filled(&[
        ("d/", b""),
        ("d/a", b"low"),
        ("d/b", b"low"),
        ("x/", b""),
        ("x/y", b"low"),
        ("z", b"low"),
    ]);
    let high = filled(&[
        ("d/", b""),
        ("d/b", b"high"),
        ("d/c", b"high"),
        ("x", b"a file"),
        ("z/", b""),
    ]);
    let (_, root) = over(vec![Layer::memory(high), Layer::memory(low)]);
    assert_eq!(root.names("d").unwrap(), ["a", "b", "c"]);
    assert_eq!(root.get("d/b").unwrap(), b"high");
    assert_eq!(root.get("d/a").unwrap(), b"low");
    assert_eq!(root.get("x").unwrap(), b"a file");
    assert_eq!(err(root.get("x/y")), FsError::NotDirectory);
    assert!(root.names("z").unwrap().is_empty());
    assert_eq!(
        names_in_order(&root).unwrap(),
        names_in_order(&root).unwrap()
    );
}

#[test]
fn what_the_upper_holds_already_is_merged() {
    let base = filled(&[
        ("d/", b""),
        ("d/e/", b""),
        ("d/e/low", b"low"),
        ("d/f", b"low"),
    ]);
    let upper = filled(&[
        ("d/", b""),
        ("d/e/", b""),
        ("d/e/high", b"high"),
        ("d/f/", b""),
    ]);
    let root = rooted(Mount::overlay(vec![Layer::memory(base)], upper).unwrap()).1;
    assert_eq!(root.names("d/e").unwrap(), ["high", "low"]);
    assert_eq!(root.lstat("d/f").unwrap().kind, FileKind::Directory);
    assert!(root.names("d/f").unwrap().is_empty());
}

#[test]
fn a_directory_that_is_made_anew_is_opaque() {
    let base = filled(&[("d/", b""), ("d/old", b"old")]);
    let (_, root) = over(vec![Layer::memory(base)]);
    assert_eq!(err(root.rmdir("d")), FsError::NotEmpty);
    root.rm("d/old").unwrap();
    root.rmdir("d").unwrap();
    assert!(root.names(".").unwrap().is_empty());
    root.mkdir("d").unwrap();
    assert!(root.names("d").unwrap().is_empty());
    assert_eq!(err(root.get("d/old")), FsError::NoEntry);
    root.rmdir("d").unwrap();
    root.put("d", b"now a file").unwrap();
    assert_eq!(root.get("d").unwrap(), b"now a file");
}

#[test]
fn a_directory_of_a_layer_is_renamed_with_all_that_is_in_it() {
    let base = filled(&[
        ("d/", b""),
        ("d/e/", b""),
        ("d/e/file", b"deep"),
        ("t/", b""),
    ]);
    let (upper, root) = over(vec![Layer::memory(base)]);
    root.mv("d", "t/moved").unwrap();
    assert_eq!(root.get("t/moved/e/file").unwrap(), b"deep");
    assert_eq!(err(root.get("d/e/file")), FsError::NoEntry);
    root.put("t/moved/e/file", b"changed").unwrap();
    root.mkdir("d").unwrap();
    assert!(root.names("d").unwrap().is_empty());
    root.rmdir("d").unwrap();
    root.mv("t/moved", "d").unwrap();
    assert_eq!(root.get("d/e/file").unwrap(), b"changed");
    assert_eq!(err(root.mv("d", "d/e/in")), FsError::Invalid);
    assert!(upper.usage().bytes <= 512);
}

#[test]
fn who_has_a_file_open_sees_it_change_and_identity_stays() {
    let base = filled(&[("file", b"base")]);
    let (_, root) = over(vec![Layer::memory(base)]);
    let before = root.hash("file").unwrap();
    let reader = root.file("file", READ).unwrap();
    let writer = root.file("file", READ_WRITE).unwrap();
    writer.write_at(b"BA", 0, permit(FsVerb::Write)).unwrap();
    assert_eq!(contents(&reader).unwrap(), b"BAse");
    root.mv("file", "renamed").unwrap();
    assert_eq!(root.hash("renamed").unwrap(), before);
    root.rm("renamed").unwrap();
    assert_eq!(contents(&reader).unwrap(), b"BAse");
    assert_eq!(reader.stat(permit(FsVerb::Stat)).unwrap().links, 0);
}

#[test]
fn hard_links_of_a_layer_stay_one_file() {
    let base = memory();
    let below = rooted(Mount::memory(base.clone())).1;
    below.put("a", b"shared").unwrap();
    below.hard("a", "b").unwrap();
    let (_, root) = over(vec![Layer::memory(base)]);
    root.put("a", b"changed through a").unwrap();
    assert_eq!(root.get("b").unwrap(), b"changed through a");
    root.hard("b", "c").unwrap();
    assert_eq!(root.lstat("a").unwrap().links, 3);
    root.rm("a").unwrap();
    root.rm("b").unwrap();
    assert_eq!(root.lstat("c").unwrap().links, 1);
    assert_eq!(root.get("c").unwrap(), b"changed through a");
}

#[test]
fn only_what_is_written_is_copied_up() {
    let big = vec![3; 1024 * 1024];
    let base = filled(&[("big", &big)]);
    let (upper, root) = over(vec![Layer::memory(base)]);
    let file = root.file("big", READ_WRITE).unwrap();
    file.write_at(b"x", 500_000, permit(FsVerb::Write)).unwrap();
    assert!(upper.usage().bytes <= 64 * 1024);
    let mut expected = big.clone();
    expected[500_000] = b'x';
    assert_eq!(contents(&file).unwrap(), expected);
    file.set_len(600_000, permit(FsVerb::Write)).unwrap();
    file.set_len(700_000, permit(FsVerb::Write)).unwrap();
    expected.truncate(600_000);
    expected.resize(700_000, 0);
    assert_eq!(
        contents(&file).unwrap(),
        expected,
        "what was cut off does not come back"
    );
}

#[test]
fn times_and_names_are_copied_up_without_content() {
    let base = filled(&[("file", b"content"), ("link", b"")]);
    let (upper, root) = over(vec![Layer::memory(base)]);
    let times = SetTimes {
        accessed: SetTime::Keep,
        modified: SetTime::To(Timestamp {
            seconds: 42,
            nanos: 7,
        }),
    };
    root.utimes("file", times).unwrap();
    assert_eq!(root.lstat("file").unwrap().modified.unwrap().seconds, 42);
    assert_eq!(upper.usage().bytes, 0);
    assert_eq!(upper.usage().inodes, 1);
    assert_eq!(root.get("file").unwrap(), b"content");
}

#[test]
fn looking_at_a_layer_costs_nothing() {
    let names: Vec<String> = (0..500).map(|number| format!("d/{number:03}")).collect();
    let mut files: Vec<(&str, &[u8])> = vec![("d/", b"")];
    files.extend(names.iter().map(|name| (name.as_str(), &b"x"[..])));
    let base = filled(&files);
    let tight = memory_of(Quota {
        bytes: 0,
        inodes: 0,
        entries: 0,
    });
    let root = rooted(Mount::overlay(vec![Layer::memory(base)], tight.clone()).unwrap()).1;
    for name in &names {
        assert_eq!(root.get(name).unwrap(), b"x");
    }
    assert_eq!(root.names("d").unwrap().len(), 500);
    assert_eq!(tight.usage(), tollgate_vfs::Usage::default());
    assert_eq!(err(root.rm("d/000")), FsError::InsufficientSpace);
    assert_eq!(err(root.put("d/000", b"y")), FsError::InsufficientSpace);
    assert_eq!(err(root.mv("d/000", "x")), FsError::InsufficientSpace);
    assert_eq!(root.get("d/000").unwrap(), b"x");
}

#[test]
fn a_host_directory_as_a_layer_is_not_touched() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("d")).unwrap();
    fs::write(directory.path().join("d/file"), b"host").unwrap();
    std::os::unix::fs::symlink("/etc/passwd", directory.path().join("d/abs")).unwrap();
    let (_, root) = over(vec![Layer::host(capability(directory.path())).unwrap()]);
    root.put("d/file", b"changed").unwrap();
    root.put("d/new", b"").unwrap();
    root.mv("d", "e").unwrap();
    assert_eq!(root.get("e/file").unwrap(), b"changed");
    assert_eq!(err(root.get("e/abs")), FsError::NotPermitted);
    assert_eq!(err(root.readlink("e/abs")), FsError::NotPermitted);
    assert_eq!(fs::read(directory.path().join("d/file")).unwrap(), b"host");
    assert_eq!(fs::read_dir(directory.path().join("d")).unwrap().count(), 2);
}

#[test]
fn i87_an_overlay_over_many_host_directories_holds_few_descriptors() {
    let directory = tempfile::tempdir().unwrap();
    for number in 0..300 {
        let path = directory.path().join(format!("d{number}"));
        fs::create_dir(&path).unwrap();
        fs::write(path.join("file"), b"x").unwrap();
    }
    let (_, root) = over(vec![Layer::host(capability(directory.path())).unwrap()]);
    let open = || fs::read_dir("/proc/self/fd").unwrap().count();
    let before = open();
    for number in 0..300 {
        let file = root.file(&format!("d{number}/file"), READ_WRITE).unwrap();
        file.append(b"y", permit(FsVerb::Write)).unwrap();
        root.put(&format!("d{number}/new"), b"").unwrap();
        root.mv(&format!("d{number}"), &format!("e{number}"))
            .unwrap();
    }
    assert!(
        open() < before + 10,
        "{} descriptors are held",
        open() - before
    );
    assert_eq!(root.get("e7/file").unwrap(), b"xy");
}

#[test]
fn an_upper_is_used_once_and_is_no_layer() {
    let upper = memory();
    let lay = |upper: &MemoryFs| Mount::overlay(vec![Layer::memory(memory())], upper.clone()).err();
    assert_eq!(lay(&upper), None);
    assert_eq!(lay(&upper), Some(MountError::UpperInUse));
    let itself = memory();
    let mount = Mount::overlay(vec![Layer::memory(itself.clone())], itself);
    assert_eq!(mount.err(), Some(MountError::UpperInUse));
}

#[test]
fn a_removed_name_makes_room_for_anything() {
    let base = filled(&[("f", b"file"), ("d/", b"")]);
    let (_, root) = over(vec![Layer::memory(base)]);
    root.rm("f").unwrap();
    root.mkdir("f").unwrap();
    root.put("f/x", b"1").unwrap();
    root.rmdir("d").unwrap();
    root.ln("f", "d").unwrap();
    assert_eq!(root.get("d/x").unwrap(), b"1");
    let file = root.file("g", CREATE).unwrap();
    drop(file);
    root.mv("g", "f/y").unwrap();
    assert_eq!(root.names("d/").unwrap(), ["x", "y"]);
}
