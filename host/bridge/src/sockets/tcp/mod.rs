//! `wasi:sockets/tcp`.

mod options;
mod state;
mod streams;

use tollgate_capability::net::{Ends, TcpConnection};
use tollgate_engine::Rate;
use tollgate_policy::{NetworkVerb, Transport};
use tollgate_world::Failure;
use tollgate_world::wasi::sockets::network::{IpAddressFamily, IpSocketAddress, Network};
use tollgate_world::wasi::sockets::tcp::{Duration, Host, HostTcpSocket, ShutdownType, TcpSocket};
use tollgate_world::wasi::sockets::tcp_create_socket;
use wasmtime::component::Resource;
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, DynPollable, subscribe};

use self::state::{Socket, State, UNBOUND};
use self::streams::{Link, TcpInput, TcpOutput};
use super::route::{Route, here};
use super::{Refusal, SocketResult, address, pass};
use crate::view::{View, ours};

impl Host for View<'_> {}

impl tcp_create_socket::Host for View<'_> {
    async fn create_tcp_socket(
        &mut self,
        family: IpAddressFamily,
    ) -> SocketResult<Resource<TcpSocket>> {
        let socket = self.sockets().tcp(address::family(family));
        let socket = Socket::new(family, socket.map_err(Refusal::from)?);
        self.put(socket).map_err(Failure::Trap)
    }
}

type Streams = (Resource<DynInputStream>, Resource<DynOutputStream>);

impl View<'_> {
    fn tcp(&mut self, handle: &Resource<TcpSocket>) -> SocketResult<&mut Socket> {
        self.table.get_mut(&ours(handle)).map_err(Failure::trap)
    }

    /// The two streams of a connection.
    fn streams(&mut self, link: &Link) -> SocketResult<Streams> {
        let input: DynInputStream = Box::new(TcpInput::new(self.gate.clone(), link));
        let output: DynOutputStream = Box::new(TcpOutput::new(link));
        let input = self.table.push(input).map_err(Failure::trap)?;
        let output = self.table.push(output).map_err(Failure::trap)?;
        Ok((input, output))
    }

    fn connected(&self, connection: TcpConnection, route: Route) -> Link {
        Link::new(self.gate.clone(), connection, route)
    }
}

