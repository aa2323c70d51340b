//! Which programs a VM has: those that run, and those that ended a moment ago.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;
use tollgate::{Disposition, LiveGrants, PipeError, RunControl, Signals, StdinPipe};
use tollgate_policy::Tier;
use tollgate_protocol::types::{
    CloseStdinRequest, ProcessSnapshotEntry, ProcessSnapshotStatus, ResponsePayload,
    SignalDispositionAction, SignalHandlerRegistration, StdinClosedResponse, StdinWrittenResponse,
    WriteStdinRequest,
};

use super::signals::{Effect, Signal};
use crate::fs::Leave;
use crate::host::Moment;
use crate::rejection::Rejection;
use crate::vm::Kind;

/// How long a program that has ended is still listed, in milliseconds.
pub(crate) const LISTED_MS: u64 = 2_000;
/// How long a program that handles that its VM is given up has for it.
const LAST_WORDS: Duration = Duration::from_millis(100);
/// Bytes of output of one program that wait for the client.
pub(crate) const WAITING_OUTPUT: usize = 256 << 10;
/// Programs that have ended and are still listed.
pub(crate) const MOST_LISTED: usize = 256;

/// What serves programs.
pub(crate) const PROGRAMS: &str = "secure-exec-sidecar-execution";
/// What serves commands that are the client's functions.
pub(crate) const CALLBACKS: &str = "secure-exec-host-callbacks";

/// A program, from its start to its end.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) id: String,
    pub(crate) pid: u32,
    pub(crate) command: String,
    pub(crate) arguments: Vec<String>,
    pub(crate) cwd: String,
    pub(crate) driver: &'static str,
    pub(crate) control: RunControl,
    /// What it is granted, and as what; nothing that runs no guest.
    pub(crate) governed: Option<(Kind, Tier, LiveGrants)>,
    /// What it does with signals itself.
    pub(crate) signals: Signals,
    pub(crate) stdin: Stdin,
    /// The signal that ends it, once one does.
    pub(crate) killed: watch::Sender<Option<Signal>>,
    /// Ends what it waits for.
    pub(crate) leave: Leave,
    /// Its code, once it has ended.
    pub(crate) ended: watch::Sender<Option<i32>>,
    /// Whether its end was told, too.
    pub(crate) over: watch::Sender<bool>,
}

/// Where what is written to a program goes.
#[derive(Debug)]
pub(crate) enum Stdin {
    Pipe(StdinPipe),
    /// A program that reads nothing.
    Ignored,
}

/// What is known of a program before it runs.
pub(crate) struct Newcomer {
    pub(crate) id: String,
    pub(crate) governed: Option<(Kind, Tier, LiveGrants)>,
    pub(crate) command: String,
    pub(crate) arguments: Vec<String>,
    pub(crate) cwd: String,
    pub(crate) driver: &'static str,
    pub(crate) stdin: Stdin,
    pub(crate) leave: Leave,
}

#[derive(Debug, Default)]
struct Table {
    last_pid: u32,
    live: BTreeMap<String, Arc<Process>>,
    ended: VecDeque<(Moment, Arc<Process>)>,
    /// Nothing starts any more.
    closed: bool,
}

/// The programs of a VM.
#[derive(Debug, Default)]
pub(crate) struct Processes(Mutex<Table>);

fn none_active(id: &str) -> Rejection {
    Rejection::state(format!(
        "the VM has no active process {}",
        id.escape_debug()
    ))
}

impl Processes {
    fn table(&self) -> MutexGuard<'_, Table> {
        // A program moves from one list to the other in one step.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a program of this name runs.
    pub(crate) fn check_free(&self, id: &str) -> Result<(), Rejection> {
        if self.table().live.contains_key(id) {
            return Err(Rejection::state(format!(
                "the VM already has an active process {}",
                id.escape_debug()
            )));
        }
        Ok(())
    }

