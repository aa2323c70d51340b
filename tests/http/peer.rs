//! Peers on loopback: they keep what they were sent, byte by byte, and answer what a test says.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// How long a peer waits for a client that says nothing.
const PATIENCE: Duration = Duration::from_secs(20);

/// A peer.
pub(crate) struct Peer {
    port: u16,
    seen: Arc<Mutex<Vec<Vec<u8>>>>,
}

/// One connection of a peer, whose first request's head is read.
pub(crate) struct Wire {
    stream: TcpStream,
    seen: Arc<Mutex<Vec<Vec<u8>>>>,
    index: usize,
}

impl Peer {
    /// A peer that treats each connection with `answer`, and keeps reading until the client closes.
    pub(crate) fn new(answer: impl Fn(&mut Wire) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (kept, answer) = (Arc::clone(&seen), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, answer, seen) =
                    (stream.unwrap(), Arc::clone(&answer), Arc::clone(&kept));
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                stream.set_nodelay(true).unwrap();
                let index = {
                    let mut seen = seen.lock().unwrap();
                    seen.push(Vec::new());
                    seen.len() - 1
                };
                thread::spawn(move || {
                    let mut wire = Wire {
                        stream,
                        seen,
                        index,
                    };
                    if wire.read_until(b"\r\n\r\n") {
                        answer(&mut wire);
                    }
                    let _closed = wire.stream.shutdown(Shutdown::Write);
                    wire.read_to_end();
                });
            }
        });
        Self { port, seen }
    }

    /// A peer that says this and closes.
    pub(crate) fn saying(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::new(move |wire| wire.say(&answer))
    }

    /// A peer that reads the whole body of a request in chunks, or with a length below 10 MB, and is content.
    pub(crate) fn content() -> Self {
        Self::new(|wire| {
            let head = wire.text();
            if head.to_lowercase().contains("transfer-encoding") {
                wire.read_until(b"0\r\n");
                wire.read_until(b"\r\n\r\n");
            }
            wire.say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn authority(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// What each connection was sent so far.
    pub(crate) fn seen(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.iter()
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
            .collect()
    }

    /// What the only connection was sent.
    #[track_caller]
    pub(crate) fn request(&self) -> String {
        let seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:#?}");
        seen[0].clone()
    }
}

impl Wire {
    /// What was read so far.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap()[self.index]).into_owned()
    }

    /// Says something; whether the client still listens.
    pub(crate) fn says(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    /// Says something to whoever listens.
    pub(crate) fn say(&mut self, bytes: &[u8]) {
        let _listens = self.says(bytes);
    }

    /// Reads once, and says how much.
    fn read(&mut self) -> usize {
        let mut bytes = [0; 16 << 10];
        match self.stream.read(&mut bytes) {
            Ok(read @ 1..) => {
                let mut seen = self.seen.lock().unwrap();
                // Who sends without end is read, and not kept.
                if seen[self.index].len() < 4 << 20 {
                    seen[self.index].extend(&bytes[..read]);
                }
                read
            }
            Ok(0) | Err(_) => 0,
        }
    }

    /// Reads until what was read has `end` in it.
    pub(crate) fn read_until(&mut self, end: &[u8]) -> bool {
        let mut looked_at = 0;
        loop {
            {
                let seen = &self.seen.lock().unwrap()[self.index];
                let from = looked_at.min(seen.len());
                if seen[from..].windows(end.len()).any(|window| window == end) {
                    return true;
                }
                looked_at = seen.len().saturating_sub(end.len());
            }
            if self.read() == 0 {
                return false;
            }
        }
    }

    /// Reads until the client closes.
    pub(crate) fn read_to_end(&mut self) {
        while self.read() > 0 {}
    }
}
