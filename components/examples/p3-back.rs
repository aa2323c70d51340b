//! Writes to a standard output that nobody reads: gives up a write that takes too long, and says on standard error how
//! many bytes it was told went out.

use std::pin::pin;
use std::task::Poll;

use tollgate_components::p3::host::wasi::cli::stdout;
use tollgate_components::p3::host::wasi::clocks::monotonic_clock;
use tollgate_components::p3::host::wit_stream;

const PIECE: usize = 50_000;
const PATIENCE: u64 = 300_000_000;

async fn run() -> Result<(), ()> {
    let (mut output, reader) = wit_stream::new();
    let end = stdout::write_via_stream(reader);
    let mut told = 0;
    loop {
        let mut write = pin!(output.write(vec![b'x'; PIECE]));
        let mut patience = pin!(monotonic_clock::wait_for(PATIENCE));
        let written = std::future::poll_fn(|context| {
            if let Poll::Ready((_, left)) = write.as_mut().poll(context) {
                return Poll::Ready(Some(left.remaining()));
            }
            patience.as_mut().poll(context).map(|()| None)
        })
        .await;
        match written {
            Some(left) => told += PIECE - left,
            None => {
                let (_, left) = write.as_mut().cancel();
                told += PIECE - left.remaining();
                break;
            }
        }
    }
    drop(output);
    let ended = end.await;
    eprintln!("told {told}");
    ended.map_err(drop)
}

tollgate_components::p3_command!(run);
