//! Sends one request, and reports the answer. Arguments: scheme, authority, path, words (see `web`).

use tollgate_components::web::Asked;

fn main() {
    let asked = Asked::read(std::env::args().skip(1));
    asked.exchange();
}
