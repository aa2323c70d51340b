//! What a run asks for: the code of a text.

use std::sync::{Arc, OnceLock};

use sha2::{Digest as _, Sha256};
use wasmtime::component::{ComponentType, Lower};

use super::bounds::{LEAST_TEXT, LONGEST_NAME, MOST_TEXTS};
use super::pack::Name;
use crate::digest::Digest;

/// How a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
pub enum Form {
    /// An ES module.
    #[component(name = "module")]
    Module,
    /// A CommonJS module.
    #[component(name = "commonjs")]
    CommonJs,
    /// JSON, which has no code.
    #[component(name = "json")]
    Json,
}

/// A text of a program, digested once and where it is needed. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Text(Arc<(Box<str>, OnceLock<Digest>)>);

impl Text {
    /// A text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(Arc::new((text.into(), OnceLock::new())))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0.0
    }

    pub(super) fn digest(&self) -> Digest {
        *self.0.1.get_or_init(|| Digest::of(self.0.0.as_bytes()))
    }
}

/// A text that a runtime is about to compile.
#[derive(Debug, Clone)]
pub struct Asked {
    /// How it is read.
    pub form: Form,
    /// What the runtime calls it by.
    pub name: String,
    /// The text itself.
    pub text: Text,
}

impl Asked {
    pub(super) fn hash(&self) -> Name {
        let form = match self.form {
            Form::Module => 0_u8,
            Form::CommonJs => 1,
            Form::Json => 2,
        };
        let mut hash = Sha256::new();
        hash.update([form]);
        for part in [&self.name, &self.text.digest().to_string()] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }

    pub(super) fn is_worth_it(&self) -> bool {
        self.form != Form::Json
            && (LEAST_TEXT..=MOST_TEXTS).contains(&self.text.as_str().len())
            && self.name.len() <= LONGEST_NAME
    }
}
