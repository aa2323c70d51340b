//! Programs in the source of a language: what `tollgate run app.js` and `tollgate run app.py` run.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tollgate_bridge::{Guest, ModuleFormat, Program};
use tollgate_engine::cache::{Cache, Runner, Runners};
use tollgate_engine::code::{CodeRun, CodeUse, Codes, LONGEST_WAIT_MS};
use tollgate_engine::{Digest, Engine, Loaded, Profile};
use tollgate_languages::{
    ENGINE, ENGINE_DIGEST, Format, JavaScript, NODE, PYTHON, Python, PythonStart, RUNNER,
    RUNNER_INPUTS, Start, strip_types,
};
use tollgate_policy::Effective;
use tollgate_sidecar::FoundRunner;

use crate::args::{INPUT, Language, Run};
use crate::exit::Failure;
use crate::host::environment;
use crate::host::folders::{Bases, Own};
use crate::host::program::{self, Found};
use crate::terminal::input;

/// Reads what runs programs in Python.
pub(crate) fn found_python_runner() -> Result<FoundRunner, String> {
    let runner = python_runner().map_err(|failure| failure.to_string())?;
    Ok(FoundRunner {
        digest: runner.digest(),
        read: Box::new(move || match runner.read() {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(Failure::NoRunner.to_string()),
            Err(error) => Err(Failure::Runner(error).to_string()),
        }),
    })
}

/// The component that runs programs of a language.
pub(crate) enum Runtime {
    /// Part of this binary.
    Within(&'static [u8], Digest),
    /// Built on this machine.
    Beside(Runner),
}

/// A program, and the component that runs it.
pub(crate) struct InSource {
    pub(crate) runtime: Runtime,
    pub(crate) program: Arc<dyn Program>,
    /// The same, where what its texts compile to is kept.
    pub(crate) javascript: Option<Arc<JavaScript>>,
    /// What the guest is called: the path of its entry, or what the language calls a program without one.
    pub(crate) name: String,
}

/// Reads what stands on standard input for FILE `-`: gives a component, or makes a text that of -e. A program in Python reads
/// it by itself.
pub(crate) fn take_input(args: &mut Run) -> Result<Option<Vec<u8>>, Failure> {
    if !args.is_input() || args.eval.is_some() || args.lang == Some(Language::Py) {
        return Ok(None);
    }
    let bytes = input::all()?;
    if bytes.starts_with(b"\0asm") && args.lang.is_none() {
        return Ok(Some(bytes));
    }
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::Usage(
            "what came on standard input is neither WebAssembly nor a program in UTF-8".to_owned(),
        )
    })?;
    args.take_text(text);
    Ok(None)
}

/// The language of what is to be run; none for a component.
pub(crate) fn language(args: &Run, path: &Path) -> Option<Language> {
    if args.eval.is_some() {
        return Some(args.lang.unwrap_or(Language::Js));
    }
    if args.lang.is_some() {
        return args.lang;
    }
    by_extension(path)
}

/// The same of a file.
pub(crate) fn by_extension(path: &Path) -> Option<Language> {
    match path.extension()?.to_str()? {
        "js" | "mjs" | "cjs" => Some(Language::Js),
        "ts" | "mts" | "cts" => Some(Language::Ts),
        "py" => Some(Language::Py),
        _ => None,
    }
}

impl InSource {
    /// The digest of what was loaded so far, as records spell it.
    pub(crate) fn digest(&self) -> String {
        Digest::from_hash(self.program.digest()).to_string()
    }

    /// Has what its texts compile to kept beside the compiled components.
    pub(crate) fn keep_code<P: Profile>(
        &self,
        engine: &Engine<P>,
        loaded: &Loaded<Guest, P>,
        cache: Cache,
    ) {
        let Some(program) = &self.javascript else {
            return;
        };
        let codes = Codes::new(engine, loaded.component(), loaded.digest(), Some(cache));
        if let Some(codes) = codes {
            program.keep_code(codes.begin());
        }
    }

