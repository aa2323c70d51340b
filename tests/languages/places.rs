//! Where an error says that it comes from: file, line, column and the line itself, with a caret beneath.

use std::path::Path;

use tollgate_tests::{Scene, scene};

use crate::shared::failed_at;

/// What a program that fails says before its message: the place, the line, and the caret.
fn head(scene: &Scene, file: &Path) -> String {
    let finished = scene.run(file).finish();
    finished.expect(1);
    let (head, _message) = finished
        .stderr
        .split_once("\n\n")
        .expect("a line with a caret");
    head.to_owned()
}

/// A program of one failing line: what of the line the caret is to be under, and how far along.
fn caret(scene: &Scene, name: &str, line: &str, wanted: &str) {
    scene.write("app/have.mjs", "export const have = 1;\n");
    scene.write("app/old.cjs", "module.exports = {};\n");
    for before in ["", "\n", "/* two\n lines */ "] {
        let text = format!("{before}{line}\n");
        let program = scene.write(&format!("app/{name}"), &text);
        let lines: Vec<&str> = text.lines().collect();
        let (at, shown) = lines
            .iter()
            .enumerate()
            .find_map(|(at, shown)| shown.contains(line).then_some((at + 1, *shown)))
            .expect("the line");
        let column = shown.rfind(wanted).expect("what the caret is under");
        let file = match name.ends_with(".cjs") {
            true => format!("/program/{name}"),
            false => format!("file:///program/{name}"),
        };
        let expected = format!("{file}:{at}\n{shown}\n{}^", " ".repeat(column));
        assert_eq!(head(scene, &program), expected, "{text:?}");
    }
}

#[test]
fn what_is_thrown_has_its_column_in_every_line() {
    let scene = scene!();
    for name in ["thrown.mjs", "thrown.cjs"] {
        caret(&scene, name, "const run = () => missing; run()", "missing");
    }
    // Further along than what stands before a CommonJS module's text.
    let long = format!("const {} = 1; missing()", "a".repeat(100));
    caret(&scene, "far.cjs", &long, "missing()");
    caret(&scene, "far.mjs", &long, "missing()");
}

/// What is no error has no stack, and an error need not have the one that it was given.
#[test]
fn what_is_thrown_has_its_place_whatever_it_is() {
    let scene = scene!();
    for (line, wanted) in [
        ("const run = () => { throw 'text' }; run()", "throw"),
        ("setTimeout(() => { throw null })", "throw"),
        ("throw 'of many words ' + [1].length", "throw"),
        ("queueMicrotask(() => { throw 5n })", "throw"),
        ("process.on('a', () => { throw 7 }).emit('a')", "throw"),
        ("const e = new Error('e'); delete e.stack; throw e", "throw"),
        (
            "const e = new Error('e'); e.stack = 'own'; throw e",
            "throw",
        ),
        // The second of the same value, and the same value on its way.
        (
            "try { throw 2 } catch {} setTimeout(() => { throw 2 })",
            "throw 2",
        ),
        ("try { throw 1 } finally { Math.max(2) }", "throw 1"),
        ("try { throw 'x' } catch (e) { throw e }", "throw e"),
        (
            "for (const a of [1]) { try { throw a } finally { a } }",
            "throw a",
        ),
        // What only passes in the library.
        ("AbortSignal.abort('gone').throwIfAborted()", "throwIf"),
    ] {
        for name in ["value.mjs", "value.cjs"] {
            caret(&scene, name, line, wanted);
        }
    }
}

#[test]
fn what_a_promise_is_rejected_with_has_its_place_whatever_it_is() {
    let scene = scene!();
    for (line, wanted) in [
        ("(async () => { await 0; throw { a: 1 } })()", "throw"),
        (
            "(async () => { const f = async () => { throw 'deep' }; await f() })()",
            "throw",
        ),
        ("Promise.resolve().then(() => { throw 3 })", "throw"),
        ("Promise.reject('no')", "reject"),
        (
            "new Promise((_, no) => setTimeout(() => no('r')))",
            "no('r')",
        ),
        // The same value again, when what was thrown is over.
        ("try { throw 3 } catch {} Promise.reject(3)", "reject"),
        (
            "(async () => { throw 3 })().catch(() => {}).then(() => { Promise.reject(3) })",
            "reject",
        ),
    ] {
        for name in ["reason.mjs", "reason.cjs"] {
            caret(&scene, name, line, wanted);
        }
    }
    caret(&scene, "top.mjs", "await Promise.reject('no')", "reject");
    caret(
        &scene,
        "top.mjs",
        "await (async () => { throw 'top' })()",
        "throw",
    );
}

#[test]
fn where_a_value_was_thrown_is_recorded_without_the_value() {
    let scene = scene!();
    let file = scene.write(
        "app/value.mjs",
        "const secret = 'a secret';\nthrow secret;\n",
    );
    let (finished, records) = scene.run(&file).logged();
    finished.expect(1);
    assert!(
        finished.stderr.ends_with("Uncaught:\n'a secret'\n"),
        "{}",
        finished.stderr
    );
    assert_eq!(failed_at(&records), ["file:///program/value.mjs:2:1"]);
    assert!(!format!("{records:?}").contains("a secret"));
}

#[test]
fn a_syntax_error_has_the_place_of_what_is_not_understood() {
    let scene = scene!();
    for name in ["bad.mjs", "bad.cjs"] {
        caret(&scene, name, "let first = 1; let second = ;", ";");
    }
    caret(&scene, "bad.mjs", "const sum = 1 +* 2", "* 2");
    caret(&scene, "bad.mjs", "const text = 'no end", "'no end");
    caret(&scene, "bad.mjs", "const = 2", "= 2");
}

