//! TCP: bytes both ways, ends, and what goes wrong on the way.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc::channel;
use std::time::Duration;

use tollgate_tests::{guests, scene};

use super::peers::{drain, echo, listener, nobody, peer, reset};
use super::{script, sockets_of, tell, traffic};
use crate::support::{about, allowed, ruling};

const MEBIBYTE: u64 = 1 << 20;

#[test]
pub(crate) fn tcp_client() {
    let (server, port) = peer(echo);
    let (grant, resource) = (
        format!("127.0.0.1:{port}"),
        format!("tcp://127.0.0.1:{port}"),
    );
    let (finished, records) = scene!()
        .run(guests::TCP_CLIENT)
        .flags(&["--allow-net", &grant])
        .args(&[&grant, &MEBIBYTE.to_string()])
        .logged();
    finished.expect(0);
    assert!(
        finished.says(&format!("connected to {grant}"))
            && finished.says("received 1048576 same true")
            && finished.says("talk: ok"),
        "{}",
        finished.stdout
    );
    assert_eq!(server.join().unwrap() as u64, MEBIBYTE);
    allowed(&records, "network.connect", &resource, "flags:0");
    let both = traffic(&records, "network.connect", &resource);
    assert_eq!(both, (MEBIBYTE, MEBIBYTE), "{records:#?}");
    let begun = about(&records, "network.connect", &resource);
    let connects = begun
        .iter()
        .filter(|record| record.import.ends_with("start-connect"))
        .count();
    assert_eq!(connects, 1, "{records:#?}");
}

#[test]
pub(crate) fn tcp_server() {
    let scene = scene!();
    let running = scene
        .run(guests::TCP_SERVER)
        .flags(&["--allow-listen", "127.0.0.1"])
        .args(&["127.0.0.1:0", "2"])
        .start();
    let address = running.line();
    for round in 0..2_u8 {
        let mut stream = TcpStream::connect(&address).unwrap();
        let mut reader = stream.try_clone().unwrap();
        let own = stream.local_addr().unwrap();
        let back = std::thread::spawn(move || {
            let mut all = Vec::new();
            reader.read_to_end(&mut all).unwrap();
            all
        });
        let sent = vec![round; 300_000];
        stream.write_all(&sent).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        assert_eq!(back.join().unwrap(), sent);
        assert_eq!(running.line(), format!("served 300000 to {own}"));
    }
    let finished = running.wait();
    finished.expect(0);
    assert!(finished.says("serve: ok"), "{}", finished.stdout);
    scene.verify("audit.log").expect(0);
    let records = scene.records("audit.log");
    allowed(&records, "network.bind", "tcp://127.0.0.1:0", "flags:0");
    allowed(
        &records,
        "network.listen",
        &format!("tcp://{address}"),
        "flags:0",
    );
    let from: Vec<_> = records
        .iter()
        .filter(|record| {
            record
                .resource
                .starts_with(&format!("tcp://{address} from 127.0.0.1:"))
                && record.import.ends_with("tcp-socket.accept")
        })
        .collect();
    assert_eq!(from.len(), 2, "{records:#?}");
    for accepted in from {
        let both = traffic(&records, "network.listen", &accepted.resource);
        assert_eq!(both, (300_000, 300_000), "{accepted:?}");
    }
}

#[test]
fn nobody_listens() {
    let port = nobody();
    let scene = scene!();
    let (answers, records) = super::answers(
        &scene,
        &["--allow-net", "localhost"],
        &[
            "tcp t 4",
            &format!("connect t 127.0.0.1:{port}"),
            &format!("connect t 127.0.0.1:{port}"),
            "local t",
        ],
    );
    let expected = [
        "ok",
        "error connection-refused",
        "error invalid-state",
        "error invalid-state",
    ];
    assert_eq!(answers, expected);
    let resource = format!("tcp://127.0.0.1:{port}");
    let (decision, _, outcome) = ruling(&records, "network.connect", &resource);
    assert_eq!(
        (decision.as_str(), outcome.as_str()),
        ("allow", "connection-refused")
    );
}

#[test]
fn i79_a_peer_that_breaks_off_gives_a_typed_error() {
    let (server, port) = peer(|mut stream| {
        let mut first = [0; 5];
        stream.read_exact(&mut first).unwrap();
        reset(stream);
    });
    let scene = scene!();
    let (answers, records) = super::answers(
        &scene,
        &["--allow-net", "localhost"],
        &[
            "tcp t 4",
            &format!("connect t 127.0.0.1:{port}"),
            "write t hello",
            "read t 10",
            "read t 10",
        ],
    );
    server.join().unwrap();
    assert_eq!(
        answers.get(..4).unwrap(),
        ["ok", "ok", "ok 5", "error connection-reset"]
    );
    assert!(answers.get(4).unwrap().starts_with("error "), "{answers:?}");
    let resource = format!("tcp://127.0.0.1:{port}");
    assert!(
        about(&records, "network.connect", &resource)
            .iter()
            .any(|record| record.outcome == "connection-reset"),
        "{records:#?}"
    );
}