    fn code_run(&self) -> Option<&CodeRun> {
        self.javascript.as_ref()?.code_run()
    }

    /// Waits a little for what is being made for the next run.
    pub(crate) async fn settle(&self) {
        if let Some(run) = self.code_run() {
            run.settle(Duration::from_millis(LONGEST_WAIT_MS)).await;
        }
    }

    /// Of how many texts the code was asked for and found.
    pub(crate) fn code_used(&self) -> Option<CodeUse> {
        self.code_run().map(CodeRun::used)
    }
}

/// Refuses flags that say something about a component.
pub(crate) fn check_flags(args: &Run) -> Result<(), Failure> {
    let refused = |flag: &str| {
        Err(Failure::Usage(format!(
            "{flag} is for components; this is a program in the source of a language"
        )))
    };
    match (&args.invoke, args.wasi_p3) {
        (Some(_), _) => refused("--invoke"),
        (None, true) => refused("--wasi-p3"),
        (None, false) => Ok(()),
    }
}

/// Finds the program, and opens its folder.
pub(crate) fn find(
    language: Language,
    args: &Run,
    path: &Path,
    policy: &Effective,
    bases: &Bases,
    own: &[Own],
) -> Result<InSource, Failure> {
    let (file, name) = match args.text_name() {
        Some(name) => (None, name),
        None if args.is_input() => (None, INPUT),
        None => (Some(path), INPUT),
    };
    let packages = match language {
        Language::Js | Language::Ts => &NODE,
        Language::Py => &PYTHON,
    };
    let found = program::open(file, name, packages, policy, bases, own)?;
    match language {
        Language::Js | Language::Ts => javascript(language, args, found),
        Language::Py => python(args, file.is_some(), found),
    }
}

fn javascript(language: Language, args: &Run, found: Found) -> Result<InSource, Failure> {
    let name = args.text_name().unwrap_or_default();
    let start = match &args.eval {
        Some(source) => Start::Text {
            path: found.entry.clone(),
            source: match language {
                Language::Ts => strip_types(name, source, Format::Module)
                    .map_err(|error| Failure::Usage(error.to_string()))?,
                Language::Js | Language::Py => source.clone(),
            },
            format: ModuleFormat::Module,
        },
        None => Start::File(found.entry.clone()),
    };
    let program = Arc::new(JavaScript::new(found.folder, &found.root, start));
    Ok(InSource {
        runtime: Runtime::Within(ENGINE, engine()),
        program: Arc::<JavaScript>::clone(&program),
        javascript: Some(program),
        name: found.entry,
    })
}

/// The digest that the engine had when this binary was built.
pub(crate) fn engine() -> Digest {
    Digest::parse(ENGINE_DIGEST).unwrap_or_else(|| Digest::of(ENGINE))
}

fn python(args: &Run, is_file: bool, found: Found) -> Result<InSource, Failure> {
    let path = found.entry.clone();
    // What `sys.argv` begins with is what it begins with under CPython.
    let (start, name) = match &args.eval {
        Some(source) => {
            let source = source.clone();
            (PythonStart::Text { path, source }, "-c".to_owned())
        }
        None if is_file => (PythonStart::File(path), found.entry),
        None => (PythonStart::Input { path }, INPUT.to_owned()),
    };
    Ok(InSource {
        runtime: Runtime::Beside(python_runner()?),
        program: Arc::new(Python::new(found.folder, &found.root, start)),
        javascript: None,
        name,
    })
}

/// The runner that was built on this machine, from what this binary was built with.
pub(crate) fn python_runner() -> Result<Runner, Failure> {
    let folder = environment::runners().ok_or(Failure::NoRunner)?;
    let runners = Runners::open(&folder).map_err(Failure::Runner)?;
    let found = match runners {
        Some(runners) => runners
            .find(RUNNER, RUNNER_INPUTS)
            .map_err(Failure::Runner)?,
        None => None,
    };
    found.ok_or(Failure::NoRunner)
}
