//! What goes wrong between a request and its answer.

use std::error::Error;
use std::io;

use rustix::io::Errno;
use tokio_rustls::rustls;

/// Why a request has no answer, or no whole one. It says nothing of the host: no path, no address, no text of a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The permit is for something else.
    #[error(transparent)]
    Permit(#[from] crate::WrongPermit),
    /// Nobody listens there.
    #[error("the connection was refused")]
    Refused,
    /// There is no way there.
    #[error("the address cannot be reached")]
    Unreachable,
    /// There was no connection in time.
    #[error("connecting took too long")]
    ConnectTimeout,
    /// The host has no descriptor or port left.
    #[error("the host has no room for another connection")]
    NoRoom,
    /// The peer closed the connection, or it broke.
    #[error("the connection ended")]
    Terminated,
    /// The peer's certificate is not one for this host that is trusted now.
    #[error("the certificate is not trusted for this host")]
    Certificate,
    /// The peer does not speak TLS as it should, or the host's name is none that a certificate can have.
    #[error("the peer does not speak TLS")]
    Tls,
    /// The peer refused the TLS connection, with this alert of its.
    #[error("the peer refused the TLS connection with alert {0}")]
    TlsAlert(u8),
    /// The peer does not speak HTTP as it should.
    #[error("the peer does not speak HTTP")]
    Protocol,
    /// The answer ended before it was whole.
    #[error("the answer is not whole")]
    Incomplete,
    /// The answer's body is in a transfer coding beside `chunked`.
    #[error("the answer is in a transfer coding that was not asked for")]
    TransferCoding,
    /// The answer speaks another protocol from here on, which was not asked for.
    #[error("the answer switches protocols")]
    Upgrade,
    /// The answer has more or larger header fields than are taken.
    #[error("the answer's header fields are too large")]
    HeaderSection,
    /// There was no answer in time.
    #[error("the answer took too long")]
    AnswerTimeout,
    /// There was no further piece of the answer in time.
    #[error("the answer stopped")]
    ReadTimeout,
    /// The request's own body was cut off before its end.
    #[error("the request was not whole")]
    Aborted,
}

impl HttpError {
    /// Whether another address of the same name may do better.
    #[must_use]
    pub fn is_of_the_address(self) -> bool {
        matches!(
            self,
            Self::Refused | Self::Unreachable | Self::ConnectTimeout
        )
    }

    pub(super) fn of_connecting(error: &io::Error) -> Self {
        if matches!(
            Errno::from_io_error(error),
            Some(Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM | Errno::AGAIN)
        ) {
            return Self::NoRoom;
        }
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::TimedOut => Self::ConnectTimeout,
            io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => Self::Terminated,
            // Whatever else a system has to say about an address, that way leads nowhere.
            _ => Self::Unreachable,
        }
    }

    /// Of a TLS handshake, or of a connection in use.
    pub(super) fn of_stream(error: &io::Error) -> Self {
        match error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
        {
            Some(error) => Self::of_tls(error),
            None => Self::Terminated,
        }
    }

    fn of_tls(error: &rustls::Error) -> Self {
        match error {
            rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => {
                Self::Certificate
            }
            rustls::Error::AlertReceived(alert) => Self::TlsAlert(u8::from(*alert)),
            // All the others say in which way it is no TLS.
            _ => Self::Tls,
        }
    }
}

impl From<hyper::Error> for HttpError {
    fn from(error: hyper::Error) -> Self {
        let mut cause = error.source();
        while let Some(inner) = cause {
            if let Some(ours) = inner.downcast_ref::<Self>() {
                return *ours;
            }
            if let Some(stream) = inner.downcast_ref::<io::Error>() {
                return Self::of_io(stream);
            }
            cause = inner.source();
        }
        if error.is_parse_too_large() {
            Self::HeaderSection
        } else if error.is_incomplete_message() {
            Self::Incomplete
        } else if error.is_canceled() || error.is_closed() || error.is_body_write_aborted() {
            Self::Terminated
        } else {
            Self::Protocol
        }
    }
}

impl HttpError {
    /// What the client's HTTP code says as an error of the stream: its decoder too has only those.
    fn of_io(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData
                if error
                    .get_ref()
                    .is_none_or(|inner| !inner.is::<rustls::Error>()) =>
            {
                Self::Protocol
            }
            io::ErrorKind::UnexpectedEof => Self::Incomplete,
            _ => Self::of_stream(error),
        }
    }
}
