//! Too much of something. Over a static cap it is refused at once; just below one it is bounded, which is what makes the
//! number of the cap the right one.

use tollgate_engine::caps::{
    COMPONENT_TYPES, CORE_TYPES, Cap, EXPORTS, FUNCTION_BYTES, FUNCTIONS, IMPORTS, NESTED,
};

use crate::make::{command, holding, importing, repeated, wasm};
use crate::measure::{bounded, refused, taken};

/// A little less than the cap: adapting adds some of its own.
fn below(cap: Cap) -> u64 {
    cap.limit - cap.limit / 50
}

/// A function of additions, with about `bytes` bytes.
fn additions(bytes: u64) -> String {
    let step = "local.get 0 i32.const 1 i32.add local.set 0 ";
    format!(
        "(func (local i32) {})",
        step.repeat(usize::try_from(bytes / 7).unwrap())
    )
}

#[test]
fn i24_a_function_of_three_hundred_thousand_instructions_is_refused_at_once() {
    refused(
        "300,000 instructions",
        &command(&additions(525_000)),
        "in one function body",
    );
    refused(
        "in a component",
        &holding(&additions(525_000)),
        "in one function body",
    );
    refused(
        "a megabyte",
        &holding(&additions(1_000_000)),
        "in one function body",
    );
}

#[test]
fn i24_the_largest_function_that_is_compiled_is_bounded() {
    taken("additions", &holding(&additions(below(FUNCTION_BYTES))));
    taken(
        "one-byte instructions",
        &holding(&format!("(func {})", "nop ".repeat(500_000))),
    );
    let loads = repeated(30_000, |index| {
        format!(
            "(i32.store (i32.const {}) (i32.load (i32.const {index})))",
            index * 2
        )
    });
    taken(
        "loads and stores",
        &holding(&format!("(memory 2) (func {loads})")),
    );
    let calls = repeated(100_000, |_| "(call 0 (local.get 0)) drop ".to_owned());
    taken(
        "calls",
        &holding(&format!(
            "(func (param i32) (result i32) {calls} (local.get 0))"
        )),
    );
}

#[test]
fn i25_more_functions_than_the_cap_are_refused_at_once() {
    refused(
        "functions",
        &command(&"(func)".repeat(usize::try_from(FUNCTIONS.limit + 1).unwrap())),
        FUNCTIONS.what,
    );
    let half = "(func)".repeat(usize::try_from(FUNCTIONS.limit / 2 + 1).unwrap());
    let two = wasm(&format!(
        "(component (core module {half}) (core module {half}))"
    ));
    refused("functions of two modules", &two, FUNCTIONS.what);
}

#[test]
fn i25_as_many_functions_as_the_cap_lets_in_are_bounded() {
    let adding = |index| {
        format!("(func (param i32) (result i32) (i32.add (local.get 0) (i32.const {index})))")
    };
    taken("functions", &holding(&repeated(below(FUNCTIONS), adding)));
    let empty = "(func)".repeat(usize::try_from(below(FUNCTIONS)).unwrap());
    taken("empty functions", &command(&empty));
}

/// Many values that live at the same time: what makes a register allocator slow.
#[test]
fn i26_many_values_that_live_at_once_are_bounded() {
    for (what, values) in [("a thousand", 1_000), ("fifty thousand", 50_000)] {
        let pushed = "(local.get 0) (local.get 1) i32.mul ".repeat(values);
        let body = format!(
            "(func (param i32 i32) (result i32) {pushed} {})",
            "i32.xor ".repeat(values - 1)
        );
        taken(what, &holding(&body));
    }
    let (open, close) = ("(block (result i32) ".repeat(900), ")".repeat(900));
    let blocks = format!("{open} (local.get 0) {close}");
    taken(
        "nested blocks",
        &holding(&format!("(func (param i32) (result i32) {blocks})")),
    );
}

#[test]
fn i27_a_branch_table_of_two_hundred_thousand_targets_is_bounded() {
    for targets in [1_000, 100_000, 200_000] {
        let body = format!(
            "(func (param i32) (block (br_table {} (local.get 0))))",
            "0 ".repeat(targets)
        );
        // Whether it is refused is the engine's to say; it is never slow.
        let _either = bounded(&format!("{targets} targets"), &holding(&body));
    }
}

#[test]
fn i28_forty_nine_thousand_locals_are_bounded() {
    let used = repeated(49_000, |index| {
        format!("(local.set {index} (i64.const {index}))")
    });
    taken(
        "locals",
        &holding(&format!("(func (local {}) {used})", "i64 ".repeat(49_000))),
    );
    let _either = bounded(
        "more locals",
        &holding(&format!("(func (local {}))", "i64 ".repeat(60_000))),
    );
    // The count of a group of locals is a number, not bytes: four thousand million in six of them.
    let mut many = holding("(func (local i64))");
    let group = many
        .windows(3)
        .rposition(|bytes| bytes == [1, 1, 0x7e])
        .unwrap()
        + 1;
    many.splice(group..=group, [0xff, 0xff, 0xff, 0xff, 0x0f]);
    assert!(bounded("endless locals", &many).is_err());
}

fn imports(count: u64) -> String {
    repeated(count, |_| {
        "(import \"wasi_snapshot_preview1\" \"sched_yield\" (func (result i32)))".to_owned()
    })
}

