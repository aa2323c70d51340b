//! Bombs: whatever a guest does with time, memory, output or records, the host says which limit ended it, in time.

use std::time::Duration;

use tollgate_tests::{Finished, GuestRun, Program, Record, chosen_binary, guests, scene};

use crate::support::module;

/// A core module's text around what `_start` does.
fn start(items: &str, body: &str) -> Vec<u8> {
    module(&format!(
        "(module {items} (memory (export \"memory\") 1) (func (export \"_start\") {body}))"
    ))
}

fn reached(records: &[Record], limit: &str) -> bool {
    records.iter().any(|record| {
        record.operation == "limit.reached" && record.resource.starts_with(&format!("{limit}="))
    })
}

fn small(run: GuestRun<'_>) -> (Finished, Vec<Record>) {
    run.flags(&["--limit", "wall=3s,memory=64MiB"])
        .patience(Duration::from_secs(30))
        .logged()
}

#[test]
fn i1_an_endless_loop_ends_soon_after_its_deadline() {
    let (finished, records) = small(scene!().run(guests::ENDLESS));
    finished.expect(124);
    assert!(reached(&records, "wall"));
    let quick = scene!().run(guests::HELLO).finish();
    let over = finished.wall.saturating_sub(quick.wall);
    assert!(over < Duration::from_millis(3_800), "{over:?} for 3 s");
}

#[test]
fn i1_a_loop_ends_at_its_budget_of_processor_time() {
    let scene = scene!();
    let run = scene
        .run(guests::ENDLESS)
        .flags(&["--limit", "cpu=300ms,wall=50s"]);
    let (finished, records) = run.logged();
    finished.expect(124);
    assert!(reached(&records, "cpu"), "{records:#?}");
    assert!(
        finished.wall < Duration::from_secs(25),
        "{:?}",
        finished.wall
    );
}

#[test]
fn sleeping_takes_no_processor_time() {
    let scene = scene!();
    let run = scene
        .run(guests::ENDLESS_SLEEP)
        .flags(&["--limit", "cpu=300ms,wall=1s"]);
    let (finished, records) = run.logged();
    finished.expect(124);
    assert!(reached(&records, "wall"), "{records:#?}");
    assert!(!reached(&records, "cpu"), "{records:#?}");
}

#[test]
fn fuel_ends_a_run_at_the_same_instruction_each_time() {
    let used = |limit: &str| {
        let scene = scene!();
        let run = scene
            .run(guests::HELLO)
            .flags(&["--limit", limit, "--report=json"]);
        let finished = run.finish();
        let report = finished
            .expect(0)
            .stderr
            .lines()
            .last()
            .unwrap_or_default()
            .to_owned();
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        report["limits"]["fuel"]["used"].as_u64().unwrap()
    };
    let fuel = used("fuel=100000000");
    assert!(fuel > 0);
    assert_eq!(used("fuel=200000000"), fuel);
    let short = format!("fuel={}", fuel / 2);
    let scene = scene!();
    let run = scene.run(guests::HELLO).flags(&["--limit", &short]);
    let (finished, records) = run.logged();
    finished.expect(125);
    assert!(reached(&records, "fuel"), "{records:#?}");
}

#[test]
fn i2_an_endless_start_function_ends_at_the_deadline() {
    let scene = scene!();
    let text = "(module (memory (export \"memory\") 1) (func $spin (loop $l (br $l))) (start $spin) (func (export \"_start\")))";
    let file = scene.write("start.wasm", module(text));
    let (finished, records) = small(scene.run(file));
    finished.expect(124);
    assert!(reached(&records, "wall"));
}

#[test]
fn i5_i6_i7_calls_and_sleeps_without_end_are_ended_by_the_wall_limit() {
    for guest in [
        guests::ENDLESS_CALLS,
        guests::ENDLESS_ZERO_SLEEP,
        guests::ENDLESS_SLEEP,
    ] {
        let (finished, records) = small(scene!().run(guest));
        finished.expect(124);
        assert!(reached(&records, "wall"), "{guest}");
        assert!(
            finished.peak_bytes < 400 << 20,
            "{guest}: {}",
            finished.peak_bytes
        );
    }
}

