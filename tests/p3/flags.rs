//! The flag, and what is said without it.

use tollgate_tests::{guests, scene};

use crate::run;

#[test]
fn without_the_flag_a_component_of_0_3_is_refused_and_the_flag_is_named() {
    let scene = scene!();
    for command in [vec!["run"], vec!["inspect"], vec!["compile"]] {
        let words = command.iter().copied().chain([guests::P3_HELLO]);
        let finished = scene.tollgate(words).run();
        finished.expect(126);
        assert!(
            finished.stderr.contains("WASI 0.3") && finished.stderr.contains("--wasi-p3"),
            "{command:?}: {}",
            finished.stderr
        );
        assert_eq!(finished.stdout, "");
    }
}

#[test]
fn with_the_flag_a_component_of_0_2_runs_as_before() {
    let scene = scene!();
    let (finished, records) = run(&scene, guests::HELLO).args(&["word"]).logged();
    finished.expect(0);
    assert_eq!(
        finished.lines(),
        ["hello from hello.wasm", "argument word", "no greeting"]
    );
    assert!(
        !records.iter().any(|record| record.import.contains("@0.3")),
        "{records:#?}"
    );
    run(&scene, guests::EXIT)
        .args(&["code", "7"])
        .finish()
        .expect(7);
    run(&scene, guests::ENDLESS)
        .flags(&["--limit", "wall=500ms"])
        .finish()
        .expect(124);
}

#[test]
fn the_other_limits_hold_under_the_profile() {
    let scene = scene!();
    run(&scene, guests::P3_HELLO)
        .flags(&["--limit", "fuel=1000"])
        .finish()
        .expect(125);
    run(&scene, guests::P3_HELLO)
        .flags(&["--limit", "fuel=1000000000"])
        .finish()
        .expect(0);
    run(&scene, guests::MEMORY_BOMB)
        .flags(&["--limit", "memory=16MiB"])
        .finish()
        .expect(125);
    let cpu = run(&scene, guests::ENDLESS)
        .flags(&["--limit", "cpu=300ms"])
        .finish();
    cpu.expect(124);
    assert!(cpu.stderr.contains("cpu"), "{}", cpu.stderr);
}

/// Artifacts of one profile are not found by another: both are kept, each under its own name.
#[test]
fn a36_an_artifact_of_one_profile_does_not_serve_another() {
    let scene = scene!();
    scene.tollgate(["compile", guests::HELLO]).run().expect(0);
    let compile = |flags: &[&str]| {
        let words = ["compile", "--json"].iter().chain(flags).copied();
        let finished = scene.tollgate(words.chain([guests::HELLO])).run();
        finished.expect(0);
        finished.stdout.contains("\"cached\":true")
    };
    assert!(!compile(&["--wasi-p3"]), "compiled for itself at first");
    assert!(compile(&["--wasi-p3"]), "and kept");
    let shown = scene.tollgate(["cache", "show"]).run();
    assert!(shown.stdout.contains("run-p3"), "{}", shown.stdout);
}

#[test]
fn inspect_shows_what_a_component_of_0_3_may_ask_for() {
    let scene = scene!();
    let finished = scene
        .tollgate(["inspect", "--wasi-p3", guests::P3_TOUR])
        .run();
    finished.expect(0);
    assert!(
        finished
            .stdout
            .contains("a command: `tollgate run` calls it"),
        "{}",
        finished.stdout
    );
    for interface in [
        "wasi:cli/environment@0.3.0",
        "wasi:cli/stdin@0.3.0",
        "wasi:cli/stdout@0.3.0",
        "wasi:cli/stderr@0.3.0",
        "wasi:clocks/system-clock@0.3.0",
        "wasi:clocks/monotonic-clock@0.3.0",
        "wasi:filesystem/types@0.3.0",
        "wasi:random/random@0.3.0",
        "wasi:random/insecure@0.3.0",
        "wasi:random/insecure-seed@0.3.0",
    ] {
        let asked = finished
            .lines()
            .into_iter()
            .filter(|line| line.contains("it may") || !line.trim_start().starts_with("imports"))
            .any(|line| line.contains(interface));
        assert!(asked, "{interface} is no request in {}", finished.stdout);
    }
}

/// What 0.3 cannot say at run time either is refused at load, by its name.
#[test]
fn what_cannot_be_denied_at_run_time_is_refused_at_load() {
    for (scope, interface) in [
        ("[clock]\ndefault = \"deny\"\n", "wasi:clocks/"),
        ("[random]\ndefault = \"deny\"\n", "wasi:random/"),
    ] {
        let scene = scene!();
        let finished = run(&scene, guests::P3_CLOCKS)
            .policy(&format!("version = 1\n{scope}"))
            .finish();
        finished.expect(126);
        assert!(
            finished.stderr.contains(interface) && finished.stderr.contains("no error to say"),
            "{}",
            finished.stderr
        );
    }
}

#[test]
fn an_asynchronous_function_can_be_invoked_by_name() {
    let scene = scene!();
    let finished = run(&scene, guests::P3_HELLO)
        .flags(&["--invoke", "wasi:cli/run.run@0.3.0()"])
        .finish();
    finished.expect(0);
    assert!(
        finished.says("hello over 0.3") && finished.says("ok"),
        "{}",
        finished.stdout
    );
}
