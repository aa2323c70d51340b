//! What serves a mount: plugins by their ids, and the JSON that each is told.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tollgate_protocol::types::MountPluginDescriptor;
use tollgate_vfs::{FsError, Mount, MountError};

use super::bridge::BridgeConfig;
use super::errno;
use super::host::{Closed, HostRoot};
use crate::Rejection;

/// What serves a mount. Whoever adds a plugin adds a case here, and says in [`Source::folder`] or beside it how it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// Memory, which is forgotten with the mount.
    Memory,
    /// A folder of the machine.
    HostDir { path: String, read_only: bool },
    /// A folder of packages of the machine, which is never written.
    ModuleAccess { path: String },
    /// The client itself, which is asked for each operation.
    JsBridge(BridgeConfig),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HostDirConfig {
    host_path: String,
    #[serde(default)]
    read_only: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ModuleAccessConfig {
    host_path: String,
}

impl Source {
    /// Reads what a client says.
    pub(super) fn read(plugin: &MountPluginDescriptor) -> Result<Self, Rejection> {
        let id = plugin.id.as_str();
        if id.trim().is_empty() {
            return Err(Rejection::state("a mount plugin needs an id"));
        }
        let config: Value = serde_json::from_str(&plugin.config).map_err(|error| {
            Rejection::state(format!(
                "mount plugin config for {id} is not valid JSON: {error}"
            ))
        })?;
        match id {
            "memory" => Ok(Self::Memory),
            "host_dir" => {
                let HostDirConfig {
                    host_path: path,
                    read_only,
                } = fields(config)?;
                Ok(Self::HostDir { path, read_only })
            }
            "module_access" => {
                let ModuleAccessConfig { host_path: path } = fields(config)?;
                Ok(Self::ModuleAccess { path })
            }
            "js_bridge" => BridgeConfig::read(config).map(Self::JsBridge),
            unknown => Err(Rejection::plugin(
                "ENOSYS",
                format_args!("filesystem plugin is not registered: {unknown}"),
            )),
        }
    }

    /// Its id, for whoever reads the table of mounts.
    pub(super) fn id(&self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::HostDir { .. } => "host_dir",
            Self::ModuleAccess { .. } => "module_access",
            Self::JsBridge(_) => "js_bridge",
        }
    }

    /// Whether it is never written, whatever its mount says.
    pub(super) fn is_read_only(&self) -> bool {
        match self {
            Self::HostDir { read_only, .. } => *read_only,
            Self::ModuleAccess { .. } => true,
            Self::Memory | Self::JsBridge(_) => false,
        }
    }

    /// Opens what is not memory, which is for the VM to give.
    pub(super) fn folder(&self, host_root: &HostRoot) -> Result<Option<Mount>, Rejection> {
        match self {
            Self::Memory => Ok(None),
            Self::HostDir { path, read_only } => {
                let folder = host_root.open(path).map_err(|why| not_opened(why, path))?;
                host(folder, *read_only, path).map(Some)
            }
            Self::ModuleAccess { path } => {
                let found = host_root.open_packages(path);
                let folder = found.map_err(|why| not_opened(why, path))?.ok_or_else(|| {
                    let what = "module_access roots must resolve to a node_modules directory";
                    Rejection::plugin("EINVAL", what)
                })?;
                host(folder, true, path).map(Some)
            }
            // Only a client that is there to be asked can serve one.
            Self::JsBridge(_) => Err(Rejection::plugin(
                "ENOSYS",
                "filesystem plugin is not registered: js_bridge",
            )),
        }
    }
}

fn fields<T: DeserializeOwned>(config: Value) -> Result<T, Rejection> {
    serde_json::from_value(config).map_err(|error| Rejection::plugin("EINVAL", error))
}

/// A folder of the machine as a mount.
pub(super) fn host(
    folder: cap_std::fs::Dir,
    read_only: bool,
    path: &str,
) -> Result<Mount, Rejection> {
    Mount::host(folder, read_only).map_err(|error| match error {
        MountError::KernelFilesystem { kind } => Rejection::plugin(
            "EACCES",
            format_args!("'{path}' lies on a filesystem of the kernel ({kind})"),
        ),
        MountError::Host(why) | MountError::Lower(why) => {
            errno::plugin(why, &format!("open '{path}'"))
        }
        MountError::GuestPath { .. }
        | MountError::Duplicate { .. }
        | MountError::UpperInUse
        | MountError::TooManyLayers => errno::plugin(FsError::Invalid, &format!("open '{path}'")),
    })
}

/// Why a folder that a client named is not opened, by the name that the client gave.
pub(super) fn not_opened(why: Closed, path: &str) -> Rejection {
    match why {
        Closed::NoRoot => Rejection::plugin(
            "EACCES",
            format_args!(
                "'{path}' cannot be mounted: the sidecar was started without `--host-root`"
            ),
        ),
        Closed::Outside => Rejection::plugin(
            "EACCES",
            format_args!("'{path}' lies beneath no folder of `--host-root`"),
        ),
        Closed::Escapes => Rejection::plugin(
            "EACCES",
            format_args!("path escapes host directory, open '{path}'"),
        ),
        Closed::Failed(error) => errno::plugin(error, &format!("open '{path}'")),
    }
}
