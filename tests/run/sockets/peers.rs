//! The other ends: listeners on loopback that do one thing.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

/// A listener, and its port as text.
pub(super) fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    (listener, port)
}

/// Does `serve` with the first connection; the port as text.
pub(super) fn peer<T: Send + 'static>(
    serve: impl FnOnce(TcpStream) -> T + Send + 'static,
) -> (JoinHandle<T>, String) {
    let (listener, port) = listener();
    let thread = thread::spawn(move || serve(listener.accept().unwrap().0));
    (thread, port)
}

/// A port that nobody listens on: below those that the system gives away, for a service that is no more.
pub(super) fn nobody() -> String {
    "1".to_owned()
}

/// Reads to the end, and gives it all back.
pub(super) fn echo(mut stream: TcpStream) -> usize {
    let mut all = Vec::new();
    stream.read_to_end(&mut all).unwrap();
    stream.write_all(&all).unwrap();
    all.len()
}

/// Reads to the end.
pub(super) fn drain(mut stream: TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    stream.read_to_end(&mut all).unwrap();
    all
}

/// Breaks the connection off with a reset.
pub(super) fn reset(stream: TcpStream) {
    rustix::net::sockopt::set_socket_linger(&stream, Some(std::time::Duration::ZERO)).unwrap();
    drop(stream);
}
