//! The store: what is flushed comes back, what is damaged is told, what nobody names goes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use proptest::prelude::*;
use tollgate_vfs::{
    Clock, Digest, FsError, FsVerb, Layer, MAX_KEY_BYTES, MemoryFs, Mount, Quota, Store,
    StoreError, Timestamp,
};

use crate::model::{Subject, dump, ops};
use crate::support::{CREATE, Ops, WRITE, capability, memory, permit, quick_directory, rooted};

fn clock() -> Clock {
    Arc::new(|| Timestamp {
        seconds: 5,
        nanos: 0,
    })
}

fn open(place: &Path) -> Store {
    Store::open(capability(place)).unwrap()
}

fn load(store: &Store, key: &str) -> MemoryFs {
    let loaded = store.load(key, Quota::default(), clock()).unwrap();
    loaded.unwrap()
}

fn root(filesystem: &MemoryFs) -> tollgate_vfs::DirHandle {
    rooted(Mount::memory(filesystem.clone())).1
}

fn files(place: &Path, folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(place.join(folder)).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn random_bytes(len: usize, mut seed: u64) -> Vec<u8> {
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed.to_le_bytes()[3]
    };
    (0..len).map(|_| next()).collect()
}

/// Small and large files, holes, links of both kinds, folders.
fn sample() -> MemoryFs {
    let filesystem = memory();
    let root = root(&filesystem);
    root.mkdir("dir").unwrap();
    root.mkdir("dir/empty").unwrap();
    root.put("dir/small", b"small").unwrap();
    root.put("dir/large", &random_bytes(300_000, 9)).unwrap();
    root.hard("dir/large", "another name").unwrap();
    root.ln("dir/small", "link").unwrap();
    root.hard("link", "dir/link too").unwrap();
    let sparse = root.file("sparse", CREATE).unwrap();
    sparse
        .write_at(b"far", 1 << 40, permit(FsVerb::Write))
        .unwrap();
    sparse.set_len(1 << 41, permit(FsVerb::Write)).unwrap();
    root.put("nothing", b"").unwrap();
    root.put("zeros", &[0; 100_000]).unwrap();
    filesystem
}

#[test]
fn what_is_flushed_comes_back() {
    let place = tempfile::tempdir().unwrap();
    let store = open(place.path());
    let filesystem = sample();
    assert!(
        store
            .load("vm", Quota::default(), clock())
            .unwrap()
            .is_none()
    );
    let flushed = store.flush("vm", &filesystem).unwrap();
    assert_eq!(
        flushed.digest,
        Layer::snapshot(&filesystem).digest().unwrap()
    );
    drop(store);
    let store = open(place.path());
    let loaded = load(&store, "vm");
    let (before, after) = (root(&filesystem), root(&loaded));
    assert_eq!(
        after.get("dir/large").unwrap(),
        before.get("dir/large").unwrap()
    );
    assert_eq!(after.get("zeros").unwrap(), vec![0; 100_000]);
    for path in [
        "dir",
        "dir/empty",
        "dir/large",
        "another name",
        "link",
        "sparse",
        "nothing",
        ".",
    ] {
        let (one, two) = (before.lstat(path).unwrap(), after.lstat(path).unwrap());
        assert_eq!(
            (
                one.kind,
                one.size,
                one.links,
                one.modified,
                one.mode,
                one.owner
            ),
            (
                two.kind,
                two.size,
                two.links,
                two.modified,
                two.mode,
                two.owner
            ),
            "{path}"
        );
        assert_eq!(two.changed, two.modified);
    }
    after.put("another name", b"through one name").unwrap();
    assert_eq!(after.get("dir/large").unwrap(), b"through one name");
    assert_eq!(
        after.hash("link").unwrap(),
        after.hash("dir/link too").unwrap()
    );
    assert_eq!(Some(flushed.digest), store.digest("vm").unwrap());
}

