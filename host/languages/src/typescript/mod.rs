//! TypeScript as JavaScript: types become blanks.
//!
//! What is left has every token in the line and column that it had, so that no source map is needed. That is the mode of
//! Node's own `--experimental-strip-types`, and what it does not take is not taken here either: enums, namespaces with
//! values in them, parameter properties, `import =`, `export =`, assertions as in `<T>x`; and decorators, which no engine
//! has. None of these is a type: each stands for code that would have to be made up.
//!
//! Where blanks alone would change what follows them, a `;`, `(` or `)` stands in a blank's place: before what would else
//! be read as part of the statement before, and around the parameters of arrows whose types go over several lines.

mod edits;
mod erase;
mod imports;
mod nesting;
mod problem;

use std::fmt;
use std::thread;

use oxc_allocator::Allocator;
use oxc_diagnostics::OxcDiagnostic;
use oxc_parser::{ParseOptions, Parser};
use oxc_span::SourceType;
use thiserror::Error;

use crate::Format;
use crate::bounds::{
    LONGEST_BUNDLED, LONGEST_TYPESCRIPT, MOST_ANGLES, MOST_ASSIGNED, MOST_NESTING, MOST_STACK,
};
use edits::is_line_end;
use problem::Fault;

pub(crate) use imports::Specifier;
pub use problem::TypeScriptProblem;

/// Why a source is not taken, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct TypeScriptError {
    /// The file, as the caller named it.
    pub file: String,
    /// Counted from one. Zero where the problem has no place.
    pub line: usize,
    /// Counted from one, in UTF-16 units.
    pub column: usize,
    /// The line itself, or its beginning.
    pub text: String,
    /// What is wrong.
    #[source]
    pub problem: TypeScriptProblem,
}

impl TypeScriptError {
    /// The error's `code`, as Node has it for the same.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.problem {
            TypeScriptProblem::Syntax(_) => "ERR_INVALID_TYPESCRIPT_SYNTAX",
            TypeScriptProblem::Unsupported(_) => "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX",
            TypeScriptProblem::TooLong | TypeScriptProblem::TooDeep => "ERR_TOLLGATE_SOURCE_LIMIT",
            TypeScriptProblem::Host(_) => "ERR_TOLLGATE_UNREADABLE",
        }
    }
}

impl fmt::Display for TypeScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            column,
            text,
            problem,
        } = self;
        if *line == 0 {
            return write!(f, "{file}: {problem}");
        }
        let indent = " ".repeat(column.saturating_sub(1).min(text.encode_utf16().count()));
        write!(
            f,
            "{file}:{line}:{column}: {problem}\n    {text}\n    {indent}^"
        )
    }
}

/// The JavaScript of a TypeScript source. `file` is how errors name it, `format` how it is read.
///
/// The parser has a thread of its own, for the stack that the source may need: see [`MOST_NESTING`].
///
/// # Errors
///
/// The source is no TypeScript, or has what can't be stripped, or is too large in some way.
pub fn strip_types(file: &str, source: &str, format: Format) -> Result<String, TypeScriptError> {
    let failed = |(problem, at): Fault| located(file, source, problem, at);
    check_size(source, LONGEST_TYPESCRIPT)
        .and_then(|()| on_stack(source, || stripped(source, format)))
        .map_err(failed)
}

/// What a source without types imports, by the same parser under the same bounds but for the length; nothing where it
/// does not take the source.
pub(crate) fn specifiers(source: &str, format: Format) -> Option<Vec<Specifier>> {
    let kind = match format {
        Format::Module => SourceType::mjs(),
        Format::CommonJs | Format::Detect => SourceType::cjs(),
        Format::Json => return Some(Vec::new()),
    };
    check_size(source, LONGEST_BUNDLED).ok()?;
    let work = || {
        let allocator = Allocator::default();
        let parsed = parse(&allocator, source, kind)?;
        Ok(imports::of(&parsed))
    };
    on_stack(source, work).ok()
}

