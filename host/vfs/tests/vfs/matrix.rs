//! Thirteen links, twelve suffixes, every operation: nothing outside is read, made, changed or removed.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};

use tollgate_vfs::{
    DirHandle, Follow, FsError, FsVerb, OpenOptions, Opened, SetTime, SetTimes, Timestamp,
};

use crate::support::{
    CREATE, DIRECTORY, Ops, READ, WRITE, contents, host_root, permit, permits, quick_directory,
};

const SECRET: &[u8] = b"SECRET OF THE HOST";

/// Where each link points; `{out}` is the absolute path of the outside.
const LINKS: [&str; 13] = [
    "../outside",
    "../outside/",
    "../outside/dir",
    "../outside/secret",
    "../outside/secret/",
    "../outside/missing",
    "{out}",
    "{out}/",
    "{out}/secret",
    "dir/../../outside",
    "chain",
    ".././outside//dir/.",
    "..",
];

const SUFFIXES: [&str; 12] = [
    "",
    "/",
    "//",
    "/.",
    "/./",
    "/..",
    "/../",
    "/secret",
    "/secret/",
    "/new",
    "/../outside/secret",
    "/dir/../secret",
];

/// What an operation answers is not asked here; what it did is looked at from outside.
fn whatever(_: Result<(), FsError>) {}

