//! UDP: every datagram is decided, metered and recorded, each way.

use std::net::UdpSocket;
use std::time::Duration;

use tollgate_tests::{Running, guests, scene};

use super::{answers, script, tell, traffic};
use crate::support::{about, allowed, denied};

const BOTH: [&str; 4] = ["--allow-net", "localhost", "--allow-listen", "127.0.0.1"];

fn socket() -> (UdpSocket, String) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let address = socket.local_addr().unwrap().to_string();
    (socket, address)
}

/// Where the guest's socket `name` is.
fn local(running: &mut Running, name: &str) -> String {
    let answer = running.ask(&format!("local {name}"));
    answer.strip_prefix("ok ").unwrap().to_owned()
}

#[test]
pub(crate) fn udp_peer() {
    let (other, address) = socket();
    let server = std::thread::spawn(move || {
        let mut bytes = [0; 100];
        let (size, from) = other.recv_from(&mut bytes).unwrap();
        other.send_to(b"answer", from).unwrap();
        (bytes.get(..size).unwrap().to_vec(), from)
    });
    let (finished, records) = scene!()
        .run(guests::UDP_PEER)
        .flags(&BOTH)
        .args(&["127.0.0.1:0", &address, "question"])
        .logged();
    finished.expect(0);
    let (question, from) = server.join().unwrap();
    assert_eq!(question, b"question");
    assert!(finished.says("ask: ok"), "{}", finished.stdout);
    assert!(
        finished.says(&format!("answer from {address}")),
        "{}",
        finished.stdout
    );
    allowed(&records, "network.bind", "udp://127.0.0.1:0", "flags:1");
    let sent = format!("udp://{address}");
    allowed(&records, "network.send", &sent, "flags:0");
    assert_eq!(traffic(&records, "network.send", &sent), (0, 8));
    let received = format!("udp://{from} from {address}");
    allowed(&records, "network.listen", &received, "flags:1");
    assert_eq!(traffic(&records, "network.listen", &received), (6, 0));
}

#[test]
fn a21_a_connected_socket_sends_to_nobody_else() {
    let ((allowed_end, one), (denied_end, two)) = (socket(), socket());
    let deny = two.clone();
    let flags = [BOTH.as_slice(), &["--deny-net", &deny]].concat();
    let scene = scene!();
    let (answers, records) = answers(
        &scene,
        &flags,
        &[
            "udp u 4",
            "bind u 127.0.0.1:0",
            &format!("stream u {two}"),
            "stream u -",
            &format!("send u {two} sneaky"),
            &format!("send u {one} fine"),
            &format!("stream u {one}"),
            &format!("send u {two} sneaky"),
            "send u - first",
            &format!("send u {one} second"),
            &format!("stream u {two}"),
            "send u - third",
        ],
    );
    assert_eq!(
        answers,
        [
            "ok",
            "ok",
            "error access-denied",
            "ok",
            "error access-denied",
            "ok 1",
            "ok",
            "error invalid-argument",
            "ok 1",
            "ok 1",
            "error access-denied",
            "ok 1",
        ]
    );
    let mut bytes = [0; 100];
    for expected in ["fine", "first", "second", "third"] {
        let size = allowed_end.recv(&mut bytes).unwrap();
        assert_eq!(bytes.get(..size).unwrap(), expected.as_bytes());
    }
    denied_end.set_nonblocking(true).unwrap();
    assert!(denied_end.recv(&mut bytes).is_err(), "it was reached");
    let resource = format!("udp://{two}");
    for operation in ["network.connect", "network.send"] {
        let told = about(&records, operation, &resource);
        assert!(
            !told.is_empty() && told.iter().all(|record| record.decision == "deny"),
            "{operation}: {records:#?}"
        );
    }
}

#[test]
fn a_connected_socket_hears_its_peer_alone() {
    let ((peer, one), (stranger, _)) = (socket(), socket());
    let scene = scene!();
    let mut running = script(&scene, &BOTH);
    tell(
        &mut running,
        &[
            ("udp u 4", "ok"),
            ("bind u 127.0.0.1:0", "ok"),
            ("stream u -", "ok"),
        ],
    );
    let own = local(&mut running, "u");
    stranger.send_to(b"before", &own).unwrap();
    tell(&mut running, &[(&format!("stream u {one}"), "ok")]);
    // The kernel keeps strangers out from now on, with an error for those who ask.
    let _refused = stranger.send_to(b"after", &own);
    peer.send_to(b"peer", &own).unwrap();
    let answer = loop {
        let answer = running.ask("receive u 10");
        if answer != "ok" {
            break answer;
        }
    };
    assert_eq!(answer, format!("ok peer from {one}"));
    tell(&mut running, &[("remote u", &format!("ok {one}"))]);
    // And it keeps its port when it lets the peer go.
    tell(
        &mut running,
        &[("stream u -", "ok"), ("local u", &format!("ok {own}"))],
    );
    tell(&mut running, &[("remote u", "error invalid-state")]);
    stranger.send_to(b"again", &own).unwrap();
    let answer = running.ask("receive u 10");
    assert!(answer.starts_with("ok again from "), "{answer}");
    running.wait().expect(0);
    let records = scene.records("audit.log");
    allowed(
        &records,
        "network.connect",
        &format!("udp://{one}"),
        "flags:0",
    );
    assert_eq!(
        traffic(&records, "network.connect", &format!("udp://{one}")),
        (4, 0)
    );
}

