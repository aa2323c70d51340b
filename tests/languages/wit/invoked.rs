//! What was built for a world, under the gate: `tollgate run --invoke`.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use tollgate_tests::{Finished, Scene, scene};

use super::built;

/// A debug build of everything, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(120);

fn invoke(scene: &Scene, component: &std::path::Path, call: &str) -> Finished {
    scene.run(component).flags(&["--invoke", call]).finish()
}

const WIT: &str = "
package test:shop;

interface prices {
  record item { name: string, cents: u64, tags: list<string> }
  variant problem { unknown(string), empty }
  total: func(items: list<item>) -> result<u64, problem>;
}

world shop {
  export prices;
  export parse-all: func(texts: list<string>) -> list<option<s64>>;
}
";

#[test]
fn a_program_in_typescript_answers_calls_by_name() {
    let scene = scene!();
    scene.write("app/wit/shop.wit", WIT);
    scene.write(
        "app/prices.ts",
        "import { setTimeout as wait } from 'timers/promises';
         interface Item { name: string; cents: bigint; tags: string[] }
         export async function total(items: Item[]): Promise<bigint> {
           await wait(5);
           if (items.length === 0) throw Object.assign(new Error('nothing'), { payload: { tag: 'empty' } });
           for (const { name, tags } of items) if (tags.includes('secret')) throw { tag: 'unknown', val: name };
           return items.reduce((sum, { cents }) => sum + cents, 0n);
         }",
    );
    scene.write(
        "app/app.ts",
        "export * as prices from './prices.ts';
         export const parseAll = (texts: string[]): (bigint | undefined)[] =>
           texts.map((text) => { try { return BigInt(text); } catch { return undefined; } });",
    );
    let component = built(&scene, "app/app.ts", "shop");
    for (call, given) in [
        (
            r#"total([{name: "a", cents: 18446744073709551614, tags: []}, {name: "b", cents: 1, tags: ["x"]}])"#,
            "ok(18446744073709551615)",
        ),
        (
            r#"total([{name: "ä", cents: 1, tags: ["secret"]}])"#,
            r#"err(unknown("ä"))"#,
        ),
        ("total([])", "err(empty)"),
        (
            r#"parse-all(["-9223372036854775808", "x", ""])"#,
            "[some(-9223372036854775808), none, some(0)]",
        ),
    ] {
        let finished = invoke(&scene, &component, call);
        finished.expect(0);
        assert_eq!(finished.stdout.trim_end(), given);
    }
}

#[test]
fn a_commonjs_program_exports_by_its_default_too() {
    let scene = scene!();
    scene.write("app/wit/shop.wit", WIT);
    scene.write(
        "app/app.cjs",
        "module.exports = { 'test:shop/prices': { total: (items) => BigInt(items.length) }, parseAll: () => [] };",
    );
    let component = built(&scene, "app/app.cjs", "shop");
    let finished = invoke(&scene, &component, "total([])");
    finished.expect(0);
    assert_eq!(finished.stdout.trim_end(), "ok(0)");
}

#[test]
fn interfaces_of_types_and_of_resources_that_another_one_uses_are_exported() {
    let scene = scene!();
    scene.write(
        "app/wit/world.wit",
        "package test:m@0.3.0;
         interface types { record r { a: u8 } resource thing { constructor(a: u8); go: func() -> r; } }
         interface plain { type x = u32; enum e { a } }
         interface use-it { use types.{thing, r}; make: func(a: u8) -> thing; f: func(it: thing) -> r; }
         world m { import plain; export types; export plain; export use-it; export g: func() -> u8; }",
    );
    scene.write(
        "app/app.mjs",
        "class Thing { #a; constructor(a) { this.#a = a; } go() { return { a: this.#a }; } }
         export const types = { Thing };
         export const useIt = { make: (a) => new Thing(a), f: (it) => it.go() };
         export const g = () => useIt.f(useIt.make(3)).a;",
    );
    let component = built(&scene, "app/app.mjs", "m");
    let finished = invoke(&scene, &component, "g()");
    finished.expect(0);
    assert_eq!(finished.stdout.trim_end(), "3");
}

#[test]
fn a_world_that_changes_is_built_again_where_it_is_watched() {
    let scene = scene!();
    let world = |functions: &str| format!("package a:b;\nworld w {{ {functions} }}\n");
    let one = "export one: func() -> u32;";
    scene.write("app/wit/w.wit", world(one));
    scene.write("app/main.mjs", "export const one = () => 1, two = () => 2;");
    let output = scene.path("built.wasm");
    let running = scene
        .tollgate([
            "build".into(),
            "--watch".into(),
            "--wit".into(),
            scene.path("app/wit").into_os_string(),
            "--world".into(),
            "w".into(),
            "-o".into(),
            output.clone().into_os_string(),
            scene.path("app/main.mjs").into_os_string(),
        ])
        .patience(PATIENCE)
        .start();
    let becomes_other_than = |before: Option<Vec<u8>>| {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let now = std::fs::read(&output).ok();
            if now != before {
                return now;
            }
            assert!(Instant::now() < deadline, "it is not built");
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    let first = becomes_other_than(None);
    scene.write(
        "app/wit/w.wit",
        world(&format!("{one} export two: func() -> u32;")),
    );
    let second = becomes_other_than(first);
    // A file that is added belongs to it too.
    scene.write(
        "app/wit/other.wit",
        "package a:b;\ninterface i { three: func(); }\n",
    );
    scene.write("app/wit/w.wit", world("export i;"));
    scene.write("app/main.mjs", "export const i = { three() {} };");
    becomes_other_than(second);
    running.signal(Signal::TERM);
    running.wait().expect(143);
}
