//! Listens with the standard library, and gives each byte of as many connections as it is told back. Arguments: an
//! address, and how many connections.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use tollgate_components::{report, say};

fn echo(mut stream: TcpStream) -> std::io::Result<usize> {
    let mut chunk = [0; 16 << 10];
    let mut total = 0;
    loop {
        let read = stream.read(&mut chunk)?;
        if read == 0 {
            return Ok(total);
        }
        stream.write_all(chunk.get(..read).unwrap_or_default())?;
        total += read;
    }
}

fn serve(address: &str, connections: usize) -> std::io::Result<()> {
    let listener = TcpListener::bind(address)?;
    say!("{}", listener.local_addr()?);
    for _ in 0..connections {
        let (stream, peer) = listener.accept()?;
        say!("served {} to {peer}", echo(stream)?);
    }
    Ok(())
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let address = arguments.first().map_or("127.0.0.1:0", String::as_str);
    let connections = arguments
        .get(1)
        .and_then(|count| count.parse().ok())
        .unwrap_or(1);
    report("serve", serve(address, connections).map(|()| ""));
}
