//! A function of an embedder's interface, ready to be linked.

use std::sync::Arc;

use tollgate_bridge::Guest;
use tollgate_engine::GuestState as _;
use tollgate_policy::{Operation, Scope};
use wasmtime::StoreContextMut;
use wasmtime::component::{ComponentNamedList, Lift, LinkerInstance, Lower};

use super::serve::{Admitted, Handling, serve};
use super::typed::Typed;

type Link = Box<dyn Fn(&str, &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> + Send + Sync>;

/// A function, its types forgotten by all but the linker.
pub(super) struct Function {
    pub(super) name: String,
    pub(super) scope: Scope,
    pub(super) operation: Option<Operation<'static>>,
    pub(super) undeniable: bool,
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
                    let gate = store.data().gate().clone();
                    let state = store.data().state().cloned();
                    Box::new(async move { serve(&typed, &gate, state, parameters).await })
                },
            )
        });
        Self {
            name: name.to_owned(),
            scope,
            operation,
            undeniable,
            link,
        }
    }

    pub(super) fn link(&self, instance: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
        (self.link)(&self.name, instance)
    }
}
