//! The extension `tollgate.vm/1`: what clients say about VMs that outlive them.

use std::sync::Arc;
use std::time::Duration;

use tollgate_protocol::RefusalCode;
use tollgate_protocol::types::{ExtEnvelope, OwnershipScope, VmOwnership};
use tollgate_protocol::vm::{SnapshotMade, VmAttached, VmCommand, VmMade, VmReply};

use crate::bridges::Claim;
use crate::detached::{check_name, idle, unknown};
use crate::dispatch::Client;
use crate::lane::Lane;
use crate::registry::MOST_VMS;
use crate::rejection::Rejection;
use crate::service::Sidecar;
use crate::vm::config::VmConfig;
use crate::vm::{Making, Seed, Vm};

/// Ends a VM that nobody has had any use for.
async fn watch(sidecar: Sidecar, vm_id: String, idle: Duration) {
    while let Some(left) = sidecar.detached().patience(&vm_id, idle) {
        if left.is_zero() {
            sidecar.registry().remove_vm(&vm_id);
            if let Some(lane) = sidecar.detached().forget(&vm_id) {
                let _told_by_the_log = lane.vm.end().await;
            }
            return;
        }
        tokio::time::sleep(left).await;
    }
}

impl Client {
    /// Answers a command about detached VMs.
    pub(crate) async fn detached(
        &self,
        scope: &OwnershipScope,
        request: &ExtEnvelope,
    ) -> Result<ExtEnvelope, Rejection> {
        let command = VmCommand::open(request)
            .map_err(|error| Rejection::state(format!("the payload is no vm-command: {error}")))?;
        let detached = self.sidecar().detached();
        let registry = self.sidecar().registry();
        if let VmCommand::AttachVmCommand(asked) = command {
            return Ok(self.attach(scope, asked.vm_id)?.envelope());
        }
        let connection = registry.connection(self.transport(), scope)?;
        let reply = match command {
            VmCommand::CreateVmCommand(asked) => {
                check_name(asked.name.as_ref())?;
                let house = self.sidecar().house();
                let config = VmConfig::read(&asked.config, self.frame_bytes())?;
                let vm_id = registry.next_vm();
                let claim = match config.native_root {
                    Some(_) => None,
                    None => house.keeper().claim(&vm_id, asked.name.as_deref())?,
                };
                let seed = Seed::new(house, self.frame_bytes(), config, claim.as_ref()).await?;
                let making = self.making(vm_id, connection, claim);
                self.make(making, seed, asked.name, idle(asked.idle_ms))
                    .await?
            }
            VmCommand::ForkVmCommand(asked) => {
                check_name(asked.name.as_ref())?;
                let seed = detached.source(&asked.source)?;
                let vm_id = registry.next_vm();
                let claim = self.claim_fork(&vm_id, asked.name.as_deref()).await?;
                let making = self.making(vm_id, connection, claim);
                self.make(making, seed, asked.name, idle(asked.idle_ms))
                    .await?
            }
            VmCommand::ListVmsCommand => VmReply::VmListing(detached.listing()),
            // Answered above, with the scope that it needs.
            VmCommand::AttachVmCommand(asked) => self.attach(scope, asked.vm_id)?,
            VmCommand::DetachVmCommand(asked) => {
                detached.lane(&asked.vm_id)?;
                if !registry.is_attached_to(&asked.vm_id, connection) {
                    return Err(Rejection::state(format!(
                        "VM {} is not attached to this connection",
                        asked.vm_id.escape_debug()
                    )));
                }
                registry.remove_vm(&asked.vm_id);
                detached.let_go(&asked.vm_id);
                VmReply::VmDone
            }
            VmCommand::SnapshotVmCommand(asked) => {
                check_name(asked.name.as_ref())?;
                let snapshot_id = detached.snapshot(asked.vm_id, asked.name)?;
                VmReply::SnapshotMade(SnapshotMade { snapshot_id })
            }
            VmCommand::RemoveVmCommand(asked) => self.remove(&asked.id).await?,
        };
        Ok(reply.envelope())
    }

    /// Where the files of a fork are kept. It begins with those of its source, so that what was kept by its name would be lost:
    /// a name that somebody chose is refused then.
    async fn claim_fork(
        &self,
        vm_id: &str,
        name: Option<&str>,
    ) -> Result<Option<Claim>, Rejection> {
        let keeper = self.sidecar().house().keeper();
        let claim = keeper.claim(vm_id, name)?;
        if let Some(claim) = &claim
            && keeper.is_by_name()
            && claim.load().await?.is_some()
        {
            return Err(Rejection::new(
                RefusalCode::Conflict,
                "files of another VM are kept by this name",
            ));
        }
        Ok(claim)
    }

    fn making(&self, vm_id: String, connection: &str, claim: Option<Claim>) -> Making {
        Making {
            house: self.sidecar().house().clone(),
            books: self.sidecar().books(),
            vm_id,
            client: connection.to_owned(),
            frame_bytes: self.frame_bytes(),
            front: None,
            detached: true,
            claim,
        }
    }

    async fn make(
        &self,
        making: Making,
        seed: Seed,
        name: Option<String>,
        idle: Duration,
    ) -> Result<VmReply, Rejection> {
        let vm_id = making.vm_id.clone();
        let lane = Lane::open(Vm::create(making, seed).await?);
        if let Err(lane) = self.sidecar().detached().keep(name, lane) {
            let _told_by_the_log = lane.vm.end().await;
            return Err(Rejection::state(format!(
                "the sidecar has {MOST_VMS} detached VMs already"
            )));
        }
        tokio::spawn(watch(self.sidecar().clone(), vm_id.clone(), idle));
        Ok(VmReply::VmMade(VmMade { vm_id }))
    }

    fn attach(&self, scope: &OwnershipScope, vm_id: String) -> Result<VmReply, Rejection> {
        let registry = self.sidecar().registry();
        let session = registry.session(self.transport(), scope)?;
        let lane = self.sidecar().detached().lane(&vm_id)?;
        let owner = VmOwnership {
            connection_id: session.connection_id.clone(),
            session_id: session.session_id.clone(),
            vm_id: vm_id.clone(),
        };
        let vm = Arc::clone(&lane.vm);
        registry.add_vm(&owner, lane).map_err(|_lane| {
            Rejection::new(
                RefusalCode::Conflict,
                format!("VM {vm_id} is attached to another session"),
            )
        })?;
        let front = self.front(OwnershipScope::VmOwnership(owner));
        if vm.events.attach(front).is_err() {
            registry.remove_vm(&vm_id);
            return Err(unknown("VM", &vm_id));
        }
        Ok(VmReply::VmAttached(VmAttached {
            vm_id,
            cwd: vm.cwd.clone(),
        }))
    }

    async fn remove(&self, id: &str) -> Result<VmReply, Rejection> {
        let detached = self.sidecar().detached();
        if detached.forget_snapshot(id) {
            return Ok(VmReply::VmDone);
        }
        let lane = detached
            .forget(id)
            .ok_or_else(|| unknown("VM or snapshot", id))?;
        self.sidecar().registry().remove_vm(id);
        lane.vm.end().await?;
        Ok(VmReply::VmDone)
    }
}