#[test]
fn a58_a_server_that_sends_endlessly_fills_no_memory() {
    let (server, port) = peer(|mut stream| {
        let chunk = vec![7; 1 << 16];
        while stream.write_all(&chunk).is_ok() {}
    });
    let scene = scene!();
    let (finished, records) = scene
        .run(guests::NET_OPS)
        .flags(&["--allow-net", "localhost", "--limit", "wall=3s"])
        .args(&[
            "tcp t 4",
            &format!("connect t 127.0.0.1:{port}"),
            "read-all t",
        ])
        .logged();
    finished.expect(124);
    server.join().unwrap();
    let (received, _) = traffic(
        &records,
        "network.connect",
        &format!("tcp://127.0.0.1:{port}"),
    );
    assert!(received > 16 * MEBIBYTE, "{received}");
    assert!(finished.peak_bytes < 400 << 20, "{}", finished.peak_bytes);
}

/// A queue that is full takes no further connection, and says nothing.
#[test]
fn a_connection_that_hangs_ends_with_the_run() {
    let (listener, port) = listener();
    rustix::net::listen(&listener, 0).unwrap();
    let address = listener.local_addr().unwrap();
    let _in_the_queue: Vec<_> = (0..3)
        .filter_map(|_| TcpStream::connect_timeout(&address, Duration::from_millis(300)).ok())
        .collect();
    let (finished, records) = scene!()
        .run(guests::NET_OPS)
        .flags(&["--allow-net", "localhost", "--limit", "wall=1s"])
        .args(&["tcp t 4", &format!("connect t 127.0.0.1:{port}")])
        .logged();
    finished.expect(124);
    assert_eq!(finished.lines(), ["ok"]);
    assert!(
        finished.wall < Duration::from_secs(10),
        "{:?}",
        finished.wall
    );
    let resource = format!("tcp://127.0.0.1:{port}");
    assert_eq!(about(&records, "network.connect", &resource).len(), 1);
}

#[test]
fn a_read_that_hangs_ends_with_the_run() {
    let (done, wait) = channel::<()>();
    let (server, port) = peer(move |stream| {
        let _test_is_over = wait.recv();
        drop(stream);
    });
    let (finished, _) = scene!()
        .run(guests::NET_OPS)
        .flags(&["--allow-net", "localhost", "--limit", "wall=1s"])
        .args(&[
            "tcp t 4",
            &format!("connect t 127.0.0.1:{port}"),
            "read t 1",
        ])
        .logged();
    finished.expect(124);
    drop(done);
    server.join().unwrap();
}

/// What the host accepted arrives although the guest closed its half while the other end took nothing.
#[test]
fn the_end_comes_after_all_that_was_accepted() {
    let (go, wait) = channel::<()>();
    let (server, port) = peer(move |stream| {
        wait.recv().unwrap();
        drain(stream).len()
    });
    let scene = scene!();
    let mut running = script(&scene, &["--allow-net", "localhost"]);
    tell(
        &mut running,
        &[
            ("tcp t 4", "ok"),
            (&format!("connect t 127.0.0.1:{port}"), "ok"),
        ],
    );
    let filled = running.ask("fill t");
    let accepted: usize = filled.strip_prefix("ok ").unwrap().parse().unwrap();
    tell(
        &mut running,
        &[
            ("shutdown t send", "ok"),
            ("shutdown t send", "ok"),
            ("write t more", "error closed"),
        ],
    );
    go.send(()).unwrap();
    assert_eq!(server.join().unwrap(), accepted);
    tell(&mut running, &[("read-all t", "ok 0"), ("drop t", "ok")]);
    running.wait().expect(0);
    let resource = format!("tcp://127.0.0.1:{port}");
    let (_, sent) = traffic(&scene.records("audit.log"), "network.connect", &resource);
    assert_eq!(sent, accepted as u64);
}

#[test]
fn nothing_is_received_after_that_half_is_closed() {
    let (server, port) = peer(|mut stream| {
        stream.write_all(b"ignored").unwrap();
        drain(stream)
    });
    let scene = scene!();
    let mut running = script(&scene, &["--allow-net", "localhost"]);
    tell(
        &mut running,
        &[
            ("tcp t 4", "ok"),
            ("shutdown t both", "error invalid-state"),
            (&format!("connect t 127.0.0.1:{port}"), "ok"),
            ("shutdown t receive", "ok"),
            ("read t 1", "error closed"),
            ("write t still", "ok 5"),
            ("shutdown t both", "ok"),
        ],
    );
    assert_eq!(server.join().unwrap(), b"still");
    running.wait().expect(0);
}

