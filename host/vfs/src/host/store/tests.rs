//! A flush that is killed: at each of its steps, and at any moment. The test binary runs itself as a child that does
//! nothing but flush.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the tests start processes, kill them, and look at the store's files past the store"
)]

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rustix::process::{Signal, getpid, kill_process};

use super::failpoint::Step;
use super::*;
use crate::{Entry, EntryKind, Owner, Timestamp};

const PLACE: &str = "TOLLGATE_STORE_TEST_PLACE";
const DIE_AT: &str = "TOLLGATE_STORE_TEST_DIE_AT";
const ROUNDS: &str = "TOLLGATE_STORE_TEST_ROUNDS";

/// The step at which this process dies; 0 for none.
static DIES_AT: AtomicU64 = AtomicU64::new(0);
static STEPS: AtomicU64 = AtomicU64::new(0);

/// Has this process die at a step; 0 for none.
pub(super) fn die_at(step: u64) {
    DIES_AT.store(step, Ordering::Relaxed);
}

thread_local! {
    static DONE: RefCell<Vec<(Step, String, String)>> = const { RefCell::new(Vec::new()) };
}

pub(super) fn reached(step: Step, folder: &str, name: &str) {
    DONE.with_borrow_mut(|done| done.push((step, folder.to_owned(), name.to_owned())));
    let number = STEPS.fetch_add(1, Ordering::Relaxed) + 1;
    if number == DIES_AT.load(Ordering::Relaxed) {
        kill_process(getpid(), Signal::KILL).unwrap();
    }
}

fn clock() -> Clock {
    Arc::new(|| Timestamp {
        seconds: 7,
        nanos: 0,
    })
}

fn open(place: &Path) -> Store {
    let dir = Dir::open_ambient_dir(place, cap_std::ambient_authority()).unwrap();
    Store::open(dir).unwrap()
}

fn load(store: &Store) -> Option<MemoryFs> {
    store.load("vm", Quota::default(), clock()).unwrap()
}

/// What a guest does in one round: a file that grows, one that changes in its middle, some that come.
fn play(filesystem: &MemoryFs, round: u64) {
    let file = |path: String, bytes: Vec<u8>| Entry {
        path,
        kind: EntryKind::File(bytes),
        mode: 0o644,
        owner: Owner::GUEST,
    };
    let mut middle = vec![7; 200_000];
    middle[100_000] = u8::try_from(round % 251).unwrap();
    let log = (0..round).flat_map(u64::to_le_bytes).collect();
    let name = format!("/dir/{}/new", round % 3);
    let entries = [
        file("/round".into(), round.to_string().into_bytes()),
        file("/middle".into(), middle),
        file("/log".into(), log),
        file(name, vec![1; usize::try_from(round % 9_000).unwrap()]),
    ];
    filesystem.apply(entries).unwrap();
}

fn played(rounds: u64) -> MemoryFs {
    let filesystem = MemoryFs::new(Quota::default(), clock());
    (1..=rounds).for_each(|round| play(&filesystem, round));
    filesystem
}

/// The round that a filesystem is at, which must be all that the round makes and nothing else.
fn round_of(filesystem: &MemoryFs) -> u64 {
    let layer = Layer::snapshot(filesystem);
    let entries = layer.entries(&crate::ExportLimits::default()).unwrap();
    let entry = entries.iter().find(|entry| entry.path == "/round").unwrap();
    let EntryKind::File(bytes) = &entry.kind else {
        panic!("the round is a file");
    };
    let round = str::from_utf8(bytes).unwrap().parse().unwrap();
    let expected = Layer::snapshot(&played(round));
    assert_eq!(
        layer.digest().unwrap(),
        expected.digest().unwrap(),
        "the tree of round {round} is not whole"
    );
    round
}

/// Not a test by itself: plays and flushes, and says after each flush what is safe now.
#[test]
#[ignore = "the child of the tests in this file"]
fn child() {
    let Some(place) = std::env::var_os(PLACE) else {
        return;
    };
    let number = |name| std::env::var(name).unwrap().parse::<u64>().unwrap();
    die_at(number(DIE_AT));
    let rounds = number(ROUNDS);
    let store = open(Path::new(&place));
    let filesystem = load(&store).unwrap_or_else(|| played(0));
    let before = store
        .digest("vm")
        .unwrap()
        .map_or(0, |_| round_of(&filesystem));
    let mut out = std::io::stdout();
    for round in before + 1..=before.saturating_add(rounds) {
        play(&filesystem, round);
        store.flush("vm", &filesystem).unwrap();
        writeln!(out, "flushed {round}").unwrap();
        if round % 2 == 0 {
            store.collect().unwrap();
        }
    }
    writeln!(out, "done").unwrap();
}

