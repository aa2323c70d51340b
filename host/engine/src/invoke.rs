//! Naming an exported function and its arguments: `f(1)`, `iface.f()`, `ns:pkg/iface.f@1.0.0()`.

use wasm_wave::untyped::UntypedFuncCall;
use wasmtime::component::types::{ComponentFunc, ComponentItem};
use wasmtime::component::{Component, ComponentExportIndex, Val};

/// The most bytes of an invocation's text.
const MAX_TEXT_BYTES: usize = 1 << 20;
/// The most functions that an error lists.
const MAX_LISTED: usize = 32;

/// Why there is nothing to call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// The text is not a call.
    #[error(
        "`{text}` is not a function call; write it as `f(1)`, `iface.f()` or `ns:pkg/iface.f@1.0.0()`"
    )]
    Syntax {
        /// What was given.
        text: String,
    },
    /// No export of that name.
    #[error("the component exports no function `{name}`; it has: {}", list(.available))]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        available: Vec<String>,
    },
    /// Several exports of that name.
    #[error("`{name}` is ambiguous; say which: {}", list(.candidates))]
    Ambiguous {
        /// What was asked for.
        name: String,
        /// What it may mean.
        candidates: Vec<String>,
    },
    /// The arguments do not fit.
    #[error("the arguments of `{name}` do not fit its type: {message}")]
    Arguments {
        /// The function.
        name: String,
        /// Where and why.
        message: String,
    },
    /// No `wasi:cli/run`.
    #[error("the component exports no `wasi:cli/run`; name a function with --invoke; it has: {}", list(.available))]
    NoCommand {
        /// What there is.
        available: Vec<String>,
    },
}

fn list(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        names if names.len() <= MAX_LISTED => names.join(", "),
        names => format!(
            "{}, and {} more",
            names.get(..MAX_LISTED).unwrap_or(names).join(", "),
            names.len() - MAX_LISTED
        ),
    }
}

/// A function's name and the text of its arguments in WAVE, not yet looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    name: String,
    arguments: String,
}

pub(crate) struct Found {
    pub(crate) export: ComponentExportIndex,
    pub(crate) arguments: Vec<Val>,
    pub(crate) results: usize,
}

impl std::str::FromStr for Invocation {
    type Err = InvokeError;

    fn from_str(text: &str) -> Result<Self, InvokeError> {
        let syntax = || InvokeError::Syntax {
            text: text.chars().take(200).collect(),
        };
        if text.len() > MAX_TEXT_BYTES {
            return Err(syntax());
        }
        let text = text.trim();
        let (name, rest) = text.split_once('(').ok_or_else(syntax)?;
        let name = name.trim();
        if name.is_empty() || !rest.ends_with(')') {
            return Err(syntax());
        }
        Ok(Self {
            name: name.to_owned(),
            arguments: format!("({rest}"),
        })
    }
}

/// One exported function, with every name that it answers to.
#[derive(Debug, Clone)]
pub struct Export {
    path: Vec<String>,
    ty: ComponentFunc,
}

impl Export {
    /// The interface that it is a function of, `ns:pkg/iface@1.0.0`; none at the top of the component.
    #[must_use]
    pub fn interface(&self) -> Option<&str> {
        match self.path.as_slice() {
            [interface, _] => Some(interface),
            _ => None,
        }
    }

    /// Its own name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// Its type.
    #[must_use]
    pub fn ty(&self) -> &ComponentFunc {
        &self.ty
    }

    /// The one that `name` says: its full name (`ns:pkg/iface.f@1.0.0`), or a shorter one that no other answers to.
    ///
    /// # Errors
    ///
    /// There is none, or there are several.
    pub fn find<'a>(name: &str, exports: &'a [Self]) -> Result<&'a Self, InvokeError> {
        choose(name, exports)
    }

    /// Where it is in this very component: an engine numbers the exports of each that it compiles.
    pub(crate) fn index(&self, component: &Component) -> Option<ComponentExportIndex> {
        index(component, &self.path)
    }

    /// The full name as an invocation spells it: `ns:pkg/iface.f@1.0.0`.
    #[must_use]
    pub fn full(&self) -> String {
        match self.path.as_slice() {
            [interface, function] => match interface.split_once('@') {
                Some((interface, version)) => format!("{interface}.{function}@{version}"),
                None => format!("{interface}.{function}"),
            },
            path => path.join("."),
        }
    }

    fn answers_to(&self, name: &str) -> bool {
        let full = self.full();
        let unversioned = full.split_once('@').map_or(full.as_str(), |(name, _)| name);
        let short = unversioned
            .rsplit_once('/')
            .map_or(unversioned, |(_, name)| name);
        let function = self.path.last().map_or("", String::as_str);
        [full.as_str(), unversioned, short, function].contains(&name)
    }
}

/// The functions that a component exports, at its top and in its interfaces.
#[must_use]
pub fn exports(component: &Component) -> Vec<Export> {
    let engine = component.engine();
    let mut found = Vec::new();
    for (name, item) in component.component_type().exports(engine) {
        match item.ty {
            ComponentItem::ComponentFunc(ty) => found.push(Export {
                path: vec![name.to_owned()],
                ty,
            }),
            ComponentItem::ComponentInstance(instance) => {
                for (function, item) in instance.exports(engine) {
                    if let ComponentItem::ComponentFunc(ty) = item.ty {
                        found.push(Export {
                            path: vec![name.to_owned(), function.to_owned()],
                            ty,
                        });
                    }
                }
            }
            ComponentItem::CoreFunc(_)
            | ComponentItem::Module(_)
            | ComponentItem::Component(_)
            | ComponentItem::Type(_)
            | ComponentItem::Resource(_) => {}
        }
    }
    found
}

