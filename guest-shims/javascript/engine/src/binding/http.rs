//! Requests, over `wasi:http`.

use std::cell::RefCell;

use rquickjs::prelude::Func;
use rquickjs::{Array, Ctx, Object, Result, TypedArray, Value};

use super::event_loop;
use super::numbered::Numbered;
use crate::failure::throw;
use crate::world::wasi::http::outgoing_handler;
use crate::world::wasi::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, IncomingBody, IncomingResponse, Method,
    OutgoingBody, OutgoingRequest, Scheme,
};
use crate::world::wasi::io::streams::{InputStream, OutputStream, StreamError};
use crate::{place, raw};

/// Parts are let go in this order: a stream before its body, a body before its message.
struct Request {
    output: Option<OutputStream>,
    body: Option<OutgoingBody>,
    future: FutureIncomingResponse,
    /// An answer that came before all of the body was sent.
    early: Option<IncomingResponse>,
    input: Option<InputStream>,
    _incoming: Option<IncomingBody>,
    _response: Option<IncomingResponse>,
}

thread_local! {
    static REQUESTS: RefCell<Numbered<Request>> = RefCell::default();
}

fn failed(ctx: &Ctx<'_>, what: &ErrorCode) -> rquickjs::Error {
    let code = match what {
        ErrorCode::ConnectionRefused => "ECONNREFUSED",
        ErrorCode::DnsError(_) | ErrorCode::DestinationNotFound => "ENOTFOUND",
        ErrorCode::DnsTimeout
        | ErrorCode::ConnectionTimeout
        | ErrorCode::ConnectionReadTimeout
        | ErrorCode::ConnectionWriteTimeout
        | ErrorCode::HttpResponseTimeout => "ETIMEDOUT",
        ErrorCode::HttpRequestDenied | ErrorCode::DestinationIpProhibited => "EACCES",
        ErrorCode::ConnectionTerminated => "ECONNRESET",
        ErrorCode::HttpRequestUriInvalid => "ERR_INVALID_URL",
        _ => "EPROTO",
    };
    throw(ctx, code, code)
}

fn unknown(ctx: &Ctx<'_>) -> rquickjs::Error {
    throw(ctx, "EBADF", "there is no such request")
}

fn method(name: &str) -> Method {
    match name {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "DELETE" => Method::Delete,
        "CONNECT" => Method::Connect,
        "OPTIONS" => Method::Options,
        "TRACE" => Method::Trace,
        "PATCH" => Method::Patch,
        other => Method::Other(other.to_owned()),
    }
}

/// Fields as WASI takes them, of names and values one behind the other; values have one byte a unit.
pub(super) fn headers_of(list: &[String]) -> Vec<(String, Vec<u8>)> {
    let byte = |unit| u8::try_from(unit).unwrap_or(b'?');
    let (pairs, _odd) = list.as_chunks::<2>();
    pairs
        .iter()
        .map(|[name, value]| (name.clone(), value.chars().map(byte).collect()))
        .collect()
}

/// The opposite.
pub(super) fn listed<'js>(ctx: &Ctx<'js>, fields: Vec<(String, Vec<u8>)>) -> Result<Array<'js>> {
    let list = Array::new(ctx.clone())?;
    for (at, (name, value)) in fields.into_iter().enumerate() {
        list.set(2 * at, name)?;
        list.set(
            2 * at + 1,
            value.into_iter().map(char::from).collect::<String>(),
        )?;
    }
    Ok(list)
}

fn start(
    ctx: Ctx<'_>,
    name: String,
    href: String,
    headers: Vec<String>,
    has_body: bool,
) -> Result<u32> {
    place::tell(&ctx);
    let invalid = |what: &str| throw(&ctx, "ERR_INVALID_ARG_VALUE", what);
    let url =
        url::Url::parse(&href).map_err(|_error| throw(&ctx, "ERR_INVALID_URL", "Invalid URL"))?;
    let fields = Fields::from_list(&headers_of(&headers))
        .map_err(|error| invalid(&format!("a header is refused: {error:?}")))?;
    let request = OutgoingRequest::new(fields);
    let scheme = match url.scheme() {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        other => Scheme::Other(other.to_owned()),
    };
    let authority = url.port().map_or_else(
        || url.host_str().unwrap_or_default().to_owned(),
        |port| format!("{}:{port}", url.host_str().unwrap_or_default()),
    );
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    request
        .set_method(&method(&name))
        .map_err(|()| invalid("the method is refused"))?;
    request
        .set_scheme(Some(&scheme))
        .map_err(|()| invalid("the scheme is refused"))?;
    request
        .set_authority(Some(&authority))
        .map_err(|()| invalid("the host is refused"))?;
    request
        .set_path_with_query(Some(&path))
        .map_err(|()| invalid("the path is refused"))?;
    let body = request.body().map_err(|()| invalid("there is no body"))?;
    let output = if has_body { body.write().ok() } else { None };
    let future = outgoing_handler::handle(request, None).map_err(|error| failed(&ctx, &error))?;
    let mut request = Request {
        output,
        body: Some(body),
        future,
        early: None,
        input: None,
        _incoming: None,
        _response: None,
    };
    if !has_body {
        finish_body(&ctx, &mut request)?;
    }
    Ok(REQUESTS.with_borrow_mut(|requests| requests.add(request)))
}

