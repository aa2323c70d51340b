//! What is printed: a line for each run, and a sum.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};
use std::process::ExitCode;

use crate::list::Run;
use crate::verdict::Verdict;

/// The runs so far.
#[derive(Debug)]
pub(crate) struct Report {
    /// Modules without an entry and the like.
    gaps: Vec<String>,
    programs: BTreeSet<String>,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    name: String,
    word: &'static str,
    notes: Vec<String>,
    as_listed: bool,
}

impl Report {
    /// No run yet; each of `gaps` already fails the whole.
    pub(crate) fn new(gaps: Vec<String>) -> Self {
        Self {
            gaps,
            programs: BTreeSet::new(),
            lines: Vec::new(),
        }
    }

    /// Notes the verdict on `run`.
    pub(crate) fn add(&mut self, run: &Run, verdict: Verdict) {
        let reason = || run.differs.as_ref().map(|differs| differs.reason.clone());
        let (word, notes, as_listed) = match verdict {
            Verdict::Passes => ("passes", Vec::new(), true),
            Verdict::Differs => ("differs", reason().into_iter().collect(), true),
            Verdict::PassesUnexpectedly => {
                let note = "does what Node expects: take `differs` out of the list";
                ("PASSES", vec![note.to_owned()], false)
            }
            Verdict::Fails(points) => ("FAILS", points, false),
        };
        self.programs.insert(run.program.clone());
        self.lines.push(Line {
            name: run.name(),
            word,
            notes,
            as_listed,
        });
    }

    /// Success when every run was as listed and nothing is missing.
    pub(crate) fn exit_code(&self) -> ExitCode {
        if self.gaps.is_empty() && self.lines.iter().all(|line| line.as_listed) {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    fn count(&self, word: &str) -> usize {
        self.lines.iter().filter(|line| line.word == word).count()
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let width = self.lines.iter().map(|line| line.name.len()).max();
        let width = width.unwrap_or_default();
        writeln!(f, "{:width$}  result   why", "program")?;
        for line in &self.lines {
            let notes = line.notes.join("; ");
            let text = format!("{:width$}  {:7}  {notes}", line.name, line.word);
            writeln!(f, "{}", text.trim_end())?;
        }
        for gap in &self.gaps {
            writeln!(f, "{gap}")?;
        }
        writeln!(
            f,
            "{} programs in {} runs: {} pass, {} differ as listed, {} are not as listed; {} gaps in the list",
            self.programs.len(),
            self.lines.len(),
            self.count("passes"),
            self.count("differs"),
            self.lines.iter().filter(|line| !line.as_listed).count(),
            self.gaps.len(),
        )
    }
}
