use super::*;
use crate::{has_deep_stack, mark_deep_stack};

/// Two libraries of an owner, of which one fills the owner's memory.
fn plain() -> String {
    linked(
        r#"(core module $a
             (import "env" "memory" (memory 1))
             (data (i32.const 4) "\2a")
             (func (export "run") (result i32) (i32.load (i32.const 4))))
           (core instance $a (instantiate $a (with "env" (instance $owner))))"#,
        "a",
    )
}

/// What is compiled of a component.
fn compiled(component: &[u8]) -> Vec<u8> {
    let compiled: Result<Vec<u8>, ()> =
        super::super::compile::<RunLanguage, _, _>(component, |bytes| Ok(bytes.to_vec()));
    compiled.unwrap()
}

#[test]
fn what_cannot_be_merged_is_compiled_byte_for_byte_as_it_is() {
    let twice = plain().replace(
        "(core instance $a",
        r#"(core instance (instantiate $a (with "env" (instance $owner)))) (core instance $a"#,
    );
    let unlinked = r#"(component (core module $a (func (export "run") (result i32) (i32.const 1)))
        (core instance $a (instantiate $a))
        (func (export "run") (result u32) (canon lift (core func $a "run"))))"#;
    let from_outside = plain().replace(
        "(func (export \"run\") (result u32)",
        "(component (alias outer 1 0 (core module))) (func (export \"run\") (result u32)",
    );
    let two_memories = plain().replace("(data (i32.const 4)", "(memory 1) (data (i32.const 4)");
    for text in [unlinked, from_outside.as_str(), two_memories.as_str()] {
        let component = wat::parse_str(text).unwrap();
        assert_eq!(merge(&component), None, "{text}");
        assert_eq!(compiled(&component), component);
    }
    // One of a module's two instances, and the owner.
    assert_eq!(modules(&same(&twice).0).len(), 2);
    let component = wat::parse_str(plain()).unwrap();
    assert_ne!(compiled(&component), component);
}

#[test]
fn a_component_is_compiled_as_it_is_where_the_merged_one_is_refused() {
    let component = wat::parse_str(plain()).unwrap();
    let compiled = super::super::compile::<RunLanguage, _, _>(&component, |bytes| {
        if bytes == component {
            Ok("as it is")
        } else {
            Err("refused")
        }
    });
    assert_eq!(compiled, Ok("as it is"));
}

#[test]
fn what_the_profile_does_not_run_is_left_to_the_compiler_to_refuse() {
    let text = plain().replace(
        "(memory 1))",
        "(memory 1)) (func (param i64) (result i32) unreachable)",
    );
    let mut component = wat::parse_str(&text).unwrap();
    assert!(merge(&component).is_some());
    // The last byte of `unreachable` and its end: a body that is not valid, in a function that nothing calls.
    let at = component
        .windows(2)
        .position(|bytes| bytes == [0x00, 0x0b])
        .unwrap();
    *component.get_mut(at).unwrap() = 0x01;
    assert_eq!(merge(&component), None);
}

#[test]
fn the_mark_of_a_deep_stack_stays_at_the_end() {
    let mut component = wat::parse_str(plain()).unwrap();
    mark_deep_stack(&mut component);
    let merged = merge(&component).unwrap();
    assert!(has_deep_stack(&merged));
    assert_eq!(see(&merged).runs, vec![Ok(42); RUNS]);
}

#[test]
fn no_damage_to_the_bytes_makes_a_merge_panic_or_accept_what_is_not_valid() {
    let component = wat::parse_str(plain()).unwrap();
    let features = features::<RunLanguage>();
    let valid = |bytes: &[u8]| {
        let mut validator = wasmparser::Validator::new_with_features(features);
        validator.validate_all(bytes).is_ok()
    };
    for position in 0..component.len() {
        let _short = merge(component.get(..position).unwrap());
        for value in [0x00, 0x01, 0x02, 0x7f, 0x80, 0xff] {
            let mut damaged = component.clone();
            *damaged.get_mut(position).unwrap() = value;
            if let Some(merged) = merge(&damaged) {
                assert!(valid(&damaged), "byte {position} as {value}");
                assert!(valid(&merged), "byte {position} as {value}");
            }
        }
    }
}
