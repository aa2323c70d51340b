//! Bodies that somebody else feeds, a piece at a time.
//!
//! A body is a channel that holds one piece: whoever reads slowly holds up whoever writes, and nothing piles up between
//! them. It ends when it is told so. A writer that is gone without a word has been cut off, and what it wrote is no
//! whole body: that must never look like an end.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderMap;
use hyper::body::Frame;
use tokio::sync::mpsc;

use super::HttpError;

/// Pieces that wait in a body. More would only be memory.
const WAITING: usize = 1;

enum Message<E> {
    Frame(Frame<Bytes>),
    Failed(E),
    End,
}

/// A body with its feeder.
#[must_use]
pub fn channel<E>() -> (Sender<E>, Receiver<E>) {
    let (sender, receiver) = mpsc::channel(WAITING);
    (Sender(sender), Receiver(Some(receiver)))
}

/// Feeds a body.
#[derive(Debug)]
pub struct Sender<E>(mpsc::Sender<Message<E>>);

/// Room for one message of a body.
#[derive(Debug)]
pub struct Slot<'a, E>(mpsc::Permit<'a, Message<E>>);

impl<E> std::fmt::Debug for Message<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Message")
    }
}

impl<E> Sender<E> {
    /// Waits until the reader takes more; `None` when there is no reader any more. Cancelled, nothing has happened.
    pub async fn room(&self) -> Option<Slot<'_, E>> {
        self.0.reserve().await.ok().map(Slot)
    }
}

impl<E> Slot<'_, E> {
    /// Hands on a piece.
    pub fn data(self, bytes: Bytes) {
        self.0.send(Message::Frame(Frame::data(bytes)));
    }

    /// Hands on the trailers, which end the body.
    pub fn trailers(self, trailers: HeaderMap) {
        self.0.send(Message::Frame(Frame::trailers(trailers)));
    }

    /// Ends the body well.
    pub fn end(self) {
        self.0.send(Message::End);
    }

    /// Ends the body ill.
    pub fn fail(self, error: E) {
        self.0.send(Message::Failed(error));
    }
}

/// A body that is fed by a [`Sender`].
#[derive(Debug)]
pub struct Receiver<E>(Option<mpsc::Receiver<Message<E>>>);

impl<E: From<HttpError>> hyper::body::Body for Receiver<E> {
    type Data = Bytes;
    type Error = E;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, E>>> {
        let Some(receiver) = &mut self.0 else {
            return Poll::Ready(None);
        };
        let (frame, last) = match ready!(receiver.poll_recv(context)) {
            Some(Message::Frame(frame)) => {
                let last = frame.is_trailers();
                (Some(Ok(frame)), last)
            }
            Some(Message::Failed(error)) => (Some(Err(error)), true),
            Some(Message::End) => (None, true),
            None => (Some(Err(HttpError::Terminated.into())), true),
        };
        if last {
            self.0 = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }
}

/// The body of a request: none, or one that is fed.
#[derive(Debug)]
pub struct Body(Receiver<HttpError>);

impl Body {
    /// No body.
    #[must_use]
    pub fn none() -> Self {
        Self(Receiver(None))
    }
}

impl From<Receiver<HttpError>> for Body {
    fn from(receiver: Receiver<HttpError>) -> Self {
        Self(receiver)
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        Pin::new(&mut self.0).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    #[tokio::test]
    async fn a_writer_that_is_cut_off_has_not_ended_its_body() {
        let (sender, mut body) = channel::<HttpError>();
        sender
            .room()
            .await
            .unwrap()
            .data(Bytes::from_static(b"half"));
        drop(sender);
        assert!(body.frame().await.unwrap().unwrap().is_data());
        assert_eq!(
            body.frame().await.unwrap().unwrap_err(),
            HttpError::Terminated
        );
        assert!(body.frame().await.is_none());
    }

    #[tokio::test]
    async fn a13_a_reader_that_takes_nothing_holds_up_its_writer() {
        let (sender, mut body) = channel::<HttpError>();
        sender
            .room()
            .await
            .unwrap()
            .data(Bytes::from_static(b"one"));
        let more = tokio::time::timeout(std::time::Duration::from_millis(20), sender.room()).await;
        assert!(more.is_err(), "nobody reads, and there is room for more");
        assert!(body.frame().await.unwrap().unwrap().is_data());
        sender.room().await.unwrap().end();
        assert!(body.frame().await.is_none());
        assert!(hyper::body::Body::is_end_stream(&body));
    }
}
