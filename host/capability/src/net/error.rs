//! What the network answers when it does not do what was asked.

use std::io;

use rustix::io::Errno;

/// Why a use of the network failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// The permit is for something else.
    #[error(transparent)]
    Permit(#[from] crate::WrongPermit),
    /// The operating system does not let the host do this.
    #[error("the operating system refuses it")]
    AccessDenied,
    /// The operating system does not have this.
    #[error("the operating system has no such thing")]
    NotSupported,
    /// An argument makes no sense.
    #[error("an argument is invalid")]
    InvalidArgument,
    /// There is no memory for it.
    #[error("there is not enough memory")]
    OutOfMemory,
    /// The other end did not answer in time.
    #[error("the other end did not answer in time")]
    Timeout,
    /// Something of the kind is under way already.
    #[error("an operation of the kind is under way")]
    ConcurrencyConflict,
    /// It would have to be waited for.
    #[error("it would have to be waited for")]
    WouldBlock,
    /// The socket is not in a state for it.
    #[error("the socket is not in a state for it")]
    InvalidState,
    /// The run, the process or the system has as many sockets as it may.
    #[error("there are as many sockets as there may be")]
    NewSocketLimit,
    /// The address is none of this machine.
    #[error("the address cannot be bound to")]
    AddressNotBindable,
    /// The address is taken, or there is no free port.
    #[error("the address is in use")]
    AddressInUse,
    /// No way leads there.
    #[error("the other end cannot be reached")]
    RemoteUnreachable,
    /// Nobody listens there.
    #[error("the connection was refused")]
    ConnectionRefused,
    /// The other end broke the connection off.
    #[error("the connection was reset")]
    ConnectionReset,
    /// The connection was given up.
    #[error("the connection was aborted")]
    ConnectionAborted,
    /// The datagram has more bytes than one can have.
    #[error("the datagram is too large")]
    DatagramTooLarge,
    /// Anything else.
    #[error("the network fails for another reason")]
    Unknown,
}

impl From<Errno> for NetError {
    fn from(error: Errno) -> Self {
        match error {
            Errno::ACCESS | Errno::PERM => Self::AccessDenied,
            Errno::OPNOTSUPP | Errno::AFNOSUPPORT | Errno::PROTONOSUPPORT | Errno::NOPROTOOPT => {
                Self::NotSupported
            }
            Errno::INVAL | Errno::DESTADDRREQ => Self::InvalidArgument,
            Errno::NOMEM | Errno::NOBUFS => Self::OutOfMemory,
            Errno::TIMEDOUT => Self::Timeout,
            Errno::ALREADY | Errno::INPROGRESS => Self::ConcurrencyConflict,
            Errno::AGAIN => Self::WouldBlock,
            Errno::ISCONN | Errno::NOTCONN => Self::InvalidState,
            Errno::MFILE | Errno::NFILE => Self::NewSocketLimit,
            Errno::ADDRNOTAVAIL => Self::AddressNotBindable,
            Errno::ADDRINUSE => Self::AddressInUse,
            Errno::HOSTUNREACH
            | Errno::HOSTDOWN
            | Errno::NETUNREACH
            | Errno::NETDOWN
            | Errno::NETRESET
            | Errno::NONET => Self::RemoteUnreachable,
            Errno::CONNREFUSED => Self::ConnectionRefused,
            // A write into what the other end closed: it has answered with a reset, or is about to.
            Errno::CONNRESET | Errno::PIPE => Self::ConnectionReset,
            Errno::CONNABORTED => Self::ConnectionAborted,
            Errno::MSGSIZE => Self::DatagramTooLarge,
            // The operating system has more errors than anybody can name.
            _ => Self::Unknown,
        }
    }
}

impl From<io::Error> for NetError {
    fn from(error: io::Error) -> Self {
        Errno::from_io_error(&error).map_or(Self::Unknown, Self::from)
    }
}

/// As the errors of a connect: a connect binds by itself where nobody did, and an address that cannot be had then
/// means that there is no free port.
pub(super) fn of_connect(error: Errno) -> NetError {
    match error {
        Errno::ADDRNOTAVAIL => NetError::AddressInUse,
        other => other.into(),
    }
}
