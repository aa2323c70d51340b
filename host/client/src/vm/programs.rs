//! Programs of a VM: starting them, feeding them, ending them, looking at them.

use tollgate_protocol::types::{
    CloseStdinRequest, ExecuteRequest, FindBoundUdpRequest, FindListenerRequest,
    GetSignalStateRequest, GuestRuntimeKind, KillProcessRequest, ProcessSnapshotEntry,
    RequestPayload, SignalHandlerRegistration, SocketStateEntry, VmFetchRequest, WriteStdinRequest,
};

use super::Vm;
use crate::answered::answered;
use crate::error::Error;

/// A program that is about to be started as a command: an alias, `node`, or a file that is found along `PATH`.
#[must_use]
pub fn command(process_id: &str, command: &str, args: &[&str]) -> ExecuteRequest {
    ExecuteRequest {
        command: Some(command.to_owned()),
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        ..nothing(process_id)
    }
}

/// A program that is about to be started from its file, or for Python from its source.
#[must_use]
pub fn program(process_id: &str, runtime: GuestRuntimeKind, entrypoint: &str) -> ExecuteRequest {
    ExecuteRequest {
        runtime: Some(runtime),
        entrypoint: Some(entrypoint.to_owned()),
        ..nothing(process_id)
    }
}

fn nothing(process_id: &str) -> ExecuteRequest {
    ExecuteRequest {
        process_id: process_id.to_owned(),
        command: None,
        runtime: None,
        entrypoint: None,
        args: Vec::new(),
        env: Vec::new(),
        cwd: None,
        wasm_permission_tier: None,
    }
}

impl Vm {
    /// Starts a program, and gives its number in the VM. What it writes and how it ends come as events, after this.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn execute(&self, asked: ExecuteRequest) -> Result<Option<u32>, Error> {
        let answer = self.request(RequestPayload::ExecuteRequest(asked)).await?;
        Ok(answered!(answer, ProcessStartedResponse)?.pid)
    }

    /// Writes to a program's standard input, and gives how many bytes it took: all of them.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn write_stdin(&self, process_id: &str, chunk: &[u8]) -> Result<u64, Error> {
        let asked = RequestPayload::WriteStdinRequest(WriteStdinRequest {
            process_id: process_id.to_owned(),
            chunk: chunk.to_vec(),
        });
        Ok(answered!(self.request(asked).await?, StdinWrittenResponse)?.accepted_bytes)
    }

    /// Ends a program's standard input.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn close_stdin(&self, process_id: &str) -> Result<(), Error> {
        let process_id = process_id.to_owned();
        let asked = RequestPayload::CloseStdinRequest(CloseStdinRequest { process_id });
        answered!(self.request(asked).await?, StdinClosedResponse).map(drop)
    }

    /// Sends a signal: a name, with `SIG` before it or without, or a number.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn kill(&self, process_id: &str, signal: &str) -> Result<(), Error> {
        let asked = RequestPayload::KillProcessRequest(KillProcessRequest {
            process_id: process_id.to_owned(),
            signal: signal.to_owned(),
        });
        answered!(self.request(asked).await?, ProcessKilledResponse).map(drop)
    }

    /// The programs of the VM.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn process_snapshot(&self) -> Result<Vec<ProcessSnapshotEntry>, Error> {
        let answer = self
            .request(RequestPayload::GetProcessSnapshotRequest)
            .await?;
        Ok(answered!(answer, ProcessSnapshotResponse)?.processes)
    }

    /// The first stream socket that listens and fits.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn find_listener(
        &self,
        asked: FindListenerRequest,
    ) -> Result<Option<SocketStateEntry>, Error> {
        let answer = self
            .request(RequestPayload::FindListenerRequest(asked))
            .await?;
        Ok(answered!(answer, ListenerSnapshotResponse)?.listener)
    }

    /// The first UDP socket that fits.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn find_bound_udp(
        &self,
        asked: FindBoundUdpRequest,
    ) -> Result<Option<SocketStateEntry>, Error> {
        let answer = self
            .request(RequestPayload::FindBoundUdpRequest(asked))
            .await?;
        Ok(answered!(answer, BoundUdpSnapshotResponse)?.socket)
    }

    /// The signals that a program handles, by number.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn signal_state(
        &self,
        process_id: &str,
    ) -> Result<Vec<(u32, SignalHandlerRegistration)>, Error> {
        let process_id = process_id.to_owned();
        let asked = RequestPayload::GetSignalStateRequest(GetSignalStateRequest { process_id });
        Ok(answered!(self.request(asked).await?, SignalStateResponse)?.handlers)
    }

    /// How many programs have ended and were not yet waited for.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn zombie_timer_count(&self) -> Result<u64, Error> {
        let answer = self
            .request(RequestPayload::GetZombieTimerCountRequest)
            .await?;
        Ok(answered!(answer, ZombieTimerCountResponse)?.count)
    }

    /// Sends an HTTP request to a server that a program of the VM runs, and gives the answer as JSON.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn fetch(&self, asked: VmFetchRequest) -> Result<String, Error> {
        let answer = self.request(RequestPayload::VmFetchRequest(asked)).await?;
        Ok(answered!(answer, VmFetchResponse)?.response_json)
    }
}