#[test]
fn a_dropped_socket_closes_its_connection_and_its_descriptor() {
    let (listener, port) = listener();
    let scene = scene!();
    let mut running = script(&scene, &["--allow-net", "localhost"]);
    tell(&mut running, &[("tcp first 4", "ok"), ("drop first", "ok")]);
    let before = sockets_of(running.id());
    let mut ends = Vec::new();
    for number in 0..20 {
        tell(
            &mut running,
            &[
                (&format!("tcp t{number} 4"), "ok"),
                (&format!("connect t{number} 127.0.0.1:{port}"), "ok"),
            ],
        );
        ends.push(listener.accept().unwrap().0);
    }
    assert_eq!(sockets_of(running.id()), before + 20);
    for number in 0..20 {
        tell(&mut running, &[(&format!("drop t{number}"), "ok")]);
    }
    for end in ends {
        assert!(drain(end).is_empty());
    }
    assert_eq!(sockets_of(running.id()), before);
    running.wait().expect(0);
}

#[test]
fn a_run_that_ends_closes_its_connections() {
    let (server, port) = peer(drain);
    let finished = scene!()
        .run(guests::NET_OPS)
        .flags(&["--allow-net", "localhost"])
        .args(&[
            "tcp t 4",
            &format!("connect t 127.0.0.1:{port}"),
            "write t bye",
        ])
        .finish();
    finished.expect(0);
    assert_eq!(server.join().unwrap(), b"bye");
}

#[test]
fn a_socket_is_in_one_state_at_a_time() {
    let (_listener, port) = listener();
    let scene = scene!();
    let mut running = script(&scene, &["--allow-net", "localhost", "--allow-listen", "*"]);
    let connect = format!("start-connect t 127.0.0.1:{port}");
    tell(
        &mut running,
        &[
            ("tcp t 4", "ok"),
            ("finish-bind t", "error not-in-progress"),
            ("finish-connect t", "error not-in-progress"),
            ("finish-listen t", "error not-in-progress"),
            ("try-accept t a", "error invalid-state"),
            ("local t", "error invalid-state"),
            ("remote t", "error invalid-state"),
            ("start-listen t", "error invalid-state"),
            ("start-bind t 127.0.0.1:0", "ok"),
            ("local t", "error invalid-state"),
            ("start-bind t 127.0.0.1:0", "error concurrency-conflict"),
            (&connect, "error concurrency-conflict"),
            ("start-listen t", "error concurrency-conflict"),
            ("finish-bind t", "ok"),
            ("finish-bind t", "error not-in-progress"),
            ("bind t 127.0.0.1:0", "error invalid-state"),
            ("start-listen t", "ok"),
            ("is-listening t", "ok false"),
            ("try-accept t a", "error invalid-state"),
            ("finish-listen t", "ok"),
            ("is-listening t", "ok true"),
            ("try-accept t a", "error would-block"),
            (&connect, "error invalid-state"),
            ("start-listen t", "error invalid-state"),
            ("drop t", "ok"),
            ("tcp t 4", "ok"),
            ("bind t 127.0.0.1:0", "ok"),
            (&connect, "ok"),
            (&connect, "error concurrency-conflict"),
            ("wait t", "ok"),
            ("finish-connect t", "ok"),
            ("finish-connect t", "error not-in-progress"),
            (&connect, "error invalid-state"),
            ("remote t", &format!("ok 127.0.0.1:{port}")),
            ("set t backlog 1", "error invalid-state"),
        ],
    );
    running.wait().expect(0);
}

#[test]
fn a_socket_of_ipv6_takes_nobody_of_ipv4() {
    let scene = scene!();
    let mut running = script(&scene, &["--allow-listen", "*", "--allow-net", "localhost"]);
    tell(
        &mut running,
        &[
            ("tcp t 6", "ok"),
            ("bind t [::]:0", "ok"),
            ("listen t", "ok"),
        ],
    );
    let local = running.ask("local t");
    let port = local.rsplit(':').next().unwrap().to_owned();
    assert!(TcpStream::connect(format!("127.0.0.1:{port}")).is_err());
    let stream = TcpStream::connect(format!("[::1]:{port}")).unwrap();
    tell(
        &mut running,
        &[
            ("accept t a", "ok"),
            ("remote a", &format!("ok {}", stream.local_addr().unwrap())),
            ("write a six", "ok 3"),
            ("drop a", "ok"),
        ],
    );
    assert_eq!(drain(stream), b"six");
    running.wait().expect(0);
}

#[test]
fn an_address_that_is_taken_or_not_ours_is_told() {
    let (_listener, port) = listener();
    let scene = scene!();
    let (answers, _) = super::answers(
        &scene,
        &["--allow-listen", "*"],
        &[
            "tcp t 4",
            &format!("bind t 127.0.0.1:{port}"),
            "bind t 192.0.2.1:0",
            "bind t 224.0.0.1:0",
            "bind t [::1]:0",
            "bind t 127.0.0.1:0",
        ],
    );
    assert_eq!(
        answers,
        [
            "ok",
            "error address-in-use",
            "error address-not-bindable",
            "error invalid-argument",
            "error invalid-argument",
            "ok"
        ]
    );
}
