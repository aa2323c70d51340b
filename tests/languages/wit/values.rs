//! Values of every type, at their extremes, through a program and back: each is given to an export, which gives it to an
//! import, which gives it back.

use tollgate_tests::{Scene, scene};
use wasmtime::component::Val;

use super::built;
use crate::any_host::{AnyHost, interfaces};

const ECHO: &str = "test:kinds/echo@1.2.3";

fn text(text: &str) -> Val {
    Val::String(text.to_owned())
}

fn some(value: Val) -> Val {
    Val::Option(Some(Box::new(value)))
}

fn case(name: &str, value: Option<Val>) -> Val {
    Val::Variant(name.to_owned(), value.map(Box::new))
}

fn ok(value: Option<Val>) -> Val {
    Val::Result(Ok(value.map(Box::new)))
}

fn err(value: Option<Val>) -> Val {
    Val::Result(Err(value.map(Box::new)))
}

fn flags(names: &[&str]) -> Val {
    Val::Flags(names.iter().map(|name| (*name).to_owned()).collect())
}

fn record(fields: &[(&str, Val)]) -> Val {
    let field = |(name, value): &(&str, Val)| ((*name).to_owned(), value.clone());
    Val::Record(fields.iter().map(field).collect())
}

fn numbers(is_high: bool) -> Val {
    let pick = |low: Val, high: Val| if is_high { high } else { low };
    record(&[
        ("u-eight", pick(Val::U8(0), Val::U8(u8::MAX))),
        ("u-sixteen", pick(Val::U16(0), Val::U16(u16::MAX))),
        ("u-thirty-two", pick(Val::U32(0), Val::U32(u32::MAX))),
        ("u-sixty-four", pick(Val::U64(0), Val::U64(u64::MAX))),
        ("s-eight", pick(Val::S8(i8::MIN), Val::S8(i8::MAX))),
        ("s-sixteen", pick(Val::S16(i16::MIN), Val::S16(i16::MAX))),
        ("s-thirty-two", pick(Val::S32(i32::MIN), Val::S32(i32::MAX))),
        ("s-sixty-four", pick(Val::S64(i64::MIN), Val::S64(i64::MAX))),
        (
            "f-thirty-two",
            pick(Val::Float32(f32::MIN), Val::Float32(f32::INFINITY)),
        ),
        (
            "f-sixty-four",
            pick(Val::Float64(f64::MIN_POSITIVE), Val::Float64(f64::MAX)),
        ),
    ])
}

fn shapes() -> Vec<Val> {
    let path = vec![
        Val::Tuple(vec![Val::S16(-1), Val::Char('\u{10ffff}')]),
        Val::Tuple(vec![Val::S16(i16::MAX), Val::Char('\0')]),
    ];
    vec![
        case("nothing", None),
        case("circle", Some(Val::Float64(-0.0))),
        case("tiny", Some(Val::Float32(f32::MIN_POSITIVE))),
        case("big", Some(Val::U64(u64::MAX))),
        case("label", Some(text(""))),
        case("path", Some(Val::List(path))),
    ]
}

fn everything(is_high: bool, shape: Val) -> Val {
    let (perhaps, perhaps_perhaps, came, bare) = if is_high {
        let bytes = (0..=255).map(Val::U8).collect();
        (
            some(text("there")),
            some(some(Val::U8(255))),
            ok(Some(Val::List(bytes))),
            ok(None),
        )
    } else {
        let failed = err(Some(case("label", Some(text("why")))));
        (
            Val::Option(None),
            some(Val::Option(None)),
            failed,
            err(None),
        )
    };
    let inner = Val::List(vec![text("a"), text("\u{0}ä€𝄞")]);
    let nested = Val::List(vec![
        Val::List(Vec::new()),
        Val::List(vec![inner, Val::List(Vec::new())]),
    ]);
    record(&[
        ("truth", Val::Bool(is_high)),
        ("letter", Val::Char(if is_high { '𝄞' } else { '\u{d7ff}' })),
        ("text", text("line\nbreak")),
        ("numbers", numbers(is_high)),
        ("color", Val::Enum("dark-blue".to_owned())),
        (
            "rights",
            flags(if is_high {
                &["can-read", "execute"]
            } else {
                &[]
            }),
        ),
        ("many-rights", flags(&["a0", "a7", "a8", "a16", "a18"])),
        ("shape", shape),
        ("perhaps", perhaps),
        ("perhaps-perhaps", perhaps_perhaps),
        ("came", came),
        ("bare", bare),
        ("nested", nested),
    ])
}

