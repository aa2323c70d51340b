//! What guests ask of sockets: decided and recorded, and not served yet.

use tollgate_tests::{guests, scene};

use crate::support::denied;

#[test]
pub(crate) fn sockets() {
    let refused = [
        "tcp connect: error access-denied",
        "tcp bind: error access-denied",
        "tcp listen: error access-denied",
        "udp bind: error access-denied",
        "lookup: error access-denied",
    ];
    let (finished, records) = scene!()
        .run(guests::SOCKETS)
        .args(&["192.0.2.7", "81", "a.example"])
        .logged();
    finished.expect(0);
    for line in refused {
        assert!(
            finished.says(line),
            "{line} is missing in {}",
            finished.stdout
        );
    }
    denied(
        &records,
        "network.connect",
        "tcp://192.0.2.7:81",
        "default:network",
        "access-denied",
    );
    denied(
        &records,
        "network.bind",
        "tcp://192.0.2.7:81",
        "default:network",
        "access-denied",
    );
    denied(
        &records,
        "network.bind",
        "udp://192.0.2.7:81",
        "default:network",
        "access-denied",
    );
    denied(
        &records,
        "network.resolve",
        "dns://a.example",
        "default:network",
        "access-denied",
    );

    let flags = [
        "--allow-net",
        "192.0.2.0/24",
        "--deny-net",
        "192.0.2.7",
        "--allow-net",
        "*.example",
        "--deny-net",
        "a.example",
    ];
    let run = scene!()
        .run(guests::SOCKETS)
        .flags(&flags)
        .args(&["192.0.2.7", "81", "a.example"])
        .finish();
    assert!(
        run.expect(0).says("tcp connect: error access-denied"),
        "{}",
        run.stdout
    );
    assert!(run.says("lookup: error access-denied"), "{}", run.stdout);

    let flags = [
        "--allow-net",
        "192.0.2.7:81",
        "--allow-net",
        "a.example",
        "--allow-listen",
        "*",
    ];
    let run = scene!()
        .run(guests::SOCKETS)
        .flags(&flags)
        .args(&["192.0.2.7", "81", "a.example"])
        .finish();
    assert!(
        !run.expect(0).stdout.contains("access-denied"),
        "{}",
        run.stdout
    );
}
