//! A component and what it is merged to are told apart by nothing that they do.

mod alone;
mod generated;
mod meaning;

use wasmparser::{Parser, Payload};
use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Store, StoreContextMut, Trap};

use super::merged;
use crate::profile::{RunLanguage, config, features};

/// What was seen of a component: how it was instantiated, what its function `run` gave each time, and what it said.
#[derive(Debug, PartialEq)]
struct Seen {
    instantiated: Result<(), Option<Trap>>,
    runs: Vec<Result<u32, Option<Trap>>>,
    said: Vec<String>,
}

const RUNS: usize = 3;

fn engine() -> Engine {
    let mut config = config::<RunLanguage>();
    config.epoch_interruption(false).async_stack_size(32 << 20);
    Engine::new(&config).unwrap()
}

fn linker(engine: &Engine) -> Linker<Vec<String>> {
    let mut linker = Linker::new(engine);
    let mut host = linker.instance("host").unwrap();
    host.func_wrap(
        "log",
        |mut store: StoreContextMut<'_, Vec<String>>, (number,): (u32,)| {
            store.data_mut().push(number.to_string());
            Ok((number.wrapping_add(1),))
        },
    )
    .unwrap();
    host.func_wrap(
        "say",
        |mut store: StoreContextMut<'_, Vec<String>>, (text,): (String,)| {
            store.data_mut().push(text);
            Ok(())
        },
    )
    .unwrap();
    linker
}

fn trap(error: &wasmtime::Error) -> Option<Trap> {
    error.downcast_ref::<Trap>().copied()
}

fn see(component: &[u8]) -> Seen {
    let engine = engine();
    let component = Component::new(&engine, component).unwrap();
    let mut store = Store::new(&engine, Vec::new());
    let instance = linker(&engine).instantiate(&mut store, &component);
    let mut runs = Vec::new();
    if let Ok(instance) = &instance {
        let run = instance.get_typed_func::<(), (u32,)>(&mut store, "run");
        let run = run.unwrap();
        for _ in 0..RUNS {
            let result = run.call(&mut store, ());
            let ended = result.is_err();
            runs.push(result.map(|(number,)| number).map_err(|error| trap(&error)));
            if ended {
                break;
            }
        }
    }
    Seen {
        instantiated: instance.map(|_| ()).map_err(|error| trap(&error)),
        runs,
        said: store.into_data(),
    }
}

fn merge(component: &[u8]) -> Option<Vec<u8>> {
    merged(component, features::<RunLanguage>())
}

/// Merges a component in text, sees that nothing tells both apart, and gives the merged one with what was seen.
fn same(text: &str) -> (Vec<u8>, Seen) {
    let component = wat::parse_str(text).unwrap();
    let merged = merge(&component).expect("it is merged");
    let (apart, one) = (see(&component), see(&merged));
    assert_eq!(apart, one);
    (merged, one)
}

/// The length of each module of a component, in bytes.
fn modules(component: &[u8]) -> Vec<usize> {
    let payloads = Parser::new(0).parse_all(component);
    payloads
        .filter_map(|payload| match payload.unwrap() {
            Payload::ModuleSection {
                unchecked_range, ..
            } => Some(unchecked_range.len()),
            _ => None,
        })
        .collect()
}

/// A component of an owner of memory and table, and of libraries: `instances` after them, `run` lifted of `last`.
fn linked(libraries: &str, last: &str) -> String {
    format!(
        r#"(component
          (core module $owner
            (memory (export "memory") 2)
            (table (export "table") 16 funcref)
            (global (export "sp") (mut i32) (i32.const 1024))
            (global (export "mb") i32 (i32.const 256))
            (global (export "tb") i32 (i32.const 4)))
          (core instance $owner (instantiate $owner))
          {libraries}
          (func (export "run") (result u32) (canon lift (core func ${last} "run"))))"#
    )
}
