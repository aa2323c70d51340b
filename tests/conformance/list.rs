//! The list: what each program is given, and what it is expected to do.

use std::collections::BTreeMap;

use serde::Deserialize;

/// `wasi.toml`, read. A key that nobody knows is an error: a misspelt
/// expectation would otherwise be one that nobody checks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct List {
    layout: BTreeMap<String, Layout>,
    run: Vec<Run>,
}

/// The folder that a program finds, and what it sees of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Layout {
    /// Folders of the test folder to copy, by their place in the run's folder.
    #[serde(default)]
    pub(crate) copies: BTreeMap<String, String>,
    /// Folders to make.
    #[serde(default)]
    pub(crate) folders: Vec<String>,
    /// Files to make, with their text.
    #[serde(default)]
    pub(crate) files: BTreeMap<String, String>,
    /// Symbolic links to make, with what they point at.
    #[serde(default)]
    pub(crate) links: BTreeMap<String, String>,
    /// Values for `--dir`, relative to the run's folder.
    pub(crate) mounts: Vec<String>,
}

/// One program, started once.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Run {
    /// The module's name without `.wasm`.
    pub(crate) program: String,
    /// Tells several runs of one program apart.
    pub(crate) variant: Option<String>,
    pub(crate) layout: String,
    /// Argument 0 and the rest; argument 0 alone, the program's name, if none.
    #[serde(default)]
    pub(crate) args: Vec<String>,
    #[serde(default)]
    pub(crate) env: BTreeMap<String, String>,
    /// What comes in over a pipe before its end.
    #[serde(default)]
    pub(crate) stdin: String,
    /// What Node's tests expect of the program. Where a run is a variant of
    /// ours, what they would expect by the same reasons.
    #[serde(default)]
    pub(crate) expects: Outcome,
    pub(crate) differs: Option<Differs>,
}

/// What is seen from outside when a program has ended.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outcome {
    #[serde(default)]
    pub(crate) exit: i32,
    /// Standard output, whole.
    #[serde(default)]
    pub(crate) stdout: String,
    /// In place of `stdout`: the files in the run's folder whose texts come
    /// out, one after the other.
    #[serde(default)]
    pub(crate) stdout_of: Vec<String>,
    /// What is new or other in the run's folder: `N bytes`, `folder`,
    /// `link to TARGET` or `gone`, by path.
    #[serde(default)]
    pub(crate) leaves: BTreeMap<String, String>,
}

/// What the program does here instead, and why that is meant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Differs {
    pub(crate) reason: String,
    /// What standard error must hold, so that one failure is not taken for
    /// another one. (Elsewhere it must be empty.)
    pub(crate) says: String,
    /// The outcome of a record that the audit log must hold, where the reason
    /// is an error that the host gave.
    pub(crate) outcome: Option<String>,
    pub(crate) exit: i32,
    #[serde(default)]
    pub(crate) leaves: BTreeMap<String, String>,
}

impl List {
    /// The list of the repository.
    pub(crate) fn read() -> Self {
        Self::parse(include_str!("wasi.toml"))
    }

    /// The list in `text`.
    pub(crate) fn parse(text: &str) -> Self {
        toml::from_str(text).unwrap_or_else(|error| panic!("wasi.toml: {error}"))
    }

    /// In the order of the file.
    pub(crate) fn runs(&self) -> impl Iterator<Item = &Run> {
        self.run.iter()
    }

    /// The layout that `run` names.
    pub(crate) fn layout(&self, run: &Run) -> &Layout {
        self.layout.get(&run.layout).unwrap_or_else(|| {
            panic!(
                "wasi.toml: {} has no such layout as {}",
                run.name(),
                run.layout
            )
        })
    }
}

impl Run {
    /// The program's name, with the variant's in brackets.
    pub(crate) fn name(&self) -> String {
        match &self.variant {
            Some(variant) => format!("{} ({variant})", self.program),
            None => self.program.clone(),
        }
    }

    /// What the program is to find as its argument 0.
    pub(crate) fn argument_0(&self) -> &str {
        self.args.first().unwrap_or(&self.program)
    }
}
