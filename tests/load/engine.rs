//! How the engine is configured, and limits at their ends.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use tollgate_audit::{Log, LogOptions, RunIdentity, RunLimits};
use tollgate_bridge::{Guest, add_to_linker};
use tollgate_engine::{Ended, Engine, Entry, Gate, RunError, RunProfile, Source};
use tollgate_policy::{Effective, LimitKey, PolicyBuilder};

use crate::make::command;

/// One compiler: the other one is neither in the program nor in what is downloaded to build it.
#[test]
fn a51_there_is_one_compiler_and_no_other_can_be_chosen() {
    let mut config = wasmtime::Config::new();
    config.strategy(wasmtime::Strategy::Winch);
    let error = wasmtime::Engine::new(&config)
        .err()
        .map(|error| format!("{error:#}"));
    assert!(
        error
            .as_ref()
            .is_some_and(|error| error.contains("not compiled in")),
        "{error:?}"
    );
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
    let lock = fs::read_to_string(lock).unwrap();
    let packages: Vec<&str> = lock
        .lines()
        .filter_map(|line| line.strip_prefix("name = "))
        .collect();
    assert!(
        packages.iter().any(|name| name.contains("cranelift")),
        "the lock file is read"
    );
    let others: Vec<_> = packages
        .iter()
        .filter(|name| name.contains("winch") || name.contains("pulley-interpreter"))
        .collect();
    // Pulley is an interpreter that the engine's crates name on every machine; its code is used on none of ours.
    assert!(
        others.iter().all(|name| !name.contains("winch")),
        "{others:?}"
    );
}

/// The settings are those of the one engine: its artifacts fit no engine that lacks one of them.
#[test]
fn a51_a36_the_artifacts_of_the_engine_say_how_it_is_configured() {
    let ours: Engine<RunProfile> = Engine::new().unwrap();
    let artifact = ours
        .wasmtime()
        .precompile_component(&fs::read(tollgate_tests::guests::HELLO).unwrap())
        .unwrap();
    let fits = |config: &wasmtime::Config| {
        let engine = wasmtime::Engine::new(config).unwrap();
        let header = wasmtime::Engine::detect_precompiled(&artifact);
        assert!(header.is_some(), "it is an artifact");
        format!("{:?}", Hashed::of(&engine)) == format!("{:?}", Hashed::of(ours.wasmtime()))
    };
    let mut same = wasmtime::Config::new();
    same.wasm_memory64(false)
        .wasm_wide_arithmetic(false)
        .wasm_custom_page_sizes(false)
        .epoch_interruption(true);
    assert!(fits(&same), "the configuration that is expected");
    let mut interruptible = same.clone();
    assert!(
        !fits(interruptible.epoch_interruption(false)),
        "without interruption"
    );
    let mut wide = same.clone();
    assert!(!fits(wide.wasm_memory64(true)), "with 64-bit memories");
    let mut fuelled = same.clone();
    assert!(!fits(fuelled.consume_fuel(true)), "with fuel");
}

#[derive(Debug)]
struct Hashed(#[expect(dead_code, reason = "compared as text")] u64);

impl Hashed {
    fn of(engine: &wasmtime::Engine) -> Self {
        use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
        Self(BuildHasherDefault::<DefaultHasher>::new().hash_one(Hashable(engine)))
    }
}

struct Hashable<'a>(&'a wasmtime::Engine);

impl std::hash::Hash for Hashable<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.precompile_compatibility_hash().hash(state);
    }
}

/// Runs a command of one page of memory under these limits.
fn run(limits: &str) -> Result<Ended, RunError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let engine: Engine<RunProfile> = Engine::new().unwrap();
    let source = Source::new(command("(table 10 funcref)")).unwrap();
    let (component, _) = engine.compile(&source, None, |_| ()).unwrap();
    let loaded = engine
        .link(source.digest(), &component, add_to_linker)
        .unwrap();
    let mut builder = PolicyBuilder::new();
    builder
        .limit(limits)
        .unwrap_or_else(|error| panic!("{error}"));
    let policy = Arc::new(Effective::new(builder.build().unwrap(), None).unwrap());
    let identity = RunIdentity {
        run: "run".to_owned(),
        vm: None,
        process: None,
        component: source.digest().to_string(),
    };
    let gate = Gate::new(
        policy,
        Log::memory(LogOptions::default()).run(identity, RunLimits::default()),
        None,
    );
    runtime
        .block_on(engine.run(&loaded, Guest::builder(gate).build(), &Entry::Command))
        .0
}

/// A limit that nobody thought of as a number of pages, slots or elements is where allocators were misconfigured.
#[test]
fn a44_limits_at_their_ends_end_a_run_by_name_or_let_it_be() {
    let sizes = [
        "0", "1", "65535", "65536", "65537", "1MiB", "4GiB", "256TiB",
    ];
    for (key, size) in ["memory", "output", "host-call-bytes"]
        .iter()
        .flat_map(|key| sizes.map(|size| (key, size)))
    {
        let limits = format!("{key}={size}");
        match run(&limits) {
            Ok(Ended::Exit(0)) => {}
            Err(RunError::TooLarge(LimitKey::Memory) | RunError::Limit(LimitKey::Memory))
                if *key == "memory" => {}
            other => panic!("{limits}: {other:?}"),
        }
    }
    for (key, count) in ["handles", "instances"]
        .iter()
        .flat_map(|key| ["0", "1", "2", "1000"].map(|count| (key, count)))
    {
        let limits = format!("{key}={count}");
        match run(&limits) {
            Ok(Ended::Exit(0)) | Err(RunError::Limit(_) | RunError::TooLarge(_)) => {}
            other => panic!("{limits}: {other:?}"),
        }
    }
}

#[test]
fn a44_no_memory_at_all_is_too_little_for_a_page() {
    for limits in ["memory=0", "memory=65535"] {
        assert!(
            matches!(run(limits), Err(RunError::TooLarge(LimitKey::Memory))),
            "{limits}"
        );
    }
    assert!(matches!(run("memory=1MiB"), Ok(Ended::Exit(0))));
}
