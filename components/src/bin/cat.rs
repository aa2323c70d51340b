//! Copies standard input to standard output, and says on standard error how much it was.

use std::io::{Read as _, Write as _};

fn main() {
    let mut content = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut content);
    let wrote = std::io::stdout().write_all(&content);
    let _closed = writeln!(std::io::stderr(), "read {read:?} wrote {}", wrote.is_ok());
}
