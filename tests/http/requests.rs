//! What stands on the wire.

use tollgate_tests::{Finished, GuestRun, Record, Scene, guests, scene};

use crate::peer::Peer;

/// A run of `http` that may reach the peer's address.
pub(crate) fn asking<'a>(scene: &'a Scene, peer: &Peer, words: &[&str]) -> GuestRun<'a> {
    let authority = peer.authority();
    let mut arguments = vec!["http", &authority];
    arguments.extend(words);
    scene
        .run(guests::HTTP)
        .flags(&["--allow-net", "127.0.0.1"])
        .args(&arguments)
}

/// The records of the last run of a log that several wrote.
pub(crate) fn last_run(mut records: Vec<Record>) -> Vec<Record> {
    let start = records
        .iter()
        .rposition(|record| record.operation == "run.start");
    records.split_off(start.expect("a run began"))
}

/// The records of requests.
pub(crate) fn requests(records: &[Record]) -> Vec<&Record> {
    records
        .iter()
        .filter(|record| record.import == "wasi:http/outgoing-handler#handle")
        .collect()
}

/// Bytes of bodies: in, out.
pub(crate) fn body_bytes(records: &[Record]) -> (u64, u64) {
    let bodies = records.iter().filter(|record| {
        record.operation == "http.request" && record.import.starts_with("wasi:io")
    });
    bodies.fold((0, 0), |(received, sent), record| {
        (received + record.bytes_in, sent + record.bytes_out)
    })
}

fn ask(peer: &Peer, words: &[&str]) -> (Finished, Vec<Record>) {
    let scene = scene!();
    let (finished, records) = asking(&scene, peer, words).logged();
    finished.expect(0);
    (finished, records)
}

#[test]
fn a_request_is_sent_in_origin_form_and_its_answer_handed_on() {
    let peer = Peer::saying("HTTP/1.1 200 OK\r\nServer: peer\r\nContent-Length: 5\r\n\r\nhello");
    let (finished, records) = ask(&peer, &["/path?query=1", "header=X-One:1"]);
    for line in [
        "handle: ok",
        "answer: ok 200",
        "field: server=peer",
        "body: ok 5 hello",
    ] {
        assert!(finished.says(line), "{line}: {}", finished.stdout);
    }
    let request = peer.request();
    assert!(
        request.starts_with("GET /path?query=1 HTTP/1.1\r\n"),
        "{request}"
    );
    let mut lines: Vec<String> = request
        .trim_end()
        .lines()
        .skip(1)
        .map(str::to_lowercase)
        .collect();
    lines.sort();
    let host = format!("host: {}", peer.authority());
    assert_eq!(lines, ["connection: close", &host, "x-one: 1"]);

    let records: Vec<_> = records
        .iter()
        .filter(|record| record.operation == "http.request")
        .collect();
    let resource = format!("GET http://{}", peer.authority());
    assert!(
        records
            .iter()
            .all(|record| record.resource == resource && record.decision == "allow"),
        "{records:#?}"
    );
    let [head, body] = records[..] else {
        panic!("{records:#?}")
    };
    assert_eq!(
        (head.import.as_str(), head.outcome.as_str()),
        ("wasi:http/outgoing-handler#handle", "ok")
    );
    let (sent, received) = (
        "GET/path?query=1x-one: 1\r\n",
        "server: peer\r\ncontent-length: 5\r\n",
    );
    assert_eq!(
        (head.bytes_out, head.bytes_in),
        (sent.len() as u64, received.len() as u64)
    );
    assert_eq!(
        (body.import.as_str(), body.bytes_in),
        ("wasi:io/streams#[method]input-stream.read", 5)
    );
    assert!(!format!("{records:?}").contains("query"), "{records:#?}");
}

