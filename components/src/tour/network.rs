//! Sockets, names, and HTTP requests.

use crate::host::wasi::http::outgoing_handler::handle;
use crate::host::wasi::http::types::{Fields, OutgoingRequest, Scheme};
use crate::host::wasi::sockets::instance_network::instance_network;
use crate::host::wasi::sockets::ip_name_lookup::resolve_addresses;
use crate::host::wasi::sockets::network::{
    ErrorCode, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress,
};
use crate::host::wasi::sockets::tcp::{ShutdownType, TcpSocket};
use crate::host::wasi::sockets::tcp_create_socket::create_tcp_socket;
use crate::host::wasi::sockets::udp::{
    IncomingDatagramStream, OutgoingDatagram, OutgoingDatagramStream, UdpSocket,
};
use crate::host::wasi::sockets::udp_create_socket::create_udp_socket;
use crate::{report, say};

/// Nobody listens there.
const PEER: IpSocketAddress = IpSocketAddress::Ipv4(Ipv4SocketAddress {
    port: 1,
    address: (127, 0, 0, 1),
});
/// Any port, so that tours at the same time do not meet.
const LOCAL: IpSocketAddress = IpSocketAddress::Ipv4(Ipv4SocketAddress {
    port: 0,
    address: (127, 0, 0, 1),
});

/// `wasi:sockets/tcp`.
pub fn tcp() {
    let network = instance_network();
    let name = "wasi:sockets/tcp-create-socket#create-tcp-socket";
    // A socket for each, since a socket that is about to connect cannot be bound.
    let socket = || create_tcp_socket(IpAddressFamily::Ipv4);
    let (Ok(binding), Ok(connecting), Ok(listening)) = (socket(), socket(), socket()) else {
        return report(name, Err::<&str, _>(ErrorCode::AccessDenied));
    };
    report(name, Ok::<_, ErrorCode>(""));
    let method = |function: &str| format!("wasi:sockets/tcp#[method]tcp-socket.{function}");
    report(
        &method("start-bind"),
        binding.start_bind(&network, LOCAL).map(|()| ""),
    );
    report(&method("finish-bind"), binding.finish_bind().map(|()| ""));
    report(
        &method("start-connect"),
        connecting.start_connect(&network, PEER).map(|()| ""),
    );
    connecting.subscribe().block();
    report(
        &method("finish-connect"),
        connecting.finish_connect().map(|_| ""),
    );
    report(
        &method("start-bind"),
        listening.start_bind(&network, LOCAL).map(|()| ""),
    );
    report(&method("finish-bind"), listening.finish_bind().map(|()| ""));
    report(
        &method("start-listen"),
        listening.start_listen().map(|()| ""),
    );
    report(
        &method("finish-listen"),
        listening.finish_listen().map(|()| ""),
    );
    report(&method("accept"), listening.accept().map(|_| ""));
    tcp_state(&binding, method);
    tcp_options(&binding, method);
}

fn tcp_state(socket: &TcpSocket, method: impl Fn(&str) -> String) {
    report(&method("local-address"), socket.local_address().map(|_| ""));
    report(
        &method("remote-address"),
        socket.remote_address().map(|_| ""),
    );
    say!("{}: ok {}", method("is-listening"), socket.is_listening());
    say!(
        "{}: ok {:?}",
        method("address-family"),
        socket.address_family()
    );
    let _pollable = socket.subscribe();
    say!("{}: ok", method("subscribe"));
    report(
        &method("shutdown"),
        socket.shutdown(ShutdownType::Both).map(|()| ""),
    );
}

fn tcp_options(socket: &TcpSocket, method: impl Fn(&str) -> String) {
    report(
        &method("set-listen-backlog-size"),
        socket.set_listen_backlog_size(8).map(|()| ""),
    );
    report(&method("keep-alive-enabled"), socket.keep_alive_enabled());
    report(
        &method("set-keep-alive-enabled"),
        socket.set_keep_alive_enabled(true).map(|()| ""),
    );
    report(
        &method("keep-alive-idle-time"),
        socket.keep_alive_idle_time(),
    );
    report(
        &method("set-keep-alive-idle-time"),
        socket.set_keep_alive_idle_time(1_000_000_000).map(|()| ""),
    );
    report(&method("keep-alive-interval"), socket.keep_alive_interval());
    report(
        &method("set-keep-alive-interval"),
        socket.set_keep_alive_interval(1_000_000_000).map(|()| ""),
    );
    report(&method("keep-alive-count"), socket.keep_alive_count());
    report(
        &method("set-keep-alive-count"),
        socket.set_keep_alive_count(1).map(|()| ""),
    );
    report(&method("hop-limit"), socket.hop_limit());
    report(
        &method("set-hop-limit"),
        socket.set_hop_limit(64).map(|()| ""),
    );
    report(&method("receive-buffer-size"), socket.receive_buffer_size());
    report(
        &method("set-receive-buffer-size"),
        socket.set_receive_buffer_size(4096).map(|()| ""),
    );
    report(&method("send-buffer-size"), socket.send_buffer_size());
    report(
        &method("set-send-buffer-size"),
        socket.set_send_buffer_size(4096).map(|()| ""),
    );
}

