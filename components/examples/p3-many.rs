//! Makes as many as it can, without end, of what its argument says: `waits`, `streams` of its own, `futures`, `readers`
//! of standard input, `writers` to standard output, `listings`, `files`.

use std::mem::forget;
use std::task::Poll;

use tollgate_components::p3::host::wasi::cli::{stdin, stdout};
use tollgate_components::p3::host::wasi::clocks::monotonic_clock;
use tollgate_components::p3::host::{wit_future, wit_stream};
use tollgate_components::p3::{act, arguments};
use tollgate_components::say;

/// Begins something asynchronous, and leaves it under way.
async fn begin(operation: impl Future + 'static) {
    let mut operation = Box::pin(operation);
    std::future::poll_fn(|context| {
        let _pending = operation.as_mut().poll(context);
        Poll::Ready(())
    })
    .await;
    forget(operation);
}

async fn run() -> Result<(), ()> {
    let what = arguments().into_iter().next().unwrap_or_default();
    say!("making {what}");
    let folder = act::folder();
    loop {
        match what.as_str() {
            "waits" => begin(monotonic_clock::wait_for(u64::MAX)).await,
            "streams" => forget(wit_stream::new::<u8>()),
            "futures" => forget(wit_future::new::<Result<(), _>>(|| {
                Err(tollgate_components::p3::host::wasi::cli::types::ErrorCode::Io)
            })),
            "readers" => forget(stdin::read_via_stream()),
            "writers" => {
                let (writer, reader) = wit_stream::new();
                forget((writer, stdout::write_via_stream(reader)));
            }
            "listings" => forget(folder.as_ref().map(|folder| folder.read_directory())),
            _ => return Err(()),
        }
    }
}

tollgate_components::p3_command!(run);
