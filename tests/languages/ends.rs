//! How programs end, and what they say then.

use tollgate_tests::{Scene, scene};

fn program(scene: &Scene, name: &str, text: &str) -> std::path::PathBuf {
    scene.write(name, text)
}

#[test]
fn a_program_has_its_arguments_environment_and_standard_streams() {
    let scene = scene!();
    let file = program(
        &scene,
        "app/echo.js",
        "const [node, file, ...rest] = process.argv;\n\
         let text = '';\n\
         process.stdin.setEncoding('utf8').on('data', (part) => { text += part; }).on('end', () => {\n\
           console.log(JSON.stringify([file, rest, process.env.GREETING, process.env.HOME, text]));\n\
           console.error('done');\n\
         });",
    );
    let finished = scene
        .run(&file)
        .flags(&["--env", "GREETING=good day"])
        .args(&["a", "--b"])
        .input("typed\n")
        .finish();
    finished.expect(0);
    assert_eq!(
        finished.stdout.trim(),
        r#"["/program/echo.js",["a","--b"],"good day",null,"typed\n"]"#
    );
    assert_eq!(finished.stderr.trim(), "done");
}

#[test]
fn a_text_of_the_command_line_is_a_module() {
    let scene = scene!();
    let finished = scene
        .tollgate([
            "run",
            "-e",
            "import { sep } from 'node:path'; console.log(sep, await 1, process.argv.slice(2).join())",
            "x",
            "-y",
        ])
        .run();
    finished.expect(0);
    assert_eq!(finished.stdout, "/ 1 x,-y\n");
    let typed = [
        "run",
        "--lang",
        "ts",
        "-e",
        "const a: number = 2; console.log(a)",
    ];
    assert_eq!(scene.tollgate(typed).run().expect(0).stdout, "2\n");
}

#[test]
fn an_exit_code_is_the_programs() {
    let scene = scene!();
    for (text, code) in [
        ("process.exit(7)", 7),
        ("process.exitCode = 3", 3),
        ("process.on('exit', () => { process.exitCode = 9 })", 9),
        (
            "setTimeout(() => process.exit(4), 5); setInterval(() => {}, 1)",
            4,
        ),
        ("", 0),
    ] {
        let file = program(&scene, "app/exit.js", text);
        scene.run(&file).finish().expect(code);
    }
}

#[test]
fn an_uncaught_error_says_where_in_the_programs_own_file() {
    let scene = scene!();
    let file = program(
        &scene,
        "app/fail.js",
        "'use strict';\n\nfunction inner() {\n  throw new TypeError('it broke');\n}\ninner();\n",
    );
    let finished = scene.run(&file).finish();
    finished.expect(1);
    let said = &finished.stderr;
    assert!(
        said.starts_with("/program/fail.js:4\n  throw new TypeError('it broke');\n"),
        "{said}"
    );
    assert!(
        said.contains("TypeError: it broke\n    at inner (/program/fail.js:4:"),
        "{said}"
    );
    assert!(
        !said.contains("node:"),
        "frames of the library are left out: {said}"
    );
    assert!(
        !said.contains(&scene.root().display().to_string()),
        "{said}"
    );
}

#[test]
fn an_unhandled_rejection_ends_a_program_as_an_uncaught_error_does() {
    let scene = scene!();
    let file = program(
        &scene,
        "app/reject.mjs",
        "const later = async () => {\n  await null;\n  throw new RangeError('too late');\n};\nlater();\n",
    );
    let finished = scene.run(&file).finish();
    finished.expect(1);
    assert!(
        finished.stderr.contains("RangeError: too late"),
        "{}",
        finished.stderr
    );
    assert!(
        finished.stderr.contains("/program/reject.mjs:3"),
        "{}",
        finished.stderr
    );
}

#[test]
fn a_syntax_error_says_where() {
    let scene = scene!();
    let file = program(&scene, "app/bad.mjs", "const a = 1;\nconst = 2;\n");
    let finished = scene.run(&file).finish();
    finished.expect(1);
    assert!(finished.stderr.contains("bad.mjs:2"), "{}", finished.stderr);
    assert!(
        finished.stderr.contains("SyntaxError"),
        "{}",
        finished.stderr
    );
}

const ORDER: &str = "setImmediate(() => console.log('immediate'));\n\
    setTimeout(() => console.log('timer'), 0);\n\
    Promise.resolve().then(() => console.log('promise'));\n\
    process.nextTick(() => console.log('tick'));\n\
    queueMicrotask(() => console.log('microtask'));\n\
    console.log('main');\n\
    const until = Date.now() + 5; while (Date.now() < until);";

