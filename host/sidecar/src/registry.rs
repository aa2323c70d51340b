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
/// The part of each of these that one client gets at most, so that no client takes all from the others.
pub(crate) const CLIENTS_PART: usize = 4;

/// What frames come and go by. Names that were given out on one mean nothing on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TransportId(u64);

struct Session {
    connection: String,
}

/// What a client has.
#[derive(Default, Clone, Copy)]
struct Held {
    /// The most that it gets of each, where that is less than its part.
    most: Option<usize>,
    connections: usize,
    sessions: usize,
    vms: usize,
}

struct VmEntry {
    transport: TransportId,
    connection: String,
    session: String,
    lane: Lane,
}

#[derive(Default)]
struct Tables {
    held: HashMap<TransportId, Held>,
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

/// Whether there is room for one more, in the sidecar and for the client that asks.
fn has_room(all: usize, own: (usize, Held), most: usize, what: &str) -> Result<(), Rejection> {
    let (own, held) = own;
    let part = held.most.unwrap_or(most / CLIENTS_PART);
    if all >= most {
        return Err(Rejection::state(format!(
            "the sidecar has {most} {what} already"
        )));
    }
    if own >= part {
        return Err(Rejection::state(format!(
            "the client has {part} {what} already"
        )));
    }
    Ok(())
}

impl Registry {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        // Each change is one entry, or entries that are taken out one by one: what is left is whole.
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn transport(&self) -> TransportId {
        TransportId(next(&self.transports))
    }

    /// A transport by which a client gets so many connections, sessions and VMs at most.
    pub(crate) fn transport_of(&self, most: usize) -> TransportId {
        let transport = self.transport();
        self.tables().holding(transport).most = Some(most);
        transport
    }

    /// Makes a connection on a transport.
    pub(crate) fn connect(&self, transport: TransportId) -> Result<String, Rejection> {
        let mut tables = self.tables();
        let held = tables.held(transport);
        let own = (held.connections, held);
        has_room(
            tables.connections.len(),
            own,
            MOST_CONNECTIONS,
            "connections",
        )?;
        let id = format!("conn-{}", next(&self.connections));
        tables.connections.insert(id.clone(), transport);
        tables.holding(transport).connections += 1;
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
        let held = tables.held(transport);
        let own = (held.sessions, held);
        has_room(tables.sessions.len(), own, MOST_SESSIONS, "sessions")?;
        let session_id = format!("session-{}", next(&self.sessions));
        let session = Session {
            connection: owner.connection_id.clone(),
        };
        tables.sessions.insert(session_id.clone(), session);
        tables.holding(transport).sessions += 1;
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
        let held = tables.held(transport);
        has_room(tables.vms.len(), (held.vms, held), MOST_VMS, "VMs")?;
        Ok(owner)
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
        let transport = tables.connections.get(&owner.connection_id).copied();
        let (Some(transport), true, false) = (transport, has_session, is_taken) else {
            return Err(lane);
        };
        let held = tables.held(transport);
        let own = (held.vms, held);
        if has_room(tables.vms.len(), own, MOST_VMS, "VMs").is_err() {
            return Err(lane);
        }
        tables.holding(transport).vms += 1;
        let entry = VmEntry {
            transport,
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
        let mut tables = self.tables();
        let Some(vm) = tables.vms.remove(vm_id) else {
            return false;
        };
        let held = tables.holding(vm.transport);
        held.vms = held.vms.saturating_sub(1);
        true
    }

    /// Forgets everything, and gives the VMs.
    pub(crate) fn close(&self) -> Vec<Lane> {
        let mut tables = self.tables();
        tables.held.clear();
        tables.connections.clear();
        tables.sessions.clear();
        tables.vms.drain().map(|(_, vm)| vm.lane).collect()
    }

    /// Forgets all that came by a transport, and gives its VMs.
    pub(crate) fn disconnect(&self, transport: TransportId) -> Vec<Lane> {
        let mut tables = self.tables();
        let Tables {
            held,
            connections,
            sessions,
            vms,
        } = &mut *tables;
        held.remove(&transport);
        connections.retain(|_, of| *of != transport);
        sessions.retain(|_, session| connections.contains_key(&session.connection));
        let gone = vms.extract_if(|_, vm| !sessions.contains_key(&vm.session));
        gone.map(|(_, vm)| vm.lane).collect()
    }
}

impl Tables {
    fn held(&self, transport: TransportId) -> Held {
        self.held.get(&transport).copied().unwrap_or_default()
    }

    fn holding(&mut self, transport: TransportId) -> &mut Held {
        self.held.entry(transport).or_default()
    }

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
