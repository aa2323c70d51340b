//! A guest's request, read.

use std::net::IpAddr;

use http::header::CONTENT_LENGTH;
use http::uri::PathAndQuery;
use http::{HeaderMap, Method};
use tollgate_capability::http::{Head, HttpError, Origin, fields};
use tollgate_engine::{Gate, Stop};
use tollgate_policy::{HttpScheme, LimitKey, Operation};
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;
use wasmtime_wasi_http::p2::types::HostOutgoingRequest;

use super::failure::Failure;

/// Who a request is for, by its authority alone: a path or a header that names another host changes nothing.
#[derive(Debug, Clone)]
pub(super) struct To {
    method: Method,
    /// Nothing where the request names nobody that it could be sent to. It is decided about and recorded all the same.
    origin: Option<Origin>,
}

impl To {
    /// The operation that asks for it; `address` is where it would go.
    pub(super) fn operation(&self, address: Option<IpAddr>) -> Operation<'_> {
        let method = self.method.as_str();
        match &self.origin {
            Some(origin) => Operation::Http {
                method,
                scheme: origin.scheme(),
                host: origin.host(),
                port: origin.port(),
                addr: address,
            },
            None => Operation::Http {
                method,
                scheme: HttpScheme::Https,
                host: "",
                port: 0,
                addr: None,
            },
        }
    }

    /// The address, where the authority is one.
    pub(super) fn literal(&self) -> Option<IpAddr> {
        self.origin.as_ref()?.literal()
    }
}

/// A request that is decided about before it is known whether it can be sent.
pub(super) struct Message {
    pub(super) to: To,
    path: Result<PathAndQuery, Failure>,
    refused: Option<Failure>,
    fields: HeaderMap,
    body: Option<HyperOutgoingBody>,
}

/// A request that can be sent.
pub(super) struct Outgoing {
    pub(super) to: To,
    pub(super) origin: Origin,
    pub(super) head: Head,
    /// The length that the guest says its body has.
    pub(super) declared: Option<u64>,
    /// Bytes of its fields.
    pub(super) field_bytes: u64,
}

impl Outgoing {
    /// What the guest says of itself with method, path and fields: the bytes that it sends even without a body.
    pub(super) fn head_bytes(&self) -> u64 {
        let line = self
            .head
            .method
            .as_str()
            .len()
            .saturating_add(self.head.path.as_str().len());
        self.field_bytes.saturating_add(line as u64)
    }
}

/// What becomes of a [`Message`].
type Sendable = Result<(Outgoing, Option<HyperOutgoingBody>), Failure>;

impl Message {
    /// Reads what the guest built.
    pub(super) fn read(request: HostOutgoingRequest) -> Self {
        let (method, no_method) = match request.method.try_into() {
            Ok(Method::CONNECT) => (Method::CONNECT, Some(Failure::Method)),
            Ok(method) => (method, None),
            Err(_) => (Method::GET, Some(Failure::Method)),
        };
        let (origin, nobody) = match origin(request.scheme.as_ref(), request.authority.as_deref()) {
            Ok(origin) => (Some(origin), None),
            Err(failure) => (None, Some(failure)),
        };
        Self {
            to: To { method, origin },
            path: path(request.path_with_query.as_deref()),
            refused: nobody.or(no_method),
            fields: request.headers.into(),
            body: request.body,
        }
    }

    /// The request as it is sent, or why it is not.
    pub(super) async fn sendable(self, gate: &Gate) -> Result<Sendable, Stop> {
        let sendable = self.checked(gate);
        match sendable {
            Err(Failure::RequestHeader(_)) => gate.limit_reached(LimitKey::HttpHeader).await?,
            Err(Failure::RequestBody(bytes)) if bytes > gate.limits().http_body => {
                gate.limit_reached(LimitKey::HttpBody).await?;
            }
            Ok(_) | Err(_) => {}
        }
        Ok(sendable)
    }

    fn checked(self, gate: &Gate) -> Sendable {
        if let Some(refused) = self.refused {
            return Err(refused);
        }
        let (path, limits) = (self.path?, gate.limits());
        let origin = self.to.origin.clone().ok_or(Failure::Uri)?;
        let field_bytes = fields::bytes(&self.fields);
        gate.in_use(LimitKey::HttpHeader, field_bytes);
        if field_bytes > limits.http_header {
            return Err(Failure::RequestHeader(field_bytes));
        }
        let declared = declared(&self.fields)?;
        if let Some(bytes) = declared {
            if bytes > limits.http_body {
                return Err(Failure::RequestBody(bytes));
            }
            if self.body.is_none() && bytes != 0 {
                return Err(Failure::RequestBody(0));
            }
        }
        let method = self.to.method.clone();
        let outgoing = Outgoing {
            to: self.to,
            origin,
            head: Head {
                method,
                path,
                fields: self.fields,
            },
            declared,
            field_bytes,
        };
        Ok((outgoing, self.body))
    }
}

fn origin(scheme: Option<&Scheme>, authority: Option<&str>) -> Result<Origin, Failure> {
    let scheme = match scheme {
        Some(Scheme::Http) => HttpScheme::Http,
        Some(Scheme::Https) | None => HttpScheme::Https,
        Some(Scheme::Other(_)) => return Err(Failure::Scheme),
    };
    Origin::parse(scheme, authority.unwrap_or_default()).map_err(|_| Failure::Uri)
}

/// What stands on the wire is a path and nothing else: a whole URL there would be a request to somebody else.
fn path(text: Option<&str>) -> Result<PathAndQuery, Failure> {
    let text = text.unwrap_or("/");
    if !(text.is_empty() || text.starts_with('/') || text.starts_with('?')) {
        return Err(Failure::Uri);
    }
    let text = if text.starts_with('/') {
        text.to_owned()
    } else {
        format!("/{text}")
    };
    PathAndQuery::try_from(text).map_err(|_| Failure::Uri)
}

/// The one length that the fields state. Two would be read differently by two readers.
fn declared(fields: &HeaderMap) -> Result<Option<u64>, Failure> {
    let mut values = fields.get_all(CONTENT_LENGTH).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match (text.parse(), values.next()) {
        (Ok(length), None) if plain => Ok(Some(length)),
        (_, _) => Err(HttpError::Protocol.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a17_only_a_path_is_a_path() {
        for (text, read) in [
            (None, Some("/")),
            (Some(""), Some("/")),
            (Some("?a=b"), Some("/?a=b")),
            (Some("/a?b"), Some("/a?b")),
            (Some("//evil.example/"), Some("//evil.example/")),
            (Some("http://evil.example/"), None),
            (Some("evil.example:80"), None),
            (Some("*"), None),
            (Some("/a b"), None),
            (Some("/a\r\nHost: evil.example"), None),
        ] {
            assert_eq!(
                path(text).ok().as_ref().map(PathAndQuery::as_str),
                read,
                "{text:?}"
            );
        }
    }

    #[test]
    fn a18_a_length_is_stated_once_and_in_digits() {
        let fields = |values: &[&str]| -> HeaderMap {
            values
                .iter()
                .map(|value| (CONTENT_LENGTH, value.parse().unwrap()))
                .collect()
        };
        assert_eq!(declared(&fields(&[])), Ok(None));
        assert_eq!(declared(&fields(&["5"])), Ok(Some(5)));
        for values in [
            &["5", "5"][..],
            &["5", "6"],
            &["+5"],
            &["5, 5"],
            &["-1"],
            &[""],
            &["18446744073709551616"],
        ] {
            assert!(declared(&fields(values)).is_err(), "{values:?}");
        }
    }
}
