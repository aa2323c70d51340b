//! `wasi:cli/terminal-…`, of each version of WASI: handles without functions.

#[cfg(feature = "wasi-p3")]
use tollgate_world::p3::wasi::cli as cli_p3;
use tollgate_world::wasi::cli;

/// A terminal's handle.
pub(crate) struct Terminal;

/// The five interfaces, which are the same but for their version.
macro_rules! terminals {
    ($cli:ident) => {
        use tollgate_capability::output::Output;
        use wasmtime::component::Resource;

        use super::{Terminal, $cli};
        use crate::view::View;
        use $cli::{
            terminal_input, terminal_output, terminal_stderr, terminal_stdin, terminal_stdout,
        };

        impl terminal_input::Host for View<'_> {}

        impl terminal_input::HostTerminalInput for View<'_> {
            async fn drop(
                &mut self,
                handle: Resource<terminal_input::TerminalInput>,
            ) -> wasmtime::Result<()> {
                self.take::<_, Terminal>(&handle).map(drop)
            }
        }

        impl terminal_output::Host for View<'_> {}

        impl terminal_output::HostTerminalOutput for View<'_> {
            async fn drop(
                &mut self,
                handle: Resource<terminal_output::TerminalOutput>,
            ) -> wasmtime::Result<()> {
                self.take::<_, Terminal>(&handle).map(drop)
            }
        }

        impl terminal_stdin::Host for View<'_> {
            async fn get_terminal_stdin(
                &mut self,
            ) -> wasmtime::Result<Option<Resource<terminal_input::TerminalInput>>> {
                self.terminal_in()
            }
        }

        impl terminal_stdout::Host for View<'_> {
            async fn get_terminal_stdout(
                &mut self,
            ) -> wasmtime::Result<Option<Resource<terminal_output::TerminalOutput>>> {
                self.terminal_out(Output::Stdout)
            }
        }

        impl terminal_stderr::Host for View<'_> {
            async fn get_terminal_stderr(
                &mut self,
            ) -> wasmtime::Result<Option<Resource<terminal_output::TerminalOutput>>> {
                self.terminal_out(Output::Stderr)
            }
        }
    };
}

mod usual {
    terminals!(cli);
}

#[cfg(feature = "wasi-p3")]
mod p3 {
    terminals!(cli_p3);
}
