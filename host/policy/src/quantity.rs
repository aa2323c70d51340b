//! Sizes, durations and counts as people write them: `64MiB`, `1500ms`, `4096`.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

use crate::suggest::Suggestion;

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const TIB: u64 = 1 << 40;

/// What a limit counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes: `64MiB`, `512KiB`, `1000`.
    Bytes,
    /// Time, kept in milliseconds: `100ms`, `5s`, `2m`, `1h`.
    Time,
    /// A plain number.
    Count,
}

/// A text that is no quantity of its unit.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum QuantityError {
    /// It does not begin with digits.
    #[error("{} stands here", wanted(*.0))]
    NotANumber(Unit),
    /// The letters after the digits are no unit of this kind.
    #[error("`{suffix}` is no unit here: {} stands here{suggestion}", wanted(*.unit))]
    Suffix {
        /// What is counted.
        unit: Unit,
        /// The letters.
        suffix: String,
        /// The whole text as it may have been meant.
        suggestion: Suggestion,
    },
    /// Nothing would be left to run with.
    #[error("zero is no limit; leave the limit out to have its default")]
    Zero,
    /// It is larger than the limit can be.
    #[error("at most {} can be stated", Shown(*.unit, *.largest))]
    TooLarge {
        /// What is counted.
        unit: Unit,
        /// The largest value.
        largest: u64,
    },
}

const fn wanted(unit: Unit) -> &'static str {
    match unit {
        Unit::Bytes => "a number of bytes, as in `64MiB`, `512KiB` or `1000`,",
        Unit::Time => "a time, as in `100ms`, `5s` or `2m`,",
        Unit::Count => "a plain number",
    }
}

/// Reads a quantity, of at most `largest` in the unit's own measure (bytes, milliseconds, ones).
///
/// # Errors
///
/// When `text` is no quantity of `unit`, is zero, or exceeds `largest`.
pub(crate) fn parse(unit: Unit, text: &str, largest: u64) -> Result<u64, QuantityError> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, suffix) = text.split_at(digits);
    if number.is_empty() {
        return Err(QuantityError::NotANumber(unit));
    }
    let factor = factor(unit, suffix).ok_or_else(|| unknown_suffix(unit, number, suffix))?;
    // More digits than fit are simply too large, as is a product that overflows.
    let value = number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(factor));
    check(unit, value.unwrap_or(u64::MAX), largest)
}

/// Checks a quantity that is already a number in the unit's own measure.
pub(crate) fn check(unit: Unit, value: u64, largest: u64) -> Result<u64, QuantityError> {
    match value {
        0 => Err(QuantityError::Zero),
        value if value > largest => Err(QuantityError::TooLarge { unit, largest }),
        value => Ok(value),
    }
}

fn factor(unit: Unit, suffix: &str) -> Option<u64> {
    match (unit, suffix) {
        (Unit::Bytes, "" | "B") | (Unit::Time, "ms") | (Unit::Count, "") => Some(1),
        (Unit::Bytes, "KiB") => Some(KIB),
        (Unit::Bytes, "MiB") => Some(MIB),
        (Unit::Bytes, "GiB") => Some(GIB),
        (Unit::Bytes, "TiB") => Some(TIB),
        (Unit::Time, "s") => Some(1_000),
        (Unit::Time, "m") => Some(60_000),
        (Unit::Time, "h") => Some(3_600_000),
        (Unit::Bytes | Unit::Time | Unit::Count, _) => None,
    }
}

fn unknown_suffix(unit: Unit, number: &str, suffix: &str) -> QuantityError {
    let likely = match (unit, suffix.to_ascii_lowercase().as_str()) {
        (Unit::Bytes, "k" | "kb" | "kib") => Some("KiB"),
        (Unit::Bytes, "m" | "mb" | "mib") => Some("MiB"),
        (Unit::Bytes, "g" | "gb" | "gib") => Some("GiB"),
        (Unit::Bytes, "t" | "tb" | "tib") => Some("TiB"),
        (Unit::Time, "" | "sec" | "secs" | "second" | "seconds") => Some("s"),
        (Unit::Time, "min" | "mins" | "minute" | "minutes") => Some("m"),
        (Unit::Time, "hour" | "hours") => Some("h"),
        (Unit::Bytes | Unit::Time | Unit::Count, _) => None,
    };
    QuantityError::Suffix {
        unit,
        suffix: crate::suggest::shortened(suffix),
        suggestion: likely
            .filter(|_| number.len() <= 20)
            .map_or_else(Suggestion::default, |likely| {
                Suggestion::of(format!("{number}{likely}"))
            }),
    }
}

