//! Running a component's initialisation beforehand: what it has in its memory then is what every run begins with.
//!
//! Nothing outside is there meanwhile: every import traps. What is initialised must ask for nothing, or the snapshot would
//! hold a handle that no run has, or a random number that all of them share.

use std::time::Duration;

use wasmtime::component::{Component, ComponentNamedList, Instance, Lift, Linker, Val, WasmList};
use wasmtime::{OptLevel, Store, StoreLimits, StoreLimitsBuilder, UpdateDeadline};
use wasmtime_wizer::{ComponentContext, ComponentInstanceState, Wizer};

use crate::compile::image::with_image;
use crate::profile::{RunLanguage, config};
use crate::segments;
use crate::time::Ticker;

/// Most bytes of a memory while it is initialised: what a program's text makes of the engine must not take the machine.
pub(crate) const MOST_MEMORY: usize = 1 << 30;

/// Milliseconds that a call may take which only tries what was initialised: it runs the program's own code.
pub(crate) const LONGEST_ATTEMPT: u64 = 5_000;

/// How long an initialisation may take, in milliseconds.
pub(crate) const LONGEST_MS: u64 = 60_000;

/// Why there is no snapshot.
#[derive(Debug, thiserror::Error)]
pub enum PreinitialiseError {
    /// It is no component that a snapshot can be taken of.
    #[error("a snapshot cannot be taken of the component: {0:#}")]
    Component(wasmtime::Error),
    /// The initialisation trapped: most often it asked for something outside.
    #[error("the initialisation trapped: {0:?}")]
    Trapped(wasmtime::Error),
    /// The initialisation says that it failed.
    #[error("the initialisation failed: {0}")]
    Failed(String),
    /// The initialisation did not come to an end.
    #[error("the initialisation takes longer than {0:?}")]
    TooLong(Duration),
    /// The system has no thread left that would stop it.
    #[error("the initialisation cannot be timed: {0}")]
    NoTimer(std::io::Error),
}

struct Initialised<'a> {
    store: &'a mut Store<StoreLimits>,
    instance: Instance,
    failed: bool,
}

impl Initialised<'_> {
    async fn call<R>(&mut self, instance: &str, function: &str) -> Option<R>
    where
        (R,): ComponentNamedList + Lift + 'static,
        R: Send + Sync + 'static,
    {
        let result = async {
            let (_, interface) = self.instance.get_export(&mut *self.store, None, instance)?;
            let (_, export) =
                self.instance
                    .get_export(&mut *self.store, Some(&interface), function)?;
            let function = self
                .instance
                .get_typed_func::<(), (R,)>(&mut *self.store, export)
                .ok()?;
            let (result,) = function.call_async(&mut *self.store, ()).await.ok()?;
            Some(result)
        }
        .await;
        self.failed |= result.is_none();
        result
    }
}

impl ComponentInstanceState for Initialised<'_> {
    async fn call_func_ret_list_u8(
        &mut self,
        instance: &str,
        function: &str,
        contents: impl FnOnce(&[u8]) + Send,
    ) {
        match self.call::<WasmList<u8>>(instance, function).await {
            Some(list) => contents(list.as_le_slice(&*self.store)),
            None => contents(&[]),
        }
    }

    async fn call_func_ret_s32(&mut self, instance: &str, function: &str) -> i32 {
        self.call(instance, function).await.unwrap_or_default()
    }

    async fn call_func_ret_s64(&mut self, instance: &str, function: &str) -> i64 {
        self.call(instance, function).await.unwrap_or_default()
    }

    async fn call_func_ret_f32(&mut self, instance: &str, function: &str) -> u32 {
        let value: f32 = self.call(instance, function).await.unwrap_or_default();
        value.to_bits()
    }

    async fn call_func_ret_f64(&mut self, instance: &str, function: &str) -> u64 {
        let value: f64 = self.call(instance, function).await.unwrap_or_default();
        value.to_bits()
    }
}

/// What runtimes ask for before they have looked at anything, and what is no secret: Rust's hash tables draw their seeds
/// from here when the first one is made, and QuickJS the state of a generator that nobody uses from the clock. All runs of
/// a snapshot share them.
fn constants(linker: &mut Linker<StoreLimits>, component: &Component) -> wasmtime::Result<()> {
    let ty = component.component_type();
    for (name, _) in ty.imports(component.engine()) {
        match name.split('@').next() {
            Some("wasi:random/insecure-seed") => {
                linker
                    .instance(name)?
                    .func_wrap("insecure-seed", |_, ()| Ok(((0_u64, 0_u64),)))?;
            }
            Some("wasi:clocks/wall-clock") => {
                linker.instance(name)?.func_new("now", |_, _, _, results| {
                    if let Some(result) = results.first_mut() {
                        *result = Val::Record(vec![
                            ("seconds".to_owned(), Val::U64(0)),
                            ("nanoseconds".to_owned(), Val::U32(0)),
                        ]);
                    }
                    Ok(())
                })?;
            }
            _ => {}
        }
    }
    Ok(())
}

async fn take(
    store: &mut Store<StoreLimits>,
    instance: &Instance,
    step: &Step,
) -> Result<(), PreinitialiseError> {
    let function = instance
        .get_func(&mut *store, step.function)
        .ok_or_else(|| {
            PreinitialiseError::Failed(format!("it exports no function `{}`", step.function))
        })?;
    let gives = function.ty(&*store).results().len();
    let mut results = vec![Val::Bool(false); gives];
    function
        .call_async(&mut *store, &step.arguments, &mut results)
        .await
        .map_err(PreinitialiseError::Trapped)?;
    match results.first() {
        Some(Val::Result(Err(Some(said)))) => Err(PreinitialiseError::Failed(match &**said {
            Val::String(said) => said.clone(),
            other => format!("{other:?}"),
        })),
        _ => Ok(()),
    }
}

