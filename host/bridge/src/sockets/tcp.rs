//! `wasi:sockets/tcp`.

use tollgate_policy::{NetworkTarget, NetworkVerb, Transport};
use tollgate_world::wasi::sockets::network::{IpAddressFamily, IpSocketAddress, Network};
use tollgate_world::wasi::sockets::tcp::{Duration, HostTcpSocket, ShutdownType, TcpSocket};
use tollgate_world::wasi::sockets::tcp_create_socket;
use wasmtime::component::Resource;
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, DynPollable, Pollable, subscribe};

use super::{Refusal, SocketResult, address};
use crate::view::{View, ours};

/// A socket that has not been given to the operating system: it is neither bound nor connected.
pub(super) struct Socket {
    family: IpAddressFamily,
}

#[async_trait::async_trait]
impl Pollable for Socket {
    async fn ready(&mut self) {
        // Nothing is under way, so the answer to any question is there.
    }
}

impl tcp_create_socket::Host for View<'_> {
    async fn create_tcp_socket(
        &mut self,
        family: IpAddressFamily,
    ) -> SocketResult<Resource<TcpSocket>> {
        self.put(Socket { family })
            .map_err(tollgate_world::Failure::Trap)
    }
}

impl View<'_> {
    fn tcp(&self, handle: &Resource<TcpSocket>) -> SocketResult<IpAddressFamily> {
        let socket: &Socket = self.get(handle).map_err(tollgate_world::Failure::Trap)?;
        Ok(socket.family)
    }

    /// For what only makes sense on a socket that got further than any does here.
    fn unconnected<T>(&self, handle: &Resource<TcpSocket>) -> SocketResult<T> {
        self.tcp(handle)?;
        Err(Refusal::InvalidState.into())
    }

    /// Options of a socket that the operating system does not have.
    fn option<T>(&self, handle: &Resource<TcpSocket>) -> SocketResult<T> {
        self.tcp(handle)?;
        Err(Refusal::NotServed.into())
    }
}

