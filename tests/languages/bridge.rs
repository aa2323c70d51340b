//! `tollgate:bridge`: the names of the bridge contract, as programs call them.
//!
//! The programs lie in `bridge/`; each says `WRONG` or `FAILED` where something is not as it is to be.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Deserialize;
use tollgate_bridge::UNGATED;
use tollgate_tests::{Finished, Record, Scene, scene};

use crate::any_host::{AnyHost, interfaces};

const CONTRACT: &str = include_str!("../../bridge-contract.json");

/// A scene with the programs, what they load, and the contract as they read it.
fn laid_out() -> Scene {
    let scene = scene!();
    for (name, text) in [
        ("names.mjs", include_str!("bridge/names.mjs")),
        ("served.mjs", include_str!("bridge/served.mjs")),
        ("hostile.mjs", include_str!("bridge/hostile.mjs")),
        ("denied.mjs", include_str!("bridge/denied.mjs")),
        ("beside.cjs", "exports.beside = 'beside';\n"),
        ("contract.json", CONTRACT),
    ] {
        scene.write(&format!("app/{name}"), text);
    }
    scene
}

#[derive(Deserialize)]
struct Contract {
    groups: Vec<Group>,
    /// By name, what serves it.
    served: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Group {
    names: BTreeSet<String>,
}

fn contract() -> Contract {
    serde_json::from_str(CONTRACT).expect("the contract has its shape")
}

/// What stands before `end` in the lines that end so.
fn lines_with<'a>(finished: &'a Finished, end: &str) -> BTreeSet<&'a str> {
    let lines = finished.stdout.lines();
    lines.filter_map(|line| line.strip_suffix(end)).collect()
}

#[track_caller]
fn nothing_wrong(finished: &Finished) {
    for word in ["WRONG", "FAILED"] {
        assert!(!finished.stdout.contains(word), "{}", finished.stdout);
    }
}

#[test]
fn every_name_is_there_and_one_that_is_not_served_names_itself() {
    let scene = laid_out();
    let finished = scene.run(scene.path("app/names.mjs")).finish();
    finished.expect(0);
    nothing_wrong(&finished);
    let said: BTreeSet<String> = finished
        .stdout
        .lines()
        .filter_map(|line| line.strip_prefix("names itself "))
        .map(str::to_owned)
        .collect();
    let Contract { groups, served } = contract();
    let names = groups.into_iter().flat_map(|group| group.names);
    let expected: BTreeSet<String> = names.filter(|name| !served.contains_key(name)).collect();
    assert_eq!(said, expected);
    assert_eq!(
        lines_with(&finished, " ok"),
        BTreeSet::from(["required", "named", "global", "all"])
    );
}

/// Whether a function passes the gate, so that a use of it is in the log.
fn is_gated(function: &str) -> bool {
    let excused = UNGATED
        .iter()
        .any(|(names, _)| match names.strip_suffix('*') {
            Some(group) => function.starts_with(group),
            None => function == *names,
        });
    !excused && !function.starts_with("engine#") && !function.contains("[resource-drop]")
}

#[test]
fn every_name_that_is_served_behaves_and_is_served_by_what_the_contract_says() {
    let scene = laid_out();
    let (finished, records) = scene
        .run(scene.path("app/served.mjs"))
        .work()
        .input("0123456789")
        .logged();
    finished.expect(0);
    nothing_wrong(&finished);
    let served = contract().served;
    let expected: BTreeSet<&str> = served.keys().map(String::as_str).collect();
    assert_eq!(lines_with(&finished, " behaves"), expected);
    assert!(finished.says("logged") && finished.says("out \u{20ac}"));
    assert_eq!(finished.stderr, "told\nerr\n");

    let used: BTreeSet<&str> = records.iter().map(|record| &*record.import).collect();
    let gated: BTreeSet<&str> = served
        .values()
        .map(|function| &**function)
        .filter(|function| is_gated(function))
        .collect();
    assert!(gated.len() > 15, "{gated:?}");
    let unused: Vec<&&str> = gated.difference(&used).collect();
    assert!(unused.is_empty(), "no record of {unused:?} in {used:?}");
}

