//! Handles: of a component's own resources, forged, used again, carried elsewhere, and too many of them.

use tollgate_engine::RunProfile;
use tollgate_policy::LimitKey;

use crate::host::Host;
use crate::make::wasm;

/// A composed component whose one function `f`, of a number, is this body of a core function, over `make`, `make2`,
/// `spray`, `spray2`, `drop`, `take`, `keep` and `many`.
///
/// `$Owner` defines a resource and is there twice; `$User` takes handles of the first one's: `take` gives each borrow
/// back, `keep` does not. `$Driver` has the body.
fn doing(body: &str) -> Vec<u8> {
    wasm(&format!(
        "(component
            (component $Owner
                (type $r' (resource (rep i32)))
                (export $r \"r\" (type $r'))
                (core func $new (canon resource.new $r'))
                (core module $m (import \"\" \"new\" (func $new (param i32) (result i32)))
                    (func (export \"make\") (result i32) (call $new (i32.const 7)))
                    (func (export \"spray\") (param i32)
                        (loop $again
                            (drop (call $new (i32.const 1)))
                            (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
                (core instance $i (instantiate $m (with \"\" (instance (export \"new\" (func $new))))))
                (func (export \"make\") (result (own $r)) (canon lift (core func $i \"make\")))
                (func (export \"spray\") (param \"count\" u32) (canon lift (core func $i \"spray\"))))
            (component $User
                (import \"r\" (type $r (sub resource)))
                (core func $drop (canon resource.drop $r))
                (core module $m (import \"\" \"drop\" (func $drop (param i32)))
                    (memory (export \"memory\") 200)
                    (func (export \"realloc\") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
                    (func (export \"take\") (param i32) (call $drop (local.get 0)))
                    (func (export \"keep\") (param i32))
                    (func (export \"many\") (param i32 i32)
                        (loop $again
                            (call $drop (i32.load (local.get 0)))
                            (local.set 0 (i32.add (local.get 0) (i32.const 4)))
                            (br_if $again (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))))
                (core instance $i (instantiate $m (with \"\" (instance (export \"drop\" (func $drop))))))
                (func (export \"take\") (param \"x\" (borrow $r)) (canon lift (core func $i \"take\")))
                (func (export \"keep\") (param \"x\" (borrow $r)) (canon lift (core func $i \"keep\")))
                (func (export \"many\") (param \"x\" (list (borrow $r)))
                    (canon lift (core func $i \"many\") (memory $i \"memory\") (realloc (func $i \"realloc\")))))
            (component $Driver
                (import \"r\" (type $r (sub resource)))
                (import \"r2\" (type $r2 (sub resource)))
                (import \"make\" (func $make (result (own $r))))
                (import \"make2\" (func $make2 (result (own $r2))))
                (import \"spray\" (func $spray (param \"count\" u32)))
                (import \"spray2\" (func $spray2 (param \"count\" u32)))
                (import \"take\" (func $take (param \"x\" (borrow $r))))
                (import \"keep\" (func $keep (param \"x\" (borrow $r))))
                (import \"many\" (func $many (param \"x\" (list (borrow $r)))))
                (core module $memory (memory (export \"memory\") 200))
                (core instance $memory (instantiate $memory))
                (core func $make' (canon lower (func $make)))
                (core func $make2' (canon lower (func $make2)))
                (core func $spray' (canon lower (func $spray)))
                (core func $spray2' (canon lower (func $spray2)))
                (core func $drop' (canon resource.drop $r))
                (core func $take' (canon lower (func $take)))
                (core func $keep' (canon lower (func $keep)))
                (core func $many' (canon lower (func $many) (memory $memory \"memory\")))
                (core module $m
                    (import \"\" \"memory\" (memory 200))
                    (import \"\" \"make\" (func $make (result i32)))
                    (import \"\" \"make2\" (func $make2 (result i32)))
                    (import \"\" \"spray\" (func $spray (param i32)))
                    (import \"\" \"spray2\" (func $spray2 (param i32)))
                    (import \"\" \"drop\" (func $drop (param i32)))
                    (import \"\" \"take\" (func $take (param i32)))
                    (import \"\" \"keep\" (func $keep (param i32)))
                    (import \"\" \"many\" (func $many (param i32 i32)))
                    (func (export \"f\") (param i32) (local i32 i32) {body}))
                (core instance $i (instantiate $m (with \"\" (instance
                    (export \"memory\" (memory $memory \"memory\"))
                    (export \"make\" (func $make')) (export \"make2\" (func $make2'))
                    (export \"spray\" (func $spray')) (export \"spray2\" (func $spray2'))
                    (export \"drop\" (func $drop')) (export \"take\" (func $take'))
                    (export \"keep\" (func $keep')) (export \"many\" (func $many'))))))
                (func (export \"f\") (param \"n\" u32) (canon lift (core func $i \"f\"))))
            (instance $owner (instantiate $Owner))
            (instance $other (instantiate $Owner))
            (alias export $owner \"r\" (type $r))
            (alias export $other \"r\" (type $r2))
            (instance $user (instantiate $User (with \"r\" (type $r))))
            (instance $driver (instantiate $Driver
                (with \"r\" (type $r)) (with \"r2\" (type $r2))
                (with \"make\" (func $owner \"make\")) (with \"make2\" (func $other \"make\"))
                (with \"spray\" (func $owner \"spray\")) (with \"spray2\" (func $other \"spray\"))
                (with \"take\" (func $user \"take\")) (with \"keep\" (func $user \"keep\"))
                (with \"many\" (func $user \"many\"))))
            (export \"f\" (func $driver \"f\")))"
    ))
}

#[test]
fn a10_handles_of_a_components_own_resources_are_counted_over_its_instances() {
    let host: Host = Host::new();
    let loaded = host.load(&doing(
        "(call $spray (local.get 0)) (call $spray2 (local.get 0))",
    ));
    host.hostile("few", &loaded, "", Some("f(1000)")).returned();
    // Neither instance alone is over the limit.
    host.hostile("both", &loaded, "", Some("f(3000)"))
        .limited(LimitKey::Handles);
    let done = host.hostile("a million", &loaded, "", Some("f(1000000)"));
    done.limited(LimitKey::Handles);
    host.hostile("as told", &loaded, "handles=10", Some("f(6)"))
        .limited(LimitKey::Handles);
    // The engine keeps one for each call that is on its way.
    host.hostile("as told", &loaded, "handles=16", Some("f(6)"))
        .returned();
}

#[test]
fn a11_a_million_borrows_one_after_the_other_take_no_memory() {
    let host: Host = Host::new();
    let loaded = host.load(&doing(
        "(local.set 1 (call $make))
        (loop $again
            (call $take (local.get 1))
            (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))",
    ));
    let before = crate::measure::peak();
    host.hostile("borrows", &loaded, "cpu=60s", Some("f(1000000)"))
        .returned();
    let grown = crate::measure::peak() - before;
    assert!(grown < 64 << 20, "{grown}");
}

#[test]
fn a11_a_million_borrows_at_once_end_by_the_limit_of_handles() {
    let host: Host = Host::new();
    let loaded = host.load(&doing(
        "(local.set 1 (call $make))
        (local.set 2 (local.get 0))
        (loop $again
            (i32.store (i32.shl (local.get 2) (i32.const 2)) (local.get 1))
            (br_if $again (local.tee 2 (i32.sub (local.get 2) (i32.const 1)))))
        (call $many (i32.const 4) (local.get 0))",
    ));
    host.hostile("some", &loaded, "", Some("f(1000)"))
        .returned();
    let before = crate::measure::peak();
    host.hostile("a million", &loaded, "", Some("f(1000000)"))
        .limited(LimitKey::Handles);
    let grown = crate::measure::peak() - before;
    assert!(grown < 128 << 20, "{grown}");
}

#[test]
fn i42_i43_i44_a_handle_that_is_not_the_guests_is_a_trap_and_nothing_else() {
    let host: Host<RunProfile> = Host::new();
    for (what, body, word) in [
        (
            "forged",
            "(call $take (i32.const 77))",
            "unknown handle index 77",
        ),
        (
            "zero",
            "(call $take (i32.const 0))",
            "unknown handle index 0",
        ),
        (
            "the largest",
            "(call $take (i32.const -1))",
            "unknown handle index",
        ),
        (
            "one of the run before",
            "(call $take (local.get 0))",
            "unknown handle index",
        ),
        (
            "after it was dropped",
            "(call $drop (local.tee 1 (call $make))) (call $take (local.get 1))",
            "unknown handle index",
        ),
        (
            "dropped twice",
            "(call $drop (local.tee 1 (call $make))) (call $drop (local.get 1))",
            "unknown handle index",
        ),
        (
            "of another instance",
            "(call $take (call $make2))",
            "wrong type",
        ),
        (
            "of another instance, dropped",
            "(call $drop (call $make2))",
            "wrong type",
        ),
        (
            "kept past the call",
            "(call $keep (call $make))",
            "borrow handles still remain",
        ),
        (
            "forged in a list",
            "(i32.store (i32.const 8) (i32.const 99)) (call $many (i32.const 8) (i32.const 1))",
            "unknown handle index 99",
        ),
    ] {
        let loaded = host.load(&doing(body));
        let done = host.hostile(what, &loaded, "", Some("f(1)"));
        assert!(done.trapped().contains(word), "{what}: {}", done.trapped());
    }
    // The control: the same calls with a handle that is the guest's.
    let loaded = host.load(&doing(
        "(call $take (local.tee 1 (call $make))) (call $drop (local.get 1))",
    ));
    host.hostile("its own", &loaded, "", Some("f(1)"))
        .returned();
}
