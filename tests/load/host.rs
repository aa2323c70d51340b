//! A host in this process that runs hostile components one after the other, and is looked at after each: it is alive,
//! the next call is fine, memory is back, no descriptor or thread is left, a limit is in the log, and the error names
//! nothing of the machine.

use std::cell::Cell;
use std::fs;
use std::sync::Arc;

use tokio::runtime::Runtime;
use tollgate_audit::{Log, LogOptions, Record, RunIdentity, RunLimits};
use tollgate_bridge::{Guest, GuestBuilder, add_to_linker};
use tollgate_engine::{
    Ended, Engine, Entry, Gate, LoadError, Loaded, Profile, RunError, RunProfile, Source,
};
use tollgate_policy::{Effective, LimitKey, Policy, PolicyBuilder};

/// What is left in a process when something large was freed: allocators keep some.
const KEPT: u64 = 48 << 20;

/// A component that answers 42, which works as long as the host does.
pub(crate) const GOOD: &str = "(component
    (core module $m (func (export \"f\") (result i32) (i32.const 42)))
    (core instance $i (instantiate $m))
    (func (export \"f\") (result u32) (canon lift (core func $i \"f\"))))";

/// A host, and a component that shows that it still works.
pub(crate) struct Host<P: Profile = RunProfile> {
    pub(crate) engine: Engine<P>,
    runtime: Runtime,
    log: Log,
    good: Loaded<Guest, P>,
    /// Components that were loaded since the last look: the first run of each makes the image of its memory, which is a
    /// descriptor.
    loaded: Cell<usize>,
}

/// How a call ended, and what it took.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) result: Result<Ended, RunError>,
    /// Of this run alone.
    pub(crate) records: Vec<Record>,
}

impl Done {
    /// The values of a function that returned, joined by commas.
    #[track_caller]
    pub(crate) fn returned(&self) -> String {
        match &self.result {
            Ok(Ended::Returned(values)) => values.join(","),
            other => panic!("it did not return: {other:?}"),
        }
    }

    /// The text of the trap.
    #[track_caller]
    pub(crate) fn trapped(&self) -> &str {
        match &self.result {
            Err(RunError::Trap(text)) => text,
            other => panic!("it did not trap: {other:?}"),
        }
    }

    /// That this limit ended it, by name and in the log.
    #[track_caller]
    pub(crate) fn limited(&self, key: LimitKey) {
        let named = matches!(&self.result, Err(RunError::Limit(limit) | RunError::TooLarge(limit)) if *limit == key);
        assert!(named, "not ended by {key}: {:?}", self.result);
        let recorded = |record: &Record| {
            record.operation == "limit.reached" && record.resource.starts_with(&format!("{key}="))
        };
        assert!(
            self.records.iter().any(recorded),
            "{key} is not in the log: {:#?}",
            self.records
        );
    }
}

/// What a process holds.
#[derive(Debug, Clone, Copy)]
struct Holding {
    resident: u64,
    descriptors: usize,
    threads: usize,
}

impl Holding {
    fn now() -> Self {
        let count = |folder: &str| fs::read_dir(folder).unwrap().count();
        Self {
            resident: resident(),
            descriptors: count("/proc/self/fd"),
            threads: count("/proc/self/task"),
        }
    }
}

/// The memory of this process that is resident now, in bytes.
pub(crate) fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}

/// The one place that compiles for these tests.
pub(crate) fn load<P: Profile>(
    engine: &Engine<P>,
    bytes: &[u8],
) -> Result<Loaded<Guest, P>, LoadError> {
    let source = Source::new(bytes.to_vec())?;
    let (component, _) = engine.compile_in_process(&source, None, |_| ())?;
    engine.link(source.digest(), &component, add_to_linker)
}

impl<P: Profile> Host<P> {
    pub(crate) fn new() -> Self {
        let engine = Engine::new().unwrap();
        let good = load(&engine, &crate::make::wasm(GOOD)).unwrap();
        let host = Self {
            engine,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
            log: Log::memory(LogOptions::default()),
            good,
            loaded: Cell::new(0),
        };
        // Whatever is made once, by whoever is first, is there before anything is measured.
        assert_eq!(host.run(&host.good, "", Some("f()")).returned(), "42");
        host
    }

    #[track_caller]
    pub(crate) fn load(&self, bytes: &[u8]) -> Loaded<Guest, P> {
        self.loaded.set(self.loaded.get() + 1);
        load(&self.engine, bytes).unwrap_or_else(|error| panic!("{error}"))
    }

    /// One call under these limits, and no more; with no call, the command.
    pub(crate) fn run(&self, loaded: &Loaded<Guest, P>, limits: &str, call: Option<&str>) -> Done {
        let mut policy = PolicyBuilder::new();
        policy.command_line_defaults();
        if !limits.is_empty() {
            policy.limit(limits).unwrap();
        }
        self.run_under(loaded, policy.build().unwrap(), call, |guest| guest)
    }

    /// One call under this policy, by a guest that was given this.
    pub(crate) fn run_under(
        &self,
        loaded: &Loaded<Guest, P>,
        policy: Policy,
        call: Option<&str>,
        given: impl FnOnce(GuestBuilder) -> GuestBuilder,
    ) -> Done {
        let policy = Arc::new(Effective::new(policy, None).unwrap());
        let identity = RunIdentity {
            run: format!("run-{}", self.log.summary().records),
            vm: None,
            process: None,
            component: loaded.digest().to_string(),
        };
        let name = identity.run.clone();
        let gate = Gate::new(policy, self.log.run(identity, RunLimits::default()), None);
        let entry = call.map_or(Entry::Command, |call| Entry::Invoke(call.parse().unwrap()));
        let state = given(Guest::builder(gate.clone()).arguments(["guest"])).build();
        let (result, _) = self
            .runtime
            .block_on(self.engine.run(loaded, state, &entry));
        self.runtime.block_on(gate.audit().end()).unwrap();
        let records = self
            .log
            .recent()
            .into_iter()
            .filter(|record| record.run == name)
            .collect();
        Done { result, records }
    }

    /// As [`Host::run`], and then looks at the host.
    #[track_caller]
    pub(crate) fn hostile(
        &self,
        what: &str,
        loaded: &Loaded<Guest, P>,
        limits: &str,
        call: Option<&str>,
    ) -> Done {
        let before = Holding::now();
        let done = self.run(loaded, limits, call);
        if let Err(error) = &done.result {
            unrevealing(what, &error.to_string());
        }
        assert_eq!(
            self.run(&self.good, "", Some("f()")).returned(),
            "42",
            "{what}: the next call"
        );
        let after = Holding::now();
        assert!(
            after.resident < before.resident + before.resident / 10 + KEPT,
            "{what}: memory is not back: {before:?} {after:?}"
        );
        let images = self.loaded.take();
        assert!(
            after.descriptors <= before.descriptors + images,
            "{what}: {before:?} {after:?}"
        );
        assert!(
            after.threads <= before.threads + 1,
            "{what}: {before:?} {after:?}"
        );
        done
    }
}

/// An error is short enough for a terminal, and names no file of the machine and no place in anybody's source.
#[track_caller]
pub(crate) fn unrevealing(what: &str, text: &str) {
    assert!(
        text.len() < 16 << 10,
        "{what}: {} bytes of error",
        text.len()
    );
    for word in [
        "/root",
        "/home",
        ".cargo",
        ".rs:",
        env!("CARGO_MANIFEST_DIR"),
        "panicked",
    ] {
        assert!(!text.contains(word), "{what}: {word} in {text}");
    }
}
