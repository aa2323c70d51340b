//! Static caps: what a component may be made of, counted before a compiler sees it.
//!
//! Cranelift's time and memory grow faster than its input in places, and denial of service while compiling is outside
//! wasmtime's security policy. The caps leave room for CPython compiled to WebAssembly, the largest guest known here.

use wasmparser::{Parser, Payload};

/// One cap.
#[derive(Debug, Clone, Copy)]
pub struct Cap {
    /// What is counted.
    pub what: &'static str,
    /// The most there may be.
    pub limit: u64,
    /// Why this number.
    pub reason: &'static str,
}

/// Bytes of one function body.
pub const FUNCTION_BYTES: Cap = Cap {
    what: "bytes in one function body",
    limit: 512 << 10,
    reason: "a body of 900 kB takes ten seconds and a gigabyte to compile; the interpreter loop of CPython has 120 kB",
};
/// Functions, over all modules.
pub const FUNCTIONS: Cap = Cap {
    what: "functions",
    limit: 60_000,
    reason: "as many small ones take five seconds to compile; CPython with its extension modules has 20,000",
};
/// Types of core modules, over all of them.
pub const CORE_TYPES: Cap = Cap {
    what: "types of core modules",
    limit: 20_000,
    reason: "each takes a trampoline: as many take three seconds to compile; CPython has some thousand",
};
/// Types of components, over all of them.
pub const COMPONENT_TYPES: Cap = Cap {
    what: "types of components",
    limit: 100_000,
    reason: "as many take a fifth of a second",
};
/// Imports, over all modules and components.
pub const IMPORTS: Cap = Cap {
    what: "imports",
    limit: 20_000,
    reason: "each takes a look-up, and a message when it is missing",
};
/// Exports, over all modules and components.
pub const EXPORTS: Cap = Cap {
    what: "exports",
    limit: 100_000,
    reason: "each takes a name in the host",
};
/// Core modules and components inside a component.
pub const NESTED: Cap = Cap {
    what: "nested modules and components",
    limit: 1_000,
    reason: "each is an instance in every run",
};
/// Nesting of components.
pub const DEPTH: Cap = Cap {
    what: "levels of nested components",
    limit: 32,
    reason: "readers recurse",
};

/// A component that is over a static cap, or cannot even be counted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CapError {
    /// Too much of something.
    #[error("the component has {count} {what}, more than the {limit} that are compiled")]
    Over {
        /// What there is too much of.
        what: &'static str,
        /// How much was seen when counting stopped.
        count: u64,
        /// The cap.
        limit: u64,
    },
    /// The binary is damaged.
    #[error("the binary is malformed: {0}")]
    Malformed(String),
}

#[derive(Default)]
struct Counts {
    functions: u64,
    core_types: u64,
    component_types: u64,
    imports: u64,
    exports: u64,
    nested: u64,
    depth: u64,
}

fn within(cap: Cap, count: u64) -> Result<(), CapError> {
    if count <= cap.limit {
        Ok(())
    } else {
        Err(CapError::Over {
            what: cap.what,
            count,
            limit: cap.limit,
        })
    }
}

fn add(total: &mut u64, cap: Cap, more: u32) -> Result<(), CapError> {
    *total = total.saturating_add(u64::from(more));
    within(cap, *total)
}

impl Counts {
    fn count(&mut self, payload: &Payload<'_>) -> Result<(), CapError> {
        match payload {
            Payload::CodeSectionEntry(body) => within(FUNCTION_BYTES, body.range().len() as u64),
            Payload::FunctionSection(section) => {
                add(&mut self.functions, FUNCTIONS, section.count())
            }
            Payload::TypeSection(section) => add(&mut self.core_types, CORE_TYPES, section.count()),
            Payload::ComponentTypeSection(section) => {
                add(&mut self.component_types, COMPONENT_TYPES, section.count())
            }
            Payload::ImportSection(section) => add(&mut self.imports, IMPORTS, section.count()),
            Payload::ComponentImportSection(section) => {
                add(&mut self.imports, IMPORTS, section.count())
            }
            Payload::ExportSection(section) => add(&mut self.exports, EXPORTS, section.count()),
            Payload::ComponentExportSection(section) => {
                add(&mut self.exports, EXPORTS, section.count())
            }
            Payload::ModuleSection { .. } => add(&mut self.nested, NESTED, 1),
            Payload::ComponentSection { .. } => {
                self.depth += 1;
                within(DEPTH, self.depth)?;
                add(&mut self.nested, NESTED, 1)
            }
            _ => Ok(()),
        }
    }
}

/// Counts `binary` against every cap. Reads it once, without validating and without recursion.
///
/// # Errors
///
/// The first cap that is passed, or the place where the binary cannot be read.
pub fn check_caps(binary: &[u8]) -> Result<(), CapError> {
    let mut counts = Counts::default();
    let mut open = Vec::new();
    for payload in Parser::new(0).parse_all(binary) {
        let payload = payload.map_err(|error| CapError::Malformed(error.to_string()))?;
        counts.count(&payload)?;
        match payload {
            Payload::ModuleSection { .. } => open.push(false),
            Payload::ComponentSection { .. } => open.push(true),
            Payload::End(_) if open.pop() == Some(true) => counts.depth -= 1,
            _ => {}
        }
    }
    Ok(())
}