#[test]
fn a_name_that_a_module_does_not_export_has_the_place_of_its_import() {
    let scene = scene!();
    caret(
        &scene,
        "name.mjs",
        "import { have, lack } from './have.mjs'",
        "lack }",
    );
    caret(
        &scene,
        "name.mjs",
        "import { lack as have } from \"./have.mjs\";",
        "lack as",
    );
    caret(
        &scene,
        "name.mjs",
        "import whole from './have.mjs'",
        "whole",
    );
    caret(
        &scene,
        "name.mjs",
        "export { lack } from './have.mjs'",
        "lack",
    );
    caret(
        &scene,
        "name.mjs",
        "import { lack } from './old.cjs'",
        "lack",
    );
    caret(
        &scene,
        "name.mjs",
        "import { lack } from 'node:path'",
        "lack",
    );
    caret(
        &scene,
        "name.ts",
        "import { lack } from './have.mjs'",
        "lack",
    );
    // What stands in a comment asks for nothing, and neither does what only has the name in it.
    caret(
        &scene,
        "name.mjs",
        "/* import { lack } from './have.mjs' */ import { have as lacking, lack  } from './have.mjs'",
        "lack  }",
    );
}

#[test]
fn a_module_that_is_not_there_has_the_place_that_asks_for_it() {
    let scene = scene!();
    caret(
        &scene,
        "gone.mjs",
        "import './gone/away.mjs'",
        "'./gone/away.mjs'",
    );
    caret(
        &scene,
        "gone.mjs",
        "import { a } from 'no-such-package'",
        "'no-such-package'",
    );
    caret(
        &scene,
        "gone.mjs",
        "await import('./gone/away.mjs')",
        "'./gone/away.mjs'",
    );
    caret(
        &scene,
        "gone.mjs",
        "import a from './old.json'",
        "'./old.json'",
    );
}

/// The file that asks is the one that is named, not the one that was run.
#[test]
fn an_import_that_fails_further_down_has_its_own_file() {
    let scene = scene!();
    scene.write("app/have.mjs", "export const have = 1;\n");
    scene.write("app/between.mjs", "\nexport * from './asks.mjs';\n");
    scene.write("app/asks.mjs", "\n\nimport { lack } from './have.mjs';\n");
    let file = scene.write("app/main.mjs", "import './between.mjs';\n");
    let expected = "file:///program/asks.mjs:3\nimport { lack } from './have.mjs';\n         ^";
    assert_eq!(head(&scene, &file), expected);
}

/// Caught, it is the same error, with the same words and the place in its stack, however it was asked for.
#[test]
fn a_caught_error_of_linking_has_the_words_and_the_place() {
    let scene = scene!();
    scene.write("app/have.mjs", "export const have = 1;\n");
    scene.write("app/asks.mjs", "import { lack } from './have.mjs';\n");
    let file = scene.write(
        "app/main.mjs",
        "import { createRequire } from 'node:module';\n\
         const told = ({ name, message, stack }) => console.log(`${name}|${message}|${stack.split('\\n')[1]}`);\n\
         try { await import('./asks.mjs'); } catch (error) { told(error); }\n\
         try { createRequire(import.meta.url)('./asks.mjs'); } catch (error) { told(error); }\n\
         try { await import('./gone.mjs'); } catch (error) { console.log(error.code, error.stack.split('\\n')[1]); }\n",
    );
    let finished = scene.run(&file).finish();
    finished.expect(0);
    let told = "SyntaxError|The requested module './have.mjs' does not provide an export named 'lack'|\
                    \u{20}   at file:///program/asks.mjs:1:10";
    assert_eq!(
        finished.lines(),
        [
            told,
            told,
            "ERR_MODULE_NOT_FOUND     at file:///program/main.mjs:5:20"
        ]
    );
}

/// A call stands where what is called is named, however far its arguments go on, and whatever they hold.
#[test]
fn a_stack_has_the_place_of_each_call() {
    let scene = scene!();
    let file = scene.write(
        "app/calls.mjs",
        "const o = { a: 1, f() { throw new Error('x'); } };\n\
         function g() { throw new Error('y'); }\n\
         function h() {\n\
         \u{20} g(\n\
         \u{20}   o.a,\n\
         \u{20}   o.a,\n\
         \u{20} );\n\
         }\n\
         const told = (run) => {\n\
         \u{20} try { run(); } catch (error) { console.log(error.stack.match(/\\d+:\\d+(?=\\)?$)/gm).slice(0, 2).join(' ')); }\n\
         };\n\
         told(() => h(o.a));\n\
         told(() => { o.f(o.a,\n\
         \u{20} o.a); });\n\
         told(() => new (class { constructor() { throw new Error('k') } })(\n\
         \u{20} o.a));\n\
         told(() => { o\n\
         \u{20} .f(\n\
         \u{20}   1); });\n\
         told(() => { const sum = o.a + o.f(o.a) +\n\
         \u{20} o.a; });\n\
         told(() => { if (o.none.at) {\n\
         } });\n\
         told(() => { o['f'](...[\n\
         \u{20} o.a]); });\n\
         told(() => { `\n\
         ${none}`; });\n",
    );
    let finished = scene.run(&file).finish();
    finished.expect(0);
    assert_eq!(
        finished.lines(),
        [
            "2:22 4:3",
            "1:31 13:16",
            "15:47 15:12",
            "1:31 18:4",
            "1:31 20:34",
            "22:25 10:9",
            "1:31 24:16",
            "27:3 10:9",
        ]
    );
}
