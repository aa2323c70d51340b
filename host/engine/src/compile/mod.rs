//! From a component's bytes to native code: found in the cache, or compiled under limits.

mod flights;

use std::sync::Arc;
use std::time::Duration;

use tollgate_policy::{LimitKey, Limits};
use wasmtime::component::Component;

use crate::cache::{Cache, CacheError, Entry, Key, from_worker};
use crate::component::Source;
use crate::digest::Digest;
use crate::guarded::{Panicked, guarded};
use crate::profile::{Engine, Profile};
use crate::time::Stopwatch;
use crate::worker::{self, Worker};

pub(crate) use flights::Flights;

/// Where components are compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compiling {
    /// In a process of its own, under limits of time and memory.
    Worker(Worker),
    /// In this process: a component that takes long takes a thread for as long, and memory without a limit but the
    /// static caps. For components that are trusted this far, and for tests.
    InProcess,
    /// Nowhere: only what is in the cache is run.
    Missing,
}

impl Default for Compiling {
    /// This program as its own worker, if it can be one.
    fn default() -> Self {
        Worker::this_program().map_or(Self::Missing, Self::Worker)
    }
}

/// What one compilation may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// From start to end.
    pub time: Duration,
    /// Memory of the worker, in bytes.
    pub memory: u64,
}

impl From<&Limits> for Bounds {
    fn from(limits: &Limits) -> Self {
        Self {
            time: limits.compile_time,
            memory: limits.compile_memory,
        }
    }
}

/// Why there is no native code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// Malformed, or using a feature that is switched off.
    #[error("the component is not valid: {0}")]
    Invalid(String),
    /// The compiler gave up on it.
    #[error("the component is built in a way that the compiler cannot take")]
    Unreadable,
    /// Compiling it takes too much.
    #[error("the {0} limit ended its compilation")]
    Limit(LimitKey),
    /// It needs more than one guest is given room for.
    #[error("the component does not fit this host: {0}")]
    DoesNotFit(String),
    /// No program to compile with was named, and this one is none.
    #[error(
        "compile-worker-missing: call `run_if_worker` first in `main`, name a worker program, or compile in process"
    )]
    WorkerMissing,
    /// The worker could not do its work.
    #[error("the compile worker failed: {0}")]
    Worker(String),
}

/// How a component came to be compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Compiled just now, which took so long.
    Compiled {
        /// How long.
        took: Duration,
        /// Bytes of the artifact, where one was made.
        artifact: Option<u64>,
    },
    /// Found in the cache.
    Cached,
}

/// Native code, and where it came from.
#[derive(Clone)]
pub struct Compiled {
    /// The code.
    pub component: Component,
    /// Where it came from.
    pub origin: Origin,
    /// The cache could not be written, which is no error of the component.
    pub trouble: Option<Arc<CacheError>>,
}

impl std::fmt::Debug for Compiled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compiled")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

impl<P: Profile> Engine<P> {
    /// Compiles `source` where the engine was told to, or finds it in `cache`. Whoever asks for a component that is
    /// just being compiled waits for that. Dropping the future ends the compilation, unless somebody else waits for it.
    ///
    /// # Errors
    ///
    /// The component is not valid, or takes too much; or there is nothing to compile it with.
    pub async fn compile(
        &self,
        source: &Source,
        cache: Option<&Cache>,
        bounds: Bounds,
    ) -> Result<Compiled, CompileError> {
        self.flights()
            .once(source.digest(), || {
                self.find_or_compile(source, cache, bounds)
            })
            .await
    }

    async fn find_or_compile(
        &self,
        source: &Source,
        cache: Option<&Cache>,
        bounds: Bounds,
    ) -> Result<Compiled, CompileError> {
        if let Some(found) = self.find(source.digest(), cache).await? {
            return Ok(found);
        }
        let _turn = self.flights().turn().await;
        let watch = Stopwatch::start();
        match self.compiling() {
            Compiling::Missing => Err(CompileError::WorkerMissing),
            Compiling::InProcess => {
                let (engine, source) = (self.clone(), source.clone());
                let cache = cache.cloned();
                blocking(move || {
                    let mut trouble = None;
                    let (component, origin) =
                        engine.compile_in_process(&source, cache.as_ref(), |error| {
                            trouble = Some(Arc::new(error))
                        })?;
                    Ok(Compiled {
                        component,
                        origin,
                        trouble,
                    })
                })
                .await
            }
            Compiling::Worker(worker) => {
                let artifact = worker::compile(worker, P::NAME, source.component(), bounds).await?;
                self.keep(source.digest(), artifact, watch.reading(), cache)
                    .await
            }
        }
    }

