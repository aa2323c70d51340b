//! One script, directive by directive.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tollgate_engine::{CompileError, Engine, LoadError, RunProfile};
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::token::Span;
use wast::{QuoteWat, Wast, WastDirective, Wat};

use crate::components;
use crate::cores::Cores;
use crate::load::{as_loaded, is_component, is_valid, load, ours};
use crate::tally::Tally;

/// Scripts whose assertions about calls are not true, and why.
const OUTDATED: [(&str, &str); 2] = [
    (
        "cli/unreachable-valid.wast",
        "the tools only validate it, and it does not trap",
    ),
    (
        "proposals/mutable-global/linking.wast",
        "before bulk memory, a module that failed to be instantiated left nothing behind",
    ),
];

/// Runs a script, and adds what was seen.
pub(crate) fn run(name: &str, text: &str, tally: &mut Tally) {
    tally.scripts += 1;
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    let Ok(buffer) = ParseBuffer::new_with_lexer(lexer) else {
        tally.unread += 1;
        return;
    };
    let Ok(script) = parser::parse::<Wast<'_>>(&buffer) else {
        tally.unread += 1;
        return;
    };
    let engine = Engine::new().unwrap();
    let mut run = Run {
        name,
        text,
        engine: &engine,
        cores: Cores::new(engine.wasmtime()),
        tally,
    };
    for directive in script.directives {
        run.directive(directive);
    }
}

struct Run<'a> {
    name: &'a str,
    text: &'a str,
    engine: &'a Engine<RunProfile>,
    cores: Cores,
    tally: &'a mut Tally,
}

