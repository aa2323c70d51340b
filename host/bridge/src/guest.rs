//! What a store holds for one run.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tollgate_capability::http::Client;
use tollgate_capability::net::{Resolver, Sockets};
use tollgate_engine::{Gate, GuestState, Limiter};
use tollgate_policy::{LimitKey, Limits};
use tollgate_vfs::Tree;
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
///
/// In one piece behind a pointer, since it goes through many hands before it is in its store, and each of them copies it.
pub struct Guest(Box<Inner>);

struct Inner {
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
        &self.0.gate
    }

    fn limiter(&mut self) -> &mut Limiter {
        &mut self.0.limiter
    }

    fn limit_behind(error: &wasmtime::Error) -> Option<LimitKey> {
        crate::http::limit_behind(error)
    }
}

impl Guest {
    /// Begins a guest behind `gate`, with the limits of its policy. Without more it has no arguments, environment, files or
    /// input.
    #[must_use]
    pub fn builder(gate: Gate) -> GuestBuilder {
        let limits: &Limits = gate.limits();
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let mut table = ResourceTable::new();
        table.set_max_capacity(count(limits.handles));
        let limiter = Limiter::new(gate.clone(), limits.memory, count(limits.instances));
        let mut http = WasiHttpCtx::new();
        http.set_field_size_limit(crate::http::most_kept_bytes(limits));
        GuestBuilder(Self(Box::new(Inner {
            alive: Alive {
                is_alive: Arc::new(AtomicBool::new(true)),
                ended_well: AtomicBool::new(false),
            },
            table,
            gate,
            limiter,
            given: Given::default(),
            learnt: Learnt::default(),
            http,
            http_hooks: crate::http::Hooks,
        })))
    }

    /// What an embedder gave for its own interfaces.
    #[must_use]
    pub fn state(&self) -> Option<&Arc<dyn Any + Send + Sync>> {
        self.0.given.state.as_ref()
    }

    /// What it has beside that, and what interfaces keep for it.
    #[must_use]
    pub fn attached(&self) -> &Attached {
        self.0.given.attached()
    }

    pub(crate) fn view(&mut self) -> View<'_> {
        let Inner {
            table,
            gate,
            given,
            learnt,
            ..
        } = &mut *self.0;
        View {
            table,
            gate,
            given,
            learnt,
        }
    }

    pub(crate) fn table(&mut self) -> &mut ResourceTable {
        &mut self.0.table
    }

    pub(crate) fn serving(&mut self) -> ServingView<'_> {
        let own = &mut *self.0;
        ServingView {
            http: wasmtime_wasi_http::WasiHttpCtxView {
                ctx: &mut own.http,
                table: &mut own.table,
                hooks: &mut own.http_hooks,
            },
            gate: &own.gate,
            given: &own.given,
            alive: &own.alive.is_alive,
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
        let alive = Arc::clone(&self.0.alive.is_alive);
        request_of(posted, alive, &mut self.http())
    }

    /// Says that it is about to go because it has done all that it was called for.
    pub fn ended_well(&self) {
        self.0.alive.ended_well.store(true, Ordering::Release);
    }

    pub(crate) fn http(&mut self) -> wasmtime_wasi_http::WasiHttpCtxView<'_> {
        let own = &mut *self.0;
        wasmtime_wasi_http::WasiHttpCtxView {
            ctx: &mut own.http,
            table: &mut own.table,
            hooks: &mut own.http_hooks,
        }
    }
}

/// Builds a [`Guest`], in its place.
pub struct GuestBuilder(Guest);

impl fmt::Debug for GuestBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuestBuilder").finish_non_exhaustive()
    }
}

impl GuestBuilder {
    fn given(&mut self) -> &mut Given {
        &mut self.0.0.given
    }

    /// The arguments, with the program's name first.
    #[must_use]
    pub fn arguments(mut self, arguments: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.given().arguments = arguments.into_iter().map(Into::into).collect();
        self
    }

    /// The environment that the guest may be shown, in this order; the policy says which of it.
    #[must_use]
    pub fn environment(mut self, environment: impl IntoIterator<Item = (String, String)>) -> Self {
        self.given().environment = environment.into_iter().collect();
        self
    }

    /// The files that the guest may be shown; the policy says which of them.
    #[must_use]
    pub fn tree(mut self, tree: Tree) -> Self {
        self.given().tree = Some(tree);
        self
    }

    /// The folder that the guest begins in, by its path in the guest's tree. Without it: `/`.
    #[must_use]
    pub fn cwd(mut self, folder: impl Into<Cow<'static, str>>) -> Self {
        self.given().cwd = folder.into();
        self
    }

    /// Standard input.
    #[must_use]
    pub fn stdin(mut self, stdin: Input) -> Self {
        self.given().stdin = stdin;
        self
    }

    /// Standard output. Without it: the process's own.
    #[must_use]
    pub fn stdout(mut self, stdout: Output) -> Self {
        self.given().stdout = stdout;
        self
    }

    /// Standard error. Without it: the process's own.
    #[must_use]
    pub fn stderr(mut self, stderr: Output) -> Self {
        self.given().stderr = stderr;
        self
    }

    /// What an embedder's own interfaces work on for this guest.
    #[must_use]
    pub fn state(mut self, state: Arc<dyn Any + Send + Sync>) -> Self {
        self.given().state = Some(state);
        self
    }

    /// What the guest has beside that.
    #[must_use]
    pub fn attached(mut self, attached: Attached) -> Self {
        self.given().attached = attached.into();
        self
    }

    /// The program that the guest, a language's runtime, is to run.
    #[must_use]
    pub fn program(mut self, program: Arc<dyn Program>) -> Self {
        self.given().program = Some(program);
        self
    }

    /// The network in which the guest may listen at ports. Without it: none.
    #[must_use]
    pub fn ports(mut self, ports: Arc<dyn Ports>) -> Self {
        self.given().ports = Some(ports);
        self
    }

    /// By which the guest is sent signals. Without it: by nothing.
    #[must_use]
    pub fn signals(mut self, signals: Signals) -> Self {
        self.given().signals = Some(signals);
        self
    }

    /// The places of its sockets, which it may share with other guests. Without it: as many as its policy's handles.
    #[must_use]
    pub fn sockets(mut self, sockets: Sockets) -> Self {
        self.given().sockets = sockets.into();
        self
    }

    /// Where names are looked up. Without it: the system's resolver.
    #[must_use]
    pub fn resolver(mut self, resolver: Arc<dyn Resolver>) -> Self {
        self.given().resolver = resolver.into();
        self
    }

    /// What sends HTTP requests. Without it: a client that trusts the system's certificate authorities.
    #[must_use]
    pub fn http(mut self, client: Client) -> Self {
        self.given().http = client;
        self
    }

    /// The guest.
    #[must_use]
    pub fn build(self) -> Guest {
        self.0
    }
}
