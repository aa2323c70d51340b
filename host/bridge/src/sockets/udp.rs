//! `wasi:sockets/udp`.

use tollgate_policy::{NetworkTarget, NetworkVerb, Transport};
use tollgate_world::wasi::sockets::network::{IpAddressFamily, IpSocketAddress, Network};
use tollgate_world::wasi::sockets::udp::{
    Host, HostIncomingDatagramStream, HostOutgoingDatagramStream, HostUdpSocket, IncomingDatagram,
    IncomingDatagramStream, OutgoingDatagram, OutgoingDatagramStream, UdpSocket,
};
use tollgate_world::wasi::sockets::udp_create_socket;
use wasmtime::component::Resource;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};

use super::{Refusal, SocketResult, address};
use crate::view::{View, ours};

/// A socket that has not been given to the operating system.
struct Socket {
    family: IpAddressFamily,
}

#[async_trait::async_trait]
impl Pollable for Socket {
    async fn ready(&mut self) {
        // Nothing is under way, so the answer to any question is there.
    }
}

impl Host for View<'_> {}

impl udp_create_socket::Host for View<'_> {
    async fn create_udp_socket(
        &mut self,
        family: IpAddressFamily,
    ) -> SocketResult<Resource<UdpSocket>> {
        self.put(Socket { family })
            .map_err(tollgate_world::Failure::Trap)
    }
}

impl View<'_> {
    fn udp(&self, handle: &Resource<UdpSocket>) -> SocketResult<IpAddressFamily> {
        let socket: &Socket = self.get(handle).map_err(tollgate_world::Failure::Trap)?;
        Ok(socket.family)
    }

    fn unbound<T>(&self, handle: &Resource<UdpSocket>) -> SocketResult<T> {
        self.udp(handle)?;
        Err(Refusal::InvalidState.into())
    }

    fn datagram_option<T>(&self, handle: &Resource<UdpSocket>) -> SocketResult<T> {
        self.udp(handle)?;
        Err(Refusal::NotServed.into())
    }
}

impl HostUdpSocket for View<'_> {
    async fn start_bind(
        &mut self,
        handle: Resource<UdpSocket>,
        _network: Resource<Network>,
        local: IpSocketAddress,
    ) -> SocketResult<()> {
        let target = address::of(&local, self.udp(&handle)?, Transport::Udp)?;
        self.network(
            "wasi:sockets/udp#[method]udp-socket.start-bind",
            NetworkVerb::Bind,
            target,
        )
        .await
    }

    async fn finish_bind(&mut self, handle: Resource<UdpSocket>) -> SocketResult<()> {
        self.unbound(&handle)
    }

    /// With a remote address this is what `connect` is elsewhere; without one the socket could send anywhere, which
    /// is decided datagram by datagram once there are any.
    async fn stream(
        &mut self,
        handle: Resource<UdpSocket>,
        remote: Option<IpSocketAddress>,
    ) -> SocketResult<(
        Resource<IncomingDatagramStream>,
        Resource<OutgoingDatagramStream>,
    )> {
        let family = self.udp(&handle)?;
        let target = match &remote {
            Some(remote) => address::of(remote, family, Transport::Udp)?,
            None => NetworkTarget {
                transport: Transport::Udp,
                host: None,
                addr: None,
                port: None,
            },
        };
        self.network(
            "wasi:sockets/udp#[method]udp-socket.stream",
            NetworkVerb::Send,
            target,
        )
        .await?;
        Err(Refusal::NotServed.into())
    }

    async fn local_address(
        &mut self,
        handle: Resource<UdpSocket>,
    ) -> SocketResult<IpSocketAddress> {
        self.unbound(&handle)
    }

    async fn remote_address(
        &mut self,
        handle: Resource<UdpSocket>,
    ) -> SocketResult<IpSocketAddress> {
        self.unbound(&handle)
    }

    async fn address_family(
        &mut self,
        handle: Resource<UdpSocket>,
    ) -> wasmtime::Result<IpAddressFamily> {
        let socket: &Socket = self.get(&handle)?;
        Ok(socket.family)
    }

    async fn unicast_hop_limit(&mut self, handle: Resource<UdpSocket>) -> SocketResult<u8> {
        self.datagram_option(&handle)
    }

    async fn set_unicast_hop_limit(
        &mut self,
        handle: Resource<UdpSocket>,
        _: u8,
    ) -> SocketResult<()> {
        self.datagram_option(&handle)
    }

    async fn receive_buffer_size(&mut self, handle: Resource<UdpSocket>) -> SocketResult<u64> {
        self.datagram_option(&handle)
    }

    async fn set_receive_buffer_size(
        &mut self,
        handle: Resource<UdpSocket>,
        _: u64,
    ) -> SocketResult<()> {
        self.datagram_option(&handle)
    }

    async fn send_buffer_size(&mut self, handle: Resource<UdpSocket>) -> SocketResult<u64> {
        self.datagram_option(&handle)
    }

    async fn set_send_buffer_size(
        &mut self,
        handle: Resource<UdpSocket>,
        _: u64,
    ) -> SocketResult<()> {
        self.datagram_option(&handle)
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

/// No stream of datagrams is ever handed out yet, so a handle to one is forged, and the guest ends.
fn forged() -> wasmtime::Error {
    wasmtime::format_err!("there is no such datagram stream")
}

impl HostIncomingDatagramStream for View<'_> {
    async fn receive(
        &mut self,
        _: Resource<IncomingDatagramStream>,
        _: u64,
    ) -> SocketResult<Vec<IncomingDatagram>> {
        Err(tollgate_world::Failure::Trap(forged()))
    }

    async fn subscribe(
        &mut self,
        _: Resource<IncomingDatagramStream>,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        Err(forged())
    }

    async fn drop(&mut self, _: Resource<IncomingDatagramStream>) -> wasmtime::Result<()> {
        Err(forged())
    }
}

impl HostOutgoingDatagramStream for View<'_> {
    async fn check_send(&mut self, _: Resource<OutgoingDatagramStream>) -> SocketResult<u64> {
        Err(tollgate_world::Failure::Trap(forged()))
    }

    async fn send(
        &mut self,
        _: Resource<OutgoingDatagramStream>,
        _: Vec<OutgoingDatagram>,
    ) -> SocketResult<u64> {
        Err(tollgate_world::Failure::Trap(forged()))
    }

    async fn subscribe(
        &mut self,
        _: Resource<OutgoingDatagramStream>,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        Err(forged())
    }

    async fn drop(&mut self, _: Resource<OutgoingDatagramStream>) -> wasmtime::Result<()> {
        Err(forged())
    }
}
