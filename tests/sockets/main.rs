//! Names that lead to this machine, with a resolver of the test's own: the library, in this process.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the bans are about the host; a test is the other end of its sockets, and fails by panicking"
)]

use std::net::{IpAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tollgate_audit::{Decision, Flush, Log, LogOptions, Record, RunIdentity, RunLimits};
use tollgate_bridge::{Guest, add_to_linker};
use tollgate_capability::net::{Lookup, ResolveError, Resolver};
use tollgate_engine::{Ended, Engine, Entry, Gate, RunError, RunProfile, Source};
use tollgate_policy::{Effective, LimitKey, PolicyBuilder};
use tollgate_tests::guests;

/// A resolver that gives one answer after the other, and the last one ever after.
struct Script {
    answers: Vec<Result<Vec<IpAddr>, ResolveError>>,
    asked: AtomicUsize,
    names: Mutex<Vec<String>>,
}

impl Script {
    fn new(answers: &[Result<&[&str], ResolveError>]) -> Arc<Self> {
        let read = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        Arc::new(Self {
            answers: answers.iter().map(|answer| answer.map(read)).collect(),
            asked: AtomicUsize::new(0),
            names: Mutex::default(),
        })
    }
}

impl Resolver for Script {
    fn lookup<'a>(&'a self, name: &'a str) -> Lookup<'a> {
        Box::pin(async move {
            // An answer that takes its time has to be waited for.
            tokio::time::sleep(Duration::from_millis(5)).await;
            self.names.lock().unwrap().push(name.to_owned());
            let place = self.asked.fetch_add(1, Ordering::Relaxed);
            let last = self.answers.len() - 1;
            self.answers.get(place.min(last)).unwrap().clone()
        })
    }
}

/// A resolver that never answers.
struct Silent;

impl Resolver for Silent {
    fn lookup<'a>(&'a self, _: &'a str) -> Lookup<'a> {
        Box::pin(std::future::pending())
    }
}

/// A run of a guest under network grants.
struct Trial {
    grants: Vec<String>,
    guest: &'static str,
    arguments: Vec<String>,
    flush: Flush,
}

impl Trial {
    async fn run(&self, resolver: Arc<dyn Resolver>) -> (Result<Ended, RunError>, Vec<Record>) {
        let mut builder = PolicyBuilder::new();
        builder.command_line_defaults();
        builder.allow_listen("*").unwrap();
        for grant in &self.grants {
            match grant.strip_prefix('!') {
                Some(denied) => builder.deny_net(denied).unwrap(),
                None => builder.allow_net(grant).unwrap(),
            };
        }
        builder.limit("wall=2s").unwrap();
        let policy = Arc::new(Effective::new(builder.build().unwrap(), None).unwrap());
        let log = Log::memory(LogOptions {
            flush: self.flush,
            ..LogOptions::default()
        });
        let identity = RunIdentity {
            run: "test".to_owned(),
            vm: None,
            process: None,
            component: "sha256:0".to_owned(),
        };
        let gate = Gate::new(policy, log.run(identity, RunLimits::default()), None);
        let engine = Engine::<RunProfile>::new().unwrap();
        let source = Source::new(std::fs::read(self.guest).unwrap()).unwrap();
        let (component, _) = engine.compile_in_process(&source, None, |_| ()).unwrap();
        let loaded = engine
            .link(source.digest(), &component, add_to_linker)
            .unwrap();
        let guest = Guest::builder(gate.clone())
            .arguments(std::iter::once("guest").chain(self.arguments.iter().map(String::as_str)))
            .resolver(resolver)
            .build();
        let (ended, _) = engine.run(&loaded, guest, &Entry::Command).await;
        gate.audit().end().await.unwrap();
        let records = log.recent();
        log.close().unwrap();
        (ended, records)
    }

    /// The guest's exit code.
    async fn code(&self, resolver: Arc<dyn Resolver>) -> (u8, Vec<Record>) {
        match self.run(resolver).await {
            (Ok(Ended::Exit(code)), records) => (code, records),
            (other, records) => panic!("{other:?} {records:#?}"),
        }
    }
}

const CONNECTED: u8 = 0;
const DENIED: u8 = 3;
const FAILED: u8 = 4;

fn trial(guest: &'static str, grants: &[&str], arguments: &[&str]) -> Trial {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Trial {
        grants: owned(grants),
        guest,
        arguments: owned(arguments),
        flush: Flush::Batch,
    }
}

