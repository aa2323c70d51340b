//! Ways out of a mount, and why none of them leads anywhere.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use tollgate_vfs::{
    FileKind, Follow, FsError, FsVerb, Mount, OpenOptions, SetTime, SetTimes, TreeBuilder,
};

use crate::support::{
    CREATE, Ops, READ, Stop, WRITE, capability, err, host, host_root, listing, memory, memory_root,
    permit, permits, rooted,
};

const SECRET: &[u8] = b"SECRET OF THE HOST";

/// `inside` is what is mounted; `outside` lies beside it.
struct Scene {
    _root: tempfile::TempDir,
    inside: std::path::PathBuf,
    outside: std::path::PathBuf,
}

fn scene() -> Scene {
    let root = tempfile::tempdir().unwrap();
    let (inside, outside) = (root.path().join("inside"), root.path().join("outside"));
    fs::create_dir(&inside).unwrap();
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("secret"), SECRET).unwrap();
    Scene {
        _root: root,
        inside,
        outside,
    }
}

#[test]
fn a1_rename_of_a_link_with_a_trailing_slash_stays_inside() {
    let scene = scene();
    symlink(&scene.outside, scene.inside.join("link")).unwrap();
    symlink("../outside", scene.inside.join("relative")).unwrap();
    let before = listing(&scene.outside);
    let root = host_root(&scene.inside);
    assert_eq!(err(root.mv("link/", "stolen")), FsError::NotPermitted);
    assert_eq!(err(root.mv("relative/", "stolen")), FsError::NotPermitted);
    assert_eq!(err(root.mv("link/secret", "stolen")), FsError::NotPermitted);
    fs::create_dir(scene.inside.join("dir")).unwrap();
    assert_eq!(err(root.mv("dir", "link/")), FsError::NotPermitted);
    assert_eq!(listing(&scene.outside), before);
    assert!(
        fs::symlink_metadata(scene.inside.join("link"))
            .unwrap()
            .is_symlink()
    );
    assert!(!scene.inside.join("stolen").exists());
}

#[test]
fn a1_rename_of_a_link_with_a_trailing_slash_between_mounts_stays_inside() {
    let scene = scene();
    let second = tempfile::tempdir().unwrap();
    symlink(&scene.outside, scene.inside.join("link")).unwrap();
    let tree = TreeBuilder::new()
        .mount("/a", "/a", host(&scene.inside))
        .unwrap()
        .mount("/b", "/b", host(second.path()))
        .unwrap()
        .build();
    let preopens = tree.preopens();
    let (first, other) = (&preopens[0].1, &preopens[1].1);
    assert_eq!(err(first.at("link/")), FsError::NotPermitted);
    let renamed = first.at("link").unwrap().rename(
        other.at("stolen/").unwrap(),
        permit(FsVerb::Rename),
        permit(FsVerb::Rename),
    );
    assert_eq!(err(renamed), FsError::CrossDevice);
    assert_eq!(
        listing(&scene.outside),
        [("secret".to_owned(), SECRET.to_vec())]
    );
    assert!(listing(second.path()).is_empty());
}

#[test]
fn a1_a_link_to_a_folder_inside_is_not_renamed_through_either() {
    let scene = scene();
    fs::create_dir(scene.inside.join("dir")).unwrap();
    symlink("dir", scene.inside.join("link")).unwrap();
    let root = host_root(&scene.inside);
    assert_eq!(err(root.mv("link/", "moved")), FsError::NotDirectory);
    assert_eq!(err(root.rmdir("link/")), FsError::NotDirectory);
    assert_eq!(err(root.rm("link/")), FsError::NotDirectory);
    assert_eq!(err(root.mkdir("link/")), FsError::Exist);
    assert!(scene.inside.join("dir").is_dir());
}

