//! A filesystem that somebody else serves, who answers whatever it likes.

use std::sync::{Arc, Mutex};

use tollgate_vfs::{
    DirEntry, FileKind, FsError, FsVerb, Mount, Owner, Remote, RemoteStat, Timestamp, TreeBuilder,
};

use crate::support::{Ops, err, memory, permit};

/// Answers the same to each sort of question, and keeps the paths that it was asked about.
struct Liar {
    stat: Result<RemoteStat, FsError>,
    target: &'static str,
    names: Vec<String>,
    bytes: usize,
    asked: Mutex<Vec<String>>,
}

const FILE: RemoteStat = RemoteStat {
    kind: FileKind::File,
    size: 3,
    links: 1,
    mode: 0o644,
    owner: Owner::GUEST,
    accessed: None,
    modified: None,
    changed: None,
    number: None,
};

fn of(kind: FileKind) -> RemoteStat {
    RemoteStat { kind, ..FILE }
}

impl Liar {
    fn new(stat: RemoteStat) -> Self {
        Self {
            stat: Ok(stat),
            target: "x",
            names: Vec::new(),
            bytes: 0,
            asked: Mutex::default(),
        }
    }

    fn asked(&self, path: &str) {
        self.asked.lock().unwrap().push(path.to_owned());
    }
}

impl Remote for Liar {
    fn now(&self) -> Timestamp {
        Timestamp {
            seconds: 1,
            nanos: 0,
        }
    }

    fn transfer_bytes(&self) -> usize {
        1_000
    }

    fn listing_names(&self) -> usize {
        100
    }

    fn stat(&self, path: &str) -> Result<RemoteStat, FsError> {
        self.asked(path);
        self.stat
    }

    fn read_link(&self, path: &str) -> Result<String, FsError> {
        self.asked(path);
        Ok(self.target.to_owned())
    }

    fn list(&self, path: &str) -> Result<Vec<DirEntry>, FsError> {
        self.asked(path);
        let entry = |name: &String| DirEntry {
            name: name.clone(),
            kind: FileKind::File,
        };
        Ok(self.names.iter().map(entry).collect())
    }

    fn read_all(&self, path: &str, _: usize) -> Result<Vec<u8>, FsError> {
        self.asked(path);
        Ok(vec![1; self.bytes])
    }

    fn read(&self, path: &str, _: u64, _: usize) -> Result<Vec<u8>, FsError> {
        self.asked(path);
        Ok(vec![1; self.bytes])
    }

    fn write(&self, path: &str, _: u64, bytes: &[u8]) -> Result<(), FsError> {
        assert!(bytes.len() <= self.transfer_bytes());
        self.asked(path);
        Ok(())
    }

    fn create(&self, path: &str) -> Result<(), FsError> {
        self.asked(path);
        Ok(())
    }

    fn set_len(&self, path: &str, _: u64) -> Result<(), FsError> {
        self.asked(path);
        Ok(())
    }

    fn create_dir(&self, path: &str) -> Result<(), FsError> {
        self.asked(path);
        Ok(())
    }

    fn remove_dir(&self, path: &str) -> Result<(), FsError> {
        self.asked(path);
        Ok(())
    }

    fn unlink(&self, path: &str) -> Result<(), FsError> {
        self.asked(path);
        Ok(())
    }

    fn symlink(&self, _: &str, path: &str) -> Result<(), FsError> {
        self.asked(path);
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), FsError> {
        self.asked(from);
        self.asked(to);
        Ok(())
    }

    fn link(&self, from: &str, to: &str) -> Result<(), FsError> {
        self.asked(from);
        self.asked(to);
        Ok(())
    }

    fn set_times(&self, path: &str, _: Timestamp, _: Timestamp) -> Result<(), FsError> {
        self.asked(path);
        Ok(())
    }

    fn set_mode(&self, path: &str, _: u32) -> Result<(), FsError> {
        self.asked(path);
        Ok(())
    }

    fn set_owner(&self, path: &str, _: Owner) -> Result<(), FsError> {
        self.asked(path);
        Ok(())
    }
}