#[test]
fn what_one_call_receives_and_sends_is_bounded() {
    let (other, address) = socket();
    let scene = scene!();
    let mut running = script(&scene, &BOTH);
    tell(
        &mut running,
        &[
            ("udp u 4", "ok"),
            ("bind u 127.0.0.1:0", "ok"),
            ("stream u -", "ok"),
            ("try-receive u 0", "ok"),
            ("try-receive u max", "ok"),
            (
                &format!("send u {address} bytes=70000"),
                "error datagram-too-large",
            ),
            (&format!("send u {address} bytes=60000"), "ok 1"),
            (&format!("send u {address} many 16"), "ok 16"),
        ],
    );
    let mut bytes = vec![0; 65_536];
    assert_eq!(other.recv(&mut bytes).unwrap(), 60_000);
    let own = local(&mut running, "u");
    for number in 0..40 {
        other.send_to(format!("{number}").as_bytes(), &own).unwrap();
    }
    let mut seen = 0;
    while seen < 40 {
        let answer = running.ask("receive u max");
        let count = answer.split(", ").count();
        assert!(count <= 16, "{answer}");
        seen += count;
    }
    other.send_to(&vec![1; 60_000], &own).unwrap();
    let answer = running.ask("receive u max");
    assert_eq!(answer, format!("ok bytes=60000 from {address}"));
    running.wait().expect(0);
}

#[test]
fn more_datagrams_than_were_allowed_end_the_guest() {
    let (_other, address) = socket();
    let finished = scene!()
        .run(guests::NET_OPS)
        .flags(&BOTH)
        .args(&[
            "udp u 4",
            "bind u 127.0.0.1:0",
            "stream u -",
            &format!("send u {address} many 17"),
        ])
        .finish();
    finished.expect(134);
    assert!(
        finished.stderr.contains("check-send"),
        "{}",
        finished.stderr
    );
}

#[test]
fn a_socket_without_an_address_has_no_streams() {
    let (_other, address) = socket();
    let scene = scene!();
    let mut running = script(&scene, &BOTH);
    tell(
        &mut running,
        &[
            ("udp u 4", "ok"),
            ("stream u -", "error invalid-state"),
            (&format!("stream u {address}"), "error invalid-state"),
            ("local u", "error invalid-state"),
            ("remote u", "error invalid-state"),
            ("bind u 127.0.0.1:0", "ok"),
            ("bind u 127.0.0.1:0", "error invalid-state"),
            ("stale u", "error invalid-state"),
        ],
    );
    running.wait().expect(0);
}

#[test]
fn datagrams_are_denied_by_default() {
    let (_other, address) = socket();
    let lines = [
        "udp u 4",
        "bind u 127.0.0.1:0",
        "stream u -",
        &format!("send u {address} text"),
    ];
    let scene = scene!();
    let (told, records) = answers(&scene, &["--allow-listen", "127.0.0.1"], &lines);
    assert_eq!(told, ["ok", "ok", "ok", "error access-denied"]);
    denied(
        &records,
        "network.send",
        &format!("udp://{address}"),
        "default:network",
        "access-denied",
    );
}

/// A peer that is not there says so to whoever fixed on it.
#[test]
fn nobody_is_there() {
    let address = "127.0.0.1:1";
    let scene = scene!();
    let mut running = script(&scene, &BOTH);
    tell(
        &mut running,
        &[
            ("udp u 4", "ok"),
            ("bind u 127.0.0.1:0", "ok"),
            (&format!("stream u {address}"), "ok"),
            ("send u - text", "ok 1"),
            ("receive u 1", "error connection-refused"),
        ],
    );
    running.wait().expect(0);
    let resource = format!("udp://{address}");
    let records = scene.records("audit.log");
    let told = about(&records, "network.connect", &resource);
    assert!(
        told.iter()
            .any(|record| record.outcome == "connection-refused"),
        "{records:#?}"
    );
}
