//! A program while it runs: what it writes becomes events as it is written, and its end the last of them.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::oneshot;
use tollgate::engine::{Ended, RunError};
use tollgate::ports::Listener;
use tollgate::{Channel, Component, Outcome, OutputReceiver, Refused, RunOptions};
use tollgate_contract::events::LifecycleState;
use tollgate_policy::LimitKey;
use tollgate_protocol::types::{
    EventPayload, ProcessExitedEvent, ProcessOutputEvent, StreamChannel,
};

use super::serve;
use super::signals::Signal;
use super::table::Process;
use crate::outbox::Gone;
use crate::vm::{Kind, Vm};

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

/// What a program does.
pub(crate) enum Work {
    /// It runs, from its beginning to its end.
    Command,
    /// It answers requests until it is ended.
    Serve(Listener),
}

/// Runs a program, beside whoever asked for it.
pub(crate) fn start(
    started: Started,
    component: Component,
    options: RunOptions,
    work: Work,
    output: OutputReceiver,
) {
    // Each on a task of its own, so that what computes does not keep what it wrote from being told.
    let (kind, control) = (started.kind, started.process.control.clone());
    let running = tokio::spawn(async move {
        match work {
            Work::Command => End::of(kind, &component.command(options).await),
            Work::Serve(listener) => {
                End::by(serve::serve(component, options, listener, control).await)
            }
        }
    });
    tokio::spawn(async move {
        let telling = started.telling().await;
        let listening = telling.listen(output).await;
        let end = match running.await {
            Ok(end) => end,
            Err(_cut_off) => End::failed("the program was cut off"),
        };
        if let (Ok(()), Some(words)) = (listening, &end.words) {
            let words = Bytes::from(format!("{words}\n"));
            let _the_client_is_gone = telling.say(Channel::Stderr, words).await;
        }
        telling.end(end.code).await;
    });
}

/// What is told of a program.
pub(super) struct Telling {
    vm: Arc<Vm>,
    process: Arc<Process>,
    /// Whether there is somebody who was told that it runs.
    told: bool,
    piece: usize,
}

impl Started {
    /// Waits until the client was told that the program runs: nothing of it is told before.
    pub(super) async fn telling(self) -> Telling {
        let Self {
            vm,
            process,
            kind: _,
            answered,
        } = self;
        Telling {
            told: answered.await.is_ok(),
            piece: piece(&vm, &process),
            vm,
            process,
        }
    }
}

impl Telling {
    /// Of a program that nobody was told of: its end is recorded all the same.
    pub(super) fn untold(vm: &Arc<Vm>, process: &Arc<Process>) -> Self {
        Self {
            told: false,
            piece: piece(vm, process),
            vm: Arc::clone(vm),
            process: Arc::clone(process),
        }
    }
}

/// How long one event may be.
fn piece(vm: &Vm, process: &Process) -> usize {
    // Names of connections, sessions and VMs are short: the sidecar makes them.
    let names = process.id.len() + 3 * 64;
    let frame = vm.house.frame_limits().body_bytes as usize;
    PIECE.min(frame.saturating_sub(names + 256)).max(1)
}

impl Telling {
    /// Tells what the program writes until it is over.
    async fn listen(&self, mut output: OutputReceiver) -> Result<(), Gone> {
        while let Some((channel, bytes)) = output.recv().await {
            self.say(channel, bytes).await?;
        }
        Ok(())
    }

    /// Tells what was written.
    pub(super) async fn say(&self, channel: Channel, mut bytes: Bytes) -> Result<(), Gone> {
        if !self.told {
            return Err(Gone);
        }
        while !bytes.is_empty() {
            let chunk = bytes.split_to(self.piece.min(bytes.len()));
            let output = ProcessOutputEvent {
                process_id: self.process.id.clone(),
                channel: match channel {
                    Channel::Stdout => StreamChannel::Stdout,
                    Channel::Stderr => StreamChannel::Stderr,
                },
                chunk: chunk.into(),
            };
            let event = EventPayload::ProcessOutputEvent(output);
            self.vm.events.tell(event).await?;
        }
        Ok(())
    }

    /// Tells that the program is over. Its name is free before the client hears of it, so that it can be used at once.
    pub(super) async fn end(self, code: i32) {
        let exited = EventPayload::ProcessExitedEvent(ProcessExitedEvent {
            process_id: self.process.id.clone(),
            exit_code: code,
        });
        if let Ok(gate) = self.vm.gate() {
            let what = format!("{} {code}", self.process.pid);
            // A log that has failed has ended the program already.
            let _told_where_it_is_asked = gate.note("process.exited", &what, "ok").await;
        }
        self.vm.warn().await;
        self.vm.processes.leave(&self.process, code);
        if self.vm.processes.live() == 0 && !self.vm.is_over() {
            let teller = self.vm.house.teller();
            teller.lifecycle(&self.vm.vm_id, LifecycleState::Ready);
        }
        if self.told {
            let _the_client_is_gone = self.vm.events.tell(exited).await;
        }
        // Whoever disposes of the VM waits for this: all that was to be said is said.
        self.process.over.send_replace(true);
    }
}

/// The code that a program has ended with, for listings and records.
pub(super) fn code_of(kind: Kind, outcome: &Result<Outcome, Refused>) -> i32 {
    End::of(kind, outcome).code
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

    /// Ended by a signal.
    fn by(signal: &str) -> Self {
        Self {
            code: Signal::parse(signal).map_or(1, |signal| 128 + signal.number),
            words: None,
        }
    }

    fn of(kind: Kind, outcome: &Result<Outcome, Refused>) -> Self {
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(refused) => return Self::failed(refused.to_string()),
        };
        let error = match &outcome.result {
            Ok(Ended::Exit(code)) => {
                return Self {
                    code: (*code).into(),
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
        let seen = outcome.seen_at.as_ref();
        let seen = seen.map(|place| format!(" at {place}"));
        let seen = seen.unwrap_or_default();
        match (error, kind) {
            (RunError::Killed(signal), _) => Self::by(signal),
            (RunError::Limit(LimitKey::Cpu), Kind::WebAssembly) => Self {
                code: TIMED_OUT,
                words: Some("WebAssembly fuel budget exhausted".to_owned()),
            },
            _ => Self::failed(format!("{error}{seen}")),
        }
    }
}
