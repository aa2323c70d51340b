//! Looking up names.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tollgate_policy::{Permit, Scope};

/// The most addresses that one lookup hands on. A zone can list thousands; nobody dials more than a few.
pub(super) const MOST_ADDRESSES: usize = 64;

/// The most lookups that the system works on at once, for all guests of a process. Each holds a thread until the system
/// gives up, which can take half a minute.
pub(super) const MOST_LOOKUPS: usize = 64;

/// The most of them that one resolver has under way, so that one guest's slow names leave room for others'.
pub(super) const MOST_LOOKUPS_EACH: usize = 8;

static ROOM: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(MOST_LOOKUPS)));

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

/// The system's resolver: its hosts file, its name servers, in the order that it is set up for. Made anew for each run,
/// since it bounds what one has under way; a clone is the same run's.
#[derive(Debug, Clone)]
pub struct SystemResolver {
    own: Arc<Semaphore>,
}

impl Default for SystemResolver {
    fn default() -> Self {
        Self {
            own: Arc::new(Semaphore::new(MOST_LOOKUPS_EACH)),
        }
    }
}

impl Resolver for SystemResolver {
    fn lookup<'a>(&'a self, name: &'a str) -> Lookup<'a> {
        Box::pin(async move {
            let own = place(&self.own).await?;
            let room = place(&ROOM).await?;
            let name = name.to_owned();
            // The system's lookup cannot be taken back: its places are kept until it ends, also when nobody waits.
            let answer = tokio::spawn(async move {
                let _places = (own, room);
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

async fn place(room: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, ResolveError> {
    let place = Arc::clone(room).acquire_owned().await;
    place.map_err(|_| ResolveError::Temporary)
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
