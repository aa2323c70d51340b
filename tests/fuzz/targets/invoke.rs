//! See `tollgate_fuzz::invoke`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tollgate_fuzz::invoke::check(data));
