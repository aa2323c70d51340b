//! From a decision to an answer: the lookup, the dialling, and the wait for the peer's first word.

use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;

use http::Method;
use http_body_util::BodyExt as _;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;
use tollgate_capability::http::{
    Answer, Body, Client, Connection, HttpError, Payload, Request, Times, channel,
};
use tollgate_capability::net::{Resolver, resolve};
use tollgate_engine::{Call, Gate, Rate, Traffic, Verdict};
use tollgate_policy::{LimitKey, Permit};
use wasmtime_wasi::runtime::{self, AbortOnDropJoinHandle};
use wasmtime_wasi_http::p2::body::{HyperIncomingBody, HyperOutgoingBody};

use super::download;
use super::failure::Failure;
use super::message::Outgoing;
use super::route::Route;
use super::upload::{self, Upload};

/// What the guest called.
pub(super) const IMPORT: &str = "wasi:http/outgoing-handler#handle";

/// Everything that a request needs beside itself.
pub(super) struct Exchange {
    pub(super) gate: Gate,
    pub(super) client: Client,
    pub(super) resolver: Arc<dyn Resolver>,
    pub(super) times: Times,
    /// The run's place for it.
    pub(super) slot: OwnedSemaphorePermit,
}

/// What the types of the interface hold of an answer.
type Answered = (http::Response<HyperIncomingBody>, AbortOnDropJoinHandle<()>);

/// A connection, the call that it was made under, and where it leads.
type Dialled = (Connection, Call, IpAddr);

fn case<T>(result: &Result<T, Failure>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(failure) => failure.case(),
    }
}

impl Exchange {
    /// The answer to a request, and the task that moves its bytes.
    pub(super) async fn answered(
        self,
        outgoing: Outgoing,
        body: Option<HyperOutgoingBody>,
        permit: Permit,
        call: Call,
    ) -> Result<Answered, Failure> {
        let (connection, call, address) = self.connected(&outgoing, permit, call).await?;
        let sent = outgoing.head_bytes();
        let route = Arc::new(Route::new(&self.gate, &outgoing.to, address, call.ruling()));
        let result = self.first_word(&route, connection, outgoing, body).await;
        let received = result.as_ref().map_or(0, |(answer, _)| answer.field_bytes);
        self.gate.in_use(LimitKey::HttpHeader, received);
        let traffic = Traffic {
            bytes_in: received,
            bytes_out: sent,
        };
        call.finish(case(&result), traffic).await?;
        if matches!(result, Err(Failure::Client(HttpError::HeaderSection))) {
            self.gate.limit_reached(LimitKey::HttpHeader).await?;
        }
        let (answer, moving) = result?;
        Ok(self.handed_on(route, answer, moving))
    }

    async fn connected(
        &self,
        outgoing: &Outgoing,
        permit: Permit,
        call: Call,
    ) -> Result<Dialled, Failure> {
        if let Some(address) = outgoing.to.literal() {
            return self.dialled(outgoing, address, 1, permit, call).await;
        }
        let found = self.looked_up(outgoing, permit).await;
        call.finish(case(&found), Traffic::default()).await?;
        self.first_of(outgoing, &found?).await
    }

    async fn looked_up(&self, outgoing: &Outgoing, permit: Permit) -> Result<Vec<IpAddr>, Failure> {
        let asking = resolve(&*self.resolver, outgoing.origin.host(), permit);
        let found = timeout(self.times.connect, asking)
            .await
            .map_err(|_| Failure::LookupTimeout)?;
        let found = found.map_err(Failure::Lookup)?;
        Ok(found.iter().map(IpAddr::to_canonical).collect())
    }

    /// Dials the first of `addresses` that is permitted and answers; each dial is decided about and recorded. Where none
    /// is permitted, the log says so of the first.
    async fn first_of(
        &self,
        outgoing: &Outgoing,
        addresses: &[IpAddr],
    ) -> Result<Dialled, Failure> {
        let permitted =
            |address: &&IpAddr| self.gate.permits(&outgoing.to.operation(Some(**address)));
        let mut candidates: Vec<IpAddr> = addresses.iter().filter(permitted).copied().collect();
        if candidates.is_empty() {
            candidates.extend(addresses.first());
        }
        let mut failure = Failure::Denied;
        let mut left = candidates.len();
        for address in candidates {
            let operation = outgoing.to.operation(Some(address));
            let dialled = match self.gate.enter(IMPORT, &operation, Rate::Single).await? {
                Verdict::Permitted(permit, call) => {
                    self.dialled(outgoing, address, left, permit, call).await
                }
                Verdict::Denied(call) => {
                    call.finish(Failure::Denied.case(), Traffic::default())
                        .await?;
                    Err(Failure::Denied)
                }
            };
            failure = match dialled {
                Err(Failure::Client(error)) if error.is_of_the_address() => error.into(),
                Err(Failure::Denied) => failure,
                other => return other,
            };
            left = left.saturating_sub(1);
        }
        Err(failure)
    }

