//! Drops streams half-way and cancels what is under way, then goes on.

use std::task::Poll;

use tollgate_components::p3::act::{folder, open};
use tollgate_components::p3::host::wasi::cli::{stdin, stdout};
use tollgate_components::p3::host::wasi::filesystem::types::{DescriptorFlags, OpenFlags};
use tollgate_components::p3::host::wit_stream;
use tollgate_components::say;

/// Looks at a future once and drops it.
async fn glance(operation: impl Future) -> bool {
    let mut operation = std::pin::pin!(operation);
    std::future::poll_fn(|context| Poll::Ready(operation.as_mut().poll(context).is_ready())).await
}

async fn files() -> Option<()> {
    let folder = folder()?;
    let both = DescriptorFlags::READ | DescriptorFlags::WRITE;
    let file = open(&folder, "half", OpenFlags::CREATE, both).await.ok()?;
    // A reader that goes away after some bytes.
    let (mut writer, reader) = wit_stream::new();
    let end = file.write_via_stream(reader, 0);
    let unsent = writer.write_all(vec![b'a'; 100_000]).await;
    drop(writer);
    say!("written {} {:?}", 100_000 - unsent.len(), end.await.is_ok());
    let (mut stream, end) = file.read_via_stream(0);
    let (_, first) = stream.read(Vec::with_capacity(10)).await;
    say!("read {} of it", first.len());
    drop(stream);
    say!("the end {:?}", end.await.is_ok());
    // A future that nobody waits for, and a stream that nobody reads.
    let (stream, end) = file.read_via_stream(0);
    drop(end);
    say!("all of it {}", stream.collect().await.len());
    drop(file.read_via_stream(0));
    drop(folder.read_directory());
    Some(())
}

async fn run() -> Result<(), ()> {
    // A read of an input that says nothing yet, cancelled; then the input comes.
    let (mut input, end) = stdin::read_via_stream();
    let ready = glance(input.read(Vec::with_capacity(100))).await;
    say!("ready at once {ready}");
    let mut text = Vec::new();
    while text.len() < 5 {
        let (_, bytes) = input.read(Vec::with_capacity(3)).await;
        text.extend(bytes);
    }
    say!("read {}", String::from_utf8_lossy(&text));
    drop(input);
    say!("input ended {:?}", end.await.is_ok());
    // A write that is begun, cancelled, and taken back.
    let (mut output, reader) = wit_stream::new();
    let end = stdout::write_via_stream(reader);
    let line = b"a line that is written whole or not at all\n".to_vec();
    let mut write = Box::pin(output.write(line));
    let begun = std::future::poll_fn(|context| {
        Poll::Ready(match write.as_mut().poll(context) {
            Poll::Ready((_, left)) => Some(left.into_vec()),
            Poll::Pending => None,
        })
    })
    .await;
    let left = match begun {
        Some(left) => left,
        None => write.as_mut().cancel().1.into_vec(),
    };
    drop(write);
    let left = output.write_all(left).await;
    say!("left {}", left.len());
    drop(output);
    say!("output ended {:?}", end.await.is_ok());
    if files().await.is_none() {
        say!("no files");
    }
    Ok(())
}

tollgate_components::p3_command!(run);
