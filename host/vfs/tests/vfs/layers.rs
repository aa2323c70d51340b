//! Layers as lists: what comes in, what goes out, and which of two shows.

use std::sync::Arc;

use proptest::prelude::*;
use tollgate_vfs::{
    Entry, EntryKind, ExportError, ExportLimits, FsError, FsVerb, ImportErrorKind, Layer,
    MAX_LAYER_DEPTH, MAX_LAYERS, MemoryFs, Mount, MountError, Owner, Quota, Timestamp, TreeBuilder,
};

use crate::model::{Subject, ops};
use crate::support::{
    CREATE, Ops, READ, capability, err, memory, memory_of, names_in_order, permit, rooted,
};

const THEN: Timestamp = Timestamp {
    seconds: 1_700_000_000,
    nanos: 0,
};

fn entry(path: &str, kind: EntryKind) -> Entry {
    let mode = match kind {
        EntryKind::File(_) => 0o644,
        EntryKind::Directory => 0o755,
        EntryKind::Symlink(_) => 0o777,
    };
    Entry {
        path: path.to_owned(),
        kind,
        mode,
        owner: Owner::ROOT,
    }
}

fn file(path: &str, content: &str) -> Entry {
    entry(path, EntryKind::File(content.as_bytes().to_vec()))
}

fn folder(path: &str) -> Entry {
    entry(path, EntryKind::Directory)
}

fn link(path: &str, target: &str) -> Entry {
    entry(path, EntryKind::Symlink(target.to_owned()))
}

fn layer(entries: &[Entry]) -> Layer {
    Layer::import(entries.iter().cloned(), Quota::default(), THEN).unwrap()
}

fn refusal(entries: &[Entry]) -> (usize, ImportErrorKind) {
    let error = Layer::import(entries.iter().cloned(), Quota::default(), THEN).unwrap_err();
    (error.index, error.kind)
}

fn told(layer: &Layer) -> Vec<Entry> {
    layer.entries(&ExportLimits::default()).unwrap()
}

fn paths(layer: &Layer) -> Vec<String> {
    told(layer).into_iter().map(|entry| entry.path).collect()
}

fn content(layer: &Layer, path: &str) -> Option<EntryKind> {
    let mut entries = told(layer).into_iter();
    entries
        .find(|entry| entry.path == path)
        .map(|entry| entry.kind)
}

#[test]
fn a_list_comes_back_in_order_with_the_root_first() {
    let given = [
        file("/z", "last"),
        file("/a/b/c", "deep"),
        link("/a/link", "/anywhere/at/all"),
        folder("/a-"),
        Entry {
            mode: 0o4750,
            owner: Owner { uid: 3, gid: 4 },
            ..file("/a/run", "#!")
        },
    ];
    let layer = layer(&given);
    assert_eq!(
        paths(&layer),
        [
            "/", "/a", "/a/b", "/a/b/c", "/a/link", "/a/run", "/a-", "/z"
        ]
    );
    for entry in given {
        assert!(told(&layer).contains(&entry), "{entry:?}");
    }
    let made = &told(&layer)[1];
    assert_eq!(
        (made.mode, made.owner),
        (0o755, Owner::ROOT),
        "made on the way"
    );
}

#[test]
fn the_same_list_is_the_same_layer_and_another_is_not() {
    let one = layer(&[file("/a", "1"), file("/b", "2"), folder("/c")]);
    let two = layer(&[folder("/c"), file("//b", "2"), file("/./a", "1")]);
    assert_eq!(one.digest().unwrap(), two.digest().unwrap());
    for other in [
        layer(&[file("/a", "1"), file("/b", "3"), folder("/c")]),
        layer(&[file("/a", "1"), file("/b", "2")]),
        layer(&[file("/a", "1"), file("/b", "2"), file("/c", "")]),
        layer(&[
            file("/a", "1"),
            file("/b", "2"),
            Entry {
                mode: 0o700,
                ..folder("/c")
            },
        ]),
    ] {
        assert_ne!(one.digest().unwrap(), other.digest().unwrap());
    }
    let later = Timestamp {
        seconds: THEN.seconds + 1,
        nanos: 0,
    };
    let other = Layer::import(told(&one), Quota::default(), later).unwrap();
    assert_ne!(one.digest().unwrap(), other.digest().unwrap());
}

