use super::*;

const TYPES: &str = "(type $none (func)) (type $get (func (result i32))) (type $map (func (param i32) (result i32)))";

#[test]
fn libraries_call_each_other_by_name_and_through_the_table() {
    let text = linked(
        r#"(core module $a
             (type $map (func (param i32) (result i32)))
             (import "env" "table" (table 0 funcref))
             (import "env" "tb" (global $tb i32))
             (elem (global.get $tb) func $twice $next)
             (func $twice (export "twice") (type $map) (i32.mul (local.get 0) (i32.const 2)))
             (func $next (type $map) (i32.add (local.get 0) (i32.const 1))))
           (core instance $a (instantiate $a (with "env" (instance $owner))))
           (core module $b
             (type $unused (func (param f64)))
             (type $get (func (result i32)))
             (type $map (func (param i32) (result i32)))
             (import "env" "table" (table 0 funcref))
             (import "env" "tb" (global $tb i32))
             (import "a" "twice" (func $twice (type $map)))
             (elem (offset (i32.add (global.get $tb) (i32.const 2))) func $twice)
             (func (export "run") (type $get)
               (i32.add
                 (call $twice (i32.const 10))
                 (i32.add
                   (i32.mul (call_indirect (type $map) (i32.const 7) (i32.const 5)) (i32.const 100))
                   (i32.mul (call_indirect (type $map) (i32.const 9) (i32.const 6)) (i32.const 10000))))))
           (core instance $b (instantiate $b (with "env" (instance $owner)) (with "a" (instance $a))))"#,
        "b",
    );
    let (merged, seen) = same(&text);
    assert_eq!(seen.runs, vec![Ok(20 + 800 + 180_000); RUNS]);
    assert_eq!(modules(&merged).len(), 1);
}

#[test]
fn a_call_of_another_type_or_of_nothing_traps_as_before() {
    for (slot, expected) in [
        (4, Trap::BadSignature),
        (9, Trap::IndirectCallToNull),
        (99, Trap::TableOutOfBounds),
    ] {
        let text = linked(
            &format!(
                r#"(core module $a {TYPES}
                     (import "env" "table" (table 0 funcref))
                     (elem (i32.const 4) func $f)
                     (func $f (type $map) (local.get 0))
                     (func (export "run") (type $get) (call_indirect (type $get) (i32.const {slot}))))
                   (core instance $a (instantiate $a (with "env" (instance $owner))))"#
            ),
            "a",
        );
        assert_eq!(same(&text).1.runs, [Err(Some(expected))]);
    }
}

#[test]
fn what_only_passes_a_call_on_is_left_out_unless_the_table_changes() {
    let library = |change: &str| {
        linked(
            &format!(
                r#"(core module $stub {TYPES}
                     (import "env" "table" (table 0 funcref))
                     (func (export "later") (type $map)
                       (local.get 0) (i32.const 3) (call_indirect (type $map)))
                     (func (export "none") (type $none) (i32.const 2) (call_indirect (type $none))))
                   (core instance $stub (instantiate $stub (with "env" (instance $owner))))
                   (core module $a {TYPES}
                     (import "env" "table" (table $table 0 funcref))
                     (import "stub" "later" (func $later (type $map)))
                     (import "stub" "none" (func $none (type $none)))
                     (elem $both declare func $f $g)
                     (elem (table $table) (i32.const 3) func $f)
                     (func $f (type $map) (i32.add (local.get 0) (i32.const 40)))
                     (func $g (type $map) (i32.add (local.get 0) (i32.const 60)))
                     (func (export "run") (type $get) (local $sum i32)
                       (local.set $sum (call $later (i32.const 2)))
                       {change}
                       (i32.add (local.get $sum) (call $later (i32.const 2)))))
                   (core instance $a (instantiate $a
                     (with "env" (instance $owner)) (with "stub" (instance $stub))))"#
            ),
            "a",
        )
    };
    let (fixed, seen) = same(&library(""));
    assert_eq!(seen.runs, vec![Ok(84); RUNS]);
    let (changing, seen) = same(&library("(table.set $table (i32.const 3) (ref.func $g))"));
    assert_eq!(seen.runs, [Ok(104), Ok(124), Ok(124)]);
    assert!(modules(&fixed) < modules(&changing));
    let (_, seen) = same(&library("(call $none)"));
    assert_eq!(seen.runs, [Err(Some(Trap::IndirectCallToNull))]);
}

