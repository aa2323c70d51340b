//! A component that gives back what it gets, of any type.
//!
//! Its function `echo` takes so much that all of it is passed in memory, and gives the first of it and a byte. Those lie in
//! memory as a tuple of the two does; so the core function gives back the address that it was given, whatever the type.
//! Its function `same` takes and gives the value alone: where a value is one of the core's, or so large that it lies in
//! memory, that is the same core function.

use std::sync::LazyLock;

use serde_json::Value;
use tokio::runtime::Runtime;
use tollgate::policy::Policy;
use tollgate::{Grants, Host, RunOptions};
use tollgate_plugins::json::BytesAs;
use tollgate_plugins::wit::{Function, functions};
use tollgate_plugins::{Calling, Tool, ToolName};
use wasmtime::component::{Component, Linker, Val};
use wasmtime::{Config, Engine, Store};
use wit_parser::abi::{AbiVariant, WasmType};

use crate::kinds::Kind;
use crate::support::{component, resolve};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static HOST: LazyLock<Host> = LazyLock::new(|| {
    let _within = RUNTIME.enter();
    Host::builder().compile_in_process().build().unwrap()
});
/// An engine that has lists of a fixed length, which Tollgate's own does not have yet.
static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let mut config = Config::new();
    config.wasm_component_model_fixed_length_lists(true);
    Engine::new(&config).unwrap()
});

/// The name of the interface that the functions are in.
const INTERFACE: &str = "t:t/echo";

/// An echo for one type.
pub(crate) struct Echo {
    /// `echo` and `same`.
    pub(crate) functions: Vec<Function>,
    /// Whether `same` does what its name says.
    pub(crate) has_same: bool,
    within: Within,
}

/// What calls it.
enum Within {
    Tollgate(Box<(Tool, Grants)>),
    Bare(Component),
}

impl Echo {
    pub(crate) fn of(kind: &Kind) -> Self {
        let mut definitions = Vec::new();
        let ty = kind.wit(&mut definitions);
        let wit = format!(
            "package t:t;\ninterface echo {{\n{}\n
               echo: func(x: {ty}, a: u8, pad: tuple<{}>) -> tuple<{ty}, u8>;
               same: func(x: {ty}) -> {ty};\n}}\nworld w {{ export echo; }}",
            definitions.join("\n"),
            ["u64"; 16].join(", ")
        );
        let (resolve, _, world) = resolve(&wit, "w");
        let interface = resolve.interfaces.iter().next().unwrap().1;
        let same = resolve.wasm_signature(AbiVariant::GuestExport, &interface.functions["same"]);
        let word = |ty: &WasmType| match ty {
            WasmType::I64 | WasmType::PointerOrI64 => "i64",
            WasmType::F32 => "f32",
            WasmType::F64 => "f64",
            WasmType::I32 | WasmType::Pointer | WasmType::Length => "i32",
        };
        let parameters: Vec<_> = same.params.iter().map(word).collect();
        let has_same = parameters.len() == 1 && same.retptr == same.indirect_params;
        let module = format!(
            r#"(module
                (memory (export "memory") 2)
                (global $next (mut i32) (i32.const 1024))
                (func (export "{INTERFACE}#echo") (param i32) (result i32) (local.get 0))
                (func (export "{INTERFACE}#same") (param {}) (result {}) {})
                (func (export "cabi_realloc") (param $old i32) (param $size i32) (param $align i32) (param $new i32)
                    (result i32) (local $at i32)
                    (local.set $at (i32.and
                        (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1)))
                        (i32.sub (i32.const 0) (local.get $align))))
                    (global.set $next (i32.add (local.get $at) (local.get $new)))
                    (local.get $at)))"#,
            parameters.join(" "),
            word(&same.results[0]),
            if has_same {
                "(local.get 0)"
            } else {
                "(unreachable)"
            },
        );
        let bytes = component(&resolve, world, wat::parse_str(&module).unwrap());
        let within = match kind.has_fixed() {
            true => Within::Bare(Component::from_binary(&ENGINE, &bytes).unwrap()),
            false => RUNTIME.block_on(async {
                let name = ToolName::new("echo").unwrap();
                let tool = Tool::load(&HOST, name, bytes.clone()).await.unwrap();
                let grants = tool
                    .grants(Policy::from_toml("none", "version = 1").unwrap())
                    .unwrap();
                Within::Tollgate(Box::new((tool, grants)))
            }),
        };
        Self {
            functions: functions(&bytes).unwrap(),
            has_same,
            within,
        }
    }

    /// What a function gives for an input, in an instance of its own.
    pub(crate) fn call(&self, function: &Function, input: Value, bytes: BytesAs) -> Value {
        match &self.within {
            Within::Tollgate(within) => {
                let (tool, grants) = &**within;
                let name = function.full_name();
                let calling = Calling {
                    function: Some(&name),
                    bytes,
                };
                let called = tool.call(calling, input, || RunOptions::new(grants));
                RUNTIME.block_on(called).result.unwrap().value
            }
            Within::Bare(component) => {
                let arguments = function.arguments(input, bytes).unwrap();
                let given = call(component, &function.name, &arguments);
                function.output(Some(given), bytes).unwrap()
            }
        }
    }
}

fn call(component: &Component, function: &str, arguments: &[Val]) -> Val {
    let mut store = Store::new(&ENGINE, ());
    let instance = Linker::new(&ENGINE)
        .instantiate(&mut store, component)
        .unwrap();
    let interface = instance
        .get_export_index(&mut store, None, INTERFACE)
        .unwrap();
    let export = instance.get_export_index(&mut store, Some(&interface), function);
    let function = instance.get_func(&mut store, export.unwrap()).unwrap();
    let mut results = [Val::Bool(false)];
    function.call(&mut store, arguments, &mut results).unwrap();
    let [result] = results;
    result
}
