//! The figures as people read them.

use std::fmt::Write as _;
use std::time::Duration;

use crate::{memory, times};

const HEAD: &str = "\
# The sidecar beside the original

Medians, with the same client and the same requests to both by turns (calls ten at a time), written by `just bench-sidecar`.
The original is the binary of `@secure-exec/sidecar-linux-x64-gnu` 0.3.3, in its default configuration. *Cold* is the first
program of a sidecar that was just started (what either keeps on disk is there), *warm* a later one in the same VM; a program
prints a line. *Wanted* is how many times as fast as the original it is to be.

| what | Tollgate | original | times as fast | wanted |
| --- | --: | --: | --: | --: |
";

const MEMORY: &str = "
Memory of the process that each takes: what is its own (`Private_Dirty`), and its part of all that is mapped (`Pss`). A live
program has printed a line and waits; the first of its kind, which brings what all of them share, is not counted. The
original lets as many live as the machine has processors.

| what | Tollgate, private | Pss | of how many | original, private | Pss | of how many | wanted below |
| --- | --: | --: | --: | --: | --: | --: | --: |
";

pub(crate) fn written(times: &[times::Row], memory: &[memory::Row]) -> String {
    let mut text = String::from(HEAD);
    for row in times {
        let medians: Vec<_> = row.sides.iter().map(|times| median(times)).collect();
        let (ours, original) = (medians[0], medians.get(1).copied());
        let ratio = original.map(|original| original.as_secs_f64() / ours.as_secs_f64());
        writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            row.what,
            shown(ours),
            or_none(original.map(shown)),
            or_none(ratio.map(times_as)),
            or_none(row.wanted.map(times_as)),
        )
        .unwrap();
        if row.what.starts_with("fetch") {
            let per_second = |median: Duration| format!("{:.0}/s", 1.0 / median.as_secs_f64());
            let (ours, original) = (per_second(ours), or_none(original.map(per_second)));
            writeln!(
                text,
                "| fetches, one after the other | {ours} | {original} | – | – |"
            )
            .unwrap();
        }
    }
    text.push_str(MEMORY);
    for row in memory {
        write!(text, "| {} |", row.what).unwrap();
        for at in 0..2 {
            match row.sides.get(at).copied().flatten() {
                Some(bytes) => {
                    let (private, proportional) = (kib(bytes.private), kib(bytes.proportional));
                    write!(text, " {private} | {proportional} | {} |", bytes.of).unwrap();
                }
                None => text.push_str(" – | – | – |"),
            }
        }
        writeln!(text, " {} |", or_none(row.wanted.map(kib))).unwrap();
    }
    text
}

fn or_none(shown: Option<String>) -> String {
    shown.unwrap_or_else(|| "–".to_owned())
}

fn times_as(ratio: f64) -> String {
    match ratio {
        10.0.. => format!("{ratio:.0}"),
        _ => format!("{ratio:.1}"),
    }
}

fn shown(time: Duration) -> String {
    match time.as_micros() {
        0..1_000 => format!("{:.1} µs", time.as_secs_f64() * 1e6),
        1_000..100_000 => format!("{:.2} ms", time.as_secs_f64() * 1e3),
        _ => format!("{:.0} ms", time.as_secs_f64() * 1e3),
    }
}

fn kib(bytes: u64) -> String {
    format!("{} KiB", bytes >> 10)
}

fn median(times: &[Duration]) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort();
    sorted[sorted.len() / 2]
}