#[test]
fn i29_a_hundred_thousand_imports_are_refused_at_once() {
    refused(
        "imports of a module",
        &command(&imports(100_000)),
        IMPORTS.what,
    );
    refused("imports of a component", &importing(100_000), IMPORTS.what);
    taken("fewer", &importing(below(IMPORTS)));
}

/// Adapting takes the square of them.
#[test]
fn i29_a_module_with_many_imports_is_adapted_in_bounds_or_refused_at_once() {
    taken("twenty times what WASI 0.1 has", &command(&imports(1_000)));
    for many in [1_001, 5_000, below(IMPORTS)] {
        refused("more", &command(&imports(many)), "imports");
    }
}

#[test]
fn i29_as_many_imports_as_the_cap_lets_in_are_bounded_when_they_are_linked() {
    let count = below(IMPORTS).min(EXPORTS.limit / 2);
    let exports = repeated(count, |index| format!("(func (export \"f{index}\"))"));
    let imports = repeated(count, |index| format!("(import \"a\" \"f{index}\" (func))"));
    let linked = format!(
        "(component (core module $a {exports}) (core module $b {imports}) (core instance $i (instantiate $a))
            (core instance (instantiate $b (with \"a\" (instance $i)))))"
    );
    taken("imports of one module from another", &wasm(&linked));
}

#[test]
fn i30_a_hundred_thousand_exports_are_refused_or_bounded() {
    let exports = |count| repeated(count, |index| format!("(export \"e{index}\" (func 0))"));
    refused(
        "exports",
        &command(&format!("(func) {}", exports(EXPORTS.limit + 1))),
        EXPORTS.what,
    );
    taken(
        "fewer",
        &command(&format!("(func) {}", exports(below(EXPORTS)))),
    );
}

/// Types that all differ: one bit of the number is one parameter.
fn distinct(count: u64) -> String {
    let parameters = |number: u64| -> String {
        (0..17)
            .map(|bit| {
                if number >> bit & 1 == 1 {
                    "i32 "
                } else {
                    "i64 "
                }
            })
            .collect()
    };
    repeated(count, |number| {
        format!("(type (func (param {})))", parameters(number))
    })
}

#[test]
fn i31_a_hundred_thousand_types_are_refused_at_once() {
    let over = |cap: Cap, item: &str| item.repeat(usize::try_from(cap.limit + 1).unwrap());
    refused(
        "types of a module",
        &command(&over(CORE_TYPES, "(type (func))")),
        CORE_TYPES.what,
    );
    let component = format!("(component {})", over(COMPONENT_TYPES, "(type (list u8))"));
    refused(
        "types of a component",
        &wasm(&component),
        COMPONENT_TYPES.what,
    );
    refused(
        "a hundred thousand",
        &holding(&"(type (func))".repeat(100_000)),
        CORE_TYPES.what,
    );
}

#[test]
fn i31_as_many_types_as_the_cap_lets_in_are_bounded() {
    let alike = "(type (func))".repeat(usize::try_from(below(CORE_TYPES)).unwrap());
    taken("types of one shape", &holding(&alike));
    let functions = repeated(below(COMPONENT_TYPES), |index| {
        format!("(type (func (param \"p{index}\" u8)))")
    });
    taken(
        "function types of a component",
        &wasm(&format!("(component {functions})")),
    );
    taken(
        "types of all shapes",
        &holding(&distinct(below(CORE_TYPES))),
    );
}

#[test]
fn i32_two_thousand_components_side_by_side_are_refused_at_once() {
    refused(
        "components",
        &wasm(&format!("(component {})", "(component)".repeat(2_000))),
        NESTED.what,
    );
    refused(
        "modules",
        &wasm(&format!("(component {})", "(core module)".repeat(2_000))),
        NESTED.what,
    );
    let instances = repeated(below(NESTED), |index| {
        format!("(core module $m{index} (func)) (core instance (instantiate $m{index}))")
    });
    let _either = bounded(
        "fewer, with an instance each",
        &wasm(&format!("(component {instances})")),
    );
}

#[test]
fn i35_large_data_sections_and_names_are_bounded() {
    let data = format!(
        "(memory 200) (data (i32.const 0) \"{}\")",
        "a".repeat(8 << 20)
    );
    taken("8 MiB of data", &holding(&data));
    taken(
        "a custom section of 16 MiB",
        &command(&format!("(@custom \"c\" \"{}\")", "a".repeat(16 << 20))),
    );
    taken(
        "a name of 90 kB",
        &command(&format!("(func (export \"{}\"))", "n".repeat(90_000))),
    );
    assert!(
        bounded(
            "a name of 110 kB",
            &command(&format!("(func (export \"{}\"))", "n".repeat(110_000)))
        )
        .is_err()
    );
    taken(
        "a component's name of 90 kB",
        &wasm(&format!(
            "(component (import \"{}\" (func)))",
            "n".repeat(90_000)
        )),
    );
    let segments = repeated(90_000, |index| format!("(data (i32.const {index}) \"x\")"));
    let _either = bounded(
        "many data segments",
        &holding(&format!("(memory 2) {segments}")),
    );
    let elements = repeated(90_000, |_| "(elem (i32.const 0) func 0)".to_owned());
    let _either = bounded(
        "many element segments",
        &holding(&format!("(table 1 funcref) (func) {elements}")),
    );
    let globals = "(global i64 (i64.const 1))".repeat(90_000);
    let _either = bounded("many globals", &holding(&globals));
}
