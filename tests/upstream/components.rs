//! Components: instantiated, and called where that needs no argument.

use tollgate_engine::{Engine, RunProfile};
use wasmtime::Store;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Linker, Val};

/// More than any script computes.
const TICKS: u64 = 1 << 40;

/// Instantiates a component and calls its functions, each in an instance of its own, for a trap is the end of one. Gives
/// the number of calls; none where it cannot be instantiated, for its imports or by its own doing.
pub(crate) fn instantiate(engine: &Engine<RunProfile>, bytes: &[u8]) -> Option<usize> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let component = Component::from_binary(engine.wasmtime(), bytes).ok()?;
        let pre = Linker::new(engine.wasmtime())
            .instantiate_pre(&component)
            .ok()?;
        let store = || {
            let mut store = Store::new(engine.wasmtime(), ());
            store.set_epoch_deadline(TICKS);
            store
        };
        pre.instantiate_async(store()).await.ok()?;
        let mut called = 0;
        for (name, item) in component.component_type().exports(engine.wasmtime()) {
            let ComponentItem::ComponentFunc(ty) = item.ty else {
                continue;
            };
            if ty.params().len() > 0 {
                continue;
            }
            let mut store = store();
            let instance = pre.instantiate_async(&mut store).await.ok()?;
            let function = instance.get_func(&mut store, name)?;
            let mut results = vec![Val::Bool(false); ty.results().len()];
            let _returns_or_traps = function.call_async(&mut store, &[], &mut results).await;
            called += 1;
        }
        Some(called)
    })
}
