//! Filling a linker with WASI 0.3: every interface of its world, one line each.

use tollgate_world::p3::wasi::{cli, clocks, filesystem, random};
use wasmtime::component::Linker;

use crate::guest::Guest;
use crate::view::Bridge;

pub(crate) fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    cli::types::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    cli::environment::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    cli::exit::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    cli::stdin::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    cli::stdout::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    cli::stderr::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    cli::terminal_input::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    cli::terminal_output::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    cli::terminal_stdin::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    cli::terminal_stdout::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    cli::terminal_stderr::add_to_linker::<_, Bridge>(linker, Guest::view)?;

    clocks::types::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    clocks::system_clock::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    clocks::monotonic_clock::add_to_linker::<_, Bridge>(linker, Guest::view)?;

    filesystem::types::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    filesystem::preopens::add_to_linker::<_, Bridge>(linker, Guest::view)?;

    random::random::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    random::insecure::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    random::insecure_seed::add_to_linker::<_, Bridge>(linker, Guest::view)
}
