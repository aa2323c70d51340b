//! Where a guest is instantiated: in the pool of its engine, or, where that is full and the host is to go on all the same, in an
//! engine that maps for each guest.

use std::sync::{Arc, OnceLock};

use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};
use tollgate_bridge::{Guest, add_imported_to_linker};
use tollgate_engine::{
    CallError, Digest, Ended, Engine, EngineError, EngineOptions, Entry, Live, LoadError, Loaded,
    Pool, Profile, RunError, Usage,
};
use wasmtime::component::Component;

use crate::interface::{self, Interface};

/// What a run comes to.
pub(crate) type Ran = (Result<Ended, RunError>, Usage);

/// What an instantiation comes to.
pub(crate) type Instantiated = Result<Live<Guest>, (CallError, Usage)>;

/// An engine, and how many guests its pool has room for.
pub(crate) struct Room<P: Profile> {
    pub(crate) engine: Engine<P>,
    /// Where guests go on beyond the pool.
    beyond: Option<Beyond<P>>,
}

struct Beyond<P: Profile> {
    places: Arc<Semaphore>,
    options: EngineOptions,
    engine: OnceLock<Engine<P>>,
}

impl<P: Profile> Room<P> {
    pub(crate) fn new(options: EngineOptions, grows: bool) -> Result<Self, EngineError> {
        let Some(pool) = options.pool.filter(|_| grows) else {
            let engine = Engine::with(options)?;
            return Ok(Self {
                engine,
                beyond: None,
            });
        };
        let counted = EngineOptions {
            pool: Some(pool.counted()),
            ..options.clone()
        };
        let engine = Engine::with(counted)?;
        let beyond = engine.is_pooled().then(|| Beyond {
            places: Arc::new(Semaphore::new(pool.guests() as usize)),
            options: EngineOptions {
                pool: None,
                ..options
            },
            engine: OnceLock::new(),
        });
        Ok(Self { engine, beyond })
    }
}

impl<P: Profile> Beyond<P> {
    fn engine(&self) -> Result<&Engine<P>, EngineError> {
        if let Some(engine) = self.engine.get() {
            return Ok(engine);
        }
        // Made twice at once, one of the two goes.
        let made = Engine::with(self.options.clone())?;
        Ok(self.engine.get_or_init(|| made))
    }
}

/// A component that is linked in a room.
pub(crate) struct Linked<P: Profile> {
    room: Arc<Room<P>>,
    pub(crate) loaded: Loaded<Guest, P>,
    own: Arc<[Interface]>,
    /// What one guest takes of the pool; none where nobody can tell.
    places: Option<u32>,
    /// The same component for guests beyond the pool, once there is one.
    beyond: OnceCell<(Engine<P>, Loaded<Guest, P>)>,
}

/// Where one guest goes.
enum Place<'a, P: Profile> {
    Within(Option<OwnedSemaphorePermit>),
    Beyond(&'a (Engine<P>, Loaded<Guest, P>)),
}

impl<P: Profile> Linked<P> {
    pub(crate) fn new(
        room: &Arc<Room<P>>,
        digest: Digest,
        component: &Component,
        own: &Arc<[Interface]>,
    ) -> Result<Self, LoadError> {
        Ok(Self {
            loaded: link(&room.engine, digest, component, own)?,
            room: Arc::clone(room),
            own: Arc::clone(own),
            places: Pool::places(component),
            beyond: OnceCell::new(),
        })
    }

    pub(crate) fn counts_fuel(&self) -> bool {
        P::FUEL
    }

    pub(crate) fn engine(&self) -> &Engine<P> {
        &self.room.engine
    }

    async fn place(&self) -> Place<'_, P> {
        let Some(beyond) = &self.room.beyond else {
            return Place::Within(None);
        };
        let places = self.places.and_then(|places| {
            Arc::clone(&beyond.places)
                .try_acquire_many_owned(places)
                .ok()
        });
        if places.is_some() {
            return Place::Within(places);
        }
        let linked = self.beyond.get_or_try_init(|| self.linked_beyond(beyond));
        match linked.await {
            Ok(linked) => Place::Beyond(linked),
            // It fits or it does not: then the pool says that it is full.
            Err(NotBeyond) => Place::Within(None),
        }
    }

    async fn linked_beyond(
        &self,
        beyond: &Beyond<P>,
    ) -> Result<(Engine<P>, Loaded<Guest, P>), NotBeyond> {
        let engine = beyond.engine().map_err(|_| NotBeyond)?.clone();
        let (component, digest) = (self.loaded.component().clone(), self.loaded.digest());
        let own = Arc::clone(&self.own);
        // It takes long for a large component.
        let linking = tokio::task::spawn_blocking(move || {
            let component = engine.adopt(&component).map_err(|_| NotBeyond)?;
            let loaded = link(&engine, digest, &component, &own).map_err(|_| NotBeyond)?;
            Ok((engine, loaded))
        });
        linking.await.map_err(|_the_runtime_ended| NotBeyond)?
    }

    pub(crate) async fn run(&self, guest: Guest, entry: &Entry) -> Ran {
        match self.place().await {
            Place::Within(place) => {
                let ran = self.engine().run(&self.loaded, guest, entry).await;
                drop(place);
                ran
            }
            Place::Beyond((engine, loaded)) => engine.run(loaded, guest, entry).await,
        }
    }

    pub(crate) async fn instantiate(&self, guest: Guest) -> Instantiated {
        match self.place().await {
            Place::Within(place) => {
                let live = self.engine().instantiate(&self.loaded, guest).await?;
                Ok(match place {
                    Some(place) => live.holding(place),
                    None => live,
                })
            }
            Place::Beyond((engine, loaded)) => engine.instantiate(loaded, guest).await,
        }
    }
}

/// There is no engine beyond the pool.
struct NotBeyond;

/// Links a component in an engine.
fn link<P: Profile>(
    engine: &Engine<P>,
    digest: Digest,
    component: &Component,
    own: &[Interface],
) -> Result<Loaded<Guest, P>, LoadError> {
    engine.link(digest, component, |linker| {
        add_imported_to_linker(linker, component)?;
        interface::link(own, linker, component)
    })
}
