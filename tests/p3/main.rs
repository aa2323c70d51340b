//! WASI 0.3 through the real binary.

mod programs;
