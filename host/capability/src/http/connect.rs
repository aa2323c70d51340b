//! Connecting, to the one address that was decided about.

#![expect(
    clippy::disallowed_types,
    reason = "here the client connects, with the permit for that very address"
)]

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tollgate_policy::{HttpScheme, Permit};

use super::{HttpError, Origin, Trust};

/// What a connection reads and writes.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A client. Clones are the same client; it holds no connection.
#[derive(Debug, Clone, Default)]
pub struct Client {
    trust: Trust,
}

/// A connection for one request.
pub struct Connection {
    pub(super) stream: TokioIo<Box<dyn Stream>>,
    pub(super) origin: Origin,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

impl Client {
    /// A client that trusts `trust`.
    #[must_use]
    pub fn new(trust: Trust) -> Self {
        Self { trust }
    }

    /// Connects to `address` for a request to `origin`, within `time`. Whose certificate the peer must show is said by the
    /// origin, whatever the address.
    ///
    /// # Errors
    ///
    /// The permit is for another scheme, address or port; or there is no connection.
    pub async fn connect(
        &self,
        origin: &Origin,
        address: IpAddr,
        time: Duration,
        permit: Permit,
    ) -> Result<Connection, HttpError> {
        if !permit.covers_http(origin.scheme(), address, origin.port()) {
            return Err(crate::WrongPermit.into());
        }
        let connecting = self.stream(origin, SocketAddr::new(address, origin.port()));
        let stream = timeout(time, connecting)
            .await
            .map_err(|_| HttpError::ConnectTimeout)??;
        Ok(Connection {
            stream: TokioIo::new(stream),
            origin: origin.clone(),
        })
    }

    async fn stream(
        &self,
        origin: &Origin,
        address: SocketAddr,
    ) -> Result<Box<dyn Stream>, HttpError> {
        let connected = TcpStream::connect(address).await;
        let stream = connected.map_err(|error| HttpError::of_connecting(&error))?;
        // A request is written in few pieces, and none of them gains by waiting for the next.
        stream
            .set_nodelay(true)
            .map_err(|error| HttpError::of_connecting(&error))?;
        match origin.scheme() {
            HttpScheme::Http => Ok(Box::new(stream)),
            HttpScheme::Https => self.secured(origin, stream).await,
        }
    }

    async fn secured(
        &self,
        origin: &Origin,
        stream: TcpStream,
    ) -> Result<Box<dyn Stream>, HttpError> {
        let name = match origin.literal() {
            Some(address) => ServerName::from(address),
            None => ServerName::try_from(origin.name().to_owned()).map_err(|_| HttpError::Tls)?,
        };
        let config = self.trust.config().await.ok_or(HttpError::Certificate)?;
        let secured = TlsConnector::from(config).connect(name, stream).await;
        let secured = secured.map_err(|error| HttpError::of_stream(&error))?;
        Ok(Box::new(secured))
    }
}