fn names(exports: &[Export]) -> Vec<String> {
    exports.iter().map(Export::full).collect()
}

fn index(component: &Component, path: &[String]) -> Option<ComponentExportIndex> {
    let mut found: Option<ComponentExportIndex> = None;
    for name in path {
        found = Some(component.get_export_index(found.as_ref(), name)?);
    }
    found
}

/// The export that `tollgate run` calls: `wasi:cli/run` of any 0.2 version, or, where the profile has what it takes and
/// the component offers it, of any 0.3 version.
pub(crate) fn command(
    component: &Component,
    asynchronous: bool,
) -> Result<ComponentExportIndex, InvokeError> {
    let exports = exports(component);
    let of = |release: &str| {
        exports.iter().find(|export| {
            matches!(export.path.as_slice(), [interface, function]
                if function == "run" && interface.starts_with(release))
        })
    };
    let newer = asynchronous.then(|| of("wasi:cli/run@0.3.")).flatten();
    newer
        .or_else(|| of("wasi:cli/run@0.2."))
        .and_then(|export| index(component, &export.path))
        .ok_or_else(|| InvokeError::NoCommand {
            available: names(&exports),
        })
}

/// The export that `name` is the full name of, `ns:pkg/iface@1.0.0#f` or `f`: without looking at all the others.
pub(crate) fn named_in_full(component: &Component, name: &str) -> Option<ComponentExportIndex> {
    match name.split_once('#') {
        Some((interface, function)) => {
            let interface = component.get_export_index(None, interface)?;
            component.get_export_index(Some(&interface), function)
        }
        None => component.get_export_index(None, name),
    }
}

/// The export that `name` says, written as WIT has it: `ns:pkg/iface@1.0.0#f`, `iface#f` or `f`.
pub(crate) fn named(
    component: &Component,
    name: &str,
) -> Result<ComponentExportIndex, InvokeError> {
    let exports = exports(component);
    let dotted = match name.split_once('#') {
        Some((interface, function)) => match interface.split_once('@') {
            Some((interface, version)) => format!("{interface}.{function}@{version}"),
            None => format!("{interface}.{function}"),
        },
        None => name.to_owned(),
    };
    let export = choose(&dotted, &exports)?;
    index(component, &export.path).ok_or_else(|| InvokeError::Unknown {
        name: name.to_owned(),
        available: names(&exports),
    })
}

fn choose<'a>(name: &str, exports: &'a [Export]) -> Result<&'a Export, InvokeError> {
    // The full name wins over a short one that happens to be spelt alike.
    if let Some(export) = exports.iter().find(|export| export.full() == name) {
        return Ok(export);
    }
    let matching: Vec<&Export> = exports
        .iter()
        .filter(|export| export.answers_to(name))
        .collect();
    match matching.as_slice() {
        [export] => Ok(export),
        [] => Err(InvokeError::Unknown {
            name: name.to_owned(),
            available: names(exports),
        }),
        several => Err(InvokeError::Ambiguous {
            name: name.to_owned(),
            candidates: several.iter().map(|export| export.full()).collect(),
        }),
    }
}

impl Invocation {
    pub(crate) fn resolve(&self, component: &Component) -> Result<Found, InvokeError> {
        let exports = exports(component);
        let export = choose(&self.name, &exports)?;
        let index = index(component, &export.path).ok_or_else(|| InvokeError::Unknown {
            name: self.name.clone(),
            available: names(&exports),
        })?;
        Ok(Found {
            export: index,
            arguments: self.arguments_for(&export.ty)?,
            results: export.ty.results().len(),
        })
    }

    fn arguments_for(&self, ty: &ComponentFunc) -> Result<Vec<Val>, InvokeError> {
        let failed = |message: String| InvokeError::Arguments {
            name: self.name.clone(),
            message,
        };
        // The parser wants a call; the name has been dealt with and may be one that WAVE does not know.
        let text = format!("f{}", self.arguments);
        let call = UntypedFuncCall::parse(&text).map_err(|error| failed(error.to_string()))?;
        let types: Vec<_> = ty.params().map(|(_, ty)| ty).collect();
        call.to_wasm_params::<Val>(&types)
            .map_err(|error| failed(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_a_name_and_arguments_in_brackets() {
        for (text, name, arguments) in [
            ("f(1)", "f", "(1)"),
            (" iface.f ( \"a)\", 2 ) ", "iface.f", "( \"a)\", 2 )"),
            ("ns:pkg/iface.f@1.0.0()", "ns:pkg/iface.f@1.0.0", "()"),
        ] {
            let call: Invocation = text.parse().unwrap();
            assert_eq!(
                (call.name.as_str(), call.arguments.as_str()),
                (name, arguments)
            );
        }
        for text in ["", "f", "(1)", "f(1", "f(1) + 2"] {
            assert!(
                matches!(text.parse::<Invocation>(), Err(InvokeError::Syntax { .. })),
                "{text}"
            );
        }
    }
}
