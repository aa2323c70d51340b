//! Times that no clock shows.

use std::fs::File;
use std::time::{Duration, SystemTime};

use tollgate_tests::scene;

#[test]
fn a6_times_at_the_ends_of_their_range_are_a_value_or_an_error() {
    let scene = scene!();
    scene.write("work/file", "content");
    let times = [
        "max",
        "0.0",
        "0.999999999",
        "0.1000000000",
        "0.4294967295",
        "9223372036854775807.0",
        "9223372036854775808.0",
        "18446744073709551615.999999999",
        "4294967296.0",
        "253402300800.0",
    ];
    let mut operations = vec!["open p0 file read,write f".to_owned()];
    for time in times {
        operations.push(format!("set-times f {time} {time}"));
        operations.push(format!("set-times-at p0 file keep {time}"));
        operations.push("stat f".to_owned());
    }
    operations.push("set-times f 5.6 7.8".to_owned());
    operations.push("stat f".to_owned());
    let operations: Vec<&str> = operations.iter().map(String::as_str).collect();
    let answers = scene.operations(&operations, &["--dir", &scene.dir("")]);
    assert!(
        answers
            .iter()
            .all(|answer| answer.starts_with("ok") || answer.starts_with("error ")),
        "{answers:?}"
    );
    assert!(
        answers
            .last()
            .unwrap()
            .ends_with("accessed=5.000000006 modified=7.000000008"),
        "{answers:?}"
    );
}

#[test]
fn a7_a_file_from_before_1970_has_a_time_or_none_and_no_panic() {
    let scene = scene!();
    let epoch = SystemTime::UNIX_EPOCH;
    let moments = [
        epoch.checked_sub(Duration::from_secs(1)),
        epoch.checked_sub(Duration::from_nanos(1)),
        epoch.checked_sub(Duration::from_secs(3_000_000_000)),
        epoch.checked_sub(Duration::from_secs(1 << 40)),
        epoch.checked_add(Duration::from_secs(1 << 40)),
        epoch.checked_add(Duration::from_secs(1 << 60)),
    ];
    for (number, moment) in moments.into_iter().flatten().enumerate() {
        let path = scene.write(&format!("work/{number}"), "content");
        // A file system that has no such time keeps another; the guest must see some answer either way.
        let _not_every_time = File::options()
            .write(true)
            .open(path)
            .unwrap()
            .set_modified(moment);
        let answers = scene.operations(
            &[
                &format!("stat-at p0 {number}"),
                &format!("open p0 {number} read f"),
                "stat f",
                "hash f",
                "list p0",
            ],
            &["--dir", &scene.dir("")],
        );
        assert!(
            answers[1] == "ok" && answers[3].starts_with("ok ") && answers[4].starts_with("ok "),
            "{answers:?}"
        );
        assert!(
            answers[0].starts_with("ok type=") || answers[0].starts_with("error "),
            "{answers:?}"
        );
        assert_eq!(answers[0], answers[2]);
    }
}
