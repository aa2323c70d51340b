//! The two tasks of a conversation: one reads, one writes.

use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tollgate_protocol::types::{
    ExtEnvelope, HostCallbackResultResponse, JsBridgeResultResponse, ProtocolFrame,
    SidecarRequestFrame, SidecarRequestPayload, SidecarResponsePayload,
};
use tollgate_protocol::{FrameDecoder, Side};

use crate::error::{Error, Unexpected};
use crate::handler::{Handler, NOBODY};
use crate::limits::READ_BYTES;
use crate::link::{Link, Outgoing, Writing};

/// What is said where a question is one too many.
const TOO_MANY: &str = "the client is asked too much at once";
/// What is said where a handler broke, or its answer fits no frame.
const BROKE: &str = "the client's handler failed";
const TOO_LARGE: &str = "the client's answer fits no frame";

/// Reads until the conversation is over.
pub(crate) async fn read(
    link: Arc<Link>,
    reader: impl AsyncRead + Unpin,
    handler: Option<Arc<dyn Handler>>,
) {
    let mut reading = Reading {
        answering: Answering::new(&link, handler),
        link: Arc::clone(&link),
    };
    tokio::select! {
        () = link.over() => {}
        why = reading.all(reader) => link.end(why),
    }
}

/// Writes until nothing more is to be written, and then closes its end.
pub(crate) async fn write(
    link: Arc<Link>,
    mut writer: impl AsyncWrite + Unpin,
    mut writing: Writing,
) {
    let written = tokio::select! {
        () = link.over() => return,
        written = write_all(&mut writer, &mut writing) => written,
    };
    match written {
        Ok(()) => {}
        // The sidecar went away, which is no other end than the one that its reader sees.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => link.end(Error::Closed),
        Err(error) => link.end(Error::Io(error.kind())),
    }
}

async fn write_all(
    writer: &mut (impl AsyncWrite + Unpin),
    writing: &mut Writing,
) -> io::Result<()> {
    while let Some(Outgoing { bytes, .. }) = writing.next().await {
        writer.write_all(&bytes).await?;
        if writing.idle() {
            writer.flush().await?;
        }
    }
    writer.shutdown().await
}

impl Writing {
    /// What is to be written next, answers first; none when nothing more will be.
    async fn next(&mut self) -> Option<Outgoing> {
        tokio::select! {
            biased;
            Some(answer) = self.answers.recv() => Some(answer),
            Some(request) = self.requests.recv() => Some(request),
            else => None,
        }
    }

    fn idle(&self) -> bool {
        self.answers.is_empty() && self.requests.is_empty()
    }
}

struct Reading {
    link: Arc<Link>,
    answering: Answering,
}

impl Reading {
    /// Reads everything, and says how it ended.
    async fn all(&mut self, mut reader: impl AsyncRead + Unpin) -> Error {
        let mut decoder = FrameDecoder::new(Side::Sidecar, self.link.frame_limits());
        let mut piece = vec![0; READ_BYTES];
        loop {
            loop {
                // What was announced holds from the next frame on.
                decoder.set_limits(self.link.frame_limits());
                match decoder.frame() {
                    Ok(None) => break,
                    Ok(Some(frame)) => {
                        if let Err(error) = self.heard(frame).await {
                            return error;
                        }
                    }
                    Err(error) => return error.into(),
                }
            }
            match reader.read(&mut piece).await {
                Ok(0) => {
                    return decoder
                        .finish()
                        .map_or_else(Error::from, |()| Error::Closed);
                }
                Ok(read) => decoder.push(piece.get(..read).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Error::Io(error.kind()),
            }
        }
    }

    async fn heard(&mut self, frame: ProtocolFrame) -> Result<(), Error> {
        match frame {
            ProtocolFrame::ResponseFrame(frame) => self.link.answered(frame),
            ProtocolFrame::EventFrame(frame) => {
                self.link.events.tell(&frame.ownership, frame.payload).await;
                Ok(())
            }
            ProtocolFrame::SidecarRequestFrame(frame) if frame.request_id < 0 => {
                self.answering.begin(frame).await;
                Ok(())
            }
            ProtocolFrame::SidecarRequestFrame(frame) => Err(Unexpected::QuestionNumber {
                id: frame.request_id,
            }
            .into()),
            // The decoder lets only a sidecar's frames through.
            ProtocolFrame::RequestFrame(_) | ProtocolFrame::SidecarResponseFrame(_) => {
                Err(Error::Closed)
            }
        }
    }
}

/// The questions of a sidecar that are being answered. Dropped, none is answered any more.
struct Answering {
    link: Arc<Link>,
    handler: Option<Arc<dyn Handler>>,
    tasks: JoinSet<()>,
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    room: Arc<Semaphore>,
    room_bytes: u32,
}

impl Answering {
    fn new(link: &Arc<Link>, handler: Option<Arc<dyn Handler>>) -> Self {
        let limits = link.limits;
        let count = |count: usize| Arc::new(Semaphore::new(count.clamp(1, Semaphore::MAX_PERMITS)));
        let room_bytes = limits.question_bytes.max(1);
        Self {
            link: Arc::clone(link),
            handler,
            tasks: JoinSet::new(),
            places: count(limits.questions),
            turns: count(limits.answering),
            room: Arc::new(Semaphore::new(room_bytes as usize)),
            room_bytes,
        }
    }

