//! The engine of a host: under one profile, behind one type.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use tollgate_bridge::{Guest, add_imported_to_linker, add_to_linker};
use tollgate_engine::cache::{Cache, CacheError};
use tollgate_engine::code::Codes;
use tollgate_engine::{
    Bounds, CallError, Compiled, Digest, Ended, Engine, EngineError, EngineOptions, Entry, Live,
    LoadError, Loaded, Origin, Profile, RunError, RunLanguage, RunLanguageWithFuel, RunProfile,
    RunWithFuel, Source, Surface, Usage, has_deep_stack, surface,
};
use wasmtime::component::Linker;

use crate::interface::{self, Interface};

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
    fn codes(&self, cache: Option<Cache>) -> Option<Codes>;
}

struct Ready<P: Profile> {
    engine: Engine<P>,
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

    fn codes(&self, cache: Option<Cache>) -> Option<Codes> {
        let (component, digest) = (self.loaded.component(), self.loaded.digest());
        Codes::new(&self.engine, component, digest, cache)
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
    pub(crate) fn origin(&self) -> Origin {
        self.compiled.origin
    }

    pub(crate) fn trouble(&self) -> Option<Arc<CacheError>> {
        self.compiled.trouble.clone()
    }
}

/// The engine of one depth of stack, which counts fuel or does not.
enum Kind<P: Profile, F: Profile> {
    Plain(Engine<P>),
    Fuel(Engine<F>),
}

impl<P: Profile, F: Profile> Kind<P, F> {
    fn new(count_fuel: bool, options: EngineOptions) -> Result<Self, EngineError> {
        Ok(if count_fuel {
            Self::Fuel(Engine::with(options)?)
        } else {
            Self::Plain(Engine::with(options)?)
        })
    }

    async fn compile(
        &self,
        source: &Source,
        cache: Option<&Cache>,
        bounds: Bounds,
    ) -> Result<Compiled, LoadError> {
        Ok(match self {
            Self::Plain(engine) => engine.compile(source, cache, bounds).await?,
            Self::Fuel(engine) => engine.compile(source, cache, bounds).await?,
        })
    }

    fn link(&self, code: &Code, own: &[Interface]) -> Result<Arc<dyn Program>, LoadError> {
        Ok(match self {
            Self::Plain(engine) => ready(engine, code, own)?,
            Self::Fuel(engine) => ready(engine, code, own)?,
        })
    }
}

/// The engines of a host: the one that its components run in, and, once a component asks for it, one with the stack that
/// languages need.
pub(crate) struct Machine {
    usual: Kind<RunProfile, RunWithFuel>,
    deep: OnceLock<Kind<RunLanguage, RunLanguageWithFuel>>,
    options: EngineOptions,
}

impl Machine {
    pub(crate) fn new(count_fuel: bool, options: EngineOptions) -> Result<Self, EngineError> {
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
            Kind::Plain(engine) => engine.wasmtime(),
            Kind::Fuel(engine) => engine.wasmtime(),
        };
        let mut linker = Linker::new(engine);
        add_to_linker(&mut linker)?;
        own.link(&mut linker)
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
        Ok(Code {
            digest: source.digest(),
            is_deep,
            surface: surface(&compiled.component),
            compiled,
        })
    }

    /// Links against a linker that is made for this component and never changed or cloned after it was filled.
    pub(crate) fn link(
        &self,
        code: &Code,
        own: &[Interface],
    ) -> Result<Arc<dyn Program>, LoadError> {
        match self.deep.get() {
            Some(deep) if code.is_deep => deep.link(code, own),
            Some(_) | None => self.usual.link(code, own),
        }
    }
}

fn ready<P: Profile>(
    engine: &Engine<P>,
    code: &Code,
    own: &[Interface],
) -> Result<Arc<dyn Program>, LoadError> {
    let loaded = engine.link(code.digest, &code.compiled.component, |linker| {
        add_imported_to_linker(linker, &code.compiled.component)?;
        interface::link(own, linker, &code.compiled.component)
    })?;
    Ok(Arc::new(Ready {
        engine: engine.clone(),
        loaded,
    }))
}
