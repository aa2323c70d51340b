//! Writes to standard output over 0.3 and never ends: `out`, or `many` streams of one line each, or `file`.

use tollgate_components::p3::host::wasi::cli::stdout;
use tollgate_components::p3::host::wit_stream;
use tollgate_components::p3::{arguments, print};

async fn run() -> Result<(), ()> {
    if arguments().first().is_some_and(|how| how == "many") {
        loop {
            print("one line of a stream of its own").await;
        }
    }
    let (mut writer, reader) = wit_stream::new();
    let _end = stdout::write_via_stream(reader);
    loop {
        // A megabyte in one write: the host takes it in chunks of its own size.
        let unsent = writer.write_all(vec![b'x'; 1 << 20]).await;
        if !unsent.is_empty() {
            return Err(());
        }
    }
}

tollgate_components::p3_command!(run);
