//! From bytes, or the name of what was compiled before, to something that runs.

use std::sync::Arc;

use tollgate::interface;
use tollgate_bridge::{Guest, Request, add_imported_to_linker, add_p3_to_linker, check, requests};
use tollgate_engine::cache::{Cache, Runner};
use tollgate_engine::{
    Compiled, Digest, Engine, LoadError, Loaded, Profile, Source, Surface, has_deep_stack, surface,
};
use tollgate_policy::Effective;
use tollgate_sidecar::control as plane;

use super::{compile, control};
use crate::exit::Failure;

/// What is to be compiled, by its digest.
pub(crate) enum Code {
    /// At hand.
    Bytes(Vec<u8>, Digest),
    /// Part of this binary, and touched only where nothing was compiled from it yet.
    Within(&'static [u8], Digest),
    /// Read where nothing was compiled from it yet.
    Runner(Runner),
}

impl Code {
    pub(crate) fn bytes(bytes: Vec<u8>) -> Self {
        let digest = Digest::of(&bytes);
        Self::Bytes(bytes, digest)
    }

    /// Whether it says of itself that it needs the stack of languages.
    pub(crate) fn has_deep_stack(&self) -> bool {
        match self {
            Self::Bytes(bytes, _) => has_deep_stack(bytes),
            Self::Within(..) | Self::Runner(_) => true,
        }
    }

    pub(crate) fn digest(&self) -> Digest {
        match self {
            Self::Bytes(_, digest) | Self::Within(_, digest) => *digest,
            Self::Runner(runner) => runner.digest(),
        }
    }
}

/// What a component with this surface may ask for: of the host, and of a sidecar.
pub(crate) fn requested(surface: &Surface) -> Vec<Request> {
    let mut requested = requests(surface);
    if control::is_asked_for(surface) {
        requested.extend(interface::requests(&plane::interfaces(), surface));
    }
    requested
}

/// What turns bytes into something that runs.
pub(crate) struct Loader {
    pub(crate) file: String,
    pub(crate) policy: Arc<Effective>,
}

/// What runs, and the cache that it was found in or put into.
pub(crate) struct Ready<P: Profile> {
    pub(crate) engine: Engine<P>,
    pub(crate) loaded: Loaded<Guest, P>,
    pub(crate) surface: Surface,
    pub(crate) cache: Option<Cache>,
}

impl Loader {
    pub(crate) async fn load<P: Profile>(&self, code: Code) -> Result<Ready<P>, Failure> {
        let engine = Engine::new()?;
        let digest = code.digest();
        let cache = compile::cache();
        let Compiled { component, .. } = self.compiled(&engine, code, cache.as_ref()).await?;
        let surface = surface(&component);
        let loaded = engine
            .link(digest, &component, |linker| {
                add_imported_to_linker(linker, &component)?;
                if control::is_asked_for(&surface) {
                    interface::link(&plane::interfaces(), linker, &component)?;
                }
                if P::ASYNC {
                    add_p3_to_linker(linker)?;
                }
                Ok(())
            })
            .map_err(|cause| self.failed(cause))?;
        // What could not be denied at run time is denied now.
        check(&requested(&surface), &self.policy).map_err(|cause| Failure::Inexpressible {
            file: self.file.clone(),
            cause,
        })?;
        Ok(Ready {
            engine,
            loaded,
            surface,
            cache,
        })
    }

    async fn compiled<P: Profile>(
        &self,
        engine: &Engine<P>,
        code: Code,
        cache: Option<&Cache>,
    ) -> Result<Compiled, Failure> {
        // What was compiled before was looked at before, too.
        let found = cache.and_then(|cache| engine.find_here(code.digest(), cache));
        if let Some(found) = found {
            return Ok(found);
        }
        let bytes = match code {
            Code::Bytes(bytes, _) => bytes,
            Code::Within(bytes, _) => bytes.to_vec(),
            Code::Runner(runner) => {
                let bytes = runner.read().map_err(Failure::Runner)?;
                bytes.ok_or(Failure::NoRunner)?
            }
        };
        // On a thread of its own, so that a signal ends the command while a large file is looked at.
        let source = tokio::task::spawn_blocking(move || Source::new(bytes))
            .await
            .map_err(|error| Failure::Host(error.to_string()))?
            .map_err(|cause| self.failed(cause))?;
        let limits = self.policy.limits();
        compile::component(engine, &source, &self.file, cache, &limits).await
    }

    fn failed(&self, cause: LoadError) -> Failure {
        Failure::Load {
            file: self.file.clone(),
            cause,
        }
    }
}
