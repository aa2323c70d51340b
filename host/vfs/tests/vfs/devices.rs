//! The devices that are files of this crate, and what trees of VMs are made of.

use std::sync::Arc;

use tollgate_vfs::{FileKind, Follow, FsError, FsVerb, Mount, OpenOptions, Opened, TreeBuilder};

use crate::support::{CREATE, READ, WRITE, memory, permit, permits};

fn devices() -> Mount {
    Mount::devices(Arc::new(|bytes: &mut [u8]| {
        bytes.fill(7);
        Ok(())
    }))
}

fn tree() -> tollgate_vfs::Tree {
    TreeBuilder::new()
        .rooted(true)
        .mount("/", "/", Mount::memory(memory()))
        .unwrap()
        .within("/dev", devices())
        .unwrap()
        .build()
}

fn open(path: &str, options: OpenOptions) -> Result<Opened, FsError> {
    let (_, root) = tree().preopens().remove(0);
    root.resolve(path, Follow::Yes)?
        .open(options, permits(&options))
}

fn file(path: &str, options: OpenOptions) -> tollgate_vfs::FileHandle {
    match open(path, options).unwrap() {
        Opened::File(file) => file,
        Opened::Dir(_) => panic!("{path} is a folder"),
    }
}

#[test]
fn devices_read_and_take_what_they_are_for() {
    let read = |path| {
        let mut bytes = [1; 4];
        let count = file(path, READ)
            .read_at(&mut bytes, 1 << 40, permit(FsVerb::Read))
            .unwrap();
        (count, bytes)
    };
    assert_eq!(read("dev/null"), (0, [1; 4]));
    assert_eq!(read("dev/zero"), (4, [0; 4]));
    assert_eq!(read("dev/urandom"), (4, [7; 4]));
    let null = file("dev/null", CREATE);
    assert_eq!(null.write_at(b"gone", 0, permit(FsVerb::Write)), Ok(4));
    assert_eq!(null.append(b"gone", permit(FsVerb::Write)), Ok(4));
    let stat = null.stat(permit(FsVerb::Stat)).unwrap();
    assert_eq!((stat.kind, stat.size), (FileKind::CharacterDevice, 0));
    assert_eq!(open("dev/stdin", READ).unwrap_err(), FsError::NoSuchDevice);
    assert_eq!(open("dev/new", CREATE).unwrap_err(), FsError::ReadOnly);
    assert_eq!(open("dev/none", WRITE).unwrap_err(), FsError::NoEntry);
    assert_eq!(open("dev/null/x", READ).unwrap_err(), FsError::NotDirectory);
}

#[test]
fn the_folder_of_devices_is_never_changed() {
    let (_, root) = tree().preopens().remove(0);
    let at = |path| root.resolve(path, Follow::No).unwrap();
    let unlink = at("dev/null").unlink(permit(FsVerb::Rm));
    assert_eq!(unlink, Err(FsError::ReadOnly));
    let made = at("dev/d").create_dir(permit(FsVerb::CreateDir));
    assert_eq!(made, Err(FsError::ReadOnly));
    let linked = at("dev/null").link(
        at("dev/other"),
        permit(FsVerb::Write),
        permit(FsVerb::Write),
    );
    assert_eq!(linked, Err(FsError::ReadOnly));
    let moved = at("dev/null").rename(
        at("elsewhere"),
        permit(FsVerb::Rename),
        permit(FsVerb::Rename),
    );
    assert_eq!(moved, Err(FsError::CrossDevice));
    let mut listing = at("dev").read_dir(permit(FsVerb::Readdir)).unwrap();
    let names = std::iter::from_fn(|| listing.next_entry().unwrap());
    assert_eq!(names.count(), 7);
}

#[test]
fn what_is_mounted_within_has_no_descriptor_and_is_reached_by_absolute_links() {
    let tree = tree();
    let mut preopens = tree.preopens();
    assert_eq!(preopens.len(), 1);
    let (_, root) = preopens.remove(0);
    let link = root.resolve("zeros", Follow::No).unwrap();
    link.symlink("/dev/zero", permit(FsVerb::Symlink)).unwrap();
    let followed = root.resolve("zeros", Follow::Yes).unwrap();
    assert_eq!(followed.path(), "/dev/zero");
    let found = followed.examine(permit(FsVerb::Stat)).unwrap();
    assert_eq!(found.stat.kind, FileKind::CharacterDevice);
    let own = root.resolve(".", Follow::No).unwrap();
    let own = own.examine(permit(FsVerb::Stat)).unwrap();
    assert_ne!(found.filesystem, own.filesystem);
}

#[test]
fn trees_that_share_a_secret_tell_objects_apart_alike() {
    let files = memory();
    let first = TreeBuilder::new().build();
    let object = |sharing: bool| {
        let builder = TreeBuilder::new();
        let builder = match sharing {
            true => builder.sharing_secret_with(&first),
            false => builder,
        };
        let mount = Mount::memory(files.clone());
        let tree = builder.mount("/", "/", mount).unwrap().build();
        let (_, root) = tree.preopens().remove(0);
        let own = root.resolve(".", Follow::No).unwrap();
        own.examine(permit(FsVerb::Stat)).unwrap().object
    };
    assert_eq!(object(true), object(true));
    assert_ne!(object(true), object(false));
}

#[test]
fn a_folder_of_a_mount_is_a_mount_of_its_own_and_the_same_folder() {
    let files = Mount::memory(memory());
    let whole = TreeBuilder::new().mount("/", "/", files.clone()).unwrap();
    let (_, root) = whole.build().preopens().remove(0);
    let made = root.resolve("a", Follow::No).unwrap();
    let made = made.create_dir_and_open(permit(FsVerb::CreateDir)).unwrap();
    assert_eq!(made.path(), "/a");
    let below = made.resolve("b", Follow::No).unwrap();
    below.create_dir(permit(FsVerb::CreateDir)).unwrap();
    let link = root.resolve("l", Follow::No).unwrap();
    link.symlink("a", permit(FsVerb::Symlink)).unwrap();
    assert_eq!(files.below(&["none"]).unwrap_err(), FsError::NoEntry);
    assert_eq!(files.below(&["l"]).unwrap_err(), FsError::NotDirectory);
    let part = files.below(&["a"]).unwrap();
    let tree = TreeBuilder::new().mount("/", "/", part).unwrap().build();
    let (_, root) = tree.preopens().remove(0);
    let mut names = root.read_dir(permit(FsVerb::Readdir)).unwrap();
    assert_eq!(names.next_entry().unwrap().unwrap().name, "b");
    assert_eq!(
        root.resolve("..", Follow::No).unwrap_err(),
        FsError::NotPermitted
    );
}
