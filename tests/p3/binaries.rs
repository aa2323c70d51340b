//! Binaries that no tool chain makes: what past advisories of the asynchronous component model were about.

use tollgate_tests::{Finished, Scene, scene};

use crate::run;
use crate::support::run_file;

/// A component whose core module has `run`, with `canons` for it to import, exported as the `run` of 0.2.
fn component(types: &str, canons: &[(&str, &str)], module: &str, lift: &str) -> Vec<u8> {
    let functions: String = canons
        .iter()
        .map(|(name, canon)| format!("(core func ${name} (canon {canon}))\n"))
        .collect();
    let given: String = canons
        .iter()
        .map(|(name, _)| format!("(export \"{name}\" (func ${name}))"))
        .collect();
    let text = format!(
        r#"(component
            {types}
            (core module $memory (memory (export "memory") 1))
            (core instance $memory (instantiate $memory))
            (alias core export $memory "memory" (core memory $mem))
            {functions}
            (core module $main {module})
            (core instance $main (instantiate $main (with "" (instance {given}))))
            (func $run (result (result)) (canon lift (core func $main "run") {lift}))
            (instance $i (export "run" (func $run)))
            (export "wasi:cli/run@0.2.0" (instance $i)))"#
    );
    wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn with_p3(scene: &Scene, binary: &[u8]) -> Finished {
    let file = scene.write("odd.wasm", binary);
    run(scene, &file.display().to_string()).finish()
}

#[track_caller]
fn refused_or_trapped(finished: &Finished) {
    assert!(
        matches!(finished.code, Some(126 | 134)),
        "{:?} {}",
        finished.code,
        finished.stderr
    );
    assert!(!finished.stderr.contains("panicked"), "{}", finished.stderr);
}

/// A31: `run` is lifted as asynchronous where the host calls it as that of 0.2.
#[test]
fn a31_an_async_lifted_run_is_called_as_such_or_refused() {
    let scene = scene!();
    let binary = component(
        "",
        &[("return", "task.return (result (result))")],
        r#"(import "" "return" (func $return (param i32)))
           (func (export "run") (result i32) (call $return (i32.const 1)) (i32.const 0))
           (func (export "callback") (param i32 i32 i32) (result i32) unreachable)"#,
        r#"async (callback (func $main "callback"))"#,
    );
    // Without the asynchronous component model it is no valid component, and says so.
    let finished = run_file(&scene, "async.wasm", &binary);
    finished.expect(126);
    assert!(finished.stderr.contains("async"), "{}", finished.stderr);
    let finished = with_p3(&scene, &binary);
    assert!(
        matches!(finished.code, Some(1 | 126 | 134)) && !finished.stderr.contains("panicked"),
        "{:?} {}",
        finished.code,
        finished.stderr
    );
}

const TYPES: &str = "(type $bytes (stream u8)) (type $words (stream u32)) (type $byte (future u8))";

/// A32: the handle of a stream where a future, or a stream of something else, is wanted.
#[test]
fn a32_a_stream_of_one_type_is_no_stream_of_another() {
    for taken in [
        "future.drop-readable $byte",
        "stream.drop-readable $words",
        "future.cancel-read $byte",
        "stream.cancel-read $words",
        "stream.drop-writable $bytes",
    ] {
        let scene = scene!();
        let results = if taken.contains("cancel") {
            "(result i32)"
        } else {
            ""
        };
        let dropped = if taken.contains("cancel") { "drop" } else { "" };
        let binary = component(
            TYPES,
            &[("new", "stream.new $bytes"), ("wrong", taken)],
            &format!(
                r#"(import "" "new" (func $new (result i64)))
                   (import "" "wrong" (func $wrong (param i32) {results}))
                   (func (export "run") (result i32)
                     (call $wrong (i32.wrap_i64 (call $new))) {dropped}
                     (i32.const 0))"#
            ),
            "",
        );
        let finished = with_p3(&scene, &binary);
        finished.expect(134);
        refused_or_trapped(&finished);
    }
}

