//! What goes out to a client: frames, in the order in which they were handed over, and never more of them than a bound of
//! bytes. Whoever has something to say waits here for a client that does not read, and nobody else does. A client that is a
//! component has an [`Inbox`] for them instead.

use std::sync::Arc;

use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tollgate_protocol::types::{EventFrame, ProtocolFrame, ResponseFrame, SidecarRequestFrame};
use tollgate_protocol::{FrameLimits, RefusalCode, encode};

use crate::inbox::Inbox;
use crate::rejection::Rejection;
pub(crate) use crate::undelivered::{Gone, Unasked, WAITING_BYTES};

#[derive(Debug)]
struct Waiting {
    bytes: Vec<u8>,
    _room: OwnedSemaphorePermit,
}

/// The end that frames are handed over to. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Outbox {
    to: To,
    limits: FrameLimits,
}

#[derive(Clone, Debug)]
enum To {
    /// As bytes, to a stream.
    Stream {
        room: Arc<Semaphore>,
        frames: mpsc::UnboundedSender<Waiting>,
    },
    /// As they are, to a component in this process.
    Component(Arc<Inbox>),
}

/// The end that writes them.
pub(crate) struct Writer(mpsc::UnboundedReceiver<Waiting>);

/// Both ends of what goes out.
pub(crate) fn outbox(limits: FrameLimits) -> (Outbox, Writer) {
    // Bounded by the room that each frame takes before it is put in.
    let (frames, waiting) = mpsc::unbounded_channel();
    let room = Arc::new(Semaphore::new(WAITING_BYTES as usize));
    let to = To::Stream { room, frames };
    (Outbox { to, limits }, Writer(waiting))
}

impl Outbox {
    /// The end for a component.
    pub(crate) fn to_component(inbox: Arc<Inbox>, limits: FrameLimits) -> Self {
        let to = To::Component(inbox);
        Self { to, limits }
    }

    /// Bytes that the body of a frame may have.
    #[must_use]
    pub(crate) fn frame_bytes(&self) -> u32 {
        self.limits.body_bytes
    }

    /// An answer, and what is told with it. An answer that does not fit a frame becomes a refusal that says so.
    ///
    /// A component waits for its answer, and fetches nothing meanwhile: what it is told with it goes in before it, and waits
    /// for nothing.
    ///
    /// # Errors
    ///
    /// The client is gone.
    pub(crate) async fn answer(
        &self,
        answer: ResponseFrame,
        events: Vec<EventFrame>,
    ) -> Result<(), Gone> {
        let answer = self.fitting(answer);
        match &self.to {
            To::Component(inbox) => {
                for event in events {
                    inbox.tell_at_once(event, self.limits)?;
                }
                inbox.answer(answer);
                Ok(())
            }
            To::Stream { room, frames } => {
                let frame = ProtocolFrame::ResponseFrame(answer);
                // A refusal fits wherever its question did.
                let bytes = encode(&frame, self.limits).map_err(|_too_large| Gone)?;
                send(room, frames, bytes).await?;
                for event in events {
                    self.tell(event).await?;
                }
                Ok(())
            }
        }
    }

    fn too_large(&self) -> Rejection {
        let limit = self.limits.body_bytes;
        Rejection::new(
            RefusalCode::FrameTooLarge,
            format!("the answer does not fit a frame of {limit} bytes; ask for less at a time"),
        )
    }

    /// An answer as it is, or what a frame would have in the place of one that does not fit it.
    fn fitting(&self, answer: ResponseFrame) -> ResponseFrame {
        if answer.body_bytes() <= u64::from(self.limits.body_bytes) {
            return answer;
        }
        ResponseFrame {
            payload: self.too_large().into(),
            ..answer
        }
    }

    /// Something that was not asked for. Nothing that is sent here is longer than a frame, but for what a client named so
    /// itself: that is left out.
    ///
    /// # Errors
    ///
    /// The client is gone.
    pub(crate) async fn tell(&self, event: EventFrame) -> Result<(), Gone> {
        match &self.to {
            To::Component(inbox) => inbox.tell(event, self.limits).await,
            To::Stream { room, frames } => {
                match encode(&ProtocolFrame::EventFrame(event), self.limits) {
                    Ok(bytes) => send(room, frames, bytes).await,
                    Err(_too_large) => Ok(()),
                }
            }
        }
    }

    /// A question to the client.
    ///
    /// # Errors
    ///
    /// It does not fit a frame, or the client is gone.
    pub(crate) async fn ask(&self, question: SidecarRequestFrame) -> Result<(), Unasked> {
        let (room, frames) = match &self.to {
            To::Component(inbox) => return inbox.ask(question, self.limits).await,
            To::Stream { room, frames } => (room, frames),
        };
        let frame = ProtocolFrame::SidecarRequestFrame(question);
        let bytes = encode(&frame, self.limits).map_err(Unasked::Frame)?;
        let sent = send(room, frames, bytes).await;
        sent.map_err(|Gone| Unasked::Gone)
    }

    /// What lets nobody wait any longer once the client is gone. It keeps nobody waiting itself.
    pub(crate) fn closing(&self) -> Closing {
        match &self.to {
            To::Stream { room, .. } => Closing::Stream(Arc::clone(room)),
            To::Component(inbox) => Closing::Component(Arc::clone(inbox)),
        }
    }

    /// Whether the client is gone.
    #[must_use]
    pub(crate) fn is_closed(&self) -> bool {
        match &self.to {
            To::Stream { room, .. } => room.is_closed(),
            To::Component(inbox) => inbox.is_closed(),
        }
    }
}

async fn send(
    room: &Arc<Semaphore>,
    frames: &mpsc::UnboundedSender<Waiting>,
    bytes: Vec<u8>,
) -> Result<(), Gone> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let room = Arc::clone(room)
        .acquire_many_owned(length.min(WAITING_BYTES))
        .await
        .map_err(|_closed| Gone)?;
    let waiting = Waiting { bytes, _room: room };
    frames.send(waiting).map_err(|_closed| Gone)
}

/// Ends an outbox.
pub(crate) enum Closing {
    Stream(Arc<Semaphore>),
    Component(Arc<Inbox>),
}

impl Closing {
    pub(crate) fn close(&self) {
        match self {
            Self::Stream(room) => room.close(),
            Self::Component(inbox) => inbox.close(),
        }
    }
}

impl Writer {
    /// Writes what is handed over until nobody can hand anything over, or it cannot be written.
    pub(crate) async fn run(mut self, mut to: impl AsyncWrite + Unpin) -> std::io::Result<()> {
        while let Some(first) = self.0.recv().await {
            to.write_all(&first.bytes).await?;
            drop(first);
            // What waits already goes with it.
            while let Ok(next) = self.0.try_recv() {
                to.write_all(&next.bytes).await?;
            }
            to.flush().await?;
        }
        Ok(())
    }
}
