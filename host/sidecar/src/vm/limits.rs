//! What the guests of a VM may take: the member `limits` of its configuration.

use serde::Deserialize;

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

/// Declares a group of limits: their names, defaults, and whether they may be zero.
macro_rules! group {
    ($(#[doc = $about:literal])+ $name:ident = $at:literal { $(
        #[doc = $what:literal]
        $field:ident: $key:literal, $default:expr, $least:literal;
    )+ }) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub(crate) struct $name {
            $(#[doc = $what] #[serde(rename = $key)] pub(crate) $field: Option<u64>,)+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default),+ }
            }
        }

        impl $name {
            fn check(&self) -> Result<(), String> {
                $(if self.$field.is_some_and(|value: u64| !($least..).contains(&value)) {
                    return Err(format!("limits.{}.{} must be at least {}", $at, $key, $least));
                })+
                Ok(())
            }
        }
    };
}

group! {
    /// What the programs of a VM share.
    Resources = "resources" {
        /// Processors; without effect.
        cpu_count: "cpuCount", Some(1), 1;
        /// Programs that are alive at once.
        max_processes: "maxProcesses", Some(256), 0;
        /// Handles that one program has open at once.
        max_open_fds: "maxOpenFds", Some(256), 1;
        /// Without effect.
        max_pipes: "maxPipes", Some(128), 0;
        /// Without effect.
        max_ptys: "maxPtys", Some(128), 0;
        /// Sockets that its programs have at once.
        max_sockets: "maxSockets", Some(256), 0;
        /// Without effect.
        max_connections: "maxConnections", Some(256), 0;
        /// Without effect.
        max_socket_buffered_bytes: "maxSocketBufferedBytes", Some(4 * MIB), 1;
        /// Without effect.
        max_socket_datagram_queue_len: "maxSocketDatagramQueueLen", Some(1024), 1;
        /// Bytes of the root.
        max_filesystem_bytes: "maxFilesystemBytes", Some(64 * MIB), 0;
        /// Files, folders and links of the root.
        max_inode_count: "maxInodeCount", Some(16_384), 0;
        /// Without effect.
        max_blocking_read_ms: "maxBlockingReadMs", Some(5_000), 1;
        /// Bytes of one partial read.
        max_pread_bytes: "maxPreadBytes", Some(64 * MIB), 1;
        /// Without effect.
        max_fd_write_bytes: "maxFdWriteBytes", Some(64 * MIB), 1;
        /// Bytes of the arguments of one program.
        max_process_argv_bytes: "maxProcessArgvBytes", Some(MIB), 1;
        /// Bytes of the environment of one program.
        max_process_env_bytes: "maxProcessEnvBytes", Some(MIB), 1;
        /// Names in one listing of a folder.
        max_readdir_entries: "maxReaddirEntries", Some(4_096), 1;
        /// Milliseconds that a WebAssembly program computes.
        max_wasm_fuel: "maxWasmFuel", Some(30_000), 1;
        /// Bytes of memory of a WebAssembly program.
        max_wasm_memory_bytes: "maxWasmMemoryBytes", Some(128 * MIB), 1;
        /// Without effect.
        max_wasm_stack_bytes: "maxWasmStackBytes", None, 1;
    }
}

group! {
    /// Requests to programs that serve HTTP.
    Http = "http" {
        /// Bytes of an answer, as JSON; the default is what a frame may have.
        max_fetch_response_bytes: "maxFetchResponseBytes", None, 1;
    }
}

group! {
    /// The client's functions.
    Tools = "tools" {
        /// Milliseconds for an answer where the function says nothing.
        default_tool_timeout_ms: "defaultToolTimeoutMs", Some(30_000), 1;
        /// The most milliseconds that a function may state.
        max_tool_timeout_ms: "maxToolTimeoutMs", Some(300_000), 1;
        /// Toolkits.
        max_registered_toolkits: "maxRegisteredToolkits", Some(64), 0;
        /// Functions of all toolkits together.
        max_registered_tools_per_vm: "maxRegisteredToolsPerVm", Some(256), 0;
        /// Functions of a toolkit.
        max_tools_per_toolkit: "maxToolsPerToolkit", Some(64), 0;
        /// Bytes of a schema.
        max_tool_schema_bytes: "maxToolSchemaBytes", Some(16 * KIB), 1;
        /// Examples of a function.
        max_tool_examples_per_tool: "maxToolExamplesPerTool", Some(16), 0;
        /// Bytes of the input of an example.
        max_tool_example_input_bytes: "maxToolExampleInputBytes", Some(4 * KIB), 1;
    }
}

