//! Names that lead elsewhere: the address that was decided about is the one that is dialled. The runs are in this process,
//! so that a test can say what a name leads to.

use std::net::IpAddr;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use tollgate_audit::{Decision, Log, LogOptions, Record, RunIdentity, RunLimits};
use tollgate_bridge::{Guest, add_to_linker};
use tollgate_capability::net::{Lookup, ResolveError, Resolver};
use tollgate_engine::{Engine, Entry, Gate, Loaded, RunProfile, Source};
use tollgate_policy::{Effective, PolicyBuilder};
use tollgate_tests::guests;

use crate::peer::{Peer, Wire};

/// Answers one lookup after the other; the last answer stays.
struct Names {
    answers: Mutex<Vec<Result<Vec<IpAddr>, ResolveError>>>,
    asked: Mutex<Vec<String>>,
}

impl Resolver for Names {
    fn lookup<'a>(&'a self, name: &'a str) -> Lookup<'a> {
        self.asked.lock().unwrap().push(name.to_owned());
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 {
            answers.remove(0)
        } else {
            answers[0].clone()
        };
        Box::pin(std::future::ready(answer))
    }
}

/// A public address that nobody answers for: dialling it is given up by the guest's own patience.
const PUBLIC: &str = "11.0.0.1";

/// The guest, compiled once.
static LOADED: LazyLock<(Engine<RunProfile>, Loaded<Guest, RunProfile>)> = LazyLock::new(|| {
    let engine = Engine::new().unwrap();
    let source = Source::new(std::fs::read(guests::HTTP).unwrap()).unwrap();
    let (component, _) = engine.compile_in_process(&source, None, |_| ()).unwrap();
    let loaded = engine
        .link(source.digest(), &component, add_to_linker)
        .unwrap();
    (engine, loaded)
});

struct Machine {
    names: Arc<Names>,
    grants: Vec<&'static str>,
    limit: &'static str,
}

impl Machine {
    fn new(grants: &[&'static str], answers: &[&[&str]]) -> Self {
        let answers = answers
            .iter()
            .map(|addresses| Ok(addresses.iter().map(|text| text.parse().unwrap()).collect()));
        let answers = Mutex::new(answers.collect());
        Self {
            names: Arc::new(Names {
                answers,
                asked: Mutex::default(),
            }),
            grants: grants.to_vec(),
            limit: "wall=60s",
        }
    }

    /// One request to this authority, and the records of it.
    fn ask(&self, authority: &str) -> Vec<Record> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let log = Log::memory(LogOptions::default());
            let identity = RunIdentity {
                run: "test".to_owned(),
                vm: None,
                process: None,
                component: "sha256:0".to_owned(),
            };
            let mut builder = PolicyBuilder::new();
            for grant in &self.grants {
                builder.allow_net(grant).unwrap();
            }
            builder.limit(self.limit).unwrap();
            builder.command_line_defaults();
            let policy = Arc::new(Effective::new(builder.build().unwrap(), None).unwrap());
            let gate = Gate::new(policy, log.run(identity, RunLimits::default()), None);
            let (engine, loaded) = &*LOADED;
            let guest = Guest::builder(gate.clone())
                .arguments(["http", "http", authority, "/", "connect=300000000"])
                .resolver(self.names.clone())
                .build();
            let (ended, _) = engine.run(loaded, guest, &Entry::Command).await;
            // A run that was to be cut off was cut off.
            assert_eq!(ended.is_ok(), self.limit == "wall=60s", "{ended:?}");
            // What was cut off with the guest stands before its end.
            gate.settled().await;
            gate.audit().end().await.unwrap();
            let records = log.recent();
            records
                .into_iter()
                .filter(|record| record.import == "wasi:http/outgoing-handler#handle")
                .collect()
        })
    }
}

/// Resource, decision and outcome of each record.
fn told(records: &[Record]) -> Vec<(String, Decision, String)> {
    records
        .iter()
        .map(|record| {
            (
                record.resource.clone(),
                record.decision,
                record.outcome.clone(),
            )
        })
        .collect()
}

#[test]
fn i83_a_name_that_moves_into_this_machine_is_not_followed_there() {
    let peer = Peer::content();
    let authority = format!("a.example:{}", peer.port());
    let url = format!("GET http://{authority}");
    let machine = Machine::new(&["a.example"], &[&[PUBLIC], &["127.0.0.1"]]);

    let first = told(&machine.ask(&authority));
    assert_eq!(first[0], (url.clone(), Decision::Allow, "ok".to_owned()));
    let (resource, decision, outcome) = &first[1];
    assert_eq!(
        (resource, *decision),
        (&format!("{url} at {PUBLIC}"), Decision::Allow)
    );
    assert!(
        [
            "connection-timeout",
            "destination-unavailable",
            "connection-refused"
        ]
        .contains(&outcome.as_str()),
        "{first:?}"
    );

    let second = told(&machine.ask(&authority));
    let denied = (
        format!("{url} at 127.0.0.1"),
        Decision::Deny,
        "HTTP-request-denied".to_owned(),
    );
    assert_eq!(second, [(url, Decision::Allow, "ok".to_owned()), denied]);
    assert!(peer.seen().is_empty(), "{:?}", peer.seen());
}

