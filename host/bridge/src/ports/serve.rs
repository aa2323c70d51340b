//! `tollgate:host/http-server`: a guest that listens at a port of the network that its run is in.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tollgate_engine::{Gate, Rate, Ruling, Traffic, Verdict, case_of};
use tollgate_policy::LimitKey;
use tollgate_world::tollgate::host::http_server::{self, Failure};
use wasmtime::component::{HasData, Resource};
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};
use wasmtime_wasi_http::WasiHttpCtxView;

use super::{Listener, PortError, Posted, Taken, is_local, port_operation, request_of};
use crate::given::Given;
use crate::view::{ours, theirs};

/// What a server's host functions see of a guest.
pub(crate) struct ServingView<'a> {
    pub(crate) http: WasiHttpCtxView<'a>,
    pub(crate) gate: &'a Gate,
    pub(crate) given: &'a Given,
    pub(crate) alive: &'a Arc<AtomicBool>,
}

/// Names [`ServingView`] to the generated code.
pub(crate) struct Serving;

impl HasData for Serving {
    type Data<'a> = ServingView<'a>;
}

/// A server. The request that was waited for is kept until it is accepted.
struct Server {
    port: u16,
    listener: Listener,
    next: Option<Posted>,
    /// Whether nothing comes any more.
    over: bool,
    ruling: Ruling,
}

#[async_trait::async_trait]
impl Pollable for Server {
    async fn ready(&mut self) {
        if self.next.is_none() && !self.over {
            self.next = self.listener.next().await;
            self.over = self.next.is_none();
        }
    }
}

impl From<PortError> for Failure {
    fn from(error: PortError) -> Self {
        Self {
            code: error.code().to_owned(),
            message: error.to_string(),
        }
    }
}

impl http_server::Host for ServingView<'_> {}

impl ServingView<'_> {
    async fn listening(
        &mut self,
        host: &str,
        asked: u16,
    ) -> wasmtime::Result<Result<Server, PortError>> {
        const IMPORT: &str = "tollgate:host/http-server#[static]server.listen";
        let ports = self.given.ports.as_deref();
        let chosen = match (ports, asked) {
            (None, _) => Err(PortError::NoNetwork),
            (Some(_), _) if !is_local(host) => Err(PortError::NotAvailable),
            (Some(ports), 0) => ports.free().ok_or(PortError::TooMany),
            (Some(_), port) => Ok(port),
        };
        let (Some(ports), Ok(port)) = (ports, chosen) else {
            return Ok(Err(chosen.err().unwrap_or(PortError::NoNetwork)));
        };
        let operation = port_operation(port);
        let (listener, call) = match self.gate.enter(IMPORT, &operation, Rate::Single).await? {
            Verdict::Permitted(permit, call) => (ports.listen(host, port, permit), call),
            Verdict::Denied(call) => (Err(PortError::Denied), call),
        };
        let ruling = call.ruling();
        call.finish(case_of(&listener), Traffic::default()).await?;
        Ok(listener.map(|listener| Server {
            port,
            listener,
            next: None,
            over: false,
            ruling,
        }))
    }
}

impl http_server::HostServer for ServingView<'_> {
    async fn listen(
        &mut self,
        host: String,
        port: u16,
    ) -> wasmtime::Result<Result<Resource<http_server::Server>, Failure>> {
        let server = match self.listening(&host, port).await? {
            Ok(server) => server,
            Err(error) => return Ok(Err(error.into())),
        };
        let handle = self.http.table.push(server)?;
        let in_use = u64::from(handle.rep()).saturating_add(1);
        self.gate.in_use(LimitKey::Handles, in_use);
        Ok(Ok(theirs(&handle)))
    }

    async fn port(&mut self, handle: Resource<http_server::Server>) -> wasmtime::Result<u16> {
        Ok(self.http.table.get(&ours::<_, Server>(&handle))?.port)
    }

    async fn subscribe(
        &mut self,
        handle: Resource<http_server::Server>,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        subscribe(self.http.table, ours::<_, Server>(&handle))
    }

    async fn accept(
        &mut self,
        handle: Resource<http_server::Server>,
    ) -> wasmtime::Result<Option<Taken>> {
        const IMPORT: &str = "tollgate:host/http-server#[method]server.accept";
        let server = self.http.table.get_mut(&ours::<_, Server>(&handle))?;
        if server.next.is_none() {
            server.next = server.listener.try_next();
        }
        let Some(posted) = server.next.take() else {
            return Ok(None);
        };
        let (operation, ruling) = (port_operation(server.port), server.ruling.clone());
        let traffic = Traffic {
            bytes_in: posted.body_bytes(),
            bytes_out: 0,
        };
        let call = self.gate.part(IMPORT, &operation, &ruling).await?;
        let taken = request_of(posted, Arc::clone(self.alive), &mut self.http)?;
        call.finish("ok", traffic).await?;
        Ok(Some(taken))
    }

    async fn drop(&mut self, handle: Resource<http_server::Server>) -> wasmtime::Result<()> {
        let server: Resource<Server> = Resource::new_own(handle.rep());
        self.http.table.delete(server)?;
        Ok(())
    }
}
