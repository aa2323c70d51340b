//! Programs that misbehave: each limit ends them, or is an error that they can catch.

use std::time::Duration;

use tollgate_tests::scene;

use crate::shared::{ended_at, reached};

/// `place` is how the place begins that is told.
#[track_caller]
fn ended(text: &str, limits: &str, limit: &str, place: &str) {
    let scene = scene!();
    let file = scene.write("app/main.js", text);
    scene.write("work/file", "");
    let logged = scene
        .run(&file)
        .work()
        .flags(&["--limit", limits])
        .patience(Duration::from_secs(60))
        .logged();
    ended_at(&logged, limit, place);
}

#[test]
fn an_endless_loop_ends_by_time() {
    let place = "/program/main.js:3:1";
    ended("let a = 1;\n\nfor (;;);", "wall=2s", "wall", place);
    ended(
        "let a = 1;\n\nwhile (a);",
        "cpu=500ms,wall=50s",
        "cpu",
        place,
    );
    ended(
        "let a = 1;\n\ndo {} while (a);",
        "cpu=500ms,wall=50s",
        "cpu",
        place,
    );
    ended(
        "const count = () => {\n  let n = 0;\n  for (;;) {\n    n += 1;\n  }\n};\ncount();",
        "cpu=500ms,wall=50s",
        "cpu",
        "/program/main.js:4:5",
    );
    ended(
        "const again = () => {\n  Promise.resolve().then(again);\n};\nagain();",
        "wall=2s",
        "wall",
        "/program/main.js:2:",
    );
    // What only waits has no place, and was last seen where it began to.
    ended(
        "\nsetInterval(() => {}, 1)",
        "wall=2s",
        "wall",
        "/program/main.js:2:1",
    );
    // In the middle of what is native.
    ended(
        "const text = 'a'.repeat(40);\n/(a+)+b/.test(text);",
        "cpu=500ms,wall=50s",
        "cpu",
        "/program/main.js:2:",
    );
}

#[test]
fn endless_output_ends_by_its_limit() {
    ended(
        "const say = (text) => {\n  console.log(text.repeat(1000));\n};\nfor (;;) say('x');",
        "output=100KiB",
        "output",
        "/program/main.js:2:",
    );
}

#[test]
fn handles_and_what_one_call_hands_over_end_where_they_are_asked_for() {
    ended(
        "const fs = require('fs');\nconst kept = [];\nfor (;;)\n  kept.push(fs.openSync('/work/file'));",
        "handles=64",
        "handles",
        "/program/main.js:4:",
    );
    ended(
        "const name = 'x'.repeat(2 << 20);\nrequire('./' + name);",
        "host-call-bytes=1MiB",
        "host-call-bytes",
        "/program/main.js:2:",
    );
}

#[test]
fn endless_instructions_end_by_fuel() {
    ended(
        "let n = 0;\nfor (;;) n += 1;",
        "fuel=300000000,compile-time=180s",
        "fuel",
        "/program/main.js:2:",
    );
}

#[test]
fn a_limit_that_is_near_is_told_by_a_source_map() {
    let scene = scene!();
    let map = r#"{"version":3,"sources":["../src/main.ts"],"names":[],"mappings":";AAEA"}"#;
    let text = "// compiled\nfor (;;);\n//# sourceMappingURL=main.js.map\n";
    scene.write("app/package.json", "{}");
    let file = scene.write("app/dist/main.js", text);
    scene.write("app/dist/main.js.map", map);
    let run = scene.run(&file).flags(&["--limit", "cpu=1s,wall=50s"]);
    let logged = run.patience(Duration::from_secs(60)).logged();
    ended_at(&logged, "cpu", "file:///program/src/main.ts:3:1");
}

#[test]
fn what_a_program_says_of_its_place_is_bounded_and_escaped() {
    let scene = scene!();
    // The name of the file is the program's own to choose.
    let text = "const name = '\\x1b[31m' + 'long'.repeat(1000);\n\
                require('vm').runInThisContext('for (;;);', name);";
    let file = scene.write("app/main.js", text);
    let run = scene.run(&file).flags(&["--limit", "cpu=500ms,wall=50s"]);
    let (finished, records) = run.patience(Duration::from_secs(60)).logged();
    finished.expect(124);
    assert!(!finished.stderr.contains('\x1b'), "{}", finished.stderr);
    let failed = records
        .iter()
        .find(|record| record.operation == "run.failed");
    let told = &failed.expect("a record of the place").resource;
    assert!(told.contains("longlong") && told.len() < 1100, "{told}");
}

#[test]
fn memory_that_runs_out_in_nobodys_hands_says_where() {
    let scene = scene!();
    let text = "const kept = [];\nfor (;;)\n  kept.push({ a: [1, 2] });";
    let file = scene.write("app/main.js", text);
    let run = scene.run(&file).flags(&["--limit", "memory=64MiB"]);
    let (finished, records) = run.patience(Duration::from_secs(60)).logged();
    finished.expect(1);
    let said = "/program/main.js:3\n  kept.push({ a: [1, 2] });\n";
    assert!(finished.stderr.starts_with(said), "{}", finished.stderr);
    assert!(
        finished.stderr.contains("out of memory"),
        "{}",
        finished.stderr
    );
    let failed = records
        .iter()
        .find(|record| record.operation == "run.failed");
    let told = &failed.expect("a record of the place").resource;
    assert!(told.starts_with("/program/main.js:3:"), "{told}");
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