impl HostTcpSocket for View<'_> {
    async fn start_bind(
        &mut self,
        handle: Resource<TcpSocket>,
        _network: Resource<Network>,
        local: IpSocketAddress,
    ) -> SocketResult<()> {
        let target = address::of(&local, self.tcp(&handle)?, Transport::Tcp)?;
        self.network(
            "wasi:sockets/tcp#[method]tcp-socket.start-bind",
            NetworkVerb::Bind,
            target,
        )
        .await
    }

    async fn finish_bind(&mut self, handle: Resource<TcpSocket>) -> SocketResult<()> {
        self.unconnected(&handle)
    }

    async fn start_connect(
        &mut self,
        handle: Resource<TcpSocket>,
        _network: Resource<Network>,
        remote: IpSocketAddress,
    ) -> SocketResult<()> {
        let target = address::of(&remote, self.tcp(&handle)?, Transport::Tcp)?;
        self.network(
            "wasi:sockets/tcp#[method]tcp-socket.start-connect",
            NetworkVerb::Connect,
            target,
        )
        .await
    }

    async fn finish_connect(
        &mut self,
        handle: Resource<TcpSocket>,
    ) -> SocketResult<(Resource<DynInputStream>, Resource<DynOutputStream>)> {
        self.unconnected(&handle)
    }

    async fn start_listen(&mut self, handle: Resource<TcpSocket>) -> SocketResult<()> {
        self.tcp(&handle)?;
        // Never bound, so that the address would be any: that is what has to be granted.
        let target = NetworkTarget {
            transport: Transport::Tcp,
            host: None,
            addr: None,
            port: None,
        };
        self.network(
            "wasi:sockets/tcp#[method]tcp-socket.start-listen",
            NetworkVerb::Listen,
            target,
        )
        .await
    }

    async fn finish_listen(&mut self, handle: Resource<TcpSocket>) -> SocketResult<()> {
        self.unconnected(&handle)
    }

    async fn accept(
        &mut self,
        handle: Resource<TcpSocket>,
    ) -> SocketResult<(
        Resource<TcpSocket>,
        Resource<DynInputStream>,
        Resource<DynOutputStream>,
    )> {
        self.unconnected(&handle)
    }

    async fn local_address(
        &mut self,
        handle: Resource<TcpSocket>,
    ) -> SocketResult<IpSocketAddress> {
        self.unconnected(&handle)
    }

    async fn remote_address(
        &mut self,
        handle: Resource<TcpSocket>,
    ) -> SocketResult<IpSocketAddress> {
        self.unconnected(&handle)
    }

    async fn is_listening(&mut self, handle: Resource<TcpSocket>) -> wasmtime::Result<bool> {
        let _: &Socket = self.get(&handle)?;
        Ok(false)
    }

    async fn address_family(
        &mut self,
        handle: Resource<TcpSocket>,
    ) -> wasmtime::Result<IpAddressFamily> {
        let socket: &Socket = self.get(&handle)?;
        Ok(socket.family)
    }

    async fn set_listen_backlog_size(
        &mut self,
        handle: Resource<TcpSocket>,
        _: u64,
    ) -> SocketResult<()> {
        self.option(&handle)
    }

    async fn keep_alive_enabled(&mut self, handle: Resource<TcpSocket>) -> SocketResult<bool> {
        self.option(&handle)
    }

    async fn set_keep_alive_enabled(
        &mut self,
        handle: Resource<TcpSocket>,
        _: bool,
    ) -> SocketResult<()> {
        self.option(&handle)
    }

    async fn keep_alive_idle_time(
        &mut self,
        handle: Resource<TcpSocket>,
    ) -> SocketResult<Duration> {
        self.option(&handle)
    }

    async fn set_keep_alive_idle_time(
        &mut self,
        handle: Resource<TcpSocket>,
        _: Duration,
    ) -> SocketResult<()> {
        self.option(&handle)
    }

    async fn keep_alive_interval(&mut self, handle: Resource<TcpSocket>) -> SocketResult<Duration> {
        self.option(&handle)
    }

    async fn set_keep_alive_interval(
        &mut self,
        handle: Resource<TcpSocket>,
        _: Duration,
    ) -> SocketResult<()> {
        self.option(&handle)
    }

    async fn keep_alive_count(&mut self, handle: Resource<TcpSocket>) -> SocketResult<u32> {
        self.option(&handle)
    }

    async fn set_keep_alive_count(
        &mut self,
        handle: Resource<TcpSocket>,
        _: u32,
    ) -> SocketResult<()> {
        self.option(&handle)
    }

    async fn hop_limit(&mut self, handle: Resource<TcpSocket>) -> SocketResult<u8> {
        self.option(&handle)
    }

    async fn set_hop_limit(&mut self, handle: Resource<TcpSocket>, _: u8) -> SocketResult<()> {
        self.option(&handle)
    }

    async fn receive_buffer_size(&mut self, handle: Resource<TcpSocket>) -> SocketResult<u64> {
        self.option(&handle)
    }

    async fn set_receive_buffer_size(
        &mut self,
        handle: Resource<TcpSocket>,
        _: u64,
    ) -> SocketResult<()> {
        self.option(&handle)
    }

    async fn send_buffer_size(&mut self, handle: Resource<TcpSocket>) -> SocketResult<u64> {
        self.option(&handle)
    }

    async fn set_send_buffer_size(
        &mut self,
        handle: Resource<TcpSocket>,
        _: u64,
    ) -> SocketResult<()> {
        self.option(&handle)
    }

    async fn subscribe(
        &mut self,
        handle: Resource<TcpSocket>,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        subscribe(self.table, ours::<_, Socket>(&handle))
    }

    async fn shutdown(&mut self, handle: Resource<TcpSocket>, _: ShutdownType) -> SocketResult<()> {
        self.unconnected(&handle)
    }

    async fn drop(&mut self, handle: Resource<TcpSocket>) -> wasmtime::Result<()> {
        self.take::<_, Socket>(&handle).map(drop)
    }
}