/// Functions, each with values that it is to give back.
fn cases() -> Vec<(&'static str, Vec<Val>)> {
    let list = |values: &[i64]| Val::List(values.iter().map(|value| Val::S64(*value)).collect());
    let all: Vec<Val> = shapes()
        .into_iter()
        .map(|shape| everything(true, shape))
        .collect();
    let inner = Val::Tuple(vec![text("two"), Val::Float64(1e300)]);
    let pair = Val::Tuple(vec![Val::U8(1), inner]);
    vec![
        ("truth", vec![Val::Bool(true), Val::Bool(false)]),
        ("u-eight", vec![Val::U8(0), Val::U8(u8::MAX)]),
        ("u-sixteen", vec![Val::U16(0), Val::U16(u16::MAX)]),
        ("u-thirty-two", vec![Val::U32(0), Val::U32(u32::MAX)]),
        ("u-sixty-four", vec![Val::U64(0), Val::U64(u64::MAX)]),
        (
            "s-eight",
            vec![Val::S8(i8::MIN), Val::S8(-1), Val::S8(i8::MAX)],
        ),
        ("s-sixteen", vec![Val::S16(i16::MIN), Val::S16(i16::MAX)]),
        ("s-thirty-two", vec![Val::S32(i32::MIN), Val::S32(i32::MAX)]),
        ("s-sixty-four", vec![Val::S64(i64::MIN), Val::S64(i64::MAX)]),
        (
            "f-thirty-two",
            vec![
                Val::Float32(f32::NEG_INFINITY),
                Val::Float32(-0.0),
                Val::Float32(1e-45),
            ],
        ),
        (
            "f-sixty-four",
            vec![
                Val::Float64(f64::INFINITY),
                Val::Float64(5e-324),
                Val::Float64(f64::MAX),
            ],
        ),
        (
            "letter",
            ['\0', 'a', '\u{d7ff}', '\u{e000}', '\u{10ffff}']
                .map(Val::Char)
                .to_vec(),
        ),
        (
            "text",
            vec![
                text(""),
                text("\0"),
                text("\u{feff}x"),
                text(&"𝄞ä".repeat(50_000)),
            ],
        ),
        (
            "bytes",
            vec![
                Val::List(Vec::new()),
                Val::List((0..=255).map(Val::U8).collect()),
            ],
        ),
        ("longs", vec![list(&[]), list(&[i64::MIN, -1, 0, i64::MAX])]),
        (
            "floats",
            vec![Val::List(vec![Val::Float32(0.5), Val::Float32(f32::MAX)])],
        ),
        (
            "truths",
            vec![Val::List(vec![Val::Bool(true), Val::Bool(false)])],
        ),
        (
            "a-color",
            ["red", "dark-blue"]
                .map(|name| Val::Enum(name.to_owned()))
                .to_vec(),
        ),
        (
            "some-rights",
            vec![flags(&[]), flags(&["can-read", "can-write", "execute"])],
        ),
        (
            "more-rights",
            vec![flags(&[]), flags(&["a0", "a15", "a16", "a18"])],
        ),
        ("a-shape", shapes()),
        ("pair", vec![pair]),
        ("perhaps", vec![Val::Option(None), some(Val::S32(i32::MIN))]),
        (
            "perhaps-perhaps",
            vec![
                Val::Option(None),
                some(Val::Option(None)),
                some(some(text(""))),
            ],
        ),
        (
            "nested-result",
            vec![Val::List(vec![ok(Some(Val::U8(7))), err(Some(text("no")))])],
        ),
        (
            "every",
            vec![
                everything(true, case("nothing", None)),
                everything(false, case("big", Some(Val::U64(1)))),
            ],
        ),
        ("all", vec![Val::List(Vec::new()), Val::List(all)]),
        (
            "may-fail",
            vec![
                ok(Some(Val::U32(u32::MAX))),
                err(Some(case("label", Some(text("it failed"))))),
            ],
        ),
        ("may-fail-plainly", vec![ok(None), err(None)]),
    ]
}

/// Calls itself what the world imports under the same name. Of a `result` the value is given, and the failure thrown.
const PROGRAM: &str = "
import * as outer from 'test:kinds/echo@1.2.3';
import { uEight } from 'test:kinds/echo';
import log, { log as same } from 'log';
import { twice } from 'mine';
import { inspect } from 'node:util';
import { setTimeout as wait } from 'node:timers/promises';
import assert from 'node:assert';

const results = ['mayFail', 'mayFailPlainly'];
const entries = Object.entries(outer).filter(([name, value]) => typeof value === 'function' && !results.includes(name));
export const echo = Object.fromEntries(entries.map(([name, call]) => [name, async (...args: unknown[]) => {
  await wait(1);
  return call(...args);
}]));
echo.uEight = uEight;
for (const name of results) echo[name] = (it) => outer[name](it);

export const show = (it: object) => {
  assert.equal(log('ä'), 7);
  assert.equal(same, log);
  return inspect(it, { depth: Infinity, breakLength: 100 });
};
export const ownTwice = (it: string) => twice(it);
";