#[test]
fn i51_paths_of_a_list_that_are_no_paths_are_refused_by_number() {
    use ImportErrorKind::*;
    let ok = file("/ok", "");
    for (path, kind) in [
        ("", Relative),
        ("relative", Relative),
        ("../up", Relative),
        ("/..", Parent),
        ("/a/../../etc/passwd", Parent),
        ("/a/..", Parent),
        ("/nul\0", Nul),
        ("/", Root),
        ("/./", Root),
        (&format!("/{}", "n".repeat(256)), TooLong),
        (&"/d".repeat(3_000), TooLong),
    ] {
        assert_eq!(
            refusal(&[ok.clone(), file(path, "x")]),
            (1, kind),
            "{path:?}"
        );
    }
}

#[test]
fn a70_entries_reach_through_nothing_that_another_entry_made() {
    let not_directory = ImportErrorKind::Filesystem(FsError::NotDirectory);
    for kind in [
        link("/way", "/etc"),
        link("/way", "."),
        link("/way", "../.."),
        file("/way", ""),
    ] {
        assert_eq!(
            refusal(&[folder("/etc"), kind, file("/way/passwd", "x")]),
            (2, not_directory)
        );
    }
    assert_eq!(
        refusal(&[file("/a/b", ""), folder("/a/b")]),
        (1, ImportErrorKind::Duplicate)
    );
    assert_eq!(
        refusal(&[file("/a/b", ""), file("/a", "")]),
        (1, ImportErrorKind::Filesystem(FsError::IsDirectory))
    );
    assert_eq!(
        refusal(&[file("/a/b", ""), link("/a", "x")]),
        (1, ImportErrorKind::Filesystem(FsError::IsDirectory))
    );
    assert_eq!(
        refusal(&[file("/a", "1"), file("/./a/", "2")]),
        (1, ImportErrorKind::Duplicate)
    );
    assert_eq!(refusal(&[link("/l", "")]), (0, ImportErrorKind::Target));
    assert_eq!(
        refusal(&[link("/l", &"t".repeat(4_096))]),
        (0, ImportErrorKind::Target)
    );
    assert_eq!(refusal(&[link("/l", "a\0b")]), (0, ImportErrorKind::Nul));
    let odd = Entry {
        mode: 0o100_644,
        ..file("/f", "")
    };
    assert_eq!(refusal(&[odd]), (0, ImportErrorKind::Mode));
}

#[test]
fn i60_a_list_is_held_to_the_quota() {
    let quota = Quota {
        bytes: 4_096,
        inodes: 5,
        entries: 5,
    };
    let full = ImportErrorKind::Filesystem(FsError::InsufficientSpace);
    let refused = |entries: Vec<Entry>| {
        let error = Layer::import(entries, quota, THEN).unwrap_err();
        (error.index, error.kind)
    };
    let big = "x".repeat(4_096);
    assert_eq!(refused(vec![file("/a", &big), file("/b", "x")]), (1, full));
    assert_eq!(refused(vec![file("/a/b/c/d/e/f", "")]), (0, full));
    let many = (0..9)
        .map(|number| file(&format!("/{number}"), ""))
        .collect();
    assert_eq!(refused(many), (5, full));
    assert!(Layer::import([file("/a", &big)], quota, THEN).is_ok());
}

#[test]
fn an_error_shows_as_much_of_a_path_as_a_person_reads() {
    let path = format!("/{}/..", "ä".repeat(1_000));
    let error = Layer::import([file(&path, "")], Quota::default(), THEN).unwrap_err();
    assert!((255..=256).contains(&error.path.len()) && path.starts_with(&error.path));
    assert!(error.to_string().contains("too long"));
}

