//! `--invoke`: functions by the names that wasmtime takes.

use tollgate_tests::{Finished, guests, scene};

fn invoke(call: &str) -> Finished {
    scene!().run(guests::CALLS).flags(&["--invoke", call]).finish()
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
    assert_eq!(invoke("greet(\"you\", 2)").expect(0).stdout, "\"hello you hello you\"\n");
    assert_eq!(invoke("math.greet(\"you\")").expect(0).stdout, "\"the sum of you\"\n");
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
        assert!(finished.stderr.contains(word), "{call}: {}", finished.stderr);
        assert_eq!(finished.stdout, "", "{call}");
    }
}

#[test]
fn a_function_that_traps_ends_with_134() {
    invoke("crash()").expect(134);
}

#[test]
fn an_invoked_function_is_behind_the_gate_and_in_the_log() {
    let (finished, records) = scene!().run(guests::CALLS).flags(&["--invoke", "add(1, 2)"]).logged();
    finished.expect(0);
    assert!(records.iter().any(|record| record.is("run.end", "exit-code=0")), "{records:#?}");
}
