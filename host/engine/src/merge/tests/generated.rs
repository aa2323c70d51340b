use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

/// One function of a generated library.
#[derive(Debug, Clone)]
struct Step {
    /// Added to its argument.
    constant: i32,
    /// Which of all functions it calls, through the table.
    indirect: Option<usize>,
    /// Which function of an earlier library it calls by name.
    direct: Option<usize>,
    /// Whether it counts in the global that all share.
    counts: bool,
    /// Where in memory it writes what it has come to.
    writes: Option<u16>,
}

fn step() -> impl Strategy<Value = Step> {
    (
        any::<i32>(),
        prop::option::of(0_usize..64),
        prop::option::of(0_usize..64),
        any::<bool>(),
        prop::option::of(any::<u16>()),
    )
        .prop_map(|(constant, indirect, direct, counts, writes)| Step {
            constant,
            indirect,
            direct,
            counts,
            writes,
        })
}

fn libraries() -> impl Strategy<Value = Vec<Vec<Step>>> {
    prop::collection::vec(prop::collection::vec(step(), 1..5), 1..6)
}

/// The text of a function. Each call takes from the same allowance, so that no two functions call each other for ever.
fn function(number: usize, own: &Step, earlier: usize, all: usize) -> String {
    let mut text = format!(
        "(func $f{number} (export \"f{number}\") (type $map) (local $x i32)
           (if (i32.eqz (global.get $left)) (then (return (i32.const 1))))
           (global.set $left (i32.sub (global.get $left) (i32.const 1)))
           (local.set $x (i32.add (local.get 0) (i32.const {})))\n",
        own.constant
    );
    if own.counts {
        text.push_str("(global.set $sp (i32.add (global.get $sp) (local.get $x)))\n");
    }
    if let Some(at) = own.writes {
        writeln!(text, "(i32.store (i32.const {at}) (local.get $x))").unwrap();
    }
    if let Some(called) = own.indirect {
        let slot = called % (all + 1);
        writeln!(
            text,
            "(local.set $x (i32.xor (call_indirect (type $map) (local.get $x) (i32.add (global.get $tb) (i32.const {slot}))) (i32.rotl (local.get $x) (i32.const 5))))"
        )
        .unwrap();
    }
    if let Some(called) = own.direct.filter(|_| earlier > 0) {
        let called = called % earlier;
        writeln!(
            text,
            "(local.set $x (i32.add (call $f{called} (local.get $x)) (i32.load (i32.const {}))))",
            called * 8
        )
        .unwrap();
    }
    text.push_str("(local.get $x))\n");
    text
}

fn component(libraries: &[Vec<Step>]) -> String {
    let all: usize = libraries.iter().map(Vec::len).sum();
    let mut text = String::from(
        r#"(component
          (core module $owner
            (memory (export "memory") 2)
            (table (export "table") 64 funcref)
            (global (export "sp") (mut i32) (i32.const 1024))
            (global (export "left") (mut i32) (i32.const 0))
            (global (export "tb") i32 (i32.const 4)))
          (core instance $owner (instantiate $owner))"#,
    );
    let mut number = 0;
    for (library, steps) in libraries.iter().enumerate() {
        let first = number;
        writeln!(text, "(core module $l{library}").unwrap();
        // Types at other indices in each.
        for unused in 0..library {
            writeln!(text, "(type (func (param {})))", "i64 ".repeat(unused)).unwrap();
        }
        text.push_str(
            r#"(type $map (func (param i32) (result i32)))
               (import "env" "table" (table 0 funcref))
               (import "env" "memory" (memory 1))
               (import "env" "sp" (global $sp (mut i32)))
               (import "env" "left" (global $left (mut i32)))
               (import "env" "tb" (global $tb i32))"#,
        );
        for earlier in 0..first {
            writeln!(
                text,
                "(import \"all\" \"f{earlier}\" (func $f{earlier} (type $map)))"
            )
            .unwrap();
        }
        let names: String = (first..first + steps.len())
            .map(|n| format!("$f{n} "))
            .collect();
        writeln!(
            text,
            "(elem (offset (i32.add (global.get $tb) (i32.const {first}))) func {names})
             (data (i32.const {}) \"{library}{library}{library}\")",
            library * 8
        )
        .unwrap();
        for step in steps {
            text.push_str(&function(number, step, first, all));
            number += 1;
        }
        if library + 1 == libraries.len() {
            writeln!(
                text,
                "(func (export \"run\") (result i32)
                   (global.set $left (i32.const 200))
                   (i32.add (call $f{} (global.get $sp)) (global.get $sp)))",
                number - 1
            )
            .unwrap();
        }
        text.push_str(")\n");
        let before: String = (0..library)
            .flat_map(|earlier| {
                let start: usize = libraries.iter().take(earlier).map(Vec::len).sum();
                let count = libraries.get(earlier).map_or(0, Vec::len);
                (start..start + count)
                    .map(move |n| format!("(export \"f{n}\" (func $l{earlier} \"f{n}\"))"))
            })
            .collect();
        writeln!(
            text,
            "(core instance $all{library} {before})
             (core instance $l{library} (instantiate $l{library}
               (with \"env\" (instance $owner)) (with \"all\" (instance $all{library}))))"
        )
        .unwrap();
    }
    writeln!(
        text,
        "(func (export \"run\") (result u32) (canon lift (core func $l{} \"run\"))))",
        libraries.len() - 1
    )
    .unwrap();
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_libraries_do_they_do_when_they_are_one(libraries in libraries()) {
        let (merged, _) = same(&component(&libraries));
        prop_assert_eq!(modules(&merged).len(), 1);
    }
}
