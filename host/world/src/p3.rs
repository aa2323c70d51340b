//! WASI 0.3: `bindgen!` and nothing else.
//!
//! What hands out a stream or takes one gets at the store (`store`); functions that are asynchronous in the WIT get at
//! it step by step, so that several are under way at once.

mod generated {
    #![allow(missing_docs, unreachable_pub, clippy::all, reason = "generated code")]

    /// `wasi:filesystem/types.error-code`, or the end of the guest.
    pub type FilesystemFailure = crate::Failure<wasi::filesystem::types::ErrorCode>;

    wasmtime::component::bindgen!({
        path: "../../wit/p3",
        world: "tollgate:host-p3/command",
        imports: {
            "wasi:cli/stdin": store | trappable,
            "wasi:cli/stdout": store | trappable,
            "wasi:cli/stderr": store | trappable,
            "wasi:filesystem/types.[method]descriptor.read-via-stream": store | trappable,
            "wasi:filesystem/types.[method]descriptor.write-via-stream": store | trappable,
            "wasi:filesystem/types.[method]descriptor.append-via-stream": store | trappable,
            "wasi:filesystem/types.[method]descriptor.read-directory": store | trappable,
            default: async | trappable,
        },
        exports: { default: async },
        require_store_data_send: true,
        trappable_error_type: {
            "wasi:filesystem/types.error-code" => FilesystemFailure,
        },
    });
}

pub use generated::{FilesystemFailure, wasi};
