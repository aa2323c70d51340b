//! See `tollgate_fuzz::audit_stream`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tollgate_fuzz::audit_stream::check(data));
