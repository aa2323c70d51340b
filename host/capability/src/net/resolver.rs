//! Looking up names.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tollgate_policy::{Permit, Scope};

/// The most addresses that one lookup hands on. A zone can list thousands; nobody dials more than a few.
const MOST_ADDRESSES: usize = 64;

/// The most lookups of one resolver that the system works on at once. Each holds a thread until the system gives up.
const MOST_LOOKUPS: usize = 16;

/// Why a name gave no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// The permit is for something else.
    #[error(transparent)]
    Permit(#[from] crate::WrongPermit),
    /// There is no such name, or it has no address.
    #[error("the name has no address")]
    NoAddress,
    /// The resolver could not be asked, or did not answer; later it may.
    #[error("the resolver gives no answer")]
    Temporary,
}

/// A lookup under way. Dropping it gives up.
pub type Lookup<'a> = Pin<Box<dyn Future<Output = Result<Vec<IpAddr>, ResolveError>> + Send + 'a>>;

/// Where names are looked up: the system's way, or an embedder's own.
pub trait Resolver: Send + Sync {
    /// The addresses of `name`, in the order of preference.
    fn lookup<'a>(&'a self, name: &'a str) -> Lookup<'a>;
}

/// The system's resolver: its hosts file, its name servers, in the order that it is set up for.
#[derive(Debug, Clone)]
pub struct SystemResolver {
    room: Arc<Semaphore>,
}

impl Default for SystemResolver {
    fn default() -> Self {
        Self {
            room: Arc::new(Semaphore::new(MOST_LOOKUPS)),
        }
    }
}

impl Resolver for SystemResolver {
    fn lookup<'a>(&'a self, name: &'a str) -> Lookup<'a> {
        Box::pin(async move {
            let room = Arc::clone(&self.room)
                .acquire_owned()
                .await
                .map_err(|_| ResolveError::Temporary)?;
            let name = name.to_owned();
            // The system's lookup cannot be taken back: the place is kept until it ends, also when nobody waits.
            let answer = tokio::spawn(async move {
                let _room = room;
                tokio::net::lookup_host((name.as_str(), 0))
                    .await
                    .map(|found| found.map(|address| address.ip()).collect::<Vec<_>>())
            })
            .await
            .map_err(|_| ResolveError::Temporary)?;
            answer.map_err(|error| failure(&error))
        })
    }
}

/// The standard library keeps the resolver's own codes only as text, so that what is not known to be temporary is final.
fn failure(error: &io::Error) -> ResolveError {
    let text = error.to_string();
    let again = ["Temporary failure", "Try again", "try again"];
    if again.iter().any(|hint| text.contains(hint)) {
        ResolveError::Temporary
    } else {
        ResolveError::NoAddress
    }
}

/// Asks `resolver` for `name`: at most [`MOST_ADDRESSES`], without repetition, in its order.
///
/// # Errors
///
/// The permit is neither for a lookup nor for an HTTP request whose address is not known yet; or what the resolver says.
pub async fn resolve(
    resolver: &dyn Resolver,
    name: &str,
    permit: Permit,
) -> Result<Vec<IpAddr>, ResolveError> {
    if !permit.covers_resolve() && permit.scope() != Scope::Http {
        return Err(crate::WrongPermit.into());
    }
    let mut addresses = Vec::new();
    for address in resolver.lookup(name).await? {
        if addresses.len() < MOST_ADDRESSES && !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    if addresses.is_empty() {
        return Err(ResolveError::NoAddress);
    }
    Ok(addresses)
}