/// A value in its unit, in the form that reads back: the largest suffix that leaves no remainder.
pub(crate) struct Shown(pub(crate) Unit, pub(crate) u64);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(unit, value) = *self;
        let steps: &[(u64, &str)] = match unit {
            Unit::Bytes => &[
                (TIB, "TiB"),
                (GIB, "GiB"),
                (MIB, "MiB"),
                (KIB, "KiB"),
                (1, ""),
            ],
            Unit::Time => &[(3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")],
            Unit::Count => &[(1, "")],
        };
        let step = steps
            .iter()
            .find(|(size, _)| value != 0 && value % size == 0);
        let (size, suffix) = step.copied().unwrap_or((1, ""));
        f.pad(&format!("{}{suffix}", value / size))
    }
}

/// A time that was kept in milliseconds.
pub(crate) const fn time(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Result<u64, QuantityError> {
        parse(Unit::Bytes, text, 1 << 50)
    }

    #[test]
    fn sizes_times_and_counts_are_read() {
        assert_eq!(bytes("64MiB"), Ok(64 << 20));
        assert_eq!(bytes("1GiB"), Ok(1 << 30));
        assert_eq!(bytes("512KiB"), Ok(512 << 10));
        assert_eq!(bytes("1000"), Ok(1000));
        assert_eq!(bytes("7B"), Ok(7));
        assert_eq!(parse(Unit::Time, "100ms", u64::MAX), Ok(100));
        assert_eq!(parse(Unit::Time, "5s", u64::MAX), Ok(5_000));
        assert_eq!(parse(Unit::Time, "2m", u64::MAX), Ok(120_000));
        assert_eq!(parse(Unit::Count, "42", u64::MAX), Ok(42));
    }

    #[test]
    fn zero_overflow_and_nonsense_are_errors() {
        assert_eq!(bytes("0"), Err(QuantityError::Zero));
        assert_eq!(bytes("0MiB"), Err(QuantityError::Zero));
        let too_large = QuantityError::TooLarge {
            unit: Unit::Bytes,
            largest: 1 << 50,
        };
        for text in [
            "99999999999999999999",
            "18446744073709551615",
            "18446744073709551615TiB",
        ] {
            assert_eq!(bytes(text), Err(too_large.clone()), "{text}");
        }
        for text in [
            "", "MiB", "-1", "+1", " 1", "1.5GiB", "1 GiB", "1e9", "0x10", "1_000", "²",
        ] {
            assert!(bytes(text).is_err(), "{text}");
        }
        assert!(parse(Unit::Count, "4k", u64::MAX).is_err());
        assert!(parse(Unit::Time, "5", u64::MAX).is_err());
    }

    #[test]
    fn a_likely_unit_is_suggested() {
        let error = bytes("64MB").map_err(|error| error.to_string());
        assert_eq!(
            error,
            Err(
                "`MB` is no unit here: a number of bytes, as in `64MiB`, `512KiB` or `1000`, \
                 stands here; did you mean `64MiB`?"
                    .to_owned()
            )
        );
    }

    #[test]
    fn what_is_shown_reads_back() {
        for (unit, value) in [
            (Unit::Bytes, 1),
            (Unit::Bytes, 1536),
            (Unit::Bytes, 64 << 20),
            (Unit::Time, 1_500),
            (Unit::Time, 60_000),
            (Unit::Count, 1024),
        ] {
            let shown = Shown(unit, value).to_string();
            assert_eq!(parse(unit, &shown, u64::MAX), Ok(value), "{shown}");
        }
    }
}
