//! What was built for a world, under the gate: `tollgate run --invoke`.

use tollgate_tests::{Finished, Scene, scene};

use super::built;

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

fn wasi(scene: &Scene) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit/deps");
    for file in std::fs::read_dir(folder).expect("the repository has it") {
        let path = file.expect("it can be read").path();
        let name = path
            .file_name()
            .expect("it has a name")
            .to_string_lossy()
            .into_owned();
        let text = std::fs::read_to_string(&path).expect("it can be read");
        scene.write(&format!("app/wit/deps/{name}"), text);
    }
}

#[test]
fn what_a_world_imports_of_wasi_passes_the_gate() {
    let scene = scene!();
    wasi(&scene);
    scene.write(
        "app/wit/world.wit",
        "package test:direct;
         world direct {
           import wasi:cli/stdout@0.2.12;
           import wasi:cli/environment@0.2.12;
           import wasi:clocks/monotonic-clock@0.2.12;
           import wasi:filesystem/preopens@0.2.12;
           export wasi:cli/run@0.2.12;
           export open: func(path: string) -> result<string, string>;
         }",
    );
    scene.write("data/a.txt", "written here");
    scene.write(
        "app/app.mjs",
        "import { getStdout } from 'wasi:cli/stdout@0.2.12';
         import { getEnvironment } from 'wasi:cli/environment';
         import { subscribeDuration } from 'wasi:clocks/monotonic-clock@0.2.12';
         import { getDirectories } from 'wasi:filesystem/preopens@0.2.12';
         const { encode } = new TextEncoder();
         export const run = { run() {
           const pause = subscribeDuration(1_000_000n);
           pause.block();
           getStdout().blockingWriteAndFlush(new TextEncoder().encode(`direct ${pause.ready()} ${JSON.stringify(getEnvironment())}\\n`));
         } };
         export function open(path) {
           const [[root]] = getDirectories();
           try {
             const file = root.openAt({ symlinkFollow: true }, path, {}, { read: true });
             return new TextDecoder().decode(file.read(100n, 0n)[0]);
           } catch (error) {
             throw `${error.name} ${error.payload}`;
           }
         }",
    );
    let component = built(&scene, "app/app.mjs", "direct");
    let finished = scene.run(&component).flags(&["--env", "A=b"]).finish();
    finished.expect(0);
    assert_eq!(finished.stdout, "direct true [[\"A\",\"b\"]]\n");
    let dir = format!("{}::/data:ro", scene.path("data").display());
    let open = |path: &str| {
        let call = format!("open({path:?})");
        let flags = ["--dir", &dir, "--invoke", &call];
        let (finished, records) = scene.run(&component).flags(&flags).logged();
        finished.expect(0);
        let read = records
            .iter()
            .any(|record| record.is("fs.read", "/data/a.txt"));
        (finished.stdout.trim_end().to_owned(), read)
    };
    assert_eq!(open("a.txt"), (r#"ok("written here")"#.to_owned(), true));
    assert_eq!(
        open("b.txt"),
        (r#"err("ComponentError no-entry")"#.to_owned(), false)
    );
    assert_eq!(
        open("../a"),
        (r#"err("ComponentError not-permitted")"#.to_owned(), false)
    );
}
