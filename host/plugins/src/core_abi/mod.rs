//! Tools that are core modules: JSON in at offset 0 of an exported memory, JSON out wherever the tool says.
//!
//! Such a module exports a memory named `memory` and functions `(i32 pointer, i32 length) -> (i32 pointer, i32 length)`. The
//! input lies at offset 0 when a function is called, over whatever the module had there; what comes back are two numbers,
//! and each of them may be a lie.
//!
//! Nothing runs such a module but a component that is generated around it ([`wrap`]), because only a component passes the
//! gate. Functions are added to the module itself, where they see its memory: one for each tool, which calls it and looks at
//! the numbers before the canonical ABI does, and some that make room. What the module imports of WASI 0.1 goes
//! through the adapter that commands of WASI 0.1 go through, with the same codes of exit, and from there to the gate.
//!
//! * `_initialize` is called when the guest is made, and a start function before it, after all imports are in place.
//! * `_start` is never called: it is a program's, and ends with it. A module that has tools beside it is a tool.
//! * A guest serves one call: the answer is written into memory that the tool has done with.
//!
//! ```
//! use tollgate::{Host, RunOptions};
//! use tollgate_plugins::core_abi::{call, wrap};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let module = wat::parse_str(r#"(module (memory (export "memory") 1)
//!     (func (export "echo") (param i32 i32) (result i32 i32) (local.get 0) (local.get 1)))"#)?;
//! let wrapped = wrap(&module)?;
//! let host = Host::builder().compile_in_process().build()?;
//! let component = host.load(wrapped.component).await?;
//!
//! let grants = host.grants_from_toml("tool.toml", "version = 1")?;
//! let input = br#"{"text":"hello"}"#.to_vec();
//! let outcome = call(&component, &wrapped.functions[0], input, RunOptions::new(&grants)).await?;
//! assert_eq!(outcome.result??, br#"{"text":"hello"}"#);
//! # Ok(())
//! # }
//! ```

mod call;
mod error;
mod limits;
mod shim;
mod survey;
mod weave;

use std::fmt::Write as _;

use tollgate::engine::{Kind, Panicked, adapt_library, caps, check_imports, detect, guarded};

pub use call::{Answer, CallRefused, CoreFunction, Exchange, call, read_output};
pub use error::WrapError;
pub use limits::{FIXED, MAX_FUNCTIONS, MAX_NAME_BYTES};
use survey::Survey;

/// A component around a module, and where its tools are.
#[derive(Clone, PartialEq, Eq)]
pub struct Wrapped {
    /// The component's binary: the same for the same module.
    pub component: Vec<u8>,
    /// The module's tools, in the order of its exports.
    pub functions: Vec<CoreFunction>,
}

impl std::fmt::Debug for Wrapped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wrapped")
            .field("component", &self.component.len())
            .field("functions", &self.functions)
            .finish()
    }
}

/// Whether these bytes are a core module, by their header: what [`wrap`] takes, and no component.
#[must_use]
pub fn is_tool(bytes: &[u8]) -> bool {
    detect(bytes) == Ok(Kind::Module)
}

/// Generates a component around a module. This reads the module several times, which takes up to a fifth of a second for each
/// megabyte: it belongs on a thread that serves no guests.
///
/// # Errors
///
/// The bytes are no core module, or one without tools, with imports that are not of WASI 0.1, or with a memory of another
/// kind than the ABI's.
pub fn wrap(module: &[u8]) -> Result<Wrapped, WrapError> {
    if detect(module)? == Kind::Component {
        return Err(WrapError::Component);
    }
    guarded(|| wrap_module(module)).map_err(|Panicked| WrapError::Unreadable)?
}

fn wrap_module(module: &[u8]) -> Result<Wrapped, WrapError> {
    caps::check_caps(module)?;
    check_imports(module)?;
    let survey = Survey::of(module)?;
    let woven = weave::weave(module, &survey)?;
    let mut exports = String::new();
    let mut functions = Vec::new();
    for (index, (name, _)) in survey.tools.iter().enumerate() {
        let export = weave::export(index);
        // Writing to a string does not fail.
        let _ = write!(exports, "export {export}: {}; ", call::WIT);
        functions.push(CoreFunction {
            name: (*name).to_owned(),
            export,
            most_input: survey.most_input(),
        });
    }
    Ok(Wrapped {
        component: adapt_library(&woven, &exports)?,
        functions,
    })
}