impl HostTcpSocket for View<'_> {
    async fn start_bind(
        &mut self,
        handle: Resource<TcpSocket>,
        _network: Resource<Network>,
        local: IpSocketAddress,
    ) -> SocketResult<()> {
        let gate = self.gate;
        let socket = self.tcp(&handle)?;
        let local = address::local(local, socket.family, Transport::Tcp)?;
        let unbound = socket.unbound()?;
        pass(
            gate,
            "wasi:sockets/tcp#[method]tcp-socket.start-bind",
            &here(NetworkVerb::Bind, Transport::Tcp, local),
            Rate::Single,
            |permit| Ok(unbound.bind(local, permit)?),
        )
        .await?;
        socket.begin_bind();
        Ok(())
    }

    async fn finish_bind(&mut self, handle: Resource<TcpSocket>) -> SocketResult<()> {
        Ok(self.tcp(&handle)?.finish_bind()?)
    }

    async fn start_connect(
        &mut self,
        handle: Resource<TcpSocket>,
        _network: Resource<Network>,
        remote: IpSocketAddress,
    ) -> SocketResult<()> {
        let gate = self.gate;
        let socket = self.tcp(&handle)?;
        let remote = address::remote(remote, socket.family, Transport::Tcp)?;
        socket.may_connect()?;
        let route = self.dialled(Transport::Tcp, remote);
        let socket = self.tcp(&handle)?;
        pass(
            gate,
            "wasi:sockets/tcp#[method]tcp-socket.start-connect",
            &route.operation(),
            Rate::Single,
            |permit| socket.connect(remote, route.clone(), permit),
        )
        .await
    }

    async fn finish_connect(&mut self, handle: Resource<TcpSocket>) -> SocketResult<Streams> {
        let gate = self.gate;
        let socket = self.tcp(&handle)?;
        let route = socket.connecting()?;
        let connection = pass(
            gate,
            "wasi:sockets/tcp#[method]tcp-socket.finish-connect",
            &route.operation(),
            Rate::Single,
            |permit| socket.connected(permit),
        )
        .await?;
        let link = self.connected(connection, route);
        let streams = self.streams(&link)?;
        self.tcp(&handle)?.state = State::Connected(link);
        Ok(streams)
    }

    /// A socket that is bound to nothing would be to any address, so that this is what is decided before it is told
    /// that it is in no state for it.
    async fn start_listen(&mut self, handle: Resource<TcpSocket>) -> SocketResult<()> {
        let gate = self.gate;
        let socket = self.tcp(&handle)?;
        let local = socket.may_listen()?;
        pass(
            gate,
            "wasi:sockets/tcp#[method]tcp-socket.start-listen",
            &here(
                NetworkVerb::Listen,
                Transport::Tcp,
                local.unwrap_or(UNBOUND),
            ),
            Rate::Single,
            |permit| socket.listen(permit),
        )
        .await
    }

    async fn finish_listen(&mut self, handle: Resource<TcpSocket>) -> SocketResult<()> {
        Ok(self.tcp(&handle)?.finish_listen()?)
    }

    /// Two records: that a connection was taken from the queue, and whose it was, which nobody knows before.
    async fn accept(
        &mut self,
        handle: Resource<TcpSocket>,
    ) -> SocketResult<(
        Resource<TcpSocket>,
        Resource<DynInputStream>,
        Resource<DynOutputStream>,
    )> {
        const IMPORT: &str = "wasi:sockets/tcp#[method]tcp-socket.accept";
        let gate = self.gate;
        let socket = self.tcp(&handle)?;
        let family = socket.family;
        let listener = socket.listening()?;
        if !listener.has_arrivals() {
            return Err(Refusal::WouldBlock.into());
        }
        let local = listener.local_address();
        let listen = here(NetworkVerb::Listen, Transport::Tcp, local);
        let arrived = pass(gate, IMPORT, &listen, Rate::High, |permit| {
            listener.accept(permit)?.ok_or(Refusal::WouldBlock)
        })
        .await?;
        let route = Route::Accepted {
            local,
            source: arrived.peer(),
        };
        let admit = |permit| Ok(arrived.admit(permit)?);
        let connection = pass(gate, IMPORT, &route.operation(), Rate::Single, admit).await?;
        let link = self.connected(connection, route);
        let (input, output) = self.streams(&link)?;
        let accepted = self.put(Socket::accepted(family, link));
        Ok((accepted.map_err(Failure::Trap)?, input, output))
    }

    async fn local_address(
        &mut self,
        handle: Resource<TcpSocket>,
    ) -> SocketResult<IpSocketAddress> {
        Ok(address::shown(self.tcp(&handle)?.local_address()?))
    }

    async fn remote_address(
        &mut self,
        handle: Resource<TcpSocket>,
    ) -> SocketResult<IpSocketAddress> {
        let link = self.tcp(&handle)?.link()?;
        Ok(address::shown(link.wire.connection.way().peer()))
    }

    async fn is_listening(&mut self, handle: Resource<TcpSocket>) -> wasmtime::Result<bool> {
        let socket: &Socket = self.get(&handle)?;
        Ok(matches!(socket.state, State::Listening(_)))
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
        size: u64,
    ) -> SocketResult<()> {
        Ok(self.tcp(&handle)?.set_backlog(size)?)
    }

    async fn keep_alive_enabled(&mut self, handle: Resource<TcpSocket>) -> SocketResult<bool> {
        self.tcp(&handle)?.option(|options| options.keep_alive())
    }

    async fn set_keep_alive_enabled(
        &mut self,
        handle: Resource<TcpSocket>,
        on: bool,
    ) -> SocketResult<()> {
        self.tcp(&handle)?
            .option(|options| options.set_keep_alive(on))
    }

    async fn keep_alive_idle_time(
        &mut self,
        handle: Resource<TcpSocket>,
    ) -> SocketResult<Duration> {
        let time = self
            .tcp(&handle)?
            .option(|options| options.keep_alive_idle())?;
        Ok(options::nanos(time))
    }

    async fn set_keep_alive_idle_time(
        &mut self,
        handle: Resource<TcpSocket>,
        time: Duration,
    ) -> SocketResult<()> {
        let time = options::duration(time);
        self.tcp(&handle)?
            .option(|options| options.set_keep_alive_idle(time))
    }

    async fn keep_alive_interval(&mut self, handle: Resource<TcpSocket>) -> SocketResult<Duration> {
        let time = self
            .tcp(&handle)?
            .option(|options| options.keep_alive_interval())?;
        Ok(options::nanos(time))
    }

    async fn set_keep_alive_interval(
        &mut self,
        handle: Resource<TcpSocket>,
        time: Duration,
    ) -> SocketResult<()> {
        let time = options::duration(time);
        self.tcp(&handle)?
            .option(|options| options.set_keep_alive_interval(time))
    }

    async fn keep_alive_count(&mut self, handle: Resource<TcpSocket>) -> SocketResult<u32> {
        self.tcp(&handle)?
            .option(|options| options.keep_alive_count())
    }

    async fn set_keep_alive_count(
        &mut self,
        handle: Resource<TcpSocket>,
        count: u32,
    ) -> SocketResult<()> {
        self.tcp(&handle)?
            .option(|options| options.set_keep_alive_count(count))
    }

    async fn hop_limit(&mut self, handle: Resource<TcpSocket>) -> SocketResult<u8> {
        self.tcp(&handle)?.option(|options| options.hop_limit())
    }

    async fn set_hop_limit(&mut self, handle: Resource<TcpSocket>, hops: u8) -> SocketResult<()> {
        self.tcp(&handle)?
            .option(|options| options.set_hop_limit(hops))
    }

    async fn receive_buffer_size(&mut self, handle: Resource<TcpSocket>) -> SocketResult<u64> {
        self.tcp(&handle)?
            .option(|options| options.receive_buffer())
    }

    async fn set_receive_buffer_size(
        &mut self,
        handle: Resource<TcpSocket>,
        bytes: u64,
    ) -> SocketResult<()> {
        self.tcp(&handle)?
            .option(|options| options.set_receive_buffer(bytes))
    }

    async fn send_buffer_size(&mut self, handle: Resource<TcpSocket>) -> SocketResult<u64> {
        self.tcp(&handle)?.option(|options| options.send_buffer())
    }

    async fn set_send_buffer_size(
        &mut self,
        handle: Resource<TcpSocket>,
        bytes: u64,
    ) -> SocketResult<()> {
        self.tcp(&handle)?
            .option(|options| options.set_send_buffer(bytes))
    }

    async fn subscribe(
        &mut self,
        handle: Resource<TcpSocket>,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        subscribe(self.table, ours::<_, Socket>(&handle))
    }

    async fn shutdown(
        &mut self,
        handle: Resource<TcpSocket>,
        how: ShutdownType,
    ) -> SocketResult<()> {
        let ends = match how {
            ShutdownType::Receive => Ends::Receiving,
            ShutdownType::Send => Ends::Sending,
            ShutdownType::Both => Ends::Both,
        };
        let gate = self.gate;
        let link = self.tcp(&handle)?.link()?;
        pass(
            gate,
            "wasi:sockets/tcp#[method]tcp-socket.shutdown",
            &link.wire.route.operation(),
            Rate::Single,
            |permit| Ok(link.shut_down(ends, permit)?),
        )
        .await
    }

    async fn drop(&mut self, handle: Resource<TcpSocket>) -> wasmtime::Result<()> {
        self.take::<_, Socket>(&handle).map(drop)
    }
}
