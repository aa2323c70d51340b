//! What a script does with TCP sockets.

use super::{Answer, Arguments, Driver, Tcp, Trouble, address, bad};
use crate::host::wasi::io::streams::StreamError;
use crate::host::wasi::sockets::tcp::ShutdownType;
use crate::host::wasi::sockets::tcp_create_socket::create_tcp_socket;
use crate::text::escaped;

impl Tcp {
    fn new(socket: crate::host::wasi::sockets::tcp::TcpSocket) -> Self {
        Self {
            input: None,
            output: None,
            socket,
        }
    }

    fn finish_connect(&mut self) -> Answer {
        let (input, output) = self.socket.finish_connect()?;
        (self.input, self.output) = (Some(input), Some(output));
        Ok(String::new())
    }

    fn write(&self, bytes: &[u8]) -> Answer {
        let output = self.output.as_ref().ok_or_else(|| bad("no stream"))?;
        for chunk in bytes.chunks(4096) {
            output.blocking_write_and_flush(chunk)?;
        }
        Ok(bytes.len().to_string())
    }

    /// Writes as much as goes without waiting for the other end; what the host accepted counts.
    fn fill(&self) -> Answer {
        let output = self.output.as_ref().ok_or_else(|| bad("no stream"))?;
        let mut written = 0;
        loop {
            let room = output.check_write()?;
            if room == 0 {
                return Ok(written.to_string());
            }
            output.write(&vec![b'f'; usize::try_from(room).unwrap_or(4096)])?;
            written += room;
        }
    }

    fn read(&self, size: u64) -> Answer {
        let input = self.input.as_ref().ok_or_else(|| bad("no stream"))?;
        Ok(escaped(&input.blocking_read(size)?))
    }

    /// How many bytes come until the end.
    fn read_all(&self) -> Answer {
        let input = self.input.as_ref().ok_or_else(|| bad("no stream"))?;
        let mut read = 0;
        loop {
            match input.blocking_read(64 << 10) {
                Ok(bytes) => read += bytes.len(),
                Err(StreamError::Closed) => return Ok(read.to_string()),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Driver {
    fn tcp(&mut self, arguments: &mut Arguments<'_>) -> Result<&mut Tcp, Trouble> {
        let name = arguments.word()?;
        self.tcp.get_mut(name).ok_or_else(|| bad("no such socket"))
    }

    /// None when the line is not about TCP.
    pub(super) fn tcp_answer(
        &mut self,
        word: &str,
        arguments: &mut Arguments<'_>,
    ) -> Option<Answer> {
        if word != "tcp"
            && !arguments
                .0
                .clone()
                .next()
                .is_some_and(|name| self.tcp.contains_key(name))
        {
            return None;
        }
        Some(self.about_tcp(word, arguments))
    }

    fn about_tcp(&mut self, word: &str, arguments: &mut Arguments<'_>) -> Answer {
        let nothing = |()| String::new();
        Ok(match word {
            "tcp" => {
                let name = arguments.word()?.to_owned();
                let socket = create_tcp_socket(arguments.family()?)?;
                self.tcp.insert(name, Tcp::new(socket));
                String::new()
            }
            "bind" => {
                let mut again = arguments.again();
                self.start_bind(arguments)?;
                self.tcp(&mut again)?.socket.finish_bind().map(nothing)?
            }
            "start-bind" => self.start_bind(arguments)?,
            "finish-bind" => self.tcp(arguments)?.socket.finish_bind().map(nothing)?,
            "connect" => {
                let mut again = arguments.again();
                self.start_connect(arguments)?;
                let tcp = self.tcp(&mut again)?;
                tcp.socket.subscribe().block();
                tcp.finish_connect()?
            }
            "start-connect" => self.start_connect(arguments)?,
            "finish-connect" => self.tcp(arguments)?.finish_connect()?,
            "wait" => {
                self.tcp(arguments)?.socket.subscribe().block();
                String::new()
            }
            "listen" => {
                let tcp = self.tcp(arguments)?;
                tcp.socket.start_listen()?;
                tcp.socket.finish_listen().map(nothing)?
            }
            "start-listen" => self.tcp(arguments)?.socket.start_listen().map(nothing)?,
            "finish-listen" => self.tcp(arguments)?.socket.finish_listen().map(nothing)?,
            "accept" | "try-accept" => {
                let tcp = self.tcp(arguments)?;
                if word == "accept" {
                    tcp.socket.subscribe().block();
                }
                let (socket, input, output) = tcp.socket.accept()?;
                let mut accepted = Tcp::new(socket);
                (accepted.input, accepted.output) = (Some(input), Some(output));
                self.tcp.insert(arguments.word()?.to_owned(), accepted);
                String::new()
            }
            "write" => {
                let tcp = self.tcp(arguments)?;
                tcp.write(arguments.word()?.as_bytes())?
            }
            "fill" => self.tcp(arguments)?.fill()?,
            "read" => {
                let tcp = self.tcp(arguments)?;
                tcp.read(arguments.number()?)?
            }
            "read-all" => self.tcp(arguments)?.read_all()?,
            "shutdown" => {
                let tcp = self.tcp(arguments)?;
                let how = match arguments.word()? {
                    "send" => ShutdownType::Send,
                    "receive" => ShutdownType::Receive,
                    _ => ShutdownType::Both,
                };
                tcp.socket.shutdown(how).map(nothing)?
            }
            "local" => address::shown(self.tcp(arguments)?.socket.local_address()?),
            "remote" => address::shown(self.tcp(arguments)?.socket.remote_address()?),
            "is-listening" => self.tcp(arguments)?.socket.is_listening().to_string(),
            "get" => {
                let tcp = self.tcp(arguments)?;
                tcp.get(arguments.word()?)?
            }
            "set" => {
                let tcp = self.tcp(arguments)?;
                let option = arguments.word()?;
                tcp.set(option, arguments.number()?)?
            }
            _ => return Err(bad("no such word")),
        })
    }

    fn start_bind(&mut self, arguments: &mut Arguments<'_>) -> Answer {
        let name = arguments.word()?;
        let address = arguments.one_address()?;
        let tcp = self.tcp.get(name).ok_or_else(|| bad("no such socket"))?;
        tcp.socket.start_bind(&self.network, address)?;
        Ok(String::new())
    }

    fn start_connect(&mut self, arguments: &mut Arguments<'_>) -> Answer {
        let name = arguments.word()?;
        let address = arguments.one_address()?;
        let tcp = self.tcp.get(name).ok_or_else(|| bad("no such socket"))?;
        tcp.socket.start_connect(&self.network, address)?;
        Ok(String::new())
    }
}

impl<'a> Arguments<'a> {
    /// The same arguments, to be read twice.
    fn again(&self) -> Self {
        Self(self.0.clone())
    }
}
