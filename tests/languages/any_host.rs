//! Another host of WASI: the engine's own crates with their own interfaces, and nothing of ours.

use std::path::Path;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use tokio::sync::oneshot;
use wasmtime::component::{Component, Instance, Linker, Resource, ResourceAny, ResourceTable, Val};
use wasmtime::{Config, Engine, Store, StoreLimits, StoreLimitsBuilder};
use wasmtime_wasi::p2::bindings::CommandPre;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{I32Exit, WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::p2::bindings::ProxyPre;
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;
use wasmtime_wasi_http::{
    Error, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
};

pub(crate) struct State {
    table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: Hooks,
    limits: StoreLimits,
}

/// Most bytes of an instance's memory.
const MOST_MEMORY: usize = 200 << 20;

/// What the host does with requests of the guest's own, of which no test makes any.
struct Hooks;

impl WasiHttpHooks for Hooks {
    fn send_request(
        &mut self,
        _request: hyper::Request<WasiBody>,
        _options: Option<RequestOptions>,
        _done: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        Box::new(std::future::ready(Err(Error::HttpRequestDenied)))
    }
}

type Sent = Result<
    (
        hyper::Response<WasiBody>,
        Box<dyn Future<Output = Result<(), Error>> + Send>,
    ),
    Error,
>;

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.hooks,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}

/// The host, with one component loaded.
pub(crate) struct AnyHost {
    component: Component,
    linker: Linker<State>,
    runtime: tokio::runtime::Runtime,
}

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// A component that is called several times.
pub(crate) struct Started<'a> {
    host: &'a AnyHost,
    store: Store<State>,
    instance: Instance,
    stderr: MemoryOutputPipe,
}

impl Started<'_> {
    /// Calls a function of an exported interface, or of the world's own: what it gives, or what it wrote to standard error
    /// before it trapped.
    pub(crate) fn call(
        &mut self,
        interface: Option<&str>,
        name: &str,
        arguments: &[Val],
    ) -> Result<Option<Val>, String> {
        let store = &mut self.store;
        let interface = interface.map(|interface| {
            let found = self.instance.get_export(&mut *store, None, interface);
            found.expect("the interface is exported").1
        });
        let (_, function) = self
            .instance
            .get_export(&mut *store, interface.as_ref(), name)
            .expect("the function is exported");
        let function = self
            .instance
            .get_func(&mut *store, function)
            .expect("it is a function");
        let mut results = vec![Val::Bool(false); function.ty(&*store).results().len()];
        let called = function.call_async(&mut *store, arguments, &mut results);
        match self.host.runtime.block_on(called) {
            Ok(()) => Ok(results.pop()),
            Err(_trap) => Err(String::from_utf8_lossy(&self.stderr.contents()).into_owned()),
        }
    }

    /// A resource of the host's as a value.
    pub(crate) fn own<T: 'static>(&mut self, resource: Resource<T>) -> Val {
        let any = resource.try_into_resource_any(&mut self.store);
        Val::Resource(any.expect("it is whole"))
    }

    /// Lets a resource go.
    pub(crate) fn let_go(&mut self, resource: ResourceAny) {
        let dropped = resource.resource_drop_async(&mut self.store);
        self.host.runtime.block_on(dropped).expect("it is let go");
    }
}

impl AnyHost {
    pub(crate) fn load(path: &Path) -> Self {
        Self::serving(path, |_linker| {})
    }

