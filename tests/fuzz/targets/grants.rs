//! See `tollgate_fuzz::grants`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tollgate_fuzz::grants::check(data));
