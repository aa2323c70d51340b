//! Whether a value is the one that is asserted.

use wasmtime::Val;
use wast::core::{NanPattern, V128Pattern, WastRetCore};
use wast::token::{F32, F64};

const CANONICAL_32: u32 = 0x7fc0_0000;
const CANONICAL_64: u64 = 0x7ff8_0000_0000_0000;

/// None for kinds of values that are not compared here.
pub(crate) fn matches(value: &Val, expected: &WastRetCore<'_>) -> Option<bool> {
    Some(match (value, expected) {
        (Val::I32(value), WastRetCore::I32(expected)) => value == expected,
        (Val::I64(value), WastRetCore::I64(expected)) => value == expected,
        (Val::F32(bits), WastRetCore::F32(expected)) => single(*bits, expected),
        (Val::F64(bits), WastRetCore::F64(expected)) => double(*bits, expected),
        (Val::V128(value), WastRetCore::V128(expected)) => {
            vector(value.as_u128().to_le_bytes(), expected)
        }
        (Val::FuncRef(value), WastRetCore::RefNull(_)) => value.is_none(),
        (Val::FuncRef(value), WastRetCore::RefFunc(_)) => value.is_some(),
        (value, WastRetCore::Either(choices)) => {
            for choice in choices {
                if matches(value, choice)? {
                    return Some(true);
                }
            }
            false
        }
        _ => return None,
    })
}

fn single(bits: u32, expected: &NanPattern<F32>) -> bool {
    match expected {
        NanPattern::CanonicalNan => bits & !(1 << 31) == CANONICAL_32,
        NanPattern::ArithmeticNan => bits & CANONICAL_32 == CANONICAL_32,
        NanPattern::Value(value) => bits == value.bits,
    }
}

fn double(bits: u64, expected: &NanPattern<F64>) -> bool {
    match expected {
        NanPattern::CanonicalNan => bits & !(1 << 63) == CANONICAL_64,
        NanPattern::ArithmeticNan => bits & CANONICAL_64 == CANONICAL_64,
        NanPattern::Value(value) => bits == value.bits,
    }
}

fn vector(bytes: [u8; 16], expected: &V128Pattern) -> bool {
    fn lanes<const N: usize>(bytes: &[u8; 16]) -> impl Iterator<Item = [u8; N]> {
        bytes.chunks_exact(N).map(|lane| lane.try_into().unwrap())
    }
    match expected {
        V128Pattern::I8x16(lane) => lanes(&bytes).map(i8::from_le_bytes).eq(*lane),
        V128Pattern::I16x8(lane) => lanes(&bytes).map(i16::from_le_bytes).eq(*lane),
        V128Pattern::I32x4(lane) => lanes(&bytes).map(i32::from_le_bytes).eq(*lane),
        V128Pattern::I64x2(lane) => lanes(&bytes).map(i64::from_le_bytes).eq(*lane),
        V128Pattern::F32x4(lane) => lanes(&bytes)
            .map(u32::from_le_bytes)
            .zip(lane)
            .all(|(bits, lane)| single(bits, lane)),
        V128Pattern::F64x2(lane) => lanes(&bytes)
            .map(u64::from_le_bytes)
            .zip(lane)
            .all(|(bits, lane)| double(bits, lane)),
    }
}
