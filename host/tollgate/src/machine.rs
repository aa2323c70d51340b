//! The engines of a host: each under a profile of its own, behind one type.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use tollgate_bridge::{Guest, add_to_linker};
use tollgate_engine::cache::{Cache, CacheError};
use tollgate_engine::code::Codes;
use tollgate_engine::{
    Bounds, CompileError, Compiled, Digest, EngineError, EngineOptions, Entry, Export, LoadError,
    Origin, Profile, RunLanguage, RunLanguageWithFuel, RunProfile, RunWithFuel, Source, Surface,
    exports, has_deep_stack, surface,
};
use wasmtime::component::Linker;

use crate::interface::Interface;
use crate::room::{Instantiated, Linked, Ran, Room};

/// A future of a program, which is the same whatever its profile is.
pub(crate) type Driving<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A component that is compiled and linked, for whatever it is granted.
pub(crate) trait Program: Send + Sync {
    fn digest(&self) -> Digest;
    fn counts_fuel(&self) -> bool;
    fn exports(&self) -> Vec<Export>;
    fn run<'a>(&'a self, guest: Guest, entry: &'a Entry) -> Driving<'a, Ran>;
    fn instantiate(&self, guest: Guest) -> Driving<'_, Instantiated>;
    fn codes(&self, cache: Option<Cache>) -> Option<Codes>;
}

impl<P: Profile> Program for Linked<P> {
    fn digest(&self) -> Digest {
        self.loaded.digest()
    }

    fn counts_fuel(&self) -> bool {
        P::FUEL
    }

    fn exports(&self) -> Vec<Export> {
        exports(self.loaded.component())
    }

    fn run<'a>(&'a self, guest: Guest, entry: &'a Entry) -> Driving<'a, Ran> {
        Box::pin(self.run(guest, entry))
    }

    fn instantiate(&self, guest: Guest) -> Driving<'_, Instantiated> {
        Box::pin(self.instantiate(guest))
    }

    fn codes(&self, cache: Option<Cache>) -> Option<Codes> {
        let (component, digest) = (self.loaded.component(), self.loaded.digest());
        Codes::new(self.engine(), component, digest, cache)
    }
}

/// Native code on its way to being linked.
pub(crate) struct Code {
    digest: Digest,
    sort: Sort,
    compiled: Compiled,
    pub(crate) surface: Surface,
}

impl Code {
    fn new(digest: Digest, sort: Sort, compiled: Compiled) -> Self {
        Self {
            digest,
            sort,
            surface: surface(&compiled.component),
            compiled,
        }
    }

    pub(crate) fn origin(&self) -> Origin {
        self.compiled.origin
    }

    pub(crate) fn trouble(&self) -> Option<Arc<CacheError>> {
        self.compiled.trouble.clone()
    }
}

/// Which engine a component runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sort {
    /// With the stack that languages need.
    pub(crate) is_deep: bool,
    /// Counting instructions.
    pub(crate) counts_fuel: bool,
}

/// An engine of any profile.
trait AnyRoom: Send + Sync {
    fn wasmtime(&self) -> &wasmtime::Engine;
    fn find<'a>(
        &'a self,
        digest: Digest,
        cache: &'a Cache,
    ) -> Driving<'a, Result<Option<Compiled>, CompileError>>;
    fn compile<'a>(
        &'a self,
        source: &'a Source,
        cache: Option<&'a Cache>,
        bounds: Bounds,
    ) -> Driving<'a, Result<Compiled, CompileError>>;
    fn link(&self, code: &Code, own: &Arc<[Interface]>) -> Result<Arc<dyn Program>, LoadError>;
}

impl<P: Profile> AnyRoom for Arc<Room<P>> {
    fn wasmtime(&self) -> &wasmtime::Engine {
        self.engine.wasmtime()
    }

    fn find<'a>(
        &'a self,
        digest: Digest,
        cache: &'a Cache,
    ) -> Driving<'a, Result<Option<Compiled>, CompileError>> {
        Box::pin(self.engine.find(digest, Some(cache)))
    }

    fn compile<'a>(
        &'a self,
        source: &'a Source,
        cache: Option<&'a Cache>,
        bounds: Bounds,
    ) -> Driving<'a, Result<Compiled, CompileError>> {
        Box::pin(self.engine.compile(source, cache, bounds))
    }

    fn link(&self, code: &Code, own: &Arc<[Interface]>) -> Result<Arc<dyn Program>, LoadError> {
        let component = &code.compiled.component;
        let linked = Linked::new(self, code.digest, component, own)?;
        Ok(Arc::new(linked))
    }
}

