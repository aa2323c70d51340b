//! The bytes of a connection as streams.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};

use bytes::Bytes;
use tokio::sync::{Mutex, MutexGuard};
use tokio::task::JoinHandle;
use tollgate_capability::net::{Ends, NetError, TcpConnection};
use tollgate_engine::{Gate, Outcome as _};
use tollgate_policy::{Operation, Permit};
use wasmtime_wasi::p2::{InputStream, OutputStream, Pollable, StreamError, StreamResult};

use super::super::Refusal;
use super::super::route::Route;
use crate::streams::{CHUNK_BYTES, GatedInput, GatedOutput, Sink, Source};

const READ: &str = "wasi:io/streams#[method]input-stream.read";
const WRITE: &str = "wasi:io/streams#[method]output-stream.write";

fn failure(refusal: Refusal) -> StreamError {
    StreamError::LastOperationFailed(wasmtime::Error::from(refusal))
}

/// A connection, with what its bytes are decided on.
pub(super) struct Wire {
    pub(super) connection: TcpConnection,
    pub(super) route: Route,
}

/// The guest's end of a connection: the socket and both streams hold parts of it, and when the last of them is gone
/// the connection is closed.
pub(super) struct Link {
    pub(super) wire: Arc<Wire>,
    receiving_over: Arc<AtomicBool>,
    sending: Arc<Sending>,
}

impl Link {
    pub(super) fn new(gate: Gate, connection: TcpConnection, route: Route) -> Self {
        let wire = Arc::new(Wire { connection, route });
        let outgoing = Outgoing {
            wire: Arc::clone(&wire),
            failed: NetError::Unknown,
        };
        Self {
            wire,
            receiving_over: Arc::default(),
            sending: Arc::new(Sending {
                over: AtomicBool::new(false),
                output: Arc::new(Mutex::new(GatedOutput::new(gate, outgoing))),
                farewell: StdMutex::new(None),
            }),
        }
    }

    /// Closes one direction or both: for the guest at once, for the other end when it has all that the guest sent.
    pub(super) fn shut_down(&self, ends: Ends, permit: Permit) -> Result<(), NetError> {
        if matches!(ends, Ends::Receiving | Ends::Both) {
            self.receiving_over.store(true, Ordering::Relaxed);
        }
        if ends == Ends::Receiving {
            return self.wire.connection.shut_down(ends, permit);
        }
        if self.sending.over.swap(true, Ordering::Relaxed) {
            // The end of sending is on its way. What is left to do is nobody's to see but this guest's.
            return Ok(());
        }
        let output = Arc::clone(&self.sending.output);
        if output.try_lock().is_ok_and(|output| output.is_drained()) {
            return self.wire.connection.shut_down(ends, permit);
        }
        let wire = Arc::clone(&self.wire);
        let task = tokio::spawn(async move {
            output.lock().await.cancel().await;
            // Nobody is left to tell: a connection that is gone already is closed.
            let _closed = wire.connection.shut_down(ends, permit);
        });
        let mut farewell = self
            .sending
            .farewell
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *farewell = Some(Farewell(task));
        Ok(())
    }
}

/// The sending half, which the socket may close while the stream still has bytes that the other end does not take.
struct Sending {
    over: AtomicBool,
    output: Arc<Mutex<GatedOutput<Outgoing>>>,
    farewell: StdMutex<Option<Farewell>>,
}

/// Sends the last bytes. It ends with the guest's end of the connection.
struct Farewell(JoinHandle<()>);

impl Drop for Farewell {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Sending {
    /// The stream, as long as the guest may write to it. Nobody but the farewell ever holds it beside the guest.
    fn open(&self) -> StreamResult<MutexGuard<'_, GatedOutput<Outgoing>>> {
        if self.over.load(Ordering::Relaxed) {
            return Err(StreamError::Closed);
        }
        self.output.try_lock().map_err(|_| StreamError::Closed)
    }
}

/// What the guest reads.
pub(super) struct TcpInput {
    gated: GatedInput<Incoming>,
    over: Arc<AtomicBool>,
}