#[test]
fn a60_a_link_out_of_the_mount_creates_nothing_outside() {
    let scene = scene();
    let root = host_root(&scene.inside);
    let excl = OpenOptions {
        exclusive: true,
        ..CREATE
    };
    symlink("../outside/new", scene.inside.join("relative")).unwrap();
    symlink(scene.outside.join("new"), scene.inside.join("absolute")).unwrap();
    symlink("../outside/secret", scene.inside.join("existing")).unwrap();
    for name in ["relative", "absolute", "existing"] {
        for options in [READ, WRITE, CREATE, excl] {
            assert_eq!(
                err(root.open(name, options)),
                FsError::NotPermitted,
                "{name}"
            );
            let kept = root.at(name).unwrap().open(options, permits(&options));
            let expected = if options == excl {
                FsError::Exist
            } else {
                FsError::Loop
            };
            assert_eq!(err(kept), expected, "{name}");
        }
    }
    // A guest that makes the link itself gets no further.
    root.ln("../../outside", "file").unwrap();
    assert_eq!(err(root.open("file", CREATE)), FsError::NotPermitted);
    assert_eq!(err(root.put("file/new", b"x")), FsError::NotPermitted);
    assert_eq!(err(root.ln("/etc/passwd", "abs")), FsError::NotPermitted);
    assert_eq!(
        listing(&scene.outside),
        [("secret".to_owned(), SECRET.to_vec())]
    );
}

#[test]
fn a62_links_into_the_kernel_lead_nowhere() {
    let inside = tempfile::tempdir().unwrap();
    let targets = [
        "/proc/self/environ",
        "/proc/self/root",
        "/proc/self/cwd",
        "/proc/self/fd/0",
        "/proc/self/exe",
        "/proc/1/mem",
        "/dev/fd",
        "/dev/zero",
        "../../../../../../../../proc/self/environ",
    ];
    let root = host_root(inside.path());
    for (index, target) in targets.iter().enumerate() {
        let name = format!("link{index}");
        symlink(target, inside.path().join(&name)).unwrap();
        assert_eq!(
            err(root.open(&name, READ)),
            FsError::NotPermitted,
            "{target}"
        );
        assert_eq!(
            err(root.open(&format!("{name}/x"), READ)),
            FsError::NotPermitted
        );
        assert_eq!(err(root.stat_of(&name)), FsError::NotPermitted);
        if target.starts_with('/') {
            assert_eq!(err(root.readlink(&name)), FsError::NotPermitted);
        }
        assert_eq!(root.lstat(&name).unwrap().kind, FileKind::Symlink);
    }
}

#[test]
fn a62_magic_links_of_a_forced_proc_are_read_and_not_followed() {
    let mount = Mount::host_forced(capability(Path::new("/proc")), true).unwrap();
    let root = rooted(mount).1;
    let pid = std::process::id();
    for name in ["root", "cwd", "exe", "fd/0", "fd/1", "ns/mnt"] {
        let path = format!("{pid}/{name}");
        let followed = err(root.open(&path, READ));
        assert!(
            matches!(followed, FsError::NotPermitted | FsError::NoEntry),
            "{path}: {followed}"
        );
        let below = err(root.open(&format!("{path}/etc"), READ));
        assert!(
            matches!(below, FsError::NotPermitted | FsError::NoEntry),
            "{path}: {below}"
        );
        assert_eq!(
            err(root.at(&path).unwrap().open(READ, permits(&READ))),
            FsError::Loop
        );
    }
}

#[test]
fn a64_sockets_are_not_opened() {
    let inside = tempfile::tempdir().unwrap();
    let _listening = std::os::unix::net::UnixListener::bind(inside.path().join("socket")).unwrap();
    let root = host_root(inside.path());
    for options in [
        READ,
        WRITE,
        CREATE,
        OpenOptions {
            truncate: true,
            ..WRITE
        },
    ] {
        assert_eq!(err(root.open("socket", options)), FsError::NoSuchDevice);
    }
    assert_eq!(root.lstat("socket").unwrap().kind, FileKind::Socket);
}

#[test]
fn a66_a_sibling_with_a_common_prefix_is_outside() {
    let parent = tempfile::tempdir().unwrap();
    fs::create_dir(parent.path().join("a")).unwrap();
    fs::create_dir(parent.path().join("ab")).unwrap();
    fs::write(parent.path().join("ab/secret"), SECRET).unwrap();
    symlink("../ab/secret", parent.path().join("a/link")).unwrap();
    let root = host_root(&parent.path().join("a"));
    for path in [
        "../ab/secret",
        "b/../../ab/secret",
        "link",
        "./../ab",
        "../a/../ab",
    ] {
        let error = err(root.open(path, READ));
        assert!(
            matches!(error, FsError::NotPermitted | FsError::NoEntry),
            "{path}: {error}"
        );
    }
    // Even the way back in through the parent's name is no way.
    assert_eq!(err(root.stat_of("../a")), FsError::NotPermitted);
}

