//! Follows redirects to wherever they lead. Arguments: as `http`.

use tollgate_components::say;
use tollgate_components::web::Asked;

fn main() {
    let mut asked = Asked::read(std::env::args().skip(1));
    for _ in 0..5 {
        let Some(location) = asked.exchange() else {
            return;
        };
        say!("follow: {location}");
        let (scheme, rest) = location.split_once("://").unwrap_or(("http", &location));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        asked.scheme = scheme.to_owned();
        asked.authority = authority.to_owned();
        asked.path = format!("/{path}");
    }
}
