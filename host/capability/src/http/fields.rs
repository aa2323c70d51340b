//! Header fields: which a guest may neither send nor see, and how they are counted.

use http::header::{self, HeaderMap, HeaderName};

/// Fields that speak about the connection or say who is spoken to. The client says that itself, once; a second voice is
/// how requests are smuggled.
const OF_THE_CONNECTION: [HeaderName; 11] = [
    header::CONNECTION,
    header::HOST,
    HeaderName::from_static("http2-settings"),
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    HeaderName::from_static("proxy-authentication-info"),
    header::PROXY_AUTHORIZATION,
    HeaderName::from_static("proxy-connection"),
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Fields that decide how a message is routed, framed, authorised or read, and that must be known before its body: after
/// it, nobody has looked at them (RFC 9110, 6.5.1).
const NOT_IN_TRAILERS: [HeaderName; 32] = [
    header::AGE,
    header::AUTHORIZATION,
    header::CACHE_CONTROL,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::CONTENT_LOCATION,
    header::CONTENT_RANGE,
    header::CONTENT_TYPE,
    header::COOKIE,
    header::DATE,
    header::EXPECT,
    header::EXPIRES,
    header::FORWARDED,
    header::IF_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_NONE_MATCH,
    header::IF_RANGE,
    header::IF_UNMODIFIED_SINCE,
    header::LOCATION,
    header::MAX_FORWARDS,
    header::ORIGIN,
    header::PRAGMA,
    header::RANGE,
    header::REFERER,
    header::RETRY_AFTER,
    header::SET_COOKIE,
    header::TRAILER,
    header::VARY,
    header::VIA,
    header::WARNING,
    header::WWW_AUTHENTICATE,
    HeaderName::from_static("x-forwarded-for"),
];

/// What each field takes on the wire beside its name and value: `: ` and the end of the line.
const AROUND: u64 = 4;

/// Whether a field is the client's own: guests neither set nor see it, in no part of any message.
#[must_use]
pub fn is_forbidden(name: &HeaderName) -> bool {
    OF_THE_CONNECTION.contains(name)
}

/// Whether a field may not stand in trailers.
#[must_use]
pub fn is_forbidden_in_trailers(name: &HeaderName) -> bool {
    is_forbidden(name) || NOT_IN_TRAILERS.contains(name)
}

/// Takes every field out of `fields` that `is_forbidden`.
pub fn remove(fields: &mut HeaderMap, is_forbidden: fn(&HeaderName) -> bool) {
    let forbidden: Vec<HeaderName> = fields
        .keys()
        .filter(|name| is_forbidden(name))
        .cloned()
        .collect();
    for name in forbidden {
        fields.remove(name);
    }
}

/// The bytes that `fields` take on the wire.
#[must_use]
pub fn bytes(fields: &HeaderMap) -> u64 {
    let field = |name: &HeaderName, value: &http::HeaderValue| {
        (name.as_str().len() as u64)
            .saturating_add(value.len() as u64)
            .saturating_add(AROUND)
    };
    fields.iter().fold(0, |sum: u64, (name, value)| {
        sum.saturating_add(field(name, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(names: &[&'static str]) -> HeaderMap {
        names
            .iter()
            .map(|name| {
                (
                    HeaderName::from_static(name),
                    http::HeaderValue::from_static("v"),
                )
            })
            .collect()
    }

    #[test]
    fn a19_fields_that_were_to_be_known_before_the_body_are_taken_out_of_trailers() {
        let mut trailers = map(&[
            "authorization",
            "host",
            "connection",
            "content-length",
            "x-checksum",
            "te",
        ]);
        remove(&mut trailers, is_forbidden_in_trailers);
        assert_eq!(trailers, map(&["x-checksum"]));
        let mut fields = map(&[
            "authorization",
            "host",
            "connection",
            "content-length",
            "x-checksum",
            "te",
        ]);
        remove(&mut fields, is_forbidden);
        assert_eq!(
            fields,
            map(&["authorization", "content-length", "x-checksum"])
        );
    }

    #[test]
    fn fields_are_counted_as_they_stand_on_the_wire() {
        let mut fields = map(&["a"]);
        fields.append("a", http::HeaderValue::from_static("bc"));
        assert_eq!(bytes(&fields), "a: v\r\na: bc\r\n".len() as u64);
    }
}
