//! `wasi:sockets/ip-name-lookup`.

use tollgate_policy::{NetworkTarget, NetworkVerb, Transport};
use tollgate_world::wasi::sockets::ip_name_lookup::{
    Host, HostResolveAddressStream, ResolveAddressStream,
};
use tollgate_world::wasi::sockets::network::{IpAddress, Network};
use wasmtime::component::Resource;
use wasmtime_wasi::p2::DynPollable;

use super::{Refusal, SocketResult};
use crate::view::View;

impl Host for View<'_> {
    async fn resolve_addresses(
        &mut self,
        _network: Resource<Network>,
        name: String,
    ) -> SocketResult<Resource<ResolveAddressStream>> {
        let target = NetworkTarget {
            transport: Transport::Dns,
            host: Some(&name),
            addr: None,
            port: None,
        };
        self.network(
            "wasi:sockets/ip-name-lookup#resolve-addresses",
            NetworkVerb::Resolve,
            target,
        )
        .await?;
        Err(Refusal::NotServed.into())
    }
}

/// No lookup begins yet, so there is no stream that these could be called on: its handle would have to be forged,
/// and the guest ends.
fn forged() -> wasmtime::Error {
    wasmtime::format_err!("there is no such resolve-address-stream")
}

impl HostResolveAddressStream for View<'_> {
    async fn resolve_next_address(
        &mut self,
        _: Resource<ResolveAddressStream>,
    ) -> SocketResult<Option<IpAddress>> {
        Err(tollgate_world::Failure::Trap(forged()))
    }

    async fn subscribe(
        &mut self,
        _: Resource<ResolveAddressStream>,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        Err(forged())
    }

    async fn drop(&mut self, _: Resource<ResolveAddressStream>) -> wasmtime::Result<()> {
        Err(forged())
    }
}
