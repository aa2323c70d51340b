//! What a file is, the static caps, and adapting WASI 0.1 modules. Whatever is taken is a component in the end, which
//! would be taken again as it is.

use tollgate_engine::{Digest, Kind, LoadError, Source, detect};

/// Holds loading, before anything is compiled, to that.
///
/// # Panics
///
/// When it does not hold.
pub fn check(data: &[u8]) {
    let kind = detect(data);
    match Source::new(data.to_vec()) {
        Ok(source) => {
            assert_eq!(Ok(source.kind()), kind);
            assert_eq!(source.digest(), Digest::of(data));
            assert_eq!(detect(source.component()), Ok(Kind::Component));
            if kind == Ok(Kind::Component) {
                assert_eq!(source.component(), data);
            }
            let again = Source::new(source.component().to_vec());
            assert!(again.is_ok(), "what adapting made is refused: {again:?}");
        }
        // The host survives a reader that panics; here it is a find.
        Err(LoadError::Unreadable) => panic!("the reader gave up on it"),
        Err(LoadError::NotWebAssembly(why)) => assert_eq!(kind, Err(why)),
        Err(error) => {
            assert!(kind.is_ok(), "{error}, and it is none");
            let text = error.to_string();
            assert!(!text.is_empty() && !text.contains(".cargo"), "{text}");
        }
    }
}

/// Modules and components of each shape, and the headers of what is neither.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        r#"(module (memory (export "memory") 1) (func (export "_start")))"#,
        r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
            (memory (export "memory") 1) (data (i32.const 8) "hello") (table 2 funcref) (elem (i32.const 0) func $exit)
            (global (mut i32) (i32.const 1))
            (func (export "_start") (call $exit (i32.const 7))))"#,
        r#"(module (import "wasi_unstable" "proc_exit" (func (param i32))) (func (export "_start")))"#,
        r#"(module (import "env" "f" (func)) (memory (export "memory") 1) (func (export "_start")))"#,
        r#"(component (core module $m (func (export "f") (result i32) i32.const 1)) (core instance $i (instantiate $m))
            (func (export "f") (result u32) (canon lift (core func $i "f"))))"#,
        r#"(component (import "a" (instance (export "r" (type (sub resource))))) (component (component)))"#,
    ];
    let mut seeds: Vec<Vec<u8>> = texts
        .iter()
        .map(|text| wat::parse_str(text).expect("it is WebAssembly"))
        .collect();
    seeds.extend(
        [
            &b""[..],
            b"\0asm\x0e\0\x01\0",
            b"\x7fELF\x02\x01\x01",
            b"#!/bin/sh\n",
            b"(module)",
        ]
        .map(<[u8]>::to_vec),
    );
    seeds
}
