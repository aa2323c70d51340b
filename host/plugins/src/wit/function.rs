//! One function that a component exports.

use std::sync::Arc;

use super::limits::MAX_FUNCTION_BYTES;
use super::text;
use super::types::{TypeRef, Types, Unsupported};

/// A function that a component exports, as its WIT says it.
#[derive(Debug, Clone)]
pub struct Function {
    /// The interface that it is in, `ns:pkg/iface@1.0.0`; none at the top of the component.
    pub interface: Option<String>,
    /// Its name there.
    pub name: String,
    /// What its authors say of it, at most 4 KiB.
    pub docs: Option<String>,
    /// Its parameters, in WIT order.
    pub parameters: Vec<Parameter>,
    /// Why it cannot be called with JSON.
    pub refused: Option<Refused>,
    /// Whether it is an `async func`.
    pub is_async: bool,
    pub(crate) result: Option<TypeRef>,
    pub(crate) types: Arc<Types>,
}

/// A parameter of a function.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name, which is that of a member of the input.
    pub name: String,
    pub(crate) ty: TypeRef,
}

/// Why a function cannot be called with JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A parameter or the result holds what has no JSON.
    #[error("{place} has a `{name}` in it: {why}")]
    Type {
        /// Where.
        place: Place,
        /// The type's text in WIT.
        name: String,
        /// Why not.
        why: Unsupported,
    },
    /// The types that it takes and gives make up more than is kept for one function.
    #[error("its types come to more than {MAX_FUNCTION_BYTES} bytes")]
    TooLarge,
}

/// A part of a function's type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A parameter, by its name.
    Parameter(String),
    /// The result.
    Result,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Parameter(name) => write!(f, "the parameter `{name}`"),
            Self::Result => f.write_str("the result"),
        }
    }
}

impl Function {
    /// As `tollgate run --invoke` spells it: `ns:pkg/iface.f@1.0.0`, or `f`.
    #[must_use]
    pub fn full_name(&self) -> String {
        match self
            .interface
            .as_deref()
            .map(|interface| interface.split_once('@').ok_or(interface))
        {
            None => self.name.clone(),
            Some(Ok((interface, version))) => format!("{interface}.{}@{version}", self.name),
            Some(Err(interface)) => format!("{interface}.{}", self.name),
        }
    }

    /// As an export of the component: `ns:pkg/iface@1.0.0#f`, or `f`.
    #[must_use]
    pub fn export_name(&self) -> String {
        match &self.interface {
            Some(interface) => format!("{interface}#{}", self.name),
            None => self.name.clone(),
        }
    }

    /// Whether it gives anything.
    #[must_use]
    pub fn has_result(&self) -> bool {
        self.result.is_some()
    }

    /// Its type in WIT's words: `area: func(p: point) -> f64`. At most some 4 KiB: what is longer ends with `…`.
    #[must_use]
    pub fn signature(&self) -> String {
        let parameters = self.parameters.iter();
        let parameters = parameters.map(|parameter| (parameter.name.as_str(), parameter.ty));
        text::signature(
            &self.types,
            &self.name,
            self.is_async,
            parameters,
            self.result,
        )
    }

    /// What the named types are that it uses, each in WIT's words: `record point { x: f64, y: f64 }`. At most some
    /// 64 KiB.
    #[must_use]
    pub fn definitions(&self) -> Vec<String> {
        text::definitions(&self.types, self.used())
    }

    /// The types of parameters and result.
    pub(crate) fn used(&self) -> impl Iterator<Item = TypeRef> {
        let parameters = self.parameters.iter().map(|parameter| parameter.ty);
        parameters.chain(self.result)
    }
}