#[test]
fn i8_growth_over_the_limit_gives_minus_one_and_a_guest_that_copes_ends_with_its_own_code() {
    let (finished, records) = small(scene!().run(guests::MEMORY_BOMB).args(&["cope"]));
    finished.expect(7);
    assert!(reached(&records, "memory"));
}

#[test]
fn i9_a_guest_that_traps_after_refused_growth_ends_with_125_and_the_limits_name() {
    let (finished, records) = small(scene!().run(guests::MEMORY_BOMB).args(&["trap"]));
    finished.expect(125);
    assert!(finished.stderr.contains("memory"), "{}", finished.stderr);
    assert!(reached(&records, "memory"));
    assert!(
        records
            .iter()
            .any(|record| record.is("run.end", "exit-code=125") && record.outcome == "limit")
    );
}

#[test]
fn i9_memory_that_is_grown_and_touched_stays_within_the_limit() {
    let scene = scene!();
    let body = "(loop $l
        (if (i32.eq (memory.grow (i32.const 16)) (i32.const -1)) (then unreachable))
        (memory.fill (i32.const 0) (i32.const 1) (i32.mul (memory.size) (i32.const 65536)))
        (br $l))";
    let file = scene.write("touch.wasm", start("", body));
    let (finished, _) = small(scene.run(file));
    finished.expect(125);
    let quiet = scene.run(guests::HELLO).finish().peak_bytes;
    assert!(
        finished.peak_bytes < quiet + (96 << 20),
        "{} over {quiet}",
        finished.peak_bytes
    );
}

#[test]
fn i10_four_gibibytes_from_the_start_are_refused() {
    let scene = scene!();
    let text = "(module (memory (export \"memory\") 65536) (func (export \"_start\")))";
    let file = scene.write("huge.wasm", module(text));
    let (finished, records) = small(scene.run(file));
    finished.expect(126);
    assert!(finished.stderr.contains("memory"), "{}", finished.stderr);
    assert!(reached(&records, "memory"));
}

