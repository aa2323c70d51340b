//! Pairs of numbers that a tool gives back.

use proptest::prelude::*;
use tollgate_plugins::core_abi::{Exchange, read_output};

use crate::support::Tool;

/// A tool that reads the pair that it gives back from its input, and fills all of its memory with one byte before, so that
/// an answer that was written into the output would be seen.
fn liar(pages: u32) -> String {
    format!(
        r#"(module (memory (export "memory") {pages})
            (func (export "lie") (param i32 i32) (result i32 i32)
                (local.set 0 (i32.load (i32.const 0)))
                (local.set 1 (i32.load (i32.const 4)))
                (memory.fill (i32.const 0) (i32.const 170) (i32.shl (memory.size) (i32.const 16)))
                (local.get 0) (local.get 1)))"#
    )
}

const LIMIT: u64 = 50 << 20;
const PAGE: u32 = 65_536;

fn told(pointer: u32, length: i32) -> Vec<u8> {
    [pointer.to_le_bytes(), length.to_le_bytes()].concat()
}

/// How the seed reads the pair, on a machine of 64 bits, but that it takes a pointer with its highest bit set for one of 32
/// bits and not for one of 64.
fn read_by_the_seed(pointer: u32, length: i32, memory: u64) -> Result<u64, Exchange> {
    if length < 0 {
        return Err(Exchange::NegativeLength { length });
    }
    let length = u64::from(length.unsigned_abs());
    if length > LIMIT {
        let limit = LIMIT;
        return Err(Exchange::TooLong { length, limit });
    }
    let start = u64::from(pointer);
    let end = start + length;
    if end > u64::from(u32::MAX) {
        return Err(Exchange::Overflow);
    }
    if start >= memory || end > memory {
        return Err(Exchange::Outside { start, end, memory });
    }
    Ok(length)
}

async fn holds(tool: &Tool, pointer: u32, length: i32, memory: u64) {
    let outcome = tool.call(told(pointer, length)).await;
    let expected = read_by_the_seed(pointer, length, memory);
    let given = outcome
        .result
        .unwrap_or_else(|error| panic!("{pointer}+{length}: {error}"));
    assert_eq!(
        given
            .as_ref()
            .map(|output| output.len() as u64)
            .map_err(|error| *error),
        expected,
        "{pointer}+{length}"
    );
    assert!(
        given.iter().flatten().all(|byte| *byte == 170),
        "{pointer}+{length}: the answer lies in the output"
    );
}

#[tokio::test]
async fn i46_each_lie_is_called_by_its_name() {
    let tool = Tool::new(&liar(1)).await;
    for (pointer, length, words) in [
        (0, -5, "WASM returned negative output length: -5"),
        (
            70_000,
            10,
            "WASM output 70000..70010 outside guest memory size 65536",
        ),
        (
            65_536,
            0,
            "WASM output 65536..65536 outside guest memory size 65536",
        ),
        (
            65_530,
            7,
            "WASM output 65530..65537 outside guest memory size 65536",
        ),
        (u32::MAX, 5, "WASM output pointer+length overflow"),
        (
            0,
            i32::MAX,
            "WASM returned output length 2147483647, more than the memory limit of 52428800 bytes",
        ),
        (
            0,
            i32::MIN,
            "WASM returned negative output length: -2147483648",
        ),
    ] {
        let lie = tool.call(told(pointer, length)).await.result.unwrap();
        assert_eq!(lie.unwrap_err().to_string(), words);
    }
}

/// Every place where an output meets an edge: of the memory, of the place where the answer goes, of 32 bits.
#[tokio::test]
async fn i46_every_edge_is_read_as_the_seed_reads_it() {
    for pages in [1, 2] {
        let tool = Tool::new(&liar(pages)).await;
        let size = pages * PAGE;
        let near =
            |edge: u32| [-9, -8, -7, -1, 0, 1, 7, 8].map(move |by| edge.wrapping_add_signed(by));
        let starts: Vec<u32> = [0, 32, size - 32, size, 1 << 31]
            .into_iter()
            .flat_map(near)
            .collect();
        let ends: Vec<u32> = [0, 32, 64, size - 32, size]
            .into_iter()
            .flat_map(near)
            .collect();
        for pointer in starts {
            for end in &ends {
                let length = end.wrapping_sub(pointer).cast_signed();
                holds(&tool, pointer, length, size.into()).await;
            }
        }
    }
}

#[tokio::test]
async fn an_output_may_be_the_whole_memory() {
    let tool = Tool::new(&liar(1)).await;
    assert_eq!(
        tool.call(told(0, 65_536)).await.result.unwrap().unwrap(),
        [170; 65_536]
    );
    let fixed = Tool::new(&liar(1).replace("\"memory\") 1", "\"memory\") 1 1")).await;
    assert_eq!(
        fixed.call(told(0, 65_536)).await.result.unwrap().unwrap(),
        [170; 65_536]
    );
}

#[tokio::test]
async fn a_memory_of_no_pages_has_no_outputs() {
    for pages in ["0", "0 0"] {
        let tool = Tool::new(&format!(
            r#"(module (memory (export "memory") {pages})
                (func (export "none") (param i32 i32) (result i32 i32) (i32.const 0) (i32.const 0)))"#
        ))
        .await;
        let (start, end, memory) = (0, 0, 0);
        assert_eq!(
            tool.call("").await.result.unwrap(),
            Err(Exchange::Outside { start, end, memory })
        );
    }
}

#[tokio::test]
async fn outputs_beyond_two_gibibytes_of_address_are_outside_and_not_negative() {
    let tool = Tool::new(&liar(1)).await;
    holds(&tool, 1 << 31, 5, u64::from(PAGE)).await;
    holds(&tool, u32::MAX - 5, 5, u64::from(PAGE)).await;
}

#[test]
fn numbers_are_read_in_the_order_of_the_seed() {
    let read = |pointer, length, memory| read_output(Ok(Err((pointer, length, memory))), 0, 100);
    assert_eq!(read(7, -1, 5), Err(Exchange::NegativeLength { length: -1 }));
    let (length, limit) = (101, 100);
    assert_eq!(
        read(u32::MAX, 101, 5),
        Err(Exchange::TooLong { length, limit })
    );
    assert_eq!(read(u32::MAX, 100, 5), Err(Exchange::Overflow));
    assert_eq!(read_output(Ok(Ok(vec![1])), 0, 100), Ok(vec![1]));
    let (size, room) = (9, 8);
    assert_eq!(
        read_output(Err(room), size, 100),
        Err(Exchange::NoRoom { size, room })
    );
}

#[test]
fn i46_any_pair_is_read_as_the_seed_reads_it() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let tool = runtime.block_on(Tool::new(&liar(2)));
    let number = || {
        prop_oneof![
            any::<u32>(),
            0..3 * PAGE,
            (0..64_u32).prop_map(|by| by.wrapping_neg())
        ]
    };
    proptest!(ProptestConfig::with_cases(2_000), |(pointer in number(), length in number())| {
        runtime.block_on(holds(&tool, pointer, length.cast_signed(), u64::from(2 * PAGE)));
    });
}
