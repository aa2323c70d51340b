//! The engine's own time: the epochs that give the host its turn, and how long a run took.
#![expect(
    clippy::disallowed_methods,
    reason = "the engine measures its own work; no guest sees these readings"
)]

mod budgets;
mod control;
mod stopwatch;
mod ticker;

pub(crate) use budgets::{Taken, timed};
pub use control::Control;
pub(crate) use stopwatch::Stopwatch;
pub(crate) use ticker::{TICK_MS, Ticker, TickerHandle, Ticking};
