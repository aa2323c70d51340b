//! The configuration of a VM: the JSON object of a `create-vm-request`.
//!
//! Every member is read and checked, whether or not it has an effect; [`WITHOUT_EFFECT`] names those that have none.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use serde::Deserialize;
use serde_json::Value;
use tollgate_policy::{Policy, ProtocolPermissions};
use tollgate_protocol::types::{
    MountPluginDescriptor, RootFilesystemDescriptor, RootFilesystemEntry,
    RootFilesystemEntryEncoding, RootFilesystemEntryKind, RootFilesystemLowerDescriptor,
    RootFilesystemMode, SnapshotRootFilesystemLower,
};

use crate::rejection::Rejection;
use crate::vm::limits::VmLimits;

/// Members that are read and checked, and change nothing: what they tune is not there.
pub const WITHOUT_EFFECT: &[(&str, &str)] = &[
    (
        "dns.nameServers",
        "names that are not overridden are looked up by the sidecar's own resolver, once the policy lets them be",
    ),
    (
        "jsRuntime.platform",
        "the one engine has one platform, `node`",
    ),
    (
        "jsRuntime.moduleResolution",
        "modules are found as Node finds them",
    ),
    (
        "jsRuntime.allowedBuiltins",
        "the built-in modules reach nothing by themselves: the policy decides what they may do",
    ),
    (
        "jsRuntime.snapshotUserlandCode",
        "the code of programs is kept by their text",
    ),
    (
        "limits.resources.cpuCount",
        "programs of a VM share the machine's processors",
    ),
    (
        "limits.resources.maxPipes",
        "there are no pipes between programs",
    ),
    ("limits.resources.maxPtys", "there are no terminals"),
    (
        "limits.resources.maxConnections",
        "sockets are counted together, by maxSockets",
    ),
    (
        "limits.resources.maxSocketBufferedBytes",
        "the machine's own buffers are used",
    ),
    (
        "limits.resources.maxSocketDatagramQueueLen",
        "the machine's own queues are used",
    ),
    (
        "limits.resources.maxBlockingReadMs",
        "a read that waits holds nobody else up",
    ),
    (
        "limits.resources.maxFdWriteBytes",
        "a call copies so much as `host-call-bytes` says",
    ),
    (
        "limits.resources.maxWasmStackBytes",
        "the stack is the engine's own",
    ),
    ("limits.plugins", "no plugin keeps manifests"),
    ("limits.acp", "there is no such extension"),
    (
        "limits.jsRuntime.syncRpcWaitTimeoutMs",
        "nothing of a program waits for another process",
    ),
    (
        "limits.jsRuntime.capturedOutputLimitBytes",
        "output is passed on, not captured",
    ),
    (
        "limits.jsRuntime.eventPayloadLimitBytes",
        "output is cut into events that fit a frame",
    ),
    (
        "limits.jsRuntime.v8IpcMaxFrameBytes",
        "the engine is in this process",
    ),
    (
        "limits.python.outputBufferMaxBytes",
        "output is passed on, not captured",
    ),
    (
        "limits.python.executionTimeoutMs",
        "as in the original, where it has no effect on what is executed",
    ),
    ("limits.python.vfsRpcTimeoutMs", "files are in this process"),
    (
        "limits.wasm.capturedOutputLimitBytes",
        "output is passed on, not captured",
    ),
    (
        "limits.wasm.syncReadLimitBytes",
        "a call copies so much as `host-call-bytes` says",
    ),
];

/// What a client states about a VM.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct VmConfig {
    /// Where its programs begin: a path in the VM.
    pub cwd: Option<String>,
    /// The environment of its programs, as far as the policy lets them read it.
    pub env: BTreeMap<String, String>,
    /// What the root is made of.
    pub root_filesystem: RootConfig,
    /// What its guests may do; nothing where it is absent.
    pub permissions: Option<ProtocolPermissions>,
    /// What they may take.
    pub limits: VmLimits,
    /// Names and addresses.
    pub dns: DnsConfig,
    /// A mount in place of the layered root.
    pub native_root: Option<NativeRoot>,
    /// Which ports may be listened on.
    pub listen: Option<ListenConfig>,
    /// Ports of the machine's loopback that guests may dial, where the policy lets them.
    pub loopback_exempt_ports: Vec<u16>,
    /// How programs in JavaScript are run.
    pub js_runtime: JsRuntimeConfig,
}