#[test]
fn entries_go_into_a_filesystem_that_is_there() {
    let upper = memory();
    let base = layer(&[
        file("/etc/hosts", "base"),
        link("/etc/alias", "hosts"),
        folder("/bin"),
    ]);
    let root = rooted(Mount::overlay(vec![base.clone()], upper.clone()).unwrap()).1;
    let applied = upper.apply([
        file("/etc/hosts", "own"),
        file("/etc/alias", "a file now"),
        file("/bin/deep/tool", "#!"),
        file("/etc/hosts", "own, again"),
        link("/etc/hosts", "alias"),
        Entry {
            mode: 0o700,
            ..folder("/")
        },
    ]);
    assert_eq!(applied.unwrap(), 6);
    assert_eq!(root.readlink("etc/hosts").unwrap(), "alias");
    assert_eq!(root.get("etc/hosts").unwrap(), b"a file now");
    assert_eq!(root.get("bin/deep/tool").unwrap(), b"#!");
    assert_eq!(root.lstat(".").unwrap().mode, 0o700);
    assert_eq!(
        content(&base, "/etc/hosts"),
        Some(EntryKind::File(b"base".to_vec()))
    );
    let refused = upper
        .apply([file("/new", "stays"), file("/etc", "no")])
        .unwrap_err();
    assert_eq!(
        (refused.index, refused.kind),
        (1, ImportErrorKind::Filesystem(FsError::IsDirectory))
    );
    assert_eq!(root.get("new").unwrap(), b"stays");
    let frozen = Layer::memory(upper.clone());
    let refused = upper.apply([file("/more", "")]).unwrap_err();
    assert_eq!(refused.kind, ImportErrorKind::Filesystem(FsError::ReadOnly));
    drop(frozen);
}

#[test]
fn i60_a_full_filesystem_takes_a_file_for_a_file() {
    let quota = Quota {
        bytes: 4_096,
        inodes: 1,
        entries: 1,
    };
    let filesystem = memory_of(quota);
    let full = "x".repeat(4_096);
    filesystem.apply([file("/f", &full)]).unwrap();
    filesystem
        .apply([file("/f", &full.replace('x', "y"))])
        .unwrap();
    filesystem.apply([link("/f", "elsewhere")]).unwrap();
    filesystem.apply([file("/f", &full)]).unwrap();
    assert_eq!(filesystem.usage().bytes, 4_096);
    assert!(filesystem.apply([file("/f", &"x".repeat(4_097))]).is_err());
    assert_eq!(filesystem.usage().bytes, 4_096);
}

#[test]
fn of_many_layers_the_first_shows_and_the_upper_before_all() {
    let first = layer(&[file("/both", "first"), file("/one", "1")]);
    let second = layer(&[
        file("/both", "second"),
        file("/two", "2"),
        file("/dir/low", ""),
    ]);
    let third = layer(&[
        file("/both", "third"),
        file("/two", "3"),
        file("/one/below", "hidden"),
    ]);
    let merged = Layer::overlay(vec![first.clone(), second.clone(), third.clone()]).unwrap();
    assert_eq!(
        paths(&merged),
        ["/", "/both", "/dir", "/dir/low", "/one", "/two"]
    );
    assert_eq!(
        content(&merged, "/both"),
        Some(EntryKind::File(b"first".to_vec()))
    );
    assert_eq!(
        content(&merged, "/two"),
        Some(EntryKind::File(b"2".to_vec()))
    );

    let upper = layer(&[file("/both", "upper")]);
    let merged = Layer::overlay(vec![upper, first, second, third]).unwrap();
    assert_eq!(
        content(&merged, "/both"),
        Some(EntryKind::File(b"upper".to_vec()))
    );
    let plain = Layer::import(told(&merged), Quota::default(), THEN).unwrap();
    assert_eq!(
        plain.digest().unwrap(),
        merged.digest().unwrap(),
        "merged or told, it is one tree"
    );
}

#[test]
fn what_is_removed_above_stays_removed_when_it_becomes_a_layer() {
    let base = layer(&[
        file("/dir/old", "x"),
        file("/gone", "x"),
        file("/moved/a", "a"),
    ]);
    let upper = memory();
    let root = rooted(Mount::overlay(vec![base.clone()], upper.clone()).unwrap()).1;
    root.rm("gone").unwrap();
    root.rm("dir/old").unwrap();
    root.rmdir("dir").unwrap();
    root.mkdir("dir").unwrap();
    root.put("dir/new", b"").unwrap();
    root.mv("moved", "there").unwrap();
    let sealed = Layer::memory(upper);
    let expected = ["/", "/dir", "/dir/new", "/there", "/there/a"];
    assert_eq!(paths(&sealed), expected);
    let again = Layer::overlay(vec![sealed, Layer::overlay(vec![]).unwrap()]).unwrap();
    assert_eq!(paths(&again), expected);
    assert_eq!(told(&base).len(), 6);
}

