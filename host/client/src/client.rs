//! A client: one conversation with one sidecar.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tollgate_protocol::types::{
    AuthenticateRequest, ConnectionOwnership, OwnershipScope, RequestPayload, ResponsePayload,
};
use tollgate_protocol::{BRIDGE_VERSION, SCHEMA_VERSION};

use crate::answered::answered;
use crate::connection::Connection;
use crate::error::Error;
use crate::handler::Handler;
use crate::limits::Limits;
use crate::link::Link;
use crate::peer::{Peer, Started};
use crate::talk;

/// What a client is to be like.
#[derive(Clone, Default)]
pub struct Options {
    /// What it takes at most.
    pub limits: Limits,
    /// What answers the sidecar's questions; without it they are answered with an error at once.
    pub handler: Option<Arc<dyn Handler>>,
}

impl Options {
    /// With this handler.
    #[must_use]
    pub fn handler(mut self, handler: impl Handler) -> Self {
        self.handler = Some(Arc::new(handler));
        self
    }

    /// With these limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}

/// One conversation with one sidecar. Everything that is made of it (connections, sessions, VMs) ends with it: dropped,
/// whatever waits for an answer gets [`Error::Closed`], and a process that it started is ended.
pub struct Client {
    link: Arc<Link>,
    started: Option<Box<dyn Started>>,
}

impl Client {
    /// Talks to a sidecar over any two streams. A frame is written whole before the next one, and flushed where no other
    /// waits.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn over(
        reader: impl AsyncRead + Send + Unpin + 'static,
        writer: impl AsyncWrite + Send + Unpin + 'static,
        options: Options,
    ) -> Self {
        Self::with_peer(Peer::over(reader, writer), options)
    }

    pub(crate) fn with_peer(peer: Peer, options: Options) -> Self {
        let (link, writing) = Link::new(options.limits);
        tokio::spawn(talk::read(Arc::clone(&link), peer.reader, options.handler));
        tokio::spawn(talk::write(Arc::clone(&link), peer.writer, writing));
        Self {
            link,
            started: peer.started,
        }
    }

    /// Makes a connection. `name` is what the client calls itself, for people; `token` is what the sidecar was started
    /// with, and any text where it was started with none. From the answer on, frames are as large as the sidecar says.
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`] for another token or version; a client may then try again. [`Error::Announced`].
    pub async fn authenticate(&self, name: &str, token: &str) -> Result<Connection, Error> {
        let hint = OwnershipScope::ConnectionOwnership(ConnectionOwnership {
            connection_id: String::new(),
        });
        let asked = RequestPayload::AuthenticateRequest(AuthenticateRequest {
            client_name: name.to_owned(),
            auth_token: token.to_owned(),
            protocol_version: SCHEMA_VERSION,
            bridge_version: BRIDGE_VERSION,
        });
        let answer = self.link.ask(hint, asked).await?;
        let made = answered!(answer.payload, AuthenticatedResponse)?;
        Ok(Connection::new(Arc::clone(&self.link), made))
    }

    /// Asks anything on anybody's behalf, and gives the answer that goes with it.
    ///
    /// # Errors
    ///
    /// Every [`Error`]; a refusal is [`Error::Rejected`].
    pub async fn request(
        &self,
        ownership: OwnershipScope,
        payload: RequestPayload,
    ) -> Result<ResponsePayload, Error> {
        let answer = self.link.ask(ownership, payload).await?;
        match answer.payload {
            ResponsePayload::RejectedResponse(refusal) => Err(refusal.into()),
            payload => Ok(payload),
        }
    }

    /// Ends the conversation in order: what was asked is still written, then the sidecar sees the end of its input, and
    /// this waits until it has ended its output, and a process that was started itself. Answers that come meanwhile
    /// reach whoever waits for them. Gives the process's exit code; none where there is no process or a signal ended it.
    ///
    /// Dropped while it waits, it is as if the client were.
    ///
    /// # Errors
    ///
    /// How the conversation ended, where that was not by its end: [`Error::Frame`], [`Error::Unexpected`], [`Error::Io`].
    pub async fn close(mut self) -> Result<Option<i32>, Error> {
        self.link.stop_writing();
        self.link.over().await;
        match self.link.end_of() {
            Error::Closed => {}
            error => return Err(error),
        }
        match self.started.as_mut() {
            None => Ok(None),
            Some(started) => {
                let ended = started.ended().await;
                ended.map_err(|error| Error::Io(error.kind()))
            }
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.link.end(Error::Closed);
    }
}
