//! Core modules as their scripts use them: instances with names, in one store, under the engine of the host.

use std::collections::HashMap;

use wasmtime::{Engine, Instance, Linker, Module, Store, Trap, Val};
use wast::core::{WastArgCore, WastRetCore};
use wast::{WastArg, WastExecute, WastInvoke, WastRet};

use crate::load::{is_valid, ours};
use crate::matching::matches;

/// The module that all scripts of the specification import from.
const SPECTEST: &str = "(module
    (global (export \"global_i32\") i32 (i32.const 666)) (global (export \"global_i64\") i64 (i64.const 666))
    (global (export \"global_f32\") f32 (f32.const 666.6)) (global (export \"global_f64\") f64 (f64.const 666.6))
    (table (export \"table\") 10 20 funcref) (memory (export \"memory\") 1 2)
    (func (export \"print\")) (func (export \"print_i32\") (param i32)) (func (export \"print_i64\") (param i64))
    (func (export \"print_f32\") (param f32)) (func (export \"print_f64\") (param f64))
    (func (export \"print_i32_f32\") (param i32 f32)) (func (export \"print_f64_f64\") (param f64 f64)))";

/// More than any script computes.
const TICKS: u64 = 1 << 40;

/// The instances of one script.
pub(crate) struct Cores {
    store: Store<()>,
    linker: Linker<()>,
    named: HashMap<String, Instance>,
    /// The last one; none where the last one could not be made.
    current: Option<Instance>,
}

/// A call's results, or its error.
type Called = wasmtime::Result<Vec<Val>>;

impl Cores {
    pub(crate) fn new(engine: &Engine) -> Self {
        let mut store = Store::new(engine, ());
        store.set_epoch_deadline(TICKS);
        let mut linker = Linker::new(engine);
        linker.allow_shadowing(true);
        let spectest = Module::new(engine, wat::parse_str(SPECTEST).unwrap()).unwrap();
        let instance = linker.instantiate(&mut store, &spectest).unwrap();
        linker.instance(&mut store, "spectest", instance).unwrap();
        Self {
            store,
            linker,
            named: HashMap::new(),
            current: None,
        }
    }

    pub(crate) fn instantiate(
        &mut self,
        name: Option<String>,
        bytes: &[u8],
    ) -> wasmtime::Result<()> {
        self.current = None;
        let module = Module::from_binary(self.store.engine(), bytes)?;
        let instance = match self.linker.instantiate(&mut self.store, &module) {
            Ok(instance) => instance,
            Err(error) => {
                if let Some(name) = name {
                    self.named.remove(&name);
                }
                return Err(error);
            }
        };
        self.current = Some(instance);
        if let Some(name) = name {
            self.named.insert(name, instance);
        }
        Ok(())
    }

    /// The last module is one that cannot be used.
    pub(crate) fn forget(&mut self, name: Option<String>) {
        self.current = None;
        if let Some(name) = name {
            self.named.remove(&name);
        }
    }

    pub(crate) fn register(&mut self, name: &str, module: Option<&str>) {
        if let Some(instance) = self.instance(module) {
            self.linker
                .instance(&mut self.store, name, instance)
                .unwrap();
        }
    }

    fn instance(&self, name: Option<&str>) -> Option<Instance> {
        match name {
            Some(name) => self.named.get(name).copied(),
            None => self.current,
        }
    }

    /// None where there is nothing to call, or an argument of a kind that is not made here.
    fn invoke(&mut self, invoke: &WastInvoke<'_>) -> Option<Called> {
        let instance = self.instance(invoke.module.map(|id| id.name()))?;
        let function = instance.get_func(&mut self.store, invoke.name)?;
        let arguments = invoke
            .args
            .iter()
            .map(argument)
            .collect::<Option<Vec<Val>>>()?;
        let mut results = vec![Val::I32(0); function.ty(&self.store).results().len()];
        Some(
            function
                .call(&mut self.store, &arguments, &mut results)
                .map(|()| results),
        )
    }

    pub(crate) fn call(&mut self, invoke: &WastInvoke<'_>) -> Option<Result<Vec<Val>, String>> {
        Some(
            self.invoke(invoke)?
                .map_err(|error| format!("{} fails: {error:#}", invoke.name)),
        )
    }

    pub(crate) fn returns(
        &mut self,
        exec: &WastExecute<'_>,
        results: &[WastRet<'_>],
    ) -> Option<Result<(), String>> {
        let values = match exec {
            WastExecute::Invoke(invoke) => self.call(invoke)?,
            WastExecute::Get { module, global, .. } => {
                let instance = self.instance(module.map(|id| id.name()))?;
                let global = instance.get_global(&mut self.store, global)?;
                Ok(vec![global.get(&mut self.store)])
            }
            WastExecute::Wat(_) => return None,
        };
        let values = match values {
            Ok(values) => values,
            Err(why) => return Some(Err(why)),
        };
        let expected = results.iter().map(expected).collect::<Option<Vec<_>>>()?;
        let equal = expected.len() == values.len();
        for (value, expected) in values.iter().zip(&expected) {
            if !matches(value, expected)? {
                return Some(Err(format!("{value:?} where {expected:?} is asserted")));
            }
        }
        Some(if equal {
            Ok(())
        } else {
            Err("another number of results".to_owned())
        })
    }

    pub(crate) fn traps(&mut self, exec: WastExecute<'_>) -> Option<Result<(), String>> {
        let result = match exec {
            WastExecute::Invoke(invoke) => self.invoke(&invoke)?.map(drop),
            WastExecute::Wat(mut wat) => {
                let bytes = wat.encode().ok()?;
                if !is_valid(&bytes, ours()) {
                    return None;
                }
                self.instantiate(None, &bytes)
            }
            WastExecute::Get { .. } => return None,
        };
        Some(trapped(result))
    }

    pub(crate) fn exhausts(&mut self, call: &WastInvoke<'_>) -> Option<Result<(), String>> {
        let result = self.invoke(call)?;
        Some(
            match result.as_ref().err().and_then(|error| error.downcast_ref()) {
                Some(Trap::StackOverflow) => Ok(()),
                _ => Err(format!("{result:?} where the stack is exhausted")),
            },
        )
    }
}

fn trapped(result: wasmtime::Result<()>) -> Result<(), String> {
    match result {
        Ok(()) => Err("it does not trap".to_owned()),
        Err(error) if error.is::<Trap>() => Ok(()),
        Err(error) => Err(format!("no trap: {error:#}")),
    }
}

fn argument(argument: &WastArg<'_>) -> Option<Val> {
    let WastArg::Core(argument) = argument else {
        return None;
    };
    Some(match argument {
        WastArgCore::I32(value) => Val::I32(*value),
        WastArgCore::I64(value) => Val::I64(*value),
        WastArgCore::F32(value) => Val::F32(value.bits),
        WastArgCore::F64(value) => Val::F64(value.bits),
        WastArgCore::V128(value) => Val::V128(u128::from_le_bytes(value.to_le_bytes()).into()),
        _ => return None,
    })
}

fn expected<'a, 'b>(result: &'b WastRet<'a>) -> Option<&'b WastRetCore<'a>> {
    match result {
        WastRet::Core(result) => Some(result),
        _ => None,
    }
}