/// The descriptor on `/` of a VM's tree, with what the liar serves at `/r`.
fn root(liar: &Arc<Liar>) -> tollgate_vfs::DirHandle {
    let served: Arc<dyn Remote> = Arc::clone(liar) as Arc<dyn Remote>;
    TreeBuilder::new()
        .rooted(true)
        .mount("/", "/", Mount::memory(memory()))
        .unwrap()
        .within("/r", Mount::remote(served, 0))
        .unwrap()
        .build()
        .preopens()
        .remove(0)
        .1
}

#[test]
fn a_walk_ends_whatever_the_answers_are() {
    // Everything is a link, each to the same or to places above.
    for target in ["x", "../../../../x", "/r/x", "x/", "./x/../x"] {
        let liar = Arc::new(Liar {
            target,
            ..Liar::new(of(FileKind::Symlink))
        });
        let found = err(root(&liar).stat_of("r/x"));
        let ended = [FsError::Loop, FsError::NoEntry, FsError::NotDirectory];
        assert!(ended.contains(&found), "{target}: {found:?}");
        assert!(liar.asked.lock().unwrap().len() < 200, "{target}");
    }
    // Everything is a folder.
    let liar = Arc::new(Liar::new(of(FileKind::Directory)));
    let deep = format!("r/{}", "a/".repeat(1_500));
    root(&liar).through(&deep).unwrap();
}

#[test]
fn only_paths_beneath_the_mount_are_asked_about() {
    let liar = Arc::new(Liar {
        target: "../../../etc/passwd",
        ..Liar::new(of(FileKind::Symlink))
    });
    let root = root(&liar);
    root.mkdir("etc").unwrap();
    root.put("etc/passwd", b"the VM's").unwrap();
    assert_eq!(root.get("r/x").unwrap(), b"the VM's");
    let asked = liar.asked.lock().unwrap();
    assert!(asked.iter().all(|path| path == "/x"), "{asked:?}");
}

#[test]
fn what_could_be_no_answer_is_an_error() {
    for (target, stat) in [
        ("", of(FileKind::Symlink)),
        ("a\0b", of(FileKind::Symlink)),
        (
            "x",
            RemoteStat {
                size: u64::MAX,
                ..FILE
            },
        ),
    ] {
        let liar = Arc::new(Liar {
            target,
            ..Liar::new(stat)
        });
        assert_eq!(err(root(&liar).stat_of("r/x")), FsError::Io, "{target:?}");
    }
    for kind in [FileKind::Fifo, FileKind::CharacterDevice, FileKind::Unknown] {
        let liar = Arc::new(Liar::new(of(kind)));
        assert_eq!(err(root(&liar).get("r/x")), FsError::NoSuchDevice);
    }
    // More content than was asked for, in one piece or in many.
    for size in [3, 1 << 20] {
        let liar = Arc::new(Liar {
            bytes: 1_001,
            ..Liar::new(RemoteStat { size, ..FILE })
        });
        assert_eq!(err(root(&liar).get("r/x")), FsError::Io);
    }
}

#[test]
fn a_listing_has_names_alone_and_each_once() {
    let listed = |names: &[&str]| {
        let liar = Arc::new(Liar {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            ..Liar::new(of(FileKind::Directory))
        });
        let mut listing = root(&liar)
            .through("r")
            .unwrap()
            .read_dir(permit(FsVerb::Readdir))?;
        let mut found = Vec::new();
        while let Some(entry) = listing.next_entry()? {
            found.push(entry.name);
        }
        Ok::<_, FsError>(found)
    };
    assert_eq!(listed(&["b", ".", "a", "..", "b"]).unwrap(), ["a", "b"]);
    let long = "n".repeat(256);
    for odd in ["", "a/b", "/", "../x", "a\0", &long] {
        assert_eq!(listed(&["a", odd]), Err(FsError::Io), "{odd:?}");
    }
    let many: Vec<String> = (0..101).map(|number| number.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(listed(&many), Err(FsError::InsufficientMemory));
}
