//! Streams whose waits are dropped, as `wasi:io/poll` drops those of every stream when another one is ready.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use tollgate_audit::{Flush, Log, LogOptions, RunIdentity, RunLimits};
use tollgate_engine::Gate;
use tollgate_policy::{Effective, Operation, Permit, PolicyBuilder, Stdio};
use wasmtime_wasi::p2::{InputStream as _, OutputStream as _, Pollable, StreamError, StreamResult};

use super::{GatedInput, GatedOutput, Sink, Source};

/// A gate whose log flushes each record, so that every stream has to wait for it.
fn gate() -> (Log, Gate) {
    let log = Log::memory(LogOptions {
        flush: Flush::Each,
        ..LogOptions::default()
    });
    let identity = RunIdentity {
        run: "test".to_owned(),
        vm: None,
        process: None,
        component: "sha256:0".to_owned(),
    };
    let mut builder = PolicyBuilder::new();
    builder.command_line_defaults();
    let policy = Effective::new(builder.build().unwrap(), None).unwrap();
    let run = log.run(identity, RunLimits::default());
    (log, Gate::new(Arc::new(policy), run, None))
}

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

#[async_trait::async_trait]
impl Sink for Paper {
    fn import(&self) -> &'static str {
        "test"
    }
    const METERED: bool = true;

    fn operation(&self) -> Operation<'_> {
        Operation::Stdio {
            stream: Stdio::Stdout,
        }
    }

    fn denied(&self) -> (StreamError, &'static str) {
        (StreamError::Closed, "closed")
    }

    fn failed(&self) -> &'static str {
        "failed"
    }

    fn capacity(&mut self) -> usize {
        3
    }

    fn write(&mut self, bytes: &[u8], permit: Permit) -> StreamResult<usize> {
        drop(permit);
        let taken = bytes.len().min(3);
        self.0.lock().unwrap().extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    async fn ready(&mut self) {
        tokio::task::yield_now().await;
    }
}

struct Letters(Bytes);

#[async_trait::async_trait]
impl Source for Letters {
    fn import(&self) -> &'static str {
        "test"
    }

    fn operation(&self) -> Operation<'_> {
        Operation::Stdio {
            stream: Stdio::Stdin,
        }
    }

    fn denied(&self) -> (StreamError, &'static str) {
        (StreamError::Closed, "closed")
    }

    fn failed(&self) -> &'static str {
        "failed"
    }

    fn read(&mut self, size: usize, permit: Permit) -> StreamResult<Bytes> {
        drop(permit);
        let taken = size.min(3).min(self.0.len());
        if taken == 0 {
            return Err(StreamError::Closed);
        }
        Ok(self.0.split_to(taken))
    }

    async fn ready(&mut self) {
        tokio::task::yield_now().await;
    }
}

/// Waits as a guest does whose poll returns early: some looks, then the wait is dropped, at every point that there is.
async fn wait_brokenly(stream: &mut impl Pollable, looks: usize) {
    let mut wait = stream.ready();
    for _ in 0..looks {
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(()) = wait.as_mut().poll(&mut context) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
}

const TEXT: &[u8] = b"the quick brown fox";

#[tokio::test]
async fn what_a_stream_accepted_is_written_once_however_often_its_wait_is_dropped() {
    for looks in 1..8 {
        let (log, gate) = gate();
        let paper = Paper::default();
        let mut stream = GatedOutput::new(gate, paper.clone());
        assert!(stream.check_write().unwrap() > 0);
        stream.write(Bytes::from_static(TEXT)).unwrap();
        for _ in 0..200 {
            wait_brokenly(&mut stream, looks).await;
        }
        stream.ready().await;
        assert_eq!(*paper.0.lock().unwrap(), TEXT, "{looks} looks");
        drop(stream);
        let sent = log.close().unwrap().total(tollgate_audit::Decision::Allow);
        assert_eq!(sent.bytes_out, TEXT.len() as u64, "{looks} looks");
    }
}

#[tokio::test]
async fn what_was_read_reaches_the_guest_however_often_the_wait_is_dropped() {
    for looks in 1..8 {
        let (log, gate) = gate();
        let mut stream = GatedInput::new(gate, Letters(Bytes::from_static(TEXT)));
        let mut seen = Vec::new();
        loop {
            for _ in 0..20 {
                wait_brokenly(&mut stream, looks).await;
            }
            stream.ready().await;
            match stream.read(2) {
                Ok(bytes) => seen.extend_from_slice(&bytes),
                Err(StreamError::Closed) => break,
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(seen, TEXT, "{looks} looks");
        drop(stream);
        let got = log.close().unwrap().total(tollgate_audit::Decision::Allow);
        assert_eq!(got.bytes_in, TEXT.len() as u64, "{looks} looks");
    }
}
