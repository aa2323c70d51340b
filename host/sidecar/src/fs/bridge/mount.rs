//! A mount that the client serves: what the client says of it, and what it is asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use tollgate_protocol::types::JsBridgeCallRequest;
use tollgate_vfs::FsError;

use super::asking::{Bridge, Leave};
use crate::Rejection;

/// How long an answer is waited for where the mount does not say, and at most.
pub(in crate::fs) const PATIENCE_MS: u64 = 30_000;
const PATIENCE: Duration = Duration::from_millis(PATIENCE_MS);
/// Bytes of the name that a client gives a mount.
const MOUNT_ID_BYTES: usize = 1_024;

/// What a client says of such a mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::fs) struct BridgeConfig {
    /// What the client calls it; its place where it says nothing.
    mount_id: Option<String>,
    patience: Duration,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Stated {
    mount_id: Option<String>,
    timeout_ms: Option<u64>,
}

impl BridgeConfig {
    /// Reads it. `null` is the same as nothing.
    pub(in crate::fs) fn read(config: Value) -> Result<Self, Rejection> {
        let stated: Option<Stated> =
            serde_json::from_value(config).map_err(|error| Rejection::plugin("EINVAL", error))?;
        let Stated {
            mount_id,
            timeout_ms,
        } = stated.unwrap_or_default();
        if mount_id
            .as_ref()
            .is_some_and(|id| id.len() > MOUNT_ID_BYTES)
        {
            return Err(Rejection::plugin(
                "EINVAL",
                format_args!("a mountId has at most {MOUNT_ID_BYTES} bytes"),
            ));
        }
        let patience = timeout_ms.map_or(PATIENCE, Duration::from_millis);
        if patience.is_zero() || patience > PATIENCE {
            return Err(Rejection::plugin(
                "EINVAL",
                format_args!("timeoutMs is 1 to {}", PATIENCE.as_millis()),
            ));
        }
        Ok(Self { mount_id, patience })
    }
}

/// A mount that the client serves, for whoever acts in the VM. Clones are the same mount.
#[derive(Clone)]
pub(in crate::fs) struct BridgeMount(Arc<Mounted>);

struct Mounted {
    bridge: Bridge,
    id: String,
    number: u64,
    patience: Duration,
    calls: AtomicU64,
}

impl BridgeMount {
    pub(in crate::fs) fn new(bridge: &Bridge, config: BridgeConfig, place: &str) -> Self {
        let number = bridge.number();
        Self(Arc::new(Mounted {
            bridge: bridge.clone(),
            id: config.mount_id.unwrap_or_else(|| place.to_owned()),
            number,
            patience: config.patience,
            calls: AtomicU64::new(0),
        }))
    }

    /// How the client is asked.
    pub(super) fn bridge(&self) -> &Bridge {
        &self.0.bridge
    }

    /// What tells its files from those of other mounts.
    pub(super) fn number(&self) -> u64 {
        self.0.number
    }

    /// Asks the client.
    pub(super) fn ask(
        &self,
        operation: &'static str,
        args: &Value,
        leave: &Leave,
    ) -> Result<Option<String>, FsError> {
        let mounted = &*self.0;
        let number = mounted.calls.fetch_add(1, Ordering::Relaxed) + 1;
        let question = JsBridgeCallRequest {
            call_id: format!("js-bridge-call-{number}"),
            mount_id: mounted.id.clone(),
            operation: operation.to_owned(),
            args: args.to_string(),
        };
        mounted.bridge.wait(question, mounted.patience, leave)
    }
}