#[test]
fn a66_mounts_with_a_common_prefix_are_apart() {
    let tree = TreeBuilder::new()
        .mount("/", "/", Mount::memory(memory()))
        .unwrap()
        .mount("/a", "/a", Mount::memory(memory()))
        .unwrap()
        .build();
    let preopens = tree.preopens();
    let (root, a) = (&preopens[0].1, &preopens[1].1);
    root.mkdir("ab").unwrap();
    root.put("ab/x", b"1").unwrap();
    a.put("x", b"2").unwrap();
    assert_eq!(root.get("a/x").unwrap(), b"2");
    assert_eq!(root.get("ab/x").unwrap(), b"1");
    assert_eq!(a.names(".").unwrap(), ["x"]);
}

#[test]
fn a67_a_link_in_the_middle_is_judged_like_one_at_the_end() {
    let scene = scene();
    fs::create_dir_all(scene.inside.join("a/b")).unwrap();
    fs::write(scene.inside.join("a/b/file"), b"inside").unwrap();
    symlink("../../outside", scene.inside.join("a/out")).unwrap();
    symlink("a/out", scene.inside.join("chain")).unwrap();
    symlink("a/b", scene.inside.join("in")).unwrap();
    symlink("b/file", scene.inside.join("a/end")).unwrap();
    let root = host_root(&scene.inside);
    for path in [
        "a/out/secret",
        "chain/secret",
        "a/out",
        "chain",
        "a/b/../out/secret",
    ] {
        assert_eq!(err(root.open(path, READ)), FsError::NotPermitted, "{path}");
        assert_eq!(err(root.stat_of(path)), FsError::NotPermitted, "{path}");
    }
    assert_eq!(root.get("in/file").unwrap(), b"inside");
    assert_eq!(root.get("a/end").unwrap(), b"inside");
    // What the policy is asked about is where the link led, not where it stood.
    assert_eq!(root.through("in/file").unwrap().path(), "/a/b/file");
    assert_eq!(root.through("in").unwrap().path(), "/a/b");
    assert_eq!(root.at("in").unwrap().path(), "/in");
    assert_eq!(root.at("in/").unwrap().path(), "/a/b");
}

#[test]
fn a61_spelling_is_bytes_and_paths_are_canonical() {
    let root = memory_root();
    // "é" composed and decomposed, and another case: three names, three files.
    for (index, name) in ["caf\u{e9}", "cafe\u{301}", "CAF\u{c9}"].iter().enumerate() {
        root.put(name, format!("{index}").as_bytes()).unwrap();
    }
    assert_eq!(root.names(".").unwrap().len(), 3);
    assert_eq!(root.get("./x/../caf\u{e9}").map_err(|_| ()), Err(()));
    root.mkdir("x").unwrap();
    let target = root.resolve("./x/..//caf\u{e9}", Follow::Yes).unwrap();
    assert_eq!(target.path(), "/caf\u{e9}");
}

#[test]
fn i52_chains_and_loops_of_links_end() {
    let inside = tempfile::tempdir().unwrap();
    for root in [host_root(inside.path()), memory_root()] {
        root.put("end", b"there").unwrap();
        root.ln("end", "link0").unwrap();
        for index in 1..50 {
            root.ln(&format!("link{}", index - 1), &format!("link{index}"))
                .unwrap();
        }
        assert_eq!(root.get("link39").unwrap(), b"there");
        assert_eq!(err(root.get("link40")), FsError::Loop);
        root.ln("loop", "loop").unwrap();
        assert_eq!(err(root.get("loop")), FsError::Loop);
        assert_eq!(err(root.get("loop/x")), FsError::Loop);
        root.ln("ping", "pong").unwrap();
        root.ln("pong", "ping").unwrap();
        assert_eq!(err(root.stat_of("ping")), FsError::Loop);
        root.ln("./loop/../loop/../loop", "many").unwrap();
        assert_eq!(err(root.stat_of("many")), FsError::Loop);
    }
}