#[test]
fn a_flush_writes_what_is_not_there_and_no_more() {
    let place = tempfile::tempdir().unwrap();
    let store = open(place.path());
    let filesystem = memory();
    let root = root(&filesystem);
    for folder in 0..20 {
        root.mkdir(&format!("{folder}")).unwrap();
        for file in 0..50 {
            let content = random_bytes(300, folder * 100 + file + 1);
            root.put(&format!("{folder}/{file}"), &content).unwrap();
        }
    }
    root.put("large", &random_bytes(10 * 65_536, 3)).unwrap();
    let first = store.flush("vm", &filesystem).unwrap();
    let again = store.flush("vm", &filesystem).unwrap();
    assert_eq!(
        (again.blobs, again.bytes, again.digest),
        (0, 0, first.digest)
    );
    let large = root.file("large", WRITE).unwrap();
    large
        .write_at(b"x", 5 * 65_536 + 9, permit(FsVerb::Write))
        .unwrap();
    let chunk = store.flush("vm", &filesystem).unwrap();
    assert_eq!(
        chunk.blobs, 3,
        "a chunk, the page of the root, the manifest"
    );
    assert!(chunk.bytes < 65_536 + 20_000, "{} bytes", chunk.bytes);
    root.put("7/13", b"small").unwrap();
    let small = store.flush("vm", &filesystem).unwrap();
    assert_eq!(
        small.blobs, 3,
        "the page of the folder, that of the root, the manifest"
    );
    assert!(
        small.bytes < 40_000,
        "{} bytes of {}",
        small.bytes,
        first.bytes
    );
    // A fork under another key has nothing of its own.
    let fork = store.flush("fork", &filesystem.fork()).unwrap();
    assert_eq!((fork.blobs, fork.digest), (0, small.digest));
    // Neither has what was loaded, and hashing it again takes nothing from the disk.
    let loaded = load(&store, "vm");
    assert_eq!(store.flush("loaded", &loaded).unwrap().blobs, 0);
    // Reading changes no digest.
    root.get("7/13").unwrap();
    assert_eq!(store.flush("vm", &filesystem).unwrap().digest, small.digest);
}

#[test]
fn a_large_folder_is_kept_in_pages_that_stay() {
    let place = quick_directory();
    let store = open(place.path());
    let filesystem = memory();
    let root = root(&filesystem);
    for file in 0..3_000_u64 {
        let content = random_bytes(200, file + 1);
        root.put(&format!("file {file}"), &content).unwrap();
    }
    let first = store.flush("vm", &filesystem).unwrap();
    assert!(first.blobs > 8, "{} blobs", first.blobs);
    root.put("file 1500 and a half", b"new").unwrap();
    root.rm("file 2500").unwrap();
    let second = store.flush("vm", &filesystem).unwrap();
    assert!(
        second.blobs <= 7,
        "{} blobs of {}",
        second.blobs,
        first.blobs
    );
    assert_eq!(dump(&self::root(&load(&store, "vm"))), dump(&root));
}

#[test]
fn an_overlay_comes_back_without_its_layers() {
    let place = tempfile::tempdir().unwrap();
    let store = open(place.path());
    let base = sample();
    let expected = base.fork();
    let upper = memory();
    let mount = Mount::overlay(vec![Layer::memory(base)], upper.clone()).unwrap();
    let above = rooted(mount).1;
    store.keep("base", &Layer::snapshot(&expected)).unwrap();
    for root in [&above, &root(&expected)] {
        root.rm("sparse").unwrap();
        root.put("dir/small", b"changed").unwrap();
        let large = root.file("dir/large", WRITE).unwrap();
        large
            .write_at(b"middle", 150_000, permit(FsVerb::Write))
            .unwrap();
    }
    let flushed = store.flush("vm", &upper).unwrap();
    assert!(
        flushed.bytes < 70_000,
        "the base is kept once: {} bytes",
        flushed.bytes
    );
    let loaded = root(&load(&store, "vm"));
    assert_eq!(dump(&loaded), dump(&above));
    assert_eq!(dump(&loaded), dump(&root(&expected)));
    assert_eq!(
        loaded.get("another name").unwrap(),
        above.get("dir/large").unwrap()
    );
    assert_eq!(loaded.lstat("dir/large").unwrap().links, 2);
}

