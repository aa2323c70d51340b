//! The modules of a built program: linked before any run, and evaluated in each.

use tollgate_tests::{Finished, Scene, scene};

use crate::build::built;

/// Runs a program as its text and as the component that is built of it: both end the same way, and say the same.
fn alike(scene: &Scene, file: &str) -> Finished {
    let source = scene.run(scene.path(file)).finish();
    let component = built(scene, file, &[]);
    for _ in 0..2 {
        let finished = scene.run(&component).finish();
        assert_eq!(finished.code, source.code, "{}", finished.stderr);
        assert_eq!(finished.stdout, source.stdout);
        assert_eq!(finished.stderr, source.stderr);
    }
    source
}

#[test]
fn what_is_declared_at_the_top_is_there_before_anything_runs() {
    let scene = scene!();
    scene.write(
        "app/main.mjs",
        "import { later, counter, count, Late, same } from './other.mjs';
         console.log(hoisted(), typeof local, hoisted.name, hoisted.length, Object.keys(hoisted.prototype).length);
         console.log(counter, count(), counter);
         console.log(new Late().x, same === later, later.constructor.name);
         function hoisted(a, b) { return `hoisted ${typeof value}`; }
         async function waits() { return 1; }
         function* counts() { yield 1; }
         async function* streams() { yield 2; }
         var value = 1;
         var local = 2;
         console.log(await waits(), [...counts()], (await streams().next()).value, Object.getPrototypeOf(waits) === waits.__proto__);
         hoisted = 3;
         console.log(hoisted);",
    );
    scene.write(
        "app/other.mjs",
        "import { fromMain } from './circle.mjs';
         export let counter = 0;
         export function count() { return ++counter; }
         export class Late { x = fromMain(); }
         export { later as same };
         export function later() {}
         console.log('other', counter, typeof later);",
    );
    scene.write(
        "app/first.mjs",
        "import { counter, count, Late } from './cycle.mjs';
         export const fromFirst = () => `first ${counter}`;
         export function early() { return 'early'; }
         count();
         console.log(counter, Late.name);",
    );
    scene.write(
        "app/cycle.mjs",
        "import { early, fromFirst } from './first.mjs';
         import * as self from './cycle.mjs';
         import * as first from './first.mjs';
         export let counter = 10;
         export function count() { counter++; }
         export class Late {}
         export default function () {}
         console.log(early(), self.counter, self.default.name, Object.keys(self), self[Symbol.toStringTag]);
         try { fromFirst(); } catch (error) { console.log(error.name, error.message); }
         try { first.fromFirst; } catch (error) { console.log(error.name); }
         try { self.counter = 1; } catch (error) { console.log(error.name); }",
    );
    let cycle = alike(&scene, "app/first.mjs");
    cycle.expect(0);
    assert_eq!(
        cycle.stdout,
        "early 10 default [ 'Late', 'count', 'counter', 'default' ] Module\n\
         ReferenceError fromFirst is not initialized\nReferenceError\nTypeError\n11 Late\n"
    );
    scene.write(
        "app/circle.mjs",
        "import * as other from './other.mjs';
         export function fromMain() { return other.counter; }
         try { other.count(); } catch (error) { console.log(error.name, typeof other.later); }",
    );
    let whole = alike(&scene, "app/main.mjs");
    whole.expect(0);
    assert_eq!(
        whole.stdout,
        "ReferenceError function\nother 0 function\nhoisted undefined undefined hoisted 2 0\n0 1 1\n1 true Function\n\
         1 [ 1 ] 2 true\n3\n"
    );
}

