//! Types that are nested, chained or flattened: readers and droppers of types recurse, and a stack that runs over cannot
//! be caught.

use std::thread;

use tollgate_engine::caps::{CORE_TYPES, DEPTH};
use tollgate_engine::{Engine, Source};
use tollgate_tests::scene;

use crate::make::{command, nested, repeated, wasm};
use crate::measure::{bounded, load, refused};

/// The stack of a thread that loads: less than any thread of the host has.
const STACK: usize = 1 << 20;

/// Runs `work` where a recursion over a type has little room.
fn in_a_corner(work: impl FnOnce() + Send + 'static) {
    thread::Builder::new()
        .stack_size(STACK)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap();
}

/// Each type is made of the one before.
fn chain(links: u64, first: &str, next: impl Fn(u64) -> String) -> Vec<u8> {
    let types = repeated(links, |index| {
        format!("(type $t{} {})", index + 1, next(index))
    });
    wasm(&format!("(component (type $t0 {first}) {types})"))
}

#[test]
fn a35_i34_a_chain_of_twenty_thousand_function_types_is_loaded_and_dropped() {
    in_a_corner(|| {
        let engine = Engine::new().unwrap();
        let link = |index| format!("(type $t{} (func (param (ref null $t{index}))))", index + 1);
        let long = command(&format!("(type $t0 (func)) {}", repeated(20_000, link)));
        let short = command(&format!("(type $t0 (func)) {}", repeated(1_000, link)));
        for _ in 0..3 {
            let _either = load(&engine, &long);
        }
        for _ in 0..200 {
            let _either = load(&engine, &short);
        }
    });
}

#[test]
fn a35_i34_a_chain_of_twenty_thousand_gc_types_is_refused() {
    let command = |types: &str| {
        wasm(&format!(
            "(module {types} (memory (export \"memory\") 1) (func (export \"_start\")))"
        ))
    };
    let structs = |count| {
        let link = |index| {
            format!(
                "(type $t{} (struct (field (ref null $t{index}))))",
                index + 1
            )
        };
        command(&format!("(type $t0 (struct)) {}", repeated(count, link)))
    };
    let (more_than_the_cap, fewer) = (structs(20_000), structs(CORE_TYPES.limit / 2));
    let links = CORE_TYPES.limit / 2;
    let ring = |index| {
        format!(
            "(type $t{index} (sub (func (param (ref null $t{})))))",
            (index + 1) % links
        )
    };
    let ring = command(&format!("(rec {})", repeated(links, ring)));
    in_a_corner(move || {
        for chain in [more_than_the_cap, fewer, ring] {
            assert!(bounded("a chain of types", &chain).is_err());
        }
    });
}

/// The text of a type that is made of the one with this number.
type Next = fn(u64) -> String;

#[test]
fn a35_i33_chains_of_value_types_are_refused_or_bounded() {
    let kinds: [(&str, Next); 6] = [
        ("list", |index| format!("(list $t{index})")),
        ("option", |index| format!("(option $t{index})")),
        ("tuple", |index| format!("(tuple $t{index})")),
        ("record", |index| {
            format!("(record (field \"f\" $t{index}))")
        }),
        ("variant", |index| {
            format!("(variant (case \"c\" $t{index}))")
        }),
        ("result", |index| format!("(result $t{index})")),
    ];
    for (kind, next) in kinds {
        let (shallow, deep, deepest) = (
            chain(90, "(list u8)", next),
            chain(200, "(list u8)", next),
            chain(20_000, "(list u8)", next),
        );
        in_a_corner(move || {
            let _either = bounded(kind, &shallow);
            for links in [deep, deepest] {
                refused(kind, &links, "too deep");
            }
        });
    }
}