#[test]
fn files_are_the_owners_alone_and_a_folder_that_is_not_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let store = open(place.path());
    store.flush("vm", &sample()).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for folder in ["blobs", "refs"] {
        assert_eq!(mode(&place.path().join(folder)), 0o700);
        for file in files(place.path(), folder) {
            assert_eq!(mode(&file), 0o600);
        }
    }
    assert_eq!(mode(&place.path().join("lock")), 0o600);
    drop(store);
    let blobs = place.path().join("blobs");
    fs::set_permissions(&blobs, fs::Permissions::from_mode(0o750)).unwrap();
    let refused = Store::open(capability(place.path())).err();
    assert!(
        matches!(refused, Some(StoreError::Folder(_))),
        "{refused:?}"
    );
    fs::rename(&blobs, place.path().join("elsewhere")).unwrap();
    std::os::unix::fs::symlink("elsewhere", &blobs).unwrap();
    let refused = Store::open(capability(place.path())).err();
    assert!(
        matches!(refused, Some(StoreError::Folder(_))),
        "{refused:?}"
    );
}

#[test]
fn a_store_is_open_once() {
    let place = tempfile::tempdir().unwrap();
    let store = open(place.path());
    let second = store.clone();
    assert_eq!(
        Store::open(capability(place.path())).err(),
        Some(StoreError::InUse)
    );
    drop(store);
    assert_eq!(
        Store::open(capability(place.path())).err(),
        Some(StoreError::InUse)
    );
    drop(second);
    open(place.path());
}

