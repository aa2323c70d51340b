//! Code instead of its text: what the host kept of an earlier run, for a text that it handed over just now.
//!
//! The text is what says which code it is: whoever changes a text on its way, as programs do that compile for themselves,
//! gets it compiled. The code comes from an instance of this engine that does nothing but [`compile`], and never from one
//! that runs a program, whose memory is the program's.

use std::cell::RefCell;

use rquickjs::{Ctx, Result};

use crate::bundle;
use crate::failure::type_error;
use crate::raw;
use crate::world::tollgate::bridge::module_loading::Format;
use crate::world::tollgate::bridge::program;

/// Bytes of a text below which compiling it takes no longer than asking. The host has the same number.
const LEAST_TEXT: usize = 1 << 10;

/// What a CommonJS module is a function of.
pub(crate) const PARAMETERS: [&str; 5] =
    ["exports", "require", "module", "__filename", "__dirname"];

/// The number that the first line of a function's text has so that the line behind it is 1: the engine takes 0 for none.
pub(crate) const FIRST_LINE: i32 = -1;

struct HandedOver {
    path: String,
    text: String,
}

thread_local! {
    /// What the host handed over last, until it is compiled.
    static LAST: RefCell<Option<HandedOver>> = const { RefCell::new(None) };
}

/// Keeps in mind what the host handed over.
pub(crate) fn handed_over(path: &str, text: String) {
    let kept = (text.len() >= LEAST_TEXT && bundle::with(|_| ()).is_none()).then(|| HandedOver {
        path: path.to_owned(),
        text,
    });
    LAST.set(kept);
}

/// The code of `text` under `name`, if that is what the host handed over, and it has it.
pub(crate) fn kept(text: &str, name: &str, format: Format) -> Option<Vec<u8>> {
    let is_it = |last: &mut HandedOver| match format {
        Format::Commonjs => runnable(&last.text).eq(text.bytes()),
        Format::Module | Format::Json => last.text == text,
    };
    let last = LAST.with_borrow_mut(|last| last.take_if(is_it))?;
    program::code(&last.path, name, format)
}

/// A script's text as the library has it compiled: its first line, where that is for the system, is a comment.
fn runnable(text: &str) -> impl Iterator<Item = u8> {
    let (first, rest) = match text.strip_prefix("#!") {
        Some(rest) => ("//", rest),
        None => ("", text),
    };
    first.bytes().chain(rest.bytes())
}

/// A function whose body is `source`, as a script. What stands before it has two lines of its own, so that all lines and
/// columns are those of the file, counted from [`FIRST_LINE`].
pub(crate) fn function(source: &str, parameters: &[impl AsRef<str>]) -> String {
    let names: Vec<&str> = parameters.iter().map(AsRef::as_ref).collect();
    // A last line that is a comment must not hide what closes the function.
    format!("(function ({}) {{\n\n{source}\n}})", names.join(", "))
}

/// Compiles a text that the host handed over, or will, and runs nothing of it.
pub(crate) fn compile(ctx: &Ctx<'_>, format: Format, name: &str, text: &str) -> Result<Vec<u8>> {
    match format {
        Format::Module => raw::code::of_module(ctx, text, name),
        Format::Commonjs => {
            let text = match text.strip_prefix("#!") {
                Some(rest) => function(&format!("//{rest}"), &PARAMETERS),
                None => function(text, &PARAMETERS),
            };
            raw::code::of_script(ctx, &text, name, FIRST_LINE)
        }
        Format::Json => Err(type_error(ctx, "JSON is no code")),
    }
}