/// The engines of a host: the one that its components run in, and, once a component asks for one, those with the stack that
/// languages need, and those that count instructions.
pub(crate) struct Machine {
    counts_fuel: bool,
    /// Of each sort; see [`Machine::room`].
    rooms: [OnceLock<Box<dyn AnyRoom>>; 4],
    options: Options,
}

/// How the engines are made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) engine: EngineOptions,
    /// Whether there is room for guests beyond the pool.
    pub(crate) grows: bool,
}

impl Sort {
    fn room(self, options: Options) -> Result<Box<dyn AnyRoom>, EngineError> {
        let Options { engine, grows } = options;
        Ok(match (self.is_deep, self.counts_fuel) {
            (false, false) => Box::new(Arc::new(Room::<RunProfile>::new(engine, grows)?)),
            (false, true) => Box::new(Arc::new(Room::<RunWithFuel>::new(engine, grows)?)),
            (true, false) => Box::new(Arc::new(Room::<RunLanguage>::new(engine, grows)?)),
            (true, true) => Box::new(Arc::new(Room::<RunLanguageWithFuel>::new(engine, grows)?)),
        })
    }
}

impl Machine {
    pub(crate) fn new(counts_fuel: bool, options: Options) -> Result<Self, EngineError> {
        let machine = Self {
            counts_fuel,
            rooms: Default::default(),
            options,
        };
        // What cannot be made is said now.
        machine.room(machine.sort(false))?;
        Ok(machine)
    }

    /// What a component runs in where nothing else is asked for.
    pub(crate) fn sort(&self, is_deep: bool) -> Sort {
        Sort {
            is_deep,
            counts_fuel: self.counts_fuel,
        }
    }

    fn room(&self, sort: Sort) -> Result<&dyn AnyRoom, EngineError> {
        let [usual, usual_fuel, deep, deep_fuel] = &self.rooms;
        let room = match (sort.is_deep, sort.counts_fuel) {
            (false, false) => usual,
            (false, true) => usual_fuel,
            (true, false) => deep,
            (true, true) => deep_fuel,
        };
        if let Some(room) = room.get() {
            return Ok(room.as_ref());
        }
        // Made twice at once, one of the two goes.
        let made = sort.room(self.options.clone())?;
        Ok(room.get_or_init(|| made).as_ref())
    }

    /// Tries whether the host's interfaces and `own` go into one linker.
    pub(crate) fn try_linker(&self, own: &Interface) -> wasmtime::Result<()> {
        let room = self
            .room(self.sort(false))
            .map_err(|error| wasmtime::format_err!("{error}"))?;
        let mut linker = Linker::new(room.wasmtime());
        add_to_linker(&mut linker)?;
        own.link(&mut linker)
    }

    /// What was compiled before from what has this digest.
    pub(crate) async fn find(
        &self,
        digest: Digest,
        sort: Sort,
        cache: &Cache,
    ) -> Result<Option<Code>, crate::LoadError> {
        let found = self.room(sort)?.find(digest, cache).await;
        let found = found.map_err(LoadError::from)?;
        Ok(found.map(|compiled| Code::new(digest, sort, compiled)))
    }

    pub(crate) async fn compile(
        &self,
        source: &Source,
        counts_fuel: bool,
        cache: Option<&Cache>,
        bounds: Bounds,
    ) -> Result<Code, crate::LoadError> {
        let sort = Sort {
            is_deep: has_deep_stack(source.component()),
            counts_fuel,
        };
        let compiled = self.room(sort)?.compile(source, cache, bounds).await;
        let compiled = compiled.map_err(LoadError::from)?;
        Ok(Code::new(source.digest(), sort, compiled))
    }

    /// Links against a linker that is made for this component and never changed or cloned after it was filled.
    pub(crate) fn link(
        &self,
        code: &Code,
        own: &Arc<[Interface]>,
    ) -> Result<Arc<dyn Program>, crate::LoadError> {
        Ok(self.room(code.sort)?.link(code, own)?)
    }
}