#[test]
fn a_read_only_root_is_read_and_not_written() {
    let upper = memory();
    let base = layer(&[file("/etc/hosts", "base")]);
    let mount = Mount::overlay(vec![base], upper.clone()).unwrap();
    upper.apply([file("/f", "fixed")]).unwrap();
    let root = rooted(mount.read_only(true)).1;
    assert_eq!(root.get("f").unwrap(), b"fixed");
    assert_eq!(root.get("etc/hosts").unwrap(), b"base");
    assert_eq!(err(root.put("f", b"x")), FsError::ReadOnly);
    assert_eq!(err(root.rm("etc/hosts")), FsError::ReadOnly);
    assert_eq!(err(root.mkdir("d")), FsError::ReadOnly);
}

/// As a VM has it: its own layered filesystem at `/`, and devices and folders of others within.
#[test]
fn a_vm_has_its_layers_at_the_root_and_mounts_within() {
    let upper = memory();
    let base = layer(&[
        folder("/dev"),
        file("/dev/hidden", "x"),
        file("/etc/hosts", "h"),
        folder("/work"),
    ]);
    let devices = memory();
    devices.apply([file("/null", "")]).unwrap();
    let tree = TreeBuilder::new()
        .mount("/", "/", Mount::overlay(vec![base], upper.clone()).unwrap())
        .unwrap()
        .mount("/dev", "/dev", Mount::memory(devices).read_only(true))
        .unwrap()
        .mount("/work/shared", "/work/shared", Mount::memory(memory()))
        .unwrap()
        .build();
    let root = tree.preopens().remove(0).1;
    assert_eq!(root.names("dev").unwrap(), ["null"]);
    assert_eq!(root.names("work").unwrap(), ["shared"]);
    root.put("work/shared/f", b"x").unwrap();
    root.put("work/own", b"y").unwrap();
    assert_eq!(err(root.put("dev/new", b"")), FsError::ReadOnly);
    let moved = root.mv("work/own", "work/shared/own");
    assert_eq!(err(moved), FsError::CrossDevice);
    // A snapshot of the root leaves out what is mounted in it.
    let told = paths(&Layer::snapshot(&upper));
    assert_eq!(
        told,
        [
            "/",
            "/dev",
            "/dev/hidden",
            "/etc",
            "/etc/hosts",
            "/work",
            "/work/own"
        ]
    );
}

/// A tree that is all that its guest knows, with a host folder in it.
fn rooted_tree(place: &std::path::Path) -> tollgate_vfs::DirHandle {
    let tree = TreeBuilder::new()
        .rooted(true)
        .mount("/", "/", Mount::memory(memory()))
        .unwrap()
        .mount("/host", "/host", crate::support::host(place))
        .unwrap()
        .build();
    tree.preopens().remove(0).1
}

