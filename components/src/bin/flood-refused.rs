//! Writes half a gigabyte to standard output, each chunk through a new handle, and counts on standard error what came
//! of it.

use std::io::Write as _;
use tollgate_components::host::wasi::cli::stdout::get_stdout;

const CHUNK: usize = 64 * 1024;

fn main() {
    let chunk = vec![b'x'; CHUNK];
    let (mut written, mut refused) = (0_u64, 0_u64);
    for _ in 0..(512 << 20) / CHUNK {
        let stream = get_stdout();
        let room = stream.check_write().unwrap_or_default();
        let part = chunk
            .get(..usize::try_from(room).unwrap_or_default())
            .unwrap_or(&chunk);
        // A host that cannot decide at once says when it is asked again.
        match stream.write(part).and_then(|()| stream.blocking_flush()) {
            Ok(()) => written += 1,
            Err(_) => refused += 1,
        }
    }
    let _closed = writeln!(std::io::stderr(), "written {written} refused {refused}");
}