fn host(scene: &Scene) -> AnyHost {
    scene.write("app/wit/kinds.wit", include_str!("kinds.wit"));
    scene.write("app/app.mts", PROGRAM);
    let component = built(scene, "app/app.mts", "both");
    let (imports, mut exports) = interfaces(&component);
    exports.sort_unstable();
    let own: Vec<&String> = imports
        .iter()
        .filter(|name| !name.starts_with("wasi:"))
        .collect();
    assert_eq!(own, ["test:kinds/types@1.2.3", ECHO, "mine", "log"]);
    assert_eq!(exports, ["own-twice", "show", ECHO]);
    AnyHost::serving(&component, |linker| {
        let mut echo = linker.instance(ECHO).expect("it is new");
        for (name, _) in cases() {
            echo.func_new(name, |_, _, given, results| {
                results.clone_from_slice(given);
                Ok(())
            })
            .expect("it is new");
        }
        echo.func_new("nothing", |_, _, _, _| Ok(()))
            .expect("it is new");
        echo.func_new("many", |_, _, given, results| {
            let all = Val::Tuple(given.to_vec());
            *results.first_mut().expect("it gives one") = all;
            Ok(())
        })
        .expect("it is new");
        let mut root = linker.root();
        root.func_wrap("log", |_, (line,): (String,)| {
            assert_eq!(line, "ä");
            Ok((7_u32,))
        })
        .expect("it is new");
        let mut own = linker.instance("mine").expect("it is new");
        own.func_wrap("twice", |_, (it,): (String,)| Ok((it.repeat(2),)))
            .expect("it is new");
    })
}

#[test]
fn values_of_every_type_cross_in_both_directions_and_come_back() {
    let scene = scene!();
    let host = host(&scene);
    let mut started = host.start();
    for (name, values) in cases() {
        for value in values {
            let given = started.call(Some(ECHO), name, std::slice::from_ref(&value));
            assert_eq!(given, Ok(Some(value)), "{name}");
        }
    }
    assert_eq!(started.call(Some(ECHO), "nothing", &[]), Ok(None));
    let nan = started.call(Some(ECHO), "f-sixty-four", &[Val::Float64(f64::NAN)]);
    assert!(matches!(nan, Ok(Some(Val::Float64(it))) if it.is_nan()));
    let many = [
        Val::U8(1),
        text("b"),
        Val::Float32(2.5),
        Val::S64(i64::MIN),
        some(Val::Float64(0.1)),
        case("label", Some(text("more than sixteen"))),
        Val::List(vec![Val::U16(9), Val::U16(u16::MAX)]),
        Val::U32(1),
        Val::U32(u32::MAX),
        numbers(false),
    ];
    let given = started.call(Some(ECHO), "many", &many);
    assert_eq!(given, Ok(Some(Val::Tuple(many.to_vec()))));
    let given = started.call(None, "own-twice", &[text("ab")]);
    assert_eq!(given, Ok(Some(text("abab"))));
}

#[test]
fn a_long_run_of_calls_keeps_no_memory() {
    let scene = scene!();
    let host = host(&scene);
    let mut started = host.start();
    let value = Val::List(vec![everything(true, case("nothing", None)); 20]);
    let long = text(&"x".repeat(1 << 20));
    // Held back, a third of them would be more than the instance may have.
    for _ in 0..600 {
        let given = started.call(Some(ECHO), "text", std::slice::from_ref(&long));
        assert!(given == Ok(Some(long.clone())));
    }
    for _ in 0..100 {
        let given = started.call(Some(ECHO), "all", std::slice::from_ref(&value));
        assert!(given == Ok(Some(value.clone())));
    }
}

#[test]
fn values_look_in_a_program_as_the_fields_tools_have_them() {
    let scene = scene!();
    let host = host(&scene);
    let mut started = host.start();
    let path = Val::List(vec![Val::Tuple(vec![Val::S16(-1), Val::Char('𝄞')])]);
    let shown = started.call(None, "show", &[everything(true, case("path", Some(path)))]);
    let Ok(Some(Val::String(shown))) = shown else {
        panic!("{shown:?}")
    };
    for part in [
        "truth: true",
        "letter: '𝄞'",
        "uSixtyFour: 18446744073709551615n",
        "sSixtyFour: 9223372036854775807n",
        "fThirtyTwo: Infinity",
        "color: 'dark-blue'",
        "rights: { canRead: true, canWrite: false, execute: true }",
        "shape: { tag: 'path', val: [ [ -1, '𝄞' ] ] }",
        "perhaps: 'there'",
        "perhapsPerhaps: { tag: 'some', val: 255 }",
        "val: Uint8Array(256) [",
        "bare: { tag: 'ok' }",
        "nested: [ [], [ [ 'a', '\\x00ä€𝄞' ], [] ] ]",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
}
