//! Copies standard input to standard output, stream to stream, in pieces of 1,000 bytes.

use tollgate_components::p3::host::wasi::cli::{stdin, stdout};
use tollgate_components::p3::host::wit_stream;
use wit_bindgen::StreamResult;

async fn run() -> Result<(), ()> {
    let (mut input, ended) = stdin::read_via_stream();
    let (mut output, reader) = wit_stream::new();
    let written = stdout::write_via_stream(reader);
    let mut buffer = Vec::with_capacity(1000);
    loop {
        let (status, read) = input.read(buffer).await;
        buffer = output.write_all(read).await;
        buffer.clear();
        if status == StreamResult::Dropped {
            break;
        }
    }
    drop(output);
    let result = (ended.await, written.await);
    eprintln!("{result:?}");
    if result == (Ok(()), Ok(())) {
        Ok(())
    } else {
        Err(())
    }
}

tollgate_components::p3_command!(run);
