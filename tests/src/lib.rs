//! What tests across crates share: the guests, the binary with a hard end to its patience, and the audit log as an
//! outsider reads it.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "test support: what goes wrong here ends the test, and the panic says why"
)]

pub mod commands;
mod log;
pub mod packages;
pub mod printed;
mod process;
mod repository;
mod scene;

/// The guests of `components/`, built for wasm32-wasip2.
pub mod guests {
    include!(concat!(env!("OUT_DIR"), "/guests.rs"));
}

pub use log::{Owned, Record, parse_log, parse_owned};
pub use process::{Finished, Program, Running};
pub use repository::{cargo_metadata, repository};
pub use scene::{GuestRun, Scene, chosen_binary};

/// A [`Scene`] around the binary that cargo built for this test.
#[macro_export]
macro_rules! scene {
    () => {
        $crate::Scene::new(env!("CARGO_BIN_EXE_tollgate"))
    };
}
