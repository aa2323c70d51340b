//! Connections, sessions and VMs: which there are, and whose they are.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tollgate_protocol::types::{OwnershipScope, SessionOwnership, VmOwnership};

use crate::lane::Lane;
use crate::rejection::Rejection;

/// Connections, sessions and VMs that one sidecar has at once.
pub(crate) const MOST_CONNECTIONS: usize = 4_096;
/// Sessions that one sidecar has at once.
pub(crate) const MOST_SESSIONS: usize = 16_384;
/// VMs that one sidecar has at once.
pub(crate) const MOST_VMS: usize = 4_096;

/// What frames come and go by. Names that were given out on one mean nothing on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TransportId(u64);

struct Session {
    connection: String,
}

struct VmEntry {
    connection: String,
    session: String,
    lane: Lane,
}

#[derive(Default)]
struct Tables {
    connections: HashMap<String, TransportId>,
    sessions: HashMap<String, Session>,
    vms: HashMap<String, VmEntry>,
}

/// All of them.
#[derive(Default)]
pub(crate) struct Registry {
    tables: Mutex<Tables>,
    transports: AtomicU64,
    connections: AtomicU64,
    sessions: AtomicU64,
    vms: AtomicU64,
}

fn next(counter: &AtomicU64) -> u64 {
    counter.fetch_add(1, Ordering::Relaxed) + 1
}

fn full(what: &str, most: usize) -> Rejection {
    Rejection::state(format!("the sidecar has {most} {what} already"))
}

impl Registry {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        // Each change is one entry, or entries that are taken out one by one: what is left is whole.
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn transport(&self) -> TransportId {
        TransportId(next(&self.transports))
    }

    /// Makes a connection on a transport.
    pub(crate) fn connect(&self, transport: TransportId) -> Result<String, Rejection> {
        let mut tables = self.tables();
        if tables.connections.len() >= MOST_CONNECTIONS {
            return Err(full("connections", MOST_CONNECTIONS));
        }
        let id = format!("conn-{}", next(&self.connections));
        tables.connections.insert(id.clone(), transport);
        Ok(id)
    }

    /// Opens a session of a connection.
    pub(crate) fn open(
        &self,
        transport: TransportId,
        ownership: &OwnershipScope,
    ) -> Result<SessionOwnership, Rejection> {
        let OwnershipScope::ConnectionOwnership(owner) = ownership else {
            return Err(needs("connection"));
        };
        let mut tables = self.tables();
        tables.connected(transport, &owner.connection_id)?;
        if tables.sessions.len() >= MOST_SESSIONS {
            return Err(full("sessions", MOST_SESSIONS));
        }
        let session_id = format!("session-{}", next(&self.sessions));
        let session = Session {
            connection: owner.connection_id.clone(),
        };
        tables.sessions.insert(session_id.clone(), session);
        Ok(SessionOwnership {
            connection_id: owner.connection_id.clone(),
            session_id,
        })
    }

