//! A function of an embedder's interface, ready to be linked.

use std::sync::Arc;

use tollgate_bridge::{Guest, Waits};
use tollgate_policy::{Operation, Scope};
use wasmtime::StoreContextMut;
use wasmtime::component::{ComponentNamedList, Lift, LinkerInstance, Lower};

use super::calling::Calling;
use super::serve::{Admitted, Handling, serve};
use super::typed::Typed;

type Link = Box<dyn Fn(&str, &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> + Send + Sync>;

/// What was decided about a function when it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Each call passes the gate.
    Gated {
        /// The scope that decides.
        scope: Scope,
        /// What it always asks for, if that is always the same.
        operation: Option<Operation<'static>>,
        /// Whether it has no error for a denial.
        undeniable: bool,
    },
    /// It reaches nothing, for this reason.
    Ungated(&'static str),
}

/// A function, its types forgotten by all but the linker.
pub(super) struct Function {
    pub(super) name: String,
    pub(super) told: Told,
    link: Link,
}

impl Function {
    pub(super) fn new<P, R, H>(name: &str, typed: Typed<P, R, H>) -> Self
    where
        P: ComponentNamedList + Lift + Send + Sync + 'static,
        R: ComponentNamedList + Lower + Send + Sync + 'static,
        H: for<'a> Fn(Admitted<'a>, P) -> Handling<'a, R> + Send + Sync + 'static,
    {
        let (scope, operation) = typed.ask.asks();
        let undeniable = typed.denial.is_none();
        let typed = Arc::new(typed);
        let link: Link = Box::new(move |name, instance| {
            let typed = Arc::clone(&typed);
            instance.func_wrap_async(
                name,
                move |store: StoreContextMut<'_, Guest>, parameters: P| {
                    let typed = Arc::clone(&typed);
                    let calling = Calling::of(store.data());
                    Box::new(async move { serve(&typed, calling, parameters).await })
                },
            )
        });
        Self {
            name: name.to_owned(),
            told: Told::Gated {
                scope,
                operation,
                undeniable,
            },
            link,
        }
    }

    /// One that reaches nothing.
    pub(super) fn ungated<P, R, H>(name: &str, reason: &'static str, handler: H) -> Self
    where
        P: ComponentNamedList + Lift + Send + Sync + 'static,
        R: ComponentNamedList + Lower + Send + Sync + 'static,
        H: Fn(&Calling, P) -> R + Send + Sync + 'static,
    {
        let handler = Arc::new(handler);
        let link: Link = Box::new(move |name, instance| {
            let handler = Arc::clone(&handler);
            instance.func_wrap(
                name,
                move |store: StoreContextMut<'_, Guest>, parameters: P| {
                    Ok(handler(&Calling::of(store.data()), parameters))
                },
            )
        });
        Self {
            name: name.to_owned(),
            told: Told::Ungated(reason),
            link,
        }
    }

    /// One that gives something to wait for.
    pub(super) fn pollable<H>(name: &str, reason: &'static str, of: H) -> Self
    where
        H: Fn(&Calling) -> Arc<dyn Waits> + Send + Sync + 'static,
    {
        let of = Arc::new(of);
        let link: Link = Box::new(move |name, instance| {
            let of = Arc::clone(&of);
            instance.func_wrap(
                name,
                move |mut store: StoreContextMut<'_, Guest>, (): ()| {
                    let waits = of(&Calling::of(store.data()));
                    Ok((store.data_mut().pollable(waits)?,))
                },
            )
        });
        Self {
            name: name.to_owned(),
            told: Told::Ungated(reason),
            link,
        }
    }

    pub(super) fn link(&self, instance: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
        (self.link)(&self.name, instance)
    }
}
