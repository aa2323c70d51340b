//! Network operations by name, so that a test can script them: one line in, one line out.
//!
//! A line is a word and arguments; sockets have names that the script gives. Every answer is `ok …` or `error CASE`,
//! and `bad-line` when the driver itself did not understand. What WASI splits into a beginning and an end is done
//! whole, with a wait in between, but for the words that begin with `start-`, `finish-` and `try-`.

mod address;
mod datagrams;
mod options;
mod tcp;

use std::collections::BTreeMap;
use std::str::SplitWhitespace;

use crate::host::wasi::io::streams::{InputStream, OutputStream, StreamError};
use crate::host::wasi::sockets::instance_network::instance_network;
use crate::host::wasi::sockets::ip_name_lookup::resolve_addresses;
use crate::host::wasi::sockets::network::{ErrorCode, Network};
use crate::host::wasi::sockets::tcp::TcpSocket;
use crate::host::wasi::sockets::udp::{IncomingDatagramStream, OutgoingDatagramStream, UdpSocket};
use crate::words::Case;

/// What one line came to.
enum Trouble {
    Refused(String),
    BadLine(String),
}

impl From<ErrorCode> for Trouble {
    fn from(code: ErrorCode) -> Self {
        Self::Refused(code.case())
    }
}

impl From<StreamError> for Trouble {
    fn from(error: StreamError) -> Self {
        Self::Refused(error.case())
    }
}

fn bad(why: impl Into<String>) -> Trouble {
    Trouble::BadLine(why.into())
}

type Answer = Result<String, Trouble>;

/// A TCP socket; its streams stand first, since they go first.
struct Tcp {
    input: Option<InputStream>,
    output: Option<OutputStream>,
    socket: TcpSocket,
}

/// A UDP socket; its streams stand first, since they go first.
struct Udp {
    streams: Option<(IncomingDatagramStream, OutgoingDatagramStream)>,
    socket: UdpSocket,
}

/// The sockets that the script has made.
pub struct Driver {
    network: Network,
    tcp: BTreeMap<String, Tcp>,
    udp: BTreeMap<String, Udp>,
}

impl Default for Driver {
    fn default() -> Self {
        Self {
            network: instance_network(),
            tcp: BTreeMap::new(),
            udp: BTreeMap::new(),
        }
    }
}

/// The arguments of a line that are still to be read.
struct Arguments<'a>(SplitWhitespace<'a>);

impl<'a> Arguments<'a> {
    fn word(&mut self) -> Result<&'a str, Trouble> {
        self.0.next().ok_or_else(|| bad("an argument is missing"))
    }

    fn number(&mut self) -> Result<u64, Trouble> {
        match self.word()? {
            "max" => Ok(u64::MAX),
            word => word.parse().map_err(|_| bad("not a number")),
        }
    }
}

impl Driver {
    /// Does what one line says.
    pub fn run(&mut self, line: &str) -> String {
        let mut arguments = Arguments(line.split_whitespace());
        let answer = match arguments.word() {
            Ok(word) => self.answer(word, &mut arguments),
            Err(trouble) => Err(trouble),
        };
        match answer {
            Ok(value) if value.is_empty() => "ok".to_owned(),
            Ok(value) => format!("ok {value}"),
            Err(Trouble::Refused(case)) => format!("error {case}"),
            Err(Trouble::BadLine(why)) => format!("bad-line {why}: {line}"),
        }
    }

    fn answer(&mut self, word: &str, arguments: &mut Arguments<'_>) -> Answer {
        match word {
            "lookup" => self.lookup(arguments.word()?),
            "drop" => {
                let name = arguments.word()?;
                self.tcp.remove(name);
                self.udp.remove(name);
                Ok(String::new())
            }
            _ => match self.tcp_answer(word, arguments) {
                Some(answer) => answer,
                None => match self.udp_answer(word, arguments) {
                    Some(answer) => answer,
                    None => Err(bad("no such word")),
                },
            },
        }
    }

    /// Every address of a name.
    fn lookup(&self, name: &str) -> Answer {
        let name = if name == "''" { "" } else { name };
        let answers = resolve_addresses(&self.network, name)?;
        answers.subscribe().block();
        let mut found = Vec::new();
        while let Some(address) = answers.resolve_next_address()? {
            found.push(address::ip(address));
        }
        Ok(found.join(" "))
    }
}
