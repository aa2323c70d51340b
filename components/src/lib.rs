//! What the guests share: the bindings of everything that the host provides, and how outcomes are printed.
//!
//! The guests are programs that a test can read: each line that one prints says what was done and what came of it, in
//! the words of the interface. None of them reports by panicking, so that a trap is always the one that was asked for.

pub mod control;
pub mod driver;
pub mod net;
pub mod p3;
pub mod text;
pub mod tour;
pub mod web;
pub mod words;

/// The bindings of every interface that the host links, whatever is granted. A guest imports only what it calls.
pub mod host {
    wit_bindgen::generate!({
        path: ["../wit/bridge", "../wit"],
        world: "tollgate:host/everything",
        generate_all,
        features: ["network-error-code"],
    });
}

pub use words::Case;

/// Prints one line, and goes on when standard output is closed: a denied stream must not turn into a panic.
#[macro_export]
macro_rules! say {
    ($($format:tt)*) => {{
        use ::std::io::Write as _;
        let _closed = writeln!(::std::io::stdout(), $($format)*);
    }};
}

/// Prints what an operation came to: `NAME: ok VALUE` or `NAME: error CASE`.
pub fn report<T: std::fmt::Display, E: Case>(name: &str, result: Result<T, E>) {
    match result {
        Ok(value) => {
            let value = value.to_string();
            if value.is_empty() {
                say!("{name}: ok")
            } else {
                say!("{name}: ok {value}")
            }
        }
        Err(error) => say!("{name}: error {}", error.case()),
    }
}
