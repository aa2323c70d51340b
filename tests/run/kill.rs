//! `kill -9` at random moments of a run that writes records: what is left verifies, as an intact prefix or with a
//! stated torn tail, and nothing that the head named as flushed is gone.
//!
//! `TOLLGATE_KILLS` says how many; the full number is a thousand.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the bans are about the host; a test starts the host's binary, lays out files for it, and fails by panicking"
)]

use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::process::Signal;
use serde_json::Value;
use tollgate_tests::{Scene, guests, scene};

const KILLS: u64 = 30;
/// Kills of one log, so that it is also continued after a kill, and killed while it is.
const PER_LOG: u64 = 6;

/// A small generator (xorshift), so that a failure can be told by its seed.
struct Moments(u64);

impl Moments {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

/// The last record that the head names, if there is a head.
fn head(scene: &Scene) -> Option<u64> {
    let head = fs::read_to_string(scene.path("audit.log.head")).ok()?;
    let head: Value = serde_json::from_str(&head).ok()?;
    head["seq"].as_u64()
}

#[derive(Default, Debug)]
struct Seen {
    before_the_log: u64,
    torn: u64,
    unsigned: u64,
    whole: u64,
}

fn kill_one(scene: &Scene, moments: &mut Moments, seen: &mut Seen) {
    let run = scene
        .run(guests::RECORDS)
        .work()
        .flags(&["--limit", "wall=60s,audit-rate=1000000"]);
    let running = run.start();
    // Half of the kills fall into starting, opening and recovering, half into writing.
    if moments.next(2) == 0 {
        assert_eq!(running.line(), "started");
    }
    std::thread::sleep(Duration::from_micros(moments.next(200_000)));
    let flushed = head(scene);
    running.signal(Signal::KILL);
    assert_eq!(running.wait().code, None);
    if !scene.path("audit.log").exists() {
        seen.before_the_log += 1;
        return;
    }
    let verified = scene.verify("audit.log");
    assert_eq!(verified.code, Some(0), "{}", verified.stderr);
    let report: Value = serde_json::from_str(&verified.stdout).expect("verify prints JSON");
    let number = |key: &str| {
        report[key]
            .as_u64()
            .unwrap_or_else(|| panic!("{key} is missing in {report}"))
    };
    if let Some(flushed) = flushed {
        assert!(
            number("signed_records") > flushed,
            "record {flushed} was flushed and is gone: {report}"
        );
    }
    intact_prefix(scene, number("records"), number("torn_bytes"));
    seen.torn += u64::from(number("torn_bytes") > 0);
    seen.unsigned += u64::from(number("unsigned_records") > 0);
    seen.whole += u64::from(number("torn_bytes") == 0);
}

/// What verify counts is what stands there: whole lines, numbered from 0, and then no more than the stated torn bytes.
fn intact_prefix(scene: &Scene, records: u64, torn_bytes: u64) {
    let text = fs::read(scene.path("audit.log")).expect("the log is there");
    let end = text
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |end| end + 1);
    assert_eq!((text.len() - end) as u64, torn_bytes);
    let text = String::from_utf8(text[..end].to_vec()).expect("a log is UTF-8");
    let numbers: Vec<u64> = text
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).expect("whole lines are records")["seq"]
                .as_u64()
                .expect("a number")
        })
        .collect();
    assert!(
        numbers.iter().copied().eq(0..records),
        "verify says {records}, the log has {}",
        numbers.len()
    );
}

#[test]
fn kill_at_any_moment_leaves_a_log_that_verifies_i70() {
    let kills = std::env::var("TOLLGATE_KILLS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(KILLS);
    let seed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("the clock is past 1970")
        .as_nanos();
    let seed = u64::try_from(seed & u128::from(u64::MAX)).unwrap_or(1) | 1;
    println!("seed {seed}");
    let mut moments = Moments(seed);
    let mut seen = Seen::default();
    let mut scene = scene!();
    for number in 0..kills {
        if number % PER_LOG == 0 {
            scene = scene!();
        }
        kill_one(&scene, &mut moments, &mut seen);
    }
    // After the last kill the log can be continued.
    let finished = scene.run(guests::HELLO).finish();
    finished.expect(0);
    scene.verify("audit.log").expect(0);
    println!("{seen:?}");
    assert!(seen.whole + seen.torn > 0, "no kill met a log: {seen:?}");
}
