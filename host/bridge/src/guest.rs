//! What a store holds for one run.

use std::any::Any;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use tollgate_capability::clock::Monotonic;
use tollgate_capability::http::Client;
use tollgate_capability::net::{Resolver, Sockets};
use tollgate_engine::{Gate, GuestState, Limiter};
use tollgate_policy::{LimitKey, Limits};
use tollgate_vfs::{Tree, TreeBuilder};
use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi_http::WasiHttpCtx;
use wasmtime_wasi_http::p2::types::{HostIncomingRequest, HostResponseOutparam};

use crate::attached::Attached;
use crate::given::{Given, Input, Learnt, Output};
use crate::ports::{Ports, Posted, ServingView, request_of};
use crate::program::Program;
use crate::signals::Signals;
use crate::view::View;

/// The data of a store: one guest, in one run.
pub struct Guest {
    /// Before the table, so that whoever reads an answer knows that its end was no end.
    alive: Alive,
    table: ResourceTable,
    gate: Gate,
    limiter: Limiter,
    given: Given,
    learnt: Learnt,
    http: WasiHttpCtx,
    http_hooks: crate::http::Hooks,
}

/// Whether the guest is there, for those who read what it wrote.
struct Alive {
    is_alive: Arc<AtomicBool>,
    /// Whether it ended by itself after all that it had to do.
    ended_well: AtomicBool,
}

impl Drop for Alive {
    fn drop(&mut self) {
        if !self.ended_well.load(Ordering::Acquire) {
            self.is_alive.store(false, Ordering::Release);
        }
    }
}

impl fmt::Debug for Guest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guest").finish_non_exhaustive()
    }
}

impl GuestState for Guest {
    fn gate(&self) -> &Gate {
        &self.gate
    }

    fn limiter(&mut self) -> &mut Limiter {
        &mut self.limiter
    }

    fn limit_behind(error: &wasmtime::Error) -> Option<LimitKey> {
        crate::http::limit_behind(error)
    }
}

impl Guest {
    /// Begins a guest behind `gate`. Without more it has no arguments, environment, files or input.
    pub fn builder(gate: Gate) -> GuestBuilder {
        GuestBuilder {
            gate,
            arguments: Vec::new(),
            environment: Vec::new(),
            tree: None,
            cwd: "/".to_owned(),
            stdin: Input::Bytes(bytes::Bytes::new()),
            stdout: Output::Inherit,
            stderr: Output::Inherit,
            state: None,
            attached: Attached::default(),
            program: None,
            ports: None,
            signals: None,
            resolver: None,
            sockets: None,
            http: Client::default(),
        }
    }

    /// What an embedder gave for its own interfaces.
    #[must_use]
    pub fn state(&self) -> Option<&Arc<dyn Any + Send + Sync>> {
        self.given.state.as_ref()
    }

    /// What it has beside that, and what interfaces keep for it.
    #[must_use]
    pub fn attached(&self) -> &Attached {
        &self.given.attached
    }

    pub(crate) fn view(&mut self) -> View<'_> {
        View {
            table: &mut self.table,
            gate: &self.gate,
            given: &self.given,
            learnt: &mut self.learnt,
        }
    }

    pub(crate) fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
    }

    pub(crate) fn serving(&mut self) -> ServingView<'_> {
        ServingView {
            http: wasmtime_wasi_http::WasiHttpCtxView {
                ctx: &mut self.http,
                table: &mut self.table,
                hooks: &mut self.http_hooks,
            },
            gate: &self.gate,
            given: &self.given,
            alive: &self.alive.is_alive,
        }
    }

    /// Gives it a request before it begins, as the arguments of `wasi:http/incoming-handler`. An answer that it has
    /// not finished when it goes is not whole, unless it [`ended_well`](Guest::ended_well).
    ///
    /// # Errors
    ///
    /// There is no room for the handles.
    pub fn take_in(
        &mut self,
        posted: Posted,
    ) -> wasmtime::Result<(
        Resource<HostIncomingRequest>,
        Resource<HostResponseOutparam>,
    )> {
        let alive = Arc::clone(&self.alive.is_alive);
        request_of(posted, alive, &mut self.http())
    }

    /// Says that it is about to go because it has done all that it was called for.
    pub fn ended_well(&self) {
        self.alive.ended_well.store(true, Ordering::Release);
    }

    pub(crate) fn http(&mut self) -> wasmtime_wasi_http::WasiHttpCtxView<'_> {
        wasmtime_wasi_http::WasiHttpCtxView {
            ctx: &mut self.http,
            table: &mut self.table,
            hooks: &mut self.http_hooks,
        }
    }
}

/// Builds a [`Guest`].
pub struct GuestBuilder {
    gate: Gate,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    tree: Option<Tree>,
    cwd: String,
    stdin: Input,
    stdout: Output,
    stderr: Output,
    state: Option<Arc<dyn Any + Send + Sync>>,
    attached: Attached,
    program: Option<Arc<dyn Program>>,
    ports: Option<Arc<dyn Ports>>,
    signals: Option<Signals>,
    resolver: Option<Arc<dyn Resolver>>,
    sockets: Option<Sockets>,
    http: Client,
}

