//! See `tollgate_fuzz::audit_head`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tollgate_fuzz::audit_head::check(data));
