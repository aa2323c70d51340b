//! See `tollgate_fuzz::policy_file`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tollgate_fuzz::policy_file::check(data));