/// A33: nothing is written, or read, at the far end of all addresses.
#[test]
fn a33_a_zero_length_write_out_of_bounds_is_an_error_or_nothing() {
    for (name, end) in [("stream.write", 32), ("stream.read", 0)] {
        for length in [0_i64, 1, -1] {
            let scene = scene!();
            let binary = component(
                TYPES,
                &[
                    ("new", "stream.new $bytes"),
                    ("move", &format!("{name} $bytes async (memory $mem)")),
                ],
                &format!(
                    r#"(import "" "new" (func $new (result i64)))
                       (import "" "move" (func $move (param i32 i32 i32) (result i32)))
                       (func (export "run") (result i32)
                         (drop (call $move
                           (i32.wrap_i64 (i64.shr_u (call $new) (i64.const {end})))
                           (i32.const -1) (i32.const {length})))
                         (i32.const 0))"#
                ),
                "",
            );
            let finished = with_p3(&scene, &binary);
            assert!(
                !finished.stderr.contains("panicked") && finished.code.is_some(),
                "{}",
                finished.stderr
            );
            if length != 0 {
                finished.expect(134);
            }
        }
    }
}

/// A14: the length of a read is the guest's own number.
#[test]
fn a14_a_read_of_more_than_there_is_memory_traps_and_takes_none() {
    for length in [
        i64::from(u32::MAX),
        i64::from(i32::MAX),
        (1 << 28) - 1,
        65_537,
    ] {
        let scene = scene!();
        let binary = component(
            TYPES,
            &[
                ("new", "stream.new $bytes"),
                ("read", "stream.read $bytes async (memory $mem)"),
            ],
            &format!(
                r#"(import "" "new" (func $new (result i64)))
                   (import "" "read" (func $read (param i32 i32 i32) (result i32)))
                   (func (export "run") (result i32)
                     (drop (call $read (i32.wrap_i64 (call $new)) (i32.const 0) (i32.const {length})))
                     (i32.const 0))"#
            ),
            "",
        );
        let finished = with_p3(&scene, &binary);
        finished.expect(134);
        refused_or_trapped(&finished);
        assert!(finished.peak_bytes < 256 << 20, "{}", finished.peak_bytes);
    }
}

/// A34: a callback that gives more, or less, than one code.
#[test]
fn a34_a_callback_with_another_result_count_is_refused() {
    for results in ["", "(result i32 i32)", "(result i64)"] {
        let scene = scene!();
        let text = format!(
            r#"(component
                (core module $main
                  (func (export "run") (result i32) (i32.const 0))
                  (func (export "callback") (param i32 i32 i32) {results} unreachable))
                (core instance $main (instantiate $main))
                (func $run async (result (result)) (canon lift (core func $main "run")
                  async (callback (func $main "callback"))))
                (instance $i (export "run" (func $run)))
                (export "wasi:cli/run@0.3.0" (instance $i)))"#
        );
        let binary = wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let finished = with_p3(&scene, &binary);
        finished.expect(126);
        assert!(!finished.stderr.contains("panicked"), "{}", finished.stderr);
    }
}

/// What goes beyond functions, streams and futures stays off under the profile as well.
#[test]
fn the_further_steps_of_the_proposal_are_off() {
    for (canon, signature) in [
        ("error-context.drop", "(param i32)"),
        ("thread.index", "(result i32)"),
        ("thread.yield cancellable", "(result i32)"),
    ] {
        let scene = scene!();
        let text = format!(
            r#"(component
                (core func $f (canon {canon}))
                (core module $m (import "" "f" (func {signature})))
                (core instance (instantiate $m (with "" (instance (export "f" (func $f)))))))"#
        );
        let Ok(binary) = wat::parse_str(&text) else {
            panic!("{text}")
        };
        let finished = with_p3(&scene, &binary);
        finished.expect(126);
    }
}
