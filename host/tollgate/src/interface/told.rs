//! An interface, function by function as it is told.

use std::borrow::Cow;
use std::sync::Arc;

use tollgate_bridge::{Guest, Request, Waits};
use tollgate_engine::Surface;
use tollgate_policy::Operation;
use wasmtime::component::{Component, ComponentNamedList, Lift, Linker, Lower};

use super::ask::{Ask, Denial};
use super::calling::Calling;
use super::function::{Function, Told};
use super::name::{check, unversioned};
use super::serve::{Admitted, Handling};
use super::typed::Typed;

/// An interface of the embedder's own, while its functions are told.
pub struct Interface {
    name: String,
    words: Cow<'static, str>,
    functions: Vec<Function>,
}

impl std::fmt::Debug for Interface {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Interface")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Interface {
    /// Begins an interface, `ns:pkg/name@1.0.0`.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            words: Cow::Borrowed("call the program that runs it"),
            functions: Vec::new(),
        }
    }

    /// What a component may do with the interface, in words for people: "keep notes".
    pub fn words(&mut self, words: impl Into<Cow<'static, str>>) -> &mut Self {
        self.words = words.into();
        self
    }

    /// Adds a function, with parameters `P` and results `R`, each a tuple of types that wasmtime lifts and lowers.
    ///
    /// `handler` is called with what was [`Admitted`] (the permit among it) and the parameters. Records name the function
    /// as `ns:pkg/name#function`.
    pub fn function<P, R, H>(
        &mut self,
        name: &str,
        ask: Ask<P>,
        denial: Denial<P, R>,
        handler: H,
    ) -> &mut Self
    where
        P: ComponentNamedList + Lift + Send + Sync + 'static,
        R: ComponentNamedList + Lower + Send + Sync + 'static,
        H: for<'a> Fn(Admitted<'a>, P) -> Handling<'a, R> + Send + Sync + 'static,
    {
        self.add(name, ask, Some(denial), handler)
    }

    /// Adds a function whose results cannot say that it is denied. What it asks for is the same with each call, so that
    /// a component that imports it is refused before it runs, where its policy denies that; if a call is denied all the
    /// same, because somebody who was asked said no, the guest ends.
    pub fn undeniable_function<P, R, H>(
        &mut self,
        name: &str,
        operation: Operation<'static>,
        handler: H,
    ) -> &mut Self
    where
        P: ComponentNamedList + Lift + Send + Sync + 'static,
        R: ComponentNamedList + Lower + Send + Sync + 'static,
        H: for<'a> Fn(Admitted<'a>, P) -> Handling<'a, R> + Send + Sync + 'static,
    {
        self.add(name, Ask::same(operation), None, handler)
    }

    /// Adds a function that reaches nothing: it moves what the guest was given already, by something that was decided. No
    /// gate is passed and nothing is recorded; `reason` says why.
    pub fn ungated_function<P, R, H>(
        &mut self,
        name: &str,
        reason: &'static str,
        handler: H,
    ) -> &mut Self
    where
        P: ComponentNamedList + Lift + Send + Sync + 'static,
        R: ComponentNamedList + Lower + Send + Sync + 'static,
        H: Fn(&Calling, P) -> R + Send + Sync + 'static,
    {
        self.functions
            .push(Function::ungated(name, reason, handler));
        self
    }

    /// Adds a function without parameters that gives a `pollable` of `wasi:io/poll`: what `of` gives is waited for. No gate
    /// is passed; `reason` says why.
    pub fn pollable_function<H>(&mut self, name: &str, reason: &'static str, of: H) -> &mut Self
    where
        H: Fn(&Calling) -> Arc<dyn Waits> + Send + Sync + 'static,
    {
        self.functions.push(Function::pollable(name, reason, of));
        self
    }

    /// Every function, as records name it, and what was decided about it.
    pub fn told(&self) -> impl Iterator<Item = (String, Told)> {
        let name = unversioned(&self.name);
        let functions = self.functions.iter();
        functions.map(move |function| (format!("{name}#{}", function.name), function.told))
    }

    fn add<P, R, H>(
        &mut self,
        name: &str,
        ask: Ask<P>,
        denial: Option<Denial<P, R>>,
        handler: H,
    ) -> &mut Self
    where
        P: ComponentNamedList + Lift + Send + Sync + 'static,
        R: ComponentNamedList + Lower + Send + Sync + 'static,
        H: for<'a> Fn(Admitted<'a>, P) -> Handling<'a, R> + Send + Sync + 'static,
    {
        let import = format!("{}#{name}", unversioned(&self.name));
        self.functions.push(Function::new(
            name,
            Typed {
                import,
                ask,
                denial,
                handler,
            },
        ));
        self
    }

    /// Puts the interface into a linker.
    pub(crate) fn link(&self, linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
        let mut instance = linker.instance(&self.name)?;
        for function in &self.functions {
            function.link(&mut instance)?;
        }
        Ok(())
    }

    /// Its name, with the version.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is wrong with the interface as it was told.
    pub(crate) fn fault(&self) -> Option<String> {
        check(&self.name).or_else(|| {
            self.functions
                .is_empty()
                .then(|| "it has no function".to_owned())
        })
    }
}

/// Whether one of `interfaces` is what a component imports as `import`, in some version.
pub(crate) fn find<'a>(interfaces: &'a [Interface], import: &str) -> Option<&'a Interface> {
    let exact = interfaces.iter().find(|own| own.name == import);
    let name = unversioned(import);
    exact.or_else(|| interfaces.iter().find(|own| unversioned(&own.name) == name))
}

/// Puts those of `interfaces` into a linker that `component` imports, in whichever version.
///
/// # Errors
///
/// The linker has one of them already.
pub fn link(
    interfaces: &[Interface],
    linker: &mut Linker<Guest>,
    component: &Component,
) -> wasmtime::Result<()> {
    let ty = component.component_type();
    let imported = |own: &&Interface| {
        let mut names = ty.imports(component.engine());
        names.any(|(name, _)| unversioned(name) == unversioned(&own.name))
    };
    let mut imported = interfaces.iter().filter(imported);
    imported.try_for_each(|own| own.link(linker))
}

/// What a component asks of `interfaces`, a request for each function that it imports and that passes the gate.
#[must_use]
pub fn requests(interfaces: &[Interface], surface: &Surface) -> Vec<Request> {
    let imported = surface.imports.iter().filter_map(|import| {
        let own = find(interfaces, &import.name)?;
        Some((import, own))
    });
    imported
        .flat_map(|(import, own)| {
            import.functions.iter().filter_map(move |used| {
                let function = own
                    .functions
                    .iter()
                    .find(|function| function.name == used.name)?;
                let Told::Gated {
                    scope,
                    operation,
                    undeniable,
                } = function.told
                else {
                    return None;
                };
                Some(Request {
                    scope,
                    words: own.words.clone(),
                    interface: format!("{}#{}", import.name, used.name),
                    operation,
                    inexpressible: undeniable,
                })
            })
        })
        .collect()
}