#[test]
fn i52_in_a_rooted_tree_absolute_links_lead_from_the_root_and_nothing_leads_above_it() {
    let place = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/etc/hosts", place.path().join("out")).unwrap();
    std::os::unix::fs::symlink("/", place.path().join("up")).unwrap();
    let root = rooted_tree(place.path());
    root.mkdir("etc").unwrap();
    root.put("etc/hosts", b"the guest's").unwrap();
    root.mkdir("deep").unwrap();
    root.mkdir("deep/er").unwrap();
    for (link, target) in [
        ("deep/file", "/etc/hosts"),
        ("deep/folder", "/etc"),
        ("deep/root", "/"),
        ("deep/root too", "///"),
        ("deep/above", "../../../../etc"),
        ("deep/chain", "/deep/root/deep/folder"),
        ("deep/loop", "/deep/loop"),
        ("deep/none", "/missing"),
    ] {
        assert_eq!(root.ln(target, link), Ok(()), "{link}");
        assert_eq!(root.readlink(link).unwrap(), target);
    }
    for path in [
        "deep/file",
        "deep/folder/hosts",
        "deep/root/etc/hosts",
        "deep/root too/etc/hosts",
        "deep/above/hosts",
        "deep/chain/hosts",
        "deep/root/../../etc/hosts",
        "../../etc/hosts",
        "host/out",
        "host/up/etc/hosts",
    ] {
        assert_eq!(root.get(path), Ok(b"the guest's".to_vec()), "{path}");
        assert_eq!(root.through(path).unwrap().path(), "/etc/hosts", "{path}");
    }
    assert_eq!(err(root.get("deep/loop")), FsError::Loop);
    assert_eq!(err(root.get("deep/none")), FsError::NoEntry);
    assert_eq!(root.through("deep/none").unwrap().path(), "/missing");
    assert_eq!(
        err(root.get("/etc/hosts")),
        FsError::NotPermitted,
        "that is the caller's to cut"
    );
    root.put("deep/root/new", b"at the root").unwrap();
    assert_eq!(root.get("new").unwrap(), b"at the root");
    assert!(!place.path().join("new").exists());
    // A descriptor below is a wall, as it is in any tree.
    let deep = root.dir("deep").unwrap();
    assert_eq!(err(deep.get("file")), FsError::NotPermitted);
    assert_eq!(err(deep.get("../etc/hosts")), FsError::NotPermitted);
    // On the host such a link would mean something else, and tells of the host.
    assert_eq!(err(root.readlink("host/out")), FsError::NotPermitted);
    assert_eq!(
        err(root.ln("/etc/passwd", "host/link")),
        FsError::NotPermitted
    );
}

#[test]
fn i60_an_export_is_held_to_its_limits_before_anything_is_built() {
    let filesystem = memory();
    let root = rooted(Mount::memory(filesystem.clone())).1;
    root.put("a", &[1; 1_000]).unwrap();
    root.put("b", &[1; 1_000]).unwrap();
    let snapshot = Layer::snapshot(&filesystem);
    let limited = |entries, bytes| snapshot.entries(&ExportLimits { entries, bytes });
    assert_eq!(limited(3, 2_005).unwrap().len(), 3);
    assert_eq!(limited(2, 2_005), Err(ExportError::Entries { limit: 2 }));
    assert_eq!(limited(3, 2_004), Err(ExportError::Bytes { limit: 2_004 }));
    let file = root.file("sparse", CREATE).unwrap();
    file.set_len(1 << 62, permit(FsVerb::Write)).unwrap();
    let huge = Layer::snapshot(&filesystem).entries(&ExportLimits::default());
    assert!(matches!(huge, Err(ExportError::Bytes { .. })));
    assert!(
        Layer::snapshot(&filesystem).digest().is_ok(),
        "holes cost nothing there"
    );
}

#[test]
fn a_host_folder_is_told_too_and_what_no_list_holds_is_an_error() {
    let place = tempfile::tempdir().unwrap();
    std::fs::create_dir(place.path().join("d")).unwrap();
    std::fs::write(place.path().join("d/f"), "content").unwrap();
    let host = Layer::host(capability(place.path())).unwrap();
    assert_eq!(paths(&host), ["/", "/d", "/d/f"]);
    let over = Layer::overlay(vec![layer(&[file("/d/g", "")]), host.clone()]).unwrap();
    assert_eq!(paths(&over), ["/", "/d", "/d/f", "/d/g"]);
    assert!(over.digest().is_ok());
    let socket = std::os::unix::net::UnixListener::bind(place.path().join("d/socket")).unwrap();
    let special = host.entries(&ExportLimits::default());
    assert_eq!(
        special,
        Err(ExportError::Special {
            path: "/d/socket".to_owned()
        })
    );
    drop(socket);
}

#[test]
fn layers_are_counted() {
    let many = vec![layer(&[file("/f", "")]); MAX_LAYERS + 1];
    assert_eq!(
        Layer::overlay(many.clone()).err(),
        Some(MountError::TooManyLayers)
    );
    assert!(Layer::overlay(many[1..].to_vec()).is_ok());
    let mut deep = layer(&[file("/bottom", "")]);
    for _ in 0..MAX_LAYER_DEPTH {
        deep = Layer::overlay(vec![deep]).unwrap();
    }
    assert_eq!(paths(&deep), ["/", "/bottom"]);
    assert_eq!(
        Layer::overlay(vec![deep.clone()]).err(),
        Some(MountError::TooManyLayers)
    );
    let refused = Mount::overlay(vec![deep], memory()).err();
    assert_eq!(refused, Some(MountError::TooManyLayers));
}

