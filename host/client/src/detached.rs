//! VMs that outlive the connection that made them: the extension `tollgate.vm/1`.

use std::sync::Arc;
use std::time::Duration;

use tollgate_protocol::types::{OwnershipScope, RequestPayload, VmOwnership};
use tollgate_protocol::vm::{
    AttachVmCommand, CreateVmCommand, DetachVmCommand, ForkVmCommand, RemoveVmCommand,
    SnapshotVmCommand, VmCommand, VmListing, VmReply,
};

use crate::answered::answered;
use crate::connection::{Connection, Session};
use crate::error::{Error, Unexpected};
use crate::link::Link;
use crate::vm::Vm;

/// Says a command, and takes the reply.
async fn say(link: &Link, scope: OwnershipScope, command: &VmCommand) -> Result<VmReply, Error> {
    let asked = RequestPayload::ExtEnvelope(command.envelope());
    let answer = link.ask(scope, asked).await?;
    let envelope = answered!(answer.payload, ExtEnvelope)?;
    VmReply::open(&envelope).map_err(|_| no_reply())
}

/// What came is no reply to a command.
fn no_reply() -> Error {
    let kind = Unexpected::Kind {
        asked: "vm-reply",
        came: "ext-envelope",
    };
    kind.into()
}

fn other<T>(_reply: VmReply) -> Result<T, Error> {
    Err(no_reply())
}

fn idle_ms(idle: Option<Duration>) -> Option<u64> {
    idle.map(|idle| u64::try_from(idle.as_millis()).unwrap_or(u64::MAX))
}

impl Connection {
    async fn detached(&self, command: &VmCommand) -> Result<VmReply, Error> {
        say(self.link(), self.ownership(), command).await
    }

    /// Makes a VM that outlives this connection, and says what it is called. It ends when it was attached to nobody and
    /// had no program for `idle`, an hour where nothing is said.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn create_detached(
        &self,
        name: Option<&str>,
        config: &str,
        idle: Option<Duration>,
    ) -> Result<String, Error> {
        let command = VmCommand::CreateVmCommand(CreateVmCommand {
            name: name.map(str::to_owned),
            config: config.to_owned(),
            idle_ms: idle_ms(idle),
        });
        match self.detached(&command).await? {
            VmReply::VmMade(made) => Ok(made.vm_id),
            reply => other(reply),
        }
    }

    /// Makes a VM with the files and the configuration of another one or of a snapshot, and says what it is called.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn fork(
        &self,
        source: &str,
        name: Option<&str>,
        idle: Option<Duration>,
    ) -> Result<String, Error> {
        let command = VmCommand::ForkVmCommand(ForkVmCommand {
            source: source.to_owned(),
            name: name.map(str::to_owned),
            idle_ms: idle_ms(idle),
        });
        match self.detached(&command).await? {
            VmReply::VmMade(made) => Ok(made.vm_id),
            reply => other(reply),
        }
    }

    /// All detached VMs and snapshots.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn list_detached(&self) -> Result<VmListing, Error> {
        match self.detached(&VmCommand::ListVmsCommand).await? {
            VmReply::VmListing(listing) => Ok(listing),
            reply => other(reply),
        }
    }

    /// Keeps the files of a VM as they are now, and says what they are called.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn snapshot(&self, vm_id: &str, name: Option<&str>) -> Result<String, Error> {
        let command = VmCommand::SnapshotVmCommand(SnapshotVmCommand {
            vm_id: vm_id.to_owned(),
            name: name.map(str::to_owned),
        });
        match self.detached(&command).await? {
            VmReply::SnapshotMade(made) => Ok(made.snapshot_id),
            reply => other(reply),
        }
    }

    /// Lets go of a VM, for others to attach.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn detach(&self, vm_id: &str) -> Result<(), Error> {
        let vm_id = vm_id.to_owned();
        let command = VmCommand::DetachVmCommand(DetachVmCommand { vm_id });
        match self.detached(&command).await? {
            VmReply::VmDone => Ok(()),
            reply => other(reply),
        }
    }

    /// Ends a detached VM with all that runs in it, or forgets a snapshot.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn remove(&self, id: &str) -> Result<(), Error> {
        let command = VmCommand::RemoveVmCommand(RemoveVmCommand { id: id.to_owned() });
        match self.detached(&command).await? {
            VmReply::VmDone => Ok(()),
            reply => other(reply),
        }
    }
}

impl Session {
    /// Attaches a detached VM, which then is used as any other until this session's connection ends.
    ///
    /// # Errors
    ///
    /// Every [`Error`]; `conflict` while it is attached elsewhere.
    pub async fn attach(&self, vm_id: &str) -> Result<Vm, Error> {
        let command = VmCommand::AttachVmCommand(AttachVmCommand {
            vm_id: vm_id.to_owned(),
        });
        let OwnershipScope::SessionOwnership(session) = self.ownership() else {
            return other(VmReply::VmDone);
        };
        match say(self.link(), self.ownership(), &command).await? {
            VmReply::VmAttached(attached) => {
                let ownership = VmOwnership {
                    connection_id: session.connection_id,
                    session_id: session.session_id,
                    vm_id: attached.vm_id,
                };
                Ok(Vm::new(Arc::clone(self.link()), ownership, None))
            }
            reply => other(reply),
        }
    }
}