fn spawn(place: &Path, die_at: u64, rounds: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "host::store::tests::child",
            "--ignored",
            "--nocapture",
        ])
        .env(PLACE, place)
        .env(DIE_AT, die_at.to_string())
        .env(ROUNDS, rounds.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The last round that a child said to be safe, and whether it came to its end.
fn said(child: &mut Child) -> (Option<u64>, bool) {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut last = None;
    let mut done = false;
    for line in lines.map_while(Result::ok) {
        done |= line == "done";
        if let Some(round) = line.strip_prefix("flushed ") {
            last = round.parse().ok().or(last);
        }
    }
    (last, done)
}

/// What a killed child left: the round that it said last, or the one after it, whole; and nothing unfinished.
fn check(place: &Path, said: Option<u64>) -> u64 {
    let store = open(place);
    for folder in ["blobs", "refs"] {
        for entry in std::fs::read_dir(place.join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(!name.starts_with("tmp-"), "{name} was left");
        }
    }
    let round = load(&store).map_or(0, |filesystem| round_of(&filesystem));
    let said = said.unwrap_or(0);
    assert!(
        round == said || round == said + 1,
        "round {said} was safe, and round {round} is there"
    );
    round
}

#[test]
fn i70_a_flush_that_is_killed_at_any_step_loses_nothing_acknowledged() {
    let mut died = 0;
    // Three flushes and a collection; the blobs of each differ, so that it takes some hundred steps.
    for step in 1.. {
        let place = tempfile::tempdir().unwrap();
        let mut child = spawn(place.path(), step, 3);
        let (last, done) = said(&mut child);
        let killed = !child.wait().unwrap().success();
        assert_ne!(killed, done);
        check(place.path(), last);
        if done {
            break;
        }
        died += 1;
    }
    assert!(died > 60, "only {died} steps");
}

#[test]
fn i70_a_store_that_is_killed_again_and_again_goes_on_from_where_it_was_safe() {
    let place = tempfile::tempdir().unwrap();
    let mut safe = 0;
    let mut hit = 0;
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..40 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let mut child = spawn(place.path(), 0, u64::MAX);
        std::thread::sleep(Duration::from_micros(random % 80_000));
        child.kill().unwrap();
        child.wait().unwrap();
        let (last, _) = said(&mut child);
        hit += u32::from(last.is_some());
        safe = check(place.path(), Some(last.unwrap_or(safe)));
    }
    assert!(
        hit >= 10,
        "only {hit} of the kills hit a child that was flushing"
    );
    assert!(safe > 10);
}

/// What a kill can't show: that what is needed is on the disk, not just in the system's memory, before what needs it
/// gets its name.
#[test]
fn a_flush_carries_everything_to_the_disk_before_the_ref_names_it() {
    let place = tempfile::tempdir().unwrap();
    let store = open(place.path());
    let filesystem = played(0);
    for round in 1..4 {
        play(&filesystem, round);
        DONE.take();
        let flushed = store.flush("vm", &filesystem).unwrap();
        let done = DONE.take();
        let named = |at: &(usize, &(Step, String, String))| at.1.0 == Step::Named;
        let blobs: Vec<usize> = done
            .iter()
            .enumerate()
            .filter(|at| named(at) && at.1.1 == "blobs")
            .map(|(at, _)| at)
            .collect();
        assert_eq!(blobs.len() as u64, flushed.blobs);
        let find = |step, folder: &str, from: usize| {
            let mut rest = done.iter().enumerate().skip(from);
            rest.find(|(_, (other, place, _))| *other == step && place == folder)
                .map(|(at, _)| at)
        };
        // Every file is carried to the disk right before it is named.
        for (at, (step, folder, _)) in done.iter().enumerate() {
            if *step == Step::Named {
                let (before, same, _) = &done[at - 1];
                assert_eq!((*before, same), (Step::Carried, folder));
            }
        }
        let (manifest, others) = blobs.split_last().unwrap();
        assert_eq!(done[*manifest].2, flushed.digest.to_string());
        let first = find(Step::Synced, "blobs", 0).unwrap();
        assert!(others.iter().all(|at| *at < first) && first < *manifest);
        let second = find(Step::Synced, "blobs", *manifest).unwrap();
        let named = find(Step::Named, "refs", 0).unwrap();
        let last = find(Step::Synced, "refs", named).unwrap();
        assert!(second < named);
        assert_eq!(
            last,
            done.len() - 1,
            "acknowledged when the ref is on the disk"
        );
    }
}
