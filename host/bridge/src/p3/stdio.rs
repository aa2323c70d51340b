//! `wasi:cli/stdin`, `stdout` and `stderr` of 0.3.

use bytes::Bytes;
use tollgate_capability::output::Output;
use tollgate_policy::{Operation, Permit};
use tollgate_world::p3::wasi::cli::types::{self, ErrorCode};
use tollgate_world::p3::wasi::cli::{stderr, stdin, stdout};
use wasmtime::component::{Access, StreamReader};
use wasmtime_wasi::p2::{StreamError, StreamResult};

use super::streams::{Code, Consumer, Ending, Producer, ending};
use crate::stdio as base;
use crate::streams::{GatedInput, GatedOutput, Sink, Source};
use crate::view::{Bridge, View};

/// What a standard stream failed with, inside of a stream's error.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("{}", name(self.0))]
struct Failed(ErrorCode);

fn name(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::Io => "io",
        ErrorCode::IllegalByteSequence => "illegal-byte-sequence",
        ErrorCode::Pipe => "pipe",
    }
}

fn failure(code: ErrorCode) -> StreamError {
    StreamError::LastOperationFailed(wasmtime::Error::from(Failed(code)))
}

/// A denied stream is one that nobody is at the other end of: 0.2 calls that closed, 0.3 a pipe.
fn denied() -> (StreamError, &'static str) {
    (failure(ErrorCode::Pipe), name(ErrorCode::Pipe))
}

impl Code for ErrorCode {
    fn of(error: &wasmtime::Error) -> Self {
        error
            .downcast_ref::<Failed>()
            .map_or(Self::Io, |failed| failed.0)
    }
}

const READ: &str = "wasi:cli/stdin@0.3#read-via-stream";

struct Stdin(base::Stdin);

#[async_trait::async_trait]
impl Source for Stdin {
    fn import(&self) -> &'static str {
        READ
    }

    fn operation(&self) -> Operation<'_> {
        self.0.operation()
    }

    fn denied(&self) -> (StreamError, &'static str) {
        denied()
    }

    fn failed(&self) -> &'static str {
        name(ErrorCode::Io)
    }

    fn read(&mut self, size: usize, permit: Permit) -> StreamResult<Bytes> {
        self.0.read(size, permit).map_err(|error| match error {
            StreamError::LastOperationFailed(_) => failure(ErrorCode::Io),
            StreamError::Closed | StreamError::Trap(_) => error,
        })
    }

    async fn ready(&mut self) {
        self.0.ready().await;
    }
}

/// Standard output or error.
struct Printed {
    base: base::Printed,
    import: &'static str,
    failed: ErrorCode,
}

#[async_trait::async_trait]
impl Sink for Printed {
    const METERED: bool = true;

    fn import(&self) -> &'static str {
        self.import
    }

    fn operation(&self) -> Operation<'_> {
        self.base.operation()
    }

    fn denied(&self) -> (StreamError, &'static str) {
        denied()
    }

    fn failed(&self) -> &'static str {
        name(self.failed)
    }

    fn capacity(&mut self) -> usize {
        self.base.capacity()
    }

    fn write(&mut self, bytes: &[u8], permit: Permit) -> StreamResult<usize> {
        self.base.write(bytes, permit).map_err(|error| {
            self.failed = match error {
                StreamError::Closed => ErrorCode::Pipe,
                StreamError::LastOperationFailed(_) => ErrorCode::Io,
                StreamError::Trap(_) => return error,
            };
            failure(self.failed)
        })
    }

    async fn ready(&mut self) {
        self.base.ready().await;
    }
}

fn print<T: 'static>(
    mut store: Access<'_, T, Bridge>,
    data: StreamReader<u8>,
    own: Output,
    import: &'static str,
) -> wasmtime::Result<Ending<ErrorCode>> {
    let view = store.get();
    let gate = view.gate.clone();
    let printed = Printed {
        base: view.own_output(own),
        import,
        failed: ErrorCode::Io,
    };
    let (told, future) = ending(&mut store)?;
    data.pipe(
        &mut store,
        Consumer::new(GatedOutput::new(gate, printed), told),
    )?;
    Ok(future)
}

impl types::Host for View<'_> {}
impl stdin::Host for View<'_> {}
impl stdout::Host for View<'_> {}
impl stderr::Host for View<'_> {}

impl<T: 'static> stdin::HostWithStore<T> for Bridge {
    fn read_via_stream(
        mut store: Access<'_, T, Self>,
    ) -> wasmtime::Result<(StreamReader<u8>, Ending<ErrorCode>)> {
        let view = store.get();
        let source = Stdin(base::Stdin(view.given.stdin.clone()));
        let input = GatedInput::new(view.gate.clone(), source);
        let (told, future) = ending(&mut store)?;
        let stream = StreamReader::new(&mut store, Producer::new(input, told))?;
        Ok((stream, future))
    }
}

impl<T: 'static> stdout::HostWithStore<T> for Bridge {
    fn write_via_stream(
        store: Access<'_, T, Self>,
        data: StreamReader<u8>,
    ) -> wasmtime::Result<Ending<ErrorCode>> {
        let import = "wasi:cli/stdout@0.3#write-via-stream";
        print(store, data, Output::Stdout, import)
    }
}

impl<T: 'static> stderr::HostWithStore<T> for Bridge {
    fn write_via_stream(
        store: Access<'_, T, Self>,
        data: StreamReader<u8>,
    ) -> wasmtime::Result<Ending<ErrorCode>> {
        let import = "wasi:cli/stderr@0.3#write-via-stream";
        print(store, data, Output::Stderr, import)
    }
}