impl TcpInput {
    pub(super) fn new(gate: Gate, link: &Link) -> Self {
        let incoming = Incoming {
            wire: Arc::clone(&link.wire),
            failed: NetError::Unknown,
        };
        Self {
            gated: GatedInput::new(gate, incoming),
            over: Arc::clone(&link.receiving_over),
        }
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }
}

#[async_trait::async_trait]
impl InputStream for TcpInput {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        if self.is_over() {
            return Err(StreamError::Closed);
        }
        self.gated.read(size)
    }

    async fn blocking_read(&mut self, size: usize) -> StreamResult<Bytes> {
        if self.is_over() {
            return Err(StreamError::Closed);
        }
        self.gated.blocking_read(size).await
    }
}

#[async_trait::async_trait]
impl Pollable for TcpInput {
    async fn ready(&mut self) {
        if !self.is_over() {
            self.gated.ready().await;
        }
    }
}

/// What the guest writes to.
pub(super) struct TcpOutput(Arc<Sending>);

impl TcpOutput {
    pub(super) fn new(link: &Link) -> Self {
        Self(Arc::clone(&link.sending))
    }
}

#[async_trait::async_trait]
impl OutputStream for TcpOutput {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.0.open()?.write(bytes)
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.0.open()?.flush()
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        self.0.open()?.check_write()
    }

    async fn blocking_write_and_flush(&mut self, bytes: Bytes) -> StreamResult<()> {
        let mut output = self.0.open()?;
        output.blocking_write_and_flush(bytes).await
    }

    async fn cancel(&mut self) {
        // Behind the farewell, if there is one: what the guest was told is accepted is sent, as long as its run lasts.
        self.0.output.lock().await.cancel().await;
    }
}

#[async_trait::async_trait]
impl Pollable for TcpOutput {
    async fn ready(&mut self) {
        if let Ok(mut output) = self.0.open() {
            output.ready().await;
        }
    }
}

/// Where [`GatedInput`] reads.
struct Incoming {
    wire: Arc<Wire>,
    failed: NetError,
}

#[async_trait::async_trait]
impl Source for Incoming {
    fn import(&self) -> &'static str {
        READ
    }

    fn operation(&self) -> Operation<'_> {
        self.wire.route.operation()
    }

    fn denied(&self) -> (StreamError, &'static str) {
        (failure(Refusal::Denied), Refusal::Denied.case())
    }

    fn failed(&self) -> &'static str {
        Refusal::Net(self.failed).case()
    }

    fn read(&mut self, size: usize, permit: Permit) -> StreamResult<Bytes> {
        match self.wire.connection.receive(size, permit) {
            Ok(None) => Ok(Bytes::new()),
            Ok(Some(bytes)) if bytes.is_empty() => Err(StreamError::Closed),
            Ok(Some(bytes)) => Ok(bytes),
            Err(error) => {
                self.failed = error;
                Err(failure(error.into()))
            }
        }
    }

    async fn ready(&mut self) {
        self.wire.connection.readable().await;
    }
}

/// Where [`GatedOutput`] writes.
struct Outgoing {
    wire: Arc<Wire>,
    failed: NetError,
}

#[async_trait::async_trait]
impl Sink for Outgoing {
    fn import(&self) -> &'static str {
        WRITE
    }
    const METERED: bool = false;

    fn operation(&self) -> Operation<'_> {
        self.wire.route.operation()
    }

    fn denied(&self) -> (StreamError, &'static str) {
        (failure(Refusal::Denied), Refusal::Denied.case())
    }

    fn failed(&self) -> &'static str {
        Refusal::Net(self.failed).case()
    }

    fn capacity(&mut self) -> usize {
        if self.wire.connection.is_writable() {
            CHUNK_BYTES
        } else {
            0
        }
    }

    fn write(&mut self, bytes: &[u8], permit: Permit) -> StreamResult<usize> {
        self.wire.connection.send(bytes, permit).map_err(|error| {
            self.failed = error;
            failure(error.into())
        })
    }

    async fn ready(&mut self) {
        self.wire.connection.writable().await;
    }
}
