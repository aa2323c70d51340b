//! Header fields, both ways, and their limits.

use tollgate_tests::{Finished, Record, guests, scene};

use crate::peer::Peer;
use crate::requests::{asking, requests};

fn ask(peer: &Peer, flags: &[&str], words: &[&str]) -> (Finished, Vec<Record>) {
    let scene = scene!();
    let (finished, records) = asking(&scene, peer, words).flags(flags).logged();
    finished.expect(0);
    (finished, records)
}

/// Whether the log says that a limit was reached.
pub(crate) fn reached(records: &[Record], limit: &str) -> bool {
    records.iter().any(|record| {
        record.operation == "limit.reached" && record.resource.starts_with(&format!("{limit}="))
    })
}

#[test]
fn a15_more_fields_than_fit_end_the_guest_by_the_limit() {
    let scene = scene!();
    for way in ["append", "from-list"] {
        let (finished, records) = scene
            .run(guests::HTTP_FIELDS)
            .args(&[way, "40000"])
            .logged();
        finished.expect(125);
        assert!(
            finished.stderr.contains("http-header"),
            "{}",
            finished.stderr
        );
        assert!(reached(&records, "http-header"), "{way}: {records:#?}");
        let (finished, _) = scene.run(guests::HTTP_FIELDS).args(&[way, "500"]).logged();
        assert!(
            finished.expect(0).stdout.contains("ok"),
            "{}",
            finished.stdout
        );
    }
    // Where the limit takes them all, more names than a map holds are no panic either.
    for (way, code) in [("append", 0), ("from-list", 125)] {
        let run = scene
            .run(guests::HTTP_FIELDS)
            .flags(&["--limit", "http-header=1GiB"]);
        let finished = run.args(&[way, "40000"]).finish();
        finished.expect(code);
        assert!(!finished.stderr.contains("panic"), "{}", finished.stderr);
    }
}

#[test]
fn i85_fields_beyond_the_limit_are_not_sent() {
    let peer = Peer::content();
    let words = [
        "/",
        "header=x-long:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "header=y:b",
    ];
    let (finished, records) = ask(&peer, &["--limit", "http-header=80B"], &words);
    assert!(
        finished.says("handle: error HTTP-request-header-section-size"),
        "{}",
        finished.stdout
    );
    assert!(reached(&records, "http-header"), "{records:#?}");
    assert_eq!(
        requests(&records)[0].outcome,
        "HTTP-request-header-section-size"
    );
    assert!(peer.seen().is_empty());
}

#[test]
fn i85_an_answers_fields_are_held_against_the_limit() {
    let long = format!(
        "HTTP/1.1 200 OK\r\nX-Long: {}\r\nContent-Length: 0\r\n\r\n",
        "a".repeat(1 << 20)
    );
    let many = format!(
        "HTTP/1.1 200 OK\r\n{}Content-Length: 0\r\n\r\n",
        "a: b\r\n".repeat(40_000)
    );
    let some = format!(
        "HTTP/1.1 200 OK\r\nX-Long: {}\r\nContent-Length: 0\r\n\r\n",
        "a".repeat(500)
    );
    let all: [(String, &[&str]); 3] = [
        (long, &[]),
        (many, &[]),
        (some.clone(), &["--limit", "http-header=400B"]),
    ];
    for (answer, flags) in all {
        let (finished, records) = ask(&Peer::saying(answer), flags, &["/"]);
        assert!(
            finished.says("answer: error HTTP-response-header-section-size"),
            "{}",
            finished.stdout
        );
        assert!(reached(&records, "http-header"), "{records:#?}");
        assert_eq!(
            requests(&records)[0].outcome,
            "HTTP-response-header-section-size"
        );
    }
    let (finished, _) = ask(&Peer::saying(some), &[], &["/"]);
    assert!(finished.says("answer: ok 200"), "{}", finished.stdout);
}