/// `wasi:sockets/udp`.
pub fn udp() {
    let network = instance_network();
    let name = "wasi:sockets/udp-create-socket#create-udp-socket";
    let (Ok(binding), Ok(sending)) = (
        create_udp_socket(IpAddressFamily::Ipv4),
        create_udp_socket(IpAddressFamily::Ipv4),
    ) else {
        return report(name, Err::<&str, _>(ErrorCode::AccessDenied));
    };
    report(name, Ok::<_, ErrorCode>(""));
    let method = |function: &str| format!("wasi:sockets/udp#[method]udp-socket.{function}");
    report(
        &method("start-bind"),
        binding.start_bind(&network, LOCAL).map(|()| ""),
    );
    report(&method("finish-bind"), binding.finish_bind().map(|()| ""));
    report(
        &method("start-bind"),
        sending.start_bind(&network, LOCAL).map(|()| ""),
    );
    report(&method("finish-bind"), sending.finish_bind().map(|()| ""));
    let streams = sending.stream(Some(PEER));
    report(
        &method("stream"),
        streams.as_ref().map(|_| "").map_err(|code| *code),
    );
    udp_options(&binding, method);
    if let Ok((incoming, outgoing)) = streams {
        datagrams(&incoming, &outgoing);
    }
}

fn datagrams(incoming: &IncomingDatagramStream, outgoing: &OutgoingDatagramStream) {
    let method = |function: &str| format!("wasi:sockets/udp#[method]{function}");
    outgoing.subscribe().block();
    report(
        &method("outgoing-datagram-stream.check-send"),
        outgoing.check_send(),
    );
    let datagram = OutgoingDatagram {
        data: b"tour".to_vec(),
        remote_address: None,
    };
    report(
        &method("outgoing-datagram-stream.send"),
        outgoing.send(&[datagram]),
    );
    let _pollable = incoming.subscribe();
    report(
        &method("incoming-datagram-stream.receive"),
        incoming.receive(1).map(|list| list.len()),
    );
}

fn udp_options(socket: &UdpSocket, method: impl Fn(&str) -> String) {
    report(&method("local-address"), socket.local_address().map(|_| ""));
    report(
        &method("remote-address"),
        socket.remote_address().map(|_| ""),
    );
    say!(
        "{}: ok {:?}",
        method("address-family"),
        socket.address_family()
    );
    report(&method("unicast-hop-limit"), socket.unicast_hop_limit());
    report(
        &method("set-unicast-hop-limit"),
        socket.set_unicast_hop_limit(64).map(|()| ""),
    );
    report(&method("receive-buffer-size"), socket.receive_buffer_size());
    report(
        &method("set-receive-buffer-size"),
        socket.set_receive_buffer_size(4096).map(|()| ""),
    );
    report(&method("send-buffer-size"), socket.send_buffer_size());
    report(
        &method("set-send-buffer-size"),
        socket.set_send_buffer_size(4096).map(|()| ""),
    );
    let _pollable = socket.subscribe();
    say!("{}: ok", method("subscribe"));
}

/// `wasi:sockets/ip-name-lookup`.
pub fn lookup() {
    let result = resolve_addresses(&instance_network(), "localhost");
    report(
        "wasi:sockets/ip-name-lookup#resolve-addresses",
        result.as_ref().map(|_| "").map_err(|code| *code),
    );
    if let Ok(answers) = result {
        answers.subscribe().block();
        report(
            "wasi:sockets/ip-name-lookup#[method]resolve-address-stream.resolve-next-address",
            answers
                .resolve_next_address()
                .map(|address| address.is_some()),
        );
    }
}

/// `wasi:http/outgoing-handler`.
pub fn http() {
    let request = OutgoingRequest::new(Fields::new());
    let made = request
        .set_scheme(Some(&Scheme::Https))
        .and_then(|()| request.set_authority(Some("tour.example")))
        .and_then(|()| request.set_path_with_query(Some("/path?secret=query")));
    report(
        "wasi:http/types#[constructor]outgoing-request",
        made.map(|()| ""),
    );
    report(
        "wasi:http/outgoing-handler#handle",
        handle(request, None).map(|_| ""),
    );
}