fn random_entries() -> impl Strategy<Value = Vec<Entry>> {
    let name = prop::sample::select(vec!["a", "b", "c", ".", "", "..", "ä"]);
    let path = prop::collection::vec(name, 1..4).prop_map(|names| format!("/{}", names.join("/")));
    let kind = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..50).prop_map(EntryKind::File),
        (0..200_000usize).prop_map(|len| EntryKind::File(vec![3; len])),
        Just(EntryKind::Directory),
        "[a-c./]{0,4}".prop_map(EntryKind::Symlink),
    ];
    let entry = (path, kind, 0..0o7777_u32, 0..3_u32).prop_map(|(path, kind, mode, id)| Entry {
        path,
        kind,
        mode,
        owner: Owner { uid: id, gid: id },
    });
    prop::collection::vec(entry, 0..12)
}

/// A list without what would refuse it.
fn importable(entries: Vec<Entry>) -> Vec<Entry> {
    let mut kept = Vec::new();
    for entry in entries {
        kept.push(entry);
        if Layer::import(kept.clone(), Quota::default(), THEN).is_err() {
            kept.pop();
        }
    }
    kept
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// What goes in comes out, normalised; and what came out goes in again as the same tree.
    #[test]
    fn an_export_of_an_import_is_the_list_normalised(entries in random_entries()) {
        let entries = importable(entries);
        let one = layer(&entries);
        let list = told(&one);
        prop_assert!(list.iter().map(|entry| &entry.path).eq(&paths(&one)));
        for entry in &entries {
            let names: Vec<_> = entry.path.split('/').filter(|name| !matches!(*name, "" | ".")).collect();
            let path = format!("/{}", names.join("/"));
            let expected = Entry { path, ..entry.clone() };
            prop_assert!(list.contains(&expected), "{:?} is missing from {:?}", expected, list);
        }
        let again = Layer::import(list.clone(), Quota::default(), THEN).unwrap();
        prop_assert_eq!(again.digest().unwrap(), one.digest().unwrap());
        prop_assert_eq!(told(&again), list);
    }

    /// Whatever is done above, a layer stays as it is; and an overlay of layers is the same as one tree that was written
    /// from its list.
    #[test]
    fn a_lower_layer_never_changes(below in ops(30), above in ops(30), on_top in ops(30)) {
        let base = memory();
        let mut subject = Subject::new("base", Mount::memory(base.clone()));
        for op in &below {
            let _ = subject.apply(op);
        }
        subject.close_all();
        let base = Layer::memory(base);
        let as_it_was = base.digest().unwrap();
        let stack = |ops: &[_], layers: Vec<Layer>| {
            let upper: MemoryFs = memory();
            let mount = Mount::overlay(layers, upper.clone()).unwrap();
            let mut subject = Subject::new("overlay", mount);
            for op in ops {
                let _ = subject.apply(op);
            }
            Layer::memory(upper)
        };
        let middle = stack(&above, vec![base.clone()]);
        let in_between = middle.digest().unwrap();
        let top = stack(&on_top, vec![middle.clone()]);
        prop_assert_eq!(base.digest().unwrap(), as_it_was);
        prop_assert_eq!(middle.digest().unwrap(), in_between);
        let limits = ExportLimits::default();
        let list = top.entries(&limits).unwrap();
        let plain = Layer::import(list.clone(), Quota::default(), THEN).unwrap();
        prop_assert_eq!(plain.entries(&limits).unwrap(), list);
    }
}

#[test]
fn listings_and_lookups_agree_on_what_shows() {
    let upper = layer(&[file("/d/a", "upper")]);
    let lower = layer(&[file("/d/a", "lower"), file("/d/b", "lower")]);
    let mount = Mount::overlay(vec![upper, lower], memory()).unwrap();
    let root = rooted(mount).1;
    assert_eq!(names_in_order(&root.dir("d").unwrap()).unwrap(), ["a", "b"]);
    assert_eq!(
        crate::support::contents(&root.file("d/a", READ).unwrap()).unwrap(),
        b"upper"
    );
    let _clock: tollgate_vfs::Clock = Arc::new(|| THEN);
}
