//! WASI 0.1 core modules into components.
//!
//! wasmtime's stock adapter does the work, with one change: it ends every failing program with `exit(err)`, which
//! makes each exit code a 1. So `proc_exit` is taken from it: the import is renamed to
//! `wasi:cli/exit#exit-with-code`, whose core signature is the same, and the code arrives unchanged (modulo 256,
//! as in any Unix process).

mod error;
mod imports;

pub use error::{AdaptError, shown};
pub use imports::check_imports;

use imports::WASI_0_1;
use wasi_preview1_component_adapter_provider as adapter;
use wasm_encoder::reencode::{self, Reencode};
use wasmparser::{Parser, Payload, TypeRef};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

const EXIT_MODULE: &str = "wasi:cli/exit@0.2.12";
const EXIT_FUNCTION: &str = "exit-with-code";
const EXIT_WORLD: &str = "package wasi:cli@0.2.12;
interface exit { exit-with-code: func(status-code: u8); }
world adapted { import exit; ";

/// Turns a WASI 0.1 command module into a component that exports `wasi:cli/run`.
///
/// # Errors
///
/// The module is malformed, imports what WASI 0.1 does not have, or is no command.
pub(crate) fn adapt(module: &[u8]) -> Result<Vec<u8>, AdaptError> {
    check_imports(module)?;
    check_start(module)?;
    encode(module, "", adapter::WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER)
}

/// Turns a module that exports functions by the canonical ABI into a component that exports them: `exports` are the lines
/// of its WIT world. What it imports of WASI 0.1 is adapted as a command's is, its codes of exit too; a module without
/// imports becomes a component without imports.
///
/// # Errors
///
/// The module is malformed, imports what WASI 0.1 does not have, or does not export what `exports` says.
pub fn adapt_library(module: &[u8], exports: &str) -> Result<Vec<u8>, AdaptError> {
    check_imports(module)?;
    encode(
        module,
        exports,
        adapter::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
    )
}

fn encode(module: &[u8], exports: &str, wasi: &[u8]) -> Result<Vec<u8>, AdaptError> {
    let mut module = with_exit_codes(module)?;
    let encode = |error: &dyn std::fmt::Display| AdaptError::Encode(error.to_string());
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve
        .push_str("adapted.wit", &format!("{EXIT_WORLD}{exports}}}"))
        .map_err(|error| encode(&format!("{error:#}")))?;
    let world = resolve
        .select_world(&[package], None)
        .map_err(|error| encode(&format!("{error:#}")))?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
        .map_err(|error| encode(&format!("{error:#}")))?;
    ComponentEncoder::default()
        .module(&module)
        .and_then(|encoder| encoder.adapter(WASI_0_1, wasi))
        .and_then(|mut encoder| encoder.encode())
        .map_err(|error| encode(&format!("{error:#}")))
}

/// Says in the module's own words what is wrong, before the adapter says it in its own.
fn check_start(module: &[u8]) -> Result<(), AdaptError> {
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::ExportSection(exports) = payload.map_err(AdaptError::malformed)? {
            for export in exports {
                if export.map_err(AdaptError::malformed)?.name == "_start" {
                    return Ok(());
                }
            }
        }
    }
    Err(AdaptError::NoStart)
}

fn with_exit_codes(module: &[u8]) -> Result<Vec<u8>, AdaptError> {
    let mut encoded = wasm_encoder::Module::new();
    ExitCodes
        .parse_core_module(&mut encoded, Parser::new(0), module)
        .map_err(AdaptError::malformed)?;
    Ok(encoded.finish())
}

struct ExitCodes;

impl Reencode for ExitCodes {
    type Error = std::convert::Infallible;

    fn parse_import_section(
        &mut self,
        imports: &mut wasm_encoder::ImportSection,
        section: wasmparser::ImportSectionReader<'_>,
    ) -> Result<(), reencode::Error<Self::Error>> {
        for import in section.into_imports() {
            let import = import?;
            let proc_exit = import.module == WASI_0_1
                && import.name == "proc_exit"
                && matches!(import.ty, TypeRef::Func(_));
            let (module, name) = if proc_exit {
                (EXIT_MODULE, EXIT_FUNCTION)
            } else {
                (import.module, import.name)
            };
            reencode::utils::parse_import(
                self,
                imports,
                wasmparser::Import {
                    module,
                    name,
                    ty: import.ty,
                },
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(imports: &str) -> Vec<u8> {
        wat::parse_str(format!(
            r#"(module {imports} (memory (export "memory") 1) (func (export "_start")))"#
        ))
        .unwrap()
    }

    fn imports(module: &[u8]) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            if let Payload::ImportSection(section) = payload.unwrap() {
                for import in section.into_imports() {
                    let import = import.unwrap();
                    found.push((import.module.to_owned(), import.name.to_owned()));
                }
            }
        }
        found
    }

    #[test]
    fn proc_exit_alone_is_taken_from_the_adapter() {
        let module = module(
            r#"(import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
               (import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))"#,
        );
        let renamed = imports(&with_exit_codes(&module).unwrap());
        let pair = |module: &str, name: &str| (module.to_owned(), name.to_owned());
        assert_eq!(
            renamed,
            [
                pair(WASI_0_1, "sched_yield"),
                pair(EXIT_MODULE, EXIT_FUNCTION)
            ]
        );
    }

    #[test]
    fn a22_modules_that_are_no_wasi_0_1_command_say_why() {
        let unstable = module(r#"(import "wasi_unstable" "proc_exit" (func (param i32)))"#);
        assert!(matches!(adapt(&unstable), Err(AdaptError::TooOld)));
        let foreign = module(r#"(import "env" "abort" (func))"#);
        assert!(matches!(
            adapt(&foreign),
            Err(AdaptError::UnknownImport { .. })
        ));
        let library = wat::parse_str("(module)").unwrap();
        assert!(matches!(adapt(&library), Err(AdaptError::NoStart)));
        let newer = module(r#"(import "wasi_snapshot_preview1" "fd_dup" (func))"#);
        assert!(matches!(
            adapt(&newer),
            Err(AdaptError::UnknownImport { name, .. }) if name == "fd_dup"
        ));
        for wrong in [
            r#"(import "wasi_snapshot_preview1" "proc_exit" (func))"#,
            r#"(import "wasi_snapshot_preview1" "proc_exit" (global i32))"#,
            r#"(import "wasi_snapshot_preview1" "proc_exit" (memory 1))"#,
        ] {
            let wrong = wat::parse_str(format!("(module {wrong} (func (export \"_start\")))"));
            assert!(matches!(
                adapt(&wrong.unwrap()),
                Err(AdaptError::WrongImport { name }) if name == "proc_exit"
            ));
        }
        let mut torn = module("");
        torn.truncate(torn.len() - 3);
        assert!(matches!(adapt(&torn), Err(AdaptError::Malformed(_))));
        assert!(adapt(&module("")).is_ok());
    }
}