impl fmt::Debug for GuestBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuestBuilder").finish_non_exhaustive()
    }
}

impl GuestBuilder {
    /// The arguments, with the program's name first.
    #[must_use]
    pub fn arguments(mut self, arguments: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.arguments = arguments.into_iter().map(Into::into).collect();
        self
    }

    /// The environment that the guest may be shown, in this order; the policy says which of it.
    #[must_use]
    pub fn environment(mut self, environment: impl IntoIterator<Item = (String, String)>) -> Self {
        self.environment = environment.into_iter().collect();
        self
    }

    /// The files that the guest may be shown; the policy says which of them.
    #[must_use]
    pub fn tree(mut self, tree: Tree) -> Self {
        self.tree = Some(tree);
        self
    }

    /// The folder that the guest begins in, by its path in the guest's tree. Without it: `/`.
    #[must_use]
    pub fn cwd(mut self, folder: impl Into<String>) -> Self {
        self.cwd = folder.into();
        self
    }

    /// Standard input.
    #[must_use]
    pub fn stdin(mut self, stdin: Input) -> Self {
        self.stdin = stdin;
        self
    }

    /// Standard output. Without it: the process's own.
    #[must_use]
    pub fn stdout(mut self, stdout: Output) -> Self {
        self.stdout = stdout;
        self
    }

    /// Standard error. Without it: the process's own.
    #[must_use]
    pub fn stderr(mut self, stderr: Output) -> Self {
        self.stderr = stderr;
        self
    }

    /// What an embedder's own interfaces work on for this guest.
    #[must_use]
    pub fn state(mut self, state: Arc<dyn Any + Send + Sync>) -> Self {
        self.state = Some(state);
        self
    }

    /// What the guest has beside that.
    #[must_use]
    pub fn attached(mut self, attached: Attached) -> Self {
        self.attached = attached;
        self
    }

    /// The program that the guest, a language's runtime, is to run.
    #[must_use]
    pub fn program(mut self, program: Arc<dyn Program>) -> Self {
        self.program = Some(program);
        self
    }

    /// The network in which the guest may listen at ports. Without it: none.
    #[must_use]
    pub fn ports(mut self, ports: Arc<dyn Ports>) -> Self {
        self.ports = Some(ports);
        self
    }

    /// By which the guest is sent signals. Without it: by nothing.
    #[must_use]
    pub fn signals(mut self, signals: Signals) -> Self {
        self.signals = Some(signals);
        self
    }

    /// The places of its sockets, which it may share with other guests. Without it: as many as its policy's handles.
    #[must_use]
    pub fn sockets(mut self, sockets: Sockets) -> Self {
        self.sockets = Some(sockets);
        self
    }

    /// Where names are looked up. Without it: the system's resolver.
    #[must_use]
    pub fn resolver(mut self, resolver: Arc<dyn Resolver>) -> Self {
        self.resolver = Some(resolver);
        self
    }

    /// What sends HTTP requests. Without it: a client that trusts the system's certificate authorities.
    #[must_use]
    pub fn http(mut self, client: Client) -> Self {
        self.http = client;
        self
    }

    /// The guest, with the limits of its gate's policy.
    #[must_use]
    pub fn build(self) -> Guest {
        let limits: &Limits = self.gate.limits();
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let mut table = ResourceTable::new();
        table.set_max_capacity(count(limits.handles));
        let limiter = Limiter::new(self.gate.clone(), limits.memory, count(limits.instances));
        let tree = self.tree.unwrap_or_else(|| {
            TreeBuilder::new()
                .max_open_handles(count(limits.handles))
                .build()
        });
        let mut http = WasiHttpCtx::new();
        http.set_field_size_limit(crate::http::most_kept_bytes(limits));
        let given = Given {
            arguments: self.arguments,
            environment: self.environment,
            tree,
            cwd: self.cwd,
            stdin: self.stdin,
            stdout: self.stdout,
            stderr: self.stderr,
            state: self.state,
            attached: self.attached,
            program: self.program,
            ports: self.ports,
            signals: self.signals,
            clock: Monotonic::start(),
            resolver: self.resolver.map(OnceLock::from).unwrap_or_default(),
            sockets: self
                .sockets
                .unwrap_or_else(|| Sockets::new(count(limits.handles))),
            http: self.http,
            http_requests: OnceLock::new(),
        };
        Guest {
            alive: Alive {
                is_alive: Arc::new(AtomicBool::new(true)),
                ended_well: AtomicBool::new(false),
            },
            table,
            gate: self.gate,
            limiter,
            given,
            learnt: Learnt::default(),
            http,
            http_hooks: crate::http::Hooks,
        }
    }
}
