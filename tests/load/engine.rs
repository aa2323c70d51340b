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
    let same = configuration();
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

/// The configuration that every guest is compiled with, written down a second time: whoever changes the first must mean
/// it.
pub(crate) fn configuration() -> wasmtime::Config {
    use wasmtime::WasmFeatures;
    let on = WasmFeatures::WASM2.difference(WasmFeatures::GC_TYPES)
        | WasmFeatures::RELAXED_SIMD
        | WasmFeatures::TAIL_CALL
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::MULTI_MEMORY
        | WasmFeatures::COMPONENT_MODEL;
    let mut config = wasmtime::Config::new();
    config
        .strategy(wasmtime::Strategy::Cranelift)
        .wasm_features(WasmFeatures::all().difference(on), false)
        .wasm_features(on, true)
        .epoch_interruption(true);
    config
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

/// Runs a command of one page of memory under these limits. `None`: nobody can state them.
fn run(limits: &str) -> Option<Result<Ended, RunError>> {
    let mut builder = PolicyBuilder::new();
    builder.limit(limits).ok()?;
    let policy = Arc::new(Effective::new(builder.build().unwrap(), None).unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let engine: Engine<RunProfile> = Engine::new().unwrap();
    let source = Source::new(command("(table 10 funcref)")).unwrap();
    let (component, _) = engine.compile_in_process(&source, None, |_| ()).unwrap();
    let loaded = engine
        .link(source.digest(), &component, add_to_linker)
        .unwrap();
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
    Some(
        runtime
            .block_on(engine.run(&loaded, Guest::builder(gate).build(), &Entry::Command))
            .0,
    )
}

/// A limit that nobody thought of as a number of pages, slots or elements is where allocators were misconfigured.
#[test]
fn a44_limits_at_their_ends_end_a_run_by_name_or_let_it_be() {
    let sizes = ["1", "65535", "65536", "65537", "1MiB", "4GiB", "256TiB"];
    let counts = ["1", "2", "1000", "100000"];
    let keys = [
        ("memory", &sizes[..]),
        ("output", &sizes),
        ("host-call-bytes", &sizes),
        ("handles", &counts),
        ("instances", &counts),
    ];
    let mut ran = 0;
    for (key, value) in keys
        .iter()
        .flat_map(|(key, values)| values.iter().map(move |value| (*key, *value)))
    {
        let limits = format!("{key}={value}");
        let named = |limit: LimitKey| limit.as_str() == key;
        match run(&limits) {
            Some(Err(RunError::TooLarge(limit) | RunError::Limit(limit))) if named(limit) => {}
            None | Some(Ok(Ended::Exit(0))) => {}
            other => panic!("{limits}: {other:?}"),
        }
        ran += 1;
    }
    assert!(ran > 25, "{ran}");
}

#[test]
fn a44_nothing_is_no_limit_and_next_to_nothing_is_too_little_for_a_page() {
    for key in ["memory", "output", "handles", "instances", "wall"] {
        assert!(run(&format!("{key}=0")).is_none(), "{key}=0 is a limit");
    }
    for limits in ["memory=1", "memory=65535"] {
        assert!(
            matches!(run(limits), Some(Err(RunError::TooLarge(LimitKey::Memory)))),
            "{limits}"
        );
    }
    assert!(matches!(run("memory=1MiB"), Some(Ok(Ended::Exit(0)))));
}

/// Half a megabyte of stack; the module and its adapter have a page or two of memory each.
#[test]
fn i16_the_stack_counts_against_the_memory_of_a_run() {
    assert!(matches!(
        run("memory=512KiB"),
        Some(Err(RunError::TooLarge(LimitKey::Memory)))
    ));
    assert!(matches!(
        run("memory=576KiB"),
        Some(Err(RunError::TooLarge(LimitKey::Memory)))
    ));
    assert!(matches!(run("memory=768KiB"), Some(Ok(Ended::Exit(0)))));
}
