//! `wasi:sockets`, at the gate.
//!
//! Making a socket touches nothing outside, so it passes no gate, as on any Unix; what a socket does with the network
//! is decided when it is asked for, under the very address that is bound to, dialled or sent to. What takes time
//! (connecting, looking a name up) is decided twice: when it begins, and when its result is fetched. So no place in
//! the log is kept in between, which a guest could hold them all with, and the record tells what came of it.

mod address;
mod lookup;
mod route;
mod tcp;
mod udp;

use tollgate_capability::WrongPermit;
use tollgate_capability::net::{NetError, ResolveError};
use tollgate_engine::{Gate, Outcome, Rate};
use tollgate_policy::{Operation, Permit};
use tollgate_world::wasi::sockets::instance_network;
use tollgate_world::wasi::sockets::network::{self, ErrorCode, Network};
use tollgate_world::{Failure, SocketFailure};
use wasmtime::component::Resource;

use crate::view::View;

pub(crate) type SocketResult<T> = Result<T, SocketFailure>;

/// What a socket operation fails with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.case())]
pub(crate) enum Refusal {
    /// The policy denies it.
    Denied,
    /// Not in a state for it.
    InvalidState,
    /// An argument that can never be right.
    InvalidArgument,
    /// Something that excludes it is under way.
    ConcurrencyConflict,
    /// What is to be finished was not begun.
    NotInProgress,
    /// There is no answer yet.
    WouldBlock,
    /// The network said no.
    Net(NetError),
    /// The resolver said no.
    Resolver(ResolveError),
}

impl From<NetError> for Refusal {
    fn from(error: NetError) -> Self {
        Self::Net(error)
    }
}

impl From<WrongPermit> for Refusal {
    fn from(wrong: WrongPermit) -> Self {
        Self::Net(wrong.into())
    }
}

impl From<ResolveError> for Refusal {
    fn from(error: ResolveError) -> Self {
        Self::Resolver(error)
    }
}

impl From<Refusal> for ErrorCode {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Denied => Self::AccessDenied,
            Refusal::InvalidState => Self::InvalidState,
            Refusal::InvalidArgument => Self::InvalidArgument,
            Refusal::ConcurrencyConflict => Self::ConcurrencyConflict,
            Refusal::NotInProgress => Self::NotInProgress,
            Refusal::WouldBlock => Self::WouldBlock,
            Refusal::Resolver(ResolveError::Permit(_)) => Self::AccessDenied,
            Refusal::Resolver(ResolveError::NoAddress) => Self::NameUnresolvable,
            Refusal::Resolver(ResolveError::Temporary) => Self::TemporaryResolverFailure,
            Refusal::Net(error) => of_the_network(error),
        }
    }
}

fn of_the_network(error: NetError) -> ErrorCode {
    match error {
        NetError::Permit(_) | NetError::AccessDenied => ErrorCode::AccessDenied,
        NetError::NotSupported => ErrorCode::NotSupported,
        NetError::InvalidArgument => ErrorCode::InvalidArgument,
        NetError::OutOfMemory => ErrorCode::OutOfMemory,
        NetError::Timeout => ErrorCode::Timeout,
        NetError::ConcurrencyConflict => ErrorCode::ConcurrencyConflict,
        NetError::WouldBlock => ErrorCode::WouldBlock,
        NetError::InvalidState => ErrorCode::InvalidState,
        NetError::NewSocketLimit => ErrorCode::NewSocketLimit,
        NetError::AddressNotBindable => ErrorCode::AddressNotBindable,
        NetError::AddressInUse => ErrorCode::AddressInUse,
        NetError::RemoteUnreachable => ErrorCode::RemoteUnreachable,
        NetError::ConnectionRefused => ErrorCode::ConnectionRefused,
        NetError::ConnectionReset => ErrorCode::ConnectionReset,
        NetError::ConnectionAborted => ErrorCode::ConnectionAborted,
        NetError::DatagramTooLarge => ErrorCode::DatagramTooLarge,
        NetError::Unknown => ErrorCode::Unknown,
    }
}

impl Outcome for Refusal {
    fn case(&self) -> &'static str {
        match ErrorCode::from(*self) {
            ErrorCode::Unknown => "unknown",
            ErrorCode::AccessDenied => "access-denied",
            ErrorCode::NotSupported => "not-supported",
            ErrorCode::InvalidArgument => "invalid-argument",
            ErrorCode::OutOfMemory => "out-of-memory",
            ErrorCode::Timeout => "timeout",
            ErrorCode::ConcurrencyConflict => "concurrency-conflict",
            ErrorCode::NotInProgress => "not-in-progress",
            ErrorCode::WouldBlock => "would-block",
            ErrorCode::InvalidState => "invalid-state",
            ErrorCode::NewSocketLimit => "new-socket-limit",
            ErrorCode::AddressNotBindable => "address-not-bindable",
            ErrorCode::AddressInUse => "address-in-use",
            ErrorCode::RemoteUnreachable => "remote-unreachable",
            ErrorCode::ConnectionRefused => "connection-refused",
            ErrorCode::ConnectionReset => "connection-reset",
            ErrorCode::ConnectionAborted => "connection-aborted",
            ErrorCode::DatagramTooLarge => "datagram-too-large",
            ErrorCode::NameUnresolvable => "name-unresolvable",
            ErrorCode::TemporaryResolverFailure => "temporary-resolver-failure",
            ErrorCode::PermanentResolverFailure => "permanent-resolver-failure",
        }
    }
}

impl From<Refusal> for SocketFailure {
    fn from(refusal: Refusal) -> Self {
        Failure::Code(refusal.into())
    }
}

/// Passes one use of the network through the gate.
async fn pass<T>(
    gate: &Gate,
    import: &'static str,
    operation: &Operation<'_>,
    rate: Rate,
    act: impl FnOnce(Permit) -> Result<T, Refusal>,
) -> SocketResult<T> {
    let acted = |permit, _: &mut _| act(permit);
    let passed = gate.through(import, operation, rate, Refusal::Denied, acted);
    Ok(passed.await.map_err(Failure::trap)??)
}

/// The network as a value: it says nothing, since grants are looked at with each operation.
struct AnyNetwork;

impl instance_network::Host for View<'_> {
    async fn instance_network(&mut self) -> wasmtime::Result<Resource<Network>> {
        self.put(AnyNetwork)
    }
}

impl network::Host for View<'_> {
    fn convert_error_code(&mut self, error: SocketFailure) -> wasmtime::Result<ErrorCode> {
        error.into_code()
    }

    async fn network_error_code(
        &mut self,
        error: Resource<wasmtime::Error>,
    ) -> wasmtime::Result<Option<ErrorCode>> {
        let error = self.table.get(&error)?;
        let refusal: Option<&Refusal> = error.downcast_ref();
        Ok(refusal.map(|refusal| ErrorCode::from(*refusal)))
    }
}

impl network::HostNetwork for View<'_> {
    async fn drop(&mut self, handle: Resource<Network>) -> wasmtime::Result<()> {
        self.take::<_, AnyNetwork>(&handle).map(drop)
    }
}