#[test]
fn hostile_arguments_are_clean_errors() {
    let scene = laid_out();
    let finished = scene
        .run(scene.path("app/hostile.mjs"))
        .work()
        .patience(Duration::from_secs(120))
        .finish();
    finished.expect(0);
    nothing_wrong(&finished);
    let tried = contract().served.len() * 19 * 19;
    assert!(finished.says(&format!("tried {tried}")));
}

const DENYING: &str = "version = 1\n[stdio]\ndefault = \"allow\"\n[program]\nallow = [\"**\"]\n\
    [fs]\ndeny = [\"/work/hidden\", \"write:/work/**\"]\n[[mount]]\nhost = \"work\"\nguest = \"/work\"\n";

#[test]
fn what_is_denied_is_an_error_of_the_system_and_a_record() {
    let scene = laid_out();
    scene.write("work/file", "content");
    scene.write("work/hidden", "secret");
    scene.write("work/folder/inner", "");
    let (finished, records) = scene
        .run(scene.path("app/denied.mjs"))
        .policy(DENYING)
        .logged();
    finished.expect(0);
    let lines = finished.lines();
    let (last, calls) = lines.split_last().expect("it says something");
    assert_eq!(*last, "false true");
    assert_eq!(calls.len(), 29, "{calls:?}");
    for line in calls {
        assert!(line.contains(" EACCES "), "{line}");
    }
    assert_eq!(scene.read("work/file"), "content");
    assert!(scene.path("work/folder").is_dir() && !scene.path("work/new").exists());
    for (operation, resource) in [
        ("fs.read", "/work/hidden"),
        ("fs.stat", "/work/hidden"),
        ("fs.write", "/work/file"),
        ("fs.rm", "/work/file"),
        ("fs.write", "/work/new"),
        ("fs.create_dir", "/work/new"),
        ("fs.rename", "/work/new"),
        ("fs.symlink", "/work/new"),
        ("fs.rm", "/work/folder"),
    ] {
        let denied = |record: &Record| record.is(operation, resource) && record.decision == "deny";
        assert!(
            records.iter().any(denied),
            "{operation} {resource}: {records:#?}"
        );
    }
}

#[test]
fn without_a_grant_there_are_no_files() {
    let scene = laid_out();
    scene.write("work/file", "content");
    let finished = scene.run(scene.path("app/denied.mjs")).finish();
    finished.expect(0);
    let lines = finished.lines();
    let (last, calls) = lines.split_last().expect("it says something");
    assert_eq!(*last, "false false");
    for line in calls {
        assert!(line.contains(" ENOENT "), "{line}");
    }
}

/// Neither a folder of that name nor a package takes the module's place, however it is asked for.
#[test]
fn nothing_takes_the_modules_place() {
    let scene = scene!();
    for folder in ["tollgate:bridge", "tollgate", "tollgate:other"] {
        let folder = format!("app/node_modules/{folder}");
        scene.write(
            &format!("{folder}/package.json"),
            r#"{ "main": "./index.js" }"#,
        );
        scene.write(
            &format!("{folder}/index.js"),
            "module.exports = { taken: true };",
        );
        scene.write(
            &format!("{folder}/bridge.js"),
            "module.exports = { other: true };",
        );
    }
    let file = scene.write(
        "app/main.cjs",
        "const code = (error) => error.code;\n\
         const tried = (name) => { try { return require(name); } catch (error) { return error.code; } };\n\
         (async () => {\n\
           const bridge = require('tollgate:bridge');\n\
           const imported = await import('tollgate:bridge');\n\
           console.log(bridge.taken, imported.default === bridge);\n\
           console.log(tried('tollgate:other'), await import('tollgate:other').catch(code));\n\
           console.log(tried('node:tollgate:bridge'), await import('node:tollgate:bridge').catch(code));\n\
           console.log(tried('tollgate').taken, tried('tollgate/bridge').other);\n\
           const { builtinModules, isBuiltin } = require('module');\n\
           console.log(isBuiltin('tollgate:bridge'), isBuiltin('tollgate:other'), isBuiltin('tollgate/bridge'), builtinModules.some((name) => /tollgate/.test(name)));\n\
         })();",
    );
    let finished = scene.run(&file).finish();
    finished.expect(0);
    assert_eq!(
        finished.lines(),
        [
            "undefined true",
            "MODULE_NOT_FOUND ERR_UNKNOWN_BUILTIN_MODULE",
            "ERR_UNKNOWN_BUILTIN_MODULE ERR_UNKNOWN_BUILTIN_MODULE",
            "true true",
            "true false false false",
        ]
    );
}

