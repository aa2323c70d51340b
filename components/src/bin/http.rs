//! Sends one request. Arguments: scheme, authority, path.

use tollgate_components::host::wasi::http::outgoing_handler::handle;
use tollgate_components::host::wasi::http::types::{Fields, OutgoingRequest, Scheme};
use tollgate_components::report;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let argument = |index: usize, otherwise: &str| {
        arguments
            .get(index)
            .map_or(otherwise.to_owned(), Clone::clone)
    };
    let request = OutgoingRequest::new(Fields::new());
    let scheme = match argument(0, "http").as_str() {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        other => Scheme::Other(other.to_owned()),
    };
    report("set scheme", request.set_scheme(Some(&scheme)).map(|()| ""));
    report(
        "set authority",
        request
            .set_authority(Some(&argument(1, "example.com")))
            .map(|()| ""),
    );
    report(
        "set path",
        request
            .set_path_with_query(Some(&argument(2, "/")))
            .map(|()| ""),
    );
    report("handle", handle(request, None).map(|_| ""));
}
