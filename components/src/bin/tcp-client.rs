//! Connects with the standard library, sends, closes its half, and reads what comes back. Arguments: an address, and how
//! many bytes.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};

use tollgate_components::{report, say};

fn talk(address: &str, bytes: usize) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    say!("connected to {}", stream.peer_addr()?);
    let sent: Vec<u8> = (0..bytes).map(|number| (number % 251) as u8).collect();
    stream.write_all(&sent)?;
    stream.shutdown(Shutdown::Write)?;
    let mut received = Vec::new();
    stream.read_to_end(&mut received)?;
    say!("received {} same {}", received.len(), received == sent);
    Ok(())
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let address = arguments.first().map_or("127.0.0.1:80", String::as_str);
    let bytes = arguments
        .get(1)
        .and_then(|bytes| bytes.parse().ok())
        .unwrap_or(0);
    report("talk", talk(address, bytes).map(|()| ""));
}
