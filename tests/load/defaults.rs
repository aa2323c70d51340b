//! Hostile components on default limits, through the binary: one row for each behaviour, and how it ends. This is the list
//! to read, and to add to; other tests look at some rows more closely, with smaller limits.

use std::fs;
use std::thread;
use std::time::Duration;

use tollgate_engine::caps::FUNCTION_BYTES;
use tollgate_tests::{guests, scene};

use crate::make::{command, importing, repeated, speaking, wasm};

/// A limit of time.
const TIME: i32 = 124;
/// Another limit.
const LIMIT: i32 = 125;
/// Not run.
const REFUSED: i32 = 126;
/// A trap.
const TRAP: i32 = 134;

/// Memory of the host beyond what `hello` takes: the memory of a guest, and as much again for what compiling takes.
const MOST: u64 = 512 << 20;

/// A behaviour.
struct Row {
    /// The rows of the table of threats.
    threats: &'static str,
    name: &'static str,
    component: Vec<u8>,
    /// Arguments of the guest.
    arguments: &'static [&'static str],
    /// What is called, where it is not the command.
    call: Option<&'static str>,
    code: i32,
    /// In the error.
    says: &'static str,
}

impl Row {
    fn new(
        threats: &'static str,
        name: &'static str,
        component: Vec<u8>,
        code: i32,
        says: &'static str,
    ) -> Self {
        Self {
            threats,
            name,
            component,
            arguments: &[],
            call: None,
            code,
            says,
        }
    }

    fn guest(
        threats: &'static str,
        guest: &str,
        arguments: &'static [&'static str],
        code: i32,
        says: &'static str,
    ) -> Self {
        let name = arguments.first().copied().unwrap_or("guest");
        Self {
            arguments,
            ..Self::new(threats, name, fs::read(guest).unwrap(), code, says)
        }
    }

    fn called(self, call: &'static str) -> Self {
        Self {
            call: Some(call),
            ..self
        }
    }
}

/// A command of WASI 0.1 whose `_start` is `body`.
fn start(items: &str, body: &str) -> Vec<u8> {
    wasm(&format!(
        "(module {items} (memory (export \"memory\") 1) (func (export \"_start\") {body}))"
    ))
}