#[test]
fn data_lies_where_it_lay_and_passive_segments_are_used_up_as_before() {
    let text = linked(
        r#"(core module $a
             (import "env" "memory" (memory 1))
             (import "env" "mb" (global $mb i32))
             (data (global.get $mb) "\01\02")
             (data $mine "\63"))
           (core instance $a (instantiate $a (with "env" (instance $owner))))
           (core module $b
             (import "env" "memory" (memory 1))
             (import "env" "mb" (global $mb i32))
             (data $first "\07\08\09")
             (data (offset (i32.add (global.get $mb) (i32.const 1))) "\05")
             (data $second "\0a\0b")
             (func (export "run") (result i32)
               (memory.init $second (i32.const 300) (i32.const 0) (i32.const 2))
               (memory.init $first (i32.const 302) (i32.const 1) (i32.const 1))
               (data.drop $second)
               (i32.add (i32.load (i32.const 256)) (i32.load (i32.const 300)))))
           (core instance $b (instantiate $b (with "env" (instance $owner))))"#,
        "b",
    );
    let (_, seen) = same(&text);
    let expected = 0x0501 + 0x0008_0b0a;
    assert_eq!(
        seen.runs,
        [Ok(expected), Err(Some(Trap::MemoryOutOfBounds))]
    );
}

#[test]
fn elements_that_are_passive_or_values_are_what_they_were() {
    let text = linked(
        r#"(core module $a
             (type $get (func (result i32)))
             (import "env" "table" (table $table 0 funcref))
             (elem $p1 funcref (ref.func $one) (ref.null func))
             (elem $d declare func $one)
             (elem $p2 func $two)
             (elem (table $table) (i32.const 8) funcref (ref.null func) (ref.func $two))
             (func $one (type $get) (i32.const 1))
             (func $two (type $get) (i32.const 2))
             (func (export "run") (type $get)
               (table.init $table $p1 (i32.const 1) (i32.const 0) (i32.const 2))
               (table.init $table $p2 (i32.const 3) (i32.const 0) (i32.const 1))
               (elem.drop $p2)
               (i32.add
                 (i32.mul (call_indirect (type $get) (i32.const 1)) (i32.const 100))
                 (i32.add
                   (i32.mul (call_indirect (type $get) (i32.const 9)) (i32.const 10))
                   (ref.is_null (table.get $table (i32.const 2)))))))
           (core instance $a (instantiate $a (with "env" (instance $owner))))"#,
        "a",
    );
    let (_, seen) = same(&text);
    assert_eq!(seen.runs, [Ok(121), Err(Some(Trap::TableOutOfBounds))]);
}

#[test]
fn a_global_is_one_for_all_that_share_it() {
    let text = linked(
        r#"(core module $a
             (import "env" "sp" (global $sp (mut i32)))
             (import "env" "memory" (memory 1))
             (global (export "state") (mut i64) (i64.const 5))
             (global (export "fixed") f32 (f32.const 1.5))
             (global (export "never") (mut i32) (i32.const 7))
             (data (i32.const 0) "\01")
             (func (export "push") (global.set $sp (i32.sub (global.get $sp) (i32.const 16)))))
           (core instance $a (instantiate $a (with "env" (instance $owner))))
           (core module $b
             (import "env" "sp" (global $sp (mut i32)))
             (import "a" "push" (func $push))
             (import "a" "state" (global $state (mut i64)))
             (import "a" "fixed" (global $fixed f32))
             (import "a" "never" (global $never (mut i32)))
             (global $copy f32 (global.get $fixed))
             (func (export "run") (result i32)
               (call $push)
               (global.set $state (i64.add (global.get $state) (i64.const 1)))
               (i32.add (global.get $sp) (i32.add
                 (i32.wrap_i64 (i64.mul (global.get $state) (i64.const 10000)))
                 (i32.add (global.get $never) (i32.trunc_f32_s (global.get $copy)))))))
           (core instance $b (instantiate $b (with "env" (instance $owner)) (with "a" (instance $a))))"#,
        "b",
    );
    let (_, seen) = same(&text);
    assert_eq!(seen.runs, [Ok(61_016), Ok(71_000), Ok(80_984)]);
}

/// Libraries that say a number when they start.
fn starting(segment_of_the_second: &str) -> String {
    format!(
        r#"(component
          (import "host" (instance $host (export "log" (func (param "n" u32) (result u32)))))
          (core func $log (canon lower (func $host "log")))
          (core module $owner
            (memory (export "memory") 1) (data (i32.const 8) "\02"))
          (core instance $owner (instantiate $owner))
          (core module $a
            (import "env" "memory" (memory 1))
            (import "host" "log" (func $log (param i32) (result i32)))
            (data (i32.const 12) "\03")
            (start $start)
            (func $start (drop (call $log (i32.load (i32.const 8)))) (i32.store (i32.const 12) (i32.const 70)))
            (func (export "unused")))
          (core instance $host (export "log" (func $log)))
          (core instance $a (instantiate $a (with "env" (instance $owner)) (with "host" (instance $host))))
          (core module $b
            (import "env" "memory" (memory 1))
            (import "host" "log" (func $log (param i32) (result i32)))
            {segment_of_the_second}
            (start $start)
            (func $start (drop (call $log (i32.load (i32.const 12)))))
            (func (export "run") (result i32) (call $log (i32.load (i32.const 12)))))
          (core instance $b (instantiate $b (with "env" (instance $owner)) (with "host" (instance $host))))
          (func (export "run") (result u32) (canon lift (core func $b "run"))))"#
    )
}

