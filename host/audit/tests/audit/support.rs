//! What the tests share: runs, calls, logs in folders of their own, and sinks that do as they are told.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tollgate_audit::verify::{Report, VerifyOptions, verify};
use tollgate_audit::{
    Decision, Entry, Failure, Flush, IoCause, Log, LogOptions, OpenError, Record, Run, RunIdentity,
    RunLimits, SigningKey, Sink, VerifyError,
};

pub(crate) const UNLIMITED: RunLimits = RunLimits {
    bytes: u64::MAX,
    records_per_second: u32::MAX,
};

pub(crate) const EACH: LogOptions = LogOptions {
    flush: Flush::Each,
    detail: tollgate_audit::Detail::Coalesced,
    rotate_bytes: 64 << 20,
    recent_records: 1024,
};

pub(crate) fn identity(run: &str) -> RunIdentity {
    RunIdentity {
        run: run.to_owned(),
        vm: None,
        process: Some(1),
        component: "sha256:00".to_owned(),
    }
}

pub(crate) fn entry(resource: &str) -> Entry<'_> {
    Entry {
        import: "wasi:filesystem/types@0.2#[method]descriptor.read",
        operation: "fs.read",
        resource,
        decision: Decision::Allow,
        rule: "flag:0",
        high_rate: false,
    }
}

pub(crate) fn denied(resource: &str) -> Entry<'_> {
    Entry {
        decision: Decision::Deny,
        rule: "default:fs",
        ..entry(resource)
    }
}

pub(crate) fn high_rate(resource: &str) -> Entry<'_> {
    Entry {
        high_rate: true,
        ..entry(resource)
    }
}

/// Runs a test's future; a log that hangs fails the test instead of the whole suite's patience.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        tokio::time::timeout(Duration::from_secs(60), future)
            .await
            .expect("the log hangs")
    })
}

/// Whether a future waits when it is first asked.
pub(crate) fn waits<F: Future>(future: F) -> bool {
    matches!(
        pin!(future).poll(&mut Context::from_waker(Waker::noop())),
        Poll::Pending
    )
}

/// Waits for what another thread does, for ten seconds at most.
pub(crate) fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(10), "never: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// One finished call.
pub(crate) async fn call(run: &Run, entry: Entry<'_>) {
    run.begin(entry).await.unwrap().finish("ok", 10, 1);
}

/// A folder with one log in it.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    pub(crate) key: SigningKey,
}

impl Place {
    pub(crate) fn new() -> Place {
        Place {
            folder: tempfile::tempdir().unwrap(),
            key: SigningKey::from_seed(&[9; 32]),
        }
    }

    /// A log with `count` finished calls, closed.
    pub(crate) fn with_calls(count: usize, options: LogOptions) -> Place {
        let place = Place::new();
        place.write(count, options);
        place
    }

    /// Opens the log, writes `count` calls and closes it.
    pub(crate) fn write(&self, count: usize, options: LogOptions) {
        let log = self.open(options).unwrap();
        let run = log.run(identity("r"), UNLIMITED);
        block_on(async {
            for n in 0..count {
                call(&run, entry(&format!("/file-{n}"))).await;
            }
        });
        log.close().unwrap();
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("audit.jsonl")
    }

    pub(crate) fn file(&self, suffix: &str) -> PathBuf {
        self.folder.path().join(format!("audit.jsonl{suffix}"))
    }

    pub(crate) fn open(&self, options: LogOptions) -> Result<Log, OpenError> {
        Log::file(&self.path(), self.key.clone(), options)
    }

    pub(crate) fn verify(&self) -> Result<Report, VerifyError> {
        verify(&self.path(), &VerifyOptions::default())
    }

    pub(crate) fn verify_pinned(&self, key: &SigningKey) -> Result<Report, VerifyError> {
        verify(
            &self.path(),
            &VerifyOptions {
                public_key: Some(key.public_key()),
            },
        )
    }

    pub(crate) fn records(&self) -> Vec<Record> {
        tollgate_audit::read::Records::open(&self.path())
            .unwrap()
            .map(Result::unwrap)
            .collect()
    }

    pub(crate) fn content(&self) -> Vec<u8> {
        std::fs::read(self.path()).unwrap()
    }
}

pub(crate) fn small_files() -> LogOptions {
    LogOptions {
        rotate_bytes: 4096,
        ..LogOptions::default()
    }
}

/// The lines that a sink was given and the moments at which it was flushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    Line(String),
    Flushed,
}

/// Keeps events; flushes only when it is let, if it has a gate; fails after a number of bytes, if it has a limit.
pub(crate) struct TestSink {
    pub(crate) events: Arc<Mutex<Vec<Event>>>,
    pub(crate) gate: Option<Receiver<()>>,
    pub(crate) room: usize,
}

impl TestSink {
    pub(crate) fn open() -> (TestSink, Arc<Mutex<Vec<Event>>>) {
        let events = Arc::default();
        (
            TestSink {
                events: Arc::clone(&events),
                gate: None,
                room: usize::MAX,
            },
            events,
        )
    }

    /// One message into the sender lets one flush go through; the first, at the log's opening, is granted.
    pub(crate) fn gated() -> (TestSink, Arc<Mutex<Vec<Event>>>, Sender<()>) {
        let (sink, events) = TestSink::open();
        let (opener, gate) = channel();
        opener.send(()).unwrap();
        (
            TestSink {
                gate: Some(gate),
                ..sink
            },
            events,
            opener,
        )
    }

    pub(crate) fn with_room(room: usize) -> TestSink {
        TestSink {
            room,
            ..TestSink::open().0
        }
    }
}

impl Sink for TestSink {
    fn append(&mut self, line: &[u8]) -> Result<(), Failure> {
        let full = IoCause {
            kind: std::io::ErrorKind::StorageFull,
            code: None,
        };
        self.room = self.room.checked_sub(line.len()).ok_or(Failure::Io {
            step: "write",
            cause: full,
        })?;
        self.events
            .lock()
            .unwrap()
            .push(Event::Line(String::from_utf8(line.to_vec()).unwrap()));
        Ok(())
    }

    fn flush(&mut self, _next_seq: u64, _hash: [u8; 32]) -> Result<(), Failure> {
        if let Some(gate) = &self.gate {
            gate.recv().map_err(|_closed| Failure::NoWriter)?;
        }
        self.events.lock().unwrap().push(Event::Flushed);
        Ok(())
    }
}

pub(crate) fn parsed(events: &Mutex<Vec<Event>>) -> Vec<Record> {
    let events = events.lock().unwrap();
    let lines = events.iter().filter_map(|event| match event {
        Event::Line(line) => Some(line),
        Event::Flushed => None,
    });
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Random numbers for tests that need no more of them than that they differ; seeded so that a failure can be repeated.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new() -> Random {
        let mut seed = [0; 8];
        getrandom::fill(&mut seed).unwrap();
        let seed = u64::from_le_bytes(seed) | 1;
        println!("random seed {seed}");
        Random(seed)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

pub(crate) fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
