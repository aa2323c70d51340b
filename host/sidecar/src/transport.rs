//! One stream of frames in, one out: a client, with all the connections that it makes over it.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::sync::{Semaphore, mpsc};
use tollgate_protocol::types::{ProtocolFrame, RequestFrame};
use tollgate_protocol::{FrameDecoder, FrameError, Side};

use crate::calls::Calls;
use crate::dispatch::{self, Client};
use crate::lane::Room;
use crate::outbox::{Outbox, outbox};
use crate::service::Sidecar;

/// Requests of one client that wait for their answers. What comes beyond them is not read until one is answered.
pub(crate) const WAITING_REQUESTS: u32 = 1_024;
/// Bytes of these requests. One may be larger than this, and then is alone.
pub(crate) const WAITING_REQUEST_BYTES: u32 = 64 << 20;
/// How long the answers to what was asked before the end of the stream are waited for.
const LAST_ANSWERS: Duration = Duration::from_secs(2);
const PIECE: usize = 64 << 10;

/// Why a client's stream ended before its time.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// What came is no frame that a client may send.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The stream could not be read.
    #[error("the stream cannot be read: {}", .0.kind())]
    Read(std::io::Error),
}

/// What a client may have waiting.
pub(crate) struct Rooms {
    requests: Arc<Semaphore>,
    bytes: Arc<Semaphore>,
}

impl Rooms {
    pub(crate) fn new() -> Self {
        Self {
            requests: Arc::new(Semaphore::new(WAITING_REQUESTS as usize)),
            bytes: Arc::new(Semaphore::new(WAITING_REQUEST_BYTES as usize)),
        }
    }

    /// Waits until there is room for one more. Nothing closes these.
    pub(crate) async fn take(&self, bytes: u32) -> Option<Room> {
        let request = Arc::clone(&self.requests).acquire_owned().await.ok()?;
        let bytes = Arc::clone(&self.bytes)
            .acquire_many_owned(bytes.clamp(1, WAITING_REQUEST_BYTES))
            .await
            .ok()?;
        Some(Room([request, bytes]))
    }

    /// Waits until all that was asked is answered.
    async fn emptied(&self) {
        let _all = self.requests.acquire_many(WAITING_REQUESTS).await;
    }
}

impl Sidecar {
    /// Serves one client until its stream ends. Everything that it made is gone when this returns, but for what was made to
    /// outlive it, and nothing of another client's is.
    ///
    /// # Errors
    ///
    /// What it sent is no frame of the protocol, or the stream broke. Its VMs are gone all the same.
    pub async fn serve(
        &self,
        input: impl AsyncRead + Unpin + Send,
        output: impl AsyncWrite + Unpin + Send + 'static,
    ) -> Result<(), TransportError> {
        serve(self, input, output).await
    }
}

async fn serve(
    sidecar: &Sidecar,
    mut input: impl AsyncRead + Unpin + Send,
    output: impl AsyncWrite + Unpin + Send + 'static,
) -> Result<(), TransportError> {
    let (out, writer) = outbox(sidecar.frame_limits());
    let calls = Calls::new(out.clone());
    let closing = out.closing();
    let writing = tokio::spawn(async move {
        let written = writer.run(output).await;
        // Nobody waits for a client that takes nothing any more.
        closing.close();
        written
    });
    let (requests, waiting) = mpsc::unbounded_channel();
    let client = Client::new(sidecar.clone(), out.clone(), calls.clone());
    let transport = client.transport();
    let dispatching = tokio::spawn(dispatch::serve(client, waiting));

    let rooms = Rooms::new();
    let ended = read(sidecar, &mut input, &rooms, &requests, &calls, &out).await;
    drop(requests);
    if ended.is_ok() {
        // Who closes its end may still read the answers to what it asked before.
        let _in_time = tokio::time::timeout(LAST_ANSWERS, rooms.emptied()).await;
    }
    dispatching.abort();
    // Nothing is made for this client once it is struck out.
    let _aborted = dispatching.await;
    calls.forget();
    // What its programs still say is for nobody.
    sidecar.disconnect(transport).await;
    drop((calls, out));
    // One that does not read what it asked for is not waited for.
    let _in_time = tokio::time::timeout(LAST_ANSWERS, writing).await;
    ended
}

/// Reads frames until the stream ends.
async fn read(
    sidecar: &Sidecar,
    input: &mut (impl AsyncRead + Unpin),
    rooms: &Rooms,
    requests: &mpsc::UnboundedSender<(RequestFrame, Room)>,
    calls: &Calls,
    out: &Outbox,
) -> Result<(), TransportError> {
    let mut decoder = FrameDecoder::new(Side::Client, sidecar.frame_limits());
    let mut piece = vec![0; PIECE];
    loop {
        let before = decoder.waiting_bytes();
        match decoder.frame()? {
            Some(ProtocolFrame::RequestFrame(request)) => {
                let bytes = before.saturating_sub(decoder.waiting_bytes());
                let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
                let Some(room) = rooms.take(bytes).await else {
                    return Ok(());
                };
                if requests.send((request, room)).is_err() {
                    return Ok(());
                }
                continue;
            }
            Some(ProtocolFrame::SidecarResponseFrame(answer)) => {
                calls.answered(answer);
                continue;
            }
            // No client sends these, and the decoder has refused them.
            Some(
                ProtocolFrame::ResponseFrame(_)
                | ProtocolFrame::EventFrame(_)
                | ProtocolFrame::SidecarRequestFrame(_),
            ) => continue,
            None => {}
        }
        if out.is_closed() {
            return Ok(());
        }
        match input.read(&mut piece).await.map_err(TransportError::Read)? {
            0 => return Ok(decoder.finish()?),
            read => decoder.push(piece.get(..read).unwrap_or_default()),
        }
    }
}