#[test]
fn i83_of_several_addresses_only_permitted_ones_are_dialled() {
    let peer = Peer::content();
    let authority = format!("a.example:{}", peer.port());
    let url = format!("GET http://{authority}");
    for addresses in [
        ["127.0.0.1", PUBLIC],
        [PUBLIC, "127.0.0.1"],
        ["::ffff:127.0.0.1", PUBLIC],
        ["::1", PUBLIC],
    ] {
        let machine = Machine::new(&["a.example"], &[&addresses]);
        let found = told(&machine.ask(&authority));
        let dialled: Vec<&str> = found
            .iter()
            .skip(1)
            .map(|(resource, _, _)| resource.as_str())
            .collect();
        assert_eq!(
            dialled,
            [format!("{url} at {PUBLIC}")],
            "{addresses:?}: {found:?}"
        );
        assert!(peer.seen().is_empty(), "{addresses:?}");
    }
    // Where the address is granted too, it is the next one that is tried.
    let machine = Machine::new(&["a.example", "127.0.0.1"], &[&[PUBLIC, "127.0.0.1"]]);
    let found = told(&machine.ask(&authority));
    let answered = (
        format!("{url} at 127.0.0.1"),
        Decision::Allow,
        "ok".to_owned(),
    );
    assert_eq!(
        (found.len(), found.last()),
        (3, Some(&answered)),
        "{found:?}"
    );
    let request = peer.request().to_lowercase();
    assert!(
        request.contains(&format!("host: {authority}\r\n")),
        "{request}"
    );
}

#[test]
fn i83_no_internal_address_is_reached_by_a_name() {
    let internal = [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "10.0.0.1",
        "169.254.169.254",
        "192.168.1.1",
        "172.16.0.1",
        "100.64.0.1",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ];
    for grant in ["*", "a.example", "*.example"] {
        for address in internal {
            let machine = Machine::new(&[grant], &[&[address]]);
            let found = told(&machine.ask("a.example"));
            let [(_, Decision::Allow, _), (resource, Decision::Deny, outcome)] = &found[..] else {
                panic!("{grant}, {address}: {found:?}")
            };
            let shown = address.parse::<IpAddr>().unwrap().to_canonical();
            assert_eq!(
                (resource.as_str(), outcome.as_str()),
                (
                    format!("GET http://a.example:80 at {shown}").as_str(),
                    "HTTP-request-denied"
                )
            );
        }
    }
}

#[test]
fn i83_a_dot_that_ends_a_name_is_for_the_lookup_alone() {
    let peer = Peer::content();
    let machine = Machine::new(&["a.example", "127.0.0.1"], &[&["127.0.0.1"]]);
    let found = told(&machine.ask(&format!("A.Example.:{}", peer.port())));
    assert!(
        found
            .iter()
            .all(|(_, decision, outcome)| (*decision, outcome.as_str()) == (Decision::Allow, "ok")),
        "{found:?}"
    );
    assert_eq!(*machine.names.asked.lock().unwrap(), ["a.example."]);
    let request = peer.request().to_lowercase();
    assert!(
        request.contains(&format!("host: a.example:{}\r\n", peer.port())),
        "{request}"
    );
}

/// Descriptors that this process has open.
fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
fn a_run_that_is_cut_off_leaves_no_connection() {
    let peer = Peer::new(Wire::read_to_end);
    let mut machine = Machine::new(&["127.0.0.1"], &[&[PUBLIC]]);
    machine.limit = "wall=600ms";
    // What a process opens once is open from here on.
    let _first = machine.ask(&peer.authority());
    let settled = |most: usize| {
        let since = Instant::now();
        while descriptors() > most && since.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(20));
        }
        descriptors()
    };
    std::thread::sleep(Duration::from_millis(300));
    let before = descriptors();
    for _ in 0..10 {
        let found = told(&machine.ask(&peer.authority()));
        let [(_, Decision::Allow, outcome)] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!(outcome, "dropped");
    }
    assert!(
        settled(before) <= before,
        "{} descriptors, and {before} before",
        descriptors()
    );
    assert_eq!(peer.seen().len(), 11);
}

#[test]
fn what_is_denied_is_not_looked_up() {
    let machine = Machine::new(&["b.example"], &[&[PUBLIC]]);
    let found = told(&machine.ask("a.example"));
    assert_eq!(
        found,
        [(
            "GET http://a.example:80".to_owned(),
            Decision::Deny,
            "HTTP-request-denied".to_owned()
        )]
    );
    assert!(machine.names.asked.lock().unwrap().is_empty());
}

#[test]
fn a_name_that_leads_nowhere_is_a_dns_error() {
    for error in [ResolveError::NoAddress, ResolveError::Temporary] {
        let machine = Machine::new(&["a.example"], &[&[PUBLIC]]);
        *machine.names.answers.lock().unwrap() = vec![Err(error)];
        let found = told(&machine.ask("a.example"));
        assert_eq!(
            found,
            [(
                "GET http://a.example:80".to_owned(),
                Decision::Allow,
                "DNS-error".to_owned()
            )]
        );
    }
}
