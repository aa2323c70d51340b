//! A bridge with every method of every trait, written out.

use tollgate_contract::async_trait;
use tollgate_contract::clock::*;
use tollgate_contract::events::*;
use tollgate_contract::execution::*;
use tollgate_contract::filesystem::*;
use tollgate_contract::permissions::*;
use tollgate_contract::persistence::*;
use tollgate_contract::random::*;
use tollgate_contract::types::{BridgeError, Duration};

pub(crate) struct Whole;

/// The trait of an interface.
pub(crate) fn trait_of(interface: &str) -> &'static str {
    match interface {
        "filesystem" => "FilesystemBridge",
        "permissions" => "PermissionBridge",
        "persistence" => "PersistenceBridge",
        "clock" => "ClockBridge",
        "random" => "RandomBridge",
        "events" => "EventBridge",
        "execution" => "ExecutionBridge",
        other => panic!("{other} is no bridge"),
    }
}

#[async_trait]
impl FilesystemBridge for Whole {
    async fn read_file(&self, _: ReadFileRequest) -> Result<Vec<u8>, BridgeError> {
        Err(BridgeError::unsupported("read-file"))
    }
    async fn write_file(&self, _: WriteFileRequest) -> Result<(), BridgeError> {
        Err(BridgeError::unsupported("write-file"))
    }
    async fn stat(&self, _: PathRequest) -> Result<FileMetadata, BridgeError> {
        Err(BridgeError::unsupported("stat"))
    }
    async fn lstat(&self, _: PathRequest) -> Result<FileMetadata, BridgeError> {
        Err(BridgeError::unsupported("lstat"))
    }
    async fn read_dir(&self, _: ReadDirRequest) -> Result<Vec<DirectoryEntry>, BridgeError> {
        Err(BridgeError::unsupported("read-dir"))
    }
    async fn create_dir(&self, _: CreateDirRequest) -> Result<(), BridgeError> {
        Err(BridgeError::unsupported("create-dir"))
    }
    async fn remove_file(&self, _: PathRequest) -> Result<(), BridgeError> {
        Err(BridgeError::unsupported("remove-file"))
    }
    async fn remove_dir(&self, _: PathRequest) -> Result<(), BridgeError> {
        Err(BridgeError::unsupported("remove-dir"))
    }
    async fn rename(&self, _: RenameRequest) -> Result<(), BridgeError> {
        Err(BridgeError::unsupported("rename"))
    }
    async fn symlink(&self, _: SymlinkRequest) -> Result<(), BridgeError> {
        Err(BridgeError::unsupported("symlink"))
    }
    async fn read_link(&self, _: PathRequest) -> Result<String, BridgeError> {
        Err(BridgeError::unsupported("read-link"))
    }
    async fn chmod(&self, _: ChmodRequest) -> Result<(), BridgeError> {
        Err(BridgeError::unsupported("chmod"))
    }
    async fn truncate(&self, _: TruncateRequest) -> Result<(), BridgeError> {
        Err(BridgeError::unsupported("truncate"))
    }
    async fn exists(&self, _: PathRequest) -> Result<bool, BridgeError> {
        Err(BridgeError::unsupported("exists"))
    }
}

#[async_trait]
impl PermissionBridge for Whole {
    async fn check_filesystem_access(
        &self,
        _: FilesystemPermissionRequest,
    ) -> Result<PermissionDecision, BridgeError> {
        Err(BridgeError::unsupported("check-filesystem-access"))
    }
    async fn check_network_access(
        &self,
        _: NetworkPermissionRequest,
    ) -> Result<PermissionDecision, BridgeError> {
        Err(BridgeError::unsupported("check-network-access"))
    }
    async fn check_command_execution(
        &self,
        _: CommandPermissionRequest,
    ) -> Result<PermissionDecision, BridgeError> {
        Err(BridgeError::unsupported("check-command-execution"))
    }
    async fn check_environment_access(
        &self,
        _: EnvironmentPermissionRequest,
    ) -> Result<PermissionDecision, BridgeError> {
        Err(BridgeError::unsupported("check-environment-access"))
    }
}

