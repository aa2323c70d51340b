//! Sends a datagram with the standard library, and prints the answer. Arguments: its own address, the other's, a text.

use std::net::UdpSocket;

use tollgate_components::text::escaped;
use tollgate_components::{report, say};

fn ask(own: &str, other: &str, text: &str) -> std::io::Result<()> {
    let socket = UdpSocket::bind(own)?;
    say!("sent {}", socket.send_to(text.as_bytes(), other)?);
    let mut answer = [0; 2048];
    let (size, from) = socket.recv_from(&mut answer)?;
    say!(
        "{} from {from}",
        escaped(answer.get(..size).unwrap_or_default())
    );
    Ok(())
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let word = |index: usize| arguments.get(index).map_or("", String::as_str);
    report("ask", ask(word(0), word(1), word(2)).map(|()| ""));
}
