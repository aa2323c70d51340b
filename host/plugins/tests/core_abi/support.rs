//! A tool, ready to be called.

use tollgate::engine::CallError;
use tollgate::{Component, Host, Outcome, RunOptions};
use tollgate_plugins::core_abi::{CallRefused, Exchange, Wrapped, call, wrap};

/// What a call comes to.
pub(crate) type Called = Outcome<Result<Vec<u8>, Exchange>, CallError>;

/// A tool that gives its input back.
pub(crate) const ECHO: &str = r#"(module (memory (export "memory") 1)
    (func (export "echo") (param i32 i32) (result i32 i32) (local.get 0) (local.get 1)))"#;

/// Everything that a module may ask for by WASI 0.1 without files and sockets.
pub(crate) const OPEN: &str = "[stdio]\ndefault = \"allow\"\n[clock]\ndefault = \"allow\"\n\
    [random]\ndefault = \"allow\"\n[env]\nallow = [\"SEEN\"]\n";

#[track_caller]
pub(crate) fn wasm(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"))
}

/// A module that is loaded at a host of its own.
pub(crate) struct Tool {
    pub(crate) host: Host,
    pub(crate) wrapped: Wrapped,
    pub(crate) component: Component,
    policy: String,
}

impl Tool {
    /// As [`Tool::at`], at a host of its own.
    pub(crate) async fn new(text: &str) -> Self {
        let host = Host::builder().compile_in_process().build().unwrap();
        Self::at(host, text).await
    }

    /// Loads a module at `host`, whose calls are under the seed's limits but for fuel.
    pub(crate) async fn at(host: Host, text: &str) -> Self {
        let wrapped = wrap(&wasm(text)).unwrap_or_else(|error| panic!("{error}"));
        let component = host.load(wrapped.component.clone()).await;
        Self {
            host,
            wrapped,
            component: component.unwrap_or_else(|error| panic!("{error}")),
            policy: String::new(),
        }
        .under("[limits]\nmemory = \"50MiB\"\nwall = \"30s\"\n")
    }

    /// As [`Tool::new`], with its instructions counted and limited too.
    pub(crate) async fn with_fuel(text: &str) -> Self {
        let tool = Self::new(text).await;
        let counting = tool.host.load_counting(tool.wrapped.component.clone());
        Self {
            component: counting.await.unwrap_or_else(|error| panic!("{error}")),
            ..tool
        }
        .under("[limits]\nmemory = \"50MiB\"\nwall = \"30s\"\nfuel = 10000000\n")
    }

    /// The rest of a policy, in place of what was said before.
    pub(crate) fn under(mut self, policy: &str) -> Self {
        self.policy = format!("version = 1\n{policy}");
        self
    }

    pub(crate) fn options(&self) -> RunOptions {
        let grants = self.host.grants_from_toml("tool.toml", &self.policy);
        RunOptions::new(&grants.unwrap_or_else(|error| panic!("{error}")))
    }

    /// Calls the only tool, or the first.
    pub(crate) async fn call(&self, input: impl Into<Vec<u8>>) -> Called {
        self.try_call(0, input, self.options()).await.unwrap()
    }

    pub(crate) async fn try_call(
        &self,
        tool: usize,
        input: impl Into<Vec<u8>>,
        options: RunOptions,
    ) -> Result<Called, CallRefused> {
        let function = &self.wrapped.functions[tool];
        call(&self.component, function, input.into(), options).await
    }

    /// What the only tool makes of it.
    pub(crate) async fn output(&self, input: impl Into<Vec<u8>>) -> Vec<u8> {
        let outcome = self.call(input).await;
        let exchanged = outcome.result.unwrap_or_else(|error| panic!("{error}"));
        exchanged.unwrap_or_else(|error| panic!("{error}"))
    }
}
