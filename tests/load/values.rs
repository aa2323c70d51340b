//! Values that are not what their type says, and pointers that lead somewhere else: wherever values cross from one memory
//! to another, or into the host.

use tollgate_policy::LimitKey;

use crate::host::{Host, unrevealing};
use crate::make::wasm;
use crate::measure::peak;

/// A component whose `f` returns, as a value of `ty`, what its core function returns.
fn answers(ty: &str, core: &str) -> Vec<u8> {
    wasm(&format!(
        "(component
            (type $t' {ty})
            (export $t \"t\" (type $t'))
            (core module $m (memory (export \"memory\") 1)
                (func (export \"f\") (param $n i32) (result i32) {core}))
            (core instance $i (instantiate $m))
            (func (export \"f\") (param \"n\" u32) (result $t)
                (canon lift (core func $i \"f\") (memory $i \"memory\"))))"
    ))
}

#[test]
fn i45_a_discriminant_that_does_not_exist_is_a_trap() {
    let host: Host = Host::new();
    let flat = "(local.get $n)";
    let stored = "(i32.store8 (i32.const 16) (local.get $n)) (i32.const 16)";
    for (what, ty, core, fine) in [
        ("result", "(result)", flat, ["ok", "err"]),
        ("enum", "(enum \"zero\" \"one\")", flat, ["zero", "one"]),
        (
            "variant",
            "(variant (case \"zero\") (case \"one\"))",
            flat,
            ["zero", "one"],
        ),
        ("option", "(option u32)", stored, ["none", "some(0)"]),
        (
            "result of numbers",
            "(result u32 (error u32))",
            stored,
            ["ok(0)", "err(0)"],
        ),
    ] {
        let loaded = host.load(&answers(ty, core));
        for (number, text) in fine.iter().enumerate() {
            let done = host.hostile(what, &loaded, "", Some(&format!("f({number})")));
            assert_eq!(done.returned(), *text, "{what}");
        }
        for number in [2_u32, 7, 255] {
            let done = host.hostile(what, &loaded, "", Some(&format!("f({number})")));
            assert!(
                done.trapped().contains("discriminant"),
                "{what}: {}",
                done.trapped()
            );
        }
    }
    let loaded = host.load(&answers("char", flat));
    for number in [0xd800_u32, 0xdfff, 0x0011_0000, u32::MAX] {
        host.hostile("char", &loaded, "", Some(&format!("f({number})")))
            .trapped();
    }
}

/// Bits that no flag stands for mean nothing, to the host and to another component alike.
#[test]
fn a40_flags_with_bits_that_do_not_exist_are_the_flags_that_do() {
    let host: Host = Host::new();
    let names = |count: u32| {
        (0..count)
            .map(|flag| format!("\"f{flag}\" "))
            .collect::<String>()
    };
    let shown = |count: u32| {
        let names: Vec<String> = (0..count).map(|flag| format!("f{flag}")).collect();
        format!("{{{}}}", names.join(", "))
    };
    for count in [1, 3, 7, 8, 9, 16, 17, 31, 32] {
        let ty = format!("(flags {})", names(count));
        let loaded = host.load(&answers(&ty, "(local.get $n)"));
        let done = host.hostile("flags", &loaded, "", Some("f(4294967295)"));
        assert_eq!(done.returned(), shown(count), "{count}");

        let loaded = host.load(&wasm(&format!(
            "(component
                (component $Callee
                    (type $t' {ty})
                    (export $t \"t\" (type $t'))
                    (core module $m (func (export \"got\") (param i32) (result i32) (local.get 0)))
                    (core instance $i (instantiate $m))
                    (func (export \"got\") (param \"x\" $t) (result u32) (canon lift (core func $i \"got\"))))
                (component $Caller
                    (type $t' {ty})
                    (import \"t\" (type $t (eq $t')))
                    (import \"got\" (func $got (param \"x\" $t) (result u32)))
                    (core func $got' (canon lower (func $got)))
                    (core module $m (import \"\" \"got\" (func $got (param i32) (result i32)))
                        (func (export \"f\") (param i32) (result i32) (call $got (local.get 0))))
                    (core instance $i (instantiate $m (with \"\" (instance (export \"got\" (func $got'))))))
                    (func (export \"f\") (param \"n\" u32) (result u32) (canon lift (core func $i \"f\"))))
                (instance $callee (instantiate $Callee))
                (alias export $callee \"t\" (type $t))
                (instance $caller (instantiate $Caller (with \"t\" (type $t)) (with \"got\" (func $callee \"got\"))))
                (export \"f\" (func $caller \"f\")))"
        )));
        let done = host.hostile(
            "flags between components",
            &loaded,
            "",
            Some("f(4294967295)"),
        );
        let all = u32::MAX >> (32 - count);
        assert_eq!(done.returned(), all.to_string(), "{count}");
    }
}

/// A component whose `f` gives a value at a pointer, with a length, of its choice.
fn points(ty: &str, encoding: &str) -> Vec<u8> {
    wasm(&format!(
        "(component
            (core module $m (memory (export \"memory\") 1)
                (data (i32.const 200) \"\\ff\\fe\\c0\\80\\ed\\a0\\80\\f5\\80\\80\\80\")
                (data (i32.const 300) \"\\00\\d8\\00\\d8\\00\\dc\\00\\dc\")
                (data (i32.const 400) \"abcdefgh\")
                (func (export \"f\") (param i32 i32) (result i32)
                    (i32.store (i32.const 16) (local.get 0))
                    (i32.store (i32.const 20) (local.get 1))
                    (i32.const 16)))
            (core instance $i (instantiate $m))
            (func (export \"f\") (param \"pointer\" u32) (param \"length\" u32) (result {ty})
                (canon lift (core func $i \"f\") (memory $i \"memory\") {encoding})))"
    ))
}

/// Pointers and lengths that are in no memory of a page, for an element of one byte.
const NOWHERE: [(u32, u32); 9] = [
    (65_536, 1),
    (65_535, 2),
    (0, 65_537),
    (u32::MAX, 1),
    (u32::MAX, 2),
    (0, u32::MAX),
    (1, u32::MAX),
    (u32::MAX, u32::MAX),
    (0x8000_0000, 0x7fff_ffff),
];

#[test]
fn i46_lists_and_strings_that_lie_nowhere_are_traps() {
    let host: Host = Host::new();
    let call = |(pointer, length): (u32, u32)| format!("f({pointer}, {length})");
    for (ty, encoding) in [
        ("(list u8)", ""),
        ("(list u32)", ""),
        ("(list u64)", ""),
        ("(list string)", ""),
        ("(list (tuple u8 u64))", ""),
        ("(list (list u8))", ""),
        ("string", "string-encoding=utf8"),
        ("string", "string-encoding=utf16"),
        ("string", "string-encoding=latin1+utf16"),
    ] {
        let what = format!("{ty} {encoding}");
        let loaded = host.load(&points(ty, encoding));
        let before = peak();
        for place in NOWHERE {
            host.hostile(&what, &loaded, "", Some(&call(place)))
                .trapped();
        }
        assert!(
            peak() - before < 64 << 20,
            "{what} takes {} MiB",
            (peak() - before) >> 20
        );
        host.hostile(&what, &loaded, "", Some(&call((0, 0))))
            .returned();
    }
    // A length whose bytes overflow what a pointer can be, with an element of eight bytes and of four.
    for (ty, length) in [
        ("(list u64)", 0x2000_0001_u32),
        ("(list u32)", 0x4000_0001),
        ("(list (list u8))", 0x2000_0001),
    ] {
        let loaded = host.load(&points(ty, ""));
        host.hostile(ty, &loaded, "", Some(&call((0, length))))
            .trapped();
    }
    for (ty, encoding, odd) in [
        ("(list u32)", "", 2_u32),
        ("(list u64)", "", 4),
        ("(list string)", "", 1),
        ("string", "string-encoding=utf16", 401),
    ] {
        let loaded = host.load(&points(ty, encoding));
        let done = host.hostile("misaligned", &loaded, "", Some(&call((odd, 1))));
        assert!(done.trapped().contains("align"), "{ty}: {}", done.trapped());
    }
}

#[test]
fn i46_text_that_is_no_text_is_a_trap() {
    let host: Host = Host::new();
    for (encoding, place) in [
        ("utf8", (200_u32, 11_u32)),
        ("utf8", (202, 2)),
        ("utf8", (204, 3)),
        ("utf8", (207, 4)),
        ("utf16", (300, 1)),
        ("utf16", (300, 2)),
        ("utf16", (306, 1)),
        // The tag bit says that the units are of 16 bits.
        ("latin1+utf16", (300, 0x8000_0001)),
        ("latin1+utf16", (300, 0xffff_ffff)),
    ] {
        let loaded = host.load(&points("string", &format!("string-encoding={encoding}")));
        let call = format!("f({}, {})", place.0, place.1);
        let done = host.hostile(encoding, &loaded, "", Some(&call));
        unrevealing(encoding, done.trapped());
    }
    // What is one: in each encoding, and a byte of Latin-1 is always a letter.
    for (encoding, place, text) in [
        ("utf8", (400_u32, 2_u32), "\"ab\""),
        ("utf16", (302, 2), "\"\u{10000}\""),
        ("latin1+utf16", (400, 2), "\"ab\""),
        ("latin1+utf16", (200, 2), "\"ÿþ\""),
        ("latin1+utf16", (302, 0x8000_0002), "\"\u{10000}\""),
    ] {
        let loaded = host.load(&points("string", &format!("string-encoding={encoding}")));
        let call = format!("f({}, {})", place.0, place.1);
        let done = host.hostile(encoding, &loaded, "", Some(&call));
        assert_eq!(done.returned(), text, "{encoding} {place:x?}");
    }
}

/// A component with a list, or a string, that goes from a root's memory to that of a component below, and how the callee
/// allocates. `f` gives the length that arrives.
fn crossing(ty: &str, caller: &str, callee: &str, realloc: &str) -> Vec<u8> {
    wasm(&format!(
        "(component
            (component $Callee
                (core module $m (memory (export \"memory\") 1)
                    (func (export \"realloc\") (param i32 i32 i32 i32) (result i32) {realloc})
                    (func (export \"length\") (param i32 i32) (result i32) (local.get 1)))
                (core instance $i (instantiate $m))
                (func (export \"length\") (param \"x\" {ty}) (result u32)
                    (canon lift (core func $i \"length\") {callee} (memory $i \"memory\") (realloc (func $i \"realloc\")))))
            (component $Caller
                (import \"length\" (func $length (param \"x\" {ty}) (result u32)))
                (core module $memory (memory (export \"memory\") 1) (data (i32.const 8) \"a\\00b\\00c\\00d\\00\"))
                (core instance $memory (instantiate $memory))
                (core func $length' (canon lower (func $length) {caller} (memory $memory \"memory\")))
                (core module $m (import \"\" \"length\" (func $length (param i32 i32) (result i32)))
                    (func (export \"f\") (param i32 i32) (result i32) (call $length (local.get 0) (local.get 1))))
                (core instance $i (instantiate $m (with \"\" (instance (export \"length\" (func $length'))))))
                (func (export \"f\") (param \"pointer\" u32) (param \"length\" u32) (result u32)
                    (canon lift (core func $i \"f\"))))
            (instance $callee (instantiate $Callee))
            (instance $caller (instantiate $Caller (with \"length\" (func $callee \"length\"))))
            (export \"f\" (func $caller \"f\")))"
    ))
}

#[test]
fn a41_text_between_encodings_is_right_or_a_trap_wherever_it_lies() {
    let host: Host = Host::new();
    let encodings = ["utf8", "utf16", "latin1+utf16"];
    for (caller, callee) in encodings
        .iter()
        .flat_map(|one| encodings.map(|other| (*one, other)))
    {
        let what = format!("{caller} to {callee}");
        let option = |encoding: &str| format!("string-encoding={encoding}");
        let loaded = host.load(&crossing(
            "string",
            &option(caller),
            &option(callee),
            "(i32.const 4096)",
        ));
        let call = |pointer: u32, length: u32| format!("f({pointer}, {length})");
        let units = |length: u32| {
            if caller == "latin1+utf16" {
                length | 1 << 31
            } else {
                length
            }
        };
        let done = host.hostile(&what, &loaded, "", Some(&call(8, units(4))));
        // Four letters and, read as bytes, four letters with as many zeros among them.
        assert_eq!(done.returned(), "4", "{what}");
        let empty = host.hostile(&what, &loaded, "", Some(&call(8, 0)));
        assert_eq!(empty.returned(), "0", "{what}");
        for (pointer, length) in NOWHERE {
            host.hostile(&what, &loaded, "", Some(&call(pointer, length)))
                .trapped();
        }
        if caller != "utf8" {
            host.hostile(&what, &loaded, "", Some(&call(9, units(2))))
                .trapped();
        }
        // Right or refused, and never the end of the host.
        for (pointer, length) in [
            (65_535, 1),
            (65_536, 0),
            (65_537, 0),
            (u32::MAX, 0),
            (0, 1 << 31),
            (1, 1 << 31),
            (1, 1 << 31 | 1),
            (0, 1 << 31 | 32_768),
            (0, 1 << 31 | 32_769),
            (0, 1 << 30),
            (0, 65_536),
            (0, 32_769),
        ] {
            let _either = host.hostile(&what, &loaded, "", Some(&call(pointer, length)));
        }
    }
}

#[test]
fn a41_i47_a_callee_that_allocates_nowhere_is_a_trap_in_every_encoding() {
    let host: Host = Host::new();
    for callee in ["utf8", "utf16", "latin1+utf16"] {
        for realloc in [
            "(i32.const -1)",
            "(i32.const 65535)",
            "(i32.const 65536)",
            "unreachable",
        ] {
            let callee = format!("string-encoding={callee}");
            let loaded = host.load(&crossing(
                "string",
                "string-encoding=utf16",
                &callee,
                realloc,
            ));
            host.hostile(realloc, &loaded, "", Some("f(8, 4)"))
                .trapped();
        }
    }
}

/// Nothing is written, so it was once written anywhere.
#[test]
fn a33_an_empty_list_at_the_end_of_the_address_space_is_a_value_or_a_trap() {
    let host: Host = Host::new();
    for ty in ["(list u8)", "(list u64)", "(list string)", "string"] {
        let loaded = host.load(&points(ty, ""));
        for pointer in [65_535_u32, 65_536, 65_537, 0xffff_fff8, u32::MAX] {
            let what = format!("{ty} at {pointer}");
            let done = host.hostile(&what, &loaded, "", Some(&format!("f({pointer}, 0)")));
            if pointer > 65_536 {
                done.trapped();
            }
        }
        for realloc in ["(i32.const -1)", "(i32.const 65537)", "(i32.const 65536)"] {
            let loaded = host.load(&crossing(ty, "", "", realloc));
            for pointer in [0_u32, 65_536, 65_537, 0xffff_fff8, u32::MAX] {
                let _either = host.hostile(realloc, &loaded, "", Some(&format!("f({pointer}, 0)")));
            }
        }
    }
}

/// A component that takes two values of the host's, which asks it where to put them.
fn takes(realloc: &str) -> Vec<u8> {
    wasm(&format!(
        "(component
            (core module $m (memory (export \"memory\") 1)
                (func (export \"realloc\") (param $old i32) (param $size i32) (param $align i32) (param $new i32) (result i32)
                    {realloc})
                (func (export \"f\") (param i32 i32 i32 i32) (result i32) (local.get 1)))
            (core instance $i (instantiate $m))
            (func (export \"f\") (param \"numbers\" (list u32)) (param \"text\" string) (result u32)
                (canon lift (core func $i \"f\") (memory $i \"memory\") (realloc (func $i \"realloc\")))))"
    ))
}

#[test]
fn i47_a_realloc_that_lies_to_the_host_is_a_trap_or_the_guests_own_loss() {
    let host: Host = Host::new();
    for (realloc, traps) in [
        ("(i32.const -1)", true),
        ("(i32.const -4)", true),
        ("(i32.const 65536)", true),
        ("(i32.const 65528)", true),
        // Not where a number of four bytes can lie.
        ("(i32.const 1025)", true),
        ("(i32.const 1026)", true),
        ("unreachable", true),
        (
            "(call 0 (local.get 0) (local.get 1) (local.get 2) (local.get 3))",
            true,
        ),
        // In its own memory a guest may put one thing on top of the other, and at its very beginning.
        ("(i32.const 0)", false),
        ("(i32.const 1024)", false),
        (
            "(drop (memory.grow (i32.const 1))) (i32.const 65536)",
            false,
        ),
    ] {
        let loaded = host.load(&takes(realloc));
        let done = host.hostile(realloc, &loaded, "", Some("f([1, 2, 3], \"text\")"));
        if traps {
            done.trapped();
        } else {
            assert_eq!(done.returned(), "3", "{realloc}");
        }
    }
    for realloc in [
        "(i32.const -1)",
        "(i32.const -4)",
        "(i32.const 65536)",
        "(i32.const 65537)",
        "(i32.const 3)",
    ] {
        let loaded = host.load(&takes(realloc));
        let _either = host.hostile(realloc, &loaded, "", Some("f([], \"\")"));
    }
}

/// What a guest returns to the command line becomes values of the host, each much larger than a byte of the guest's.
#[test]
fn a24_a_value_of_a_million_fields_ends_by_the_limit_of_what_a_call_copies() {
    let host: Host = Host::new();
    let fields: String = (0..16)
        .map(|field| format!("(field \"field{field}\" u8)"))
        .collect();
    for (what, ty, many) in [
        ("records", format!("(record {fields})"), 62_500_u32),
        ("bytes", "(tuple u8)".to_owned(), 1_000_000),
        ("options", "(option u8)".to_owned(), 1_000_000),
        ("lists", "(list u8)".to_owned(), 1_000_000),
    ] {
        let component = wasm(&format!(
            "(component
                (type $t' {ty})
                (export $t \"t\" (type $t'))
                (core module $m (memory (export \"memory\") 256)
                    (func (export \"f\") (param i32) (result i32)
                        (i32.store (i32.const 4) (local.get 0))
                        (i32.store (i32.const 0) (i32.const 64))
                        (i32.const 0)))
                (core instance $i (instantiate $m))
                (func (export \"f\") (param \"count\" u32) (result (list $t))
                    (canon lift (core func $i \"f\") (memory $i \"memory\"))))"
        ));
        let loaded = host.load(&component);
        let few = host.hostile(what, &loaded, "", Some("f(100)"));
        assert!(few.returned().starts_with('['), "{what}");
        let before = peak();
        let done = host.hostile(what, &loaded, "", Some(&format!("f({many})")));
        done.limited(LimitKey::HostCallBytes);
        assert!(
            peak() - before < 96 << 20,
            "{what} takes {} MiB",
            (peak() - before) >> 20
        );
        // Who may copy less, may copy less.
        host.hostile(what, &loaded, "host-call-bytes=1KiB", Some("f(100)"))
            .limited(LimitKey::HostCallBytes);
    }
}

/// The host asks the guest where to put what a link says, after it was decided which link; by then the guest has written
/// another name over the first.
#[test]
fn a68_a_name_that_changes_while_the_host_calls_back_stays_what_was_decided() {
    let scene = tollgate_tests::scene!();
    std::fs::create_dir(scene.path("work/sub")).unwrap();
    std::os::unix::fs::symlink("of-the-first", scene.path("work/fine")).unwrap();
    std::os::unix::fs::symlink("of-the-second", scene.path("work/deny")).unwrap();
    let component = |name: &str| {
        crate::make::speaking(
            "export f: func() -> string;",
            &format!(
                "(module
                    (import \"wasi:filesystem/preopens@0.2.12\" \"get-directories\" (func $folders (param i32)))
                    (import \"wasi:filesystem/types@0.2.12\" \"[method]descriptor.readlink-at\"
                        (func $read (param i32 i32 i32 i32)))
                    (memory (export \"memory\") 1)
                    (data (i32.const 256) \"{name}\")
                    (data (i32.const 272) \"deny\")
                    (global $free (mut i32) (i32.const 4096))
                    (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32)
                        (i32.store (i32.const 256) (i32.load (i32.const 272)))
                        (global.get $free)
                        (global.set $free (i32.add (global.get $free) (i32.const 4096))))
                    (func (export \"f\") (result i32)
                        (call $folders (i32.const 64))
                        (memory.copy (i32.const 256) (i32.const 300) (i32.const 4))
                        (call $read (i32.load (i32.load (i32.const 64))) (i32.const 256) (i32.const 4) (i32.const 80))
                        (if (i32.load8_u (i32.const 80)) (then unreachable))
                        (i32.const 84))
                    (data (i32.const 300) \"{name}\"))"
            ),
        )
    };
    let flags = ["--deny-read", "/work/deny", "--invoke", "f()"];
    scene.write("fine.wasm", component("fine"));
    let (finished, records) = scene.run("fine.wasm").work().flags(&flags).logged();
    assert_eq!(finished.expect(0).stdout, "\"of-the-first\"\n");
    let looked: Vec<_> = records
        .iter()
        .filter(|record| record.resource.starts_with("/work/"))
        .collect();
    assert!(
        looked
            .iter()
            .any(|record| record.resource == "/work/fine" && record.outcome == "ok"),
        "{looked:#?}"
    );
    assert!(
        looked.iter().all(|record| record.resource != "/work/deny"),
        "{looked:#?}"
    );
    // The control: by its own name the second is denied, so the guest sees an error and traps.
    scene.write("deny.wasm", component("deny"));
    scene
        .run("deny.wasm")
        .work()
        .flags(&flags)
        .finish()
        .expect(134);
}
