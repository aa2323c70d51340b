//! Programs that misbehave: each limit ends them, or is an error that they can catch.

use std::time::Duration;

use tollgate_tests::{Record, scene};

fn reached(records: &[Record], limit: &str) -> bool {
    records.iter().any(|record| {
        record.operation == "limit.reached" && record.resource.starts_with(&format!("{limit}="))
    })
}

fn ended(text: &str, limits: &str, code: i32, limit: &str) {
    let scene = scene!();
    let file = scene.write("app/main.js", text);
    let (finished, records) = scene
        .run(&file)
        .flags(&["--limit", limits])
        .patience(Duration::from_secs(60))
        .logged();
    finished.expect(code);
    assert!(reached(&records, limit), "{records:#?}");
}

#[test]
fn an_endless_loop_ends_by_time() {
    ended("for (;;);", "wall=2s", 124, "wall");
    ended("for (;;);", "cpu=500ms,wall=50s", 124, "cpu");
    ended(
        "const again = () => { Promise.resolve().then(again); }; again();",
        "wall=2s",
        124,
        "wall",
    );
    ended("setInterval(() => {}, 1)", "wall=2s", 124, "wall");
}

#[test]
fn endless_output_ends_by_its_limit() {
    ended(
        "for (;;) console.log('x'.repeat(1000));",
        "output=100KiB",
        125,
        "output",
    );
}

#[test]
fn memory_runs_out_as_an_error_that_a_program_can_catch() {
    let scene = scene!();
    let file = scene.write(
        "app/main.js",
        "let kept = [];\ntry { for (;;) kept.push(new Uint8Array(1 << 20).fill(1)); }\n\
         catch (error) { kept = null; console.log(error.name); }",
    );
    let (finished, records) = scene
        .run(&file)
        .flags(&["--limit", "memory=64MiB"])
        .patience(Duration::from_secs(60))
        .logged();
    assert!(reached(&records, "memory"), "{records:#?}");
    finished.expect(0);
    assert!(finished.stdout.contains("Error"), "{}", finished.stdout);
}

#[test]
fn runaway_recursion_is_a_range_error_and_two_thousand_frames_succeed() {
    let scene = scene!();
    let file = scene.write(
        "app/main.js",
        "let depth = 0;\n\
         const down = (left) => { depth += 1; return left === 0 ? 0 : 1 + down(left - 1); };\n\
         console.log(down(2000));\n\
         const caught = (work) => { try { work(); return 'none'; } catch (error) { return error.name; } };\n\
         const endless = () => endless() + 1;\n\
         console.log(caught(endless));\n\
         console.log(caught(() => JSON.parse('['.repeat(1e6))));\n\
         let nested = []; for (let i = 0; i < 1e6; i++) nested = [nested];\n\
         console.log(caught(() => JSON.stringify(nested)));\n\
         console.log(caught(() => eval('('.repeat(1e5))));\n\
         console.log(caught(() => eval('!'.repeat(1e5) + '1')));\n\
         console.log(caught(() => new RegExp('('.repeat(1e5) + ')'.repeat(1e5))));\n\
         console.log(caught(() => [1, 2].sort(endless)), caught(() => String({ toString: endless })));",
    );
    let finished = scene.run(&file).patience(Duration::from_secs(60)).finish();
    finished.expect(0);
    let lines = finished.lines();
    assert_eq!(lines[0], "2000");
    assert_eq!(lines[1], "RangeError");
    for line in &lines[2..6] {
        assert!(["RangeError", "SyntaxError"].contains(line), "{lines:?}");
    }
    assert_eq!(lines[7], "RangeError RangeError");
}

#[test]
fn an_exit_that_is_caught_is_an_exit_all_the_same() {
    let scene = scene!();
    let file = scene.write(
        "app/main.js",
        "try { process.exit(5) } finally { console.log('never') }",
    );
    let finished = scene.run(&file).finish();
    finished.expect(5);
    assert_eq!(finished.stdout, "");
}
