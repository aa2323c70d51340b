//! A bridge that is a component: it exports an interface of `tollgate:host-bridge`, and is a guest as any other, with a
//! policy, limits and a part of the log of its own.
//!
//! One instance stays and is called by one caller at a time; the others wait. Whatever ends it, a trap, a limit or a call
//! that took too long, is a failure of that call, and the next call gets a new instance.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::timeout;
use tollgate::{Component, Instance, RunOptions};
use tollgate_contract::permissions::{
    CommandPermissionRequest, EnvironmentPermissionRequest, FilesystemPermissionRequest,
    NetworkPermissionRequest, PermissionDecision,
};
use tollgate_contract::persistence::{
    FilesystemSnapshot, FlushFilesystemStateRequest, LoadFilesystemStateRequest,
};
use tollgate_contract::{BridgeError, ErrorCode, PermissionBridge, PersistenceBridge, async_trait};

const PERMISSIONS: &str = "tollgate:host-bridge/permissions@1.0.0";
const PERSISTENCE: &str = "tollgate:host-bridge/persistence@1.0.0";

/// How long a call of a component waits for its turn and its answer, in milliseconds.
pub(crate) const CALL_MS: u64 = 20_000;
const PATIENCE: Duration = Duration::from_millis(CALL_MS);

/// A component that is a bridge, or several. Clones are the same.
#[derive(Clone)]
pub struct ComponentBridge(Arc<Inner>);

struct Inner {
    component: Component,
    options: RunOptions,
    instance: Mutex<Option<Instance>>,
}

/// Why a component is no bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoBridge {
    /// It exports no interface that is a bridge which may be a component.
    #[error("the component exports neither {PERMISSIONS} nor {PERSISTENCE}")]
    NoInterface,
    /// Each instance has a tree of its own: the options must have mounts, and no tree that was made whole.
    #[error("a bridge takes mounts, and no whole tree")]
    WholeTree,
}

impl std::fmt::Debug for ComponentBridge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ComponentBridge").finish_non_exhaustive()
    }
}

fn failed(message: &str) -> BridgeError {
    BridgeError::new(ErrorCode::Failed, message)
}

impl ComponentBridge {
    /// A component that is run with these options, once it is asked for something.
    ///
    /// # Errors
    ///
    /// [`NoBridge`].
    pub fn new(component: Component, options: RunOptions) -> Result<Self, NoBridge> {
        if options.again().is_none() {
            return Err(NoBridge::WholeTree);
        }
        let bridge = Self(Arc::new(Inner {
            component,
            options,
            instance: Mutex::new(None),
        }));
        if bridge.permissions().is_none() && bridge.persistence().is_none() {
            return Err(NoBridge::NoInterface);
        }
        Ok(bridge)
    }

    fn exports(&self, interface: &str) -> bool {
        let exports = &self.0.component.surface().exports;
        exports.iter().any(|export| export.name == interface)
    }

    /// It, as who decides, where it exports that.
    #[must_use]
    pub fn permissions(&self) -> Option<Arc<dyn PermissionBridge>> {
        self.exports(PERMISSIONS)
            .then(|| Arc::new(self.clone()) as Arc<dyn PermissionBridge>)
    }

    /// It, as what keeps files, where it exports that.
    #[must_use]
    pub fn persistence(&self) -> Option<Arc<dyn PersistenceBridge>> {
        self.exports(PERSISTENCE)
            .then(|| Arc::new(self.clone()) as Arc<dyn PersistenceBridge>)
    }

    /// Ends its instance, and with it its part of the log.
    pub async fn close(&self) {
        if let Some(instance) = self.0.instance.lock().await.take() {
            instance.close().await;
        }
    }

    async fn call<Q, A>(&self, function: &str, request: Q) -> Result<A, BridgeError>
    where
        (Q,): tollgate::Arguments,
        (Result<A, BridgeError>,): tollgate::Results,
    {
        match timeout(PATIENCE, self.0.call(function, request)).await {
            Ok(answer) => answer,
            // The call was dropped, and with it the guest.
            Err(_late) => Err(failed("the component does not answer")),
        }
    }
}

impl Inner {
    async fn call<Q, A>(&self, function: &str, request: Q) -> Result<A, BridgeError>
    where
        (Q,): tollgate::Arguments,
        (Result<A, BridgeError>,): tollgate::Results,
    {
        let mut place = self.instance.lock().await;
        if let Some(over) = place.take_if(|instance| instance.stopped().is_some()) {
            over.close().await;
        }
        let instance = match &mut *place {
            Some(instance) => instance,
            empty => empty.insert(self.instance().await?),
        };
        match instance
            .call::<(Q,), (Result<A, BridgeError>,)>(function, (request,))
            .await
        {
            Ok((answer,)) => answer,
            // What a guest says of itself is in the log.
            Err(_ended) => Err(failed("the component failed")),
        }
    }

    async fn instance(&self) -> Result<Instance, BridgeError> {
        let options = self.options.again();
        let options = options.ok_or_else(|| failed("the component cannot be run again"))?;
        let instance = self.component.instantiate(options).await;
        instance.map_err(|_told_by_the_log| failed("the component cannot be run"))
    }
}

/// A function of an interface, as instances are asked for it.
macro_rules! function {
    ($interface:literal, $name:literal) => {
        concat!("tollgate:host-bridge/", $interface, "@1.0.0#", $name)
    };
}

#[async_trait]
impl PermissionBridge for ComponentBridge {
    async fn check_filesystem_access(
        &self,
        request: FilesystemPermissionRequest,
    ) -> Result<PermissionDecision, BridgeError> {
        let function = function!("permissions", "check-filesystem-access");
        self.call(function, request).await
    }

    async fn check_network_access(
        &self,
        request: NetworkPermissionRequest,
    ) -> Result<PermissionDecision, BridgeError> {
        let function = function!("permissions", "check-network-access");
        self.call(function, request).await
    }

    async fn check_command_execution(
        &self,
        request: CommandPermissionRequest,
    ) -> Result<PermissionDecision, BridgeError> {
        let function = function!("permissions", "check-command-execution");
        self.call(function, request).await
    }

    async fn check_environment_access(
        &self,
        request: EnvironmentPermissionRequest,
    ) -> Result<PermissionDecision, BridgeError> {
        let function = function!("permissions", "check-environment-access");
        self.call(function, request).await
    }
}

#[async_trait]
impl PersistenceBridge for ComponentBridge {
    async fn load_filesystem_state(
        &self,
        request: LoadFilesystemStateRequest,
    ) -> Result<Option<FilesystemSnapshot>, BridgeError> {
        let function = function!("persistence", "load-filesystem-state");
        self.call(function, request).await
    }

    async fn flush_filesystem_state(
        &self,
        request: FlushFilesystemStateRequest,
    ) -> Result<(), BridgeError> {
        let function = function!("persistence", "flush-filesystem-state");
        self.call(function, request).await
    }
}
