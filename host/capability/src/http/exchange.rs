//! One request and its answer.

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, Version};
use http_body_util::BodyExt as _;
use hyper::client::conn::http1;
use tokio::time::{Duration, timeout};

use super::body::Body;
use super::connect::Connection;
use super::{HttpError, fields};

/// The most header fields that an answer may have. Parsing it takes room for each, and common servers send some dozens.
pub(super) const MOST_FIELDS: usize = 1024;

/// The least that hyper reads with.
const LEAST_BUFFER: u64 = 8 << 10;

/// Room for the first line of an answer beside its fields.
const STATUS_LINE: u64 = 1 << 10;

/// How the length of a request's body is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload {
    /// There is no body, and no word about one.
    None,
    /// The body has this many bytes.
    Sized(u64),
    /// The body has an end, which is told when it is there.
    Chunked,
}

/// What a request says, but for whom it is for and how long its body is.
#[derive(Debug)]
pub struct Head {
    /// The method. `CONNECT` is none that this client has.
    pub method: Method,
    /// The path with the query: all that stands of the URL on the wire.
    pub path: PathAndQuery,
    /// The fields. What is the client's own to say is taken out of them.
    pub fields: HeaderMap,
}

/// A request.
#[derive(Debug)]
pub struct Request {
    /// What it says.
    pub head: Head,
    /// How the length of its body is told.
    pub payload: Payload,
    /// Its body.
    pub body: Body,
    /// The most bytes of fields that its answer may have.
    pub most_field_bytes: u64,
}

/// The beginning of an answer.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The fields, but for those that are the client's own to read.
    pub fields: HeaderMap,
    /// The bytes that all of its fields took.
    pub field_bytes: u64,
    /// The rest.
    pub body: Incoming,
}

/// The body of an answer.
#[derive(Debug)]
pub struct Incoming(hyper::body::Incoming);

/// A piece of a body.
#[derive(Debug)]
pub enum Piece {
    /// Some of it.
    Data(Bytes),
    /// What comes after it.
    Trailers(HeaderMap),
}

impl Incoming {
    /// The next piece, within `time`; nothing at the end. Cancelled, no piece is lost.
    ///
    /// # Errors
    ///
    /// The answer is not whole, or there is no piece in time.
    pub async fn piece(&mut self, time: Duration) -> Result<Option<Piece>, HttpError> {
        loop {
            let frame = timeout(time, self.0.frame())
                .await
                .map_err(|_| HttpError::ReadTimeout)?;
            let Some(frame) = frame.transpose()? else {
                return Ok(None);
            };
            let frame = match frame.into_data() {
                Ok(data) if data.is_empty() => continue,
                Ok(data) => return Ok(Some(Piece::Data(data))),
                Err(frame) => frame,
            };
            let Ok(trailers) = frame.into_trailers() else {
                continue;
            };
            return Ok(Some(Piece::Trailers(trailers)));
        }
    }
}

impl Connection {
    /// Sends `request`: its answer, and what has to be polled beside it, and beside the answer's body, so that bytes move
    /// at all. Dropping that closes the connection.
    ///
    /// # Errors
    ///
    /// The request is none that can be sent.
    pub async fn send(
        self,
        request: Request,
    ) -> Result<
        (
            impl Future<Output = Result<Answer, HttpError>> + Send + 'static,
            impl Future<Output = Result<(), HttpError>> + Send + 'static,
        ),
        HttpError,
    > {
        let most = request.most_field_bytes;
        let room = most.saturating_add(STATUS_LINE).max(LEAST_BUFFER);
        let message = self.message(request)?;
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(usize::try_from(room).unwrap_or(usize::MAX))
            .max_headers(MOST_FIELDS)
            .handshake(self.stream)
            .await?;
        let answer = async move { received(sender.send_request(message).await?, most) };
        let moving = async move { Ok(connection.await?) };
        Ok((answer, moving))
    }

    /// The request as it stands on the wire.
    fn message(&self, request: Request) -> Result<http::Request<Body>, HttpError> {
        let Request {
            head,
            payload,
            body,
            ..
        } = request;
        if head.method == Method::CONNECT {
            return Err(HttpError::Protocol);
        }
        let mut headers = head.fields;
        fields::remove(&mut headers, fields::is_forbidden);
        headers.remove(CONTENT_LENGTH);
        headers.insert(HOST, self.origin.field().map_err(|_| HttpError::Protocol)?);
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        match payload {
            Payload::None => {}
            Payload::Sized(length) => drop(headers.insert(CONTENT_LENGTH, length.into())),
            Payload::Chunked => {
                drop(headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked")))
            }
        }
        let mut message = http::Request::new(body);
        *message.method_mut() = head.method;
        *message.uri_mut() = Uri::from(head.path);
        *message.version_mut() = Version::HTTP_11;
        *message.headers_mut() = headers;
        Ok(message)
    }
}

/// Takes an answer, or refuses one that two readers could read in two ways.
fn received(answer: http::Response<hyper::body::Incoming>, most: u64) -> Result<Answer, HttpError> {
    let (parts, body) = answer.into_parts();
    let mut headers = parts.headers;
    let field_bytes = fields::bytes(&headers);
    if field_bytes > most {
        return Err(HttpError::HeaderSection);
    }
    if parts.status == StatusCode::SWITCHING_PROTOCOLS {
        return Err(HttpError::Upgrade);
    }
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    if let Some(coding) = codings.next() {
        if headers.contains_key(CONTENT_LENGTH) || parts.version != Version::HTTP_11 {
            return Err(HttpError::Protocol);
        }
        if codings.next().is_some() || !coding.as_bytes().eq_ignore_ascii_case(b"chunked") {
            return Err(HttpError::TransferCoding);
        }
    }
    fields::remove(&mut headers, fields::is_forbidden);
    Ok(Answer {
        status: parts.status,
        fields: headers,
        field_bytes,
        body: Incoming(body),
    })
}
