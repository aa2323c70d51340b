//! Ends as its argument says: `ok`, `err`, `code N`, `trap`, `stuck`, never (`wait`), or with operations still under way (`pending`).

use tollgate_components::p3::host::wasi::cli::exit;
use tollgate_components::p3::host::wasi::clocks::monotonic_clock;
use tollgate_components::p3::host::wit_stream;
use tollgate_components::p3::{arguments, both, print};

async fn run() -> Result<(), ()> {
    let arguments = arguments();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    print("about to end").await;
    match words.as_slice() {
        ["err"] => return Err(()),
        ["code", code] => exit::exit_with_code(code.parse().unwrap_or(99)),
        ["trap"] => std::process::abort(),
        ["wait"] => monotonic_clock::wait_for(u64::MAX).await,
        // Nobody will ever write to this stream.
        ["stuck"] => {
            let (_writer, mut reader) = wit_stream::new::<u8>();
            reader.next().await;
        }
        // A trap with waits pending.
        ["trap", "pending"] => {
            let trap = async {
                monotonic_clock::wait_for(1_000_000).await;
                std::process::abort()
            };
            let waits = both(
                monotonic_clock::wait_for(u64::MAX),
                monotonic_clock::wait_for(1 << 40),
            );
            both(waits, both(trap, print("pending"))).await;
        }
        ["pending"] => {
            let mut wait = Box::pin(monotonic_clock::wait_for(u64::MAX));
            std::future::poll_fn(|context| {
                let _pending = wait.as_mut().poll(context);
                std::task::Poll::Ready(())
            })
            .await;
            // It is neither awaited nor cancelled.
            std::mem::forget(wait);
        }
        _ => {}
    }
    Ok(())
}

tollgate_components::p3_command!(run);
