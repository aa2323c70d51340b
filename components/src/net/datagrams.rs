//! What a script does with UDP sockets.

use super::{Answer, Arguments, Driver, Trouble, Udp, address, bad};
use crate::host::wasi::sockets::udp::{
    IncomingDatagramStream, OutgoingDatagram, OutgoingDatagramStream,
};
use crate::host::wasi::sockets::udp_create_socket::create_udp_socket;
use crate::text::escaped;

impl Udp {
    fn streams(&self) -> Result<&(IncomingDatagramStream, OutgoingDatagramStream), Trouble> {
        self.streams.as_ref().ok_or_else(|| bad("no streams"))
    }

    /// Sends the same datagram some times, or one of some bytes when the text is `bytes=N`.
    fn send(&self, arguments: &mut Arguments<'_>) -> Answer {
        let (_, outgoing) = self.streams()?;
        let remote_address = arguments.address()?;
        let text = arguments.word()?;
        let data = match text.strip_prefix("bytes=") {
            Some(size) => vec![b'd'; size.parse().map_err(|_| bad("not a number"))?],
            None => text.as_bytes().to_vec(),
        };
        let times = arguments.number().unwrap_or(1);
        outgoing.subscribe().block();
        outgoing.check_send()?;
        let datagram = OutgoingDatagram {
            data,
            remote_address,
        };
        let datagrams: Vec<_> = (0..times).map(|_| datagram.clone()).collect();
        Ok(outgoing.send(&datagrams)?.to_string())
    }

    fn receive(&self, most: u64) -> Answer {
        let (incoming, _) = self.streams()?;
        let texts: Vec<String> = incoming
            .receive(most)?
            .into_iter()
            .map(|datagram| {
                let text = if datagram.data.len() > 64 {
                    format!("bytes={}", datagram.data.len())
                } else {
                    escaped(&datagram.data)
                };
                format!("{text} from {}", address::shown(datagram.remote_address))
            })
            .collect();
        Ok(texts.join(", "))
    }
}

impl Driver {
    fn udp(&mut self, arguments: &mut Arguments<'_>) -> Result<&mut Udp, Trouble> {
        let name = arguments.word()?;
        self.udp.get_mut(name).ok_or_else(|| bad("no such socket"))
    }

    /// None when the line is not about UDP.
    pub(super) fn udp_answer(
        &mut self,
        word: &str,
        arguments: &mut Arguments<'_>,
    ) -> Option<Answer> {
        if word != "udp"
            && !arguments
                .0
                .clone()
                .next()
                .is_some_and(|name| self.udp.contains_key(name))
        {
            return None;
        }
        Some(self.about_udp(word, arguments))
    }

    fn about_udp(&mut self, word: &str, arguments: &mut Arguments<'_>) -> Answer {
        let nothing = |()| String::new();
        Ok(match word {
            "udp" => {
                let name = arguments.word()?.to_owned();
                let socket = create_udp_socket(arguments.family()?)?;
                let streams = None;
                self.udp.insert(name, Udp { streams, socket });
                String::new()
            }
            "bind" => {
                let name = arguments.word()?;
                let address = arguments.one_address()?;
                let udp = self.udp.get(name).ok_or_else(|| bad("no such socket"))?;
                udp.socket.start_bind(&self.network, address)?;
                udp.socket.finish_bind().map(nothing)?
            }
            "stream" => {
                let udp = self.udp(arguments)?;
                // The streams of before may still be there.
                let streams = udp.socket.stream(arguments.address()?)?;
                udp.streams = Some(streams);
                String::new()
            }
            "send" => {
                let udp = self.udp(arguments)?;
                udp.send(arguments)?
            }
            "receive" => {
                let udp = self.udp(arguments)?;
                udp.streams()?.0.subscribe().block();
                udp.receive(arguments.number()?)?
            }
            "try-receive" => {
                let udp = self.udp(arguments)?;
                udp.receive(arguments.number()?)?
            }
            "stale" => {
                // A pair of streams that another one has taken the place of.
                let udp = self.udp(arguments)?;
                let (incoming, _outgoing) = udp.socket.stream(None)?;
                udp.streams = Some(udp.socket.stream(None)?);
                incoming.receive(1).map(|_| String::new())?
            }
            "local" => address::shown(self.udp(arguments)?.socket.local_address()?),
            "remote" => address::shown(self.udp(arguments)?.socket.remote_address()?),
            "get" => {
                let udp = self.udp(arguments)?;
                udp.get(arguments.word()?)?
            }
            "set" => {
                let udp = self.udp(arguments)?;
                let option = arguments.word()?;
                udp.set(option, arguments.number()?)?
            }
            _ => return Err(bad("no such word")),
        })
    }
}