#[async_trait]
impl PersistenceBridge for Whole {
    async fn load_filesystem_state(
        &self,
        _: LoadFilesystemStateRequest,
    ) -> Result<Option<FilesystemSnapshot>, BridgeError> {
        Err(BridgeError::unsupported("load-filesystem-state"))
    }
    async fn flush_filesystem_state(
        &self,
        _: FlushFilesystemStateRequest,
    ) -> Result<(), BridgeError> {
        Err(BridgeError::unsupported("flush-filesystem-state"))
    }
}

#[async_trait]
impl ClockBridge for Whole {
    async fn wall_clock(&self, _: ClockRequest) -> Result<SystemTime, BridgeError> {
        Err(BridgeError::unsupported("wall-clock"))
    }
    async fn monotonic_clock(&self, _: ClockRequest) -> Result<Duration, BridgeError> {
        Err(BridgeError::unsupported("monotonic-clock"))
    }
    async fn schedule_timer(&self, _: ScheduleTimerRequest) -> Result<ScheduledTimer, BridgeError> {
        Err(BridgeError::unsupported("schedule-timer"))
    }
}

#[async_trait]
impl RandomBridge for Whole {
    async fn fill_random_bytes(&self, _: RandomBytesRequest) -> Result<Vec<u8>, BridgeError> {
        Err(BridgeError::unsupported("fill-random-bytes"))
    }
}

#[async_trait]
impl EventBridge for Whole {
    async fn emit_structured_event(&self, _: StructuredEventRecord) -> Result<(), BridgeError> {
        Err(BridgeError::unsupported("emit-structured-event"))
    }
    async fn emit_diagnostic(&self, _: DiagnosticRecord) -> Result<(), BridgeError> {
        Err(BridgeError::unsupported("emit-diagnostic"))
    }
    async fn emit_log(&self, _: LogRecord) -> Result<(), BridgeError> {
        Err(BridgeError::unsupported("emit-log"))
    }
    async fn emit_lifecycle(&self, _: LifecycleEventRecord) -> Result<(), BridgeError> {
        Err(BridgeError::unsupported("emit-lifecycle"))
    }
}

#[async_trait]
impl ExecutionBridge for Whole {
    async fn create_javascript_context(
        &self,
        _: CreateJavascriptContextRequest,
    ) -> Result<GuestContextHandle, BridgeError> {
        Err(BridgeError::unsupported("create-javascript-context"))
    }
    async fn create_wasm_context(
        &self,
        _: CreateWasmContextRequest,
    ) -> Result<GuestContextHandle, BridgeError> {
        Err(BridgeError::unsupported("create-wasm-context"))
    }
    async fn start_execution(
        &self,
        _: StartExecutionRequest,
    ) -> Result<StartedExecution, BridgeError> {
        Err(BridgeError::unsupported("start-execution"))
    }
    async fn write_stdin(&self, _: WriteExecutionStdinRequest) -> Result<(), BridgeError> {
        Err(BridgeError::unsupported("write-stdin"))
    }
    async fn close_stdin(&self, _: ExecutionHandleRequest) -> Result<(), BridgeError> {
        Err(BridgeError::unsupported("close-stdin"))
    }
    async fn kill_execution(&self, _: KillExecutionRequest) -> Result<(), BridgeError> {
        Err(BridgeError::unsupported("kill-execution"))
    }
    async fn poll_execution_event(
        &self,
        _: PollExecutionEventRequest,
    ) -> Result<Option<ExecutionEvent>, BridgeError> {
        Err(BridgeError::unsupported("poll-execution-event"))
    }
    async fn answer_guest_request(&self, _: GuestRequestAnswer) -> Result<(), BridgeError> {
        Err(BridgeError::unsupported("answer-guest-request"))
    }
}