    /// A host that serves more than WASI.
    pub(crate) fn serving(path: &Path, serve: impl FnOnce(&mut Linker<State>)) -> Self {
        // As deep a stack as Tollgate gives languages; each host has its own.
        let mut config = Config::new();
        config.max_wasm_stack(16 << 20).async_stack_size(18 << 20);
        let engine = Engine::new(&config).expect("the engine starts");
        let component = Component::from_file(&engine, path).expect("the component compiles");
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker).expect("WASI links");
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)
            .expect("the rest of WASI links");
        serve(&mut linker);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        Self {
            component,
            linker,
            runtime,
        }
    }

    /// An instance whose exports are called one after the other.
    pub(crate) fn start(&self) -> Started<'_> {
        let stderr = MemoryOutputPipe::new(1 << 20);
        let wasi = WasiCtx::builder().stderr(stderr.clone()).build();
        let mut store = self.store_of(wasi);
        let instance = self.linker.instantiate_async(&mut store, &self.component);
        let instance = self.runtime.block_on(instance).expect("starts");
        Started {
            host: self,
            store,
            instance,
            stderr,
        }
    }

    fn store(&self, arguments: &[&str], stdout: MemoryOutputPipe) -> Store<State> {
        self.store_of(WasiCtx::builder().args(arguments).stdout(stdout).build())
    }

    fn store_of(&self, wasi: WasiCtx) -> Store<State> {
        let state = State {
            table: ResourceTable::new(),
            wasi,
            http: WasiHttpCtx::new(),
            hooks: Hooks,
            limits: StoreLimitsBuilder::new().memory_size(MOST_MEMORY).build(),
        };
        let mut store = Store::new(self.component.engine(), state);
        store.limiter(|state| &mut state.limits);
        store
    }

    /// Runs a command: whether it succeeded, and what it printed.
    pub(crate) fn run(&self, arguments: &[&str]) -> (bool, String) {
        let stdout = MemoryOutputPipe::new(1 << 20);
        let mut store = self.store(arguments, stdout.clone());
        let pre = self.linker.instantiate_pre(&self.component).expect("links");
        let pre = CommandPre::new(pre).expect("it is a command");
        let ended = self.runtime.block_on(async {
            let command = pre.instantiate_async(&mut store).await.expect("starts");
            command.wasi_cli_run().call_run(&mut store).await
        });
        let printed = String::from_utf8(stdout.contents().to_vec()).expect("text");
        let succeeded = match ended {
            Ok(ended) => ended.is_ok(),
            // Some go back, and some say that they have ended.
            Err(error) => error
                .downcast_ref::<I32Exit>()
                .is_some_and(|exit| exit.0 == 0),
        };
        (succeeded, printed)
    }

    /// Sends one request to an instance of its own.
    pub(crate) fn ask(&self, method: &str, url: &str, body: &str) -> Answer {
        let mut store = self.store(&[], MemoryOutputPipe::new(1 << 20));
        let pre = self.linker.instantiate_pre(&self.component).expect("links");
        let pre = ProxyPre::new(pre).expect("it answers requests");
        let request = hyper::Request::builder()
            .method(method)
            .uri(url)
            .header("content-type", "text/x-test")
            .header("content-length", body.len())
            .body(
                Full::new(Bytes::copy_from_slice(body.as_bytes()))
                    .map_err(|_never| Error::InternalError(None)),
            )
            .expect("a request");
        self.runtime.block_on(async move {
            let (sender, receiver) = oneshot::channel();
            let mut view = store.data_mut().http();
            let request = view
                .new_incoming_request(Scheme::Http, request)
                .expect("goes in");
            let outparam = view.new_response_outparam(sender).expect("goes in");
            let guest = async {
                let proxy = pre.instantiate_async(&mut store).await.expect("starts");
                let handler = proxy.wasi_http_incoming_handler();
                handler
                    .call_handle(&mut store, request, outparam)
                    .await
                    .expect("does not trap");
            };
            let host = async {
                let response = receiver.await.expect("an answer").expect("no error");
                let (parts, body) = response.into_parts();
                let body = body.collect().await.expect("the body is whole").to_bytes();
                Answer {
                    status: parts.status.as_u16(),
                    headers: parts
                        .headers
                        .iter()
                        .map(|(name, value)| {
                            let value = value.to_str().expect("text").to_owned();
                            (name.as_str().to_owned(), value)
                        })
                        .collect(),
                    body: String::from_utf8(body.to_vec()).expect("text"),
                }
            };
            tokio::join!(guest, host).1
        })
    }
}

/// The names of what a component imports and exports, as its own binary has them.
pub(crate) fn interfaces(path: &Path) -> (Vec<String>, Vec<String>) {
    let engine = Engine::default();
    let component = Component::from_file(&engine, path).expect("the component compiles");
    let ty = component.component_type();
    let imports = ty.imports(&engine).map(|(name, _)| name.to_owned());
    let exports = ty.exports(&engine).map(|(name, _)| name.to_owned());
    (imports.collect(), exports.collect())
}
