//! `wasi:sockets/udp`.

mod incoming;
mod outgoing;
mod state;

use std::sync::Arc;

use tollgate_engine::Rate;
use tollgate_policy::{NetworkVerb, Transport};
use tollgate_world::Failure;
use tollgate_world::wasi::sockets::network::{IpAddressFamily, IpSocketAddress, Network};
use tollgate_world::wasi::sockets::udp::{
    Host, HostUdpSocket, IncomingDatagramStream, OutgoingDatagramStream, UdpSocket,
};
use tollgate_world::wasi::sockets::udp_create_socket;
use wasmtime::component::Resource;
use wasmtime_wasi::p2::{DynPollable, subscribe};

use self::incoming::Incoming;
use self::outgoing::Outgoing;
use self::state::Socket;
use super::route::here;
use super::{Refusal, SocketResult, address, pass};
use crate::view::{View, ours};

impl Host for View<'_> {}

impl udp_create_socket::Host for View<'_> {
    async fn create_udp_socket(
        &mut self,
        family: IpAddressFamily,
    ) -> SocketResult<Resource<UdpSocket>> {
        let socket = self.sockets().udp(address::family(family));
        let socket = Socket::new(family, socket.map_err(Refusal::from)?);
        self.put(socket).map_err(Failure::Trap)
    }
}

impl View<'_> {
    fn udp(&mut self, handle: &Resource<UdpSocket>) -> SocketResult<&mut Socket> {
        self.table.get_mut(&ours(handle)).map_err(Failure::trap)
    }
}

impl HostUdpSocket for View<'_> {
    async fn start_bind(
        &mut self,
        handle: Resource<UdpSocket>,
        _network: Resource<Network>,
        local: IpSocketAddress,
    ) -> SocketResult<()> {
        let gate = self.gate;
        let socket = self.udp(&handle)?;
        let local = address::local(local, socket.family, Transport::Udp)?;
        socket.may_bind()?;
        pass(
            gate,
            "wasi:sockets/udp#[method]udp-socket.start-bind",
            &here(NetworkVerb::Bind, Transport::Udp, local),
            Rate::Single,
            |permit| socket.bind(local, permit),
        )
        .await
    }

    async fn finish_bind(&mut self, handle: Resource<UdpSocket>) -> SocketResult<()> {
        Ok(self.udp(&handle)?.finish_bind()?)
    }

    /// With a remote address this is what `connect` is elsewhere; without one the socket may send to anybody, which is
    /// decided datagram by datagram.
    async fn stream(
        &mut self,
        handle: Resource<UdpSocket>,
        remote: Option<IpSocketAddress>,
    ) -> SocketResult<(
        Resource<IncomingDatagramStream>,
        Resource<OutgoingDatagramStream>,
    )> {
        let gate = self.gate;
        let family = self.udp(&handle)?.family;
        let association = match remote {
            None => self.udp(&handle)?.associate_with_anybody()?,
            Some(remote) => {
                let remote = address::remote(remote, family, Transport::Udp)?;
                let route = self.dialled(Transport::Udp, remote);
                let socket = self.udp(&handle)?;
                pass(
                    gate,
                    "wasi:sockets/udp#[method]udp-socket.stream",
                    &route.operation(),
                    Rate::Single,
                    |permit| socket.associate(remote, route.clone(), permit),
                )
                .await?
            }
        };
        let association = Arc::new(association);
        let incoming = Incoming::new(gate.clone(), Arc::clone(&association));
        let incoming = self.put(incoming).map_err(Failure::Trap)?;
        let outgoing = self.put(Outgoing::new(association));
        Ok((incoming, outgoing.map_err(Failure::Trap)?))
    }

    async fn local_address(
        &mut self,
        handle: Resource<UdpSocket>,
    ) -> SocketResult<IpSocketAddress> {
        Ok(address::shown(self.udp(&handle)?.local_address()?))
    }

    async fn remote_address(
        &mut self,
        handle: Resource<UdpSocket>,
    ) -> SocketResult<IpSocketAddress> {
        Ok(address::shown(self.udp(&handle)?.remote_address()?))
    }

    async fn address_family(
        &mut self,
        handle: Resource<UdpSocket>,
    ) -> wasmtime::Result<IpAddressFamily> {
        let socket: &Socket = self.get(&handle)?;
        Ok(socket.family)
    }

    async fn unicast_hop_limit(&mut self, handle: Resource<UdpSocket>) -> SocketResult<u8> {
        self.udp(&handle)?.option(|options| options.hop_limit())
    }

    async fn set_unicast_hop_limit(
        &mut self,
        handle: Resource<UdpSocket>,
        hops: u8,
    ) -> SocketResult<()> {
        self.udp(&handle)?
            .option(|options| options.set_hop_limit(hops))
    }

    async fn receive_buffer_size(&mut self, handle: Resource<UdpSocket>) -> SocketResult<u64> {
        self.udp(&handle)?
            .option(|options| options.receive_buffer())
    }

    async fn set_receive_buffer_size(
        &mut self,
        handle: Resource<UdpSocket>,
        bytes: u64,
    ) -> SocketResult<()> {
        self.udp(&handle)?
            .option(|options| options.set_receive_buffer(bytes))
    }

    async fn send_buffer_size(&mut self, handle: Resource<UdpSocket>) -> SocketResult<u64> {
        self.udp(&handle)?.option(|options| options.send_buffer())
    }

    async fn set_send_buffer_size(
        &mut self,
        handle: Resource<UdpSocket>,
        bytes: u64,
    ) -> SocketResult<()> {
        self.udp(&handle)?
            .option(|options| options.set_send_buffer(bytes))
    }

    async fn subscribe(
        &mut self,
        handle: Resource<UdpSocket>,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        subscribe(self.table, ours::<_, Socket>(&handle))
    }

    async fn drop(&mut self, handle: Resource<UdpSocket>) -> wasmtime::Result<()> {
        self.take::<_, Socket>(&handle).map(drop)
    }
}