#[test]
fn a5_keys_are_any_text_and_never_a_files_name() {
    let place = tempfile::tempdir().unwrap();
    let store = open(place.path());
    let keys = [
        "../../etc/passwd",
        "/",
        ".",
        "..",
        "CON",
        "COM1",
        "a\0b",
        "a\nb",
        "vm-1",
        "VM-1",
        "ä",
    ];
    for (number, key) in keys.iter().enumerate() {
        let filesystem = memory();
        root(&filesystem)
            .put("number", &[u8::try_from(number).unwrap()])
            .unwrap();
        store.flush(key, &filesystem).unwrap();
    }
    for (number, key) in keys.iter().enumerate() {
        let found = root(&load(&store, key)).get("number").unwrap();
        assert_eq!(usize::from(found[0]), number);
    }
    let mut sorted = keys.to_vec();
    sorted.sort_unstable();
    assert_eq!(store.keys().unwrap(), sorted);
    for file in files(place.path(), "refs") {
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
    for key in ["", &"k".repeat(MAX_KEY_BYTES + 1)] {
        assert_eq!(store.flush(key, &memory()).err(), Some(StoreError::Key));
        assert_eq!(
            store.load(key, Quota::default(), clock()).err(),
            Some(StoreError::Key)
        );
        assert_eq!(store.remove(key).err(), Some(StoreError::Key));
    }
    store.flush(&"k".repeat(MAX_KEY_BYTES), &memory()).unwrap();
}

#[test]
fn whatever_is_damaged_is_told_by_its_key() {
    let place = tempfile::tempdir().unwrap();
    let secret_path = place.path().to_str().unwrap().to_owned();
    let filesystem = sample();
    open(place.path()).flush("the key", &filesystem).unwrap();
    let all: Vec<PathBuf> = ["blobs", "refs"]
        .iter()
        .flat_map(|folder| files(place.path(), folder))
        .collect();
    assert!(all.len() > 6);
    for file in all {
        let whole = fs::read(&file).unwrap();
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 1;
        let longer = [&whole[..], b"x"].concat();
        let damages: [&dyn Fn(); 5] = [
            &|| fs::write(&file, &flipped).unwrap(),
            &|| fs::write(&file, &whole[..whole.len() - 1]).unwrap(),
            &|| fs::write(&file, "").unwrap(),
            &|| fs::write(&file, &longer).unwrap(),
            &|| fs::remove_file(&file).unwrap(),
        ];
        for (number, damage) in damages.into_iter().enumerate() {
            damage();
            let store = open(place.path());
            match store.load("the key", Quota::default(), clock()) {
                Err(error @ StoreError::Corrupt { .. }) => {
                    let text = error.to_string();
                    assert!(
                        text.contains("`the key`") && !text.contains(&secret_path),
                        "{text}"
                    );
                }
                // A ref that is gone is a key that is not there.
                Ok(None) if number == 4 && file.parent().unwrap().ends_with("refs") => {}
                other => panic!("damage {number} of {file:?}: {other:?}"),
            }
            if number != 4 {
                let before = files(place.path(), "blobs").len();
                assert!(store.collect().is_err() || files(place.path(), "blobs").len() == before);
            }
            // What is flushed is whole again, whatever lay there.
            store.flush("the key", &filesystem).unwrap();
            let loaded = load(&store, "the key");
            assert_eq!(
                Layer::snapshot(&loaded).digest().unwrap(),
                Layer::snapshot(&filesystem).digest().unwrap()
            );
            drop(store);
            assert_eq!(fs::read(&file).unwrap(), whole);
        }
    }
}

#[test]
fn a_ref_under_another_name_is_not_taken_for_it() {
    let place = tempfile::tempdir().unwrap();
    let store = open(place.path());
    store.flush("mine", &sample()).unwrap();
    let mine = files(place.path(), "refs").remove(0);
    let yours = Digest::of(b"yours").to_string();
    fs::copy(&mine, place.path().join("refs").join(yours)).unwrap();
    let found = store.load("yours", Quota::default(), clock());
    assert!(matches!(found, Err(StoreError::Corrupt { .. })));
    assert!(matches!(store.keys(), Err(StoreError::Folder(_))));
}

#[test]
fn i60_what_is_loaded_is_charged_to_the_quota() {
    let place = tempfile::tempdir().unwrap();
    let store = open(place.path());
    let filesystem = sample();
    store.flush("vm", &filesystem).unwrap();
    let usage = filesystem.usage();
    let full = |quota| {
        let found = store.load("vm", quota, clock());
        matches!(
            found,
            Err(StoreError::Filesystem {
                error: FsError::InsufficientSpace,
                ..
            })
        )
    };
    let exact = Quota {
        bytes: usage.bytes,
        inodes: usage.inodes,
        entries: usage.entries,
    };
    let loaded = store.load("vm", exact, clock()).unwrap().unwrap();
    assert!(loaded.usage().bytes <= usage.bytes);
    assert_eq!(
        (loaded.usage().inodes, loaded.usage().entries),
        (usage.inodes, usage.entries)
    );
    assert!(full(Quota {
        bytes: 200_000,
        ..exact
    }));
    assert!(full(Quota {
        inodes: usage.inodes - 1,
        ..exact
    }));
    assert!(full(Quota {
        entries: usage.entries - 1,
        ..exact
    }));
}

#[test]
fn what_no_key_reaches_goes_and_all_else_stays() {
    let place = tempfile::tempdir().unwrap();
    let store = open(place.path());
    let filesystem = sample();
    store.flush("one", &filesystem).unwrap();
    store.flush("two", &filesystem).unwrap();
    assert_eq!(store.collect().unwrap().removed, 0);
    root(&filesystem)
        .put("dir/large", &random_bytes(300_000, 77))
        .unwrap();
    store.flush("one", &filesystem).unwrap();
    assert_eq!(
        store.collect().unwrap().removed,
        0,
        "the other key still has it"
    );
    assert!(store.remove("two").unwrap());
    assert!(!store.remove("two").unwrap());
    let collected = store.collect().unwrap();
    assert!(collected.removed >= 5, "{collected:?}");
    assert_eq!(files(place.path(), "blobs").len() as u64, collected.kept);
    let digest = |filesystem: &MemoryFs| Layer::snapshot(filesystem).digest().unwrap();
    assert_eq!(digest(&load(&store, "one")), digest(&filesystem));
    assert_eq!(store.keys().unwrap(), ["one"]);
    // What was collected is written again when it comes again.
    let again = sample();
    store.flush("three", &again).unwrap();
    assert_eq!(digest(&load(&store, "three")), digest(&again));
    // What is none of the store's files is none of its business.
    fs::write(place.path().join("blobs/README"), "mine").unwrap();
    store.collect().unwrap();
    assert!(place.path().join("blobs/README").exists());
}

#[test]
fn flushes_loads_and_collections_go_on_beside_each_other() {
    let place = quick_directory();
    let store = open(place.path());
    std::thread::scope(|scope| {
        for vm in 0..3_u64 {
            let store = &store;
            scope.spawn(move || {
                let key = format!("vm-{vm}");
                let filesystem = memory();
                let root = root(&filesystem);
                for round in 0..15 {
                    root.put("file", &random_bytes(100_000, vm * 100 + round + 1))
                        .unwrap();
                    store.flush(&key, &filesystem).unwrap();
                    assert_eq!(dump(&self::root(&load(store, &key))), dump(&root));
                }
            });
        }
        scope.spawn(|| {
            for _ in 0..30 {
                store.collect().unwrap();
            }
        });
    });
    assert_eq!(store.keys().unwrap(), ["vm-0", "vm-1", "vm-2"]);
}

#[test]
fn what_a_kill_left_unfinished_is_removed_when_the_store_is_opened() {
    let place = tempfile::tempdir().unwrap();
    open(place.path()).flush("vm", &sample()).unwrap();
    for left in ["blobs/tmp-0", "blobs/tmp-17", "refs/tmp-3"] {
        fs::write(place.path().join(left), "half").unwrap();
    }
    let store = open(place.path());
    for left in ["blobs/tmp-0", "blobs/tmp-17", "refs/tmp-3"] {
        assert!(!place.path().join(left).exists());
    }
    load(&store, "vm");
}

#[test]
fn i61_a_full_disk_is_an_error_and_what_was_there_stays() {
    let place = tempfile::tempdir().unwrap();
    let mount = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=512k", "tmpfs"])
        .arg(place.path())
        .status();
    if !mount.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no privilege to mount a tmpfs");
        return;
    }
    let filesystem = memory();
    let root = root(&filesystem);
    root.put("file", b"fits").unwrap();
    let store = open(place.path());
    store.flush("vm", &filesystem).unwrap();
    let kept = files(place.path(), "blobs").len();
    root.put("large", &random_bytes(1 << 20, 5)).unwrap();
    let full = store.flush("vm", &filesystem);
    let left = files(place.path(), "blobs")
        .iter()
        .filter(|file| file.to_string_lossy().contains("tmp-"))
        .count();
    let before = load(&store, "vm");
    let collected = store.collect().unwrap();
    root.rm("large").unwrap();
    let fits = store.flush("vm", &filesystem);
    drop(store);
    let unmounted = std::process::Command::new("umount")
        .arg(place.path())
        .status();
    assert!(unmounted.unwrap().success());
    assert_eq!(full, Err(StoreError::Host(FsError::InsufficientSpace)));
    assert_eq!(left, 0);
    assert_eq!(self::root(&before).names(".").unwrap(), ["file"]);
    assert_eq!(collected.kept, kept as u64);
    assert!(fits.is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// What comes back is what was flushed, and has its digest: also where layers show through.
    #[test]
    fn a_load_of_a_flush_is_the_same_tree(below in ops(40), above in ops(40)) {
        let place = quick_directory();
        let store = open(place.path());
        let base = memory();
        let mut subject = Subject::new("base", Mount::memory(base.clone()));
        for op in &below {
            let _ = subject.apply(op);
        }
        // With what is still open and already removed: it is not kept.
        let flushed = store.flush("base", &base).unwrap();
        let loaded = load(&store, "base");
        prop_assert_eq!(dump(&root(&loaded)), dump(&subject.root));
        prop_assert_eq!(Layer::snapshot(&loaded).digest().unwrap(), flushed.digest);
        subject.close_all();
        prop_assert_eq!(loaded.usage().inodes, base.usage().inodes);
        prop_assert_eq!(loaded.usage().entries, base.usage().entries);
        let upper = memory();
        let mount = Mount::overlay(vec![Layer::memory(base)], upper.clone()).unwrap();
        let mut subject = Subject::new("upper", mount);
        for op in &above {
            let _ = subject.apply(op);
        }
        let flushed = store.flush("upper", &upper).unwrap();
        let loaded = load(&store, "upper");
        prop_assert_eq!(dump(&root(&loaded)), dump(&subject.root));
        prop_assert_eq!(Layer::snapshot(&loaded).digest().unwrap(), flushed.digest);
        prop_assert_eq!(Layer::snapshot(&upper).digest().unwrap(), flushed.digest);
    }
}
