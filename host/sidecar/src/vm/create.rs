//! How a VM is made.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tollgate::{Grants, Principal, Standing};
use tollgate_policy::Tier;
use tollgate_protocol::types::{
    OwnershipScope, RootFilesystemEntry, RootFilesystemEntryKind, RootFilesystemMode, VmOwnership,
};

use super::grants::{Governed, Kind};
use super::warnings::Warnings;
use super::{Events, Prompt, Vm};
use crate::calls::Calls;
use crate::fs::{Bridge, BridgeLimits, Filesystem, FsLimits, Layers, Leave, RootSpec};
use crate::host;
use crate::outbox::Outbox;
use crate::process::Processes;
use crate::rejection::Rejection;
use crate::service::Sidecar;
use crate::vm::config::VmConfig;

/// Where programs begin where nobody says.
pub(crate) const DEFAULT_CWD: &str = "/workspace";

/// Whom a VM is made for.
pub(crate) struct Making {
    pub(crate) sidecar: Sidecar,
    pub(crate) owner: VmOwnership,
    pub(crate) outbox: Outbox,
    pub(crate) calls: Calls,
}

/// What is counted of a VM's filesystem.
fn fs_limits(config: &VmConfig, frame_bytes: u32) -> FsLimits {
    let resources = &config.limits.resources;
    let defaults = FsLimits::default();
    FsLimits {
        filesystem_bytes: resources
            .max_filesystem_bytes
            .unwrap_or(defaults.filesystem_bytes),
        inodes: resources.max_inode_count.unwrap_or(defaults.inodes),
        pread_bytes: resources.max_pread_bytes.unwrap_or(defaults.pread_bytes),
        readdir_entries: resources
            .max_readdir_entries
            .unwrap_or(defaults.readdir_entries),
        // What else is in the answer is small beside it.
        answer_bytes: u64::from(frame_bytes).saturating_sub(8_192),
    }
}

impl Vm {
    /// Makes a VM, and begins its part of the log.
    pub(crate) async fn create(
        making: Making,
        mut config: VmConfig,
    ) -> Result<Arc<Self>, Rejection> {
        let Making {
            sidecar,
            owner,
            outbox,
            calls,
        } = making;
        let limits = fs_limits(&config, outbox.frame_bytes());
        let descriptor = std::mem::take(&mut config.root_filesystem).descriptor();
        let writable = descriptor.mode == RootFilesystemMode::Ephemeral;
        let (spec, own_root) = match config.native_root.take() {
            Some(native) => {
                let read_only = native.read_only;
                let plugin = native.descriptor();
                (RootSpec::native(plugin, read_only, &descriptor)?, false)
            }
            None => (RootSpec::Layers(descriptor), writable),
        };
        let files = Filesystem::create(spec, limits, sidecar.host_root(), host::clock())?;
        let cwd = config.cwd.clone().unwrap_or_else(|| DEFAULT_CWD.to_owned());
        if own_root && config.cwd.is_some() {
            files.bootstrap(vec![folder(&cwd)])?;
        }

        let mut governed = Governed::new(
            config.permissions.take(),
            config.loopback_exempt_ports.clone(),
            config.limits,
        );
        let grants = governed.grants(sidecar.host(), Kind::Client, Tier::Full)?;
        let scope = OwnershipScope::VmOwnership(owner.clone());
        let prompt = Prompt::new(calls.clone(), scope.clone());
        let client = begin(&sidecar, &owner, &grants, &prompt).await?;
        let over = Leave::default();
        files.ask(Bridge::new(
            calls.clone(),
            scope.clone(),
            over.clone(),
            sidecar.waits().clone(),
            host::clock(),
            BridgeLimits {
                frame_bytes: outbox.frame_bytes(),
                readdir_entries: limits.readdir_entries,
            },
        ));
        Ok(Arc::new(Self {
            layers: Layers::new(limits, host::clock()),
            files,
            cwd,
            processes: Processes::default(),
            warnings: Warnings::new(outbox.clone(), owner.connection_id.clone()),
            events: Arc::new(Events::new(scope, outbox)),
            calls,
            prompt,
            over,
            governed: Mutex::new(governed),
            tiers: Mutex::new(HashMap::new()),
            client: Mutex::new(Some(client)),
            config,
            owner,
            sidecar,
        }))
    }
}

/// The client as the log has it, from the first record of its VM on.
async fn begin(
    sidecar: &Sidecar,
    owner: &VmOwnership,
    grants: &Grants,
    prompt: &Prompt,
) -> Result<Principal, Rejection> {
    let standing = Standing {
        name: owner.vm_id.clone(),
        who: format!("client:{}", owner.connection_id),
        vm: Some(owner.vm_id.clone()),
        begins: "vm.created",
        ends: "vm.disposed",
    };
    let client = sidecar.host().principal(grants, standing).await;
    let mut client = client.map_err(|error| {
        Rejection::new(
            tollgate_protocol::RefusalCode::IoError,
            format!("the VM cannot be recorded: {error}"),
        )
    })?;
    client.decided_by(prompt.decider(None));
    Ok(client)
}

fn folder(path: &str) -> RootFilesystemEntry {
    RootFilesystemEntry {
        path: path.to_owned(),
        kind: RootFilesystemEntryKind::Directory,
        mode: None,
        uid: Some(1000),
        gid: Some(1000),
        content: None,
        encoding: None,
        target: None,
        executable: false,
    }
}