/// A script is a callback of the loop; an ES module is a promise job itself.
#[test]
fn the_loop_runs_in_nodes_order() {
    let scene = scene!();
    for (name, order) in [
        ("app/order.js", ["main", "tick", "promise", "microtask"]),
        ("app/order.mjs", ["main", "promise", "microtask", "tick"]),
    ] {
        let file = program(&scene, name, ORDER);
        let finished = scene.run(&file).finish();
        finished.expect(0);
        let mut expected = order.to_vec();
        expected.extend(["timer", "immediate"]);
        assert_eq!(finished.lines(), expected, "{name}");
    }
}

#[test]
fn an_uncaught_error_is_shown_as_deep_as_nobody_asks_again() {
    let scene = scene!();
    let text = "const error = new Error('deep');\n\
        error.a = { b: { c: { d: { e: { f: { g: 1 } } } } }, [Symbol.for('nodejs.util.inspect.custom')]: () => 'its own' };\n\
        throw error;\n";
    let file = program(&scene, "app/deep.js", text);
    let finished = scene.run(&file).finish();
    finished.expect(1);
    let shown: String = finished.stderr.split_whitespace().collect();
    assert!(
        shown.contains("a:{b:{c:{d:{e:{f:[Object]}}}},"),
        "{}",
        finished.stderr
    );
}

#[test]
fn a_program_on_standard_input_is_a_module_unless_it_says_otherwise() {
    let scene = scene!();
    let run = |flags: &[&str], text: &[u8]| {
        let mut arguments = vec!["run"];
        arguments.extend(flags);
        scene.tollgate(arguments).input(text).run()
    };
    let finished = run(
        &["-", "a", "-b"],
        b"import fs from 'fs'; console.log(process.argv.slice(2), typeof await fs, import.meta.url.endsWith('/[stdin]'))",
    );
    finished.expect(0);
    assert_eq!(finished.stdout, "[ 'a', '-b' ] object true\n");
    let finished = run(
        &["--lang", "ts", "-"],
        b"const a: number = 1; console.log(a)",
    );
    finished.expect(0);
    assert_eq!(finished.stdout, "1\n");
    let finished = run(&["-e", "console.log(process.argv.slice(2))", "-"], b"");
    assert_eq!(finished.stdout, "[ '-' ]\n");
    let finished = run(&["-"], b"nowhere()");
    finished.expect(1);
    assert!(
        finished.stderr.contains("/[stdin]:1\n"),
        "{}",
        finished.stderr
    );
    let component = std::fs::read(tollgate_tests::guests::HELLO).expect("a guest");
    run(&["-"], &component).expect(0);
    run(&["-"], b"\xff\xfe").expect(2);
    run(&["--lang", "js", "-"], &component).expect(2);
}

/// `mappings` of a text of two lines: both come from the third line of the first original.
const MAPPINGS: &str = ";AAEA";

#[test]
fn an_uncaught_error_says_where_in_the_original_by_a_source_map() {
    let scene = scene!();
    let map = format!(
        r#"{{"version":3,"sources":["../src/main.ts"],"sourcesContent":["one\ntwo\nthree(); // original\n"],"names":[],"mappings":"{MAPPINGS}"}}"#
    );
    let text = "// compiled\nthrow new TypeError('here');\n//# sourceMappingURL=main.js.map\n";
    scene.write("app/package.json", "{}");
    let file = scene.write("app/dist/main.js", text);
    scene.write("app/dist/main.js.map", &map);
    let (finished, records) = scene.run(&file).logged();
    finished.expect(1);
    assert!(
        finished.stderr.starts_with(
            "file:///program/src/main.ts:3\nthree(); // original\n^\n\nTypeError: here\n    at "
        ),
        "{}",
        finished.stderr
    );
    assert!(
        finished.stderr.contains("file:///program/src/main.ts:3:1"),
        "{}",
        finished.stderr
    );
    assert_eq!(
        crate::shared::failed_at(&records),
        ["file:///program/src/main.ts:3:1"]
    );
    // What loading it needs is decided about as every file of the program is.
    assert!(
        records
            .iter()
            .any(|record| record.is("program.load", "/program/dist/main.js.map")),
        "{records:#?}"
    );

    // In the text itself, and one that is none.
    let data = format!(
        "data:application/json,{}",
        map.replace(' ', "%20").replace('\n', "%0A")
    );
    let own = scene.write("app/dist/own.js", text.replace("main.js.map", &data));
    let finished = scene.run(&own).finish();
    assert!(
        finished
            .stderr
            .starts_with("file:///program/src/main.ts:3\n"),
        "{}",
        finished.stderr
    );
    scene.write("app/dist/main.js.map", "{\"version\":3,\"mappings\":7}");
    let finished = scene.run(&file).finish();
    assert!(
        finished
            .stderr
            .starts_with("/program/dist/main.js:2\nthrow new TypeError('here');\n"),
        "{}",
        finished.stderr
    );
}