fn finish_body(ctx: &Ctx<'_>, request: &mut Request) -> Result<()> {
    request.output = None;
    match request.body.take() {
        Some(body) => OutgoingBody::finish(body, None).map_err(|error| failed(ctx, &error)),
        None => Ok(()),
    }
}

fn with<R>(ctx: &Ctx<'_>, number: u32, work: impl FnOnce(&mut Request) -> Result<R>) -> Result<R> {
    REQUESTS.with_borrow_mut(|requests| match requests.get_mut(number) {
        Some(request) => work(request),
        None => Err(unknown(ctx)),
    })
}

pub(super) fn broken(ctx: &Ctx<'_>, error: &StreamError) -> rquickjs::Error {
    let code = match error {
        StreamError::Closed => "EPIPE",
        StreamError::LastOperationFailed(_) => "ECONNRESET",
    };
    throw(ctx, code, code)
}

fn write<'js>(ctx: Ctx<'js>, number: u32, bytes: TypedArray<'js, u8>) -> Result<usize> {
    with(&ctx, number, |request| {
        let output = request.output.as_ref().ok_or_else(|| unknown(&ctx))?;
        let room = match output.check_write() {
            Ok(room) => room,
            Err(error) => {
                // Why nobody takes it is in the answer, where there is one.
                request.early = answer(&ctx, &request.future)?;
                return Err(broken(&ctx, &error));
            }
        };
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        // Where there is no room, even an empty write is refused. Nobody may ever take what is written: then the answer,
        // or why there is none, is there already.
        if room == 0 {
            if request.early.is_none() {
                request.early = answer(&ctx, &request.future)?;
            }
            return Ok(0);
        }
        raw::with_bytes(&ctx, &bytes, |bytes| {
            let chunk = bytes.get(..room.min(bytes.len())).unwrap_or_default();
            output.write(chunk).map_err(|error| broken(&ctx, &error))?;
            Ok(chunk.len())
        })?
    })
}

fn end(ctx: Ctx<'_>, number: u32) -> Result<()> {
    // What was written is on its way; to wait for room that nobody needs could be to wait for ever.
    with(&ctx, number, |request| finish_body(&ctx, request))
}

fn watch(ctx: Ctx<'_>, number: u32) -> Result<u32> {
    with(&ctx, number, |request| {
        let pollables = match (&request.input, &request.output) {
            (Some(input), _) => vec![input.subscribe()],
            // An exchange that came to nothing does not wake who waits to write.
            (None, Some(output)) => vec![output.subscribe(), request.future.subscribe()],
            (None, None) => vec![request.future.subscribe()],
        };
        Ok(event_loop::watch(pollables))
    })
}

/// The answer, once there is one.
fn answer(ctx: &Ctx<'_>, future: &FutureIncomingResponse) -> Result<Option<IncomingResponse>> {
    match future.get() {
        None => Ok(None),
        Some(Ok(Ok(response))) => Ok(Some(response)),
        Some(Ok(Err(error))) => Err(failed(ctx, &error)),
        Some(Err(())) => Err(unknown(ctx)),
    }
}

fn response<'js>(ctx: Ctx<'js>, number: u32) -> Result<Value<'js>> {
    let told = with(&ctx, number, |request| {
        let early = request.early.take();
        let answered = match early {
            Some(response) => Some(response),
            None => answer(&ctx, &request.future)?,
        };
        let Some(response) = answered else {
            return Ok(None);
        };
        let status = response.status();
        let headers = response.headers().entries();
        let incoming = response.consume().map_err(|()| unknown(&ctx))?;
        request.input = incoming.stream().ok();
        request._incoming = Some(incoming);
        request._response = Some(response);
        Ok(Some((status, headers)))
    })?;
    let Some((status, headers)) = told else {
        return Ok(Value::new_null(ctx));
    };
    let array = Array::new(ctx.clone())?;
    array.set(0, status)?;
    array.set(1, listed(&ctx, headers)?)?;
    Ok(array.into_value())
}

fn read<'js>(ctx: Ctx<'js>, number: u32, bytes: TypedArray<'js, u8>) -> Result<i64> {
    with(&ctx, number, |request| {
        let input = request.input.as_ref().ok_or_else(|| unknown(&ctx))?;
        match input.read(bytes.len() as u64) {
            Ok(read) if read.is_empty() => Ok(-1),
            Ok(read) => raw::with_bytes(&ctx, &bytes, |bytes| {
                if let Some(to) = bytes.get_mut(..read.len()) {
                    to.copy_from_slice(&read);
                }
                i64::try_from(read.len()).unwrap_or(i64::MAX)
            }),
            Err(StreamError::Closed) => Ok(0),
            Err(error) => Err(broken(&ctx, &error)),
        }
    })
}

fn close(number: u32) {
    REQUESTS.with_borrow_mut(|requests| requests.remove(number));
}

pub(super) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("start", Func::from(start))?;
    object.set("write", Func::from(write))?;
    object.set("end", Func::from(end))?;
    object.set("watch", Func::from(watch))?;
    object.set("response", Func::from(response))?;
    object.set("read", Func::from(read))?;
    object.set("close", Func::from(close))?;
    Ok(object)
}
