//! See `tollgate_fuzz::core_abi`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tollgate_fuzz::core_abi::check(data));