fn dial(grants: &[&str], arguments: &[&str]) -> Trial {
    trial(guests::DIAL, grants, arguments)
}

fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    (listener, port)
}

/// The records of connects, as resource, decision and rule. Fixing the peer of a datagram socket is one, and sends
/// nobody anything, so that a test may do it with a public address.
fn connects(records: &[Record]) -> Vec<(&str, &str, &str)> {
    let begins = ["tcp-socket.start-connect", "udp-socket.stream"];
    records
        .iter()
        .filter(|record| begins.iter().any(|begin| record.import.ends_with(begin)))
        .map(|record| {
            let decision = if record.decision == Decision::Allow {
                "allow"
            } else {
                "deny"
            };
            (record.resource.as_str(), decision, record.rule.as_str())
        })
        .collect()
}

const NOBODY: &str = "default:network";

#[tokio::test]
async fn i83_a_name_that_turns_to_the_loopback_is_denied_there() {
    let (listener, port) = listener();
    listener.set_nonblocking(true).unwrap();
    let rebinding = Script::new(&[Ok(&["1.1.1.1"]), Ok(&["127.0.0.1", "::1"])]);
    let connect = format!("connect t 127.0.0.1:{port}");
    let lines = [
        "lookup Rebind.Example.",
        "udp u 4",
        "bind u 0.0.0.0:0",
        "stream u 1.1.1.1:9",
        "lookup rebind.example",
        "tcp t 4",
        &connect,
        "stream u 1.1.1.1:9",
    ];
    let trial = trial(guests::NET_OPS, &["rebind.example"], &lines);
    let (_, records) = trial.code(rebinding.clone()).await;
    let loopback = format!("tcp://127.0.0.1:{port}");
    assert_eq!(
        connects(&records),
        [
            ("udp://rebind.example:9 at 1.1.1.1", "allow", "flags:1"),
            (&loopback, "deny", NOBODY),
            // What the name led to before the later answer is forgotten.
            ("udp://1.1.1.1:9", "deny", NOBODY),
        ]
    );
    assert!(listener.accept().is_err(), "somebody connected");
    let asked = rebinding.names.lock().unwrap().clone();
    assert_eq!(asked, ["rebind.example", "rebind.example"]);
}

/// An address that this run's lookup returned passes under the name's grant; one that the guest only claims, or that
/// another run looked up, does not.
#[tokio::test]
async fn an_address_passes_by_the_name_that_this_run_looked_up() {
    let looked_up = Script::new(&[Ok(&["1.1.1.1", "1.0.0.1"])]);
    let lines = [
        "udp u 4",
        "bind u 0.0.0.0:0",
        "stream u 1.0.0.1:9",
        "lookup named.example",
        "stream u 1.0.0.1:9",
        "stream u 1.0.0.1:10",
        "stream u 1.0.0.2:9",
    ];
    let one = trial(guests::NET_OPS, &["named.example:9"], &lines);
    let (_, records) = one.code(looked_up.clone()).await;
    assert_eq!(
        connects(&records),
        [
            ("udp://1.0.0.1:9", "deny", NOBODY),
            ("udp://named.example:9 at 1.0.0.1", "allow", "flags:1"),
            ("udp://1.0.0.1:10", "deny", NOBODY),
            ("udp://1.0.0.2:9", "deny", NOBODY),
        ]
    );

    let lines = ["udp u 4", "bind u 0.0.0.0:0", "stream u 1.0.0.1:9"];
    let other = trial(guests::NET_OPS, &["named.example:9"], &lines);
    let (_, records) = other.code(looked_up).await;
    assert_eq!(connects(&records), [("udp://1.0.0.1:9", "deny", NOBODY)]);
}

