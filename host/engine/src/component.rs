//! A component that is ready to run: compiled, linked once, and known by its digest.

use std::fmt;

use sha2::{Digest as _, Sha256};
use wasmtime::component::{Component, InstancePre, Linker};

use crate::adapt::{AdaptError, adapt};
use crate::caps::{CapError, check_caps};
use crate::profile::{Engine, Profile, Run};
use crate::source::{Kind, NotWebAssembly, detect};

/// The SHA-256 of a component or module as it was given.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

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
    /// Malformed, or using a feature that is switched off.
    #[error("the component is not valid: {0}")]
    Invalid(String),
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
    component: Vec<u8>,
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
        check_caps(&bytes)?;
        let component = match kind {
            Kind::Component => bytes,
            Kind::Module => adapt(&bytes)?,
        };
        Ok(Self { digest, kind, component })
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
        f.debug_struct("Loaded").field("digest", &self.digest).field("profile", &P::NAME).finish_non_exhaustive()
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
    /// Compiles `source` and links it against what `link` puts into a linker.
    ///
    /// # Errors
    ///
    /// The component is not valid, or imports what the host does not provide.
    pub fn load<T: Send + 'static>(
        &self,
        source: &Source,
        link: impl FnOnce(&mut Linker<T>) -> wasmtime::Result<()>,
    ) -> Result<Loaded<T, P>, LoadError> {
        let component = Component::from_binary(self.wasmtime(), source.component())
            .map_err(|error| LoadError::Invalid(format!("{error:#}")))?;
        let mut linker = Linker::new(self.wasmtime());
        link(&mut linker).map_err(|error| LoadError::Linker(format!("{error:#}")))?;
        let pre =
            linker.instantiate_pre(&component).map_err(|error| LoadError::Import(format!("{error:#}")))?;
        Ok(Loaded { digest: source.digest(), pre, profile: std::marker::PhantomData })
    }
}
