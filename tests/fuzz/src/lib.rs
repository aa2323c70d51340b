//! Fuzz targets, one per decoder. Each is a plain function with seeds, so that it also runs as a test: a fuzzer finds
//! new inputs, the test keeps the properties true on the ones that are known.
//!
//! "It does not panic" is the least of the properties. Where there is a round trip, a model or an original to compare
//! with, the target holds the decoder to that, since a parser that quietly takes the wrong meaning is the worse bug.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    reason = "a property that does not hold must stop the fuzzer, which reports the input; logs are files of its own"
)]

mod globs;
mod samples;

pub mod audit_head;
pub mod audit_stream;
pub mod audit_tamper;
#[cfg(feature = "engine")]
pub mod code_pack;
#[cfg(feature = "engine")]
pub mod core_abi;
pub mod frames;
pub mod grants;
#[cfg(feature = "engine")]
pub mod invoke;
pub mod paths;
pub mod patterns;
pub mod policy_file;
pub mod protocol;
#[cfg(feature = "engine")]
pub mod source;

/// A fuzz target.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name, which is that of the fuzzer.
    pub name: &'static str,
    /// Holds the decoder to its property.
    ///
    /// Panics when it does not hold.
    pub check: fn(&[u8]),
    /// Inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

macro_rules! targets {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {
        /// Every target.
        pub const TARGETS: &[Target] = &[
            $($(#[$meta])* Target { name: stringify!($name), check: $name::check, seeds: $name::seeds }),+
        ];
    };
}

targets! {
    policy_file,
    protocol,
    frames,
    grants,
    patterns,
    audit_stream,
    audit_tamper,
    audit_head,
    paths,
    #[cfg(feature = "engine")]
    source,
    #[cfg(feature = "engine")]
    invoke,
    #[cfg(feature = "engine")]
    code_pack,
    #[cfg(feature = "engine")]
    core_abi,
}

/// Calls `check` with each seed of a target, and with `rounds` changed ones, the same in every run of `seed`.
///
/// # Panics
///
/// When the property does not hold.
pub fn shake(target: &Target, rounds: u64, seed: u64) {
    let seeds = (target.seeds)();
    for input in &seeds {
        (target.check)(input);
    }
    let mut dice = Dice(seed | 1);
    for _ in 0..rounds {
        let mut input = dice.pick(&seeds).cloned().unwrap_or_default();
        for _ in 0..=dice.below(4) {
            dice.change(&mut input, &seeds);
        }
        (target.check)(&input);
    }
}

/// Numbers that look random and are the same each time (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let range = u64::try_from(end.max(1)).expect("a length fits 64 bits");
        usize::try_from(self.0 % range).expect("it is smaller than a length")
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    fn change(&mut self, input: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let at = self.below(input.len() + 1);
        let end = (at + self.below(16)).min(input.len());
        match self.below(6) {
            0 => {
                let bit = self.below(8);
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << bit;
                }
            }
            1 => {
                let byte = u8::try_from(self.below(256)).unwrap_or(0);
                input.insert(at, byte);
            }
            2 => drop(input.drain(at..end)),
            3 => input.truncate(at),
            4 => {
                let copied = input.get(at..end).unwrap_or_default().to_vec();
                let to = self.below(input.len() + 1);
                input.splice(to..to, copied);
            }
            _ => {
                let other = self.pick(seeds).cloned().unwrap_or_default();
                let from = self.below(other.len());
                input.truncate(at);
                input.extend(other.iter().skip(from));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_holds_on_its_seeds_and_on_what_they_become() {
        for target in TARGETS {
            shake(target, 1_000, 0x5eed);
        }
    }

    #[test]
    fn every_target_has_seeds() {
        for target in TARGETS {
            assert!((target.seeds)().len() > 2, "{}", target.name);
        }
    }
}
