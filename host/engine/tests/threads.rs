//! Components that many threads load, link and drop at the same time: types of all of them share one registry.
//!
//! In an ordinary run this takes two seconds. `just soak` runs it under a sanitizer for as long as is said, and then it is
//! the sanitizer that looks: a race or a use after free need not be seen in what a test can see.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test starts threads, measures time and prints, and fails by panicking"
)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use tollgate_engine::{Engine, Loaded, RunProfile, Source};

/// How long, in seconds, and how many threads; `just soak` says more.
const SECONDS: (&str, u64) = ("TOLLGATE_RACE_SECONDS", 2);
const THREADS: (&str, u64) = ("TOLLGATE_RACE_THREADS", 64);

fn told((name, otherwise): (&str, u64)) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

/// A component with types of its own kind and types that all share, and a resource: what comes and goes in the registry.
fn component(kind: u64) -> Vec<u8> {
    let own = "i32 ".repeat(usize::try_from(kind).unwrap() + 2);
    let fields: String = (0..=kind)
        .map(|field| {
            format!(
                "(field \"f{field}\" u{})",
                [8, 16, 32, 64][usize::try_from(field % 4).unwrap()]
            )
        })
        .collect();
    let text = format!(
        "(component
            (type $shared (record (field \"a\" u8) (field \"b\" string)))
            (type $own (record {fields}))
            (type $thing (resource (rep i32)))
            (core module $m
                (type (func (param {own})))
                (type (func (param i64 i64) (result f64)))
                (table 4 funcref)
                (memory (export \"memory\") 1)
                (func $f (export \"f\") (param i32 i32) (result i32) local.get 0)
                (func (param {own}))
                (elem (i32.const 0) func $f))
            (core instance (instantiate $m))
            (core func (canon resource.new $thing))
            (core func (canon resource.drop $thing)))"
    );
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"))
}

/// Everything that happens to a component but running it.
fn load(engine: &Engine<RunProfile>, bytes: &[u8]) -> Loaded<()> {
    let source = Source::new(bytes.to_vec()).unwrap();
    let (component, _) = engine.compile_in_process(&source, None, |_| ()).unwrap();
    engine
        .link(source.digest(), &component, |_| Ok(()))
        .unwrap()
}

#[test]
fn a46_a45_threads_that_load_link_and_drop_components_do_not_meet() {
    let (seconds, threads) = (told(SECONDS), told(THREADS));
    let engine: Arc<Engine<RunProfile>> = Arc::new(Engine::new().unwrap());
    let components: Arc<Vec<Vec<u8>>> = Arc::new((0..12).map(component).collect());
    let start = Arc::new(Barrier::new(usize::try_from(threads).unwrap()));
    let loads = Arc::new(AtomicU64::new(0));
    let crowd: Vec<_> = (0..threads)
        .map(|number| {
            let (engine, components, start, loads) = (
                Arc::clone(&engine),
                Arc::clone(&components),
                Arc::clone(&start),
                Arc::clone(&loads),
            );
            thread::spawn(move || {
                start.wait();
                let end = Instant::now() + Duration::from_secs(seconds);
                let mut kept: Vec<Loaded<()>> = Vec::new();
                let mut turn = number;
                while Instant::now() < end {
                    let which = usize::try_from(turn % 12).unwrap();
                    let loaded = load(&engine, &components[which]);
                    assert_eq!(loaded.surface().imports, []);
                    loads.fetch_add(1, Ordering::Relaxed);
                    // Some are dropped at once and some by the next one, so that both ends of a type's life cross.
                    kept.push(loaded);
                    if turn % 3 == 0 {
                        kept.clear();
                    }
                    turn += 5;
                }
            })
        })
        .collect();
    for thread in crowd {
        thread.join().unwrap();
    }
    let loads = loads.load(Ordering::Relaxed);
    eprintln!("{loads} components by {threads} threads in {seconds} s");
    assert!(loads >= threads, "{loads}");
    load(&engine, &components[0]);
}