#[test]
fn what_cannot_be_linked_is_said_in_the_run_and_only_to_who_imports_it() {
    let scene = scene!();
    for (file, text) in [
        (
            "entry.mjs",
            "import { nothing } from './lib.mjs';\nconsole.log('never');",
        ),
        ("deep.mjs", "import './entry.mjs';\nconsole.log('never');"),
        (
            "again.mjs",
            "export { nothing as something } from './lib.mjs';\nconsole.log('never');",
        ),
        (
            "old.mjs",
            "import { dynamic } from './old.cjs';\nconsole.log('never');",
        ),
        (
            "circle.mjs",
            "import { nothing } from './back.mjs';\nexport const one = 1;",
        ),
        (
            "back.mjs",
            "import { one } from './circle.mjs';\nconsole.log('never');",
        ),
        (
            "twice.mjs",
            "import './lib.mjs';\nimport './star.mjs';\nimport { a } from './star.mjs';",
        ),
        (
            "star.mjs",
            "export * from './one.mjs';\nexport * from './two.mjs';",
        ),
        ("one.mjs", "export const a = 1;"),
        ("two.mjs", "export const a = 2;"),
        ("lib.mjs", "export const there = 1;\nconsole.log('lib');"),
        ("old.cjs", "exports['dyn' + 'amic'] = 1;"),
    ] {
        scene.write(&format!("app/{file}"), text);
    }
    for (file, said) in [
        (
            "deep",
            "The requested module './lib.mjs' does not provide an export named 'nothing'",
        ),
        (
            "circle",
            "The requested module './back.mjs' does not provide an export named 'nothing'",
        ),
    ] {
        let finished = alike(&scene, &format!("app/{file}.mjs"));
        finished.expect(1);
        assert_eq!(finished.stdout, "");
        assert!(finished.stderr.contains(said), "{}", finished.stderr);
    }
    scene.write(
        "app/lazy.mjs",
        "import { there } from './lib.mjs';
         console.log(there);
         for (let round = 0; round < 2; round++) {
           for (const load of [
             () => import('./entry.mjs'), () => import('./deep.mjs'), () => import('./circle.mjs'),
             () => import('./back.mjs'), () => import('./old.mjs'), () => import('./again.mjs'),
             () => import('./twice.mjs'), () => import('./one.mjs'),
           ]) {
             try { console.log(Object.entries(await load())); } catch (error) { console.log(error.name, error.message); }
           }
         }",
    );
    let lazy = alike(&scene, "app/lazy.mjs");
    lazy.expect(0);
    assert!(
        lazy.stdout.starts_with("lib\n1\nSyntaxError "),
        "{}",
        lazy.stdout
    );
    assert_eq!(lazy.stdout.matches("[ [ 'a', 1 ] ]").count(), 2);
    assert_eq!(lazy.stdout.matches("SyntaxError ").count(), 14);
    assert!(!lazy.stdout.contains("never"), "{}", lazy.stdout);
}

#[test]
fn nothing_of_a_program_runs_before_its_run() {
    let scene = scene!();
    scene.write(
        "app/main.mjs",
        "import { begun, drawn, id, environment, order } from './early.mjs';
         import { started } from './started.mjs';
         import config from './config.cjs';
         globalThis.seen?.push('main');
         console.log(JSON.stringify({ begun, drawn, id, environment, order, started, config: config.drawn }));
         const lazy = await import('./lazy.mjs');
         console.log(lazy.value, globalThis.seen);",
    );
    scene.write(
        "app/early.mjs",
        "globalThis.seen = ['early'];
         export const begun = Date.now();
         export const drawn = Math.random();
         export const id = crypto.randomUUID();
         export const environment = process.env.NAME;
         export const order = typeof globalThis.seen;",
    );
    scene.write(
        "app/started.mjs",
        "globalThis.seen.push('started');
         export const started = await new Promise((resolve) => setTimeout(() => resolve(performance.now() < 60000), 1));",
    );
    scene.write(
        "app/config.cjs",
        "globalThis.seen?.push('config'); exports.drawn = Math.random();",
    );
    scene.write(
        "app/lazy.mjs",
        "globalThis.seen.push('lazy'); export const value = [Symbol.toStringTag, named].length; function named() {}",
    );
    let component = built(&scene, "app/main.mjs", &[]);
    let run = |name: &str| {
        let name = format!("NAME={name}");
        let finished = scene.run(&component).flags(&["--env", &name]).finish();
        finished.expect(0);
        let (first, second) = finished.stdout.split_once('\n').expect("two lines");
        assert_eq!(
            second,
            "2 [ 'early', 'started', 'config', 'main', 'lazy' ]\n"
        );
        serde_json::from_str::<serde_json::Value>(first).expect("JSON")
    };
    let (one, two) = (run("one"), run("two"));
    for name in ["drawn", "id", "config", "environment"] {
        assert_ne!(one[name], two[name], "{name}");
    }
    for told in [&one, &two] {
        assert!(told["begun"].as_f64() > Some(1.7e12), "{told}");
        assert_eq!(told["started"], true);
        assert_eq!(told["order"], "object");
    }
    assert_eq!(one["environment"], "one");
}