/// What the root is made of.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct RootConfig {
    mode: RootMode,
    disable_default_base_layer: bool,
    lowers: Vec<Lower>,
    bootstrap_entries: Vec<Entry>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RootMode {
    #[default]
    Ephemeral,
    ReadOnly,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum Lower {
    Snapshot { entries: Vec<Entry> },
    BundledBaseFilesystem,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Entry {
    path: String,
    kind: EntryKind,
    mode: Option<u32>,
    uid: Option<u32>,
    gid: Option<u32>,
    content: Option<String>,
    encoding: Option<Encoding>,
    target: Option<String>,
    #[serde(default)]
    executable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum EntryKind {
    File,
    Directory,
    Symlink,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Encoding {
    Utf8,
    Base64,
}

/// Names and addresses.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct DnsConfig {
    name_servers: Vec<String>,
    /// Addresses of names, which are not looked up.
    pub overrides: BTreeMap<String, Vec<String>>,
}

/// A mount in place of the layered root.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct NativeRoot {
    plugin: PluginConfig,
    /// Whether it can be written to.
    #[serde(default)]
    pub read_only: bool,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct PluginConfig {
    id: String,
    #[serde(default)]
    config: Value,
}

/// Which ports may be listened on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct ListenConfig {
    port_min: Option<u16>,
    port_max: Option<u16>,
    allow_privileged: bool,
}

impl ListenConfig {
    /// The ports, first and last.
    #[must_use]
    pub(crate) fn ports(self) -> (u16, u16) {
        let least = if self.allow_privileged { 1 } else { 1024 };
        (
            self.port_min.unwrap_or(least),
            self.port_max.unwrap_or(u16::MAX),
        )
    }

    fn check(self) -> Result<(), Rejection> {
        if self.port_min == Some(0) || self.port_max == Some(0) {
            return Err(wrong("listen ports begin at 1"));
        }
        let (least, most) = self.ports();
        if least > most {
            return Err(wrong("listen.portMin is above listen.portMax"));
        }
        if least < 1024 && !self.allow_privileged {
            return Err(wrong(
                "listen.portMin is below 1024, which needs listen.allowPrivileged",
            ));
        }
        Ok(())
    }
}

/// How programs in JavaScript are run. Without effect, and checked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct JsRuntimeConfig {
    platform: Platform,
    module_resolution: ModuleResolution,
    allowed_builtins: Option<Vec<String>>,
    snapshot_userland_code: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Platform {
    #[default]
    Node,
    Browser,
    Neutral,
    Bare,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ModuleResolution {
    #[default]
    Node,
    Relative,
    None,
}

/// The built-in modules that a list of them may name: Node's.
const BUILTINS: &[&str] = &[
    "assert",
    "assert/strict",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "dns/promises",
    "domain",
    "events",
    "fs",
    "fs/promises",
    "http",
    "http2",
    "https",
    "inspector",
    "module",
    "net",
    "os",
    "path",
    "path/posix",
    "path/win32",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "readline/promises",
    "repl",
    "stream",
    "stream/consumers",
    "stream/promises",
    "stream/web",
    "string_decoder",
    "sys",
    "test",
    "timers",
    "timers/promises",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "util/types",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
];

impl JsRuntimeConfig {
    fn check(&self) -> Result<(), Rejection> {
        let Some(names) = &self.allowed_builtins else {
            return Ok(());
        };
        if self.platform != Platform::Node {
            return Err(wrong(
                "jsRuntime.allowedBuiltins goes with jsRuntime.platform `node` alone",
            ));
        }
        let unknown =
            |name: &&String| !BUILTINS.contains(&name.strip_prefix("node:").unwrap_or(name));
        match names.iter().find(unknown) {
            Some(name) => Err(wrong(format!(
                "jsRuntime.allowedBuiltins: `{name}` is no built-in module"
            ))),
            None => Ok(()),
        }
    }
}

/// Members that are objects, beside the limits, which are found by their own names.
const OBJECTS: [&str; 17] = [
    "",
    "/env",
    "/rootFilesystem",
    "/permissions",
    "/permissions/fs",
    "/permissions/network",
    "/permissions/childProcess",
    "/permissions/process",
    "/permissions/env",
    "/permissions/binding",
    "/permissions/tool",
    "/limits",
    "/dns",
    "/nativeRoot",
    "/nativeRoot/plugin",
    "/listen",
    "/jsRuntime",
];

/// Refuses lists where objects belong: a derived reader would take a list for the members in their order, and nobody who
/// writes one means that.
fn check_objects(config: &Value) -> Result<(), Rejection> {
    let limits = config.get("limits").and_then(Value::as_object);
    let limits = limits.into_iter().flat_map(|groups| groups.iter());
    let named = OBJECTS.iter();
    let named = named.filter_map(|at| Some((*at, config.pointer(at)?)));
    let all = named.chain(limits.map(|(name, value)| (name.as_str(), value)));
    for (at, value) in all {
        if value.is_array() {
            let at = at.trim_start_matches('/').replace('/', ".");
            let what = if at.is_empty() { "the config" } else { &at };
            return Err(wrong(format!("{what} is a list, where an object belongs")));
        }
    }
    Ok(())
}

fn wrong(what: impl std::fmt::Display) -> Rejection {
    Rejection::state(format!("invalid create VM config: {what}"))
}

impl VmConfig {
    /// Reads and checks a configuration. `frame_bytes` is what a frame may have.
    ///
    /// # Errors
    ///
    /// `invalid_state`, with the member that is wrong.
    pub(crate) fn read(json: &str, frame_bytes: u32) -> Result<Self, Rejection> {
        let value: Value = serde_json::from_str(json).map_err(wrong)?;
        check_objects(&value)?;
        let config: Self = serde_json::from_value(value).map_err(wrong)?;
        config.check(frame_bytes)?;
        Ok(config)
    }

    fn check(&self, frame_bytes: u32) -> Result<(), Rejection> {
        if let Some(cwd) = &self.cwd
            && !is_plain_absolute(cwd)
        {
            return Err(wrong(
                "cwd must be absolute, without `..`: a path in the VM. A folder of the host is a mount of the plugin host_dir",
            ));
        }
        for name in self.env.keys() {
            check_variable(name).map_err(wrong)?;
        }
        self.root_filesystem.check()?;
        if let Some(permissions) = &self.permissions {
            Policy::from_protocol(permissions).map_err(wrong)?;
        }
        self.limits.check(frame_bytes).map_err(wrong)?;
        self.dns.check()?;
        self.listen.unwrap_or_default().check()?;
        self.js_runtime.check()?;
        if let Some(native) = &self.native_root {
            if native.plugin.id.trim().is_empty() {
                return Err(wrong("nativeRoot.plugin.id must not be empty"));
            }
            let root = &self.root_filesystem;
            if !root.lowers.is_empty() || !root.bootstrap_entries.is_empty() {
                return Err(wrong(
                    "nativeRoot goes with neither rootFilesystem.lowers nor rootFilesystem.bootstrapEntries",
                ));
            }
        }
        Ok(())
    }
}

/// Whether a name can be a variable's.
pub(crate) fn check_variable(name: &str) -> Result<(), String> {
    if name.is_empty() || name.contains('=') || name.contains('\0') {
        return Err("a variable's name must be neither empty nor hold `=` or NUL".to_owned());
    }
    Ok(())
}

/// Absolute, and without `..`.
pub(crate) fn is_plain_absolute(path: &str) -> bool {
    path.starts_with('/') && !path.split('/').any(|name| name == "..") && !path.contains('\0')
}

impl DnsConfig {
    fn check(&self) -> Result<(), Rejection> {
        for server in &self.name_servers {
            if server.parse::<IpAddr>().is_err() && server.parse::<SocketAddr>().is_err() {
                return Err(wrong("dns.nameServers: an entry is IP or IP:PORT"));
            }
        }
        for (host, addresses) in &self.overrides {
            if host.trim().is_empty() || addresses.is_empty() {
                return Err(wrong(
                    "dns.overrides: a name must not be empty, and has at least one address",
                ));
            }
            if addresses
                .iter()
                .any(|address| address.parse::<IpAddr>().is_err())
            {
                return Err(wrong(format!(
                    "dns.overrides: an address of `{host}` is no IP address"
                )));
            }
        }
        Ok(())
    }
}

impl RootConfig {
    fn check(&self) -> Result<(), Rejection> {
        let lowers = self.lowers.iter().flat_map(|lower| match lower {
            Lower::Snapshot { entries } => entries.as_slice(),
            Lower::BundledBaseFilesystem => &[],
        });
        for entry in lowers.chain(&self.bootstrap_entries) {
            entry.check().map_err(|what| {
                wrong(format!("the entry `{}` {what}", entry.path.escape_debug()))
            })?;
        }
        Ok(())
    }

    /// The same, as the protocol's own messages have it.
    #[must_use]
    pub(crate) fn descriptor(self) -> RootFilesystemDescriptor {
        RootFilesystemDescriptor {
            mode: match self.mode {
                RootMode::Ephemeral => RootFilesystemMode::Ephemeral,
                RootMode::ReadOnly => RootFilesystemMode::ReadOnly,
            },
            disable_default_base_layer: self.disable_default_base_layer,
            lowers: self.lowers.into_iter().map(Lower::descriptor).collect(),
            bootstrap_entries: self
                .bootstrap_entries
                .into_iter()
                .map(Entry::entry)
                .collect(),
        }
    }
}

impl Lower {
    fn descriptor(self) -> RootFilesystemLowerDescriptor {
        match self {
            Self::Snapshot { entries } => {
                RootFilesystemLowerDescriptor::SnapshotRootFilesystemLower(
                    SnapshotRootFilesystemLower {
                        entries: entries.into_iter().map(Entry::entry).collect(),
                    },
                )
            }
            Self::BundledBaseFilesystem => {
                RootFilesystemLowerDescriptor::BundledBaseFilesystemLower
            }
        }
    }
}

impl Entry {
    fn check(&self) -> Result<(), &'static str> {
        if !is_plain_absolute(&self.path) {
            return Err("must have an absolute path without `..`");
        }
        let has_content = self.content.is_some() || self.encoding.is_some();
        match self.kind {
            EntryKind::File if self.target.is_some() => Err("is a file, and has a target"),
            EntryKind::Directory if has_content || self.target.is_some() => {
                Err("is a directory, and has content or a target")
            }
            EntryKind::Symlink if has_content => Err("is a symlink, and has content"),
            EntryKind::Symlink if self.target.as_deref().unwrap_or_default().is_empty() => {
                Err("is a symlink, and has no target")
            }
            EntryKind::File | EntryKind::Directory | EntryKind::Symlink => Ok(()),
        }
    }

    fn entry(self) -> RootFilesystemEntry {
        RootFilesystemEntry {
            path: self.path,
            kind: match self.kind {
                EntryKind::File => RootFilesystemEntryKind::File,
                EntryKind::Directory => RootFilesystemEntryKind::Directory,
                EntryKind::Symlink => RootFilesystemEntryKind::Symlink,
            },
            mode: self.mode,
            uid: self.uid,
            gid: self.gid,
            content: self.content,
            encoding: self.encoding.map(|encoding| match encoding {
                Encoding::Utf8 => RootFilesystemEntryEncoding::Utf8,
                Encoding::Base64 => RootFilesystemEntryEncoding::Base64,
            }),
            target: self.target,
            executable: self.executable,
        }
    }
}

impl NativeRoot {
    /// The plugin, as the protocol's own messages have it.
    #[must_use]
    pub(crate) fn descriptor(self) -> MountPluginDescriptor {
        MountPluginDescriptor {
            id: self.plugin.id,
            config: self.plugin.config.to_string(),
        }
    }
}
