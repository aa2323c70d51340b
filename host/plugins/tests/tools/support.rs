//! A host with a log in memory, tools for it, and what both say.

use tollgate::audit::{Log, LogOptions, Record};
use tollgate::policy::{Policy, PolicyBuilder};
use tollgate::{Host, HostBuilder};
use tollgate_plugins::{ToolError, Tools};
use tollgate_tests::guests;

/// What must be seen in no error, record or log.
pub(crate) const CANARY: &str = "canary-7f3a";

pub(crate) fn builder() -> HostBuilder {
    Host::builder().compile_in_process()
}

/// A registry, and the log of its host.
pub(crate) fn registry() -> (Tools, Log) {
    let log = Log::memory(LogOptions {
        recent_records: 100_000,
        ..LogOptions::default()
    });
    let host = builder().log(log.clone()).build().unwrap();
    (Tools::new(&host), log)
}

/// Standard streams, clocks and entropy, under these limits.
pub(crate) fn policy(limits: &str) -> Policy {
    let mut builder = PolicyBuilder::new();
    builder.command_line_defaults();
    if !limits.is_empty() {
        builder.limit(limits).unwrap();
    }
    builder.build().unwrap()
}

/// The tool in Rust.
pub(crate) fn tool() -> Vec<u8> {
    std::fs::read(guests::TOOL).unwrap()
}

/// The registry with the tool in Rust as `tool`.
pub(crate) async fn with_tool(limits: &str) -> (Tools, Log) {
    let (tools, log) = registry();
    tools.load("tool", tool(), policy(limits)).await.unwrap();
    (tools, log)
}

#[track_caller]
pub(crate) fn wasm(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"))
}

/// A core module that gives back what it got.
pub(crate) const ECHO: &str = r#"(module
    (memory (export "memory") 1)
    (func (export "echo") (param i32 i32) (result i32 i32) local.get 0 local.get 1))"#;

/// A core module whose function does this, with its input at 0.
pub(crate) fn module(body: &str) -> Vec<u8> {
    wasm(&format!(
        r#"(module
            (memory (export "memory") 1)
            (func (export "run") (param i32 i32) (result i32 i32) {body}))"#
    ))
}

/// Everything that an error says, for people and for programs.
pub(crate) fn said(error: &ToolError) -> String {
    format!(
        "{error} {error:?} {}",
        serde_json::to_string(error).unwrap()
    )
}

/// All records, as text.
pub(crate) fn written(log: &Log) -> String {
    let records: Vec<Record> = log.recent();
    format!("{records:?}")
}