/// One call of an exported function, which gives nothing or a `result<_, string>`.
#[derive(Debug, Clone)]
pub struct Step {
    /// The function's name.
    pub function: &'static str,
    /// Its arguments.
    pub arguments: Vec<Val>,
}

/// Calls exported functions one after the other, and gives the component whose instances begin as that one was then. The
/// functions stay: without one, what is left of its type would be no component.
///
/// It is bounded in time, so that it wants a runtime with a timer.
///
/// # Errors
///
/// As [`PreinitialiseError`].
pub async fn preinitialise(
    component: &[u8],
    steps: &[Step],
) -> Result<Vec<u8>, PreinitialiseError> {
    initialise(Duration::from_millis(LONGEST_MS), component, steps, None).await
}

/// As [`preinitialise`]; then one more call, which leaves nothing behind in what comes out. Where it traps, most often
/// because it asked for something outside, or takes too long, nothing is known by it; what it says itself is an error.
///
/// # Errors
///
/// As [`PreinitialiseError`].
pub async fn preinitialise_and_try(
    component: &[u8],
    steps: &[Step],
    attempt: &Step,
) -> Result<Vec<u8>, PreinitialiseError> {
    initialise(
        Duration::from_millis(LONGEST_MS),
        component,
        steps,
        Some(attempt),
    )
    .await
}

async fn initialise(
    longest: Duration,
    component: &[u8],
    steps: &[Step],
    attempt: Option<&Step>,
) -> Result<Vec<u8>, PreinitialiseError> {
    let wizer = {
        let mut wizer = Wizer::new();
        let last = steps.last().map_or("", |step| step.function);
        wizer.init_func(last).keep_init_func(true);
        wizer
    };
    let (context, instrumented) = wizer
        .instrument_component(component)
        .map_err(PreinitialiseError::Component)?;
    let mut config = config::<RunLanguage>();
    // Run once: compiling it well would take longer than it runs.
    config.cranelift_opt_level(OptLevel::None);
    let prepared = wasmtime::Engine::new(&config)
        .and_then(|engine| Component::new(&engine, &instrumented))
        .map(with_image)
        .and_then(|component| {
            let mut linker = Linker::new(component.engine());
            constants(&mut linker, &component)?;
            linker.define_unknown_imports_as_traps(&component)?;
            Ok((linker, component))
        });
    let (linker, component) = prepared.map_err(PreinitialiseError::Component)?;
    let limits = StoreLimitsBuilder::new().memory_size(MOST_MEMORY).build();
    let mut store = Store::new(component.engine(), limits);
    store.limiter(|limits| limits);
    // It gives up its turn with each epoch, so that its time can be noticed to be over.
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Yield(1)));
    let ticker = Ticker::start(component.engine()).map_err(PreinitialiseError::NoTimer)?;
    let _ticking = ticker.handle().run();
    let work = async {
        let instance = linker
            .instantiate_async(&mut store, &component)
            .await
            .map_err(PreinitialiseError::Trapped)?;
        let snapshot = taken(&wizer, &context, &mut store, instance, steps).await?;
        match attempt {
            Some(attempt) => tried(&mut store, &instance, attempt)
                .await
                .map(|()| snapshot),
            None => Ok(snapshot),
        }
    };
    match tokio::time::timeout(longest, work).await {
        Ok(taken) => taken,
        Err(_elapsed) => Err(PreinitialiseError::TooLong(longest)),
    }
}

/// The steps, and what they made of the component.
async fn taken(
    wizer: &Wizer,
    context: &ComponentContext<'_>,
    store: &mut Store<StoreLimits>,
    instance: Instance,
    steps: &[Step],
) -> Result<Vec<u8>, PreinitialiseError> {
    for step in steps {
        take(store, &instance, step).await?;
    }
    let mut initialised = Initialised {
        store,
        instance,
        failed: false,
    };
    let snapshot = wizer
        .snapshot_component(context, &mut initialised)
        .await
        .map_err(PreinitialiseError::Component)?;
    if initialised.failed {
        return Err(PreinitialiseError::Failed(
            "its memory could not be read".to_owned(),
        ));
    }
    segments::joined(&snapshot).map_err(PreinitialiseError::Component)
}

/// One more call, of which only is known what it says itself.
async fn tried(
    store: &mut Store<StoreLimits>,
    instance: &Instance,
    attempt: &Step,
) -> Result<(), PreinitialiseError> {
    let longest = Duration::from_millis(LONGEST_ATTEMPT);
    match tokio::time::timeout(longest, take(store, instance, attempt)).await {
        Ok(Err(PreinitialiseError::Failed(said))) => Err(PreinitialiseError::Failed(said)),
        Ok(Ok(()) | Err(_)) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Stopwatch;

    const ENDLESS: &str = r#"(component
        (core module $m
            (memory (export "memory") 1)
            (func (export "spin") (loop (br 0))))
        (core instance $i (instantiate $m))
        (func (export "spin") (canon lift (core func $i "spin"))))"#;

    #[tokio::test]
    async fn an_initialisation_without_an_end_is_ended() {
        let component = wat::parse_str(ENDLESS).unwrap();
        let step = Step {
            function: "spin",
            arguments: Vec::new(),
        };
        let longest = Duration::from_millis(200);
        let begun = Stopwatch::start();
        let ended = initialise(longest, &component, &[step], None).await;
        assert!(
            matches!(ended, Err(PreinitialiseError::TooLong(_))),
            "{ended:?}"
        );
        assert!(begun.reading() < Duration::from_secs(30));
    }
}
