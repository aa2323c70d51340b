//! How a VM is made.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tollgate::capability::net::{MOST_SOCKETS, Sockets};
use tollgate::{Grants, Principal, Standing};
use tollgate_contract::events::LifecycleState;
use tollgate_policy::{Effective, Tier};
use tollgate_protocol::types::{RootFilesystemEntry, RootFilesystemEntryKind, RootFilesystemMode};

use super::grants::{Governed, Kind};
use super::warnings::Warnings;
use super::{Above, Books, Prompt, Vm, locked};
use crate::bridges::Claim;
use crate::callbacks::Toolkits;
use crate::front::{Events, Front};
use crate::fs::{Bridge, BridgeLimits, Filesystem, FsLimits, Layers, Leave, RootSpec};
use crate::host;
use crate::house::House;
use crate::names::Names;
use crate::ports::PortTable;
use crate::process::Processes;
use crate::rejection::Rejection;
use crate::vm::config::VmConfig;

/// Where programs begin where nobody says.
pub(crate) const DEFAULT_CWD: &str = "/workspace";

/// Whom a VM is made for.
pub(crate) struct Making {
    pub(crate) house: House,
    pub(crate) books: Arc<dyn Books>,
    pub(crate) vm_id: String,
    /// The connection that asked for it.
    pub(crate) client: String,
    /// Bytes that a frame may have.
    pub(crate) frame_bytes: u32,
    /// Whom it is attached to.
    pub(crate) front: Option<Front>,
    /// Whether it outlives its client.
    pub(crate) detached: bool,
    /// Where its files are kept when it ends, if they are.
    pub(crate) claim: Option<Claim>,
}

/// What a VM begins with, or what a VM that is made of another one begins with.
pub(crate) struct Seed {
    config: VmConfig,
    files: Filesystem,
    cwd: String,
    governed: Governed,
    /// Whether its files are those that were kept.
    restored: bool,
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

fn most_sockets(config: &VmConfig) -> usize {
    let most = config.limits.resources.max_sockets;
    most.and_then(|most| usize::try_from(most).ok())
        .unwrap_or(MOST_SOCKETS)
}

impl Seed {
    /// What a configuration describes, with the files that were kept, where some were.
    pub(crate) async fn new(
        house: &House,
        frame_bytes: u32,
        config: VmConfig,
        claim: Option<&Claim>,
    ) -> Result<Self, Rejection> {
        let saved = match claim {
            Some(claim) => claim.load().await?,
            None => None,
        };
        if saved.is_none() {
            return Self::of(house, frame_bytes, config, None);
        }
        // Reading a large text takes a while.
        let house = house.clone();
        let read = move || Self::of(&house, frame_bytes, config, saved);
        tokio::task::spawn_blocking(read)
            .await
            .map_err(|_the_runtime_ends| Rejection::state("the sidecar is about to end"))?
    }

    fn of(
        house: &House,
        frame_bytes: u32,
        mut config: VmConfig,
        saved: Option<Vec<u8>>,
    ) -> Result<Self, Rejection> {
        let restored = saved.is_some();
        let limits = fs_limits(&config, frame_bytes);
        let descriptor = std::mem::take(&mut config.root_filesystem).descriptor();
        let writable = descriptor.mode == RootFilesystemMode::Ephemeral;
        let (spec, own_root) = match (config.native_root.take(), saved) {
            (Some(native), _) => {
                let read_only = native.read_only;
                let plugin = native.descriptor();
                (RootSpec::native(plugin, read_only, &descriptor)?, false)
            }
            (None, Some(blob)) => {
                let spec = RootSpec::Saved {
                    blob,
                    mode: descriptor.mode,
                    bootstrap_entries: descriptor.bootstrap_entries,
                };
                (spec, writable)
            }
            (None, None) => (RootSpec::Layers(descriptor), writable),
        };
        let files = Filesystem::create(spec, limits, house.host_root(), host::clock())?;
        let cwd = config.cwd.clone().unwrap_or_else(|| DEFAULT_CWD.to_owned());
        if own_root && config.cwd.is_some() {
            files.bootstrap(vec![folder(&cwd)])?;
        }
        let governed = Governed::new(
            config.permissions.take(),
            config.loopback_exempt_ports.clone(),
            config.limits,
        );
        Ok(Self {
            config,
            files,
            cwd,
            governed,
            restored,
        })
    }

