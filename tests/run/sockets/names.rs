//! Names: looked up under their own grant, and a way to no address but a public one.

use tollgate_tests::{guests, scene};

use super::peers::{drain, listener, nobody, peer};
use super::{answers, script, tell};
use crate::support::{about, allowed, denied};

#[test]
pub(crate) fn dial() {
    let (server, port) = peer(drain);
    let (finished, records) = scene!()
        .run(guests::DIAL)
        .flags(&["--allow-net", "localhost"])
        .args(&["localhost", &port, "1", "127.0.0.1"])
        .logged();
    finished.expect(0);
    server.join().unwrap();
    assert!(
        finished.stdout.contains("127.0.0.1: ok"),
        "{}",
        finished.stdout
    );
    allowed(&records, "network.resolve", "dns://localhost", "flags:0");
    // The record says by which name the guest came there.
    let resource = format!("tcp://localhost:{port} at 127.0.0.1");
    allowed(&records, "network.connect", &resource, "flags:0");
    let imports: Vec<&str> = about(&records, "network.resolve", "dns://localhost")
        .iter()
        .map(|record| record.import.as_str())
        .collect();
    assert_eq!(
        imports,
        [
            "wasi:sockets/ip-name-lookup#resolve-addresses",
            "wasi:sockets/ip-name-lookup#[method]resolve-address-stream.resolve-next-address"
        ]
    );
    let finished = scene!()
        .run(guests::DIAL)
        .args(&["localhost", &port, "1", "127.0.0.1"])
        .finish();
    finished.expect(3);
}

#[test]
fn the_loopback_has_its_name() {
    let scene = scene!();
    let mut running = script(&scene, &["--allow-net", "localhost"]);
    for name in ["localhost", "LOCALHOST", "localhost."] {
        let answer = running.ask(&format!("lookup {name}"));
        assert!(
            answer.starts_with("ok ")
                && answer
                    .split(' ')
                    .skip(1)
                    .all(|address| ["127.0.0.1", "::1"].contains(&address)),
            "{name}: {answer}"
        );
    }
    tell(
        &mut running,
        &[("lookup other.example", "error access-denied")],
    );
    running.wait().expect(0);
    let records = scene.records("audit.log");
    allowed(&records, "network.resolve", "dns://localhost", "flags:0");
    denied(
        &records,
        "network.resolve",
        "dns://other.example",
        "default:network",
        "access-denied",
    );
}

/// The grant of a name is none of what lies on this machine, whatever the name leads to.
#[test]
fn a_name_alone_admits_no_loopback() {
    let (_listener, port) = listener();
    let (answers, records) = answers(
        &scene!(),
        &["--allow-net", "a.example", "--allow-net", "*"],
        &["tcp t 4", &format!("connect t 127.0.0.1:{port}")],
    );
    assert_eq!(answers, ["ok", "error access-denied"]);
    denied(
        &records,
        "network.connect",
        &format!("tcp://127.0.0.1:{port}"),
        "default:network",
        "access-denied",
    );
}

#[test]
fn what_the_log_says_of_a_name_and_of_a_visitor_can_be_asked_about() {
    let scene = scene!();
    let port = nobody();
    for (flag, operation, resource, code) in [
        (
            "--allow-net",
            "network.connect",
            format!("tcp://localhost:{port} at 127.0.0.1"),
            0,
        ),
        (
            "--allow-net",
            "network.connect",
            format!("tcp://a.example:{port} at 127.0.0.1"),
            1,
        ),
        (
            "--allow-listen",
            "network.listen",
            format!("tcp://127.0.0.1:{port} from 192.0.2.1:9"),
            0,
        ),
        (
            "--allow-net",
            "network.listen",
            format!("tcp://127.0.0.1:{port} from 192.0.2.1:9"),
            1,
        ),
    ] {
        scene
            .tollgate(["policy", "check", flag, "localhost", operation, &resource])
            .run()
            .expect(code);
    }
}
