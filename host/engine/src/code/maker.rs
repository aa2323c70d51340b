//! The instance that compiles a text: of the component that runs programs, asked this and nothing else.
//!
//! Each text gets an instance of its own, with nothing outside: what a text does to the memory of its compiler, it does to
//! no other text's code.

use std::sync::OnceLock;

use wasmtime::component::{Component, InstancePre, Linker};
use wasmtime::{Store, StoreLimits, StoreLimitsBuilder, UpdateDeadline};

use super::asked::{Asked, Form};
use super::bounds::MOST_MEMORY;
use crate::engine::Engine;
use crate::profile::Profile;
use crate::time::TickerHandle;

/// The function of the component.
const COMPILE: &str = "compile";

/// Why a text has no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoCode {
    /// It does not compile, or not within the memory: it will not the next time.
    Never,
    /// It was not to take longer.
    Ended,
    /// There was no instance for it.
    Missing,
}

pub(crate) struct Maker {
    component: Component,
    engine: wasmtime::Engine,
    ticker: TickerHandle,
    linked: OnceLock<Option<InstancePre<StoreLimits>>>,
}

impl Maker {
    pub(crate) fn new<P: Profile>(engine: &Engine<P>, component: &Component) -> Self {
        Self {
            component: component.clone(),
            engine: engine.wasmtime().clone(),
            ticker: engine.ticker(),
            linked: OnceLock::new(),
        }
    }

    fn linked(&self) -> Option<&InstancePre<StoreLimits>> {
        let link = || {
            let mut linker = Linker::new(&self.engine);
            linker
                .define_unknown_imports_as_traps(&self.component)
                .ok()?;
            linker.instantiate_pre(&self.component).ok()
        };
        self.linked.get_or_init(link).as_ref()
    }

    /// The code of a text; `is_over` is asked now and then whether it is not to take longer. It waits for nothing.
    pub(crate) async fn make(
        &self,
        asked: &Asked,
        is_over: impl Fn() -> bool + Clone + Send + Sync + 'static,
    ) -> Result<Vec<u8>, NoCode> {
        let limits = StoreLimitsBuilder::new().memory_size(MOST_MEMORY).build();
        let mut store = Store::new(&self.engine, limits);
        store.limiter(|limits| limits);
        store.set_epoch_deadline(1);
        let over = is_over.clone();
        store.epoch_deadline_callback(move |_| {
            if over() {
                return Err(wasmtime::format_err!("it was not to take longer"));
            }
            Ok(UpdateDeadline::Continue(1))
        });
        let _ticking = self.ticker.run();
        let linked = self.linked().ok_or(NoCode::Missing)?;
        let instance = linked
            .instantiate_async(&mut store)
            .await
            .map_err(|_no_room| NoCode::Missing)?;
        let compile = instance
            .get_typed_func::<(Form, &str, &str), (Result<Vec<u8>, String>,)>(&mut store, COMPILE)
            .map_err(|_another_runtime| NoCode::Missing)?;
        let arguments = (asked.form, asked.name.as_str(), asked.text.as_str());
        match compile.call_async(&mut store, arguments).await {
            Ok((Ok(code),)) => Ok(code),
            Ok((Err(_syntax),)) => Err(NoCode::Never),
            Err(_ended) if is_over() => Err(NoCode::Ended),
            Err(_trapped) => Err(NoCode::Never),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::code::asked::Text;
    use crate::profile::RunLanguage;

    /// A runtime that does with a text what `body` says.
    fn maker(engine: &Engine<RunLanguage>, body: &str) -> Maker {
        let text = format!(
            r#"(component
                (core module $m
                    (memory (export "memory") 4)
                    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
                    (data (i32.const 0) "\00\00\00\00\10\00\00\00\03\00\00\00\01\00\00\00abc")
                    (data (i32.const 64) "\01\00\00\00\10\00\00\00\00\00\00\00")
                    (func (export "compile") (param i32 i32 i32 i32 i32) (result i32) {body}))
                (core instance $i (instantiate $m))
                (type $form (enum "module" "commonjs" "json"))
                (export $format "format" (type $form))
                (func (export "compile") (param "format" $format) (param "name" string)
                    (param "text" string) (result (result (list u8) (error string)))
                    (canon lift (core func $i "compile") (memory $i "memory")
                        (realloc (func $i "realloc")))))"#
        );
        let component = wat::parse_str(text).unwrap();
        let component = Component::new(engine.wasmtime(), component).unwrap();
        Maker::new(engine, &component)
    }

    fn asked(text: &str) -> Asked {
        Asked {
            form: Form::Module,
            name: "a".to_owned(),
            text: Text::new(text),
        }
    }

    #[tokio::test]
    async fn what_a_runtime_makes_of_a_text_is_its_code() {
        let engine = Engine::new().unwrap();
        let make = async |body| maker(&engine, body).make(&asked("text"), || false).await;
        assert_eq!(make("(i32.const 0)").await.unwrap().len(), 3);
        assert_eq!(make("(i32.const 64)").await, Err(NoCode::Never));
        assert_eq!(make("(unreachable)").await, Err(NoCode::Never));
        let grows = "(drop (memory.grow (i32.const 16000)))
            (i32.store (i32.const 1000000000) (i32.const 0)) (i32.const 0)";
        assert_eq!(make(grows).await, Err(NoCode::Never));
        let component = wat::parse_str("(component)").unwrap();
        let component = Component::new(engine.wasmtime(), component).unwrap();
        let none = Maker::new(&engine, &component);
        assert_eq!(
            none.make(&asked("text"), || false).await,
            Err(NoCode::Missing)
        );
    }

    #[tokio::test]
    async fn compiling_without_an_end_is_ended() {
        let engine = Engine::new().unwrap();
        let maker = maker(&engine, "(loop (br 0)) (unreachable)");
        let times = Arc::new(AtomicU32::new(0));
        let is_over = {
            let times = Arc::clone(&times);
            move || times.fetch_add(1, Ordering::Relaxed) > 2
        };
        assert_eq!(
            maker.make(&asked("text"), is_over).await,
            Err(NoCode::Ended)
        );
        assert!(times.load(Ordering::Relaxed) > 2);
    }
}
