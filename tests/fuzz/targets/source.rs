//! See `tollgate_fuzz::source`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tollgate_fuzz::source::check(data));