#[test]
fn what_runs_at_the_start_runs_in_the_same_order() {
    let (merged, seen) = same(&starting(""));
    assert_eq!(seen.said, ["2", "70", "70", "70", "70"]);
    assert_eq!(modules(&merged).len(), 1);
    // What it writes has to be written after the first one ran.
    let component = wat::parse_str(starting(r#"(data (i32.const 12) "\09")"#)).unwrap();
    let one = merge(&component).expect("the first two are merged");
    assert_eq!(modules(&one).len(), 2);
    assert_eq!(see(&one), see(&component));
    assert_eq!(see(&one).said, ["2", "9", "9", "9", "9"]);
}

#[test]
fn a_segment_that_does_not_fit_ends_the_instantiation_as_before() {
    for segment in [
        r#"(data (i32.const 131072) "\01")"#,
        "(elem (i32.const 16) func $f)",
    ] {
        let text = linked(
            &format!(
                r#"(core module $a
                     (import "env" "memory" (memory 1))
                     (import "env" "table" (table 0 funcref))
                     {segment}
                     (func $f (export "run") (result i32) (i32.const 1)))
                   (core instance $a (instantiate $a (with "env" (instance $owner))))"#
            ),
            "a",
        );
        let (_, seen) = same(&text);
        assert!(matches!(seen.instantiated, Err(Some(_))), "{seen:?}");
    }
}

#[test]
fn a_reference_to_a_function_that_only_its_export_declared_stays_valid() {
    let text = linked(
        r#"(core module $a
             (type $get (func (result i32)))
             (import "env" "table" (table $table 0 funcref))
             (elem (i32.const 1) func $other)
             (func $other (type $get) (i32.const 3))
             (func $mine (export "mine") (type $get) (i32.const 9))
             (func (export "run") (type $get)
               (table.set $table (i32.const 2) (ref.func $mine))
               (i32.add (call_indirect (type $get) (i32.const 2)) (call_indirect (type $get) (i32.const 1)))))
           (core instance $a (instantiate $a (with "env" (instance $owner))))"#,
        "a",
    );
    assert_eq!(same(&text).1.runs, vec![Ok(12); RUNS]);
}

/// As `wit-component` links: a stand-in for a function that needs the memory, filled once that is there.
fn with_stand_in(middle: &str, after: &str) -> String {
    format!(
        r#"(component
          (import "host" (instance $host
            (export "say" (func (param "text" string)))
            (export "log" (func (param "n" u32) (result u32)))))
          (core module $shim
            (type $say (func (param i32 i32)))
            (table (export "$imports") 1 1 funcref)
            (func (export "0") (type $say)
              (local.get 0) (local.get 1) (i32.const 0) (call_indirect (type $say))))
          (core instance $shim (instantiate $shim))
          (core module $owner
            (memory (export "memory") 1)
            (table (export "table") 4 funcref))
          (core instance $owner (instantiate $owner))
          (alias core export $shim "0" (core func $later))
          (core func $log (canon lower (func $host "log")))
          (core module $a
            (import "env" "memory" (memory 1))
            (import "env" "table" (table 0 funcref))
            (import "host" "say" (func $say (param i32 i32)))
            (import "host" "log" (func $log (param i32) (result i32)))
            (data (i32.const 64) "hello")
            (elem (i32.const 1) func $log)
            (func (export "run") (result i32)
              (call $say (i32.const 64) (i32.const 5))
              (call_indirect (param i32) (result i32) (i32.const 5) (i32.const 1))))
          (core instance $outside (export "say" (func $later)) (export "log" (func $log)))
          (core instance $a (instantiate $a (with "env" (instance $owner)) (with "host" (instance $outside))))
          {middle}
          (alias core export $shim "$imports" (core table $imports))
          (alias core export $owner "memory" (core memory $memory))
          (core func $say (canon lower (func $host "say") (memory $memory)))
          (core module $fixup
            (import "" "0" (func (param i32 i32)))
            (import "" "$imports" (table 1 1 funcref))
            (elem (i32.const 0) func 0))
          (core instance $parts (export "0" (func $say)) (export "$imports" (table $imports)))
          (core instance $fixup (instantiate $fixup (with "" (instance $parts))))
          {after}
          (func (export "run") (result u32) (canon lift (core func $a "run"))))"#
    )
}

