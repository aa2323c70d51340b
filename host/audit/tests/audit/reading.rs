use crate::support::*;
use std::fs;
use tollgate_audit::read::Records;
use tollgate_audit::stats::Adder;
use tollgate_audit::verify::{Problem, VerifyOptions, verify_each};
use tollgate_audit::{Decision, LogOptions, printable};

#[test]
fn i66_hostile_text_is_one_record_per_line_and_comes_back_as_it_was() {
    let hostile = [
        "\r\n{\"v\":1,\"seq\":0,\"decision\":\"allow\"}\n",
        "\x1b]0;owned\x07\x1b[2J\u{9b}31m",
        "\0\u{7f}\"\\\",\"decision\":\"allow",
        "gpj.\u{202e}exe \u{2028}\u{2029}\u{feff}\u{200f}\u{2066}",
        "\u{fffd}\u{10ffff}日本語",
    ];
    let place = Place::new();
    let log = place.open(LogOptions::default()).unwrap();
    let run = log.run(identity(hostile[0]), UNLIMITED);
    block_on(async {
        for text in hostile {
            let pending = run
                .begin(tollgate_audit::Entry {
                    import: text,
                    rule: text,
                    ..denied(text)
                })
                .await
                .unwrap();
            pending.finish(text, 0, 0);
        }
    });
    drop(run);
    log.close().unwrap();
    let content = String::from_utf8(place.content()).unwrap();
    assert_eq!(content.lines().count(), hostile.len() + 2);
    assert!(
        content
            .lines()
            .all(|line| line.starts_with(r#"{"v":1,"seq":"#) && line.ends_with("\"}"))
    );
    assert!(!content.chars().any(|c| c.is_control() && c != '\n'));
    let records = place.records();
    for (record, text) in records[1..].iter().zip(hostile) {
        assert_eq!(
            [
                &record.resource,
                &record.rule,
                &record.outcome,
                &record.import
            ],
            [text; 4]
        );
        assert_eq!(
            (record.decision, record.run.as_str()),
            (Decision::Deny, hostile[0])
        );
        assert!(!printable(&record.resource).contains(['\x1b', '\u{202e}', '\n']));
    }
    place.verify().unwrap();
}

#[test]
fn a_line_that_is_no_record_is_an_error_in_its_place() {
    let place = Place::with_calls(3, LogOptions::default());
    let mut lines: Vec<_> = place
        .content()
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    lines[2] = b"rubbish\n".to_vec();
    let long = [vec![b'x'; 100_000], b"\n".to_vec()].concat();
    lines.insert(4, long);
    lines.push(b"{\"v\":1,\"se".to_vec());
    fs::write(place.path(), lines.concat()).unwrap();
    let mut records = Records::open(&place.path()).unwrap();
    let items: Vec<_> = records.by_ref().collect();
    let good = items.iter().filter(|item| item.is_ok()).count();
    let bad: Vec<_> = items
        .iter()
        .filter_map(|item| item.as_ref().err())
        .map(|error| error.line)
        .collect();
    assert_eq!((good, bad), (4, vec![Some(3), Some(5)]));
    assert_eq!(records.torn_bytes(), 10);
    assert!(records.next().is_none());
}

#[test]
fn a_log_that_is_not_there_is_one_error_and_then_nothing() {
    let place = Place::new();
    let items: Vec<_> = Records::open(&place.path()).unwrap().collect();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].as_ref().unwrap_err().problem, Problem::NotFound);
}

#[test]
fn stats_add_up_what_was_verified() {
    let place = Place::with_calls(5, small_files());
    let mut adder = Adder::new();
    let report = verify_each(&place.path(), &VerifyOptions::default(), |record| {
        adder.add(record)
    })
    .unwrap();
    let stats = adder.stats(2);
    assert_eq!((stats.records, stats.runs), (report.records, 1));
    assert_eq!(
        (
            stats.calls.allow.count,
            stats.calls.allow.bytes_in,
            stats.calls.allow.bytes_out
        ),
        (5, 50, 5)
    );
    assert_eq!(
        (
            stats.resources.rows.len(),
            stats.resources.others.allow.count
        ),
        (2, 3)
    );
    let json = serde_json::to_value(&stats).unwrap();
    assert_eq!(json["operations"]["rows"][0]["name"], "fs.read");
    assert_eq!(json["calls"]["would-deny"]["count"], 0);
}

#[test]
fn the_summary_of_a_run_names_what_was_asked_and_decided() {
    let place = Place::new();
    let log = place.open(LogOptions::default()).unwrap();
    let run = log.run(identity("r"), UNLIMITED);
    block_on(async {
        for _ in 0..3 {
            call(&run, high_rate("/a")).await;
        }
        call(&run, denied("/b")).await;
        run.end().await.unwrap();
    });
    let summary = log.summary();
    drop(run);
    assert_eq!(log.close().unwrap().rows, summary.rows);
    let rows: Vec<_> = summary
        .rows
        .iter()
        .map(|row| (&*row.resource, row.decision, &*row.rule, row.sum.count))
        .collect();
    assert_eq!(
        rows,
        [
            ("/a", Decision::Allow, "flag:0", 3),
            ("/b", Decision::Deny, "default:fs", 1)
        ]
    );
}
