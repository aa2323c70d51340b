//! One file access, planted in every spelling that could hide it.

use crate::classes::Class;
use crate::planted_access::{LIB, caught, classes};
use crate::sanctioned::Sanction;

/// Every way to spell `std::fs::read` that an import, a rename or a macro
/// gives.
#[test]
fn no_spelling_hides_a_file() {
    for text in [
        "use std::fs as f; fn g() { f::read(p); }",
        "use std::{fs as f}; fn g() { f::read(p); }",
        "use std::{fs::{self as f}}; fn g() { f::read(p); }",
        "use std::{net::IpAddr, fs::{self, read as r}};",
        "use std::{io, fs::*}; fn g() { read(p); }",
        "use ::std::fs;",
        "use {std::fs};",
        "use {::std::{self as s}}; fn g() { s::fs::read(p); }",
        "use {::std::fs as f}; fn g() { f::read(p); }",
        "use {core::mem, ::std::*}; fn g() { fs::read(p); }",
        "use std as s; fn g() { s::fs::read(p); }",
        "use std as s; use s as t; use t::fs as f; fn g() { f::read(p); }",
        "use std::*; fn g() { fs::read(p); }",
        "extern crate std as s; fn g() { s::fs::read(p); }",
        "extern crate std as s; use s::fs;",
        "fn g() { use std as s; s::fs::read(p); }",
        "fn g() { fn h() { use std::fs; } }",
        "mod inner { use std as s; mod more { fn g() { super::s::fs::read(p); } } }",
        "mod inner { pub use std as s; } fn g() { inner::s::fs::read(p); }",
        "mod inner { pub use std as s; } use inner::*; fn g() { s::fs::read(p); }",
        "mod inner { pub use std as s; } fn g() { self::inner::s::fs::read(p); }",
        "mod inner { mod more { pub use std as s; fn g() { self::super::more::s::fs::read(p); } } }",
        "fn g() { let r = std::fs::read; r(p); }",
        "fn g() { files.map(std::fs::read); }",
        "fn g() -> Vec<std::fs::File> { x }",
        "fn g() { x::<std::fs::File>(); }",
        "fn g() { <std::fs::File>::open(p); }",
        "fn g() { <std::fs::File as Write>::flush(f); }",
        "fn g() { let std::fs::File { .. } = f; }",
        "fn g(f: &dyn Into<std::fs::File>) {}",
        "impl From<std::fs::File> for X {}",
        "type F = std::fs::File;",
        "const R: fn() = std::fs::read;",
        "static R: X = X { read: std::fs::read };",
        "trait T { fn g() { std::fs::read(p); } }",
        "fn g() { vec![std::fs::read(p)]; }",
        "fn g() { vec![vec![{ std :: fs :: read(p) }]]; }",
        "use std as s; fn g() { format!(\"{}\", s::fs::read(p)); }",
        "fn g() { m! { use std as s; s::fs::read(p) } }",
        "fn g() { m! { use std::{fs as f}; f::read(p) } }",
        "fn g() { m! { use std::{self as s}; s::fs::read(p) } }",
        "fn g() { m! { use std::*; fs::read(p) } }",
        "macro_rules! m { () => { std::fs::read(p) } }",
        "macro_rules! m { ($f:ident) => { std::fs::$f(p) } }",
        "macro_rules! m { () => { $crate::s::fs::read(p) } } use std as s;",
        "macro_rules! m { ($($x:expr),*) => { $( std::fs::read($x) );* } }",
        "fn g() { m!(std::fs, read); }",
        "#[serde(default = \"std::fs::read\")] struct S;",
        "struct S { #[serde(with = \"std::fs\")] f: u8 }",
        "struct S { #[arg(value_parser = std::fs::read_to_string)] f: u8 }",
        "#[cfg(not(test))] fn g() { std::fs::read(p); }",
        "#[cfg(any(test, unix))] fn g() { std::fs::read(p); }",
        "#[cfg(feature = \"test\")] fn g() { std::fs::read(p); }",
        "#[cfg_attr(test, derive(Debug))] fn g() { std::fs::read(p); }",
        "#[cfg(any())] fn g() { std::fs::read(p); }",
    ] {
        caught(Class::Fs, text);
    }
}

#[test]
fn an_alias_in_another_file_hides_nothing() {
    for (lib, other) in [
        (
            "mod other; use std as s;",
            "fn g() { crate::s::fs::read(p); }",
        ),
        (
            "mod other; use std as s;",
            "fn g() { super::s::fs::read(p); }",
        ),
        (
            "mod other; use std as s;",
            "use super::*; fn g() { s::fs::read(p); }",
        ),
        (
            "mod other; use std as s;",
            "use crate::s as t; fn g() { t::fs::read(p); }",
        ),
        (
            "mod other; mod names { pub use std as s; }",
            "use crate::names::s; fn g() { s::fs::read(p); }",
        ),
        (
            "mod other; extern crate std as s;",
            "fn g() { crate::s::fs::read(p); }",
        ),
        (
            "mod other; #[macro_use] mod m { macro_rules! m { () => { use std as s; } } }",
            "fn g() { crate::m::s::fs::read(p) }",
        ),
    ] {
        let found = classes(&[(LIB, lib), ("host/x/src/other.rs", other)], &[]);
        assert!(
            found.contains(&("host/x/src/other.rs".to_owned(), Class::Fs)),
            "{lib} … {other}: {found:?}"
        );
    }
}

/// A sanctioned folder may use files; it may not lend them out by name.
#[test]
fn a_re_export_from_a_sanctioned_folder_sanctions_nothing_elsewhere() {
    let sanction = Sanction {
        class: Class::Fs,
        folder: "host/x/src/host",
        reason: "for this test",
    };
    for (host, other) in [
        (
            "pub use std::fs as disk;",
            "fn g() { crate::host::disk::read(p); }",
        ),
        ("pub use std::fs::*;", "fn g() { crate::host::read(p); }"),
        (
            "pub type File = std::fs::File;",
            "use crate::host::File; fn g() { File::open(p); }",
        ),
        (
            "pub use std::fs as disk;",
            "fn g() { tollgate_x::host::disk::read(p); }",
        ),
    ] {
        let files = [
            (LIB, "pub mod host; mod other;"),
            ("host/x/src/host/mod.rs", host),
            ("host/x/src/other.rs", other),
        ];
        assert_eq!(
            classes(&files, &[sanction]),
            [("host/x/src/other.rs".to_owned(), Class::Fs)],
            "{host} … {other}"
        );
    }
    // Nor to another crate.
    let files = [
        (LIB, "pub mod host; pub use host::disk;"),
        ("host/x/src/host/mod.rs", "pub use std::fs as disk;"),
        (
            "host/y/src/main.rs",
            "use tollgate_x::disk as d; fn g() { d::read(p); }",
        ),
    ];
    assert!(classes(&files, &[sanction]).contains(&("host/y/src/main.rs".to_owned(), Class::Fs)));
}
