//! A program while it runs: what it writes becomes events as it is written, and its end the last of them.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::oneshot;
use tollgate::engine::{Ended, RunError};
use tollgate::{Channel, Component, Outcome, OutputReceiver, Refused, RunOptions};
use tollgate_policy::LimitKey;
use tollgate_protocol::types::{
    EventPayload, ProcessExitedEvent, ProcessOutputEvent, StreamChannel,
};

use super::signals::Signal;
use super::table::Process;
use crate::outbox::Gone;
use crate::vm::{Events, Kind, Vm};

/// Bytes of one event at most; fewer where a frame takes fewer.
const PIECE: usize = 64 << 10;
/// The code of a WebAssembly program that computed for too long.
const TIMED_OUT: i32 = 124;

/// A program that is about to run.
pub(crate) struct Started {
    pub(crate) vm: Arc<Vm>,
    pub(crate) process: Arc<Process>,
    pub(crate) kind: Kind,
    /// Whether the client was told that it runs: nothing of it is told before.
    pub(crate) answered: oneshot::Receiver<()>,
}

/// Runs a program, beside whoever asked for it.
pub(crate) fn start(
    started: Started,
    component: Component,
    options: RunOptions,
    output: OutputReceiver,
) {
    // Each on a task of its own, so that what computes does not keep what it wrote from being told.
    let running = tokio::spawn(async move { component.command(options).await });
    tokio::spawn(async move {
        let Started {
            vm,
            process,
            kind,
            answered,
        } = started;
        let told = answered.await.is_ok();
        let events = told.then_some(&*vm.events);
        let speech = Speech {
            process_id: &process.id,
            events,
            piece: piece(&vm, &process),
        };
        let listening = speech.listen(output).await;
        let end = match running.await {
            Ok(outcome) => End::of(kind, outcome),
            Err(_cut_off) => End::failed("the program was cut off"),
        };
        if let (Ok(()), Some(words)) = (listening, &end.words) {
            let words = Bytes::from(format!("{words}\n"));
            let _the_client_is_gone = speech.say(Channel::Stderr, words).await;
        }
        if let Ok(gate) = vm.gate() {
            let what = format!("{} {}", process.pid, end.code);
            // A log that has failed has ended the program already.
            let _told_where_it_is_asked = gate.note("process.exited", &what, "ok").await;
        }
        vm.warn().await;
        // The name is free before the client hears of the end, so that it can use it at once.
        vm.processes.leave(&process, end.code);
        if let Some(events) = events {
            let exited = EventPayload::ProcessExitedEvent(ProcessExitedEvent {
                process_id: process.id.clone(),
                exit_code: end.code,
            });
            let _the_client_is_gone = events.tell(exited).await;
        }
    });
}

/// How long one event may be.
fn piece(vm: &Vm, process: &Process) -> usize {
    let owner = &vm.owner;
    let names =
        process.id.len() + owner.vm_id.len() + owner.session_id.len() + owner.connection_id.len();
    let frame = vm.sidecar.frame_limits().body_bytes as usize;
    PIECE.min(frame.saturating_sub(names + 256)).max(1)
}

/// What a program says, on its way to the client.
struct Speech<'a> {
    process_id: &'a str,
    events: Option<&'a Events>,
    piece: usize,
}

impl Speech<'_> {
    /// Tells what the program writes until it is over.
    async fn listen(&self, mut output: OutputReceiver) -> Result<(), Gone> {
        while let Some((channel, bytes)) = output.recv().await {
            self.say(channel, bytes).await?;
        }
        Ok(())
    }

    async fn say(&self, channel: Channel, mut bytes: Bytes) -> Result<(), Gone> {
        let events = self.events.ok_or(Gone)?;
        while !bytes.is_empty() {
            let chunk = bytes.split_to(self.piece.min(bytes.len()));
            let output = ProcessOutputEvent {
                process_id: self.process_id.to_owned(),
                channel: match channel {
                    Channel::Stdout => StreamChannel::Stdout,
                    Channel::Stderr => StreamChannel::Stderr,
                },
                chunk: chunk.into(),
            };
            events
                .tell(EventPayload::ProcessOutputEvent(output))
                .await?;
        }
        Ok(())
    }
}

/// How a program ended, as its client is told.
#[derive(Debug, PartialEq, Eq)]
struct End {
    code: i32,
    /// What its standard error says last, where it did not end by itself.
    words: Option<String>,
}

impl End {
    fn failed(words: impl Into<String>) -> Self {
        Self {
            code: 1,
            words: Some(words.into()),
        }
    }

    fn of(kind: Kind, outcome: Result<Outcome, Refused>) -> Self {
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(refused) => return Self::failed(refused.to_string()),
        };
        let error = match outcome.result {
            Ok(Ended::Exit(code)) => {
                return Self {
                    code: code.into(),
                    words: None,
                };
            }
            Ok(Ended::Returned(_)) => {
                return Self {
                    code: 0,
                    words: None,
                };
            }
            Err(error) => error,
        };
        let seen = outcome.seen_at.map(|place| format!(" at {place}"));
        let seen = seen.unwrap_or_default();
        match (&error, kind) {
            (RunError::Killed(signal), _) => Self {
                code: Signal::parse(signal).map_or(1, |signal| 128 + signal.number),
                words: None,
            },
            (RunError::Limit(LimitKey::Cpu), Kind::WebAssembly) => Self {
                code: TIMED_OUT,
                words: Some("WebAssembly fuel budget exhausted".to_owned()),
            },
            _ => Self::failed(format!("{error}{seen}")),
        }
    }
}
