//! `tollgate build`: programs as components of their own, under Tollgate and under any host.

use std::path::PathBuf;
use std::time::Duration;

use rustix::process::Signal;
use tollgate_tests::{Finished, Scene, scene};

use crate::any_host::{AnyHost, interfaces};

fn build(scene: &Scene, file: &str, flags: &[&str]) -> (PathBuf, Finished) {
    let output = scene.path("built.wasm");
    let mut arguments = vec!["build".to_owned(), scene.path(file).display().to_string()];
    arguments.extend(["-o".to_owned(), output.display().to_string()]);
    arguments.extend(flags.iter().map(|flag| (*flag).to_owned()));
    let finished = scene
        .tollgate(arguments)
        .patience(Duration::from_secs(120))
        .run();
    (output, finished)
}

pub(crate) fn built(scene: &Scene, file: &str, flags: &[&str]) -> PathBuf {
    let (output, finished) = build(scene, file, flags);
    finished.expect(0);
    output
}

/// A program of every kind of file, which finds others in every way.
fn program(scene: &Scene) {
    scene.write(
        "app/package.json",
        r##"{"name":"app","imports":{"#inner":"./inner.ts"}}"##,
    );
    scene.write(
        "app/main.mts",
        "import { greet } from './lib.mjs';
         import inner from '#inner';
         import dep, { named } from 'dep';
         import { readFileSync } from 'node:fs';
         import data from './data.json' with { type: 'json' };
         const word: string = 'you';
         console.log(greet(word), inner, dep.x, named, data.a, process.argv.slice(2));
         console.log((await import('./late.cjs')).default.name, import.meta.url);
         for (const name of ['dynamic']) console.log((await import(`./${name}.mjs`).catch((error) => error)).code);
         try { readFileSync(import.meta.filename); } catch (error) { console.log(error.code); }
         console.log(Math.random() < 1, typeof crypto.randomUUID());",
    );
    scene.write(
        "app/lib.mjs",
        "export const greet = (name) => `hello ${name}`;",
    );
    scene.write("app/inner.ts", "export default 'inner' as const;");
    scene.write("app/data.json", r#"{"a":[1,2]}"#);
    scene.write(
        "app/late.cjs",
        "exports.name = require('./name').toUpperCase(); exports.data = require('./data.json');",
    );
    scene.write(
        "app/name.js",
        "module.exports = require('path').basename(__filename);",
    );
    scene.write("app/dynamic.mjs", "export default 1;");
    scene.write(
        "app/node_modules/dep/package.json",
        r#"{"name":"dep","main":"m.js"}"#,
    );
    scene.write(
        "app/node_modules/dep/m.js",
        "exports.x = 42; exports.named = 'named';",
    );
}

const PRINTED: &str = "hello you inner 42 named [ 1, 2 ] [ 'a', 'b' ]
NAME.JS file:///program/main.mts
ERR_MODULE_NOT_FOUND
ENOENT
true string
";

#[test]
fn a_program_runs_the_same_as_a_component_of_its_own() {
    let scene = scene!();
    program(&scene);
    let component = built(&scene, "app/main.mts", &[]);
    let finished = scene.run(&component).args(&["a", "b"]).finish();
    finished.expect(0);
    assert_eq!(finished.stdout, PRINTED);
}

#[test]
fn any_host_of_wasi_runs_what_was_built() {
    let scene = scene!();
    program(&scene);
    let component = built(&scene, "app/main.mts", &[]);
    let (imports, exports) = interfaces(&component);
    assert!(
        imports.iter().all(|name| name.starts_with("wasi:")),
        "{imports:?}"
    );
    assert_eq!(exports, ["wasi:cli/run@0.2.12"]);
    let host = AnyHost::load(&component);
    let (succeeded, printed) = host.run(&["app", "a", "b"]);
    assert!(succeeded, "{printed}");
    assert_eq!(printed, PRINTED);
}

#[test]
fn a_program_that_answers_requests_does_so_in_any_host() {
    let scene = scene!();
    scene.write(
        "app/web.mjs",
        "let count = 0;
         export default {
           async fetch(request, env, context) {
             const { pathname } = new URL(request.url);
             if (pathname === '/echo') return new Response(request.body, { headers: { 'x-type': request.headers.get('content-type') } });
             if (pathname === '/boom') throw new Error('secret');
             if (pathname === '/none') return 'text';
             if (pathname === '/wait') { await new Promise((resolve) => setTimeout(resolve, 5)); return new Response(null, { status: 204 }); }
             if (pathname === '/stream') return new Response(new ReadableStream({
               async pull(controller) {
                 if (count++ === 3) controller.close();
                 else controller.enqueue(new TextEncoder().encode(`part ${count};`));
               },
             }));
             setInterval(() => {}, 1000);
             return Response.json({ method: request.method, url: request.url, body: await request.text() });
           },
         };",
    );
    let component = built(&scene, "app/web.mjs", &["--world", "http"]);
    let (imports, exports) = interfaces(&component);
    assert!(
        imports.iter().all(|name| name.starts_with("wasi:")),
        "{imports:?}"
    );
    assert_eq!(exports, ["wasi:http/incoming-handler@0.2.12"]);
    let host = AnyHost::load(&component);

    let answer = host.ask("POST", "http://example.com/echo", &"x".repeat(100_000));
    assert_eq!((answer.status, answer.body.len()), (200, 100_000));
    assert!(
        answer
            .headers
            .contains(&("x-type".to_owned(), "text/x-test".to_owned()))
    );
    let answer = host.ask("PUT", "http://example.com/json?a=b", "text");
    assert_eq!(
        answer.body,
        r#"{"method":"PUT","url":"http://example.com/json?a=b","body":"text"}"#
    );
    assert_eq!(
        host.ask("GET", "http://example.com/stream", "").body,
        "part 1;part 2;part 3;"
    );
    assert_eq!(host.ask("GET", "http://example.com/wait", "").status, 204);
    for failing in ["/boom", "/none"] {
        let answer = host.ask("GET", &format!("http://example.com{failing}"), "");
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (500, "Internal Server Error\n")
        );
    }
}

