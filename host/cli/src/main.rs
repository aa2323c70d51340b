//! The `tollgate` command: words, tables and exit codes over the crates beneath it.
//!
//! Whatever reads the process's environment, opens files by path, or waits for signals stands in `host/`; the rest
//! works on values.

mod args;

mod commands;
mod exit;
mod host;
mod policy;
mod report;
mod terminal;

use std::process::ExitCode;

fn main() -> ExitCode {
    tollgate_engine::worker::run_if_worker();
    terminal::panic::install();
    let args = args::Args::of(&host::environment::words());
    match commands::dispatch(args) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            terminal::table::complain(&failure.to_string());
            ExitCode::from(failure.code())
        }
    }
}
