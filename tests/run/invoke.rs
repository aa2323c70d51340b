//! `--invoke`: functions by the names that wasmtime takes.

use tollgate_tests::{Finished, guests, scene};

fn invoke(call: &str) -> Finished {
    scene!()
        .run(guests::CALLS)
        .flags(&["--invoke", call])
        .finish()
}

#[test]
fn a_function_is_named_in_full_or_as_short_as_is_unambiguous() {
    for call in [
        "tollgate:guests/math.add@1.0.0(2, 40)",
        "tollgate:guests/math.add(2, 40)",
        "math.add(2, 40)",
        "add(2, 40)",
        "add(-1, 43)",
    ] {
        assert_eq!(invoke(call).expect(0).stdout, "42\n", "{call}");
    }
}

#[test]
fn the_full_name_wins_over_a_shortened_one() {
    assert_eq!(
        invoke("greet(\"you\", 2)").expect(0).stdout,
        "\"hello you hello you\"\n"
    );
    assert_eq!(
        invoke("math.greet(\"you\")").expect(0).stdout,
        "\"the sum of you\"\n"
    );
}

#[test]
fn results_are_printed_as_they_could_be_given() {
    assert_eq!(invoke("fail()").expect(0).stdout, "err(\"as asked\")\n");
}

#[test]
fn what_does_not_fit_is_a_usage_error_that_names_what_there_is() {
    for (call, word) in [
        ("nothing()", "add"),
        ("add(1)", "add"),
        ("add(\"one\", 2)", "add"),
        ("greet(\"you\")", "greet"),
        ("add", "function call"),
        ("add(1, 2", "function call"),
    ] {
        let finished = invoke(call);
        finished.expect(2);
        assert!(
            finished.stderr.contains(word),
            "{call}: {}",
            finished.stderr
        );
        assert_eq!(finished.stdout, "", "{call}");
    }
}

#[test]
fn i23_arguments_that_nest_without_end_are_a_usage_error() {
    for argument in [
        "[".repeat(60_000),
        "[".repeat(60_000) + &"]".repeat(60_000),
        "some(".repeat(20_000),
        "{a:".repeat(20_000),
    ] {
        let finished = invoke(&format!("add({argument})"));
        finished.expect(2);
        assert!(finished.stderr.len() < 4_000, "{}", finished.stderr.len());
    }
}

/// A component whose function takes a text; `realloc` and `after` are the bodies of what the host calls around it.
fn takes_text(realloc: &str, after: &str) -> Vec<u8> {
    crate::support::module(&format!(
        "(component
            (core module $m
                (memory (export \"memory\") 1)
                (func (export \"realloc\") (param i32 i32 i32 i32) (result i32) {realloc})
                (func (export \"f\") (param i32 i32) (result i32) i32.const 7)
                (func (export \"after\") (param i32) {after}))
            (core instance $i (instantiate $m))
            (func (export \"f\") (param \"text\" string) (result u32)
                (canon lift (core func $i \"f\") (memory $i \"memory\") (realloc (func $i \"realloc\"))
                    (post-return (func $i \"after\")))))"
    ))
}

#[test]
fn i3_i4_loops_where_the_host_calls_into_the_guest_end_at_the_deadline() {
    let scene = scene!();
    let spin = "(loop $l (br $l)) unreachable";
    for (name, component, code) in [
        ("works", takes_text("i32.const 8", ""), 0),
        ("realloc", takes_text(spin, ""), 124),
        ("post-return", takes_text("i32.const 8", spin), 124),
    ] {
        let file = scene.write(&format!("{name}.wasm"), component);
        let run = scene
            .run(file)
            .flags(&["--invoke", "f(\"text\")", "--limit", "wall=500ms"]);
        let finished = run.patience(std::time::Duration::from_secs(30)).finish();
        assert_eq!(finished.code, Some(code), "{name}: {}", finished.stderr);
    }
}

#[test]
fn i46_i47_a_realloc_that_lies_is_a_trap() {
    let scene = scene!();
    for (name, body) in [
        ("minus-one", "i32.const -1"),
        ("beyond", "i32.const 65535"),
        ("traps", "unreachable"),
    ] {
        let file = scene.write(&format!("{name}.wasm"), takes_text(body, ""));
        let finished = scene
            .run(file)
            .flags(&["--invoke", "f(\"a longer text\")"])
            .finish();
        assert_eq!(finished.code, Some(134), "{name}: {}", finished.stderr);
        assert!(
            !finished.stderr.contains("panicked"),
            "{name}: {}",
            finished.stderr
        );
    }
}

#[test]
fn a_function_that_traps_ends_with_134() {
    invoke("crash()").expect(134);
}

#[test]
fn an_invoked_function_is_behind_the_gate_and_in_the_log() {
    let (finished, records) = scene!()
        .run(guests::CALLS)
        .flags(&["--invoke", "add(1, 2)"])
        .logged();
    finished.expect(0);
    assert!(
        records
            .iter()
            .any(|record| record.is("run.end", "exit-code=0")),
        "{records:#?}"
    );
}

#[test]
fn a9_what_a_guest_hands_over_at_once_is_bounded() {
    let finished = scene!()
        .run(guests::CALLS)
        .flags(&["--limit", "host-call-bytes=4KiB"])
        .flags(&["--invoke", "greet(\"you\", 1000)"])
        .finish();
    finished.expect(125);
    assert!(
        finished.stderr.contains("host-call-bytes"),
        "{}",
        finished.stderr
    );
    assert!(finished.stdout.is_empty());
}
