//! Modules that are damaged anywhere: each is refused with an error, or is a component that can be loaded.

use proptest::prelude::*;
use tollgate::engine::{LoadError, Source};
use tollgate_plugins::core_abi::{WrapError, wrap};

use crate::support::{ECHO, wasm};

fn seeds() -> Vec<Vec<u8>> {
    let rich = r#"(module (type $t (func (param i32 i32) (result i32 i32)))
        (import "wasi_snapshot_preview1" "fd_write" (func $w (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $x (param i32)))
        (table 2 funcref) (memory $m (export "memory") 1 5) (memory 1)
        (global (mut i32) (i32.const 1)) (global funcref (ref.func $f))
        (export "w" (func $w)) (start $s) (elem (i32.const 0) $f $s) (elem declare func $x)
        (data (i32.const 9) "abc") (data "passive")
        (func $s (drop (memory.grow $m (i32.const 1))) (data.drop 1))
        (func (export "_initialize"))
        (func $f (export "f") (type $t) (call_indirect (type $t) (local.get 0) (local.get 1) (i32.const 0)))
        (@custom "producers" "x"))"#;
    vec![wasm(ECHO), wasm(rich)]
}

/// Whether it was wrapped.
fn holds(module: &[u8]) -> bool {
    match wrap(module) {
        Ok(wrapped) => {
            assert!(!wrapped.functions.is_empty());
            let source = Source::new(wrapped.component);
            assert!(source.is_ok(), "what wrapping made is refused: {source:?}");
            let component = source.unwrap();
            let valid = wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all())
                .validate_all(component.component());
            assert!(
                valid.is_ok(),
                "what wrapping made is not valid: {:?}",
                valid.err()
            );
            true
        }
        Err(WrapError::Unreadable) => panic!("the reader gave up on {module:?}"),
        Err(error) => {
            let text = error.to_string();
            assert!(
                !text.is_empty() && text.len() < 20_000 && !text.contains(".cargo"),
                "{text}"
            );
            // The encoder's own words would be about a component that nobody wrote.
            assert!(!text.contains("cannot be adapted"), "{text} of {module:?}");
            false
        }
    }
}

#[test]
fn i37_every_byte_of_a_module_may_be_any_other() {
    let mut results = [0_u32; 2];
    for seed in seeds() {
        assert!(holds(&seed));
        for index in 8..seed.len() {
            for change in [1, 2, 4, 0x40, 0x7f, 0x80, 0xff] {
                let mut module = seed.clone();
                module[index] ^= change;
                results[usize::from(holds(&module))] += 1;
            }
        }
    }
    // Changes of names and numbers leave a module, and most others do not.
    assert!(results.into_iter().all(|count| count > 100), "{results:?}");
}

#[test]
fn i37_pieces_of_modules_are_refused_or_wrapped() {
    let seeds = seeds();
    let piece = || (0..2_usize, any::<prop::sample::Index>(), 0..64_usize);
    proptest!(ProptestConfig::with_cases(2_000), |(
        (seed, at, _) in piece(),
        (other, from, length) in piece(),
        insert in any::<bool>(),
    )| {
        let mut module = seeds[seed].clone();
        let at = at.index(module.len());
        let from = from.index(seeds[other].len());
        let end = (from + length).min(seeds[other].len());
        let to = if insert { at } else { (at + length).min(module.len()) };
        module.splice(at..to, seeds[other][from..end].iter().copied());
        holds(&module);
    });
}

#[test]
fn no_module_is_taken_for_a_component_or_the_other_way() {
    let component = wrap(&wasm(ECHO)).unwrap().component;
    assert!(matches!(wrap(&component), Err(WrapError::Component)));
    let loaded = Source::new(wasm(ECHO));
    assert!(matches!(loaded, Err(LoadError::Adapt(_))), "{loaded:?}");
}