/// A command that speaks to the host by itself.
fn run(items: &str, body: &str) -> Vec<u8> {
    speaking(
        "export wasi:cli/run@0.2.12;",
        &format!(
            "(module {items} (memory (export \"memory\") 1)
                (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
                (func (export \"wasi:cli/run@0.2.12#run\") (result i32) {body}))"
        ),
    )
}

/// A command that writes this pointer and length to its standard output.
fn writes(pointer: i32, length: i32) -> Vec<u8> {
    run(
        "(import \"wasi:cli/stdout@0.2.12\" \"get-stdout\" (func $stdout (result i32)))
        (import \"wasi:io/streams@0.2.12\" \"[method]output-stream.blocking-write-and-flush\"
            (func $write (param i32 i32 i32 i32)))",
        &format!(
            "(call $write (call $stdout) (i32.const {pointer}) (i32.const {length}) (i32.const 16)) (i32.const 0)"
        ),
    )
}

/// A component of `count` modules with `item` each, side by side, and a command that does nothing.
fn many(count: u64, item: &str) -> Vec<u8> {
    let modules = repeated(count, |index| {
        format!("(core module $m{index} {item}) (core instance (instantiate $m{index}))")
    });
    wasm(&format!(
        "(component {modules}
            (core module $run (func (export \"run\") (result i32) (i32.const 0)))
            (core instance $i (instantiate $run))
            (func $f (result (result)) (canon lift (core func $i \"run\")))
            (instance $e (export \"run\" (func $f)))
            (export \"wasi:cli/run@0.2.0\" (instance $e)))"
    ))
}

/// A component that makes handles of a resource of its own.
fn own_handles() -> Vec<u8> {
    wasm(
        "(component
            (type $r (resource (rep i32)))
            (core func $new (canon resource.new $r))
            (core module $m (import \"\" \"new\" (func $new (param i32) (result i32)))
                (func (export \"f\") (loop $l (drop (call $new (i32.const 1))) (br $l))))
            (core instance $i (instantiate $m (with \"\" (instance (export \"new\" (func $new))))))
            (func (export \"f\") (canon lift (core func $i \"f\"))))",
    )
}

/// A function of additions with about so many bytes.
fn additions(bytes: u64) -> String {
    let step = "local.get 0 i32.const 1 i32.add local.set 0 ";
    format!(
        "(func (local i32) {})",
        step.repeat(usize::try_from(bytes / 7).unwrap())
    )
}

fn rows() -> Vec<Row> {
    let spin = "(loop $l (br $l))";
    let grow = "(loop $l
        (if (i32.eq (memory.grow (i32.const 16)) (i32.const -1)) (then unreachable))
        (memory.fill (i32.const 0) (i32.const 1) (i32.mul (memory.size) (i32.const 65536))) (br $l))";
    let table = "(loop $l
        (if (i32.eq (table.grow (ref.null func) (i32.const 100000)) (i32.const -1)) (then unreachable)) (br $l))";
    let timers = "(import \"wasi:clocks/monotonic-clock@0.2.12\" \"subscribe-duration\" (func $timer (param i64) (result i32)))";
    let below = FUNCTION_BYTES.limit - FUNCTION_BYTES.limit / 20;
    vec![
        Row::new(
            "I1",
            "an endless loop",
            run("", &format!("{spin} unreachable")),
            TIME,
            "limit ended the run",
        ),
        Row::new(
            "I2",
            "an endless start function",
            start(&format!("(func $s {spin}) (start $s)"), ""),
            TIME,
            "limit ended the run",
        ),
        Row::guest("I9", guests::MEMORY_BOMB, &["trap"], LIMIT, "memory"),
        Row::new(
            "I9",
            "memory that is grown and touched",
            start("", grow),
            LIMIT,
            "memory",
        ),
        Row::new(
            "I10",
            "four gibibytes from the start",
            wasm("(module (memory (export \"memory\") 65536) (func (export \"_start\")))"),
            REFUSED,
            "memory",
        ),
        Row::new(
            "I11",
            "ninety memories",
            many(90, "(memory 256)"),
            REFUSED,
            "memory",
        ),
        Row::new(
            "I12",
            "a table of forty million elements",
            start("(table 40000000 funcref)", ""),
            REFUSED,
            "",
        ),
        Row::new(
            "I13",
            "a table that grows",
            start("(table 1 funcref)", table),
            LIMIT,
            "memory",
        ),
        Row::new(
            "I14",
            "ninety tables",
            many(90, "(table 1000000 funcref)"),
            REFUSED,
            "memory",
        ),
        Row::new(
            "I18",
            "two thousand core instances",
            many(2_000, ""),
            REFUSED,
            "",
        ),
        Row::new(
            "I49",
            "a bomb of timers",
            run(
                timers,
                "(loop $l (drop (call $timer (i64.const 1000000000))) (br $l)) unreachable",
            ),
            LIMIT,
            "handles",
        ),
        Row::new(
            "A10",
            "a bomb of handles of its own",
            own_handles(),
            LIMIT,
            "handles",
        )
        .called("f()"),
        Row::guest("I65", guests::FLOOD, &[], LIMIT, "output"),
        Row::guest("A9", guests::RANDOM, &["greedy"], LIMIT, "host-call-bytes"),
        Row::guest(
            "I15",
            guests::RECURSION,
            &["small"],
            TRAP,
            "call stack exhausted",
        ),
        Row::guest("I16", guests::RECURSION, &["big"], TRAP, "out of bounds"),
        Row::new(
            "I29",
            "a hundred thousand imports",
            importing(100_000),
            REFUSED,
            "imports",
        ),
        Row::new(
            "I24",
            "a function of 900 kB",
            command(&additions(900_000)),
            REFUSED,
            "in one function body",
        ),
        Row::new(
            "I24",
            "900 kB that are compiled",
            command(&additions(below).repeat(2)),
            0,
            "",
        ),
        Row::new(
            "A33",
            "nothing, at the end of the address space",
            writes(-1, 0),
            TRAP,
            "out of bounds",
        ),
        Row::new(
            "I46",
            "a list beyond the end",
            writes(65_535, 2),
            TRAP,
            "out of bounds",
        ),
        Row::new(
            "I46",
            "a list that overflows",
            writes(-1, -1),
            TRAP,
            "out of bounds",
        ),
        Row::new(
            "I46",
            "a list of all there could be",
            writes(0, -1),
            TRAP,
            "out of bounds",
        ),
        Row::new(
            "I45",
            "a result of neither kind",
            run("", "(i32.const 7)"),
            TRAP,
            "discriminant",
        ),
        Row::new(
            "I42",
            "a forged handle",
            run(
                "(import \"wasi:io/poll@0.2.12\" \"[method]pollable.block\" (func $block (param i32)))",
                "(call $block (i32.const 77)) (i32.const 0)",
            ),
            TRAP,
            "unknown handle index 77",
        ),
        Row::new(
            "I42",
            "a handle that is dropped twice",
            run(
                &format!(
                    "{timers} (import \"wasi:io/poll@0.2.12\" \"[resource-drop]pollable\" (func $drop (param i32)))"
                ),
                "(local i32) (local.set 0 (call $timer (i64.const 1)))
                (call $drop (local.get 0)) (call $drop (local.get 0)) (i32.const 0)",
            ),
            TRAP,
            "unknown handle index",
        ),
    ]
}

/// Runs a row in a scene of its own, and holds it to everything that holds for all.
fn hold(row: &Row) {
    let what = format!("{} {}", row.threats, row.name);
    let scene = scene!();
    scene.write("hostile.wasm", &row.component);
    let mut run = scene
        .run("hostile.wasm")
        .args(row.arguments)
        .patience(Duration::from_secs(150));
    if let Some(call) = row.call {
        run = run.flags(&["--invoke", call]);
    }
    let (finished, records) = run.logged();
    println!(
        "{what}: {:?} after {:?}, {} MiB",
        finished.code,
        finished.wall,
        finished.peak_bytes >> 20
    );
    assert_eq!(finished.code, Some(row.code), "{what}: {}", finished.stderr);
    assert!(
        finished.stderr.contains(row.says),
        "{what}: {}",
        finished.stderr
    );
    crate::host::unrevealing(&what, &finished.stderr);
    let root = scene.root().display().to_string();
    assert!(
        !finished.stderr.contains(&root),
        "{what}: {}",
        finished.stderr
    );
    assert!(
        finished.peak_bytes < MOST,
        "{what}: {} MiB",
        finished.peak_bytes >> 20
    );
    let outcome = match row.code {
        TIME | LIMIT => "limit",
        REFUSED => "refused",
        TRAP => "trap",
        _ => "ok",
    };
    let end = records
        .last()
        .unwrap_or_else(|| panic!("{what}: no records"));
    let ends: Vec<_> = records
        .iter()
        .filter(|record| record.operation == "run.end")
        .collect();
    assert_eq!(ends.len(), 1, "{what}: {records:#?}");
    assert_eq!(
        (ends[0].resource.as_str(), ends[0].outcome.as_str()),
        (format!("exit-code={}", row.code).as_str(), outcome),
        "{what}: {end:?}"
    );
    if outcome == "limit" {
        assert!(
            records
                .iter()
                .any(|record| record.operation == "limit.reached"),
            "{what}: {records:#?}"
        );
    }
    // The same log, the same cache, the next run.
    scene.run(guests::HELLO).finish().expect(0);
}

/// Two at a time: the endless ones take half a minute each.
#[test]
fn i1_i2_i9_i10_i11_i12_i13_i14_i15_i16_i18_i24_i29_i42_i45_i46_i49_i65_hostile_components_end_by_default_limits()
 {
    let rows = rows();
    let (endless, others): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.code == TIME);
    assert!(
        endless.len() == 2 && others.len() > 20,
        "{} {}",
        endless.len(),
        others.len()
    );
    thread::scope(|scope| {
        for row in endless {
            scope.spawn(|| hold(row));
        }
        for row in others {
            hold(row);
        }
    });
}
