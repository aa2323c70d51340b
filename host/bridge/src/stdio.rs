//! `wasi:cli` standard streams and terminals.

use bytes::Bytes;
use tollgate_capability::output::{CHUNK_BYTES, Output};
use tollgate_policy::{Operation, Permit, Stdio};
use tollgate_world::wasi::cli::{
    stderr, stdin, stdout, terminal_input, terminal_output, terminal_stderr, terminal_stdin, terminal_stdout,
};
use wasmtime::component::Resource;
use wasmtime_wasi::cli::{IsTerminal as _, StdinStream as _};
use wasmtime_wasi::p2::pipe::MemoryInputPipe;
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, StreamError, StreamResult};

use crate::guest::{Input, STDERR, STDOUT};
use crate::streams::{GatedInput, GatedOutput, Sink, Source};
use crate::view::View;

struct Stdin(DynInputStream);

#[async_trait::async_trait]
impl Source for Stdin {
    const IMPORT: &'static str = "wasi:cli/stdin#get-stdin";

    fn operation(&self) -> Operation<'_> {
        Operation::Stdio { stream: Stdio::Stdin }
    }

    fn denied(&self) -> (StreamError, &'static str) {
        (StreamError::Closed, "closed")
    }

    fn failed(&self) -> &'static str {
        "last-operation-failed"
    }

    fn read(&mut self, size: usize, permit: Permit) -> StreamResult<Bytes> {
        drop(permit);
        self.0.read(size)
    }

    async fn ready(&mut self) {
        self.0.ready().await;
    }
}

struct Printed {
    output: Output,
    stream: Stdio,
}

#[async_trait::async_trait]
impl Sink for Printed {
    const IMPORT: &'static str = "wasi:io/streams#[method]output-stream.write";
    const METERED: bool = true;

    fn operation(&self) -> Operation<'_> {
        Operation::Stdio { stream: self.stream }
    }

    fn denied(&self) -> (StreamError, &'static str) {
        (StreamError::Closed, "closed")
    }

    fn failed(&self) -> &'static str {
        "last-operation-failed"
    }

    fn capacity(&mut self) -> usize {
        if self.output.writable() { CHUNK_BYTES } else { 0 }
    }

    fn write(&mut self, bytes: &[u8], permit: Permit) -> StreamResult<usize> {
        match self.output.write(bytes, permit) {
            Ok(written) => Ok(written),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => Ok(0),
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Err(StreamError::Closed),
            Err(_) => Err(StreamError::LastOperationFailed(wasmtime::format_err!("the stream cannot be written"))),
        }
    }

    async fn ready(&mut self) {
        self.output.ready().await;
    }
}

impl View<'_> {
    fn printed(&mut self, output: Output, stream: Stdio) -> wasmtime::Result<Resource<DynOutputStream>> {
        let gated: DynOutputStream = Box::new(GatedOutput::new(self.gate.clone(), Printed { output, stream }));
        Ok(self.table.push(gated)?)
    }

    fn shows(&self, stream: Stdio) -> bool {
        self.gate.permits(&Operation::Stdio { stream })
    }

    fn terminal<T: 'static>(&mut self, is_terminal: bool) -> wasmtime::Result<Option<Resource<T>>> {
        is_terminal.then(|| self.put(Terminal)).transpose()
    }
}

impl stdin::Host for View<'_> {
    async fn get_stdin(&mut self) -> wasmtime::Result<Resource<DynInputStream>> {
        let source: DynInputStream = match &self.given.stdin {
            Input::Inherit => wasmtime_wasi::cli::stdin().p2_stream(),
            Input::Bytes(bytes) => Box::new(MemoryInputPipe::new(bytes.clone())),
        };
        let gated: DynInputStream = Box::new(GatedInput::new(self.gate.clone(), Stdin(source)));
        Ok(self.table.push(gated)?)
    }
}

impl stdout::Host for View<'_> {
    async fn get_stdout(&mut self) -> wasmtime::Result<Resource<DynOutputStream>> {
        self.printed(STDOUT, Stdio::Stdout)
    }
}

impl stderr::Host for View<'_> {
    async fn get_stderr(&mut self) -> wasmtime::Result<Resource<DynOutputStream>> {
        self.printed(STDERR, Stdio::Stderr)
    }
}

/// A terminal's handle: it has no functions.
struct Terminal;

impl terminal_input::Host for View<'_> {}

impl terminal_input::HostTerminalInput for View<'_> {
    async fn drop(&mut self, handle: Resource<terminal_input::TerminalInput>) -> wasmtime::Result<()> {
        self.take::<_, Terminal>(&handle).map(drop)
    }
}

impl terminal_output::Host for View<'_> {}

impl terminal_output::HostTerminalOutput for View<'_> {
    async fn drop(&mut self, handle: Resource<terminal_output::TerminalOutput>) -> wasmtime::Result<()> {
        self.take::<_, Terminal>(&handle).map(drop)
    }
}

impl terminal_stdin::Host for View<'_> {
    async fn get_terminal_stdin(&mut self) -> wasmtime::Result<Option<Resource<terminal_input::TerminalInput>>> {
        let inherited = self.given.stdin == Input::Inherit && self.shows(Stdio::Stdin);
        self.terminal(inherited && wasmtime_wasi::cli::stdin().is_terminal())
    }
}

impl terminal_stdout::Host for View<'_> {
    async fn get_terminal_stdout(&mut self) -> wasmtime::Result<Option<Resource<terminal_output::TerminalOutput>>> {
        self.terminal(self.shows(Stdio::Stdout) && STDOUT.is_terminal())
    }
}

impl terminal_stderr::Host for View<'_> {
    async fn get_terminal_stderr(&mut self) -> wasmtime::Result<Option<Resource<terminal_output::TerminalOutput>>> {
        self.terminal(self.shows(Stdio::Stderr) && STDERR.is_terminal())
    }
}
