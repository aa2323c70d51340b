//! Bindings of every WIT world that Tollgate serves: `bindgen!` and nothing else.
//!
//! The source is `wit/`, world `tollgate:host/command`. This crate is slow to compile and seldom edited;
//! it knows nothing of policy, gate or guests. The resources that our host side owns (descriptors, sockets,
//! terminals) stay bare markers here: `tollgate-bridge` keeps its own values behind their handles. Streams,
//! pollables and stream errors are wasmtime-wasi's, and so are the types of `wasi:http`, which touch nothing outside.

/// The outcome of a host function that fails in two ways: with the interface's own error, or by ending the guest.
///
/// `?` turns an error code of the interface into the first, [`Failure::trap`] makes the second.
#[derive(Debug)]
pub enum Failure<E> {
    /// The interface's own error, handed to the guest.
    Code(E),
    /// The guest ends; it never sees this.
    Trap(wasmtime::Error),
}

impl<E> Failure<E> {
    /// Ends the guest with `error`.
    pub fn trap(error: impl Into<wasmtime::Error>) -> Self {
        Self::Trap(error.into())
    }

    /// Splits the two outcomes the way that a generated `convert_…` function wants them.
    ///
    /// # Errors
    ///
    /// The error that ends the guest.
    pub fn into_code(self) -> wasmtime::Result<E> {
        match self {
            Self::Code(code) => Ok(code),
            Self::Trap(error) => Err(error),
        }
    }
}

impl<E> From<E> for Failure<E> {
    fn from(code: E) -> Self {
        Self::Code(code)
    }
}

mod generated {
    #![allow(missing_docs, unreachable_pub, clippy::all, reason = "generated code")]

    /// `wasi:filesystem/types.error-code`, or the end of the guest.
    pub type FilesystemFailure = crate::Failure<wasi::filesystem::types::ErrorCode>;
    /// `wasi:sockets/network.error-code`, or the end of the guest.
    pub type SocketFailure = crate::Failure<wasi::sockets::network::ErrorCode>;

    wasmtime::component::bindgen!({
        path: ["../../wit/bridge", "../../wit"],
        world: "tollgate:host/command",
        imports: { default: async | trappable },
        exports: { default: async },
        trappable_error_type: {
            "wasi:filesystem/types.error-code" => FilesystemFailure,
            "wasi:sockets/network.error-code" => SocketFailure,
        },
        with: {
            "wasi:io": wasmtime_wasi::p2::bindings::io,
            "wasi:http/types": wasmtime_wasi_http::p2::bindings::http::types,
        },
    });
}

pub use generated::{Command, CommandPre, FilesystemFailure, SocketFailure, tollgate, wasi};

/// Bindings of WASI 0.3, from the world `tollgate:host-p3/command`.
#[cfg(feature = "wasi-p3")]
pub mod p3;