    /// Sees to it that a question is answered: by the handler, in a task of its own, or with an error at once.
    async fn begin(&mut self, asked: SidecarRequestFrame) {
        while self.tasks.try_join_next().is_some() {}
        let bytes = u32::try_from(size(&asked.payload)).unwrap_or(u32::MAX);
        let place = Arc::clone(&self.places).try_acquire_owned();
        let room = Arc::clone(&self.room).try_acquire_many_owned(bytes.min(self.room_bytes));
        let (handler, place, room) = match (&self.handler, place, room) {
            (Some(handler), Ok(place), Ok(room)) => (Arc::clone(handler), place, room),
            (None, ..) => return refuse(&self.link, &asked, NOBODY).await,
            (Some(_), ..) => return refuse(&self.link, &asked, TOO_MANY).await,
        };
        let (link, turns) = (Arc::clone(&self.link), Arc::clone(&self.turns));
        self.tasks.spawn(async move {
            let _held = (place, room);
            // Never closed.
            let _turn = turns.acquire().await;
            let answer = AssertUnwindSafe(ask(handler, asked.clone()));
            let answer = answer.catch_unwind().await;
            let answer = answer.unwrap_or_else(|_panicked| failed(&asked.payload, BROKE));
            let too_large = asked.answer(failed(&asked.payload, TOO_LARGE));
            link.answer(asked.answer(answer), too_large).await;
        });
    }
}

async fn refuse(link: &Link, asked: &SidecarRequestFrame, why: &str) {
    let answer = asked.answer(failed(&asked.payload, why));
    link.answer(answer.clone(), answer).await;
}

async fn ask(handler: Arc<dyn Handler>, asked: SidecarRequestFrame) -> SidecarResponsePayload {
    let scope = asked.ownership;
    match asked.payload {
        SidecarRequestPayload::HostCallbackRequest(call) => {
            let invocation_id = call.invocation_id.clone();
            let answer = handler.host_callback(scope, call).await;
            let (result, error) = split(answer.map(Some));
            SidecarResponsePayload::HostCallbackResultResponse(HostCallbackResultResponse {
                invocation_id,
                result,
                error,
            })
        }
        SidecarRequestPayload::JsBridgeCallRequest(call) => {
            let call_id = call.call_id.clone();
            let (result, error) = split(handler.js_bridge(scope, call).await);
            SidecarResponsePayload::JsBridgeResultResponse(JsBridgeResultResponse {
                call_id,
                result,
                error,
            })
        }
        SidecarRequestPayload::ExtEnvelope(asked) => {
            let namespace = asked.namespace.clone();
            let payload = handler.ext(scope, asked).await;
            SidecarResponsePayload::ExtEnvelope(ExtEnvelope { namespace, payload })
        }
    }
}

fn split(answer: Result<Option<String>, String>) -> (Option<String>, Option<String>) {
    match answer {
        Ok(result) => (result, None),
        Err(error) => (None, Some(error)),
    }
}

/// The answer that says that there is none. An extension has no form for that but nothing.
fn failed(asked: &SidecarRequestPayload, why: &str) -> SidecarResponsePayload {
    match asked {
        SidecarRequestPayload::HostCallbackRequest(call) => {
            SidecarResponsePayload::HostCallbackResultResponse(HostCallbackResultResponse {
                invocation_id: call.invocation_id.clone(),
                result: None,
                error: Some(why.to_owned()),
            })
        }
        SidecarRequestPayload::JsBridgeCallRequest(call) => {
            SidecarResponsePayload::JsBridgeResultResponse(JsBridgeResultResponse {
                call_id: call.call_id.clone(),
                result: None,
                error: Some(why.to_owned()),
            })
        }
        SidecarRequestPayload::ExtEnvelope(asked) => {
            SidecarResponsePayload::ExtEnvelope(ExtEnvelope {
                namespace: asked.namespace.clone(),
                payload: Vec::new(),
            })
        }
    }
}

/// What a question takes while it waits.
fn size(asked: &SidecarRequestPayload) -> usize {
    match asked {
        SidecarRequestPayload::HostCallbackRequest(call) => {
            call.invocation_id.len() + call.callback_key.len() + call.input.len()
        }
        SidecarRequestPayload::JsBridgeCallRequest(call) => {
            call.call_id.len() + call.mount_id.len() + call.operation.len() + call.args.len()
        }
        SidecarRequestPayload::ExtEnvelope(asked) => asked.namespace.len() + asked.payload.len(),
    }
}
