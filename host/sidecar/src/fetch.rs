//! Requests of HTTP to what serves it in a VM.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use serde_json::{Map, Value};
use tollgate::ports::{NoReply, Reply, post};
use tollgate_protocol::RefusalCode;
use tollgate_protocol::types::{
    FindListenerRequest, ResponsePayload, SocketStateEntry, VmFetchRequest, VmFetchResponse,
};

use crate::ports::Served;
use crate::rejection::Rejection;
use crate::vm::Vm;

/// How long a server may take for the whole of an answer.
pub(crate) const LONGEST: Duration = Duration::from_secs(30);
/// How long the exit code of a program that let go of its requests is waited for.
const LAST_STEPS: Duration = Duration::from_secs(2);
/// Characters of what a client sent that an error shows.
const SHOWN: usize = 200;

/// Where every port of a VM is.
fn authority(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

/// Sends a request to the server at a port of the VM.
async fn fetch(vm: &Vm, request: VmFetchRequest) -> Result<ResponsePayload, Rejection> {
    let fields = fields(&request.headers_json)?;
    let gate = vm.gate()?;
    let port = request.port;
    let served = vm.ports.at(port).ok_or_else(|| none(port))?;
    let what = format!("http://{}", authority(port));
    gate.note("vm.fetch", &what, "ok").await.map_err(|error| {
        Rejection::new(
            RefusalCode::IoError,
            format!("it cannot be recorded: {error}"),
        )
    })?;
    let frame = vm.house.frame_limits().body_bytes;
    let most = vm.config.limits.fetch_bytes(frame);
    let path = if request.path.starts_with('/') {
        request.path
    } else {
        format!("/{}", request.path)
    };
    let url = format!("http://{}{path}", authority(port));
    let method = request.method.as_bytes();
    let Some(sent) = message(method, &path, port, fields, request.body) else {
        return told(&Reached::bad_request(), &url, most);
    };
    let exchanged = tokio::time::timeout(LONGEST, exchange(&served, sent, most)).await;
    let answer = exchanged.map_err(|_elapsed| {
        Rejection::execution(format!(
            "vm.fetch timed out: the server at port {port} did not answer within {} s",
            LONGEST.as_secs()
        ))
    })??;
    told(&answer, &url, most)
}

impl Vm {
    /// Sends an HTTP request to a server in the VM.
    pub(crate) async fn fetch(&self, request: VmFetchRequest) -> crate::answer::Answer {
        fetch(self, request).await.into()
    }
}

fn none(port: u16) -> Rejection {
    Rejection::execution(format!(
        "could not find a guest HTTP listener on port {port}"
    ))
}

fn shown(text: &str) -> String {
    let cut: String = text.chars().take(SHOWN).collect();
    cut.escape_debug().to_string()
}

/// The fields that a client states: names, each with one value or several.
fn fields(json: &str) -> Result<Vec<(String, String)>, Rejection> {
    let fields: Map<String, Value> = serde_json::from_str(json).map_err(|error| {
        Rejection::state(format!(
            "vm.fetch headers_json must be valid JSON, an object: {error}"
        ))
    })?;
    let mut list = Vec::new();
    for (name, value) in fields {
        let wrong = |value: &Value| {
            Rejection::state(format!(
                "vm.fetch headers header {} must be a string or string array, received {}",
                shown(&name),
                shown(&value.to_string())
            ))
        };
        match value {
            Value::String(text) => list.push((name, text)),
            Value::Array(ref values) => {
                for each in values {
                    let text = each.as_str().ok_or_else(|| wrong(&value))?;
                    list.push((name.clone(), text.to_owned()));
                }
            }
            other => return Err(wrong(&other)),
        }
    }
    Ok(list)
}

/// The message that the server gets; none where it would be none of HTTP.
fn message(
    method: &[u8],
    path: &str,
    port: u16,
    fields: Vec<(String, String)>,
    body: Option<String>,
) -> Option<http::Request<Bytes>> {
    let method = Method::from_bytes(method).ok()?;
    // What follows `#` never goes over a wire, and the reader of a URI would leave it out.
    if path.contains('#') {
        return None;
    }
    let uri: Uri = format!("http://{}{path}", authority(port)).parse().ok()?;
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        let value = HeaderValue::from_bytes(value.as_bytes()).ok()?;
        headers.try_append(name, value).ok()?;
    }
    // How the message is framed is not for a client to say.
    headers.remove(TRANSFER_ENCODING);
    headers.remove(CONTENT_LENGTH);
    let host = HeaderValue::try_from(authority(port)).ok()?;
    headers.try_insert(HOST, host).ok()?;
    headers
        .try_insert(CONNECTION, HeaderValue::from_static("close"))
        .ok()?;
    if let Some(body) = &body {
        headers
            .try_insert(CONTENT_LENGTH, HeaderValue::from(body.len()))
            .ok()?;
    }
    let mut request = http::Request::new(Bytes::from(body.unwrap_or_default()));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    Some(request)
}

/// An answer, whole.
struct Reached {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Reached {
    /// To what is no message of HTTP.
    fn bad_request() -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            headers: HeaderMap::new(),
            body: Vec::new(),
        }
    }
}

/// Sends a message, and waits for the answer or the end of the program.
async fn exchange(
    served: &Served,
    request: http::Request<Bytes>,
    most: u64,
) -> Result<Reached, Rejection> {
    tokio::select! {
        // What was answered counts, even if the program has ended since.
        biased;
        answer = answered(served, request, most) => answer,
        code = code_of(served) => Err(over(served, code)),
    }
}

