//! What is said where a program and its world do not fit.

use tollgate_tests::{Scene, scene};
use wasmtime::component::Val;

use super::{build, built};
use crate::any_host::AnyHost;

fn refused(scene: &Scene, world: &str, parts: &[&str]) {
    let (output, finished) = build(scene, "app/app.mjs", world);
    finished.expect(126);
    for part in parts {
        assert!(
            finished.stderr.contains(part),
            "{part}\n{}",
            finished.stderr
        );
    }
    assert!(!output.exists());
}

#[test]
fn what_the_program_does_not_export_is_named_with_its_signature() {
    let scene = scene!();
    scene.write(
        "app/wit/a.wit",
        "package test:a@1.0.0;
         interface math { add: func(a: u32, b: list<u8>) -> result<u64, string>; sub: func(); resource big { constructor(); inc: func(); } }
         world a { export math; export do-it: func(times: option<u8>); }",
    );
    scene.write(
        "app/app.mjs",
        "export const math = { sub() {}, Big: class {} };",
    );
    refused(
        &scene,
        "a",
        &[
            "does not export what the world a wants",
            "`math`, an object with add, for test:a/math@1.0.0#add: func(a: u32, b: list<u8>) -> result<u64, string>",
            "`math`, an object with inc of the class Big, for test:a/math@1.0.0#[method]big.inc: func(self: borrow<big>)",
            "`doIt`, for do-it: func(times: option<u8>)",
        ],
    );
    scene.write(
        "app/app.mjs",
        "export const math = 1; throw new RangeError('at load');",
    );
    refused(
        &scene,
        "a",
        &["RangeError: at load", "file:///program/app.mjs:1"],
    );
    scene.write(
        "app/app.mjs",
        "import { nope } from 'test:a/math'; export const math = 1;",
    );
    refused(&scene, "a", &["Received protocol 'test:'"]);
}

/// What a program asks for while it is loaded is not there while it is built: then the first call says what is missing.
#[test]
fn what_could_not_be_seen_when_it_was_built_is_said_when_it_is_called() {
    let scene = scene!();
    scene.write(
        "app/wit/a.wit",
        "package test:a; world a { export f: func() -> u8; export g: func(); }",
    );
    scene.write(
        "app/app.mjs",
        "console.log('loading'); export const f = () => 1;",
    );
    let component = built(&scene, "app/app.mjs", "a");
    let finished = scene.run(&component).flags(&["--invoke", "f()"]).finish();
    assert_ne!(finished.code, Some(0));
    assert!(
        finished.stderr.contains("`g`, for g: func()"),
        "{}",
        finished.stderr
    );
}

#[test]
fn a_program_that_never_ends_while_it_is_loaded_does_not_hold_its_build() {
    let scene = scene!();
    scene.write(
        "app/wit/a.wit",
        "package test:a; world a { export f: func(); }",
    );
    scene.write("app/app.mjs", "for (;;);");
    built(&scene, "app/app.mjs", "a");
}

#[test]
fn what_cannot_be_built_for_is_refused_by_name() {
    let scene = scene!();
    scene.write("app/app.mjs", "export const f = () => {};");
    scene.write(
        "app/wit/a.wit",
        "package test:a;
         interface streams { record r { s: option<stream<u8>> } all: func(it: r); }
         world streaming { import streams; export f: func(); }
         world later { export f: func() -> future<u8>; }
         world asynchronous { export f: async func(); }
         world empty { import f: func(); }
         world bridged { import tollgate:bridge/other@0.1.0; export f: func(); }",
    );
    scene.write(
        "app/wit/deps/bridge.wit",
        "package tollgate:bridge@0.1.0; interface other { f: func(); }",
    );
    refused(
        &scene,
        "bridged",
        &["`tollgate:bridge/other@0.1.0` cannot be built for"],
    );
    refused(
        &scene,
        "streaming",
        &["`test:a/streams#all` cannot be built for: a stream is not supported"],
    );
    refused(
        &scene,
        "later",
        &["`f` cannot be built for: a future is not supported"],
    );
    refused(
        &scene,
        "asynchronous",
        &["`f` cannot be built for: an async function is not supported"],
    );
    refused(&scene, "empty", &["the world `empty` exports no function"]);
    refused(&scene, "missing", &["missing"]);
    scene.write(
        "app/wit/a.wit",
        "package test:a; world a { export f: func( }",
    );
    refused(&scene, "a", &["a.wit:1"]);
}

