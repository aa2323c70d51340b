//! The layer beneath every VM: the folders of a small system, and the few files that programs look for there.

use std::sync::OnceLock;

use tollgate_vfs::{Entry, EntryKind, ImportError, Layer, Owner, Quota, Timestamp};

/// The folders that a root has even without the base layer.
const MINIMAL: &[&str] = &[
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/etc/agentos",
    "/home",
    "/lib",
    "/media",
    "/mnt",
    "/opt",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/srv",
    "/sys",
    "/tmp",
    "/usr",
    "/usr/bin",
    "/usr/games",
    "/usr/include",
    "/usr/lib",
    "/usr/libexec",
    "/usr/local",
    "/usr/local/bin",
    "/usr/man",
    "/usr/sbin",
    "/usr/share",
    "/usr/share/man",
    "/var",
    "/var/cache",
    "/var/empty",
    "/var/lib",
    "/var/lock",
    "/var/log",
    "/var/run",
    "/var/spool",
    "/var/tmp",
];

/// What the base layer has beside them.
const FOLDERS: &[&str] = &[
    "/etc/profile.d",
    "/etc/ssl",
    "/etc/ssl/certs",
    "/usr/local/lib",
    "/usr/local/sbin",
    "/usr/local/share",
];

/// Folders of the one user that guests are.
const USERS: &[&str] = &["/home/agentos", "/workspace"];

const FILES: &[(&str, &str)] = &[
    (
        "/etc/group",
        "root:x:0:\nagentos:x:1000:agentos\nnogroup:x:65534:\n",
    ),
    ("/etc/hostname", "tollgate\n"),
    (
        "/etc/hosts",
        "127.0.0.1\tlocalhost tollgate\n::1\tlocalhost ip6-localhost ip6-loopback\n",
    ),
    (
        "/etc/nsswitch.conf",
        "passwd: files\ngroup: files\nhosts: files dns\n",
    ),
    (
        "/etc/os-release",
        "ID=tollgate\nNAME=Tollgate\nPRETTY_NAME=Tollgate\n",
    ),
    (
        "/etc/passwd",
        "root:x:0:0:root:/root:/bin/sh\n\
         agentos:x:1000:1000:agentos:/home/agentos:/bin/sh\n\
         nobody:x:65534:65534:nobody:/:/bin/false\n",
    ),
    (
        "/etc/profile",
        "export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n",
    ),
    ("/etc/shells", "/bin/sh\n"),
];

/// Folders that anybody may put something in.
const SHARED: &[&str] = &["/tmp", "/var/tmp"];

/// What stands at `/bin` for a command that is served otherwise than by a file.
pub(super) const STUB: &str = "#!/bin/sh\n# kernel command stub\n";

/// The layer that all VMs share.
pub(super) fn bundled() -> Result<Layer, ImportError> {
    static MADE: OnceLock<Result<Layer, ImportError>> = OnceLock::new();
    MADE.get_or_init(|| {
        let folders = MINIMAL.iter().chain(FOLDERS).copied().map(folder);
        let users = USERS.iter().map(|path| Entry {
            owner: Owner::GUEST,
            ..folder(path)
        });
        let files = FILES.iter().map(|(path, text)| file(path, text, 0o644));
        let env = file("/usr/bin/env", STUB, 0o755);
        layer(folders.chain(users).chain(files).chain([env]))
    })
    .clone()
}

/// What a root begins with that has no layer at all.
pub(super) fn minimal() -> Result<Layer, ImportError> {
    static MADE: OnceLock<Result<Layer, ImportError>> = OnceLock::new();
    MADE.get_or_init(|| layer(minimal_entries())).clone()
}

/// The same as a list.
pub(super) fn minimal_entries() -> impl Iterator<Item = Entry> {
    let folders = MINIMAL.iter().copied().map(folder);
    folders.chain([file("/usr/bin/env", "", 0o644)])
}

/// Made once and the same for all, so that no time of any machine stands in it.
fn layer(entries: impl Iterator<Item = Entry>) -> Result<Layer, ImportError> {
    let root = folder("/");
    let epoch = Timestamp {
        seconds: 0,
        nanos: 0,
    };
    Layer::import([root].into_iter().chain(entries), Quota::default(), epoch)
}

fn folder(path: &str) -> Entry {
    Entry {
        path: path.to_owned(),
        kind: EntryKind::Directory,
        mode: if SHARED.contains(&path) {
            0o1777
        } else {
            0o755
        },
        owner: Owner::ROOT,
    }
}

fn file(path: &str, text: &str, mode: u32) -> Entry {
    Entry {
        path: path.to_owned(),
        kind: EntryKind::File(text.as_bytes().to_vec()),
        mode,
        owner: Owner::ROOT,
    }
}