group! {
    /// Without effect.
    Plugins = "plugins" {
        /// Without effect.
        max_persisted_manifest_bytes: "maxPersistedManifestBytes", Some(64 * MIB), 1;
        /// Without effect.
        max_persisted_manifest_file_bytes: "maxPersistedManifestFileBytes", Some(1024 * MIB), 1;
    }
}

group! {
    /// Without effect.
    Acp = "acp" {
        /// Without effect.
        max_read_line_bytes: "maxReadLineBytes", Some(16 * MIB), 1;
        /// Without effect.
        stdout_buffer_byte_limit: "stdoutBufferByteLimit", Some(MIB), 1;
    }
}

group! {
    /// Programs in JavaScript.
    JsRuntime = "jsRuntime" {
        /// MiB of memory of one program.
        v8_heap_limit_mb: "v8HeapLimitMb", Some(128), 1;
        /// Without effect.
        sync_rpc_wait_timeout_ms: "syncRpcWaitTimeoutMs", None, 1;
        /// Without effect.
        captured_output_limit_bytes: "capturedOutputLimitBytes", Some(16 * MIB), 1;
        /// Bytes of standard input that wait for a program, whatever its language.
        stdin_buffer_limit_bytes: "stdinBufferLimitBytes", Some(16 * MIB), 1;
        /// Without effect.
        event_payload_limit_bytes: "eventPayloadLimitBytes", Some(MIB), 1;
        /// Without effect.
        v8_ipc_max_frame_bytes: "v8IpcMaxFrameBytes", Some(64 * MIB), 1;
    }
}

group! {
    /// Programs in Python.
    Python = "python" {
        /// Without effect.
        output_buffer_max_bytes: "outputBufferMaxBytes", Some(MIB), 1;
        /// Without effect.
        execution_timeout_ms: "executionTimeoutMs", Some(300_000), 1;
        /// MiB of memory of one program; 0 is the host's default.
        max_old_space_mb: "maxOldSpaceMb", Some(0), 0;
        /// Without effect.
        vfs_rpc_timeout_ms: "vfsRpcTimeoutMs", Some(30_000), 1;
    }
}

group! {
    /// WebAssembly programs.
    Wasm = "wasm" {
        /// Bytes of a program.
        max_module_file_bytes: "maxModuleFileBytes", Some(256 * MIB), 1;
        /// Without effect.
        captured_output_limit_bytes: "capturedOutputLimitBytes", Some(16 * MIB), 1;
        /// Without effect.
        sync_read_limit_bytes: "syncReadLimitBytes", Some(16 * MIB), 1;
    }
}

/// What the guests of a VM may take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct VmLimits {
    /// What its programs share.
    pub resources: Resources,
    /// Requests to programs that serve HTTP.
    pub http: Http,
    /// The client's functions.
    pub tools: Tools,
    /// Without effect.
    pub plugins: Plugins,
    /// Without effect.
    pub acp: Acp,
    /// Programs in JavaScript.
    pub js_runtime: JsRuntime,
    /// Programs in Python.
    pub python: Python,
    /// WebAssembly programs.
    pub wasm: Wasm,
}

impl VmLimits {
    pub(crate) fn check(&self, frame_bytes: u32) -> Result<(), String> {
        self.resources.check()?;
        self.http.check()?;
        self.tools.check()?;
        self.plugins.check()?;
        self.acp.check()?;
        self.js_runtime.check()?;
        self.python.check()?;
        self.wasm.check()?;
        if self.fetch_bytes(frame_bytes) > u64::from(frame_bytes) {
            return Err(format!(
                "limits.http.maxFetchResponseBytes is above the {frame_bytes} bytes of a frame"
            ));
        }
        if self.tools.default_tool_timeout_ms > self.tools.max_tool_timeout_ms {
            return Err(
                "limits.tools.defaultToolTimeoutMs is above limits.tools.maxToolTimeoutMs"
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// Bytes of an answer to a fetch.
    pub(crate) fn fetch_bytes(&self, frame_bytes: u32) -> u64 {
        self.http
            .max_fetch_response_bytes
            .unwrap_or(u64::from(frame_bytes))
    }
}
