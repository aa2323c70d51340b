//! Operations to try a policy with.

use std::net::{IpAddr, Ipv4Addr};

use tollgate_policy::{
    Clock, Effective, EnvVerb, FsVerb, HttpScheme, NetworkTarget, NetworkVerb, Operation, Outcome,
    Random, Stdio, Transport,
};

/// Guest paths that the seeds speak about, and some that they do not.
pub(crate) const PATHS: [&str; 7] = [
    "/",
    "/a",
    "/a/b",
    "/data",
    "/data/archive/2024",
    "/work/notes.txt",
    "/ü/\u{1}",
];

const NAMES: [&str; 4] = ["HOME", "PATH", "A", "SECRET_KEY"];
const HOSTS: [&str; 4] = [
    "example.com",
    "a.example.com",
    "localhost",
    "xn--bcher-kva.example",
];

/// Some of everything.
pub(crate) fn operations() -> Vec<Operation<'static>> {
    let mut operations = Vec::new();
    for path in PATHS {
        operations.extend(
            FsVerb::ALL
                .iter()
                .map(|verb| Operation::Fs { verb: *verb, path }),
        );
    }
    for name in NAMES {
        operations.push(Operation::Env {
            verb: EnvVerb::Read,
            name,
        });
    }
    for host in HOSTS {
        for addr in [
            None,
            Some(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 1))),
            Some(IpAddr::V4(Ipv4Addr::new(1, 1, 1, 1))),
        ] {
            let target = NetworkTarget {
                transport: Transport::Tcp,
                host: Some(host),
                addr,
                port: Some(443),
            };
            operations.extend(NetworkVerb::ALL.iter().map(|verb| Operation::Network {
                verb: *verb,
                target,
            }));
            let scheme = HttpScheme::Https;
            operations.push(Operation::Http {
                method: "GET",
                scheme,
                host,
                port: 443,
                addr,
            });
        }
    }
    let (local, source) = (([127, 0, 0, 1], 80).into(), ([192, 0, 2, 7], 1024).into());
    operations.push(Operation::Incoming {
        transport: Transport::Tcp,
        local,
        source,
    });
    operations.extend(
        Stdio::ALL
            .iter()
            .map(|stream| Operation::Stdio { stream: *stream }),
    );
    operations.extend(
        Clock::ALL
            .iter()
            .map(|clock| Operation::Clock { clock: *clock }),
    );
    operations.extend(
        Random::ALL
            .iter()
            .map(|source| Operation::Random { source: *source }),
    );
    operations.push(Operation::ChildProcess { command: "sh" });
    operations.push(Operation::Tool { name: "kit:call" });
    operations
}

/// How much an outcome lets pass: the larger, the more.
pub(crate) fn lets_pass(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Deny => 0,
        Outcome::Ask => 1,
        Outcome::WouldDeny => 2,
        Outcome::Allow => 3,
    }
}

/// Holds `narrow` to letting pass no more than `wide`, and both to deciding the same each time they are asked.
pub(crate) fn no_wider(narrow: &Effective, wide: &Effective) {
    for operation in operations() {
        let (less, more) = (
            narrow.decide(&operation).outcome(),
            wide.decide(&operation).outcome(),
        );
        assert!(
            lets_pass(less) <= lets_pass(more),
            "{operation:?}: {less:?} is more than {more:?}"
        );
        assert_eq!(
            narrow.explain(&operation).decision,
            less,
            "{operation:?} is explained as something else"
        );
    }
}