#[test]
fn a_typescript_program_finds_it_too() {
    let scene = scene!();
    let file = scene.write(
        "app/main.ts",
        "import { _cryptoHashDigest } from 'tollgate:bridge';\nconst digest: string = _cryptoHashDigest('md5', '');\nconsole.log(digest);",
    );
    let finished = scene.run(&file).finish();
    finished.expect(0);
    assert_eq!(finished.stdout, "1B2M2Y8AsgTpgAmY7PhCfg==\n");
}

/// Standard input that nobody writes to: a read with a time gives up, one without goes on when something comes, and the
/// program's own stream is not disturbed.
#[test]
fn reading_standard_input_waits_as_long_as_it_was_told() {
    let scene = scene!();
    let file = scene.write(
        "app/main.mjs",
        "import b from 'tollgate:bridge';\n\
         const start = performance.now();\n\
         console.log(b._kernelStdinReadRaw(10, 0), b._kernelStdinReadRaw(10, 30), JSON.stringify(b._pythonStdinRead(10, 30)));\n\
         console.log(b._kernelPollRaw([{ fd: 0, events: 1 }], 30).readyCount, performance.now() - start >= 89);\n\
         let ticks = 0;\n\
         const timer = setInterval(() => ticks++, 1);\n\
         const first = await b._kernelStdinRead();\n\
         clearInterval(timer);\n\
         console.log(Buffer.from(first.dataBase64, 'base64').toString().trim(), first.done, ticks > 0);\n\
         const second = b._kernelStdinReadRaw(10);\n\
         console.log(Buffer.from(second.dataBase64, 'base64').toString().trim());\n\
         process.stdin.once('data', (data) => { console.log(`${data}`.trim()); process.stdin.pause(); });",
    );
    let mut running = scene.run(&file).start();
    assert_eq!(running.line(), "null null \"\"");
    assert_eq!(running.line(), "0 true");
    std::thread::sleep(Duration::from_millis(30));
    assert_eq!(running.ask("one"), "one false true");
    assert_eq!(running.ask("two"), "two");
    assert_eq!(running.ask("three"), "three");
    running.wait().expect(0);
}

/// A program that is a component of its own has the names with it, in any host of WASI: they ask for nothing else.
#[test]
fn a_program_that_was_built_has_the_names_in_any_host() {
    let scene = scene!();
    scene.write("app/beside.cjs", "exports.beside = 'beside';");
    let file = scene.write(
        "app/main.mjs",
        "import bridge from 'tollgate:bridge';\n\
         import './beside.cjs';\n\
         const { _batchResolveModules, _cryptoHashDigest, _log, _loadFile, _moduleFormat, _resolveModule } = bridge;\n\
         _log(_cryptoHashDigest('md5', ''));\n\
         const here = new URL('.', import.meta.url).pathname.slice(0, -1);\n\
         const [found, none] = _batchResolveModules([['./beside.cjs', here], ['./none.js', here]]);\n\
         _log(`${found.resolved} ${found.source === _loadFile(found.resolved)} ${none} ${_moduleFormat(found.resolved)}`);\n\
         _log(`${_resolveModule('tollgate:bridge', here, 'import')} ${_resolveModule('./none.js', here)}`);\n\
         await bridge._scheduleTimer(1);\n\
         try { bridge._ptySetRawMode(true); } catch (error) { _log(error.code); }",
    );
    let output = scene.path("built.wasm");
    let arguments = [
        "build",
        &file.display().to_string(),
        "-o",
        &output.display().to_string(),
    ];
    scene
        .tollgate(arguments)
        .patience(Duration::from_secs(120))
        .run()
        .expect(0);
    let expected = "1B2M2Y8AsgTpgAmY7PhCfg==\n/program/beside.cjs true null commonjs\n\
        tollgate:bridge null\nERR_BRIDGE_NOT_SERVED\n";
    let (imports, _) = interfaces(&output);
    assert!(
        imports.iter().all(|name| name.starts_with("wasi:")),
        "{imports:?}"
    );
    let (succeeded, printed) = AnyHost::load(&output).run(&["app"]);
    assert!(succeeded, "{printed}");
    assert_eq!(printed, expected);
    assert_eq!(scene.run(&output).finish().expect(0).stdout, expected);
}