    async fn find(
        &self,
        digest: Digest,
        cache: Option<&Cache>,
    ) -> Result<Option<Compiled>, CompileError> {
        let Some(cache) = cache.cloned() else {
            return Ok(None);
        };
        let engine = self.clone();
        blocking(move || {
            Ok(engine.cached(digest, &cache).map(|component| Compiled {
                component,
                origin: Origin::Cached,
                trouble: None,
            }))
        })
        .await
    }

    /// Puts what a worker made into the cache and maps it from there, so that every run of it shares its pages.
    async fn keep(
        &self,
        digest: Digest,
        artifact: Vec<u8>,
        took: Duration,
        cache: Option<&Cache>,
    ) -> Result<Compiled, CompileError> {
        let (engine, cache) = (self.clone(), cache.cloned());
        blocking(move || {
            let trouble = cache
                .as_ref()
                .and_then(|cache| engine.put(digest, &artifact, took, cache).err());
            let mapped = match (&cache, &trouble) {
                (Some(cache), None) => engine.cached(digest, cache),
                _ => None,
            };
            let component = match mapped {
                Some(component) => component,
                None => from_worker(engine.wasmtime(), &artifact)
                    .map_err(|error| CompileError::DoesNotFit(format!("{error:#}")))?,
            };
            Ok(Compiled {
                component,
                origin: Origin::Compiled {
                    took,
                    artifact: Some(artifact.len() as u64),
                },
                trouble: trouble.map(Arc::new),
            })
        })
        .await
    }

    /// Compiles `source` on this thread, without a limit but the static caps, or finds it in `cache`.
    ///
    /// # Errors
    ///
    /// The component is not valid. A cache that cannot be written is no error of the component: it is handed to
    /// `warn`.
    pub fn compile_in_process(
        &self,
        source: &Source,
        cache: Option<&Cache>,
        warn: impl FnOnce(CacheError),
    ) -> Result<(Component, Origin), CompileError> {
        if let Some(component) = cache.and_then(|cache| self.cached(source.digest(), cache)) {
            return Ok((component, Origin::Cached));
        }
        let watch = Stopwatch::start();
        let component = guarded(|| Component::from_binary(self.wasmtime(), source.component()))
            .map_err(|Panicked| CompileError::Unreadable)?
            .map_err(|error| CompileError::Invalid(format!("{error:#}")))?;
        let took = watch.reading();
        let Some(cache) = cache else {
            let artifact = None;
            return Ok((component, Origin::Compiled { took, artifact }));
        };
        let artifact = component
            .serialize()
            .map_err(|error| CompileError::Invalid(format!("{error:#}")))?;
        if let Err(error) = self.put(source.digest(), &artifact, took, cache) {
            warn(error);
        }
        let artifact = Some(artifact.len() as u64);
        Ok((component, Origin::Compiled { took, artifact }))
    }

    fn cached(&self, digest: Digest, cache: &Cache) -> Option<Component> {
        cache.get(&Key::new(self.wasmtime(), P::NAME, digest), self.wasmtime())
    }

    fn put(
        &self,
        digest: Digest,
        artifact: &[u8],
        took: Duration,
        cache: &Cache,
    ) -> Result<(), CacheError> {
        let about = Entry {
            component: digest.to_string(),
            profile: P::NAME.to_owned(),
            bytes: artifact.len() as u64,
            artifact: Digest::of(artifact).to_string(),
            compile_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        };
        let key = Key::new(self.wasmtime(), P::NAME, digest);
        cache.put(&key, artifact, &about)
    }
}

/// Runs what may wait for the disk, or compute for long, away from the threads that serve guests.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, CompileError> + Send + 'static,
) -> Result<T, CompileError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or(Err(CompileError::Unreadable))
}
