//! Makes modules up: `smith FIRST COUNT` prints one for each seed, a line of hexadecimal digits. They are valid, and what
//! they do is anybody's guess.

use std::io::Write as _;

use arbitrary::Unstructured;
use wasm_smith::{Config, Module};

/// Bytes that a module is made up from.
const BYTES: usize = 4 << 10;

/// Bytes that look random and are the same for each seed (xorshift).
fn bytes(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..BYTES)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[3]
        })
        .collect()
}

/// What guests may use, with a little more of everything than compilers do; every fourth module may be of anything.
fn config(seed: u64) -> Config {
    let usual = Config {
        exceptions_enabled: false,
        gc_enabled: false,
        memory64_enabled: false,
        threads_enabled: false,
        // References to things of the host need garbage collection.
        reference_types_enabled: false,
        // Without them more functions are of a type that can be called with plain numbers.
        simd_enabled: seed % 2 == 0,
        relaxed_simd_enabled: seed % 2 == 0,
        multi_value_enabled: seed % 3 == 0,
        max_memory32_bytes: 8 << 20,
        max_table_elements: 10_000,
        ..Config::default()
    };
    let base = if seed % 4 == 3 {
        Config::default()
    } else {
        usual
    };
    Config {
        export_everything: true,
        generate_custom_sections: true,
        max_imports: 0,
        min_funcs: 1,
        max_memories: 3,
        max_tables: 3,
        ..base
    }
}

fn number(index: usize) -> u64 {
    let argument = std::env::args().nth(index);
    argument.and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn main() {
    let (first, count) = (number(1), number(2));
    let mut out = std::io::BufWriter::new(std::io::stdout());
    for seed in first..first + count {
        let bytes = bytes(seed);
        let Ok(module) = Module::new(config(seed), &mut Unstructured::new(&bytes)) else {
            continue;
        };
        let line: String = module
            .to_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if writeln!(out, "{line}").is_err() {
            return;
        }
    }
    let _closed = out.flush();
}
