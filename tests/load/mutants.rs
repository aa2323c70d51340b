//! Components with a few bytes changed: most are refused, some still load, and none may end the host.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use tollgate_engine::{Engine, RunProfile, Source};
use tollgate_tests::guests;

use crate::make::{command, wasm};
use crate::measure::{cpu, load};

/// The most processor time that one mutant may take: the seeds are small.
const CPU: Duration = Duration::from_secs(8);

/// Numbers that look random and are the same in each run (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }

    /// Changes one thing, as a damaged disk or a curious author would.
    fn change(&mut self, bytes: &mut Vec<u8>, others: &[Vec<u8>]) {
        let at = self.below(bytes.len());
        let end = (at + 1 + self.below(24)).min(bytes.len());
        match self.below(8) {
            0 | 1 => bytes[at] ^= 1 << self.below(8),
            2 => bytes[at] = self.byte(),
            3 => {
                let byte = self.byte();
                bytes.insert(at, byte);
            }
            4 => drop(bytes.drain(at..end)),
            // Numbers at the ends of their range, in the place of whatever stood there.
            5 => {
                let number: &[u8] = [
                    &[0xff, 0xff, 0xff, 0xff, 0x0f][..],
                    &[0x80, 0x80, 0x80, 0x80, 0x08],
                    &[0x7f],
                    &[0x80, 0],
                ][self.below(4)];
                bytes.splice(at..end.min(at + number.len()), number.iter().copied());
            }
            6 => {
                let copied = bytes[at..end].to_vec();
                let to = self.below(bytes.len());
                bytes.splice(to..to, copied);
            }
            _ => {
                let other = &others[self.below(others.len())];
                let from = self.below(other.len());
                let part = &other[from..(from + 40).min(other.len())];
                bytes.splice(at..end, part.iter().copied());
            }
        }
        if bytes.is_empty() {
            bytes.push(0);
        }
    }
}

/// Small components of every construct that a loader looks at.
fn small() -> Vec<Vec<u8>> {
    let hello = "(import \"wasi_snapshot_preview1\" \"fd_write\" (func $w (param i32 i32 i32 i32) (result i32)))
        (import \"wasi_snapshot_preview1\" \"proc_exit\" (func (param i32)))
        (data (i32.const 8) \"hello\") (table 2 funcref) (elem (i32.const 0) func $w) (global (mut i32) (i32.const 1))
        (type (func (param f64 v128))) (func (param i32) (loop (br_if 0 (local.get 0))))";
    let lifted = "(component
        (import \"wasi:cli/stdout@0.2.12\" (instance (export \"f\" (func))))
        (core module $m (memory (export \"m\") 1) (func (export \"f\") (param i32 i32) (result i32) (i32.const 0))
            (func (export \"r\") (param i32 i32 i32 i32) (result i32) (i32.const 0)))
        (core instance $i (instantiate $m))
        (type $r (record (field \"a\" (list string)) (field \"b\" (option (result u8 (error f64))))))
        (export $r2 \"r\" (type $r))
        (type $p (resource (rep i32)))
        (core func (canon resource.new $p))
        (func (export \"f\") (param \"p\" string) (result string)
            (canon lift (core func $i \"f\") (memory $i \"m\") (realloc (func $i \"r\")))))";
    let nested = "(component
        (component $a (type $t (func)) (core module $m (func (export \"f\"))) (core instance $i (instantiate $m))
            (func $f (canon lift (core func $i \"f\"))) (export \"f\" (func $f)))
        (instance $x (instantiate $a)) (alias export $x \"f\" (func $g))
        (component $b (import \"g\" (func)) (export \"h\" (func 0)))
        (instance $y (instantiate $b (with \"g\" (func $g)))) (export \"y\" (instance $y)))";
    let module = command(hello);
    let adapted = Source::new(module.clone()).unwrap().component().to_vec();
    vec![module, adapted, wasm(lifted), wasm(nested)]
}

/// How many mutants stand for one in an ordinary run: `just soak` makes ten thousand of them.
fn times() -> u64 {
    std::env::var("TOLLGATE_MUTANTS").map_or(1, |text| text.parse().unwrap())
}

/// Loads `count` mutants of `seeds`, and says how many were taken.
fn mutate(seeds: &[Vec<u8>], count: u64, start: u64) -> u64 {
    let engine: Engine<RunProfile> = Engine::new().unwrap();
    for seed in seeds {
        load(&engine, seed).unwrap();
    }
    let mut taken = 0;
    for number in 0..count {
        let mut dice = Dice((start + number).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let mut bytes = seeds[dice.below(seeds.len())].clone();
        for _ in 0..=dice.below(3) {
            dice.change(&mut bytes, seeds);
        }
        let before = cpu();
        let result = catch_unwind(AssertUnwindSafe(|| load(&engine, &bytes)));
        let took = cpu() - before;
        let Ok(result) = result else {
            panic!(
                "mutant {number} from {start} ends the host; it begins {:?}",
                &bytes[..64.min(bytes.len())]
            )
        };
        taken += u64::from(result.is_ok());
        assert!(took < CPU, "mutant {number} from {start} takes {took:?}");
    }
    // Whatever the mutants were, the engine is as it was.
    for seed in seeds {
        load(&engine, seed).unwrap();
    }
    taken
}

#[test]
fn i37_i38_seventeen_hundred_mutants_of_small_components_are_refused_or_load() {
    let seeds = small();
    let count = 850 * times();
    let (headers, codes) = (
        mutate(&seeds, count, 1),
        mutate(&seeds[1..3], count, 1_000_000),
    );
    let (taken, tried) = (headers + codes, 2 * count);
    assert!(
        (tried / 34..tried - tried / 34).contains(&taken),
        "{taken} of {tried} were taken: the mutants are too wild or too tame"
    );
}

#[test]
fn i37_i38_three_hundred_mutants_of_guests_are_refused_or_load() {
    let seeds = [guests::HELLO, guests::CALLS, guests::EXIT].map(|guest| fs::read(guest).unwrap());
    mutate(&seeds, 300 * times(), 2_000_000);
}