/// Each datagram is decided by name and address too.
#[tokio::test]
async fn a_datagram_goes_where_a_name_led() {
    let looked_up = Script::new(&[Ok(&["1.1.1.1"])]);
    let lines = [
        "udp u 4",
        "bind u 127.0.0.1:0",
        "stream u -",
        "lookup named.example",
        // From the loopback nothing gets there: it is decided, and goes nowhere.
        "send u 1.1.1.1:9 text",
        "send u 1.1.1.2:9 text",
    ];
    let trial = trial(guests::NET_OPS, &["named.example"], &lines);
    let (_, records) = trial.code(looked_up).await;
    let sent: Vec<_> = records
        .iter()
        .filter(|record| record.operation == "network.send")
        .map(|record| (record.resource.as_str(), record.decision))
        .collect();
    assert_eq!(
        sent,
        [
            ("udp://named.example:9 at 1.1.1.1", Decision::Allow),
            ("udp://1.1.1.2:9", Decision::Deny),
        ]
    );
}

#[tokio::test]
async fn an_internal_address_is_denied_under_a_name_alone() {
    let (listener, port) = listener();
    listener.set_nonblocking(true).unwrap();
    let inside = Script::new(&[Ok(&["127.0.0.1"])]);
    let trial = dial(&["inside.example"], &["inside.example", &port, "1"]);
    let (code, _) = trial.code(inside).await;
    assert_eq!(code, DENIED);
    assert!(listener.accept().is_err(), "somebody connected");
}

#[tokio::test]
async fn an_internal_address_passes_by_a_grant_of_its_own() {
    let (_listener, port) = listener();
    let inside = Script::new(&[Ok(&["127.0.0.1"])]);
    let grants = ["inside.example", "127.0.0.0/8"];
    let trial = dial(&grants, &["inside.example", &port, "1"]);
    let (code, records) = trial.code(inside).await;
    assert_eq!(code, CONNECTED, "{records:#?}");
}

#[tokio::test]
async fn the_resolvers_errors_are_the_interfaces() {
    for (error, outcome) in [
        (ResolveError::NoAddress, "name-unresolvable"),
        (ResolveError::Temporary, "temporary-resolver-failure"),
    ] {
        for flush in [Flush::Batch, Flush::Each] {
            let trial = Trial {
                flush,
                ..dial(&["some.example"], &["some.example", "9", "1"])
            };
            let (code, records) = trial.code(Script::new(&[Err(error)])).await;
            assert_eq!(code, FAILED);
            let told = records.iter().rfind(|record| {
                record.operation == "network.resolve"
                    && record.import.ends_with("resolve-next-address")
                    && record.outcome != "begun"
            });
            assert_eq!(told.unwrap().outcome, outcome, "{records:#?}");
        }
    }
}

#[tokio::test]
async fn a_lookup_that_hangs_ends_with_the_run() {
    let trial = dial(&["silent.example"], &["silent.example", "9", "1"]);
    let (ended, records) = trial.run(Arc::new(Silent)).await;
    assert!(
        matches!(ended, Err(RunError::Limit(LimitKey::Wall))),
        "{ended:?}"
    );
    assert_eq!(
        records
            .iter()
            .filter(|record| record.operation == "network.resolve")
            .count(),
        1
    );
}

/// With a record flushed before each effect nothing is lost and nothing hangs.
#[tokio::test]
async fn bytes_pass_with_every_record_flushed() {
    let (listener, port) = listener();
    let server = std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        let mut stream = listener.accept().unwrap().0;
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        stream.write_all(&all).unwrap();
        all.len()
    });
    let address = format!("127.0.0.1:{port}");
    let trial = Trial {
        flush: Flush::Each,
        ..trial(guests::TCP_CLIENT, &["localhost"], &[&address, "300000"])
    };
    let (code, records) = trial.code(Script::new(&[Ok(&["127.0.0.1"])])).await;
    assert_eq!(code, 0);
    assert_eq!(server.join().unwrap(), 300_000);
    let received: u64 = records.iter().map(|record| record.bytes_in).sum();
    assert!(received > 0, "{records:#?}");
}
