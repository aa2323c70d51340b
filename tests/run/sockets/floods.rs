//! Guests that want more sockets than anybody needs.

use tollgate_tests::{guests, scene};

use super::peers::listener;
use super::{script, sockets_of, tell};

#[test]
pub(crate) fn socket_flood() {
    let finished = scene!().run(guests::SOCKET_FLOOD).args(&["10"]).finish();
    assert!(
        finished.expect(0).says("made 10 refused 0"),
        "{}",
        finished.stdout
    );
}

/// The sockets of one run leave the process its descriptors; the guest is told, and can go on.
#[test]
fn i86_ten_thousand_sockets_end_at_a_bound_with_the_host_alive() {
    let finished = scene!().run(guests::SOCKET_FLOOD).args(&["10000"]).finish();
    finished.expect(0);
    for line in [
        "made 512 refused 9488",
        "last: error new-socket-limit",
        "afterwards: ok",
    ] {
        assert!(finished.says(line), "{line}: {}", finished.stdout);
    }
}

#[test]
fn i86_sockets_are_handles_and_end_at_their_limit() {
    let (finished, records) = scene!()
        .run(guests::SOCKET_FLOOD)
        .flags(&["--limit", "handles=100"])
        .args(&["10000"])
        .logged();
    finished.expect(125);
    assert!(
        finished.stderr.contains("handles limit"),
        "{}",
        finished.stderr
    );
    assert!(
        records
            .iter()
            .any(|record| record.is("limit.reached", "handles=100")),
        "{records:#?}"
    );
}

#[test]
fn i86_a_flood_of_visitors_ends_at_the_bound() {
    let scene = scene!();
    let mut running = script(&scene, &["--allow-listen", "127.0.0.1"]);
    tell(
        &mut running,
        &[
            ("tcp t 4", "ok"),
            ("bind t 127.0.0.1:0", "ok"),
            ("set t backlog 1000", "ok"),
            ("listen t", "ok"),
        ],
    );
    let local = running.ask("local t");
    let address = local.strip_prefix("ok ").unwrap().to_owned();
    let mut visitors = Vec::new();
    for number in 0..511 {
        visitors.push(std::net::TcpStream::connect(&address).unwrap());
        tell(&mut running, &[(&format!("accept t a{number}"), "ok")]);
    }
    visitors.push(std::net::TcpStream::connect(&address).unwrap());
    tell(
        &mut running,
        &[
            ("accept t more", "error new-socket-limit"),
            ("drop a0", "ok"),
            ("accept t more", "ok"),
        ],
    );
    assert!(sockets_of(running.id()) < 600);
    running.wait().expect(0);
}

/// Connections that nobody takes cost the guest nothing.
#[test]
fn connections_are_made_and_dropped_without_end() {
    let (listener, port) = listener();
    let scene = scene!();
    let mut running = script(&scene, &["--allow-net", "localhost"]);
    for _ in 0..700 {
        tell(
            &mut running,
            &[
                ("tcp t 4", "ok"),
                (&format!("connect t 127.0.0.1:{port}"), "ok"),
                ("drop t", "ok"),
            ],
        );
        drop(listener.accept().unwrap());
    }
    running.wait().expect(0);
}