#[test]
fn a_module_that_could_not_be_loaded_leaves_nothing_to_those_in_a_circle_with_it() {
    let scene = scene!();
    scene.write(
        "app/main.mjs",
        "for (const name of ['a', 'c', 'd', 'a', 'd', 'c', 'e']) {
           try { await import(`./${name}.mjs`); } catch (error) { console.log(name, error.message.slice(0, 25)); }
           const many = []; for (let i = 0; i < 2000; i++) many.push({ a: [i] });
         }",
    );
    scene.write(
        "app/a.mjs",
        "import './c.mjs'; import './missing.mjs'; console.log('never');",
    );
    scene.write("app/c.mjs", "import './a.mjs'; console.log('never');");
    scene.write("app/d.mjs", "import './c.mjs'; console.log('never');");
    scene.write("app/e.mjs", "console.log('e');");
    let finished = scene.run(scene.path("app/main.mjs")).finish();
    finished.expect(0);
    let failing = ["a", "c", "d", "a", "d", "c"];
    let said: String = failing
        .iter()
        .map(|name| format!("{name} Cannot find module '/prog\n"))
        .collect();
    assert_eq!(finished.stdout, said + "e\n");
}

#[test]
fn functions_are_as_the_language_has_them_however_they_are_made() {
    let scene = scene!();
    scene.write(
        "app/main.mjs",
        "const shown = (f) => [f.name, f.length, ...Object.getOwnPropertyNames(f),
           ...['length', 'name', 'prototype'].map((key) => {
             const d = Object.getOwnPropertyDescriptor(f, key);
             return d && `${d.writable}${d.enumerable}${d.configurable}`;
           })].join();
         function make() {
           return [function plain(a, b = 1, c) {}, function () {}, (a) => a, async (a, b) => a, async function waits() {},
             function* counts() {}, async function* streams() {}, { method(a) {} }.method, { async late() {} }.late,
             class Made { static one() {} }, class { constructor(a) {} }, function 名() {}];
         }
         for (const functions of [make(), make()]) for (const f of functions) console.log(shown(f));
         const [one, two] = [make()[0], make()[0]];
         one.extra = 1; delete two.name; Object.setPrototypeOf(make()[1], null); one.prototype.x = 2;
         console.log(shown(one), shown(two), shown(make()[0]), new one() instanceof one, new one().x, new two().x);
         console.log(one.prototype.constructor === one, 'prototype' in make()[2], two.prototype.constructor === two);
         for (const f of make()) { try { new f(); console.log(f.name, 'constructs'); } catch (error) { console.log(error.message); } }
         Object.freeze(one); Object.defineProperty(two, 'length', { value: 7 });
         console.log(Object.isFrozen(one), two.length, make()[0].length, Object.isFrozen(make()[0]));",
    );
    let finished = alike(&scene, "app/main.mjs");
    finished.expect(0);
    let lines: Vec<&str> = finished.stdout.lines().collect();
    assert_eq!(lines[..12], lines[12..24]);
    assert_eq!(
        lines[0],
        "plain,1,length,name,prototype,falsefalsetrue,falsefalsetrue,truefalsefalse"
    );
    assert_eq!(lines[2], ",1,length,name,falsefalsetrue,falsefalsetrue,");
    assert_eq!(lines[24].split(' ').next_back(), Some("undefined"));
    assert_eq!(lines[25], "true false true");
    assert_eq!(lines.last(), Some(&"true 7 1 false"));
}