/// A component of `count` core modules with `item` each, instantiated side by side, and a command.
fn many(count: usize, item: &str) -> Vec<u8> {
    let modules: String = (0..count)
        .map(|index| {
            format!("(core module $m{index} {item}) (core instance (instantiate $m{index}))")
        })
        .collect();
    module(&format!(
        "(component {modules}
            (core module $run (func (export \"run\") (result i32) (i32.const 0)))
            (core instance $i (instantiate $run))
            (func $f (result (result)) (canon lift (core func $i \"run\")))
            (instance $e (export \"run\" (func $f)))
            (export \"wasi:cli/run@0.2.0\" (instance $e)))"
    ))
}

#[test]
fn i11_ninety_memories_count_together() {
    let scene = scene!();
    let file = scene.write("memories.wasm", many(90, "(memory 256)"));
    let (finished, records) = small(scene.run(file));
    finished.expect(126);
    assert!(reached(&records, "memory"));
    let file = scene.write("few.wasm", many(3, "(memory 16)"));
    small(scene.run(file)).0.expect(0);
}

#[test]
fn i12_a39_a_table_of_ten_million_elements_is_refused() {
    let scene = scene!();
    let file = scene.write("table.wasm", start("(table 10000000 funcref)", ""));
    let (finished, _) = small(scene.run(file));
    finished.expect(126);
    assert!(!finished.stderr.contains("panicked"), "{}", finished.stderr);
    assert!(finished.peak_bytes < 400 << 20, "{}", finished.peak_bytes);
    let file = scene.write(
        "table64.wasm",
        start("(table i64 0 0xffffffffffffffff funcref)", ""),
    );
    small(scene.run(file)).0.expect(126);
}

#[test]
fn i13_a_table_that_grows_without_end_stays_within_the_limit() {
    let scene = scene!();
    let body = "(loop $l
        (if (i32.eq (table.grow (ref.null func) (i32.const 100000)) (i32.const -1)) (then unreachable))
        (br $l))";
    let file = scene.write("grow.wasm", start("(table 1 funcref)", body));
    let (finished, records) = small(scene.run(file));
    finished.expect(125);
    assert!(reached(&records, "memory"));
    assert!(finished.peak_bytes < 400 << 20, "{}", finished.peak_bytes);
}

#[test]
fn i14_ninety_tables_count_together() {
    let scene = scene!();
    let file = scene.write("tables.wasm", many(90, "(table 1000000 funcref)"));
    let (finished, records) = small(scene.run(file));
    finished.expect(126);
    assert!(reached(&records, "memory"));
}

#[test]
fn i15_i16_recursion_without_end_is_a_trap() {
    for size in ["small", "big"] {
        let (finished, _) = small(scene!().run(guests::RECURSION).args(&[size]));
        finished.expect(134);
        // Large frames leave the stack that the guest keeps in its own memory first.
        let why = if size == "big" {
            "out of bounds memory access"
        } else {
            "call stack exhausted"
        };
        assert!(finished.stderr.contains(why), "{size}: {}", finished.stderr);
    }
}

#[test]
fn i18_two_thousand_core_instances_are_refused() {
    let scene = scene!();
    let file = scene.write("instances.wasm", many(2_000, ""));
    let (finished, _) = small(scene.run(file));
    finished.expect(126);
    assert!(!finished.stderr.contains("panicked"), "{}", finished.stderr);
}

#[test]
fn a9_random_bytes_without_bound_end_the_guest_by_a_limit() {
    let (finished, records) = small(scene!().run(guests::RANDOM).args(&["greedy"]));
    finished.expect(125);
    assert!(
        finished.stderr.contains("host-call-bytes"),
        "{}",
        finished.stderr
    );
    assert!(reached(&records, "host-call-bytes"));
    assert!(finished.peak_bytes < 400 << 20, "{}", finished.peak_bytes);
}

#[test]
pub(crate) fn a12_half_a_gigabyte_to_a_denied_stream_takes_no_memory() {
    let policy = "version = 1\n[stdio]\ndefault = \"allow\"\ndeny = [\"stdout\"]\n[limits]\nmemory = \"64MiB\"\n";
    let run = scene!();
    let (finished, records) = run.run(guests::FLOOD_REFUSED).policy(policy).logged();
    finished.expect(0);
    assert!(
        finished.stderr.contains("written 0 refused 8192"),
        "{}",
        finished.stderr
    );
    let quiet = run.run(guests::HELLO).finish().peak_bytes;
    assert!(
        finished.peak_bytes < quiet + (64 << 20),
        "{} over {quiet}",
        finished.peak_bytes
    );
    let calls: u64 = records
        .iter()
        .filter(|record| record.is("stdio.write", "stdout"))
        .map(|record| record.count)
        .sum();
    assert_eq!(calls, 8192);
}

#[test]
fn i65_endless_output_is_cut_at_the_limit() {
    let (finished, records) = small(
        scene!()
            .run(guests::FLOOD)
            .flags(&["--limit", "output=300KiB"]),
    );
    finished.expect(125);
    assert_eq!(finished.stdout.len(), 300 << 10);
    assert!(finished.stderr.contains("output"), "{}", finished.stderr);
    assert!(
        reached(&records, "output"),
        "the limit is not in the log: {records:#?}"
    );
    let written: u64 = records
        .iter()
        .filter(|record| record.is("stdio.write", "stdout"))
        .map(|record| record.bytes_out)
        .sum();
    assert_eq!(written, 300 << 10, "{records:#?}");
}

#[test]
fn i65_endless_output_to_a_reader_that_goes_away_ends() {
    let scene = scene!();
    let log = scene.path("audit.log").display().to_string();
    let binary = chosen_binary(env!("CARGO_BIN_EXE_tollgate"));
    let script = "{ \"$0\" run --audit \"$1\" --limit wall=20s,output=1GiB \"$2\"; echo $? > code; } | head -c 100";
    let words = [
        "-c",
        script,
        &binary.display().to_string(),
        &log,
        guests::FLOOD,
    ];
    let shell = Program::new(std::path::Path::new("/bin/sh")).current_dir(scene.root());
    let home = scene.path("home");
    let finished = shell
        .env("HOME", home)
        .env("PATH", "/usr/bin:/bin")
        .args(words)
        .run();
    finished.expect(0);
    assert_eq!(finished.stdout.len(), 100);
    // The guest is told that its output is closed, and ends by itself.
    assert_eq!(scene.read("code"), "1\n", "{}", finished.stderr);
    assert!(
        finished.stderr.contains("refused after"),
        "{}",
        finished.stderr
    );
    scene.verify("audit.log").expect(0);
    let outcomes = scene.records("audit.log");
    assert!(
        outcomes
            .iter()
            .any(|record| record.is("stdio.write", "stdout") && record.outcome == "closed"),
        "{outcomes:#?}"
    );
}

#[test]
fn i87_closed_standard_streams_are_closed_streams_to_the_guest() {
    let scene = scene!();
    let script =
        "\"$0\" run --audit closed.log --dir work::/work \"$1\" <&- >&- 2>&-; echo $? > code";
    let binary = chosen_binary(env!("CARGO_BIN_EXE_tollgate"));
    let words = ["-c", script, &binary.display().to_string(), guests::FILES];
    let shell = Program::new(std::path::Path::new("/bin/sh")).current_dir(scene.root());
    shell
        .env("HOME", scene.path("home"))
        .env("PATH", "/usr/bin:/bin")
        .args(words)
        .run()
        .expect(0);
    assert_eq!(scene.read("code"), "0\n");
    // No file of the host took the place of a stream and got its text.
    assert_eq!(scene.read("work/c"), "hello");
    scene.verify("closed.log").expect(0);
}

#[test]
fn i67_a_million_names_fill_no_log() {
    let scene = scene!();
    let run = scene
        .run(guests::RECORDS)
        .work()
        .flags(&["--limit", "audit=256KiB,wall=60s"]);
    let (finished, records) = run.logged();
    finished.expect(125);
    assert!(finished.stderr.contains("audit"), "{}", finished.stderr);
    assert!(
        records.iter().any(|record| record.operation == "log.limit"),
        "the log says that it was cut"
    );
    let size = std::fs::metadata(scene.path("audit.log")).unwrap().len();
    assert!(size < 300 << 10, "{size}");
}

#[test]
fn i67_records_above_the_rate_wait_and_none_is_lost() {
    let run = scene!();
    let (finished, records) = run
        .run(guests::RECORDS)
        .work()
        .flags(&["--limit", "audit-rate=500"])
        .args(&["1500"])
        .logged();
    assert!(finished.expect(0).says("done 1500"), "{}", finished.stdout);
    assert!(
        finished.wall > Duration::from_millis(1_500),
        "{:?} for 1500 records at 500 a second",
        finished.wall
    );
    let asked: u64 = records
        .iter()
        .filter(|record| record.operation == "fs.stat")
        .map(|record| record.count)
        .sum();
    assert_eq!(asked, 1_500);
}

#[test]
fn the_default_limits_hold_where_nothing_is_said() {
    let scene = scene!();
    let file = scene.write(
        "touch.wasm",
        start("", "(drop (memory.grow (i32.const 60000)))"),
    );
    let (finished, records) = scene.run(file).logged();
    finished.expect(0);
    assert!(reached(&records, "memory"), "{records:#?}");
}

#[test]
fn a_ceiling_lowers_the_limits_of_a_run() {
    let scene = scene!();
    let ceiling = scene.write(
        "ceiling.toml",
        "version = 1\n[stdio]\ndefault = \"allow\"\n[limits]\nwall = \"300ms\"\n",
    );
    let ceiling = ceiling.display().to_string();
    let run = scene
        .run(guests::ENDLESS)
        .flags(&["--ceiling", &ceiling, "--limit", "wall=50s"]);
    run.patience(Duration::from_secs(20)).finish().expect(124);
}
