//! Datagrams that come in.

use std::net::SocketAddr;
use std::sync::Arc;

use tollgate_engine::{Gate, Outcome as _, Rate, Traffic, Verdict};
use tollgate_policy::{NetworkVerb, Operation, Transport};
use tollgate_world::Failure;
use tollgate_world::wasi::sockets::network::ErrorCode;
use tollgate_world::wasi::sockets::udp::{
    HostIncomingDatagramStream, IncomingDatagram, IncomingDatagramStream,
};
use wasmtime::component::Resource;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};

use super::super::route::here;
use super::super::{Refusal, SocketResult, address};
use super::state::Association;
use crate::fixed::{DATAGRAM_BATCH, STRANGERS};
use crate::view::{View, ours};

const IMPORT: &str = "wasi:sockets/udp#[method]incoming-datagram-stream.receive";

/// A stream of datagrams that come in.
pub(super) struct Incoming {
    gate: Gate,
    association: Arc<Association>,
    /// What the network said after the last datagrams that were given, for the next call to say.
    failure: Option<ErrorCode>,
}

impl Incoming {
    pub(super) fn new(gate: Gate, association: Arc<Association>) -> Self {
        Self {
            gate,
            association,
            failure: None,
        }
    }

    /// What receiving from somebody asks for; of nobody in particular, before it is known who it is.
    fn operation(&self, source: Option<SocketAddr>) -> Operation<'_> {
        let local = self.association.local;
        match (&self.association.peer, source) {
            (Some((_, route)), _) => route.operation(),
            (None, Some(source)) => Operation::Incoming {
                transport: Transport::Udp,
                local,
                source,
            },
            (None, None) => here(NetworkVerb::Listen, Transport::Udp, local),
        }
    }

    /// Who sent what is in front. With a peer, what strangers sent before the socket had one is thrown away.
    fn source(&self) -> Result<Option<SocketAddr>, Refusal> {
        let socket = &self.association.socket;
        for _ in 0..STRANGERS {
            let source = socket.next_source()?;
            match (&self.association.peer, source) {
                (Some((remote, _)), Some(source)) if *remote != source => socket.discard(),
                _ => return Ok(source),
            }
        }
        Ok(None)
    }

    /// One datagram, if there is one.
    async fn datagram(&mut self) -> SocketResult<Option<IncomingDatagram>> {
        let source = match self.source() {
            Ok(None) => return Ok(None),
            Ok(Some(source)) => Ok(source),
            Err(refusal) => Err(refusal),
        };
        let operation = self.operation(source.ok());
        let entered = self.gate.enter(IMPORT, &operation, Rate::High).await;
        let (permit, call) = match entered.map_err(Failure::trap)? {
            Verdict::Permitted(permit, call) => (permit, call),
            Verdict::Denied(call) => {
                let denied = Refusal::Denied;
                let filed = call.finish(denied.case(), Traffic::default()).await;
                filed.map_err(Failure::trap)?;
                return Err(denied.into());
            }
        };
        let socket = &self.association.socket;
        let received = source.and_then(|source| {
            let bytes = socket.receive(source, permit)?;
            Ok(bytes.map(|bytes| (source, bytes)))
        });
        let (outcome, bytes_in) = match &received {
            // It went away before it could be taken: nothing was learnt that was not known before.
            Ok(None) => {
                call.withdraw();
                return Ok(None);
            }
            Ok(Some((_, bytes))) => ("ok", bytes.len() as u64),
            Err(refusal) => (refusal.case(), 0),
        };
        let traffic = Traffic {
            bytes_in,
            bytes_out: 0,
        };
        let filed = call.finish(outcome, traffic).await;
        filed.map_err(Failure::trap)?;
        Ok(received?.map(|(source, bytes)| IncomingDatagram {
            data: bytes.into(),
            remote_address: address::shown(source),
        }))
    }
}

#[async_trait::async_trait]
impl Pollable for Incoming {
    async fn ready(&mut self) {
        let consent = self.gate.permits(&self.operation(None));
        if self.failure.is_none() && self.association.is_current() && consent {
            self.association.socket.readable().await;
        }
    }
}

impl HostIncomingDatagramStream for View<'_> {
    async fn receive(
        &mut self,
        handle: Resource<IncomingDatagramStream>,
        most: u64,
    ) -> SocketResult<Vec<IncomingDatagram>> {
        let stream: &mut Incoming = self.table.get_mut(&ours(&handle)).map_err(Failure::trap)?;
        stream.association.current()?;
        if let Some(failure) = stream.failure.take() {
            return Err(Failure::Code(failure));
        }
        let mut datagrams = Vec::new();
        for _ in 0..most.min(DATAGRAM_BATCH) {
            match stream.datagram().await {
                Ok(None) => break,
                Ok(Some(datagram)) => datagrams.push(datagram),
                Err(failure @ Failure::Trap(_)) => return Err(failure),
                Err(failure @ Failure::Code(_)) if datagrams.is_empty() => return Err(failure),
                Err(Failure::Code(code)) => {
                    stream.failure = Some(code);
                    break;
                }
            }
        }
        Ok(datagrams)
    }

    async fn subscribe(
        &mut self,
        handle: Resource<IncomingDatagramStream>,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        subscribe(self.table, ours::<_, Incoming>(&handle))
    }

    async fn drop(&mut self, handle: Resource<IncomingDatagramStream>) -> wasmtime::Result<()> {
        self.take::<_, Incoming>(&handle).map(drop)
    }
}