#[test]
fn a_wrong_value_says_of_which_function_and_where_in_it() {
    let scene = scene!();
    scene.write(
        "app/wit/a.wit",
        "package test:a@1.0.0;
         interface host {
           record point { x-at: u8, y-at: list<s64> }
           variant v { a(u32), b }
           flags fl { x, y-z }
           enum en { one, two }
           take: func(n: u32, it: list<point>);
           choose: func(v: v, f: fl, e: en, c: char, o: option<option<bool>>);
           fail: func() -> result<_, v>;
           say: func(t: string);
         }
         world a { import host; export try-it: func(code: string) -> string; export give: func(code: string) -> tuple<u8, host-v>; use host.{v as host-v}; }",
    );
    scene.write(
        "app/app.mjs",
        "import * as host from 'test:a/host@1.0.0';
         export const tryIt = (code) => {
           try { return `gave ${new Function('host', `return host.${code}`)(host)}`; } catch (error) {
             return `${error.name}: ${error.message} ${JSON.stringify(error.payload)}`;
           }
         };
         export const give = (code) => new Function(`return ${code}`)();",
    );
    let component = built(&scene, "app/app.mjs", "a");
    let host = AnyHost::serving(&component, |linker| {
        let mut instance = linker.instance("test:a/host@1.0.0").expect("it is new");
        for name in ["take", "choose", "say"] {
            instance
                .func_new(name, |_, _, _, _| Ok(()))
                .expect("it is new");
        }
        let failed = |_: wasmtime::StoreContextMut<'_, _>, _, _: &[Val], results: &mut [Val]| {
            let payload = Val::Variant("a".to_owned(), Some(Box::new(Val::U32(9))));
            results[0] = Val::Result(Err(Some(Box::new(payload))));
            Ok(())
        };
        instance.func_new("fail", failed).expect("it is new");
    });
    let mut started = host.start();
    let name = "TypeError: test:a/host@1.0.0#";
    for (code, said) in [
        ("take(1, [{ xAt: 1, yAt: [1n] }, { xAt: 0, yAt: new BigInt64Array(2) }])", "gave undefined".to_owned()),
        ("take('1', [])", format!("{name}take: n: expected u32, got the string \"1\"")),
        ("take(4294967296, [])", format!("{name}take: n: expected u32, a whole number from 0 to 4294967295, got 4294967296")),
        ("take(1.5, [])", format!("{name}take: n: expected u32, a whole number from 0 to 4294967295, got 1.5")),
        ("take(-1, [])", format!("{name}take: n: expected u32, a whole number from 0 to 4294967295, got -1")),
        ("take(1n, [])", format!("{name}take: n: expected u32, got 1n")),
        ("take(1)", format!("{name}take: it: expected list<point>, an array, got undefined")),
        ("take(1, [{ xAt: 1, yAt: [] }, { xAt: 256, yAt: [] }])", format!("{name}take: it[1].xAt: expected u8, a whole number from 0 to 255, got 256")),
        ("take(1, [{ xAt: 1, yAt: [1n, 2] }])", format!("{name}take: it[0].yAt[1]: expected s64, which is a bigint, got 2")),
        ("take(1, [{ xAt: 1, yAt: [2n ** 63n] }])", format!("{name}take: it[0].yAt[0]: expected s64, a bigint from -9223372036854775808n to 9223372036854775807n, got 9223372036854775808n")),
        ("take(1, [null])", format!("{name}take: it[0]: expected point, an object with 'xAt', 'yAt', got null")),
        ("choose({ tag: 'c' }, {}, 'one', 'x')", format!("{name}choose: v.tag: expected a case of v, one of 'a', 'b', got the string \"c\"")),
        ("choose({ tag: 'a', val: true }, {}, 'one', 'x')", format!("{name}choose: v.val: expected u32, got true")),
        ("choose({ tag: 'b' }, { yZ: 1 }, 'one', 'x')", format!("{name}choose: f.yZ: expected bool, got 1")),
        ("choose({ tag: 'b' }, { z: true }, 'one', 'x')", format!("{name}choose: f: expected fl, which has no flag 'z', got an object")),
        ("choose({ tag: 'b' }, {}, 'three', 'x')", format!("{name}choose: e: expected en, one of 'one', 'two', got the string \"three\"")),
        ("choose({ tag: 'b' }, {}, 'two', 'xy')", format!("{name}choose: c: expected char, a string of one Unicode scalar value, got the string \"xy\"")),
        ("choose({ tag: 'b' }, {}, 'two', '\\ud800')", format!("{name}choose: c: expected char, a string of one Unicode scalar value")),
        ("choose({ tag: 'b' }, {}, 'two', 'x', true)", format!("{name}choose: o: expected option<option<bool>>, an object with 'tag' and 'val', got true")),
        ("say({ toString: () => 'x' })", format!("{name}say: t: expected string, got an object")),
        ("fail()", "ComponentError: test:a/host@1.0.0#fail failed: a (see error.payload) {\"tag\":\"a\",\"val\":9}".to_owned()),
    ] {
        let given = started.call(None, "try-it", &[Val::String(code.to_owned())]);
        let Ok(Some(Val::String(given))) = given else {
            panic!("{code}: {given:?}")
        };
        assert!(given.starts_with(&said), "{code}\n{given}\n{said}");
    }
    let given = started.call(
        None,
        "give",
        &[Val::String("[256, { tag: 'b' }]".to_owned())],
    );
    let said =
        "TypeError: give: what it gave[0]: expected u8, a whole number from 0 to 255, got 256";
    assert!(
        given.as_ref().is_err_and(|text| text.contains(said)),
        "{given:?}"
    );
}
