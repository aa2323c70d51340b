//! Programs in the source of a language: what `tollgate run app.js` runs.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use tollgate_bridge::ModuleFormat;
use tollgate_languages::{ENGINE, Format, JavaScript, Start, strip_types};
use tollgate_policy::Effective;

use crate::args::{EVAL, Language, Run};
use crate::exit::Failure;
use crate::host::folders::{Bases, Own};
use crate::host::program;

/// A program, and the component that runs it.
pub(crate) struct InSource {
    pub(crate) engine: &'static [u8],
    pub(crate) program: Arc<JavaScript>,
    /// What the guest is called: the path of its entry.
    pub(crate) name: String,
}

/// The language of what is to be run; none for a component.
pub(crate) fn language(args: &Run, path: &Path) -> Option<Language> {
    if args.eval.is_some() {
        return Some(args.lang.unwrap_or(Language::Js));
    }
    by_extension(path)
}

/// The same of a file.
pub(crate) fn by_extension(path: &Path) -> Option<Language> {
    match path.extension()?.to_str()? {
        "js" | "mjs" | "cjs" => Some(Language::Js),
        "ts" | "mts" | "cts" => Some(Language::Ts),
        _ => None,
    }
}

impl InSource {
    /// The digest of what was loaded so far, as records spell it.
    pub(crate) fn digest(&self) -> String {
        let digest = self.program.digest();
        digest.iter().fold("sha256:".to_owned(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _always_ok = write!(text, "{byte:02x}");
            text
        })
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
    let file = args.eval.is_none().then_some(path);
    let found = program::open(file, EVAL, policy, bases, own)?;
    let start = match &args.eval {
        Some(source) => Start::Text {
            path: found.entry.clone(),
            source: match language {
                Language::Js => source.clone(),
                Language::Ts => strip_types(EVAL, source, Format::Module)
                    .map_err(|error| Failure::Usage(error.to_string()))?,
            },
            format: ModuleFormat::Module,
        },
        None => Start::File(found.entry.clone()),
    };
    Ok(InSource {
        engine: ENGINE,
        program: Arc::new(JavaScript::new(found.folder, &found.root, start)),
        name: found.entry,
    })
}
