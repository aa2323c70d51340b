//! The writer killed at any moment, by re-running this test binary as a child that does nothing but write.

use crate::support::*;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tollgate_audit::verify::{VerifyOptions, verify};
use tollgate_audit::{Detail, Flush, Log, LogOptions, SigningKey};

const PLACE: &str = "TOLLGATE_AUDIT_TEST_KILL_PLACE";
const OPENED: &str = "TOLLGATE_AUDIT_TEST_KILL_OPENED";
const EACH_FLUSHED: &str = "TOLLGATE_AUDIT_TEST_KILL_EACH";

/// Not a test by itself: writes until it is killed, and says after each flush how many calls are flushed.
#[test]
#[ignore = "the child of the tests in this file"]
fn child() {
    let Some(place) = std::env::var_os(PLACE) else {
        return;
    };
    let flush = if std::env::var_os(EACH_FLUSHED).is_some() {
        Flush::Each
    } else {
        Flush::Batch
    };
    let options = LogOptions {
        flush,
        detail: Detail::Full,
        rotate_bytes: 20_000,
        ..LogOptions::default()
    };
    let log = Log::file(Path::new(&place), SigningKey::from_seed(&[9; 32]), options).unwrap();
    let run = log.run(identity("r"), UNLIMITED);
    let mut out = std::io::stdout();
    writeln!(out, "flushed 0").unwrap();
    block_on_for_ever(async {
        for n in 1_u64.. {
            run.begin(entry(&n.to_string()))
                .await
                .unwrap()
                .finish_flushed("ok", 1, 1)
                .await
                .unwrap();
            if flush == Flush::Batch && n % 7 == 0 {
                run.flush().await.unwrap();
            }
            if flush == Flush::Each || n % 7 == 0 {
                writeln!(out, "flushed {n}").unwrap();
            }
        }
    });
}

fn block_on_for_ever(future: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future);
}

fn spawn(place: &Place, each: bool) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "kill::child", "--ignored", "--nocapture"])
        .env(PLACE, place.path());
    if each {
        command.env(EACH_FLUSHED, "1");
    }
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// What a child says, line by line: how many calls it has flushed.
fn said(child: &mut Child) -> impl Iterator<Item = u64> + use<> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix("flushed ")?.parse().ok())
}

fn recorded(place: &Place) -> u64 {
    let finished =
        |record: &tollgate_audit::Record| record.operation == "fs.read" && record.outcome == "ok";
    place
        .records()
        .iter()
        .filter(|record| finished(record))
        .map(|record| record.count)
        .sum()
}

fn kill_again_and_again(each: bool) {
    let mut random = Random::new();
    let mut place = Place::new();
    let (mut torn, mut unsigned, mut begun) = (0, 0, 0);
    for round in 0..100 {
        if round % 10 == 0 {
            place = Place::new();
        }
        let before = if exists(&place.path()) {
            recorded(&place)
        } else {
            0
        };
        let mut child = spawn(&place, each);
        let mut said = said(&mut child);
        // Half of the kills hit a child that writes, however slow the machine; the others may hit it before.
        let mut acknowledged = if round % 2 == 0 { said.next() } else { None };
        std::thread::sleep(Duration::from_micros(random.below(60_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        // The number that it said last: it may have flushed more since, never less.
        acknowledged = said.last().or(acknowledged);
        if !exists(&place.path()) {
            assert_eq!(acknowledged, None);
            continue;
        }
        let report = place
            .verify()
            .unwrap_or_else(|error| panic!("round {round}: {error}"));
        torn += u32::from(report.torn_bytes > 0);
        unsigned += u32::from(report.unsigned_records > 0);
        begun += u32::from(acknowledged.is_some_and(|count| count > 0));
        let after = recorded(&place);
        let flushed = before + acknowledged.unwrap_or(0);
        assert!(
            after >= flushed,
            "round {round}: {flushed} calls were flushed, {after} are recorded"
        );
    }
    println!(
        "of 100 kills {begun} hit a writing child, {unsigned} left an unsigned tail, {torn} a torn one"
    );
    assert!(
        begun >= 10,
        "only {begun} kills hit a child that was writing"
    );
    place.write(1, LogOptions::default());
    place.verify().unwrap();
}

#[test]
fn i70_whenever_the_writer_is_killed_the_log_is_intact_and_nothing_flushed_is_lost() {
    kill_again_and_again(false);
}

#[test]
fn i70_the_same_where_each_call_is_flushed_by_itself() {
    kill_again_and_again(true);
}

/// Not a test by itself: opens one log after the other, beginning with the stated one, until it is killed.
#[test]
#[ignore = "the child of the test below"]
fn opening_child() {
    let Some(folder) = std::env::var_os(OPENED) else {
        return;
    };
    let folder = Path::new(&folder);
    writeln!(std::io::stdout(), "flushed 0").unwrap();
    for n in count_logs(folder).saturating_sub(1).. {
        let path = folder.join(n.to_string());
        drop(
            Log::file(
                &path,
                SigningKey::from_seed(&[9; 32]),
                LogOptions::default(),
            )
            .unwrap(),
        );
        writeln!(std::io::stdout(), "flushed {n}").unwrap();
    }
}

fn count_logs(folder: &Path) -> usize {
    (0..)
        .take_while(|n| exists(&folder.join(n.to_string())))
        .count()
}

/// The head comes after the first record, so a kill between the two leaves a record without a head. That is what a log
/// with a removed head looks like, unless there is one record only, however often the opening is killed.
#[test]
fn i70_a_writer_that_is_killed_while_it_opens_leaves_a_log_that_can_be_opened() {
    let mut random = Random::new();
    let place = Place::new();
    let folder = place.folder.path();
    let (mut headless, mut verified, mut pause) = (0, 0, 5_000);
    for round in 0..200 {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "kill::opening_child", "--ignored", "--nocapture"]);
        command
            .env(OPENED, folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        // It says a line for each log that it has opened, so the kill falls into the opening of another, or of the
        // one that the last kill fell into, however slow the disk is today.
        let mut said = said(&mut child);
        said.next();
        let begun = Instant::now();
        let opened = random.below(3);
        for _ in 0..opened {
            said.next();
        }
        let micros = u64::try_from(begun.elapsed().as_micros()).unwrap();
        pause = micros.checked_div(opened).unwrap_or(pause) + 1;
        std::thread::sleep(Duration::from_micros(random.below(pause)));
        let alive = child.try_wait().unwrap().is_none();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(
            alive,
            "round {round}: a log that a kill left could not be opened"
        );
        for n in verified..count_logs(folder) {
            let report = verify(&folder.join(n.to_string()), &VerifyOptions::default());
            let report = report.unwrap_or_else(|error| panic!("round {round}, log {n}: {error}"));
            headless += u32::from(report.records == 1 && report.signed_records == 0);
        }
        verified = count_logs(folder).saturating_sub(1);
    }
    println!("{verified} logs were opened, {headless} were left without a head");
    assert!(verified > 10, "only {verified} logs were opened");
}

#[test]
fn a_killed_writers_lock_is_free() {
    let place = Place::new();
    let mut child = spawn(&place, false);
    eventually("the child writes", || exists(&place.file(".1")));
    assert!(matches!(
        place.open(LogOptions::default()).err(),
        Some(tollgate_audit::OpenError::Locked)
    ));
    child.kill().unwrap();
    child.wait().unwrap();
    place.write(1, LogOptions::default());
}
