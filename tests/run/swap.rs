//! The swap test: a thread of the host exchanges a folder and a link to a folder outside while a guest opens a file
//! through that name. The guest must never see the other file. A program that looks where a path leads and then opens
//! it does see it, in the same run: the test can fail.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::expect_used,
    reason = "the bans are about the host; a test starts the host's binary, lays out files for it, and fails by panicking"
)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::fs::{CWD, RenameFlags, renameat_with};
use tollgate_tests::{Scene, guests, scene};

const FOR: Duration = Duration::from_secs(15);
const INSIDE: &str = "inside";
const OUTSIDE: &str = "CANARY-OUTSIDE";

/// Exchanges two names until it is told to stop; gives the number of exchanges.
fn swapper(work: &Path, stop: &Arc<AtomicBool>) -> JoinHandle<u64> {
    let (one, other, stop) = (work.join("name"), work.join("other"), Arc::clone(stop));
    thread::spawn(move || {
        let mut swaps = 0;
        while !stop.load(Ordering::Relaxed) {
            renameat_with(CWD, &one, CWD, &other, RenameFlags::EXCHANGE)
                .expect("both names are there");
            swaps += 1;
        }
        swaps
    })
}

/// The naive way: ask where the path leads, look whether that is inside, open the path. Gives the number of leaks.
fn naive(work: &Path, stop: &Arc<AtomicBool>) -> JoinHandle<u64> {
    let work = fs::canonicalize(work).expect("the folder is there");
    let (path, stop) = (work.join("name/file"), Arc::clone(stop));
    thread::spawn(move || {
        let mut leaks = 0;
        while !stop.load(Ordering::Relaxed) {
            let inside = fs::canonicalize(&path).is_ok_and(|path| path.starts_with(&work));
            if inside && fs::read_to_string(&path).is_ok_and(|content| content == OUTSIDE) {
                leaks += 1;
            }
        }
        leaks
    })
}

fn prepare() -> Scene {
    let scene = scene!();
    scene.write("work/name/file", INSIDE);
    scene.write("outside/file", OUTSIDE);
    symlink("../outside", scene.path("work/other")).expect("a link can be made");
    scene
}

#[test]
fn swap_of_a_folder_and_a_link_leaks_nothing_i53_a63() {
    let scene = prepare();
    let stop = Arc::new(AtomicBool::new(false));
    let (swapper, naive) = (swapper(&scene.work(), &stop), naive(&scene.work(), &stop));
    let milliseconds = FOR.as_millis().to_string();
    let finished = scene
        .run(guests::OPENER)
        .work()
        .flags(&["--limit", "wall=60s,cpu=60s,audit=8GiB,audit-rate=1000000"])
        .args(&["name/file", &milliseconds, INSIDE])
        .finish();
    stop.store(true, Ordering::Relaxed);
    let swaps = swapper.join().expect("the swapper ends");
    let leaks = naive.join().expect("the naive program ends");
    println!(
        "{swaps} swaps, {leaks} leaks of the naive program; the guest saw:\n{}",
        finished.stdout
    );
    finished.expect(0);
    assert!(
        !finished.stdout.contains("LEAK") && !finished.stdout.contains(OUTSIDE),
        "{}",
        finished.stdout
    );
    let saw = |what: &str| finished.lines().iter().any(|line| line.ends_with(what));
    assert!(
        saw(" expected"),
        "the guest never came through: {}",
        finished.stdout
    );
    assert!(
        finished.stdout.contains("error "),
        "the guest never met the link: {}",
        finished.stdout
    );
    assert!(swaps > 10_000, "{swaps} swaps are too few to show anything");
    assert!(
        leaks > 0,
        "the naive program did not leak: this run shows nothing"
    );
    scene.verify("audit.log").expect(0);
    assert!(!scene.read("audit.log").contains(OUTSIDE));
}