    /// Puts what happens in the VM beneath what its maker, a component, may do itself.
    pub(crate) fn beneath(&mut self, maker: &Arc<Effective>) {
        self.governed.beneath(maker);
    }

    /// The same once more: files that are a copy of these, and all else alike.
    pub(crate) fn again(&self) -> Result<Self, Rejection> {
        Ok(Self {
            config: self.config.clone(),
            files: self.files.fork()?,
            cwd: self.cwd.clone(),
            governed: self.governed.changed(None, &[]),
            restored: false,
        })
    }
}

impl Vm {
    /// Makes a VM, and begins its part of the log.
    pub(crate) async fn create(making: Making, seed: Seed) -> Result<Arc<Self>, Rejection> {
        let Making {
            house,
            books,
            vm_id,
            client,
            frame_bytes,
            front,
            detached,
            claim,
        } = making;
        let Seed {
            config,
            files,
            cwd,
            mut governed,
            restored,
        } = seed;
        let grants = governed.grants(house.host(), Kind::Client, Tier::Full)?;
        let events = Arc::new(Events::new(front));
        let teller = house.teller();
        teller.lifecycle(&vm_id, LifecycleState::Starting);
        let above = Above {
            vm_id: vm_id.clone(),
            bridge: house.permissions(),
            teller: teller.clone(),
        };
        let prompt = Prompt::new(Arc::clone(&events), above);
        let client = begin(&house, &vm_id, &client, &grants, &prompt).await?;
        if restored {
            let noted = client.gate().note("vm.restored", &vm_id, "ok").await;
            noted.map_err(unrecorded)?;
        }
        let over = Leave::default();
        let limits = fs_limits(&config, frame_bytes);
        files.ask(Bridge::new(
            Arc::clone(&events),
            over.clone(),
            house.waits().clone(),
            host::clock(),
            BridgeLimits {
                frame_bytes,
                readdir_entries: limits.readdir_entries,
            },
        ));
        let toolkits = Arc::new(Mutex::new(Toolkits::new(config.limits.tools)));
        prompt.registered({
            let toolkits = Arc::clone(&toolkits);
            Arc::new(move || {
                let patience = locked(&toolkits).patience("permissions", "decide");
                patience.map(Duration::from_millis)
            })
        });
        house.teller().lifecycle(&vm_id, LifecycleState::Ready);
        Ok(Arc::new(Self {
            layers: Layers::new(limits, host::clock()),
            toolkits,
            files,
            cwd,
            processes: Processes::default(),
            sockets: Sockets::new(most_sockets(&config)),
            names: Names::new(house.host(), &config.dns.overrides),
            ports: Arc::new(PortTable::new(config.listen.unwrap_or_default().ports())),
            warnings: Warnings::new(Arc::clone(&events), &vm_id, house.teller()),
            events,
            prompt,
            over,
            governed: Mutex::new(governed),
            tiers: Mutex::new(HashMap::new()),
            client: Mutex::new(Some(client)),
            claim: Mutex::new(claim),
            config,
            vm_id,
            detached,
            house,
            books,
        }))
    }

    /// What another VM would begin with that has all of this one but its programs, mounts and callbacks.
    pub(crate) fn seed(&self) -> Result<Seed, Rejection> {
        Ok(Seed {
            config: self.config.clone(),
            files: self.files.fork()?,
            cwd: self.cwd.clone(),
            governed: locked(&self.governed).changed(None, &[]),
            restored: false,
        })
    }
}

fn unrecorded(error: impl std::fmt::Display) -> Rejection {
    Rejection::new(
        tollgate_protocol::RefusalCode::IoError,
        format!("the VM cannot be recorded: {error}"),
    )
}

/// The client as the log has it, from the first record of its VM on.
async fn begin(
    house: &House,
    vm_id: &str,
    client: &str,
    grants: &Grants,
    prompt: &Prompt,
) -> Result<Principal, Rejection> {
    let standing = Standing {
        name: vm_id.to_owned(),
        who: format!("client:{client}"),
        vm: Some(vm_id.to_owned()),
        begins: "vm.created",
        ends: "vm.disposed",
    };
    let client = house.host().principal(grants, standing).await;
    let mut client = client.map_err(unrecorded)?;
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
