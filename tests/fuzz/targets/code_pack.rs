//! See `tollgate_fuzz::code_pack`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tollgate_fuzz::code_pack::check(data));
