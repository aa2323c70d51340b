//! The engine of a host: under one profile, behind one type.

use std::pin::Pin;
use std::sync::Arc;

use tollgate_bridge::{Guest, add_to_linker};
use tollgate_engine::cache::{Cache, CacheError};
use tollgate_engine::{
    CallError, Digest, Ended, Engine, EngineError, Entry, Live, LoadError, Loaded, Origin, Profile,
    RunError, RunProfile, RunWithFuel, Source, Surface, Usage, surface,
};
use wasmtime::component::{Component, Linker};

use crate::interface::Interface;

/// How components are compiled.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Compiling {
    /// On a thread of this process.
    #[default]
    InProcess,
}

/// A future of a program, which is the same whatever its profile is.
pub(crate) type Driving<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a run comes to.
pub(crate) type Ran = (Result<Ended, RunError>, Usage);

/// What an instantiation comes to.
pub(crate) type Instantiated = Result<Live<Guest>, (CallError, Usage)>;

/// A component that is compiled and linked, for whatever it is granted.
pub(crate) trait Program: Send + Sync {
    fn digest(&self) -> Digest;
    fn run<'a>(&'a self, guest: Guest, entry: &'a Entry) -> Driving<'a, Ran>;
    fn instantiate(&self, guest: Guest) -> Driving<'_, Instantiated>;
}

struct Ready<P: Profile> {
    engine: Arc<Engine<P>>,
    loaded: Loaded<Guest, P>,
}

impl<P: Profile> Program for Ready<P> {
    fn digest(&self) -> Digest {
        self.loaded.digest()
    }

    fn run<'a>(&'a self, guest: Guest, entry: &'a Entry) -> Driving<'a, Ran> {
        Box::pin(self.engine.run(&self.loaded, guest, entry))
    }

    fn instantiate(&self, guest: Guest) -> Driving<'_, Instantiated> {
        Box::pin(self.engine.instantiate(&self.loaded, guest))
    }
}

/// A compiled component on its way to being linked.
pub(crate) struct Compiled {
    component: Component,
    pub(crate) digest: Digest,
    pub(crate) surface: Surface,
    pub(crate) origin: Origin,
    pub(crate) trouble: Option<CacheError>,
}

/// The engine that a host has. All of its components are compiled under one profile.
pub(crate) enum Machine {
    Plain(Arc<Engine<RunProfile>>),
    Fuel(Arc<Engine<RunWithFuel>>),
}

impl Machine {
    pub(crate) fn new(count_fuel: bool) -> Result<Self, EngineError> {
        Ok(if count_fuel {
            Self::Fuel(Arc::new(Engine::new()?))
        } else {
            Self::Plain(Arc::new(Engine::new()?))
        })
    }

    pub(crate) fn counts_fuel(&self) -> bool {
        matches!(self, Self::Fuel(_))
    }

    /// Tries whether the host's interfaces and `own` go into one linker.
    pub(crate) fn try_linker(&self, own: &Interface) -> wasmtime::Result<()> {
        let engine = match self {
            Self::Plain(engine) => engine.wasmtime(),
            Self::Fuel(engine) => engine.wasmtime(),
        };
        let mut linker = Linker::new(engine);
        fill(&mut linker, std::slice::from_ref(own))
    }

    pub(crate) fn compile(
        &self,
        how: Compiling,
        source: &Source,
        cache: Option<&Cache>,
    ) -> Result<Compiled, LoadError> {
        let mut trouble = None;
        let warn = |error| trouble = Some(error);
        let (component, origin) = match (self, how) {
            (Self::Plain(engine), Compiling::InProcess) => engine.compile(source, cache, warn)?,
            (Self::Fuel(engine), Compiling::InProcess) => engine.compile(source, cache, warn)?,
        };
        Ok(Compiled {
            surface: surface(&component),
            digest: source.digest(),
            component,
            origin,
            trouble,
        })
    }

    /// Links against a linker that is made for this component and never changed or cloned after it was filled.
    pub(crate) fn link(
        &self,
        compiled: &Compiled,
        own: &[Interface],
    ) -> Result<Arc<dyn Program>, LoadError> {
        Ok(match self {
            Self::Plain(engine) => ready(engine, compiled, own)?,
            Self::Fuel(engine) => ready(engine, compiled, own)?,
        })
    }
}

fn ready<P: Profile>(
    engine: &Arc<Engine<P>>,
    compiled: &Compiled,
    own: &[Interface],
) -> Result<Arc<dyn Program>, LoadError> {
    let loaded = engine.link(compiled.digest, &compiled.component, |linker| {
        fill(linker, own)
    })?;
    Ok(Arc::new(Ready {
        engine: Arc::clone(engine),
        loaded,
    }))
}

fn fill(linker: &mut Linker<Guest>, own: &[Interface]) -> wasmtime::Result<()> {
    add_to_linker(linker)?;
    own.iter().try_for_each(|interface| interface.link(linker))
}
