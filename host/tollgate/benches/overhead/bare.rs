//! Through wasmtime and wasmtime-wasi alone.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tollgate::engine::{Engine, EngineOptions, Pool, RunProfile};
use wasmtime::component::{Component, Instance, InstancePre, Linker, ResourceTable};
use wasmtime::{Store, UpdateDeadline};
use wasmtime_wasi::p2::bindings::CommandPre;
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxView, WasiView};

use crate::Pace;

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

pub(crate) struct Bare {
    /// Made as Tollgate makes its own, so that both have the same code, pool and epochs.
    engine: Engine<RunProfile>,
    paces: InstancePre<State>,
    hello: CommandPre<State>,
    work: PathBuf,
    on_this_thread: bool,
}

impl Bare {
    pub(crate) fn new(work: &Path, on_this_thread: bool) -> Self {
        let engine: Engine<RunProfile> = Engine::with(EngineOptions {
            pool: Some(Pool::of(1_000)),
            ..EngineOptions::default()
        })
        .unwrap();
        let mut linker = Linker::new(engine.wasmtime());
        wasmtime_wasi::p2::add_to_linker_async(&mut linker).unwrap();
        let load = |guest| {
            let component = Component::from_file(engine.wasmtime(), guest).unwrap();
            linker.instantiate_pre(&component).unwrap()
        };
        Self {
            paces: load(tollgate_tests::guests::PACES),
            hello: CommandPre::new(load(tollgate_tests::guests::HELLO)).unwrap(),
            engine,
            work: work.to_owned(),
            on_this_thread,
        }
    }

    fn store(&self) -> Store<State> {
        let wasi = WasiCtx::builder()
            .allow_blocking_current_thread(self.on_this_thread)
            .env("GREETING", "good day")
            .preopened_dir(&self.work, "/work", FsPerms::ReadWrite)
            .unwrap()
            .build();
        let state = State {
            table: ResourceTable::new(),
            wasi,
        };
        let mut store = Store::new(self.engine.wasmtime(), state);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Yield(1)));
        store
    }

    pub(crate) async fn lives(&self, times: u64) -> Duration {
        let start = Instant::now();
        for _ in 0..times {
            let mut store = self.store();
            let instance = self.paces.instantiate_async(&mut store).await.unwrap();
            let nothing = instance
                .get_typed_func::<(), ()>(&mut store, "nothing")
                .unwrap();
            nothing.call_async(&mut store, ()).await.unwrap();
        }
        start.elapsed()
    }

    pub(crate) async fn hellos(&self, times: u64) -> Duration {
        let start = Instant::now();
        for _ in 0..times {
            let mut store = self.store();
            let command = self.hello.instantiate_async(&mut store).await.unwrap();
            let ended = command.wasi_cli_run().call_run(&mut store).await;
            ended.unwrap().unwrap();
        }
        start.elapsed()
    }

    pub(crate) async fn stay(&self) -> Stays {
        let mut store = self.store();
        let instance = self.paces.instantiate_async(&mut store).await.unwrap();
        Stays { store, instance }
    }
}

pub(crate) struct Stays {
    store: Store<State>,
    instance: Instance,
}

impl Stays {
    pub(crate) async fn calls(&mut self, pace: Pace, calls: u64) -> Duration {
        let (store, instance) = (&mut self.store, &self.instance);
        let start = Instant::now();
        for _ in 0..calls {
            let (done,) = match pace.size {
                None => {
                    let function = instance
                        .get_typed_func::<(u32,), (u32,)>(&mut *store, pace.function)
                        .unwrap();
                    function.call_async(&mut *store, (pace.times,)).await
                }
                Some(size) => {
                    let function = instance
                        .get_typed_func::<(u32, u32), (u32,)>(&mut *store, pace.function)
                        .unwrap();
                    function.call_async(&mut *store, (size, pace.times)).await
                }
            }
            .unwrap();
            assert_eq!(done, pace.times, "{}", pace.name);
        }
        start.elapsed()
    }
}
