//! Datagrams that go out.

use std::sync::Arc;

use tollgate_capability::net::Recipient;
use tollgate_engine::{Gate, Outcome as _, Rate, Traffic, Verdict};
use tollgate_policy::{NetworkVerb, Operation, Transport};
use tollgate_world::Failure;
use tollgate_world::wasi::sockets::network::IpSocketAddress;
use tollgate_world::wasi::sockets::udp::{
    HostOutgoingDatagramStream, OutgoingDatagram, OutgoingDatagramStream,
};
use wasmtime::component::Resource;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};

use super::super::route::outgoing;
use super::super::{Refusal, SocketResult, address};
use super::state::Association;
use crate::fixed::DATAGRAM_BATCH;
use crate::view::{View, ours};

const IMPORT: &str = "wasi:sockets/udp#[method]outgoing-datagram-stream.send";

/// A stream of datagrams that go out.
pub(super) struct Outgoing {
    association: Arc<Association>,
    /// How many the next call may bring.
    allowed: u64,
}

impl Outgoing {
    pub(super) fn new(association: Arc<Association>) -> Self {
        Self {
            association,
            allowed: 0,
        }
    }
}

impl Association {
    /// Where a datagram goes. One of a stream with a peer goes there, whatever else the guest says.
    fn recipient(&self, to: Option<IpSocketAddress>) -> Result<Recipient, Refusal> {
        let to = to.map(|to| address::remote(to, self.family, Transport::Udp));
        match (&self.peer, to.transpose()?) {
            (Some((remote, _)), None) => Ok(Recipient::Peer(*remote)),
            (Some((remote, _)), Some(to)) if *remote == to => Ok(Recipient::Peer(to)),
            (None, Some(to)) => Ok(Recipient::Anybody(to)),
            (Some(_), Some(_)) | (None, None) => Err(Refusal::InvalidArgument),
        }
    }

    /// Sends one datagram, if its recipient is one that `operation` was decided for. `false`: there is no room.
    async fn send(
        &self,
        gate: &Gate,
        operation: &Operation<'_>,
        to: Recipient,
        bytes: &[u8],
    ) -> SocketResult<bool> {
        let entered = gate.enter(IMPORT, operation, Rate::High).await;
        let (sent, call) = match entered.map_err(Failure::trap)? {
            Verdict::Permitted(permit, call) => {
                let sent = self.socket.send(bytes, to, permit);
                (sent.map_err(Refusal::from), call)
            }
            Verdict::Denied(call) => (Err(Refusal::Denied), call),
        };
        let (outcome, bytes_out) = match &sent {
            Ok(false) => {
                call.withdraw();
                return Ok(false);
            }
            Ok(true) => ("ok", bytes.len() as u64),
            Err(refusal) => (refusal.case(), 0),
        };
        let traffic = Traffic {
            bytes_in: 0,
            bytes_out,
        };
        let filed = call.finish(outcome, traffic).await;
        filed.map_err(Failure::trap)?;
        Ok(sent?)
    }
}

#[async_trait::async_trait]
impl Pollable for Outgoing {
    async fn ready(&mut self) {
        if self.association.is_current() {
            self.association.socket.writable().await;
        }
    }
}

impl HostOutgoingDatagramStream for View<'_> {
    async fn check_send(&mut self, handle: Resource<OutgoingDatagramStream>) -> SocketResult<u64> {
        let stream: &mut Outgoing = self.table.get_mut(&ours(&handle)).map_err(Failure::trap)?;
        stream.association.current()?;
        stream.allowed = if stream.association.socket.is_writable() {
            DATAGRAM_BATCH
        } else {
            0
        };
        Ok(stream.allowed)
    }

    async fn send(
        &mut self,
        handle: Resource<OutgoingDatagramStream>,
        datagrams: Vec<OutgoingDatagram>,
    ) -> SocketResult<u64> {
        let stream: &mut Outgoing = self.table.get_mut(&ours(&handle)).map_err(Failure::trap)?;
        let allowed = std::mem::take(&mut stream.allowed);
        if datagrams.len() as u64 > allowed {
            return Err(Failure::trap(wasmtime::format_err!(
                "send without the allowance of check-send"
            )));
        }
        let association = Arc::clone(&stream.association);
        association.current()?;
        let mut sent = 0;
        for datagram in &datagrams {
            let to = match association.recipient(datagram.remote_address) {
                Ok(to) => to,
                Err(refusal) if sent == 0 => return Err(refusal.into()),
                Err(_) => break,
            };
            let name = self.name_of(NetworkVerb::Send, Transport::Udp, to.address());
            let name = name.as_deref();
            let operation = outgoing(NetworkVerb::Send, Transport::Udp, name, to.address());
            let bytes = &datagram.data;
            match association.send(self.gate, &operation, to, bytes).await {
                Ok(true) => sent += 1,
                Ok(false) => break,
                Err(failure @ Failure::Trap(_)) => return Err(failure),
                Err(failure @ Failure::Code(_)) if sent == 0 => return Err(failure),
                Err(Failure::Code(_)) => break,
            }
        }
        Ok(sent)
    }

    async fn subscribe(
        &mut self,
        handle: Resource<OutgoingDatagramStream>,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        subscribe(self.table, ours::<_, Outgoing>(&handle))
    }

    async fn drop(&mut self, handle: Resource<OutgoingDatagramStream>) -> wasmtime::Result<()> {
        self.take::<_, Outgoing>(&handle).map(drop)
    }
}