#[test]
fn functions_that_need_the_memory_are_filled_in_afterwards() {
    let (merged, seen) = same(&with_stand_in("", ""));
    assert_eq!(seen.said, ["hello", "5", "hello", "5", "hello", "5"]);
    assert_eq!(seen.runs, vec![Ok(6); RUNS]);
    assert_eq!(modules(&merged).len(), 2);
}

#[test]
fn a_library_after_them_is_merged_unless_it_runs() {
    let library = |start: &str| {
        format!(
            r#"(core module $b
                 (import "env" "memory" (memory 1))
                 (import "host" "say" (func $say (param i32 i32)))
                 (data (i32.const 69) ", you")
                 {start}
                 (func $start (call $say (i32.const 64) (i32.const 10))))
               (core instance $b (instantiate $b (with "env" (instance $owner)) (with "host" (instance $outside))))"#
        )
    };
    let (merged, seen) = same(&with_stand_in("", &library("")));
    assert_eq!(modules(&merged).len(), 2);
    assert_eq!(seen.said, ["hello", "5", "hello", "5", "hello", "5"]);
    let component = wat::parse_str(with_stand_in("", &library("(start $start)"))).unwrap();
    let one = merge(&component).expect("the others are merged");
    assert_eq!(modules(&one).len(), 3);
    assert_eq!(see(&one), see(&component));
    assert_eq!(see(&component).said.first().unwrap(), "hello, you");
}

#[test]
fn a_resource_whose_destructor_is_a_stand_in_does_not_keep_the_rest_apart() {
    let text = r#"(component
      (core module $shim
        (type $drop (func (param i32)))
        (table (export "$imports") 1 1 funcref)
        (func (export "drop") (type $drop) (local.get 0) (i32.const 0) (call_indirect (type $drop))))
      (core instance $shim (instantiate $shim))
      (alias core export $shim "drop" (core func $dtor))
      (type $thing (resource (rep i32) (dtor (func $dtor))))
      (core func $new (canon resource.new $thing))
      (core func $drop (canon resource.drop $thing))
      (core module $owner
        (memory (export "memory") 1) (table (export "table") 4 funcref)
        (global (export "dropped") (mut i32) (i32.const 0)))
      (core instance $owner (instantiate $owner))
      (core module $a
        (import "env" "table" (table 0 funcref))
        (import "env" "dropped" (global $dropped (mut i32)))
        (import "thing" "new" (func $new (param i32) (result i32)))
        (import "thing" "drop" (func $drop (param i32)))
        (elem (i32.const 0) func $new)
        (func (export "dtor") (param i32) (global.set $dropped (i32.add (global.get $dropped) (local.get 0))))
        (func (export "run") (result i32)
          (call $drop (call_indirect (param i32) (result i32) (i32.const 30) (i32.const 0)))
          (global.get $dropped)))
      (core instance $things (export "new" (func $new)) (export "drop" (func $drop)))
      (core instance $a (instantiate $a (with "env" (instance $owner)) (with "thing" (instance $things))))
      (core module $fixup
        (import "" "dtor" (func (param i32)))
        (import "" "$imports" (table 1 1 funcref))
        (elem (i32.const 0) func 0))
      (core instance $parts
        (export "dtor" (func $a "dtor")) (export "$imports" (table $shim "$imports")))
      (core instance (instantiate $fixup (with "" (instance $parts))))
      (func (export "run") (result u32) (canon lift (core func $a "run"))))"#;
    let (merged, seen) = same(text);
    assert_eq!(seen.runs, [Ok(30), Ok(60), Ok(90)]);
    assert_eq!(modules(&merged).len(), 3);
}

#[test]
fn traces_name_the_functions_as_before() {
    let text = linked(
        r#"(core module $a
             (import "env" "memory" (memory 1))
             (data (i32.const 0) "\01")
             (func $unused (export "unused"))
             (func $deep (export "deep") (unreachable)))
           (core instance $a (instantiate $a (with "env" (instance $owner))))
           (core module $b
             (import "a" "deep" (func $named_otherwise))
             (func $outer (export "run") (result i32) (call $named_otherwise) (i32.const 1)))
           (core instance $b (instantiate $b (with "a" (instance $a))))"#,
        "b",
    );
    let (merged, _) = same(&text);
    let engine = engine();
    let component = Component::new(&engine, &merged).unwrap();
    let mut store = Store::new(&engine, Vec::new());
    let instance = linker(&engine).instantiate(&mut store, &component).unwrap();
    let run = instance
        .get_typed_func::<(), (u32,)>(&mut store, "run")
        .unwrap();
    let trace = format!("{:?}", run.call(&mut store, ()).unwrap_err());
    assert!(trace.contains("deep") && trace.contains("outer"), "{trace}");
}
