//! The engine of a host: under one profile, behind one type.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use tollgate_bridge::{Guest, add_to_linker};
use tollgate_engine::cache::{Cache, CacheError};
use tollgate_engine::code::Codes;
use tollgate_engine::{
    Bounds, Compiled, Digest, EngineError, EngineOptions, Entry, LoadError, Origin, Profile,
    RunLanguage, RunLanguageWithFuel, RunProfile, RunWithFuel, Source, Surface, has_deep_stack,
    surface,
};
use wasmtime::component::Linker;

use crate::interface::Interface;
use crate::room::{Instantiated, Linked, Ran, Room};

/// A future of a program, which is the same whatever its profile is.
pub(crate) type Driving<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A component that is compiled and linked, for whatever it is granted.
pub(crate) trait Program: Send + Sync {
    fn digest(&self) -> Digest;
    fn run<'a>(&'a self, guest: Guest, entry: &'a Entry) -> Driving<'a, Ran>;
    fn instantiate(&self, guest: Guest) -> Driving<'_, Instantiated>;
    fn codes(&self, cache: Option<Cache>) -> Option<Codes>;
}

impl<P: Profile> Program for Linked<P> {
    fn digest(&self) -> Digest {
        self.loaded.digest()
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
    is_deep: bool,
    compiled: Compiled,
    pub(crate) surface: Surface,
}

impl Code {
    fn new(digest: Digest, is_deep: bool, compiled: Compiled) -> Self {
        Self {
            digest,
            is_deep,
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

/// The engine of one depth of stack, which counts fuel or does not.
enum Kind<P: Profile, F: Profile> {
    Plain(Arc<Room<P>>),
    Fuel(Arc<Room<F>>),
}

impl<P: Profile, F: Profile> Kind<P, F> {
    fn new(count_fuel: bool, options: Options) -> Result<Self, EngineError> {
        let Options { engine, grows } = options;
        Ok(if count_fuel {
            Self::Fuel(Arc::new(Room::new(engine, grows)?))
        } else {
            Self::Plain(Arc::new(Room::new(engine, grows)?))
        })
    }

    async fn find(&self, digest: Digest, cache: &Cache) -> Result<Option<Compiled>, LoadError> {
        Ok(match self {
            Self::Plain(room) => room.engine.find(digest, Some(cache)).await?,
            Self::Fuel(room) => room.engine.find(digest, Some(cache)).await?,
        })
    }

    async fn compile(
        &self,
        source: &Source,
        cache: Option<&Cache>,
        bounds: Bounds,
    ) -> Result<Compiled, LoadError> {
        Ok(match self {
            Self::Plain(room) => room.engine.compile(source, cache, bounds).await?,
            Self::Fuel(room) => room.engine.compile(source, cache, bounds).await?,
        })
    }

    fn link(&self, code: &Code, own: &Arc<[Interface]>) -> Result<Arc<dyn Program>, LoadError> {
        let (digest, component) = (code.digest, &code.compiled.component);
        Ok(match self {
            Self::Plain(room) => Arc::new(Linked::new(room, digest, component, own)?),
            Self::Fuel(room) => Arc::new(Linked::new(room, digest, component, own)?),
        })
    }
}

/// The engines of a host: the one that its components run in, and, once a component asks for it, one with the stack that
/// languages need.
pub(crate) struct Machine {
    usual: Kind<RunProfile, RunWithFuel>,
    deep: OnceLock<Kind<RunLanguage, RunLanguageWithFuel>>,
    options: Options,
}

/// How the engines are made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) engine: EngineOptions,
    /// Whether there is room for guests beyond the pool.
    pub(crate) grows: bool,
}

impl Machine {
    pub(crate) fn new(count_fuel: bool, options: Options) -> Result<Self, EngineError> {
        Ok(Self {
            usual: Kind::new(count_fuel, options.clone())?,
            deep: OnceLock::new(),
            options,
        })
    }

    pub(crate) fn counts_fuel(&self) -> bool {
        matches!(self.usual, Kind::Fuel(_))
    }

    fn deep(&self) -> Result<&Kind<RunLanguage, RunLanguageWithFuel>, EngineError> {
        if let Some(deep) = self.deep.get() {
            return Ok(deep);
        }
        // Made twice at once, one of the two goes.
        let made = Kind::new(self.counts_fuel(), self.options.clone())?;
        Ok(self.deep.get_or_init(|| made))
    }

    /// Tries whether the host's interfaces and `own` go into one linker.
    pub(crate) fn try_linker(&self, own: &Interface) -> wasmtime::Result<()> {
        let engine = match &self.usual {
            Kind::Plain(room) => room.engine.wasmtime(),
            Kind::Fuel(room) => room.engine.wasmtime(),
        };
        let mut linker = Linker::new(engine);
        add_to_linker(&mut linker)?;
        own.link(&mut linker)
    }

    /// What was compiled before from what has this digest.
    pub(crate) async fn find(
        &self,
        digest: Digest,
        is_deep: bool,
        cache: &Cache,
    ) -> Result<Option<Code>, crate::LoadError> {
        let found = if is_deep {
            self.deep()?.find(digest, cache).await?
        } else {
            self.usual.find(digest, cache).await?
        };
        Ok(found.map(|compiled| Code::new(digest, is_deep, compiled)))
    }

    pub(crate) async fn compile(
        &self,
        source: &Source,
        cache: Option<&Cache>,
        bounds: Bounds,
    ) -> Result<Code, crate::LoadError> {
        let is_deep = has_deep_stack(source.component());
        let compiled = if is_deep {
            self.deep()?.compile(source, cache, bounds).await?
        } else {
            self.usual.compile(source, cache, bounds).await?
        };
        Ok(Code::new(source.digest(), is_deep, compiled))
    }

    /// Links against a linker that is made for this component and never changed or cloned after it was filled.
    pub(crate) fn link(
        &self,
        code: &Code,
        own: &Arc<[Interface]>,
    ) -> Result<Arc<dyn Program>, LoadError> {
        match self.deep.get() {
            Some(deep) if code.is_deep => deep.link(code, own),
            Some(_) | None => self.usual.link(code, own),
        }
    }
}
