//! The swap: a thread on the host exchanges a folder and a link without pause, while files are opened
//! through it. What is resolved step by step never leaks; what is checked first and opened then does,
//! in the same run, which shows that the test can fail.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "the test prepares host directories by itself, races them, and times itself"
)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

#[path = "vfs/support.rs"]
#[expect(dead_code, reason = "the other tests use the rest")]
mod support;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use tollgate_vfs::FsError;

use support::{CREATE, Ops, READ, contents, host_root};

const SECRET: &[u8] = b"SECRET OF THE HOST";

/// How long the two ways are tried, and how long at most until the plain way has leaked once.
const SHORTEST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(60);

/// Checks, then opens: the way that this filesystem must not go.
fn naive(inside: &Path, path: &str) -> Option<Vec<u8>> {
    let canonical = fs::canonicalize(inside.join(path)).ok()?;
    if !canonical.starts_with(inside) {
        return None;
    }
    fs::read(inside.join(path)).ok()
}

#[test]
fn a63_i53_a_folder_and_a_link_that_are_exchanged_leak_nothing() {
    let root = tempfile::tempdir().unwrap();
    let base = fs::canonicalize(root.path()).unwrap();
    let (inside, outside) = (base.join("inside"), base.join("outside"));
    fs::create_dir_all(inside.join("folder")).unwrap();
    fs::create_dir(&outside).unwrap();
    fs::write(inside.join("folder/file"), b"inside").unwrap();
    fs::write(outside.join("file"), SECRET).unwrap();
    symlink("../outside", inside.join("link")).unwrap();
    let mounted = host_root(&inside);
    let (stop, swaps) = (AtomicBool::new(false), AtomicU64::new(0));
    let (mut leaks, mut opened, mut refused) = (0, 0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let (folder, link) = (inside.join("folder"), inside.join("link"));
            while !stop.load(Ordering::Relaxed) {
                renameat_with(CWD, &folder, CWD, &link, RenameFlags::EXCHANGE).unwrap();
                swaps.fetch_add(1, Ordering::Relaxed);
            }
        });
        let stopping = support::Stop(&stop);
        let started = Instant::now();
        let mut turn = 0_u64;
        while started.elapsed() < SHORTEST || (leaks == 0 && started.elapsed() < LONGEST) {
            turn += 1;
            let path = if turn.is_multiple_of(2) {
                "folder/file"
            } else {
                "link/file"
            };
            leaks += u64::from(naive(&inside, path).is_some_and(|content| content == SECRET));
            match mounted.file(path, READ) {
                Ok(file) => {
                    opened += 1;
                    assert_eq!(contents(&file).unwrap(), b"inside");
                }
                Err(FsError::NotPermitted | FsError::NoEntry) => refused += 1,
                Err(other) => panic!("{other}"),
            }
            let made = if turn.is_multiple_of(2) {
                "folder/new"
            } else {
                "link/new"
            };
            if mounted.file(made, CREATE).is_ok() {
                let _ = mounted.rm(made);
            }
            let _ = mounted.mkdir(made);
            let _ = mounted.rmdir(made);
            let _ = mounted.mv("link/file", "folder/file");
        }
        drop(stopping);
    });
    let outside: Vec<_> = fs::read_dir(&outside)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(outside, ["file"], "something was made or removed outside");
    println!(
        "{} swaps, {opened} opened, {refused} refused, the plain way leaked {leaks} times",
        swaps.into_inner()
    );
    assert!(opened > 0 && refused > 0, "the race did not happen");
    assert!(
        leaks > 0,
        "the plain way leaked nothing: this test could not have failed"
    );
}
