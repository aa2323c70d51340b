//! From a component's bytes to native code: found in the cache, or compiled under limits.

pub(crate) mod flights;
pub(crate) mod image;
pub(crate) mod outcome;
pub(crate) mod place;

use std::sync::Arc;
use std::time::Duration;

use wasmtime::component::Component;

use crate::cache::{Cache, CacheError, Entry, Key, from_this_process};
use crate::component::Source;
use crate::digest::Digest;
use crate::engine::Engine;
use crate::guarded::{Panicked, guarded};
use crate::merge;
use crate::profile::Profile;
use crate::time::Stopwatch;
use crate::worker;

use image::with_image;

pub use outcome::{Bounds, CompileError, Compiled, Origin};
pub use place::Compiling;

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
                        engine.compile_here(&source, cache.as_ref(), |error| {
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

    /// What was compiled from the source with `digest`, if it is in `cache`: for whoever knows the digest without the
    /// source, from a place that is trusted as the cache is.
    ///
    /// # Errors
    ///
    /// The thread that looks for it was lost.
    pub async fn find(
        &self,
        digest: Digest,
        cache: Option<&Cache>,
    ) -> Result<Option<Compiled>, CompileError> {
        let Some(cache) = cache.cloned() else {
            return Ok(None);
        };
        let engine = self.clone();
        blocking(move || Ok(engine.find_here(digest, &cache))).await
    }

    /// What another engine of the same profile has compiled, for this one.
    ///
    /// # Errors
    ///
    /// It is of another configuration.
    pub fn adopt(&self, component: &Component) -> Result<Component, CompileError> {
        let failed = |error: wasmtime::Error| CompileError::DoesNotFit(format!("{error:#}"));
        let artifact = component.serialize().map_err(failed)?;
        from_this_process(self.wasmtime(), &artifact).map_err(failed)
    }

    /// As [`Engine::find`], on this thread: for a process that does nothing else meanwhile, where a thread costs as much
    /// as the looking.
    #[must_use]
    pub fn find_here(&self, digest: Digest, cache: &Cache) -> Option<Compiled> {
        self.cached(digest, cache).map(|component| Compiled {
            component,
            origin: Origin::Cached,
            trouble: None,
        })
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
                None => from_this_process(engine.wasmtime(), &artifact)
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
        self.compile_here(source, cache, warn)
    }

    /// Compiles what is not in `cache`, and puts it there.
    fn compile_here(
        &self,
        source: &Source,
        cache: Option<&Cache>,
        warn: impl FnOnce(CacheError),
    ) -> Result<(Component, Origin), CompileError> {
        let watch = Stopwatch::start();
        let component = merge::compile::<P, _, _>(source.component(), |component| {
            guarded(|| Component::from_binary(self.wasmtime(), component))
                .map_err(|Panicked| CompileError::Unreadable)?
                .map(with_image)
                .map_err(|error| CompileError::Invalid(format!("{error:#}")))
        })?;
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
