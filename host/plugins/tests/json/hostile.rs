//! Bytes that are no component any more.

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;
use tollgate_plugins::json::BytesAs;
use tollgate_plugins::wit::functions;

use crate::support::documented;

static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    documented(
        "package t:t;
         interface i {
             /// A resource.
             resource r { m: func(); }
             /// A record.
             record p { a: u8, b: list<string>, c: option<tuple<f32, char>> }
             variant v { a, b(p), c(result<u8, string>) }
             flags fl { a, b }
             enum e { a, b }
             f: func(p: p, v: list<v>, f: fl, e: e) -> result<p, v>;
             g: func(r: borrow<r>) -> stream<u8>;
         }
         world w { import i; export i; export top: func(a: u64) -> list<u8>; }",
    )
});

/// All that is said of a component's functions.
fn tell(component: &[u8]) {
    let Ok(all) = functions(component) else {
        return;
    };
    for function in all {
        let _ = (
            function.full_name(),
            function.signature(),
            function.definitions(),
        );
        let _ = function.input_schema(BytesAs::Base64);
        let _ = function.output_schema(BytesAs::Array);
        let _ = function.arguments(json!({ "p": { "a": 1 }, "a": [null] }), BytesAs::Array);
        let _ = function.refused.map(|refused| refused.to_string());
    }
}

#[test]
fn i36_a_component_that_is_cut_off_anywhere_is_no_panic() {
    assert_eq!(functions(&WHOLE).unwrap().len(), 4);
    // Between two sections it is a component still, of less.
    for end in 0..WHOLE.len() {
        tell(&WHOLE[..end]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn i37_bytes_that_are_changed_are_no_panic(changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut component = WHOLE.clone();
        for (at, byte) in changes {
            *at.get_mut(&mut component) = byte;
        }
        tell(&component);
    }

    #[test]
    fn i37_bytes_that_are_made_up_are_no_panic(bytes in vec(any::<u8>(), 0..200)) {
        tell(&[b"\0asm\x0d\0\x01\0".as_slice(), &bytes].concat());
    }
}