#[test]
fn i54_a_directory_that_is_moved_out_while_open_leads_nowhere() {
    let scene = scene();
    fs::create_dir_all(scene.inside.join("d/e")).unwrap();
    fs::write(scene.inside.join("d/e/file"), b"inside").unwrap();
    let root = host_root(&scene.inside);
    let open = root.dir("d/e").unwrap();
    fs::rename(scene.inside.join("d/e"), scene.outside.join("e")).unwrap();
    assert_eq!(err(open.open("../secret", READ)), FsError::NotPermitted);
    assert_eq!(err(open.open("..", READ)), FsError::NotPermitted);
    assert_eq!(err(open.mkdir("../new")), FsError::NotPermitted);
    assert_eq!(open.get("file").unwrap(), b"inside");
    assert_eq!(err(root.open("d/e/file", READ)), FsError::NoEntry);
    assert_eq!(listing(&scene.outside).len(), 2);
}

#[test]
fn i54_a_walk_that_stands_in_a_moved_directory_comes_back_by_its_own_stack() {
    let scene = scene();
    fs::create_dir_all(scene.inside.join("d/e")).unwrap();
    fs::write(scene.inside.join("d/mine"), b"inside").unwrap();
    fs::write(scene.outside.join("mine"), SECRET).unwrap();
    let root = host_root(&scene.inside);
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let _ = fs::rename(scene.inside.join("d/e"), scene.outside.join("e"));
                let _ = fs::rename(scene.outside.join("e"), scene.inside.join("d/e"));
            }
        });
        let _stopping = Stop(&stop);
        for _ in 0..2_000 {
            match root.get("d/e/../mine") {
                Ok(bytes) => assert_eq!(bytes, b"inside"),
                Err(error) => assert_eq!(error, FsError::NoEntry),
            }
        }
    });
}

#[test]
fn i55_a_hard_link_to_a_file_outside_is_content_of_the_mount() {
    let scene = scene();
    fs::hard_link(scene.outside.join("secret"), scene.inside.join("name")).unwrap();
    let root = host_root(&scene.inside);
    assert_eq!(root.get("name").unwrap(), SECRET);
    assert_eq!(root.lstat("name").unwrap().links, 2);
    // But a guest can't make one: there is no way to name the other file.
    assert_eq!(
        err(root.hard("../outside/secret", "mine")),
        FsError::NotPermitted
    );
    root.ln("../outside/secret", "link").unwrap();
    root.hard("link", "mine").unwrap();
    assert_eq!(root.lstat("mine").unwrap().kind, FileKind::Symlink);
}

#[test]
fn what_became_a_link_after_it_was_resolved_is_not_followed() {
    let scene = scene();
    let root = host_root(&scene.inside);
    let name = scene.inside.join("name");
    fs::write(&name, b"inside").unwrap();
    let resolve = || root.resolve("name", Follow::Yes).unwrap();
    let targets: Vec<_> = (0..8).map(|_| resolve()).collect();
    fs::remove_file(&name).unwrap();
    symlink("../outside/secret", &name).unwrap();
    let mut targets = targets.into_iter();
    let mut next = || targets.next().unwrap();
    for options in [
        READ,
        WRITE,
        CREATE,
        OpenOptions {
            truncate: true,
            ..WRITE
        },
    ] {
        assert_eq!(err(next().open(options, permits(&options))), FsError::Loop);
    }
    assert_eq!(err(next().stat(permit(FsVerb::Stat))), FsError::Loop);
    assert_eq!(
        err(next().metadata_hash(permit(FsVerb::Stat))),
        FsError::Loop
    );
    let now = SetTimes {
        accessed: SetTime::Now,
        modified: SetTime::Now,
    };
    assert_eq!(
        err(next().set_times(now, permit(FsVerb::Write))),
        FsError::Loop
    );
    // Removing the name removes the link.
    next().unlink(permit(FsVerb::Rm)).unwrap();
    assert_eq!(
        listing(&scene.outside),
        [("secret".to_owned(), SECRET.to_vec())]
    );
    assert!(fs::symlink_metadata(&name).is_err());
}

#[test]
fn a_directory_on_the_way_that_became_a_link_after_it_was_resolved_is_the_same_directory() {
    let scene = scene();
    fs::create_dir(scene.inside.join("dir")).unwrap();
    let root = host_root(&scene.inside);
    let target = root.at("dir/new").unwrap();
    fs::rename(scene.inside.join("dir"), scene.inside.join("moved")).unwrap();
    symlink("../outside", scene.inside.join("dir")).unwrap();
    target.create_dir(permit(FsVerb::CreateDir)).unwrap();
    assert!(scene.inside.join("moved/new").is_dir());
    assert_eq!(listing(&scene.outside).len(), 1);
}
