//! A folder's entries as a stream: the listing is opened and each entry read when the guest asks for it.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::sync::Mutex;
use tollgate_engine::Gate;
use tollgate_vfs::DirHandle;
use tollgate_world::p3::wasi::filesystem::types::{DirectoryEntry, ErrorCode};
use wasmtime::StoreContextMut;
use wasmtime::component::{Destination, StreamProducer, StreamResult, VecBuffer};

use super::convert;
use crate::filesystem::listing::Listing;
use crate::filesystem::pass::Undone;
use crate::fixed::ENTRY_BATCH;
use crate::p3::streams::Told;

const IMPORT: &str = "wasi:filesystem/types@0.3#[method]descriptor.read-directory";

/// A listing as far as it has come. What was read stands in it before the wait for its record, so that a wait may be
/// dropped.
struct Walk {
    gate: Gate,
    dir: DirHandle,
    listing: Option<Listing>,
    /// Read, and not given to the guest yet.
    read: VecDeque<DirectoryEntry>,
    ended: bool,
}

impl Walk {
    async fn step(&mut self) -> Result<(), Undone> {
        let listing = match &mut self.listing {
            Some(listing) => listing,
            unopened @ None => {
                let opened = Listing::open(&self.gate, IMPORT, &self.dir).await?;
                unopened.insert(opened)
            }
        };
        let (read, ended) = (&mut self.read, &mut self.ended);
        let keep = |entry: Option<_>| match entry {
            Some(entry) => read.push_back(convert::entry(entry)),
            None => *ended = true,
        };
        listing.next(&self.gate, IMPORT, keep).await
    }
}

type Stepping = Pin<Box<dyn Future<Output = Result<(), Undone>> + Send>>;

/// Produces the entries of a folder.
pub(super) struct Entries {
    walk: Arc<Mutex<Walk>>,
    stepping: Option<Stepping>,
    told: Told<ErrorCode>,
}

/// What one poll of a walk comes to.
enum Turn {
    /// These are for the guest; the walk goes on.
    More(Vec<DirectoryEntry>),
    /// These are, and it is over.
    Last(Vec<DirectoryEntry>),
    /// There is nothing yet.
    Nothing,
}

impl Entries {
    pub(super) fn new(gate: Gate, dir: DirHandle, told: Told<ErrorCode>) -> Self {
        let walk = Walk {
            gate,
            dir,
            listing: None,
            read: VecDeque::new(),
            ended: false,
        };
        Self {
            walk: Arc::new(Mutex::new(walk)),
            stepping: None,
            told,
        }
    }

    /// What may be given now, unless a step holds the walk.
    fn turn(&self, most: usize) -> Turn {
        let Ok(mut walk) = self.walk.try_lock() else {
            return Turn::Nothing;
        };
        let count = walk.read.len().min(most);
        let entries: Vec<_> = walk.read.drain(..count).collect();
        if walk.ended && walk.read.is_empty() {
            Turn::Last(entries)
        } else if entries.is_empty() {
            Turn::Nothing
        } else {
            Turn::More(entries)
        }
    }

    /// Walks until there are `most` entries, the end, or a wait. Whether it waits is said.
    fn walk(&mut self, most: usize, context: &mut Context<'_>) -> Result<bool, Undone> {
        for _ in 0..most {
            let enough = |walk: &Walk| walk.ended || walk.read.len() >= most;
            if self.stepping.is_none() && self.walk.try_lock().is_ok_and(|walk| enough(&walk)) {
                return Ok(false);
            }
            let mut stepping = match self.stepping.take() {
                Some(stepping) => stepping,
                None => {
                    let walk = Arc::clone(&self.walk);
                    Box::pin(async move { walk.lock_owned().await.step().await })
                }
            };
            match stepping.as_mut().poll(context) {
                Poll::Ready(result) => result?,
                Poll::Pending => {
                    self.stepping = Some(stepping);
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

impl<D> StreamProducer<D> for Entries {
    type Item = DirectoryEntry;
    type Buffer = VecBuffer<DirectoryEntry>;

    fn poll_produce<'a>(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut store: StoreContextMut<'a, D>,
        mut destination: Destination<'a, Self::Item, Self::Buffer>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        let room = destination.remaining(&mut store).unwrap_or(ENTRY_BATCH);
        // A guest that reads nothing asks whether there is something: a folder is always ready to say.
        if room == 0 {
            return Poll::Ready(Ok(StreamResult::Completed));
        }
        let most = room.min(ENTRY_BATCH);
        let waits = match self.walk(most, context) {
            Ok(waits) => waits,
            Err(Undone::Stop(stop)) => return Poll::Ready(Err(stop.into())),
            Err(Undone::Denied(_, error) | Undone::Code(error)) => {
                self.told.tell(Err(error.into()));
                if let Turn::More(entries) | Turn::Last(entries) = self.turn(most) {
                    destination.set_buffer(entries.into());
                }
                return Poll::Ready(Ok(StreamResult::Dropped));
            }
        };
        if waits && finish {
            self.stepping = None;
        }
        match self.turn(most) {
            Turn::More(entries) => {
                destination.set_buffer(entries.into());
                Poll::Ready(Ok(StreamResult::Completed))
            }
            Turn::Last(entries) => {
                self.told.tell(Ok(()));
                destination.set_buffer(entries.into());
                Poll::Ready(Ok(StreamResult::Dropped))
            }
            Turn::Nothing if finish => Poll::Ready(Ok(StreamResult::Cancelled)),
            Turn::Nothing => Poll::Pending,
        }
    }
}
