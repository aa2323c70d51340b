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

/// A future of an engine, which is the same whatever its profile is.
type Driving<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A component that is compiled and linked, for whatever it is granted, under the profile of its engine.
///
/// Not behind a trait: what drives a guest would be put into a box for each run then, and is two kilobytes.
pub(crate) enum Program {
    Usual(Linked<RunProfile>),
    UsualWithFuel(Linked<RunWithFuel>),
    Language(Linked<RunLanguage>),
    LanguageWithFuel(Linked<RunLanguageWithFuel>),
}

/// The same of each, whatever its profile is.
macro_rules! of {
    ($program:expr, $linked:ident => $what:expr) => {
        match $program {
            Program::Usual($linked) => $what,
            Program::UsualWithFuel($linked) => $what,
            Program::Language($linked) => $what,
            Program::LanguageWithFuel($linked) => $what,
        }
    };
}

impl Program {
    pub(crate) fn digest(&self) -> Digest {
        of!(self, linked => linked.loaded.digest())
    }

    pub(crate) fn counts_fuel(&self) -> bool {
        of!(self, linked => linked.counts_fuel())
    }

    pub(crate) fn exports(&self) -> Vec<Export> {
        of!(self, linked => exports(linked.loaded.component()))
    }

    pub(crate) async fn run(&self, guest: Guest, entry: &Entry) -> Ran {
        of!(self, linked => linked.run(guest, entry).await)
    }

    pub(crate) async fn instantiate(&self, guest: Guest) -> Instantiated {
        of!(self, linked => linked.instantiate(guest).await)
    }

    pub(crate) fn codes(&self, cache: Option<Cache>) -> Option<Codes> {
        of!(self, linked => {
            let (component, digest) = (linked.loaded.component(), linked.loaded.digest());
            Codes::new(linked.engine(), component, digest, cache)
        })
    }
}

/// A profile that components are run under.
trait Runs: Profile + Sized {
    fn program(linked: Linked<Self>) -> Program;
}

impl Runs for RunProfile {
    fn program(linked: Linked<Self>) -> Program {
        Program::Usual(linked)
    }
}

impl Runs for RunWithFuel {
    fn program(linked: Linked<Self>) -> Program {
        Program::UsualWithFuel(linked)
    }
}

impl Runs for RunLanguage {
    fn program(linked: Linked<Self>) -> Program {
        Program::Language(linked)
    }
}

impl Runs for RunLanguageWithFuel {
    fn program(linked: Linked<Self>) -> Program {
        Program::LanguageWithFuel(linked)
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
    fn link(&self, code: &Code, own: &Arc<[Interface]>) -> Result<Program, LoadError>;
}

impl<P: Runs> AnyRoom for Arc<Room<P>> {
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

    fn link(&self, code: &Code, own: &Arc<[Interface]>) -> Result<Program, LoadError> {
        let component = &code.compiled.component;
        let linked = Linked::new(self, code.digest, component, own)?;
        Ok(P::program(linked))
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
    ) -> Result<Program, crate::LoadError> {
        Ok(self.room(code.sort)?.link(code, own)?)
    }
}