    /// Enters a program, which runs until it says that it has ended.
    pub(crate) fn enter(&self, newcomer: Newcomer, most: u64) -> Result<Arc<Process>, Rejection> {
        self.check_free(&newcomer.id)?;
        let mut table = self.table();
        if table.closed {
            return Err(Rejection::state("the VM is given up"));
        }
        if table.live.len() as u64 >= most {
            return Err(Rejection::kernel("EAGAIN", "maximum process limit reached"));
        }
        let Some(pid) = table.last_pid.checked_add(1) else {
            return Err(Rejection::kernel(
                "EAGAIN",
                "the VM has no more process numbers",
            ));
        };
        table.last_pid = pid;
        let process = Arc::new(Process {
            id: newcomer.id,
            pid,
            command: newcomer.command,
            arguments: newcomer.arguments,
            cwd: newcomer.cwd,
            driver: newcomer.driver,
            control: RunControl::new(),
            governed: newcomer.governed,
            signals: Signals::new(),
            stdin: newcomer.stdin,
            killed: watch::Sender::new(None),
            leave: newcomer.leave,
            ended: watch::Sender::new(None),
            over: watch::Sender::new(false),
        });
        table.live.insert(process.id.clone(), Arc::clone(&process));
        Ok(process)
    }

    /// A name for a program that the client gave none.
    pub(crate) fn own_name(&self) -> String {
        let table = self.table();
        let name = |number| format!("exec-{number}");
        // Numbers of programs are given once; what the client calls its own is its affair.
        let numbers = u64::from(table.last_pid) + 1..;
        let mut free = numbers
            .map(name)
            .filter(|name| !table.live.contains_key(name));
        free.next().unwrap_or_default()
    }

    /// A program that was entered does not start after all: nobody was told of it.
    pub(crate) fn abandon(&self, process: &Arc<Process>) {
        self.table().live.remove(&process.id);
        process.ended.send_replace(Some(1));
        process.over.send_replace(true);
    }

    /// A program has ended: its name is free.
    pub(crate) fn leave(&self, process: &Arc<Process>, code: i32) {
        let mut table = self.table();
        table.live.remove(&process.id);
        process.ended.send_replace(Some(code));
        table.ended.push_back((Moment::now(), Arc::clone(process)));
        table.forget();
    }

    /// How many there are.
    pub(crate) fn live(&self) -> usize {
        self.table().live.len()
    }

    pub(crate) fn find(&self, id: &str) -> Result<Arc<Process>, Rejection> {
        let found = self.table().live.get(id).cloned();
        found.ok_or_else(|| none_active(id))
    }

    /// Writes to a program's input.
    pub(crate) fn write(&self, request: WriteStdinRequest) -> Result<ResponsePayload, Rejection> {
        let process = self.find(&request.process_id)?;
        let accepted_bytes = request.chunk.len() as u64;
        if let Stdin::Pipe(pipe) = &process.stdin {
            let written = pipe.write(Bytes::from(request.chunk));
            written.map_err(|error| match error {
                PipeError::Full { .. } => Rejection::kernel("EAGAIN", error),
                PipeError::Closed | PipeError::Gone => Rejection::execution(error.to_string()),
            })?;
        }
        Ok(ResponsePayload::StdinWrittenResponse(
            StdinWrittenResponse {
                process_id: request.process_id,
                accepted_bytes,
            },
        ))
    }

    /// Ends a program's input.
    pub(crate) fn close(&self, request: CloseStdinRequest) -> Result<ResponsePayload, Rejection> {
        let process = self.find(&request.process_id)?;
        if let Stdin::Pipe(pipe) = &process.stdin {
            pipe.close();
        }
        Ok(ResponsePayload::StdinClosedResponse(StdinClosedResponse {
            process_id: request.process_id,
        }))
    }

    /// All that run.
    pub(crate) fn all(&self) -> Vec<Arc<Process>> {
        self.table().live.values().cloned().collect()
    }