#[test]
fn fields_of_the_connection_are_neither_the_guests_to_set_nor_to_see() {
    let names = [
        "connection",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-authenticate",
        "proxy-connection",
        "te",
        "transfer-encoding",
        "upgrade",
        "http2-settings",
        "Host",
        "TE",
    ];
    let peer = Peer::content();
    let words: Vec<String> = names
        .iter()
        .map(|name| format!("header={name}:evil.example"))
        .collect();
    let words: Vec<&str> = std::iter::once("/")
        .chain(words.iter().map(String::as_str))
        .collect();
    let (finished, _) = ask(&peer, &[], &words);
    for name in names {
        assert!(
            finished.says(&format!("header {name}: error HeaderError::Forbidden")),
            "{name}: {}",
            finished.stdout
        );
    }
    assert!(
        !peer.request().contains("evil.example"),
        "{}",
        peer.request()
    );

    let answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: Basic\r\n\
                  Upgrade: h2c\r\nX-Own: 1\r\nAuthorization: kept\r\nContent-Length: 0\r\n\r\n";
    let (finished, _) = ask(&Peer::saying(answer), &[], &["/"]);
    let mut fields: Vec<&str> = finished
        .lines()
        .into_iter()
        .filter(|line| line.starts_with("field: "))
        .collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "field: authorization=kept",
            "field: content-length=0",
            "field: x-own=1"
        ]
    );
}

#[test]
fn a19_forbidden_fields_come_through_no_trailers() {
    let trailers = "Authorization: evil\r\nHost: evil\r\nConnection: evil\r\nContent-Length: 9\r\nTransfer-Encoding: evil\r\n\
                    Set-Cookie: evil\r\nX-Sum: 1\r\n";
    let answer = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n{trailers}\r\n"
    );
    let (finished, _) = ask(&Peer::saying(answer), &[], &["/"]);
    assert!(
        finished.says("body: ok 5 hello") && finished.says("trailer: x-sum=1"),
        "{}",
        finished.stdout
    );
    assert!(
        !finished.stdout.contains("evil") && !finished.stdout.contains("content-length"),
        "{}",
        finished.stdout
    );

    let peer = Peer::content();
    let names = "header=trailer:authorization,%20host,%20content-length,%20x-sum,%20connection";
    let words = [
        "/",
        "method=POST",
        "body=hello",
        names,
        "trailer=authorization:evil",
        "trailer=host:evil",
        "trailer=content-length:9",
        "trailer=connection:evil",
        "trailer=x-sum:1",
    ];
    let (finished, _) = ask(&peer, &[], &words);
    assert!(finished.says("answer: ok 200"), "{}", finished.stdout);
    let request = peer.request().to_lowercase();
    assert!(request.ends_with("0\r\nx-sum: 1\r\n\r\n"), "{request}");
    assert!(!request.contains("evil"), "{request}");
}

#[test]
fn trailers_count_with_the_fields() {
    let answer = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Long: {}\r\n\r\n",
        "a".repeat(400)
    );
    let (finished, records) = ask(
        &Peer::saying(answer),
        &["--limit", "http-header=300B"],
        &["/"],
    );
    assert!(
        finished
            .stdout
            .contains("error HTTP-response-trailer-section-size"),
        "{}",
        finished.stdout
    );
    assert!(reached(&records, "http-header"), "{records:#?}");
    let peer = Peer::new(|wire| wire.read_to_end());
    let long = format!("trailer=x-long:{}", "a".repeat(80));
    let words = [
        "/",
        "method=POST",
        "body=hello",
        "header=trailer:x-long",
        &long,
    ];
    let (finished, records) = ask(&peer, &["--limit", "http-header=100B"], &words);
    assert!(
        finished.says("answer: error HTTP-request-trailer-section-size"),
        "{}",
        finished.stdout
    );
    assert!(reached(&records, "http-header"), "{records:#?}");
}