/// Waits for the end of the program that serves: its code.
async fn code_of(served: &Served) -> Option<i32> {
    let mut ended = served.process.ended.subscribe();
    let code = ended.wait_for(Option::is_some).await;
    code.ok().and_then(|code| *code)
}

fn over(served: &Served, code: Option<i32>) -> Rejection {
    let id = shown(&served.process.id);
    Rejection::execution(match code {
        Some(code) => {
            format!("the process {id} exited with code {code} before it answered vm.fetch")
        }
        None => format!("the process {id} let go of the request of vm.fetch without an answer"),
    })
}

/// A server that gave nothing, or no whole answer: because its program is ending, if it is.
async fn failed(served: &Served) -> Rejection {
    let patience = if served.requests.is_closed() {
        LAST_STEPS
    } else {
        Duration::ZERO
    };
    let code = tokio::time::timeout(patience, code_of(served)).await;
    over(served, code.ok().flatten())
}

async fn answered(
    served: &Served,
    request: http::Request<Bytes>,
    most: u64,
) -> Result<Reached, Rejection> {
    let has_body = request.method() != Method::HEAD;
    let (posted, replied) = post(request);
    if served.requests.send(posted).await.is_err() {
        return Err(failed(served).await);
    }
    let reply = match replied.reply().await {
        Ok(reply) => reply,
        Err(NoReply::Gone) => return Err(failed(served).await),
        Err(error @ NoReply::Failed) => {
            return Err(Rejection::execution(format!("vm.fetch: {error}")));
        }
    };
    let Reply {
        status,
        headers,
        body: mut pieces,
    } = reply;
    let mut body = Vec::new();
    loop {
        let piece = match has_body {
            true => pieces.next().await,
            false => Ok(None),
        };
        let Ok(piece) = piece else {
            return Err(failed(served).await);
        };
        let Some(piece) = piece else {
            break;
        };
        // In the answer each three bytes take four.
        if (body.len() + piece.len()) as u64 > most {
            return Err(too_long(most));
        }
        body.extend_from_slice(&piece);
    }
    Ok(Reached {
        status,
        headers,
        body,
    })
}

fn too_long(most: u64) -> Rejection {
    Rejection::execution(format!(
        "the answer to vm.fetch is too long: the limit is {most} bytes (limits.http.maxFetchResponseBytes)"
    ))
}

/// What a client is told: the fields in small letters, and as they would stand on a wire.
fn told(answer: &Reached, url: &str, most: u64) -> Result<ResponsePayload, Rejection> {
    let mut headers = Vec::new();
    let mut raw = Vec::new();
    for (name, value) in &answer.headers {
        // One byte is one character, as Node has them.
        let value: String = value.as_bytes().iter().copied().map(char::from).collect();
        headers.push(serde_json::json!([name.as_str(), value]));
        let name = if name == CONTENT_LENGTH {
            "Content-Length"
        } else {
            name.as_str()
        };
        raw.extend([name.to_owned(), value]);
    }
    // Nothing is kept open for a next request.
    headers.push(serde_json::json!(["connection", "close"]));
    raw.extend(["Connection".to_owned(), "close".to_owned()]);
    let response_json = serde_json::json!({
        "status": answer.status.as_u16(),
        "statusText": answer.status.canonical_reason().unwrap_or_default(),
        "headers": headers,
        "rawHeaders": raw,
        "body": STANDARD.encode(&answer.body),
        "bodyEncoding": "base64",
        "url": url,
    })
    .to_string();
    if response_json.len() as u64 > most {
        return Err(too_long(most));
    }
    Ok(ResponsePayload::VmFetchResponse(VmFetchResponse {
        response_json,
    }))
}

impl Vm {
    /// The first server that fits what is looked for.
    pub(crate) fn listener(&self, request: &FindListenerRequest) -> Option<SocketStateEntry> {
        self.ports.find(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_texts_and_lists_of_texts() {
        assert_eq!(
            fields(r#"{"a":"1","b":["2","3"]}"#).unwrap(),
            [("a", "1"), ("b", "2"), ("b", "3")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        for wrong in [
            "nope",
            "[]",
            "1",
            r#"{"x":{"y":1}}"#,
            r#"{"x":[1]}"#,
            r#"{"x":null}"#,
        ] {
            let error = fields(wrong).unwrap_err();
            assert_eq!(error.code, RefusalCode::InvalidState, "{wrong}");
        }
        let error = fields(r#"{"x":{"y":1}}"#).unwrap_err();
        assert!(
            error
                .message
                .contains(r"header x must be a string or string array")
        );
    }

    #[test]
    fn what_is_no_message_is_not_sent() {
        let sent = |method: &[u8], path: &str, name: &str, value: &str| {
            let fields = vec![(name.to_owned(), value.to_owned())];
            message(method, path, 80, fields, None)
        };
        assert!(sent(b"GET", "/a?b=%20", "x-in", "1").is_some());
        assert!(sent(b"GE T", "/", "x", "1").is_none());
        assert!(sent(b"GET", "/a b", "x", "1").is_none());
        assert!(sent(b"GET", "/a#b", "x", "1").is_none());
        assert!(sent(b"GET", "/", "x y", "1").is_none());
        assert!(sent(b"GET", "/", "x", "1\r\ny: 2").is_none());
        let framed = sent(b"GET", "/", "Transfer-Encoding", "chunked").unwrap();
        assert!(!framed.headers().contains_key(TRANSFER_ENCODING));
        assert_eq!(framed.headers().get(HOST).unwrap(), "127.0.0.1:80");
    }
}