    /// What a program does with signals, by their numbers; nothing for one that does not run.
    pub(crate) fn signal_state(&self, id: &str) -> Vec<(u32, SignalHandlerRegistration)> {
        let Some(process) = self.table().live.get(id).cloned() else {
            return Vec::new();
        };
        let registration = |disposition| SignalHandlerRegistration {
            action: match disposition {
                Disposition::Default => SignalDispositionAction::Default,
                Disposition::Ignore => SignalDispositionAction::Ignore,
                Disposition::Handle => SignalDispositionAction::User,
            },
            mask: Vec::new(),
            flags: 0,
        };
        let dispositions = process.signals.dispositions().into_iter();
        dispositions
            .map(|(signal, disposition)| (u32::from(signal), registration(disposition)))
            .collect()
    }

    /// How many run.
    pub(crate) fn count(&self) -> usize {
        self.table().live.len()
    }

    /// All of them, by their names.
    pub(crate) fn list(&self) -> Vec<ProcessSnapshotEntry> {
        let mut table = self.table();
        table.forget();
        let mut entries: Vec<_> = table.live.values().map(|process| process.entry()).collect();
        for (_, process) in &table.ended {
            if !table.live.contains_key(&process.id) {
                entries.push(process.entry());
            }
        }
        entries
            .sort_by(|one, other| (&one.process_id, one.pid).cmp(&(&other.process_id, other.pid)));
        entries
    }

    /// Ends every program, and lets none start. Those that handle that they are to end have a moment for it. Says whether all
    /// ended within `patience` after it.
    pub(crate) async fn end_all(&self, patience: Duration) -> bool {
        let live: Vec<_> = {
            let mut table = self.table();
            table.closed = true;
            let not_told = table.ended.iter().map(|(_, process)| process);
            let not_told = not_told.filter(|process| !*process.over.borrow());
            table.live.values().chain(not_told).cloned().collect()
        };
        let all_within = async |patience: Duration| {
            let ended = live.iter().map(|process| async {
                let mut over = process.over.subscribe();
                let _sender_is_held_here = over.wait_for(|over| *over).await;
            });
            let all = futures_util::future::join_all(ended);
            tokio::time::timeout(patience, all).await.is_ok()
        };
        for process in &live {
            process.signal(Signal::TERM);
        }
        if all_within(LAST_WORDS).await {
            return true;
        }
        for process in &live {
            process.signal(Signal::KILL);
        }
        all_within(patience).await
    }
}

impl Table {
    fn forget(&mut self) {
        let old = |at: &Moment| at.age() > Duration::from_millis(LISTED_MS);
        while self.ended.front().is_some_and(|(at, _)| old(at)) || self.ended.len() > MOST_LISTED {
            self.ended.pop_front();
        }
    }
}

impl Process {
    /// Does to it what a signal does.
    pub(crate) fn signal(&self, signal: Signal) {
        if signal.effect() == Effect::Continue {
            self.control.resume();
        }
        let number = u8::try_from(signal.number).unwrap_or_default();
        match self.signals.send(number) {
            Disposition::Default => {}
            Disposition::Ignore | Disposition::Handle => return,
        }
        match signal.effect() {
            Effect::Ask | Effect::Ignore => {}
            Effect::End(_) => {
                self.control.kill(signal.name);
                self.leave.leave();
                self.killed.send_if_modified(|killed| {
                    let first = killed.is_none();
                    killed.get_or_insert(signal);
                    first
                });
            }
            Effect::Stop => self.control.pause(),
            Effect::Continue => {}
        }
    }

    fn entry(&self) -> ProcessSnapshotEntry {
        let exit_code = *self.ended.borrow();
        let status = match exit_code {
            Some(_) => ProcessSnapshotStatus::Exited,
            None if self.control.is_paused() => ProcessSnapshotStatus::Stopped,
            None => ProcessSnapshotStatus::Running,
        };
        ProcessSnapshotEntry {
            process_id: self.id.clone(),
            pid: self.pid,
            ppid: 0,
            pgid: self.pid,
            sid: self.pid,
            driver: self.driver.to_owned(),
            command: self.command.clone(),
            args: self.arguments.clone(),
            cwd: self.cwd.clone(),
            status,
            exit_code,
        }
    }
}
