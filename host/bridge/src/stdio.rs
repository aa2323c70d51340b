//! `wasi:cli` standard streams.

use bytes::Bytes;
use tollgate_capability::input;
use tollgate_capability::output::{CHUNK_BYTES, Output as Own};
use tollgate_policy::{Operation, Permit, Stdio};
use tollgate_world::wasi::cli::{stderr, stdin, stdout};
use wasmtime::component::Resource;
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, StreamError, StreamResult};

use crate::given::{Input, Output};
use crate::live::{Channel, Read};
use crate::streams::{self, GatedInput, GatedOutput, Sink, Source};
use crate::terminals::Terminal;
use crate::view::View;

const READ: &str = "wasi:io/streams#[method]input-stream.read";
const WRITE: &str = "wasi:io/streams#[method]output-stream.write";

pub(crate) struct Stdin(pub(crate) Input);

impl Stdin {
    fn failed_read(_: std::io::Error) -> StreamError {
        StreamError::LastOperationFailed(wasmtime::format_err!("the stream cannot be read"))
    }
}

#[async_trait::async_trait]
impl Source for Stdin {
    fn import(&self) -> &'static str {
        READ
    }

    fn operation(&self) -> Operation<'_> {
        Operation::Stdio {
            stream: Stdio::Stdin,
        }
    }

    fn denied(&self) -> (StreamError, &'static str) {
        (StreamError::Closed, "closed")
    }

    fn failed(&self) -> &'static str {
        "last-operation-failed"
    }

    fn read(&mut self, size: usize, permit: Permit) -> StreamResult<Bytes> {
        let read = match &mut self.0 {
            Input::Inherit => input::read(size, permit).map_err(Self::failed_read)?,
            Input::Bytes(bytes) => Some(bytes.split_to(size.min(bytes.len()))),
            Input::Pipe(pipe) => {
                drop(permit);
                match pipe.read(size) {
                    Read::Bytes(bytes) => Some(bytes),
                    Read::Nothing => None,
                    Read::End => Some(Bytes::new()),
                }
            }
        };
        match read {
            None => Ok(Bytes::new()),
            Some(bytes) if bytes.is_empty() => Err(StreamError::Closed),
            Some(bytes) => Ok(bytes),
        }
    }

    async fn ready(&mut self) {
        match &self.0 {
            Input::Inherit => input::ready().await,
            Input::Bytes(_) => tokio::task::yield_now().await,
            Input::Pipe(pipe) => {
                // Whoever fills the pipe may share the runtime with a guest that polls in a loop.
                tokio::task::yield_now().await;
                pipe.ready().await;
            }
        }
    }
}

pub(crate) struct Printed {
    output: Output,
    own: Own,
    stream: Stdio,
}

#[async_trait::async_trait]
impl Sink for Printed {
    const METERED: bool = true;

    fn import(&self) -> &'static str {
        WRITE
    }

    fn operation(&self) -> Operation<'_> {
        Operation::Stdio {
            stream: self.stream,
        }
    }

    fn denied(&self) -> (StreamError, &'static str) {
        (StreamError::Closed, "closed")
    }

    fn failed(&self) -> &'static str {
        "last-operation-failed"
    }

    fn capacity(&mut self) -> usize {
        match self.output {
            Output::Inherit if self.own.writable() => CHUNK_BYTES,
            Output::Inherit => 0,
            Output::Discard | Output::Capture(_) => streams::CHUNK_BYTES,
            Output::Queue(ref queue) => queue.room(),
        }
    }

    fn write(&mut self, bytes: &[u8], permit: Permit) -> StreamResult<usize> {
        match self.print(bytes, permit) {
            Ok(written) => Ok(written),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => Ok(0),
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {
                Err(StreamError::Closed)
            }
            Err(_) => Err(StreamError::LastOperationFailed(wasmtime::format_err!(
                "the stream cannot be written"
            ))),
        }
    }

    async fn ready(&mut self) {
        match self.output {
            Output::Inherit => self.own.ready().await,
            // As with bytes of input: a guest that polls in a loop must not keep the runtime to itself.
            Output::Discard | Output::Capture(_) => tokio::task::yield_now().await,
            Output::Queue(ref queue) => {
                tokio::task::yield_now().await;
                queue.ready().await;
            }
        }
    }
}

impl Printed {
    fn print(&self, bytes: &[u8], permit: Permit) -> std::io::Result<usize> {
        match &self.output {
            Output::Inherit => return self.own.write(bytes, permit),
            Output::Discard => drop(permit),
            Output::Capture(kept) => {
                drop(permit);
                kept.write(bytes)
                    .map_err(|error| std::io::Error::new(std::io::ErrorKind::OutOfMemory, error))?;
            }
            Output::Queue(queue) => {
                drop(permit);
                let written = queue.write(Channel::from(self.own), bytes);
                return written.map_err(|_unread| std::io::ErrorKind::BrokenPipe.into());
            }
        }
        Ok(bytes.len())
    }
}

impl View<'_> {
    fn printed(&mut self, own: Own) -> wasmtime::Result<Resource<DynOutputStream>> {
        let gated: DynOutputStream =
            Box::new(GatedOutput::new(self.gate.clone(), self.own_output(own)));
        Ok(self.table.push(gated)?)
    }

    fn shows(&self, stream: Stdio) -> bool {
        self.gate.permits(&Operation::Stdio { stream })
    }

    fn terminal<T: 'static>(&mut self, is_terminal: bool) -> wasmtime::Result<Option<Resource<T>>> {
        is_terminal.then(|| self.put(Terminal)).transpose()
    }

    /// Standard input as a terminal, where it is one and may be read.
    pub(crate) fn terminal_in<T: 'static>(&mut self) -> wasmtime::Result<Option<Resource<T>>> {
        let inherited = matches!(self.given.stdin, Input::Inherit) && self.shows(Stdio::Stdin);
        self.terminal(inherited && input::is_terminal())
    }

    /// Standard output or error as a terminal, where it is one and may be written.
    pub(crate) fn terminal_out<T: 'static>(
        &mut self,
        own: Own,
    ) -> wasmtime::Result<Option<Resource<T>>> {
        let printed = self.own_output(own);
        let inherited = matches!(printed.output, Output::Inherit) && self.shows(printed.stream);
        self.terminal(inherited && own.is_terminal())
    }

    /// Standard output or error, as it was given.
    pub(crate) fn own_output(&self, own: Own) -> Printed {
        let (output, stream) = match own {
            Own::Stdout => (&self.given.stdout, Stdio::Stdout),
            Own::Stderr => (&self.given.stderr, Stdio::Stderr),
        };
        Printed {
            output: output.clone(),
            own,
            stream,
        }
    }
}

impl stdin::Host for View<'_> {
    async fn get_stdin(&mut self) -> wasmtime::Result<Resource<DynInputStream>> {
        let source = Stdin(self.given.stdin.clone());
        let gated: DynInputStream = Box::new(GatedInput::new(self.gate.clone(), source));
        Ok(self.table.push(gated)?)
    }
}

impl stdout::Host for View<'_> {
    async fn get_stdout(&mut self) -> wasmtime::Result<Resource<DynOutputStream>> {
        self.printed(Own::Stdout)
    }
}

impl stderr::Host for View<'_> {
    async fn get_stderr(&mut self) -> wasmtime::Result<Resource<DynOutputStream>> {
        self.printed(Own::Stderr)
    }
}