impl Run<'_> {
    fn wrong(&mut self, span: Span, what: &str) {
        let line = span.linecol_in(self.text).0 + 1;
        self.tally
            .wrong
            .push(format!("{}:{line}: {what}", self.name));
    }

    fn directive(&mut self, directive: WastDirective<'_>) {
        let span = directive.span();
        match directive {
            WastDirective::Module(module) => self.module(span, module, true),
            WastDirective::ModuleDefinition(module) => self.module(span, module, false),
            WastDirective::AssertMalformed { module, .. }
            | WastDirective::AssertInvalid { module, .. }
            | WastDirective::AssertMalformedCustom { module, .. }
            | WastDirective::AssertInvalidCustom { module, .. } => self.refused(span, module),
            WastDirective::Register { name, module, .. } => {
                self.cores.register(name, module.map(|id| id.name()))
            }
            WastDirective::Invoke(invoke) => {
                let told = self.cores.call(&invoke).map(|result| result.map(drop));
                self.told(span, told);
            }
            WastDirective::AssertTrap { .. } | WastDirective::AssertReturn { .. }
                if OUTDATED.iter().any(|(name, _)| self.name == *name) =>
            {
                self.tally.passed_over += 1;
            }
            WastDirective::AssertReturn { exec, results, .. } => {
                let told = self.cores.returns(&exec, &results);
                self.told(span, told);
            }
            WastDirective::AssertTrap { exec, .. } => {
                let told = self.cores.traps(exec);
                self.told(span, told);
            }
            WastDirective::AssertExhaustion { call, .. } => {
                let told = self.cores.exhausts(&call);
                self.told(span, told);
            }
            WastDirective::AssertUnlinkable { module, .. } => self.unlinkable(span, module),
            WastDirective::ModuleInstance { .. }
            | WastDirective::AssertException { .. }
            | WastDirective::AssertSuspension { .. }
            | WastDirective::Thread(_)
            | WastDirective::Wait { .. } => self.tally.passed_over += 1,
        }
    }

    /// What came of an assertion: nothing to say about it, as asserted, or why not.
    fn told(&mut self, span: Span, told: Option<Result<(), String>>) {
        match told {
            None => self.tally.passed_over += 1,
            Some(Ok(())) => self.tally.called += 1,
            Some(Err(why)) => self.wrong(span, &why),
        }
    }

    /// Loads bytes of either kind as the host does.
    fn load(&mut self, span: Span, bytes: &[u8]) -> Option<Result<(), LoadError>> {
        let component = as_loaded(bytes);
        let result = catch_unwind(AssertUnwindSafe(|| load(self.engine, component).map(drop)));
        let Ok(result) = result else {
            self.wrong(span, "it ends the host");
            return None;
        };
        if let Err(error) = &result {
            let text = error.to_string();
            if text.contains(".rs:") || text.contains("/root") || text.len() > 16 << 10 {
                self.wrong(span, &format!("the error tells too much: {text}"));
            }
        }
        Some(result)
    }

    fn module(&mut self, span: Span, mut module: QuoteWat<'_>, instantiated: bool) {
        let name = module.name().map(|id| id.name().to_owned());
        let Ok(bytes) = module.encode() else {
            self.cores.forget(name);
            self.wrong(span, "the text is no module");
            return;
        };
        let valid = is_valid(&as_loaded(&bytes), ours());
        match self.load(span, &bytes) {
            None => self.cores.forget(name),
            Some(Ok(())) => {
                self.tally.loaded += 1;
                if !valid {
                    self.wrong(
                        span,
                        "it is loaded, and a reader with our features takes it for invalid",
                    );
                }
                if is_component(&bytes) {
                    self.cores.forget(name);
                    match instantiated.then(|| components::instantiate(self.engine, &bytes)) {
                        Some(Some(called)) => {
                            self.tally.instances += 1;
                            self.tally.called += called;
                        }
                        Some(None) => self.tally.unlinked += 1,
                        None => {}
                    }
                } else if !instantiated {
                    self.cores.forget(name);
                } else if self.cores.instantiate(name, &bytes).is_ok() {
                    self.tally.instances += 1;
                } else {
                    self.tally.unlinked += 1;
                }
            }
            Some(Err(LoadError::Import(_))) => {
                self.cores.forget(name);
                self.tally.unlinked += 1;
            }
            Some(Err(error)) => {
                self.cores.forget(name);
                self.tally.off += 1;
                if valid && !expected_off(&error) {
                    self.wrong(span, &format!("valid, and refused: {error}"));
                }
            }
        }
    }

    fn refused(&mut self, span: Span, mut module: QuoteWat<'_>) {
        let Ok(bytes) = module.encode() else {
            self.tally.textual += 1;
            return;
        };
        match self.load(span, &bytes) {
            None => {}
            Some(Err(_)) => self.tally.refused += 1,
            // The script means other features, or a part that no reader of binaries looks at.
            Some(Ok(())) if is_valid(&as_loaded(&bytes), ours()) => self.tally.otherwise += 1,
            Some(Ok(())) => self.wrong(span, "it is invalid, and loaded"),
        }
    }

    fn unlinkable(&mut self, span: Span, mut module: Wat<'_>) {
        let Ok(bytes) = module.encode() else {
            self.tally.textual += 1;
            return;
        };
        if is_component(&bytes) || !matches!(self.load(span, &bytes), Some(Ok(()))) {
            self.tally.passed_over += 1;
        } else if self.cores.instantiate(None, &bytes).is_ok() {
            self.wrong(span, "it is linked");
        } else {
            self.tally.called += 1;
        }
    }
}

/// Valid, and still refused: over a cap, or by the engine for what it was built without.
fn expected_off(error: &LoadError) -> bool {
    match error {
        LoadError::Cap(_) | LoadError::Import(_) => true,
        // Its own words for what its readers take and it does not.
        LoadError::Compile(CompileError::Invalid(text)) => {
            text.contains("not implemented yet") || text.contains("support for this type")
        }
        LoadError::Compile(_)
        | LoadError::NotWebAssembly(_)
        | LoadError::Adapt(_)
        | LoadError::Unreadable
        | LoadError::Linker(_) => false,
    }
}
