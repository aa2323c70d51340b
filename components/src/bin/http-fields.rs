//! Makes collections of header fields that are too large. Argument: `append` or `from-list`, then how many.

use tollgate_components::host::wasi::http::types::Fields;
use tollgate_components::{report, say};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let way = arguments.next().unwrap_or_default();
    let many: usize = arguments
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or(0);
    if way == "from-list" {
        let list: Vec<_> = (0..many)
            .map(|number| (format!("n{number}"), b"v".to_vec()))
            .collect();
        report("from-list", Fields::from_list(&list).map(|_| ""));
        return;
    }
    let fields = Fields::new();
    for number in 0..many {
        if let Err(error) = fields.append("name", b"v") {
            say!("append {number}: error {error:?}");
            return;
        }
    }
    say!("append: ok {many}");
}