    /// The session that a request is made for.
    pub(crate) fn session<'a>(
        &self,
        transport: TransportId,
        ownership: &'a OwnershipScope,
    ) -> Result<&'a SessionOwnership, Rejection> {
        let OwnershipScope::SessionOwnership(owner) = ownership else {
            return Err(needs("session"));
        };
        let tables = self.tables();
        tables.session(transport, &owner.connection_id, &owner.session_id)?;
        if tables.vms.len() >= MOST_VMS {
            return Err(full("VMs", MOST_VMS));
        }
        Ok(owner)
    }

    /// How many VMs came by a transport.
    pub(crate) fn vms_of(&self, transport: TransportId) -> usize {
        let tables = self.tables();
        let of = |vm: &&VmEntry| tables.connections.get(&vm.connection) == Some(&transport);
        tables.vms.values().filter(of).count()
    }

    /// A name for a VM that is about to be made.
    pub(crate) fn next_vm(&self) -> String {
        format!("vm-{}", next(&self.vms))
    }

    /// A name for a VM that is about to be made in a session.
    pub(crate) fn name_vm(&self, owner: &SessionOwnership) -> VmOwnership {
        VmOwnership {
            connection_id: owner.connection_id.clone(),
            session_id: owner.session_id.clone(),
            vm_id: self.next_vm(),
        }
    }

    /// Whether there is such a connection, and it is this client's.
    pub(crate) fn connection<'a>(
        &self,
        transport: TransportId,
        ownership: &'a OwnershipScope,
    ) -> Result<&'a str, Rejection> {
        let OwnershipScope::ConnectionOwnership(owner) = ownership else {
            return Err(needs("connection"));
        };
        self.tables().connected(transport, &owner.connection_id)?;
        Ok(&owner.connection_id)
    }

    /// Whether a VM is attached to a session of this connection.
    pub(crate) fn is_attached_to(&self, vm_id: &str, connection: &str) -> bool {
        let tables = self.tables();
        tables
            .vms
            .get(vm_id)
            .is_some_and(|vm| vm.connection == connection)
    }

    /// Adds a VM. Its session may have gone while it was made: then it is given back.
    pub(crate) fn add_vm(&self, owner: &VmOwnership, lane: Lane) -> Result<(), Lane> {
        let mut tables = self.tables();
        let is_taken = tables.vms.contains_key(&owner.vm_id);
        let has_session = tables.sessions.contains_key(&owner.session_id);
        if is_taken || !has_session || tables.vms.len() >= MOST_VMS {
            return Err(lane);
        }
        let entry = VmEntry {
            connection: owner.connection_id.clone(),
            session: owner.session_id.clone(),
            lane,
        };
        tables.vms.insert(owner.vm_id.clone(), entry);
        Ok(())
    }

    /// The VM that a request is made for.
    pub(crate) fn vm(
        &self,
        transport: TransportId,
        ownership: &OwnershipScope,
    ) -> Result<Lane, Rejection> {
        let OwnershipScope::VmOwnership(owner) = ownership else {
            return Err(needs("VM"));
        };
        let tables = self.tables();
        tables.session(transport, &owner.connection_id, &owner.session_id)?;
        let Some(vm) = tables.vms.get(&owner.vm_id) else {
            return Err(Rejection::unknown_vm(&owner.vm_id));
        };
        if vm.connection != owner.connection_id || vm.session != owner.session_id {
            return Err(Rejection::state(format!(
                "VM {} is not owned by {}/{}",
                owner.vm_id, owner.connection_id, owner.session_id
            )));
        }
        Ok(vm.lane.clone())
    }

    /// Forgets a VM: nobody finds it any more.
    pub(crate) fn remove_vm(&self, vm_id: &str) -> bool {
        self.tables().vms.remove(vm_id).is_some()
    }

    /// Forgets everything, and gives the VMs.
    pub(crate) fn close(&self) -> Vec<Lane> {
        let mut tables = self.tables();
        tables.connections.clear();
        tables.sessions.clear();
        tables.vms.drain().map(|(_, vm)| vm.lane).collect()
    }

    /// Forgets all that came by a transport, and gives its VMs.
    pub(crate) fn disconnect(&self, transport: TransportId) -> Vec<Lane> {
        let mut tables = self.tables();
        let Tables {
            connections,
            sessions,
            vms,
        } = &mut *tables;
        connections.retain(|_, of| *of != transport);
        sessions.retain(|_, session| connections.contains_key(&session.connection));
        let gone = vms.extract_if(|_, vm| !sessions.contains_key(&vm.session));
        gone.map(|(_, vm)| vm.lane).collect()
    }
}

impl Tables {
    fn connected(&self, transport: TransportId, connection: &str) -> Result<(), Rejection> {
        if self.connections.get(connection) == Some(&transport) {
            return Ok(());
        }
        Err(Rejection::state(format!(
            "connection {} has not authenticated",
            connection.escape_debug()
        )))
    }

    fn session(
        &self,
        transport: TransportId,
        connection: &str,
        session: &str,
    ) -> Result<(), Rejection> {
        self.connected(transport, connection)?;
        let shown = session.escape_debug();
        match self.sessions.get(session) {
            None => Err(Rejection::state(format!("unknown sidecar session {shown}"))),
            Some(found) if found.connection != connection => Err(Rejection::state(format!(
                "session {shown} is not owned by connection {connection}"
            ))),
            Some(_) => Ok(()),
        }
    }
}

/// What a request without the right kind of scope is told.
pub(crate) fn needs(what: &str) -> Rejection {
    Rejection::state(format!("request requires {what} ownership scope"))
}