#[test]
fn bodies_are_framed_by_the_client_alone() {
    for (words, framed) in [
        (
            &["method=POST", "body=hello"][..],
            "transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        ),
        (
            &["method=POST", "body=hello", "header=content-length:5"],
            "content-length: 5\r\n\r\nhello",
        ),
        (&["method=POST"], "content-length: 0\r\n\r\n"),
        (&["method=GET", "body="], "connection: close\r\n\r\n"),
        (
            &["method=GET", "body=hello"],
            "transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        ),
    ] {
        let peer = Peer::content();
        let words: Vec<&str> = ["/"].iter().chain(words).copied().collect();
        let (finished, records) = ask(&peer, &words);
        assert!(
            finished.says("answer: ok 200"),
            "{words:?}: {}",
            finished.stdout
        );
        let request = peer.request().to_lowercase();
        assert!(request.ends_with(framed), "{words:?}: {request}");
        let sent = if words.contains(&"body=hello") { 5 } else { 0 };
        assert_eq!(body_bytes(&records), (2, sent), "{words:?}: {records:#?}");
    }
}

#[test]
fn a16_a_long_path_is_sent_or_refused() {
    let peer = Peer::saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let (finished, _) = ask(&peer, &["/", "path=60000"]);
    assert!(finished.says("answer: ok 200"), "{}", finished.stdout);
    assert!(peer.request().lines().next().unwrap().len() > 60_000);
    let (finished, _) = ask(&peer, &["/", "path=70000"]);
    assert!(
        finished.says("set path: error refused"),
        "{}",
        finished.stdout
    );
    assert!(
        peer.seen()
            .iter()
            .all(|request| !request.contains(&"a".repeat(65_600))),
        "a cut path was sent"
    );
}

#[test]
fn a17_a_path_cannot_name_another_host() {
    let (peer, other) = (Peer::content(), Peer::content());
    let url = format!("http://{}/", other.authority());
    let (finished, _) = ask(&peer, &[&url]);
    assert!(
        finished.says("set path: error refused"),
        "{}",
        finished.stdout
    );
    let (_, _) = ask(&peer, &[&format!("//{}/", other.authority())]);
    assert!(other.seen().is_empty(), "{:?}", other.seen());
    let [first, second] = &peer.seen()[..] else {
        panic!("{:?}", peer.seen())
    };
    assert!(first.starts_with("GET / HTTP/1.1\r\n"), "{first}");
    assert!(
        second.starts_with(&format!("GET //{}/ HTTP/1.1\r\n", other.authority())),
        "{second}"
    );
    assert!(
        second
            .to_lowercase()
            .contains(&format!("\r\nhost: {}\r\n", peer.authority())),
        "{second}"
    );
}

#[test]
fn a18_a_body_that_is_not_what_its_length_says_never_ends_well() {
    for (words, sent) in [
        (&["body=hello", "header=content-length:3"][..], "hello"),
        (&["body=hello", "header=content-length:9"], ""),
        (&["header=content-length:9"], ""),
    ] {
        let peer = Peer::new(|wire| {
            wire.read_to_end();
            wire.say(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        let words: Vec<&str> = ["/", "method=POST"].iter().chain(words).copied().collect();
        let (finished, records) = ask(&peer, &words);
        assert!(
            finished.stdout.contains("error HTTP-request-body-size"),
            "{words:?}: {}",
            finished.stdout
        );
        assert!(
            !finished.stdout.contains("answer: ok"),
            "{words:?}: {}",
            finished.stdout
        );
        assert!(
            records
                .iter()
                .any(|record| record.outcome == "HTTP-request-body-size"),
            "{words:?}: {records:#?}"
        );
        for request in peer.seen() {
            let (_, body) = request.split_once("\r\n\r\n").unwrap_or_default();
            assert!(
                !sent.is_empty() && body.len() < 3 || body.len() < 9 && sent.is_empty(),
                "{words:?}: {request}"
            );
        }
    }
    let peer = Peer::content();
    let twice = [
        "/",
        "method=POST",
        "body=hello",
        "header=content-length:5",
        "header=content-length:6",
    ];
    let (finished, _) = ask(&peer, &twice);
    assert!(
        finished.says("header content-length: error HeaderError::InvalidSyntax"),
        "{}",
        finished.stdout
    );
    assert_eq!(
        peer.request()
            .to_lowercase()
            .matches("content-length")
            .count(),
        1,
        "{}",
        peer.request()
    );
    for odd in ["+5", "5,5", "-1", " 5", "0x5", ""] {
        let peer = Peer::content();
        let (finished, _) = ask(
            &peer,
            &[
                "/",
                "method=POST",
                "body=hello",
                &format!("header=content-length:{odd}"),
            ],
        );
        assert!(
            finished.stdout.contains("header content-length: error"),
            "{odd:?}: {}",
            finished.stdout
        );
        assert!(
            !peer.request().to_lowercase().contains("content-length"),
            "{odd:?}"
        );
    }
}

#[test]
fn a_body_that_is_given_up_is_no_whole_body() {
    let peer = Peer::new(|wire| {
        wire.read_to_end();
        wire.say(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    let (finished, _) = ask(&peer, &["/", "method=POST", "body=hello", "abandon=yes"]);
    assert!(
        finished.says("answer: error HTTP-protocol-error"),
        "{}",
        finished.stdout
    );
    assert!(
        !peer.seen().concat().contains("0\r\n\r\n"),
        "{:?}",
        peer.seen()
    );
}

#[test]
fn i84_a_tunnel_is_refused_and_a_redirect_is_the_guests_to_follow() {
    let peer = Peer::content();
    for method in ["CONNECT", "method"] {
        let (finished, records) = ask(
            &peer,
            &[
                "/",
                &format!("method={}", method.replace("method", "CONNECT")),
            ],
        );
        assert!(
            finished.says("handle: error HTTP-request-method-invalid"),
            "{}",
            finished.stdout
        );
        assert_eq!(requests(&records)[0].outcome, "HTTP-request-method-invalid");
    }
    assert!(peer.seen().is_empty());

    let denied = Peer::content();
    let location = format!("http://{}/secret", denied.authority());
    let peer = Peer::saying(format!(
        "HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
    ));
    let scene = scene!();
    let run = scene
        .run(guests::HTTP_REDIRECTS)
        .flags(&["--allow-net", &peer.authority()]);
    let (finished, records) = run.args(&["http", &peer.authority(), "/"]).logged();
    finished.expect(0);
    let follow = format!("follow: {location}");
    for line in [
        "answer: ok 302",
        follow.as_str(),
        "handle: error HTTP-request-denied",
    ] {
        assert!(finished.says(line), "{line}: {}", finished.stdout);
    }
    assert!(denied.seen().is_empty());
    let last = *requests(&records).last().unwrap();
    let resource = format!("GET http://{}", denied.authority());
    assert_eq!(
        (last.decision.as_str(), last.resource.as_str()),
        ("deny", resource.as_str())
    );
}

#[test]
fn proxy_variables_are_nobodys_orders() {
    let (peer, proxy) = (Peer::content(), Peer::content());
    let url = format!("http://{}", proxy.authority());
    let scene = scene!();
    let names = [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ];
    let run = asking(&scene, &peer, &["/"]);
    let run = names.iter().fold(run, |run, name| run.host_env(name, &url));
    assert!(run.finish().expect(0).says("answer: ok 200"));
    assert!(proxy.seen().is_empty() && peer.seen().len() == 1);
}

#[test]
fn as_many_requests_as_may_be_are_on_their_way_and_no_more() {
    let peer = Peer::new(|wire| {
        std::thread::sleep(std::time::Duration::from_millis(1500));
        wire.say(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    let scene = scene!();
    let run = scene
        .run(guests::HTTP_MANY)
        .flags(&["--allow-net", "127.0.0.1"]);
    let (finished, records) = run.args(&["80", "http", &peer.authority(), "/"]).logged();
    finished.expect(0);
    assert!(
        finished.says("under way: 64") && finished.says("answered: 64"),
        "{}",
        finished.stdout
    );
    let of = |outcome: &str| -> u64 {
        requests(&records)
            .iter()
            .filter(|record| record.outcome == outcome)
            .map(|record| record.count)
            .sum()
    };
    assert_eq!((of("ok"), of("connection-limit-reached")), (64, 16));
}

#[test]
fn a_request_that_is_dropped_is_recorded_once_and_frees_its_place() {
    let peer = Peer::new(|wire| wire.read_to_end());
    let scene = scene!();
    let run = scene
        .run(guests::HTTP_MANY)
        .flags(&["--allow-net", "127.0.0.1"]);
    let (finished, records) = run
        .args(&["20", "http", &peer.authority(), "/", "drop=yes"])
        .logged();
    finished.expect(0);
    assert!(
        finished.says("under way: 20") && finished.says("again: 20"),
        "{}",
        finished.stdout
    );
    let found = requests(&records);
    let dropped: u64 = found
        .iter()
        .filter(|record| record.outcome == "dropped")
        .map(|record| record.count)
        .sum();
    assert_eq!(dropped, 40, "{found:#?}");
    let end = records
        .iter()
        .position(|record| record.operation == "run.end")
        .unwrap();
    let last = records
        .iter()
        .rposition(|record| record.operation == "http.request")
        .unwrap();
    assert!(
        last < end,
        "a request outlived its run in the log: {records:#?}"
    );
}
