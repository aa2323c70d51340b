//! Through wasmtime and wasmtime-wasi alone: a fresh instance, JSON in by serde_json, a call with dynamic values, JSON out. No
//! schema, no policy, no log.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tollgate::engine::{Engine, EngineOptions, Pool, RunProfile};
use wasmtime::component::{Component, InstancePre, Linker, ResourceTable, Val};
use wasmtime::{Store, UpdateDeadline};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

struct State {
    table: ResourceTable,
    wasi: WasiCtx,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

struct Inner {
    /// Made as Tollgate makes its own, so that both have the same code, pool and epochs.
    engine: Engine<RunProfile>,
    tool: InstancePre<State>,
}

pub(crate) struct Bare(Arc<Inner>);

impl Bare {
    pub(crate) fn new() -> Self {
        let engine: Engine<RunProfile> = Engine::with(EngineOptions {
            pool: Some(Pool::of(1_000)),
            ..EngineOptions::default()
        })
        .unwrap();
        let mut linker = Linker::new(engine.wasmtime());
        wasmtime_wasi::p2::add_to_linker_async(&mut linker).unwrap();
        let component =
            Component::from_file(engine.wasmtime(), tollgate_tests::guests::TOOL).unwrap();
        let tool = linker.instantiate_pre(&component).unwrap();
        Self(Arc::new(Inner { engine, tool }))
    }

    pub(crate) async fn calls(&self, input: &str, size: usize, calls: usize) -> Vec<Duration> {
        let mut took = Vec::new();
        for _ in 0..calls {
            let begun = Instant::now();
            self.0.call(input, size).await;
            took.push(begun.elapsed());
        }
        took
    }

    pub(crate) async fn a_second(&self, input: &str, size: usize, long: Duration) -> f64 {
        let callers = (0..4).map(|_| {
            let (bare, input) = (Arc::clone(&self.0), input.to_owned());
            tokio::spawn(async move {
                let (begun, mut calls) = (Instant::now(), 0_u32);
                while begun.elapsed() < long {
                    bare.call(&input, size).await;
                    calls += 1;
                }
                f64::from(calls) / begun.elapsed().as_secs_f64()
            })
        });
        let mut sum = 0.0;
        for caller in callers.collect::<Vec<_>>() {
            sum += caller.await.unwrap();
        }
        sum
    }
}

impl Inner {
    async fn call(&self, input: &str, size: usize) {
        let mut input: serde_json::Value = serde_json::from_str(input).unwrap();
        let serde_json::Value::String(text) = input["text"].take() else {
            unreachable!("the input has a text");
        };
        let state = State {
            table: ResourceTable::new(),
            wasi: WasiCtx::builder().build(),
        };
        let mut store = Store::new(self.engine.wasmtime(), state);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Yield(1)));
        let instance = self.tool.instantiate_async(&mut store).await.unwrap();
        let echo = instance.get_func(&mut store, "echo").unwrap();
        let mut results = [Val::Bool(false)];
        echo.call_async(&mut store, &[Val::String(text)], &mut results)
            .await
            .unwrap();
        let [Val::String(text)] = results else {
            unreachable!("the result is a text");
        };
        let output = serde_json::to_string(&serde_json::Value::String(text)).unwrap();
        assert_eq!(output.len(), size + 2);
    }
}
