//! Peers that let a guest wait.

use std::time::Duration;

use tollgate_tests::scene;

use crate::peer::{Peer, Wire};
use crate::requests::{asking, requests};

const LOOSE: Duration = Duration::from_secs(10);
const MILLISECONDS: u64 = 1_000_000;

/// A peer that accepts, and says nothing.
fn mute() -> Peer {
    Peer::new(Wire::read_to_end)
}

/// A peer that begins a body, and says nothing more.
fn stalling() -> Peer {
    Peer::new(|wire| {
        wire.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
        wire.read_to_end();
    })
}

#[test]
fn a_peer_that_hangs_is_given_up_in_time() {
    let time = |key: &str| format!("{key}={}", 200 * MILLISECONDS);
    for (peer, words, line) in [
        (
            mute(),
            vec![time("first")],
            "answer: error HTTP-response-timeout",
        ),
        (
            mute(),
            vec![
                time("first"),
                "method=POST".to_owned(),
                "size=100000".to_owned(),
            ],
            "answer: error HTTP-response-timeout",
        ),
        (
            stalling(),
            vec![time("between")],
            "body: error connection-read-timeout after 5",
        ),
    ] {
        let scene = scene!();
        let words: Vec<&str> = std::iter::once("/")
            .chain(words.iter().map(String::as_str))
            .collect();
        let (finished, records) = asking(&scene, &peer, &words).logged();
        finished.expect(0);
        assert!(finished.says(line), "{line}: {}", finished.stdout);
        assert!(finished.wall < LOOSE, "{:?}", finished.wall);
        let word = line.split(' ').nth(2).unwrap();
        assert!(
            records.iter().any(|record| record.outcome == word),
            "{word}: {records:#?}"
        );
    }
}

#[test]
fn a20_times_of_nothing_and_of_ages_are_no_panic() {
    for key in ["connect", "first", "between"] {
        for nanoseconds in [0, 1, u64::MAX] {
            let scene = scene!();
            let peer = Peer::content();
            let (finished, _) =
                asking(&scene, &peer, &["/", &format!("{key}={nanoseconds}")]).logged();
            finished.expect(0);
            let timeouts = [
                "connection-timeout",
                "HTTP-response-timeout",
                "connection-read-timeout",
            ];
            let ended = timeouts.iter().any(|word| finished.stdout.contains(word))
                || finished.says("body: ok 2 ok");
            assert!(ended, "{key}={nanoseconds}: {}", finished.stdout);
            if nanoseconds == u64::MAX {
                assert!(finished.says("body: ok 2 ok"), "{key}: {}", finished.stdout);
            }
        }
    }
}

#[test]
fn a_guest_that_waits_for_a_peer_ends_with_its_time() {
    for peer in [mute(), stalling()] {
        let scene = scene!();
        let run = asking(&scene, &peer, &["/"]).flags(&["--limit", "wall=1s"]);
        let (finished, records) = run.logged();
        finished.expect(124);
        assert!(finished.wall < LOOSE, "{:?}", finished.wall);
        assert_eq!(requests(&records).len(), 1, "{records:#?}");
    }
    let scene = scene!();
    let finished = asking(&scene, &mute(), &["/"])
        .flags(&["--limit", "cpu=1s,wall=3s"])
        .finish();
    assert_eq!(
        finished.code,
        Some(124),
        "waiting is not computing: {}",
        finished.stderr
    );
}

#[test]
fn i85_an_answer_that_drips_is_still_read() {
    let peer = Peer::new(|wire| {
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" {
            wire.say(&[*byte]);
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    let scene = scene!();
    assert!(
        asking(&scene, &peer, &["/"])
            .finish()
            .expect(0)
            .says("body: ok 5 hello")
    );
}

#[test]
fn nobody_who_listens_is_a_refused_connection() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let scene = scene!();
    let run = scene
        .run(tollgate_tests::guests::HTTP)
        .flags(&["--allow-net", "localhost"]);
    let (finished, records) = run
        .args(&["http", &format!("127.0.0.1:{port}"), "/"])
        .logged();
    assert!(
        finished.expect(0).says("answer: error connection-refused"),
        "{}",
        finished.stdout
    );
    assert_eq!(requests(&records)[0].outcome, "connection-refused");
}
