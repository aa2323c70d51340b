//! Answers that are ill-formed, or that two readers could read in two ways.

use tollgate_tests::{Scene, scene};

use crate::peer::Peer;
use crate::requests::{asking, last_run};

/// What the guest is told of an answer: the first error, or the body.
fn told(scene: &Scene, answer: &str) -> String {
    let (finished, records) = asking(scene, &Peer::saying(answer), &["/"]).logged();
    finished.expect(0);
    let records = last_run(records);
    let error = finished
        .stdout
        .lines()
        .find(|line| line.contains(": error "));
    let word = match error {
        Some(line) => line
            .split(": error ")
            .nth(1)
            .unwrap()
            .split(' ')
            .next()
            .unwrap()
            .to_owned(),
        None => finished
            .stdout
            .lines()
            .find(|line| line.starts_with("body: "))
            .unwrap_or_default()
            .to_owned(),
    };
    if error.is_some() {
        assert!(
            records.iter().any(|record| record.outcome == word),
            "{word} is not in the log: {records:#?}"
        );
    }
    word
}

#[test]
fn i85_an_answer_that_can_be_read_in_two_ways_is_refused() {
    let scene = scene!();
    for (fields, body, word) in [
        (
            "Content-Length: 5\r\nTransfer-Encoding: chunked",
            "5\r\nhello\r\n0\r\n\r\n",
            "HTTP-protocol-error",
        ),
        (
            "Transfer-Encoding: chunked\r\nContent-Length: 5",
            "5\r\nhello\r\n0\r\n\r\n",
            "HTTP-protocol-error",
        ),
        (
            "Content-Length: 5\r\nContent-Length: 6",
            "hello!",
            "HTTP-protocol-error",
        ),
        ("Content-Length: +5", "hello", "HTTP-protocol-error"),
        ("Content-Length: 5x", "hello", "HTTP-protocol-error"),
        (
            "Transfer-Encoding: gzip, chunked",
            "5\r\nhello\r\n0\r\n\r\n",
            "HTTP-response-transfer-coding",
        ),
        (
            "Transfer-Encoding: gzip",
            "hello",
            "HTTP-response-transfer-coding",
        ),
        (
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            "0\r\n\r\n",
            "HTTP-response-transfer-coding",
        ),
        ("Content-Length : 5", "hello", "HTTP-protocol-error"),
        ("X: a\r\n folded", "", "HTTP-protocol-error"),
        ("no colon", "", "HTTP-protocol-error"),
    ] {
        let answer = format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n{body}");
        assert_eq!(told(&scene, &answer), word, "{fields}");
    }
}

#[test]
fn i85_an_answer_that_is_none_has_a_typed_error() {
    let scene = scene!();
    for (answer, word) in [
        ("", "HTTP-response-incomplete"),
        ("HTTP/1.1 200 OK\r\nContent-Le", "HTTP-response-incomplete"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
            "HTTP-response-incomplete",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
            "HTTP-response-incomplete",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhello",
            "HTTP-protocol-error",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
            "HTTP-protocol-error",
        ),
        ("HTTP/2 200 OK\r\n\r\n", "HTTP-protocol-error"),
        ("HTTP/1.1 99999 OK\r\n\r\n", "HTTP-protocol-error"),
        ("hello", "HTTP-protocol-error"),
        ("SSH-2.0-server\r\n\r\n", "HTTP-protocol-error"),
        (
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
            "HTTP-upgrade-failed",
        ),
    ] {
        assert_eq!(told(&scene, answer), word, "{answer:?}");
    }
}

#[test]
fn answers_in_the_forms_that_there_are_arrive() {
    let scene = scene!();
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\n\r\nhello",
        "HTTP/1.0 200 OK\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\n\r\n",
    ] {
        assert_eq!(told(&scene, answer), "body: ok 5 hello", "{answer:?}");
    }
}

#[test]
fn i85_chunk_extensions_without_end_are_cut_off() {
    let scene = scene!();
    let answer = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;{}\r\nhello\r\n0\r\n\r\n",
        "x".repeat(1 << 20)
    );
    assert_eq!(told(&scene, &answer), "HTTP-protocol-error");
    let many = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}0\r\n\r\n",
        "1;xxxxxxxxxxxxxxxx\r\na\r\n".repeat(10_000)
    );
    assert_eq!(told(&scene, &many), "HTTP-protocol-error");
}

/// The client speaks HTTP/1.1 alone, so that a flood of HTTP/2 frames is an answer that is none.
#[test]
fn a54_frames_of_http_2_are_no_answer() {
    let scene = scene!();
    let settings = "\0\0\0\u{4}\0\0\0\0\0";
    let empty_data = "\0\0\0\0\0\0\0\0\u{1}";
    let flood = format!("{settings}{}", empty_data.repeat(100_000));
    assert_eq!(told(&scene, &flood), "HTTP-protocol-error");
}

#[test]
fn i85_nothing_is_decompressed() {
    let scene = scene!();
    let answer = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello";
    assert_eq!(told(&scene, answer), "body: ok 5 hello");
}