type Operation = (&'static str, fn(&DirHandle, &str));

/// Opens, and does with what came of it whatever can be done.
fn open(root: &DirHandle, path: &str, options: OpenOptions) {
    for follow in [Follow::Yes, Follow::No] {
        let target = match root.resolve(path, follow) {
            Ok(target) => target,
            Err(_) => continue,
        };
        match target.open(options, permits(&options)) {
            Err(_) => {}
            Ok(Opened::File(file)) => {
                if let Ok(content) = contents(&file) {
                    assert_ne!(content, SECRET, "{path}");
                }
                let _ = file.write_at(b"PWNED", 0, permit(FsVerb::Write));
                let _ = file.append(b"PWNED", permit(FsVerb::Write));
                let _ = file.set_len(0, permit(FsVerb::Write));
                let _ = file.set_times(BACK, permit(FsVerb::Write));
            }
            Ok(Opened::Dir(dir)) => {
                assert!(
                    !dir.names(".").unwrap().contains(&"secret".to_owned()),
                    "{path}"
                );
                let _ = dir.put("new", b"PWNED");
                let _ = dir.rm("secret");
                let _ = dir.put("../new", b"PWNED");
            }
        }
    }
}

const BACK: SetTimes = SetTimes {
    accessed: SetTime::To(Timestamp {
        seconds: 7,
        nanos: 0,
    }),
    modified: SetTime::To(Timestamp {
        seconds: 7,
        nanos: 0,
    }),
};

const OPERATIONS: [Operation; 24] = [
    ("open to read", |root, path| open(root, path, READ)),
    ("open to write", |root, path| open(root, path, WRITE)),
    ("open to create", |root, path| open(root, path, CREATE)),
    ("open to create anew", |root, path| {
        open(
            root,
            path,
            OpenOptions {
                exclusive: true,
                ..CREATE
            },
        );
    }),
    ("open to truncate", |root, path| {
        open(
            root,
            path,
            OpenOptions {
                truncate: true,
                ..WRITE
            },
        );
    }),
    ("open to truncate and read", |root, path| {
        open(
            root,
            path,
            OpenOptions {
                truncate: true,
                ..READ
            },
        );
    }),
    ("open a directory", |root, path| open(root, path, DIRECTORY)),
    ("open for nothing", |root, path| {
        open(root, path, OpenOptions::default())
    }),
    ("stat", |root, path| {
        let found = root.stat_of(path);
        assert!(
            found.is_err() || found.unwrap().size != SECRET.len() as u64,
            "{path}"
        );
    }),
    ("lstat", |root, path| {
        let found = root.lstat(path);
        assert!(
            found.is_err() || found.unwrap().kind != tollgate_vfs::FileKind::File,
            "{path}"
        );
    }),
    ("metadata hash", |root, path| {
        let _ = root.hash(path);
        let _ = root
            .through(path)
            .and_then(|target| target.metadata_hash(permit(FsVerb::Stat)));
    }),
    ("readlink", |root, path| {
        if let Ok(target) = root.readlink(path) {
            assert!(!target.starts_with('/'), "{path}");
        }
    }),
    ("create a directory", |root, path| {
        whatever(root.mkdir(path))
    }),
    ("remove a directory", |root, path| {
        whatever(root.rmdir(path))
    }),
    ("unlink", |root, path| whatever(root.rm(path))),
    ("symlink", |root, path| whatever(root.ln("file", path))),
    ("link from", |root, path| {
        whatever(root.hard(path, "stolen"))
    }),
    ("link from, following", |root, path| {
        let linked = root.through(path).and_then(|old| {
            old.link(
                root.at("stolen")?,
                permit(FsVerb::Write),
                permit(FsVerb::Write),
            )
        });
        whatever(linked);
    }),
    ("link to", |root, path| whatever(root.hard("file", path))),
    ("rename from", |root, path| {
        whatever(root.mv(path, "stolen"))
    }),
    ("rename a file to", |root, path| {
        whatever(root.mv("file", path))
    }),
    ("rename a directory to", |root, path| {
        whatever(root.mv("dir", path))
    }),
    ("set times", |root, path| whatever(root.utimes(path, BACK))),
    ("set times, following", |root, path| {
        let set = root
            .through(path)
            .and_then(|target| target.set_times(BACK, permit(FsVerb::Write)));
        whatever(set);
    }),
];

/// Everything about the outside that a guest could have changed, but for times of access.
fn photograph(outside: &Path) -> Vec<(PathBuf, u32, i64, i64, u64, Vec<u8>)> {
    let mut found = Vec::new();
    let mut pending = vec![outside.to_owned()];
    while let Some(path) = pending.pop() {
        let metadata = fs::symlink_metadata(&path).unwrap();
        let content = if metadata.is_file() {
            fs::read(&path).unwrap()
        } else {
            Vec::new()
        };
        if metadata.is_dir() {
            pending.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        }
        let (mtime, ctime) = (
            metadata.mtime(),
            metadata.ctime() * 1_000_000_000 + metadata.ctime_nsec(),
        );
        found.push((
            path,
            metadata.mode(),
            mtime,
            ctime,
            metadata.nlink(),
            content,
        ));
    }
    found.sort();
    found
}

fn stolen(inside: &Path) -> bool {
    let path = inside.join("stolen");
    fs::symlink_metadata(&path).is_ok_and(|metadata| {
        metadata.is_file() && fs::read(&path).unwrap() == SECRET
            || metadata.is_dir() && path.join("secret").exists()
    })
}

#[test]
fn a2_no_link_with_any_suffix_reaches_outside_by_any_operation() {
    let root = quick_directory();
    let outside = root.path().join("outside");
    fs::create_dir_all(outside.join("dir")).unwrap();
    fs::write(outside.join("secret"), SECRET).unwrap();
    fs::write(outside.join("dir/secret"), SECRET).unwrap();
    let before = photograph(&outside);
    let mut tried = 0;
    for link in LINKS {
        for suffix in SUFFIXES {
            for (name, operation) in OPERATIONS {
                let inside = root.path().join("inside");
                fs::create_dir_all(inside.join("dir")).unwrap();
                fs::write(inside.join("file"), b"inside").unwrap();
                symlink("../outside", inside.join("chain")).unwrap();
                symlink(
                    link.replace("{out}", outside.to_str().unwrap()),
                    inside.join("link"),
                )
                .unwrap();
                operation(&host_root(&inside), &format!("link{suffix}"));
                assert_eq!(photograph(&outside), before, "{name}: {link}{suffix}");
                assert!(!stolen(&inside), "{name}: {link}{suffix}");
                let beside = fs::read_dir(root.path()).unwrap().count();
                assert_eq!(beside, 2, "{name}: {link}{suffix}");
                fs::remove_dir_all(&inside).unwrap();
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 13 * 12 * 24);
}

/// Shows that the matrix can fail: the plain way, by path, reaches the outside on most of the links.
#[test]
fn a2_the_plain_way_does_reach_outside() {
    let root = quick_directory();
    let (inside, outside) = (root.path().join("inside"), root.path().join("outside"));
    fs::create_dir_all(outside.join("dir")).unwrap();
    fs::create_dir_all(inside.join("dir")).unwrap();
    fs::write(outside.join("secret"), SECRET).unwrap();
    symlink("../outside", inside.join("chain")).unwrap();
    let mut reached = 0;
    for link in LINKS {
        let path = inside.join("link");
        symlink(link.replace("{out}", outside.to_str().unwrap()), &path).unwrap();
        for suffix in SUFFIXES {
            let opened = fs::read(format!("{}{suffix}", path.display()));
            reached += usize::from(opened.is_ok_and(|content| content == SECRET));
        }
        fs::remove_file(&path).unwrap();
    }
    assert!(reached > 10, "only {reached}");
}
