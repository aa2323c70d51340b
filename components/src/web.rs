//! HTTP requests as the guests make and report them.

use crate::host::wasi::http::outgoing_handler::handle;
use crate::host::wasi::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, FutureTrailers, HeaderError, IncomingBody,
    IncomingResponse, Method, OutgoingBody, OutgoingRequest, RequestOptions, Scheme,
    http_error_code,
};
use crate::host::wasi::io::streams::{OutputStream, StreamError};
use crate::text::{escaped, unescaped};
use crate::words::Case;
use crate::{report, say};

/// What is asked for, as words: `KEY=VALUE`.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// `http`, `https` or another one.
    pub scheme: String,
    /// Host and port.
    pub authority: String,
    /// Path and query.
    pub path: String,
    words: Vec<(String, String)>,
}

impl Asked {
    /// Reads scheme, authority, path, and then words:
    /// `method=M`, `header=NAME:VALUE`, `trailer=NAME:VALUE` (repeated; the value may be escaped), `body=TEXT`, `size=BYTES`
    /// (of zeros), `abandon=yes` (the body is given up), `connect=NS`, `first=NS`, `between=NS`, `quiet=yes` (the body of
    /// the answer is only counted), `pause=MS` (before the answer's body is read), `follow=yes`.
    #[must_use]
    pub fn read(arguments: impl Iterator<Item = String>) -> Self {
        let mut arguments = arguments;
        let mut next = |otherwise: &str| arguments.next().unwrap_or_else(|| otherwise.to_owned());
        let (scheme, authority, path) = (next("http"), next("example.com"), next("/"));
        let word = |argument: String| {
            argument
                .split_once('=')
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
        };
        Self {
            scheme,
            authority,
            path,
            words: arguments.filter_map(word).collect(),
        }
    }

    fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.words
            .iter()
            .filter(move |(known, _)| known == key)
            .map(|(_, value)| value.as_str())
    }

    /// The value of a word.
    #[must_use]
    pub fn one(&self, key: &str) -> Option<&str> {
        self.words
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, value)| value.as_str())
    }

    /// The number of a word.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<u64> {
        self.one(key)?.parse().ok()
    }

    fn fields(&self, key: &str) -> Fields {
        let fields = Fields::new();
        for text in self.all(key) {
            let (name, value) = text.split_once(':').unwrap_or((text, ""));
            let value = unescaped(value).unwrap_or_default();
            let added: Result<(), HeaderError> = fields.append(name, &value);
            if let Err(error) = added {
                say!("{key} {name}: error {}", error.case());
            }
        }
        fields
    }

    fn options(&self) -> RequestOptions {
        let options = RequestOptions::new();
        let _set = options.set_connect_timeout(self.number("connect"));
        let _set = options.set_first_byte_timeout(self.number("first"));
        let _set = options.set_between_bytes_timeout(self.number("between"));
        options
    }

    fn request(&self) -> OutgoingRequest {
        let request = OutgoingRequest::new(self.fields("header"));
        if let Some(name) = self.one("method") {
            report("set method", request.set_method(&method(name)).map(|()| ""));
        }
        report(
            "set scheme",
            request.set_scheme(Some(&scheme(&self.scheme))).map(|()| ""),
        );
        report(
            "set authority",
            request.set_authority(Some(&self.authority)).map(|()| ""),
        );
        let path = match self.number("path") {
            Some(length) => format!("/{}", "a".repeat(usize::try_from(length).unwrap_or(0))),
            None => self.path.clone(),
        };
        report(
            "set path",
            request.set_path_with_query(Some(&path)).map(|()| ""),
        );
        request
    }

    /// Sends the request with its body. What the handler refuses at once is reported.
    #[must_use]
    pub fn send(&self) -> Option<FutureIncomingResponse> {
        let request = self.request();
        let has_body = ["body", "size", "trailer", "abandon"]
            .iter()
            .any(|key| self.one(key).is_some());
        let body = if has_body { request.body().ok() } else { None };
        let future = match handle(request, Some(self.options())) {
            Ok(future) => future,
            Err(error) => {
                report("handle", Err::<&str, _>(error));
                return None;
            }
        };
        say!("handle: ok");
        if let Some(body) = body {
            self.write(body);
        }
        Some(future)
    }

    fn write(&self, body: OutgoingBody) {
        if let Ok(stream) = body.write() {
            let text = self.one("body").unwrap_or_default().as_bytes();
            let result = write_all(&stream, text, text.len() as u64).and_then(|sent| {
                Ok(sent + write_all(&stream, &[0; 4096], self.number("size").unwrap_or(0))?)
            });
            match result {
                Ok(bytes) => say!("sent: ok {bytes}"),
                Err((error, sent)) => say!("sent: error {} after {sent}", stream_case(&error)),
            }
        }
        if self.one("abandon").is_some() {
            return;
        }
        let trailers = self.one("trailer").map(|_| self.fields("trailer"));
        report("finish", OutgoingBody::finish(body, trailers).map(|()| ""));
    }

    /// The answer to a request.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn answer(future: &FutureIncomingResponse) -> Result<IncomingResponse, ErrorCode> {
        loop {
            future.subscribe().block();
            match future.get() {
                Some(Ok(answer)) => return answer,
                Some(Err(())) => return Err(ErrorCode::InternalError(None)),
                None => {}
            }
        }
    }

    /// Sends the request, and reports the whole answer. Gives where the answer redirects to.
    pub fn exchange(&self) -> Option<String> {
        let future = self.send()?;
        let answer = match Self::answer(&future) {
            Ok(answer) => answer,
            Err(error) => {
                report("answer", Err::<&str, _>(error));
                return None;
            }
        };
        say!("answer: ok {}", answer.status());
        let fields = answer.headers();
        for (name, value) in fields.entries() {
            if self.one("quiet").is_none() {
                say!("field: {name}={}", escaped(&value));
            }
        }
        if let Some(pause) = self.number("pause") {
            std::thread::sleep(std::time::Duration::from_millis(pause));
        }
        if let Ok(body) = answer.consume() {
            self.body(body);
        }
        let location = fields.get("location");
        location
            .first()
            .map(|value| String::from_utf8_lossy(value).into_owned())
    }

    fn body(&self, body: IncomingBody) {
        let mut length = 0;
        let mut text = Vec::new();
        if let Ok(stream) = body.stream() {
            loop {
                match stream.blocking_read(64 << 10) {
                    Ok(piece) => {
                        length += piece.len();
                        if self.one("quiet").is_none() {
                            text.extend(piece);
                        }
                    }
                    Err(StreamError::Closed) => {
                        say!("body: ok {length} {}", escaped(&text));
                        break;
                    }
                    Err(error) => {
                        say!("body: error {} after {length}", stream_case(&error));
                        return;
                    }
                }
            }
        }
        Self::trailers(&IncomingBody::finish(body));
    }

    fn trailers(future: &FutureTrailers) {
        let trailers = loop {
            future.subscribe().block();
            if let Some(trailers) = future.get() {
                break trailers;
            }
        };
        match trailers {
            Ok(Ok(Some(trailers))) => {
                for (name, value) in trailers.entries() {
                    say!("trailer: {name}={}", escaped(&value));
                }
            }
            Ok(Ok(None)) | Err(()) => {}
            Ok(Err(error)) => report("trailers", Err::<&str, _>(error)),
        }
    }
}

fn method(name: &str) -> Method {
    match name {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "DELETE" => Method::Delete,
        "CONNECT" => Method::Connect,
        other => Method::Other(other.to_owned()),
    }
}

fn scheme(name: &str) -> Scheme {
    match name {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        other => Scheme::Other(other.to_owned()),
    }
}

/// The code behind a stream's error, where there is one.
fn stream_case(error: &StreamError) -> String {
    match error {
        StreamError::Closed => "closed".to_owned(),
        StreamError::LastOperationFailed(error) => match http_error_code(error) {
            Some(code) => code.case(),
            None => format!("last-operation-failed {}", error.to_debug_string()),
        },
    }
}

/// Writes `length` bytes, `block` again and again, and says how many were taken where that fails.
fn write_all(stream: &OutputStream, block: &[u8], length: u64) -> Result<u64, (StreamError, u64)> {
    let mut sent = 0;
    while sent < length {
        let left = usize::try_from(length - sent).unwrap_or(usize::MAX);
        let piece = block.get(..block.len().min(left)).unwrap_or(block);
        let piece = piece.get(..piece.len().min(4096)).unwrap_or(piece);
        stream
            .blocking_write_and_flush(piece)
            .map_err(|error| (error, sent))?;
        sent += piece.len() as u64;
    }
    Ok(sent)
}
