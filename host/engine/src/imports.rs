//! What a component may ask for and what it offers, read from its type.

use serde::Serialize;
use wasmtime::component::Component;
use wasmtime::component::types::ComponentItem;

use crate::Loaded;
use crate::profile::Profile;

/// A function of an interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Function {
    /// As WIT names it: `[method]descriptor.read`, `get-stdout`.
    pub name: String,
}

/// An imported or exported interface, or a plain function at the top (with no functions beneath it).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Interface {
    /// `wasi:filesystem/types@0.2.12`.
    pub name: String,
    /// What of it the component uses or offers. A component lists only what its code may call.
    pub functions: Vec<Function>,
}

/// A component's imports and exports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Surface {
    /// What it may ask for. An import means *may use*: language runtimes import what they never call.
    pub imports: Vec<Interface>,
    /// What it offers.
    pub exports: Vec<Interface>,
}

impl<T, P: Profile> Loaded<T, P> {
    /// The surface of the component.
    #[must_use]
    pub fn surface(&self) -> Surface {
        surface(self.component())
    }
}

/// The surface of a compiled component.
#[must_use]
pub fn surface(component: &Component) -> Surface {
    let ty = component.component_type();
    let engine = component.engine();
    Surface {
        imports: ty
            .imports(engine)
            .map(|(name, item)| interface(engine, name, &item.ty))
            .collect(),
        exports: ty
            .exports(engine)
            .map(|(name, item)| interface(engine, name, &item.ty))
            .collect(),
    }
}

fn interface(engine: &wasmtime::Engine, name: &str, item: &ComponentItem) -> Interface {
    let functions = match item {
        ComponentItem::ComponentInstance(instance) => instance
            .exports(engine)
            .filter(|(_, item)| matches!(item.ty, ComponentItem::ComponentFunc(_)))
            .map(|(name, _)| Function {
                name: name.to_owned(),
            })
            .collect(),
        ComponentItem::ComponentFunc(_)
        | ComponentItem::CoreFunc(_)
        | ComponentItem::Module(_)
        | ComponentItem::Component(_)
        | ComponentItem::Type(_)
        | ComponentItem::Resource(_) => Vec::new(),
    };
    Interface {
        name: name.to_owned(),
        functions,
    }
}
