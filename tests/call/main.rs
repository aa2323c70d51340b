//! `tollgate call` and `tollgate tools` by the binary: words and exit codes, what is printed where, and what the log says.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod calls;
mod listed;
mod support;
mod words;