/// Types of instances and components can name types outside of themselves, which a reader counts as nesting too.
fn chains_of_interfaces(links: u64) -> [(&'static str, Vec<u8>); 3] {
    [
        (
            "instances",
            chain(links, "(instance)", |index| {
                format!(
                    "(instance (alias outer 1 $t{index} (type $x)) (export \"a\" (instance (type $x))))"
                )
            }),
        ),
        (
            "components",
            chain(links, "(component)", |index| {
                format!(
                    "(component (alias outer 1 $t{index} (type $x)) (import \"a\" (component (type $x))))"
                )
            }),
        ),
        (
            "both in turn",
            chain(links, "(component)", |index| {
                format!(
                    "(component (import \"i\" (instance (alias outer 2 $t{index} (type $x)) (export \"a\" (component (type $x))))))"
                )
            }),
        ),
    ]
}

#[test]
fn a35_i33_chains_of_instance_types_are_refused_or_bounded() {
    for links in [50, 126, 127, 200, 20_000] {
        for (kind, bytes) in chains_of_interfaces(links) {
            let what = format!("{links} {kind}");
            in_a_corner(move || drop(bounded(&what, &bytes)));
        }
    }
}

/// The same, from outside: a component of two kilobytes must not end the host by a panic, and its end is recorded.
#[test]
fn a35_i33_a_chain_of_instance_types_is_refused_with_126() {
    for (kind, bytes) in chains_of_interfaces(200) {
        let scene = scene!();
        let (finished, records) = scene.run(scene.write("chain.wasm", bytes)).logged();
        assert!(
            !finished.stderr.contains("panicked"),
            "{kind}: {}",
            finished.stderr
        );
        assert!(
            !finished.stderr.contains(".cargo"),
            "{kind}: {}",
            finished.stderr
        );
        assert_eq!(finished.code, Some(126), "{kind}: {}", finished.stderr);
        assert!(
            records.iter().any(|record| record.operation == "run.end"),
            "{kind}: {records:#?}"
        );
    }
}

#[test]
fn i33_a_type_that_flattens_to_ten_million_fields_is_refused() {
    let wide = |width: usize| {
        let tuple = |of: &str| format!("(tuple {})", of.repeat(width));
        let types = format!(
            "(type $a {}) (type $b {}) (type $c {})",
            tuple("u8 "),
            tuple("$a "),
            tuple("$b ")
        );
        wasm(&format!(
            "(component {types} (import \"f\" (func (param \"p\" $c))))"
        ))
    };
    refused("10,077,696 fields", &wide(216), "exceeds the limit");
    let _either = bounded("970,299 fields", &wide(99));
    let doubled = chain(60, "(tuple u8 u8)", |index| {
        format!("(tuple $t{index} $t{index})")
    });
    refused("2^60 fields", &doubled, "exceeds the limit");
}

/// Code that carries values from one component to another is made by the engine: its size is the types', not the
/// component's.
#[test]
fn i33_adapters_between_components_are_bounded() {
    for (widths, count) in [
        (&[1_000][..], 1),
        (&[100, 100], 1),
        (&[90, 100, 100], 1),
        (&[30], 300),
    ] {
        let _either = bounded(
            &format!("{widths:?}, {count} functions"),
            &wasm(&crossing(widths, count)),
        );
    }
}

/// Two components, with `count` functions between them that take a list of tuples of tuples of strings.
fn crossing(widths: &[usize], count: u64) -> String {
    let mut types = "(type $t0 (list string))".to_owned();
    for (index, width) in widths.iter().enumerate() {
        types += &format!(
            "(type $t{} (tuple {}))",
            index + 1,
            format!("$t{index} ").repeat(*width)
        );
    }
    let last = widths.len();
    // Lists of different lengths, or else all functions would share one adapter.
    let parameters = |index: u64| {
        format!(
            "(param \"p\" (list (tuple $t{last} {})))",
            "u8 ".repeat(1 + usize::try_from(index % 50).unwrap())
        )
    };
    let core = "(core module $m (memory (export \"m\") 1) (func (export \"f\") (param i32 i32))
            (func (export \"r\") (param i32 i32 i32 i32) (result i32) unreachable))
        (core instance $i (instantiate $m))";
    let options = "(memory $i \"m\") (realloc (func $i \"r\"))";
    let exports = repeated(count, |index| {
        format!(
            "(func (export \"f{index}\") {} (canon lift (core func $i \"f\") {options}))",
            parameters(index)
        )
    });
    let imports = repeated(count, |index| {
        format!(
            "(import \"f{index}\" (func $f{index} {}))",
            parameters(index)
        )
    });
    let lowered = repeated(count, |index| {
        format!("(core func $l{index} (canon lower (func $f{index}) {options}))")
    });
    let wanted = repeated(count, |index| {
        format!("(import \"\" \"l{index}\" (func (param i32 i32)))")
    });
    let given = repeated(count, |index| {
        format!("(export \"l{index}\" (func $l{index}))")
    });
    let with = repeated(count, |index| {
        format!("(with \"f{index}\" (func $a \"f{index}\"))")
    });
    format!(
        "(component
            (component $A {types} {core} {exports})
            (component $B {types} {imports} {core} {lowered} (core module $u {wanted})
                (core instance (instantiate $u (with \"\" (instance {given})))))
            (instance $a (instantiate $A)) (instance (instantiate $B {with})))"
    )
}

#[test]
fn i32_components_within_components_are_refused_beyond_the_cap() {
    in_a_corner(|| {
        let _either = bounded("as many levels as are let in", &nested(DEPTH.limit - 1));
        for levels in [DEPTH.limit + 2, 90, 2_000, 20_000] {
            refused(&format!("{levels} levels"), &nested(levels), DEPTH.what);
        }
    });
}

#[test]
fn i32_counting_does_not_recurse_where_only_modules_are_nested() {
    // A component of modules side by side is as flat as it looks: levels are given back at each end.
    let flat = wasm(&format!(
        "(component {})",
        "(component (core module))".repeat(300)
    ));
    assert!(Source::new(flat).is_ok());
}