    /// Dials `address`; the time for connecting is shared with the other addresses that are `left`.
    async fn dialled(
        &self,
        outgoing: &Outgoing,
        address: IpAddr,
        left: usize,
        permit: Permit,
        call: Call,
    ) -> Result<Dialled, Failure> {
        let share = u32::try_from(left).unwrap_or(u32::MAX).max(1);
        let time = self.times.connect / share;
        match self
            .client
            .connect(&outgoing.origin, address, time, permit)
            .await
        {
            Ok(connection) => Ok((connection, call, address)),
            Err(error) => {
                let failure = Failure::from(error);
                call.finish(failure.case(), Traffic::default()).await?;
                Err(failure)
            }
        }
    }

    /// Sends the request and waits for the answer's fields; with them comes what moves the rest.
    async fn first_word(
        &self,
        route: &Arc<Route>,
        connection: Connection,
        outgoing: Outgoing,
        body: Option<HyperOutgoingBody>,
    ) -> Result<(Answer, Moving), Failure> {
        let (payload, upload) = self.upload(route, &outgoing, body).await?;
        let (body, feeding) = match upload {
            Some(upload) => {
                let (sender, receiver) = channel();
                (Body::from(receiver), Some(upload.run(sender)))
            }
            None => (Body::none(), None),
        };
        let request = Request {
            head: outgoing.head,
            payload,
            body,
            most_field_bytes: self.gate.limits().http_header,
        };
        let (answer, moving) = connection.send(request).await?;
        let mut moving: Moving = Box::pin(moved(moving, feeding));
        let mut answer = pin!(answer);
        let mut still_moving = true;
        let answered = loop {
            tokio::select! {
                biased;
                answered = &mut answer => break answered.map_err(Failure::from),
                () = &mut moving, if still_moving => still_moving = false,
                waited = timeout(self.times.first_byte, route.moved.notified()) => if waited.is_err() {
                    break Err(HttpError::AnswerTimeout.into());
                }
            }
        };
        match answered {
            Ok(answer) if still_moving => Ok((answer, moving)),
            Ok(answer) => Ok((answer, Box::pin(std::future::ready(())))),
            Err(failure) => Err(route.cause().unwrap_or(failure)),
        }
    }

    /// How the length of the body is told, and what sends it. A method that has no body as a rule may be given one that
    /// stays empty, and servers stumble over the mere mention of it: there, the first piece is waited for.
    async fn upload(
        &self,
        route: &Arc<Route>,
        outgoing: &Outgoing,
        body: Option<HyperOutgoingBody>,
    ) -> Result<(Payload, Option<Upload>), Failure> {
        let method = &outgoing.head.method;
        let Some(mut body) = body else {
            let has_one = [Method::POST, Method::PUT, Method::PATCH].contains(method);
            let says = outgoing.declared.is_some() || has_one;
            return Ok((
                if says {
                    Payload::Sized(0)
                } else {
                    Payload::None
                },
                None,
            ));
        };
        let mut first = None;
        let has_none = [
            Method::GET,
            Method::HEAD,
            Method::DELETE,
            Method::OPTIONS,
            Method::TRACE,
        ];
        if outgoing.declared.is_none() && has_none.contains(method) {
            let waited = timeout(self.times.first_byte, upload::next(&mut body)).await;
            first = waited.map_err(|_| HttpError::AnswerTimeout)?;
            if first.is_none() {
                return Ok((Payload::None, None));
            }
        }
        let upload = Upload {
            route: Arc::clone(route),
            first,
            body,
            declared: outgoing.declared,
            field_bytes: outgoing.field_bytes,
        };
        let payload = outgoing.declared.map_or(Payload::Chunked, Payload::Sized);
        Ok((payload, Some(upload)))
    }

    /// The answer as the guest gets it, with the task that reads it.
    fn handed_on(self, route: Arc<Route>, answer: Answer, moving: Moving) -> Answered {
        let (sender, receiver) = channel::<Failure>();
        let body = receiver.map_err(Into::into).boxed_unsync();
        let mut response = http::Response::new(body);
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.fields;
        let (slot, between) = (self.slot, self.times.between_bytes);
        let reading = download::run(route, answer.body, answer.field_bytes, between, sender);
        let task = runtime::spawn(async move {
            let _slot = slot;
            let mut moving = moving;
            let mut reading = pin!(reading);
            tokio::select! {
                biased;
                () = &mut reading => {}
                () = &mut moving => reading.await,
            }
        });
        (response, task)
    }
}

/// What moves the bytes of a connection.
type Moving = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

/// Moves until the connection is over. A request's body that is not wanted any more ends with it.
async fn moved(
    connection: impl Future<Output = Result<(), HttpError>>,
    feeding: Option<impl Future<Output = ()>>,
) {
    let feeding = async move {
        if let Some(feeding) = feeding {
            feeding.await;
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        // What went wrong is told by the answer, or by its body.
        _told_elsewhere = connection => {}
        () = feeding => {}
    }
}
