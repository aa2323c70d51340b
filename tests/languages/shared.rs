//! What two runs of one snapshot share: nothing that one of them could tell.

use tollgate_tests::{Finished, Record, scene};

/// That a limit ended the run, and that both the error and the log say where: `place` is how that begins.
#[track_caller]
pub(crate) fn ended_at((finished, records): &(Finished, Vec<Record>), limit: &str, place: &str) {
    let time = ["cpu", "wall"].contains(&limit);
    finished.expect(if time { 124 } else { 125 });
    assert!(reached(records, limit), "{records:#?}");
    let said = format!("the {limit} limit ended the run; its program was last seen at {place}");
    assert!(finished.stderr.contains(&said), "{}", finished.stderr);
    let told = |record: &&Record| record.operation == "run.failed";
    let told = records.iter().find(told).expect("a record of the place");
    assert!(told.resource.starts_with(place), "{told:?}");
    assert_eq!(told.outcome, "limit-reached");
}

/// The places that the log has of a program that failed.
pub(crate) fn failed_at(records: &[Record]) -> Vec<&str> {
    records
        .iter()
        .filter(|record| record.operation == "run.failed")
        .map(|record| record.resource.as_str())
        .collect()
}

pub(crate) fn reached(records: &[Record], limit: &str) -> bool {
    records.iter().any(|record| {
        record.operation == "limit.reached" && record.resource.starts_with(&format!("{limit}="))
    })
}

#[test]
fn two_runs_draw_different_numbers_and_tell_the_time_of_their_own() {
    let scene = scene!();
    let file = scene.write(
        "app/main.js",
        "console.log(Math.random(), crypto.randomUUID(), require('crypto').randomBytes(8).toString('hex'), Date.now() > 1.7e12, performance.now() < 60000)",
    );
    let first = scene.run(&file).finish();
    let second = scene.run(&file).finish();
    first.expect(0);
    second.expect(0);
    let words = |text: &str| {
        text.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (first, second) = (words(&first.stdout), words(&second.stdout));
    for at in 0..3 {
        assert_ne!(first[at], second[at]);
    }
    assert_eq!(&first[3..], ["true", "true"]);
}

#[test]
fn what_one_run_changes_another_does_not_see() {
    let scene = scene!();
    let change = scene.write(
        "app/change.js",
        "Array.prototype.evil = 1; globalThis.left = 'here'; require('path').left = 'here'; Object.prototype.left = 'here'; process.env.LEFT = 'here';",
    );
    let look = scene.write(
        "app/look.js",
        "console.log([].evil, globalThis.left, require('path').left, {}.left, process.env.LEFT)",
    );
    scene.run(&change).finish().expect(0);
    let finished = scene.run(&look).finish();
    finished.expect(0);
    assert_eq!(
        finished.stdout,
        "undefined undefined undefined undefined undefined\n"
    );
}
