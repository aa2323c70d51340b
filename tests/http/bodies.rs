//! Bodies that are large, endless, slow, or not wanted.

use std::time::Duration;

use tollgate_tests::{Finished, Record, scene};

use crate::fields::reached;
use crate::peer::Peer;
use crate::requests::{asking, body_bytes};

const MIB: u64 = 1 << 20;

fn ask(peer: &Peer, flags: &[&str], words: &[&str]) -> (Finished, Vec<Record>) {
    let scene = scene!();
    let (finished, records) = asking(&scene, peer, words).flags(flags).logged();
    finished.expect(0);
    (finished, records)
}

/// A peer whose body never ends.
fn endless() -> Peer {
    Peer::new(|wire| {
        wire.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        let chunk = [b"10000\r\n".as_slice(), &[b'a'; 0x10000], b"\r\n"].concat();
        while wire.says(&chunk) {}
    })
}

/// The peak of a run that receives next to nothing.
fn calm() -> u64 {
    ask(&Peer::content(), &[], &["/"]).0.peak_bytes
}

#[test]
fn a58_an_endless_answer_ends_at_the_limit_and_takes_no_memory() {
    let (finished, records) = ask(&endless(), &[], &["/", "quiet=yes"]);
    let line = format!("body: error HTTP-response-body-size after {}", 64 * MIB);
    assert!(finished.says(&line), "{}", finished.stdout);
    assert_eq!(body_bytes(&records), (64 * MIB, 0));
    assert!(reached(&records, "http-body"), "{records:#?}");
    let grown = finished.peak_bytes.saturating_sub(calm());
    assert!(
        grown < 16 * MIB,
        "{grown} bytes more than for a short answer"
    );
}

#[test]
fn a58_an_answer_that_nobody_reads_waits_at_its_peer() {
    let (finished, _) = ask(
        &endless(),
        &["--limit", "http-body=64MiB"],
        &["/", "quiet=yes", "pause=1500", "first=1"],
    );
    assert!(finished.stdout.contains("answer:"), "{}", finished.stdout);
    let scene = scene!();
    let peer = endless();
    let run = asking(&scene, &peer, &["/", "quiet=yes", "pause=60000"])
        .flags(&["--limit", "http-body=1GiB,wall=2s"]);
    let finished = run.finish();
    finished.expect(124);
    let grown = finished.peak_bytes.saturating_sub(calm());
    assert!(
        grown < 16 * MIB,
        "{grown} bytes for an answer that is not read"
    );
}

#[test]
fn the_limit_of_bodies_holds_to_the_byte() {
    let answer = |length: usize| {
        format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{}",
            "a".repeat(length)
        )
    };
    let limit = ["--limit", "http-body=1000B"];
    let (finished, _) = ask(&Peer::saying(answer(1000)), &limit, &["/", "quiet=yes"]);
    assert!(
        finished.stdout.contains("body: ok 1000"),
        "{}",
        finished.stdout
    );
    let (finished, records) = ask(&Peer::saying(answer(1001)), &limit, &["/", "quiet=yes"]);
    assert!(
        finished.says("body: error HTTP-response-body-size after 1000"),
        "{}",
        finished.stdout
    );
    assert_eq!(body_bytes(&records).0, 1000);
    assert!(reached(&records, "http-body"), "{records:#?}");

    let (finished, _) = ask(&Peer::content(), &limit, &["/", "method=POST", "size=1000"]);
    assert!(finished.says("answer: ok 200"), "{}", finished.stdout);
    let peer = Peer::new(|wire| wire.read_to_end());
    let (finished, records) = ask(&peer, &limit, &["/", "method=POST", "size=1001"]);
    assert!(
        finished.says("answer: error HTTP-request-body-size"),
        "{}",
        finished.stdout
    );
    assert!(reached(&records, "http-body"), "{records:#?}");
    assert!(
        !peer.request().ends_with("0\r\n\r\n"),
        "a body beyond the limit ended well"
    );
    let peer = Peer::content();
    let (finished, records) = ask(
        &peer,
        &limit,
        &["/", "method=POST", "body=x", "header=content-length:2000"],
    );
    assert!(
        finished.says("handle: error HTTP-request-body-size"),
        "{}",
        finished.stdout
    );
    assert!(
        reached(&records, "http-body") && peer.seen().is_empty(),
        "{records:#?}"
    );
}

#[test]
fn a13_a_peer_that_never_reads_holds_up_the_guest() {
    let peer = Peer::new(|_| std::thread::sleep(Duration::from_secs(30)));
    let scene = scene!();
    let size = format!("size={}", 10_000 * MIB);
    let run = asking(&scene, &peer, &["/", "method=POST", &size, "quiet=yes"])
        .flags(&["--limit", "http-body=20GiB,wall=2s"]);
    let (finished, records) = run.logged();
    finished.expect(124);
    let grown = finished.peak_bytes.saturating_sub(calm());
    assert!(grown < 16 * MIB, "{grown} bytes wait in the host");
    let sent = body_bytes(&records).1;
    assert!(
        sent < 64 * MIB,
        "{sent} bytes were sent to a peer that reads nothing"
    );
    assert!(
        records
            .iter()
            .any(|record| record.operation == "http.request" && record.outcome == "dropped"),
        "{records:#?}"
    );
}

#[test]
fn a_large_upload_and_a_large_answer_arrive_whole() {
    let peer = Peer::new(|wire| {
        wire.read_until(b"0\r\n\r\n");
        wire.say(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 8 * MIB).as_bytes());
        for _ in 0..8 {
            wire.say(&[b'a'; 1 << 20]);
        }
    });
    let (finished, records) = ask(
        &peer,
        &[],
        &["/", "method=POST", "size=3000000", "quiet=yes"],
    );
    assert!(finished.says("sent: ok 3000000"), "{}", finished.stdout);
    assert!(
        finished.stdout.contains(&format!("body: ok {}", 8 * MIB)),
        "{}",
        finished.stdout
    );
    assert_eq!(body_bytes(&records), (8 * MIB, 3_000_000));
}

/// The largest message counts, whichever way it went.
#[test]
fn the_report_says_how_large_messages_were() {
    let (long, body) = ("x".repeat(5_000), "a".repeat(1_000));
    let answer = format!("HTTP/1.1 200 OK\r\nX-Long: {long}\r\nContent-Length: 1000\r\n\r\n{body}");
    let flags = ["--report=json"];
    let (finished, _) = ask(&Peer::saying(answer), &flags, &["/", "quiet=yes"]);
    let json = finished.stderr.lines().find(|line| line.starts_with('{'));
    let report: serde_json::Value = serde_json::from_str(json.unwrap()).unwrap();
    let used = |limit: &str| report["limits"][limit]["used"].as_u64().unwrap();
    assert_eq!(used("http-body"), 1_000);
    assert!((5_000..6_000).contains(&used("http-header")), "{report}");
}