fn check_size(source: &str, longest: usize) -> Result<(), Fault> {
    if source.len() > longest {
        return Err((TypeScriptProblem::TooLong, None));
    }
    let deepest = nesting::deepest(source);
    if deepest.brackets > MOST_NESTING
        || deepest.angles > MOST_ANGLES
        || deepest.assigned > MOST_ASSIGNED
        || nesting::stack_for(source) > MOST_STACK
    {
        return Err((TypeScriptProblem::TooDeep, None));
    }
    Ok(())
}

fn on_stack<T: Send>(
    source: &str,
    work: impl FnOnce() -> Result<T, Fault> + Send,
) -> Result<T, Fault> {
    let host = |reason: String| (TypeScriptProblem::Host(reason), None);
    thread::scope(|scope| {
        let worker = thread::Builder::new()
            .name("typescript".to_owned())
            .stack_size(nesting::stack_for(source))
            .spawn_scoped(scope, work)
            .map_err(|error| host(format!("no thread for the parser: {error}")))?;
        // A parser that panics is the host's fault and not the program's, but no reason to end the host.
        worker
            .join()
            .unwrap_or_else(|_| Err(host("the parser failed".to_owned())))
    })
}

fn stripped(source: &str, format: Format) -> Result<String, Fault> {
    let kind = match format {
        Format::Module => SourceType::ts().with_module(true),
        Format::CommonJs => SourceType::ts().with_commonjs(true),
        Format::Detect | Format::Json => SourceType::ts(),
    };
    let edits = {
        let allocator = Allocator::default();
        let parsed = parse(&allocator, source, kind)?;
        erase::erase(source, &parsed)?
    };
    let result = edits.apply(source);
    // What was taken out left something that is no JavaScript, or was none before: better here than in the guest.
    let allocator = Allocator::default();
    parse(&allocator, &result, kind.with_javascript(true))?;
    Ok(result)
}

fn parse<'a>(
    allocator: &'a Allocator,
    source: &'a str,
    kind: SourceType,
) -> Result<oxc_ast::ast::Program<'a>, Fault> {
    let options = ParseOptions {
        preserve_parens: true,
        ..ParseOptions::default()
    };
    let parsed = Parser::new(allocator, source, kind)
        .with_options(options)
        .parse();
    match parsed.diagnostics.first() {
        Some(diagnostic) => Err(syntax(diagnostic)),
        None if parsed.panicked => Err((TypeScriptProblem::Syntax("unreadable".to_owned()), None)),
        None => Ok(parsed.program),
    }
}

fn syntax(diagnostic: &OxcDiagnostic) -> Fault {
    let at = diagnostic
        .labels
        .first()
        .map(|label| label.offset() as usize);
    (
        TypeScriptProblem::Syntax(diagnostic.message.to_string()),
        at,
    )
}

/// Longest beginning of a line that an error repeats, in bytes.
const LONGEST_LINE: usize = 200;

fn located(
    file: &str,
    source: &str,
    problem: TypeScriptProblem,
    at: Option<usize>,
) -> TypeScriptError {
    let mut error = TypeScriptError {
        file: file.to_owned(),
        line: 0,
        column: 0,
        text: String::new(),
        problem,
    };
    if let Some(at) = at {
        let before = source
            .get(..source.floor_char_boundary(at))
            .unwrap_or(source);
        let start = before.rfind(is_line_end).map_or(0, |end| {
            end + before
                .get(end..)
                .and_then(|rest| rest.chars().next())
                .map_or(1, char::len_utf8)
        });
        let breaks = before.matches(is_line_end).count() - before.matches("\r\n").count();
        let line = source.get(start..).unwrap_or_default();
        let line = line
            .get(..line.find(is_line_end).unwrap_or(line.len()))
            .unwrap_or_default();
        error.line = breaks + 1;
        error.column = before
            .get(start..)
            .unwrap_or_default()
            .encode_utf16()
            .count()
            + 1;
        error.text = line
            .get(..line.floor_char_boundary(LONGEST_LINE))
            .unwrap_or(line)
            .to_owned();
    }
    error
}

#[cfg(test)]
mod tests;
