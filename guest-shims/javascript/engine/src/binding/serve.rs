//! Requests that came in, and their answers, over `wasi:http`. Each has a number: 0 is the one that a component was called
//! with, and those that a server accepted have their own.

use std::cell::RefCell;

use rquickjs::prelude::Func;
use rquickjs::{Array, Ctx, Object, Result, TypedArray};

use super::event_loop;
use super::http::{broken, headers_of, listed};
use super::numbered::Numbered;
use crate::failure::throw;
use crate::raw;
use crate::world::wasi::http::types::{
    Fields, IncomingBody, IncomingRequest, Method, OutgoingBody, OutgoingResponse,
    ResponseOutparam, Scheme,
};
use crate::world::wasi::io::streams::{InputStream, OutputStream, StreamError};

/// Parts are let go in this order: a stream before its body, a body before its message.
#[derive(Default)]
struct Exchange {
    input: Option<InputStream>,
    incoming: Option<IncomingBody>,
    request: Option<IncomingRequest>,
    output: Option<OutputStream>,
    outgoing: Option<OutgoingBody>,
    outparam: Option<ResponseOutparam>,
}

thread_local! {
    static EXCHANGES: RefCell<Numbered<Exchange>> = RefCell::default();
}

/// The request that the component was called with: a number that no other has.
const CALLED: u32 = 0;

fn exchange(request: IncomingRequest, outparam: ResponseOutparam) -> Exchange {
    let incoming = request.consume().ok();
    let input = incoming.as_ref().and_then(|body| body.stream().ok());
    Exchange {
        input,
        incoming,
        request: Some(request),
        outparam: Some(outparam),
        ..Exchange::default()
    }
}

/// What is answered next.
pub(crate) fn begin(request: IncomingRequest, outparam: ResponseOutparam) {
    let made = exchange(request, outparam);
    EXCHANGES.with_borrow_mut(|exchanges| exchanges.put(CALLED, made));
}

/// The same, of a server that goes on: the number that it has.
pub(super) fn accepted(request: IncomingRequest, outparam: ResponseOutparam) -> u32 {
    let made = exchange(request, outparam);
    EXCHANGES.with_borrow_mut(|exchanges| exchanges.add(made))
}

/// Lets go of everything; an answer that was not finished is cut off, so that nobody takes it for whole.
pub(crate) fn end_of_exchange() {
    close(CALLED);
}

fn close(number: u32) {
    EXCHANGES.with_borrow_mut(|exchanges| exchanges.remove(number));
}

fn with<R>(ctx: &Ctx<'_>, number: u32, work: impl FnOnce(&mut Exchange) -> Result<R>) -> Result<R> {
    EXCHANGES.with_borrow_mut(|exchanges| match exchanges.get_mut(number) {
        Some(exchange) => work(exchange),
        None => Err(gone(ctx)),
    })
}

fn method_name(method: Method) -> String {
    match method {
        Method::Get => "GET".to_owned(),
        Method::Head => "HEAD".to_owned(),
        Method::Post => "POST".to_owned(),
        Method::Put => "PUT".to_owned(),
        Method::Delete => "DELETE".to_owned(),
        Method::Connect => "CONNECT".to_owned(),
        Method::Options => "OPTIONS".to_owned(),
        Method::Trace => "TRACE".to_owned(),
        Method::Patch => "PATCH".to_owned(),
        Method::Other(name) => name,
    }
}

fn scheme_name(scheme: Option<Scheme>) -> String {
    match scheme {
        None | Some(Scheme::Http) => "http".to_owned(),
        Some(Scheme::Https) => "https".to_owned(),
        Some(Scheme::Other(name)) => name,
    }
}

fn gone(ctx: &Ctx<'_>) -> rquickjs::Error {
    throw(ctx, "EBADF", "there is no request to answer")
}

