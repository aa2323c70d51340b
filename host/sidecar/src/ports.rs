//! The ports of a VM: which program answers at which. No port of the machine is ever one of them.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;
use tollgate::ports::{Listener, PortError, Ports, Posted, covers_port};
use tollgate_policy::Permit;
use tollgate_protocol::types::{FindListenerRequest, SocketStateEntry};

use crate::process::Process;

/// Fetches of one VM that are under way at once.
pub(crate) const MOST_FETCHES: usize = 64;

/// Ports that the programs of one VM listen at.
pub(crate) const MOST_PORTS: usize = 256;
/// Requests that wait for one server; a VM has no more of them under way at once.
const MOST_WAITING: usize = 64;
/// The first of the ports that are given to whoever does not mind which.
const EPHEMERAL: u16 = 49_152;

/// A port that somebody listens at.
#[derive(Debug, Clone)]
pub(crate) struct Served {
    pub(crate) process: Arc<Process>,
    /// As the program named it.
    host: String,
    pub(crate) requests: mpsc::Sender<Posted>,
}

/// The ports of a VM.
#[derive(Debug)]
pub(crate) struct PortTable {
    /// First and last.
    range: (u16, u16),
    served: Mutex<BTreeMap<u16, Served>>,
}

/// A port that is free again once this is dropped.
#[derive(Debug)]
struct Place {
    table: Arc<PortTable>,
    port: u16,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.table.served().remove(&self.port);
    }
}

impl PortTable {
    pub(crate) fn new(range: (u16, u16)) -> Self {
        Self {
            range,
            served: Mutex::default(),
        }
    }

    fn served(&self) -> MutexGuard<'_, BTreeMap<u16, Served>> {
        // A port comes and goes in one step.
        self.served.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who answers at a port.
    pub(crate) fn at(&self, port: u16) -> Option<Served> {
        self.served().get(&port).cloned()
    }

    /// The first that fits what is looked for. There are no sockets in files.
    pub(crate) fn find(&self, wanted: &FindListenerRequest) -> Option<SocketStateEntry> {
        if wanted.path.is_some() {
            return None;
        }
        let served = self.served();
        let (port, found) = served.iter().find(|(port, served)| {
            let is_at = wanted.port.is_none_or(|wanted| wanted == **port);
            let host = wanted.host.as_deref();
            is_at && host.is_none_or(|host| is_same_host(host, &served.host))
        })?;
        Some(SocketStateEntry {
            process_id: found.process.id.clone(),
            host: Some(found.host.clone()),
            port: Some(*port),
            path: None,
        })
    }
}

/// Whether what a client looks for is where a program listens.
fn is_same_host(wanted: &str, host: &str) -> bool {
    let kind = |host: &str| match host.parse::<IpAddr>() {
        Ok(address) => (address.is_loopback(), address.is_unspecified()),
        Err(_) => (host.eq_ignore_ascii_case("localhost"), false),
    };
    let ((loopback, any), (own_loopback, own_any)) = (kind(wanted), kind(host));
    let is_name = [wanted, host].contains(&"localhost");
    wanted == host
        || any && (own_loopback || own_any)
        || own_any && loopback
        || is_name && loopback && own_loopback
}

/// The ports of a VM, for one of its programs.
#[derive(Debug)]
pub(crate) struct OwnPorts {
    pub(crate) table: Arc<PortTable>,
    pub(crate) process: Arc<Process>,
}

impl Ports for OwnPorts {
    fn free(&self) -> Option<u16> {
        let (least, most) = self.table.range;
        let served = self.table.served();
        let preferred = least.max(EPHEMERAL.min(most))..=most;
        preferred
            .chain(least..=most)
            .find(|port| !served.contains_key(port))
    }

    fn listen(&self, host: &str, port: u16, permit: Permit) -> Result<Listener, PortError> {
        if !covers_port(&permit, port) {
            return Err(PortError::Permit);
        }
        let (least, most) = self.table.range;
        if !(least..=most).contains(&port) {
            return Err(PortError::Denied);
        }
        let mut served = self.table.served();
        if served.contains_key(&port) {
            return Err(PortError::InUse);
        }
        if served.len() >= MOST_PORTS {
            return Err(PortError::TooMany);
        }
        let (requests, incoming) = mpsc::channel(MOST_WAITING);
        served.insert(
            port,
            Served {
                process: Arc::clone(&self.process),
                host: host.to_owned(),
                requests,
            },
        );
        drop(served);
        let table = Arc::clone(&self.table);
        Ok(Listener::new(incoming, Place { table, port }))
    }
}

#[cfg(test)]
mod tests {
    use super::is_same_host;

    #[test]
    fn addresses_of_the_loopback_are_found_by_their_names() {
        for (wanted, host) in [
            ("127.0.0.1", "127.0.0.1"),
            ("0.0.0.0", "127.0.0.1"),
            ("::", "0.0.0.0"),
            ("127.0.0.1", "::"),
            ("localhost", "127.0.0.1"),
            ("::1", "localhost"),
        ] {
            assert!(is_same_host(wanted, host), "{wanted} {host}");
        }
        for (wanted, host) in [
            ("10.0.0.1", "127.0.0.1"),
            ("10.0.0.1", "::"),
            ("::1", "127.0.0.1"),
            ("example", "localhost"),
        ] {
            assert!(!is_same_host(wanted, host), "{wanted} {host}");
        }
    }
}
