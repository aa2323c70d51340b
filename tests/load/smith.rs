//! Modules that nobody wrote: a guest makes them up from seeds, and the host loads, runs and drops what its guest made up.
//!
//! `TOLLGATE_SMITHS` says how many; `just soak` says ten thousand.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use tollgate_engine::{CompileError, Ended, LoadError, RunError};
use tollgate_tests::{guests, scene};
use wasmparser::{ExternalKind, Parser, Payload, ValType};

use crate::host::{Host, resident, unrevealing};
use crate::measure::cpu;

const MODULES: u64 = 1_000;
/// How many are made up at a time.
const BATCH: u64 = 500;
/// The most processor time that a small module may take from its bytes to its end.
const CPU: Duration = Duration::from_secs(20);
/// How many exported functions of each are called.
const CALLED: usize = 3;

/// Counts of how modules ended.
#[derive(Debug, Default)]
struct Ends {
    made: u64,
    refused: u64,
    returned: u64,
    trapped: u64,
    limited: u64,
    too_large: u64,
}

/// The modules of some seeds, made up by the guest.
fn modules(first: u64, count: u64) -> Vec<Vec<u8>> {
    let scene = scene!();
    let (first, count) = (first.to_string(), count.to_string());
    let finished = scene
        .run(guests::SMITH)
        .args(&[first.as_str(), count.as_str()])
        .flags(&["--limit", "output=1GiB,cpu=10m,wall=20m"])
        .patience(Duration::from_secs(1_200))
        .finish();
    let digits = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    finished
        .expect(0)
        .stdout
        .lines()
        .map(|line| line.as_bytes().chunks_exact(2).map(digits).collect())
        .collect()
}

/// The functions of a module that a component can offer as they are: of numbers, and with one result at most.
fn functions(module: &[u8]) -> Vec<(String, Vec<ValType>, Option<ValType>)> {
    let (mut types, mut declared, mut exported) = (Vec::new(), Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload.unwrap() {
            Payload::TypeSection(section) => {
                let groups = section.into_iter().map(|group| group.unwrap().into_types());
                types = groups.flatten().collect();
            }
            Payload::FunctionSection(section) => {
                declared = section.into_iter().map(Result::unwrap).collect()
            }
            Payload::ExportSection(section) => {
                exported = section.into_iter().map(Result::unwrap).collect()
            }
            _ => {}
        }
    }
    let number = |ty: &ValType| {
        matches!(
            ty,
            ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64
        )
    };
    exported
        .iter()
        .filter(|export| export.kind == ExternalKind::Func)
        .filter_map(|export| {
            let index: u32 = declared[usize::try_from(export.index).unwrap()];
            let wasmparser::CompositeInnerType::Func(ty) =
                &types[usize::try_from(index).unwrap()].composite_type.inner
            else {
                return None;
            };
            let fits = ty.params().len() <= 16
                && ty.params().iter().all(number)
                && ty.results().len() <= 1
                && ty.results().iter().all(number);
            fits.then(|| {
                (
                    export.name.to_owned(),
                    ty.params().to_vec(),
                    ty.results().first().copied(),
                )
            })
        })
        .take(CALLED)
        .collect()
}

/// A component around the module, with some of its functions as `f0`, `f1`, …
fn component(module: &[u8]) -> (Vec<u8>, Vec<String>) {
    use wasm_encoder::{
        ComponentBuilder, ComponentExportKind, ComponentValType, ExportKind, ModuleArg,
        PrimitiveValType,
    };
    let kind = |ty: &ValType| {
        ComponentValType::Primitive(match ty {
            ValType::I32 => PrimitiveValType::S32,
            ValType::I64 => PrimitiveValType::S64,
            ValType::F32 => PrimitiveValType::F32,
            _ => PrimitiveValType::F64,
        })
    };
    let mut builder = ComponentBuilder::default();
    let raw = builder.core_module_raw(None, module);
    let no_arguments: [(&str, ModuleArg); 0] = [];
    let instance = builder.core_instantiate(None, raw, no_arguments);
    let mut calls = Vec::new();
    for (number, (name, parameters, result)) in functions(module).iter().enumerate() {
        let core = builder.core_alias_export(None, instance, name, ExportKind::Func);
        let (ty, mut encoder) = builder.type_function(None);
        let named: Vec<(String, ComponentValType)> = parameters
            .iter()
            .enumerate()
            .map(|(index, ty)| (format!("p{index}"), kind(ty)))
            .collect();
        encoder.params(named.iter().map(|(name, ty)| (name.as_str(), *ty)));
        encoder.result(result.as_ref().map(kind));
        let lifted = builder.lift_func(None, core, ty, []);
        builder.export(
            &format!("f{number}"),
            ComponentExportKind::Func,
            lifted,
            None,
        );
        let arguments = vec!["1"; parameters.len()].join(", ");
        calls.push(format!("f{number}({arguments})"));
    }
    (builder.finish(), calls)
}

/// Loads one, and calls it.
fn drive(host: &Host, module: &[u8], ends: &mut Ends) {
    ends.made += 1;
    let (bytes, calls) = component(module);
    let loaded = match crate::host::load(&host.engine, &bytes) {
        Ok(loaded) => loaded,
        Err(error @ (LoadError::Compile(CompileError::Invalid(_)) | LoadError::Cap(_))) => {
            unrevealing("a refusal", &error.to_string());
            ends.refused += 1;
            return;
        }
        Err(other) => panic!("refused in another way: {other:?}"),
    };
    for call in calls {
        let done = host.run(&loaded, "memory=32MiB,cpu=20ms,wall=10s", Some(&call));
        match &done.result {
            Ok(Ended::Returned(_)) => ends.returned += 1,
            Err(RunError::Trap(text)) => {
                unrevealing("a trap", text);
                ends.trapped += 1;
            }
            Err(RunError::Limit(_)) => ends.limited += 1,
            Err(RunError::TooLarge(_)) => ends.too_large += 1,
            other => panic!("it ends in another way: {other:?}"),
        }
    }
}

#[test]
fn i38_modules_that_nobody_wrote_load_and_run_or_are_refused() {
    let count = std::env::var("TOLLGATE_SMITHS").map_or(MODULES, |text| text.parse().unwrap());
    let host: Host = Host::new();
    let (mut ends, mut before) = (Ends::default(), 0);
    for first in (0..count).step_by(usize::try_from(BATCH).unwrap()) {
        for (number, module) in modules(first, BATCH.min(count - first)).iter().enumerate() {
            let started = cpu();
            let result = catch_unwind(AssertUnwindSafe(|| drive(&host, module, &mut ends)));
            assert!(result.is_ok(), "module {number} from {first} ends the host");
            let took = cpu() - started;
            assert!(took < CPU, "module {number} from {first} takes {took:?}");
        }
        // What the first batch leaves is what an allocator keeps.
        before = if before == 0 { resident() } else { before };
    }
    eprintln!("{ends:?}");
    let after = resident();
    assert!(
        after < before + before / 4 + (64 << 20),
        "memory grows: {before} to {after}"
    );
    assert!(ends.made * 10 > count * 9, "{ends:?}");
    assert!(ends.refused > 0 && ends.refused * 2 < ends.made, "{ends:?}");
    assert!(
        ends.returned > ends.made / 20 && ends.trapped > 0,
        "{ends:?}"
    );
    host.hostile(
        "the next",
        &host.load(&crate::make::wasm(crate::host::GOOD)),
        "",
        Some("f()"),
    )
    .returned();
}
