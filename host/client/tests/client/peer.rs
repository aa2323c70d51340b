//! A sidecar that does what a test says.

use std::future::Future;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, ReadHalf, WriteHalf};
use tollgate_client::types::{
    AuthenticatedResponse, EventPayload, GuestRuntimeKind, OwnershipScope, ProcessOutputEvent,
    ProtocolFrame, RequestFrame, RequestPayload, ResponseFrame, ResponsePayload,
    SessionOpenedResponse, SidecarResponseFrame, StreamChannel, VmCreatedResponse,
};
use tollgate_client::{Client, Connection, Options, Session, Vm};
use tollgate_protocol::{FrameDecoder, FrameLimits, Side, encode, event};

/// Frames of any size that a test sends.
const LIMITS: FrameLimits = FrameLimits::of(64 << 20);

pub(crate) struct Peer {
    reader: ReadHalf<DuplexStream>,
    writer: WriteHalf<DuplexStream>,
    decoder: FrameDecoder,
}

/// A client and its sidecar, with so much room between them.
pub(crate) fn pair(room: usize, options: Options) -> (Client, Peer) {
    let (ours, theirs) = tokio::io::duplex(room);
    let (reader, writer) = tokio::io::split(ours);
    let client = Client::over(reader, writer, options);
    let (reader, writer) = tokio::io::split(theirs);
    let decoder = FrameDecoder::new(Side::Client, LIMITS);
    let peer = Peer {
        reader,
        writer,
        decoder,
    };
    (client, peer)
}

/// As [`pair`], up to a session.
pub(crate) async fn opened(options: Options) -> (Client, Connection, Session, Peer) {
    let (client, mut peer) = pair(1 << 16, options);
    let (connection, ()) = tokio::join!(
        client.authenticate("test", "token"),
        peer.authenticates(16 << 20)
    );
    let connection = connection.unwrap();
    let (session, ()) = tokio::join!(connection.open_session(), peer.opens());
    (client, connection, session.unwrap(), peer)
}

/// A VM of that name.
pub(crate) async fn created(session: &Session, peer: &mut Peer, name: &str) -> Vm {
    let created = session.create_vm(GuestRuntimeKind::JavaScript, "{}");
    let (vm, ()) = tokio::join!(created, peer.creates(name));
    vm.unwrap()
}

impl Peer {
    pub(crate) async fn frame(&mut self) -> Option<ProtocolFrame> {
        let mut piece = [0; 4096];
        loop {
            if let Some(frame) = self.decoder.frame().unwrap() {
                return Some(frame);
            }
            match self.reader.read(&mut piece).await.unwrap() {
                0 => return None,
                read => self.decoder.push(&piece[..read]),
            }
        }
    }

    pub(crate) async fn asked(&mut self) -> RequestFrame {
        match self.frame().await {
            Some(ProtocolFrame::RequestFrame(frame)) => frame,
            other => panic!("{other:?} instead of a request"),
        }
    }

    pub(crate) async fn heard(&mut self) -> SidecarResponseFrame {
        match self.frame().await {
            Some(ProtocolFrame::SidecarResponseFrame(frame)) => frame,
            other => panic!("{other:?} instead of an answer"),
        }
    }

    pub(crate) async fn send(&mut self, frame: impl Into<ProtocolFrame>) {
        self.bytes(&encode(&frame.into(), LIMITS).unwrap()).await;
    }

    /// Where the client has gone, nothing is sent.
    pub(crate) async fn bytes(&mut self, bytes: &[u8]) {
        let _gone = self.writer.write_all(bytes).await;
    }

    pub(crate) async fn answers(
        &mut self,
        answer: impl FnOnce(&RequestPayload) -> ResponsePayload,
    ) {
        let asked = self.asked().await;
        let answer = answer(&asked.payload);
        self.send(asked.answer(answer)).await;
    }

    pub(crate) async fn authenticates(&mut self, max_frame_bytes: u32) {
        self.answers(|_| {
            ResponsePayload::AuthenticatedResponse(AuthenticatedResponse {
                sidecar_id: "scripted".to_owned(),
                connection_id: "conn-1".to_owned(),
                max_frame_bytes,
            })
        })
        .await;
    }

    pub(crate) async fn opens(&mut self) {
        self.answers(|_| {
            ResponsePayload::SessionOpenedResponse(SessionOpenedResponse {
                session_id: "session-1".to_owned(),
                owner_connection_id: "conn-1".to_owned(),
            })
        })
        .await;
    }

    pub(crate) async fn creates(&mut self, name: &str) {
        self.answers(|_| {
            ResponsePayload::VmCreatedResponse(VmCreatedResponse {
                vm_id: name.to_owned(),
            })
        })
        .await;
    }

    pub(crate) async fn tells(&mut self, scope: &OwnershipScope, payload: EventPayload) {
        self.send(event(scope.clone(), payload)).await;
    }

    /// Everything that the client still sends, until it stops.
    pub(crate) async fn rest(&mut self) {
        while self.frame().await.is_some() {}
    }

    pub(crate) async fn closes(&mut self) {
        let _gone = self.writer.shutdown().await;
    }
}

/// An answer whose number and scope a test chooses.
pub(crate) fn answer(id: i64, scope: OwnershipScope, payload: ResponsePayload) -> ResponseFrame {
    let asked = tollgate_protocol::request(id, scope, RequestPayload::CreateLayerRequest);
    asked.answer(payload)
}

pub(crate) fn output(process_id: &str, chunk: Vec<u8>) -> EventPayload {
    EventPayload::ProcessOutputEvent(ProcessOutputEvent {
        process_id: process_id.to_owned(),
        channel: StreamChannel::Stdout,
        chunk,
    })
}

/// What must come to an end by itself, within a loose bound.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), what)
        .await
        .unwrap_or_else(|_| panic!("it does not end"))
}

/// Lets everything else go on until it waits.
pub(crate) async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

/// Looks at a future once: whether it waits.
pub(crate) async fn waits(what: &mut (impl Future + Unpin)) -> bool {
    std::future::poll_fn(|context| {
        let looked = std::pin::Pin::new(&mut *what).poll(context);
        std::task::Poll::Ready(looked.is_pending())
    })
    .await
}
