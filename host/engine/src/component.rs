//! A component that is ready to run: compiled, linked once, and known by its digest.

use std::fmt;
use std::sync::Arc;

use wasmtime::component::{Component, InstancePre, Linker};

use crate::adapt::{AdaptError, adapt};
use crate::caps::{CapError, check_caps};
use crate::compile::outcome::CompileError;
use crate::digest::Digest;
use crate::engine::Engine;
use crate::guarded::{Panicked, guarded};
use crate::profile::{Profile, Run};
use crate::release::is_p3;
use crate::source::{Kind, NotWebAssembly, detect};

/// Why something was refused before its first instruction.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Not WebAssembly, or not a kind that is run.
    #[error(transparent)]
    NotWebAssembly(#[from] NotWebAssembly),
    /// A core module that cannot be adapted.
    #[error(transparent)]
    Adapt(#[from] AdaptError),
    /// Over a static cap.
    #[error(transparent)]
    Cap(#[from] CapError),
    /// The reader of the binary gave up on it.
    #[error("the component is built in a way that its reader cannot take")]
    Unreadable,
    /// It cannot be compiled.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// An import that the host does not provide.
    #[error("the component cannot be linked: {0}")]
    Import(String),
    /// The host's own linker could not be filled.
    #[error("the host's interfaces cannot be linked: {0}")]
    Linker(String),
}

/// Bytes that have been recognised, adapted where needed, and held against the static caps: parsed, not compiled.
#[derive(Debug, Clone)]
pub struct Source {
    digest: Digest,
    kind: Kind,
    component: Arc<[u8]>,
    is_p3: bool,
}

impl Source {
    /// Recognises `bytes`, adapting a WASI 0.1 module to a component.
    ///
    /// # Errors
    ///
    /// They are not something that can be run.
    pub fn new(bytes: Vec<u8>) -> Result<Self, LoadError> {
        let kind = detect(&bytes)?;
        let digest = Digest::of(&bytes);
        guarded(|| check_caps(&bytes)).map_err(|Panicked| LoadError::Unreadable)??;
        let component = match kind {
            Kind::Component => bytes,
            Kind::Module => {
                guarded(|| adapt(&bytes)).map_err(|Panicked| LoadError::Unreadable)??
            }
        };
        let is_p3 = guarded(|| is_p3(&component)).map_err(|Panicked| LoadError::Unreadable)?;
        Ok(Self {
            digest,
            kind,
            component: component.into(),
            is_p3,
        })
    }

    /// The digest of what was given (of the module itself, when it was adapted).
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// What was given.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether it is built for WASI 0.3, which only some profiles run.
    #[must_use]
    pub fn is_p3(&self) -> bool {
        self.is_p3
    }

    /// The component's binary.
    #[must_use]
    pub fn component(&self) -> &[u8] {
        &self.component
    }
}

/// A component, compiled under profile `P` and pre-instantiated for stores that hold a `T`. There is one
/// pre-instantiation for a component, whatever it is granted.
pub struct Loaded<T: 'static, P: Profile = Run> {
    digest: Digest,
    pre: InstancePre<T>,
    profile: std::marker::PhantomData<P>,
}

impl<T, P: Profile> fmt::Debug for Loaded<T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loaded")
            .field("digest", &self.digest)
            .field("profile", &P::NAME)
            .finish_non_exhaustive()
    }
}

impl<T, P: Profile> Loaded<T, P> {
    /// The digest of what was given.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The component's type, for looking at what it imports and exports.
    #[must_use]
    pub fn component(&self) -> &Component {
        self.pre.component()
    }

    pub(crate) fn pre(&self) -> &InstancePre<T> {
        &self.pre
    }
}

impl<P: Profile> Engine<P> {
    /// Links a compiled component against what `link` puts into a linker.
    ///
    /// # Errors
    ///
    /// The component imports what the host does not provide.
    pub fn link<T: Send + 'static>(
        &self,
        digest: Digest,
        component: &Component,
        link: impl FnOnce(&mut Linker<T>) -> wasmtime::Result<()>,
    ) -> Result<Loaded<T, P>, LoadError> {
        let mut linker = Linker::new(self.wasmtime());
        link(&mut linker).map_err(|error| LoadError::Linker(format!("{error:#}")))?;
        let pre = linker
            .instantiate_pre(component)
            .map_err(|error| LoadError::Import(format!("{error:#}")))?;
        Ok(Loaded {
            digest,
            pre,
            profile: std::marker::PhantomData,
        })
    }
}