#[test]
fn a_plugin_is_described_and_called_with_json() {
    let scene = scene!();
    scene.write(
        "app/plugin.mjs",
        "export const describe = { name: 'demo', version: '1.0.0' };
         export const greet = ({ name }) => ({ text: `hello ${name}` });
         export async function slow(ms) { await new Promise((resolve) => setTimeout(resolve, ms)); return 'slept'; }
         export function fails() { throw new TypeError('no way'); }
         export const big = () => 1n;
         export const nothing = () => {};
         setInterval(() => {}, 1000);",
    );
    let component = built(&scene, "app/plugin.mjs", &["--world", "plugin"]);
    assert_eq!(interfaces(&component).1, ["tollgate:bridge/plugin@0.1.0"]);
    let call = |call: &str| {
        let finished = scene.run(&component).flags(&["--invoke", call]).finish();
        finished.expect(0);
        finished.stdout.trim_end().to_owned()
    };
    assert_eq!(
        call("describe()"),
        r#"ok("{\"name\":\"demo\",\"version\":\"1.0.0\",\"functions\":[\"big\",\"fails\",\"greet\",\"nothing\",\"slow\"]}")"#
    );
    assert_eq!(
        call(r#"call("greet", "{\"name\": \"you\"}")"#),
        r#"ok("{\"text\":\"hello you\"}")"#
    );
    assert_eq!(call(r#"call("slow", "5")"#), r#"ok("\"slept\"")"#);
    assert_eq!(call(r#"call("nothing", "5")"#), r#"ok("null")"#);
    assert_eq!(
        call(r#"call("fails", "5")"#),
        r#"err(failed("TypeError: no way"))"#
    );
    for unknown in [
        "describe",
        "default",
        "constructor",
        "toString",
        "__proto__",
    ] {
        assert_eq!(
            call(&format!(r#"call("{unknown}", "5")"#)),
            format!(r#"err(unknown-function("{unknown}"))"#)
        );
    }
    for call in [call(r#"call("greet", "{")"#), call(r#"call("big", "1")"#)] {
        assert!(call.starts_with("err(invalid-json("), "{call}");
    }
}

#[test]
fn a_snapshot_shares_neither_numbers_nor_time_nor_environment() {
    let scene = scene!();
    scene.write(
        "app/main.js",
        "console.log(Math.random(), crypto.randomUUID(), Date.now() > 1.7e12, process.env.NAME)",
    );
    let component = built(&scene, "app/main.js", &[]);
    let run = |value: &str| {
        let name = format!("NAME={value}");
        let finished = scene.run(&component).flags(&["--env", &name]).finish();
        finished.expect(0);
        finished.stdout
    };
    let (first, second) = (run("one"), run("two"));
    assert!(first.ends_with(" true one\n") && second.ends_with(" true two\n"));
    let words = |text: &str| {
        text.split(' ')
            .take(2)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    for (first, second) in words(&first).iter().zip(words(&second)) {
        assert_ne!(*first, second);
    }
}

#[test]
fn two_builds_of_one_program_are_the_same_bytes() {
    let scene = scene!();
    program(&scene);
    let first = std::fs::read(built(&scene, "app/main.mts", &[])).expect("it was written");
    let second = std::fs::read(built(&scene, "app/main.mts", &[])).expect("it was written");
    assert!(first == second);
}

#[test]
fn recursion_has_the_depth_that_programs_have_in_source() {
    let scene = scene!();
    scene.write(
        "app/main.js",
        "let depth = 0; const down = () => { depth++; down(); };
         try { down(); } catch (error) { console.log(error.name, depth > 2000); }",
    );
    let component = built(&scene, "app/main.js", &[]);
    let finished = scene.run(&component).finish();
    finished.expect(0);
    assert_eq!(finished.stdout, "RangeError true\n");
}

#[test]
fn an_error_says_where_in_the_programs_own_file() {
    let scene = scene!();
    scene.write(
        "app/main.mts",
        "const a: number = 1;\n\nthrow new Error('here');\n",
    );
    let component = built(&scene, "app/main.mts", &[]);
    let finished = scene.run(&component).finish();
    finished.expect(1);
    assert!(
        finished
            .stderr
            .starts_with("file:///program/main.mts:3\nthrow new Error('here');\n"),
        "{}",
        finished.stderr
    );
}

#[test]
fn what_is_not_found_is_said_and_thrown_when_it_is_asked_for() {
    let scene = scene!();
    scene.write(
        "app/main.cjs",
        "try { require('optional'); } catch (error) { console.log(error.code); }",
    );
    let (component, finished) = build(&scene, "app/main.cjs", &[]);
    finished.expect(0);
    assert!(
        finished
            .stderr
            .contains("/program/main.cjs: Cannot find module 'optional'"),
        "{}",
        finished.stderr
    );
    let finished = scene.run(&component).finish();
    finished.expect(0);
    assert_eq!(finished.stdout, "MODULE_NOT_FOUND\n");
}

#[test]
fn a_file_that_an_import_cannot_do_without_is_named_when_it_is_built_or_loaded() {
    let scene = scene!();
    scene.write("app/package.json", "{}");
    scene.write("app/entry.mjs", "import './none.mjs';");
    let (_, finished) = build(&scene, "app/entry.mjs", &[]);
    finished.expect(126);
    let named = "Cannot find module '/program/none.mjs' imported from /program/entry.mjs";
    assert!(finished.stderr.contains(named), "{}", finished.stderr);
    // Where it is another file's, the program runs until it loads that.
    scene.write(
        "app/late.mjs",
        "console.log(await import('./entry.mjs').catch((error) => error.code));",
    );
    let component = built(&scene, "app/late.mjs", &[]);
    let finished = scene.run(&component).finish();
    assert_eq!(finished.expect(0).stdout, "ERR_MODULE_NOT_FOUND\n");
}

#[test]
fn what_cannot_be_built_is_refused() {
    let scene = scene!();
    scene.write("app/broken.mjs", "const a = ;");
    scene.write("app/enum.ts", "enum A { B }");
    scene.write("app/text.txt", "text");
    for (file, code, said) in [
        ("app/broken.mjs", 126, "nothing is built: "),
        ("app/enum.ts", 126, "an enum is code"),
        ("app/text.txt", 2, "is no program that can be built"),
        ("app/missing.mjs", 127, "there is no file"),
    ] {
        let (output, finished) = build(&scene, file, &[]);
        finished.expect(code);
        assert!(finished.stderr.contains(said), "{}", finished.stderr);
        assert!(!output.exists());
    }
}

#[test]
fn json_says_what_was_built() {
    let scene = scene!();
    scene.write("app/main.js", "require('./nowhere')");
    let (output, finished) = build(&scene, "app/main.js", &["--json"]);
    finished.expect(0);
    let told: serde_json::Value = serde_json::from_str(&finished.stdout).expect("JSON");
    let length = std::fs::metadata(&output).expect("it was written").len();
    assert_eq!(told["bytes"], length);
    assert_eq!(told["files"], 1);
    assert_eq!(told["missing"][0]["from"], "/program/main.js");
}

#[test]
fn what_the_operator_denies_to_programs_is_not_built_in() {
    let scene = scene!();
    scene.write(
        "app/main.cjs",
        "try { require('./denied'); } catch (error) { console.log(error.code); }",
    );
    scene.write("app/denied.js", "console.log('loaded')");
    let ceiling = scene.write(
        "ceiling.toml",
        "version = 1\n[program]\nallow = [\"/program/**\"]\ndeny = [\"/program/denied.js\"]\n[stdio]\ndefault = \"allow\"\n",
    );
    let ceiling = ceiling.display().to_string();
    let (component, finished) = build(&scene, "app/main.cjs", &["--ceiling", &ceiling]);
    finished.expect(0);
    assert!(
        finished
            .stderr
            .contains("the policy does not let '/program/denied.js' be loaded"),
        "{}",
        finished.stderr
    );
    let finished = scene.run(&component).finish();
    finished.expect(0);
    assert_eq!(finished.stdout, "ERR_MODULE_NOT_FOUND\n");
    scene.write("app/only.mjs", "console.log('loaded')");
    let denied = scene.write("none.toml", "version = 1\n[program]\ndefault = \"deny\"\n");
    let denied = denied.display().to_string();
    let (_, finished) = build(&scene, "app/only.mjs", &["--ceiling", &denied]);
    finished.expect(126);
}

#[test]
fn what_was_compiled_before_is_what_a_run_takes() {
    let scene = scene!();
    scene.write("app/main.js", "console.log('it ran')");
    let component = built(&scene, "app/main.js", &[]);
    let compile = || {
        let finished = scene
            .tollgate([
                "compile".into(),
                "--json".into(),
                component.clone().into_os_string(),
            ])
            .patience(Duration::from_secs(120))
            .run();
        finished.expect(0);
        let told: serde_json::Value = serde_json::from_str(&finished.stdout).expect("JSON");
        told["cached"].as_bool()
    };
    scene.run(&component).finish().expect(0);
    assert_eq!(compile(), Some(true));
}

#[test]
fn what_is_watched_runs_again_when_it_changes_and_never_above_the_ceiling() {
    let scene = scene!();
    let text =
        |number: u32| format!("console.log('run {number}', Object.keys(process.env).length);");
    let file = scene.write("app/main.js", text(1));
    let ceiling = scene.write(
        "ceiling.toml",
        "version = 1\n[program]\ndefault = \"allow\"\n[stdio]\ndefault = \"allow\"\n[env]\ndefault = \"deny\"\n",
    );
    let arguments = [
        "--ceiling".into(),
        ceiling.into_os_string(),
        "build".into(),
        "--watch".into(),
        "-o".into(),
        scene.path("built.wasm").into_os_string(),
        file.into_os_string(),
        "--".into(),
        "--env".into(),
        "NAME=value".into(),
    ];
    let running = scene
        .tollgate(arguments)
        .patience(Duration::from_secs(120))
        .start();
    let next = || loop {
        let line = running.line();
        if line.starts_with("run ") {
            return line;
        }
    };
    assert_eq!(next(), "run 1 0");
    scene.write("app/main.js", text(2));
    assert_eq!(next(), "run 2 0");
    running.signal(Signal::TERM);
    running.wait().expect(143);
}

#[test]
fn what_a_build_reads_is_decided_and_recorded_as_what_a_run_reads() {
    let scene = scene!();
    program(&scene);
    let denied = scene.write(
        "ceiling.toml",
        "version = 1\n[program]\nallow = [\"/program/**\"]\ndeny = [\"/program/name.js\"]\n[stdio]\ndefault = \"allow\"\n",
    );
    let log = scene.path("audit.jsonl").display().to_string();
    let ceiling = denied.display().to_string();
    built(
        &scene,
        "app/main.mts",
        &["--audit", &log, "--ceiling", &ceiling],
    );
    let records = scene.records("audit.jsonl");
    let named = |operation: &str| {
        let of_it = records
            .iter()
            .filter(|record| record.operation == operation);
        of_it.collect::<Vec<_>>()
    };
    assert_eq!(named("run.start")[0].resource, "main.mts");
    assert!(named("run.program")[0].resource.starts_with("sha256:"));
    assert_eq!(named("run.end")[0].outcome, "ok");
    let loaded = named("program.load");
    for file in [
        "main.mts",
        "lib.mjs",
        "inner.ts",
        "data.json",
        "late.cjs",
        "package.json",
        "node_modules/dep/m.js",
    ] {
        let path = format!("/program/{file}");
        let found = loaded
            .iter()
            .find(|record| record.resource == path && record.bytes_in > 0);
        let found = found.unwrap_or_else(|| panic!("{path} in {loaded:#?}"));
        assert_eq!((&*found.decision, &*found.outcome), ("allow", "ok"));
    }
    let refused = loaded
        .iter()
        .find(|record| record.resource == "/program/name.js");
    assert_eq!(
        refused.map(|record| &*record.decision),
        Some("deny"),
        "{loaded:#?}"
    );
    scene.verify("audit.jsonl").expect(0);
}

#[test]
fn a_build_that_a_signal_ends_has_ended_its_log() {
    let scene = scene!();
    let files = 3_000;
    let imports: String = (0..files)
        .map(|number| format!("import './m{number}.mjs';\n"))
        .collect();
    scene.write("app/main.mjs", imports);
    for number in 0..files {
        scene.write(&format!("app/m{number}.mjs"), "export {};");
    }
    let log = scene.path("audit.jsonl");
    let arguments = [
        "build".into(),
        "--audit".into(),
        log.clone().into_os_string(),
        scene.path("app/main.mjs").into_os_string(),
    ];
    let running = scene
        .tollgate(arguments)
        .patience(Duration::from_secs(120))
        .start();
    let written = || std::fs::read_to_string(&log).unwrap_or_default();
    while !written().contains("program.load") {
        std::thread::sleep(Duration::from_millis(1));
    }
    running.signal(Signal::INT);
    running.wait().expect(130);
    let records = scene.records("audit.jsonl");
    assert!(records.len() < files, "it was over before");
    let ended = records.iter().find(|record| record.operation == "run.end");
    let ended = ended.map(|record| (&*record.resource, &*record.outcome));
    assert_eq!(ended, Some(("build", "failed")));
    scene.verify("audit.jsonl").expect(0);
}

#[test]
fn a_build_evaluates_nothing_so_that_an_endless_program_is_built() {
    let scene = scene!();
    scene.write("app/main.js", "for (;;);");
    let component = built(&scene, "app/main.js", &[]);
    let run = scene.run(&component).flags(&["--limit", "cpu=300ms"]);
    run.finish().expect(124);
}

#[test]
fn what_was_built_says_by_a_source_map_beside_it_where_it_failed() {
    let scene = scene!();
    let map = r#"{"version":3,"sources":["../src/main.ts"],"sourcesContent":["one\ntwo\nthree(); // original\n"],"names":[],"mappings":";AAEA"}"#;
    let text = "// compiled\nthrow new TypeError('here');\n//# sourceMappingURL=maps/main.js.map\n";
    scene.write("app/package.json", "{}");
    scene.write("app/main.js", text);
    scene.write("app/maps/main.js.map", map);
    let component = built(&scene, "app/main.js", &[]);
    let finished = scene.run(&component).finish();
    finished.expect(1);
    assert!(
        finished
            .stderr
            .starts_with("file:///program/src/main.ts:3\nthree(); // original\n"),
        "{}",
        finished.stderr
    );
    // One that is not there, or may not be read, is none.
    std::fs::remove_file(scene.path("app/maps/main.js.map")).expect("it is there");
    let finished = scene.run(built(&scene, "app/main.js", &[])).finish();
    assert!(
        finished.stderr.starts_with("/program/main.js:2\n"),
        "{}",
        finished.stderr
    );
}

#[test]
fn a_change_during_a_watched_build_is_built_too() {
    let scene = scene!();
    let text = |number: u32| format!("console.log('run {number}');");
    let file = scene.write("app/main.js", text(1));
    let log = scene.path("audit.jsonl");
    let arguments = [
        "build".into(),
        "--watch".into(),
        "--audit".into(),
        log.clone().into_os_string(),
        "-o".into(),
        scene.path("built.wasm").into_os_string(),
        file.into_os_string(),
    ];
    let running = scene
        .tollgate(arguments)
        .patience(Duration::from_secs(120))
        .start();
    // What says that it has been read is written before it is compiled.
    let is_read = || {
        let written = std::fs::read_to_string(&log).unwrap_or_default();
        written.contains("run.end")
    };
    while !is_read() {
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(
        !scene.path("built.wasm").exists(),
        "it is still being built"
    );
    scene.write("app/main.js", text(2));
    while running.line() != "run 2" {}
    running.signal(Signal::TERM);
    running.wait().expect(143);
}

/// What is asked for only while it runs is found by the same rules as in a run from sources, among what was built in.
#[test]
fn a_built_program_finds_what_was_built_in_and_nothing_else() {
    let scene = scene!();
    scene.write(
        "app/package.json",
        r##"{ "name": "app", "exports": { "./own": "./lib/own.cjs" }, "imports": { "#in": "./lib/index.js" } }"##,
    );
    scene.write("app/lib/index.js", "exports.said = 'index';");
    scene.write("app/lib/own.cjs", "exports.said = 'own';");
    scene.write(
        "app/node_modules/dep/package.json",
        r#"{ "main": "./start", "version": "1" }"#,
    );
    scene.write(
        "app/node_modules/dep/start.js",
        "module.exports = { said: 'dep' };",
    );
    scene.write("work/there.js", "exports.said = 'granted';");
    scene.write(
        "app/main.cjs",
        "require('./lib'); require('./lib/own.cjs'); require('dep');
         const of = (name) => { try { return require(name).said; } catch (error) { return `${error.code} ${error.message.split('\\n')[0]}`; } };
         for (const name of ['./lib', './lib/own.cjs', 'dep', 'app/own', '#in']) console.log(of(`${name}`));
         console.log(of('/work/there' + '.js'));
         (async () => {
           for (const name of ['./lib/own.cjs', 'app/own']) console.log((await import(`${name}`)).default.said);
           await import('/work/there' + '.js').catch((error) => console.log(error.code, error.message));
         })();",
    );
    let component = built(&scene, "app/main.cjs", &[]);
    let only = "(a program that was built has the files that were built into it, and no others)";
    let expected = format!(
        "index\nown\ndep\nown\nindex\n\
         MODULE_NOT_FOUND Cannot find module '/work/there.js' {only}\nown\nown\n\
         ERR_MODULE_NOT_FOUND Cannot find module '/work/there.js' imported from /program/main.cjs {only}\n"
    );
    let finished = scene.run(&component).work().finish();
    finished.expect(0);
    assert_eq!(finished.stdout, expected);
    let (succeeded, printed) = AnyHost::load(&component).run(&["app"]);
    assert!(succeeded, "{printed}");
    assert_eq!(printed, expected);
}
