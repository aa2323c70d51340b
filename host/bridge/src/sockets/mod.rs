//! `wasi:sockets`, decided and recorded at the gate.
//!
//! Making a socket touches nothing outside, so it always succeeds, as on any Unix; what a socket would do with the
//! network is decided when it is asked for. The network itself is not served yet: what the policy denies gets
//! `access-denied`, and what it allows gets `not-supported`.

mod address;
mod lookup;
mod tcp;
mod udp;

use tollgate_engine::{Outcome, Rate};
use tollgate_policy::{NetworkTarget, NetworkVerb, Operation};
use tollgate_world::wasi::sockets::network::{self, ErrorCode, Network};
use tollgate_world::wasi::sockets::{instance_network, tcp as tcp_world};
use tollgate_world::{Failure, SocketFailure};
use wasmtime::component::Resource;

use crate::view::View;

pub(crate) type SocketResult<T> = Result<T, SocketFailure>;

/// What a socket operation fails with here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    Denied,
    NotServed,
    /// Not in a state for it.
    InvalidState,
    /// The address is of another family than the socket.
    WrongFamily,
}

impl Outcome for Refusal {
    fn case(&self) -> &'static str {
        match self {
            Self::Denied => "access-denied",
            Self::NotServed => "not-supported",
            Self::InvalidState => "invalid-state",
            Self::WrongFamily => "invalid-argument",
        }
    }
}

impl From<Refusal> for SocketFailure {
    fn from(refusal: Refusal) -> Self {
        Failure::Code(match refusal {
            Refusal::Denied => ErrorCode::AccessDenied,
            Refusal::NotServed => ErrorCode::NotSupported,
            Refusal::InvalidState => ErrorCode::InvalidState,
            Refusal::WrongFamily => ErrorCode::InvalidArgument,
        })
    }
}

/// The network as a value: it says nothing, since grants are looked at with each operation.
struct AnyNetwork;

impl View<'_> {
    /// Decides one use of the network, and refuses it either way.
    pub(super) async fn network(
        &mut self,
        import: &'static str,
        verb: NetworkVerb,
        target: NetworkTarget<'_>,
    ) -> SocketResult<()> {
        let operation = Operation::Network { verb, target };
        let result = self
            .gate
            .through(
                import,
                &operation,
                Rate::Single,
                Refusal::Denied,
                |permit, _| {
                    drop(permit);
                    Err(Refusal::NotServed)
                },
            )
            .await
            .map_err(Failure::trap)?;
        Ok(result?)
    }
}

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
        // No stream of ours fails with an error of the network.
        self.table.get(&error)?;
        Ok(None)
    }
}

impl network::HostNetwork for View<'_> {
    async fn drop(&mut self, handle: Resource<Network>) -> wasmtime::Result<()> {
        self.take::<_, AnyNetwork>(&handle).map(drop)
    }
}

impl tcp_world::Host for View<'_> {}