/// Method, URL, the fields one behind the other, and the path alone.
fn request(ctx: Ctx<'_>, number: u32) -> Result<Array<'_>> {
    let (method, href, fields, path) = with(&ctx, number, |exchange| {
        let request = exchange.request.as_ref().ok_or_else(|| gone(&ctx))?;
        let authority = request
            .authority()
            .unwrap_or_else(|| "localhost".to_owned());
        let path = request.path_with_query().unwrap_or_else(|| "/".to_owned());
        let href = format!("{}://{authority}{path}", scheme_name(request.scheme()));
        let method = method_name(request.method());
        Ok((method, href, request.headers().entries(), path))
    })?;
    let array = Array::new(ctx.clone())?;
    array.set(0, method)?;
    array.set(1, href)?;
    array.set(2, listed(&ctx, fields)?)?;
    array.set(3, path)?;
    Ok(array)
}

/// Status and fields, which go out at once; the body follows.
fn respond(ctx: Ctx<'_>, number: u32, status: u16, headers: Vec<String>) -> Result<()> {
    let refused = |what: &str| throw(&ctx, "ERR_INVALID_ARG_VALUE", what);
    let fields = Fields::from_list(&headers_of(&headers))
        .map_err(|error| refused(&format!("a header is refused: {error:?}")))?;
    let response = OutgoingResponse::new(fields);
    response
        .set_status_code(status)
        .map_err(|()| refused("the status is refused"))?;
    let body = response.body().map_err(|()| refused("there is no body"))?;
    let output = body.write().map_err(|()| refused("there is no body"))?;
    with(&ctx, number, |exchange| {
        let outparam = exchange.outparam.take().ok_or_else(|| gone(&ctx))?;
        ResponseOutparam::set(outparam, Ok(response));
        exchange.output = Some(output);
        exchange.outgoing = Some(body);
        Ok(())
    })
}

fn read<'js>(ctx: Ctx<'js>, number: u32, bytes: TypedArray<'js, u8>) -> Result<i64> {
    with(&ctx, number, |exchange| {
        let Some(input) = &exchange.input else {
            return Ok(0);
        };
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

fn close_input(number: u32) {
    EXCHANGES.with_borrow_mut(|exchanges| {
        if let Some(exchange) = exchanges.get_mut(number) {
            exchange.input = None;
            exchange.incoming = None;
        }
    });
}

fn watch_input(ctx: Ctx<'_>, number: u32) -> Result<u32> {
    with(&ctx, number, |exchange| {
        let input = exchange.input.as_ref().ok_or_else(|| gone(&ctx))?;
        Ok(event_loop::watch(vec![input.subscribe()]))
    })
}

fn write<'js>(ctx: Ctx<'js>, number: u32, bytes: TypedArray<'js, u8>) -> Result<usize> {
    with(&ctx, number, |exchange| {
        let output = exchange.output.as_ref().ok_or_else(|| gone(&ctx))?;
        let room = output.check_write().map_err(|error| broken(&ctx, &error))?;
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        if room == 0 {
            return Ok(0);
        }
        raw::with_bytes(&ctx, &bytes, |bytes| {
            let chunk = bytes.get(..room.min(bytes.len())).unwrap_or_default();
            output.write(chunk).map_err(|error| broken(&ctx, &error))?;
            Ok(chunk.len())
        })?
    })
}

fn watch_output(ctx: Ctx<'_>, number: u32) -> Result<u32> {
    with(&ctx, number, |exchange| {
        let output = exchange.output.as_ref().ok_or_else(|| gone(&ctx))?;
        Ok(event_loop::watch(vec![output.subscribe()]))
    })
}

/// The body is whole.
fn end(ctx: Ctx<'_>, number: u32) -> Result<()> {
    with(&ctx, number, |exchange| {
        exchange.output = None;
        let body = exchange.outgoing.take().ok_or_else(|| gone(&ctx))?;
        OutgoingBody::finish(body, None)
            .map_err(|error| throw(&ctx, "EPIPE", &format!("the answer was not taken: {error}")))
    })
}

fn cut(number: u32) {
    EXCHANGES.with_borrow_mut(|exchanges| {
        if let Some(exchange) = exchanges.get_mut(number) {
            exchange.output = None;
            exchange.outgoing = None;
        }
    });
}

pub(super) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let input = Object::new(ctx.clone())?;
    input.set("read", Func::from(read))?;
    input.set("watch", Func::from(watch_input))?;
    input.set("close", Func::from(close_input))?;
    let output = Object::new(ctx.clone())?;
    output.set("write", Func::from(write))?;
    output.set("watch", Func::from(watch_output))?;
    output.set("end", Func::from(end))?;
    output.set("close", Func::from(cut))?;
    let object = Object::new(ctx.clone())?;
    object.set("request", Func::from(request))?;
    object.set("respond", Func::from(respond))?;
    object.set("close", Func::from(close))?;
    object.set("input", input)?;
    object.set("output", output)?;
    Ok(object)
}
