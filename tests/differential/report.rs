//! What is printed: the sections with their numbers, then what is not as it should be.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter};
use std::process::ExitCode;

use crate::engines::Outcome;

/// What the two runs of a program say.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Same,
    DiffersAsListed,
    /// The list says that it differs, and it no longer does.
    SameUnexpectedly,
    /// It differs, first there, and the list does not say so.
    Differs(String),
    /// The native run compares nothing.
    Void(String),
}

/// The runs so far.
pub(crate) struct Report {
    /// The number of programs that are the same, and of those that differ, by section.
    sections: BTreeMap<String, [usize; 2]>,
    wrong: Vec<String>,
}

impl Report {
    /// No run yet. A listed program that is not there is already wrong.
    pub(crate) fn new(programs: &[String], reasons: &BTreeMap<String, String>) -> Self {
        let known: BTreeSet<&String> = programs.iter().collect();
        let gone = reasons.keys().filter(|name| !known.contains(name));
        Self {
            sections: BTreeMap::new(),
            wrong: gone
                .map(|name| format!("{name}: listed, but there is no such program"))
                .collect(),
        }
    }

    pub(crate) fn add(&mut self, name: &str, verdict: Verdict) {
        let section = name.split('/').next().unwrap_or_default();
        let [same, different] = self.sections.entry(section.to_owned()).or_default();
        match verdict {
            Verdict::Same => *same += 1,
            Verdict::DiffersAsListed => *different += 1,
            Verdict::SameUnexpectedly => {
                *same += 1;
                self.wrong
                    .push(format!("{name}: no difference: take it out of the list"));
            }
            Verdict::Differs(place) => {
                *different += 1;
                self.wrong.push(format!(
                    "{name}: DIFFERS, and the list does not say so\n{place}"
                ));
            }
            Verdict::Void(why) => {
                *different += 1;
                self.wrong.push(format!("{name}: the native engine {why}"));
            }
        }
    }

    /// Success when every program was as listed.
    pub(crate) fn exit_code(&self) -> ExitCode {
        if self.wrong.is_empty() && !self.sections.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:24} same  differ", "section")?;
        let mut sum = [0, 0];
        for (section, [same, different]) in &self.sections {
            writeln!(f, "{section:24} {same:4}  {different:6}")?;
            sum = [sum[0] + same, sum[1] + different];
        }
        let [same, different] = sum;
        writeln!(
            f,
            "{} programs: {same} are the same in both engines, {different} differ",
            same + different
        )?;
        for wrong in &self.wrong {
            writeln!(f, "{wrong}")?;
        }
        Ok(())
    }
}

/// The first line that differs, and how the guest ended if not well.
pub(crate) fn first_difference(native: &Outcome, guest: &Outcome) -> String {
    let (mut ours, mut theirs) = (guest.printed.lines(), native.printed.lines());
    let mut number = 0;
    loop {
        number += 1;
        let (one, other) = (theirs.next(), ours.next());
        if one == other && one.is_some() {
            continue;
        }
        let show = |line: Option<&str>| line.unwrap_or("(no line)").to_owned();
        let (one, other) = (show(one), show(other));
        let end = format!("{:?} {}", guest.code, guest.complaint.trim());
        return format!(
            "  line {number}\n  native {one}\n  guest  {other}\n  the guest ended with {end}"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> Outcome {
        Outcome {
            code: Some(0),
            printed: text.to_owned(),
            complaint: String::new(),
        }
    }

    #[test]
    fn the_first_line_that_differs_is_told_and_a_missing_one_is_a_difference() {
        let told = |native, guest| first_difference(&printed(native), &printed(guest));
        assert!(told("a\nb\n", "a\nc\n").contains("line 2\n  native b\n  guest  c"));
        assert!(told("a\nb\n", "a\n").contains("line 2\n  native b\n  guest  (no line)"));
        assert!(told("a\n", "a\nb\n").contains("line 2\n  native (no line)\n  guest  b"));
    }

    #[test]
    fn what_is_listed_and_not_there_fails_the_whole() {
        let reasons = BTreeMap::from([("gone/away".to_owned(), "r".to_owned())]);
        let mut report = Report::new(&["here/now".to_owned()], &reasons);
        report.add("here/now", Verdict::Same);
        assert!(report.to_string().contains("gone/away: listed"));
        assert_eq!(
            format!("{:?}", report.exit_code()),
            format!("{:?}", ExitCode::FAILURE)
        );
    }

    #[test]
    fn only_what_is_as_listed_is_a_success() {
        let code = |verdict| {
            let mut report = Report::new(&[], &BTreeMap::new());
            report.add("a/b", verdict);
            format!("{:?}", report.exit_code())
        };
        let good = format!("{:?}", ExitCode::SUCCESS);
        assert_eq!(code(Verdict::Same), good);
        assert_eq!(code(Verdict::DiffersAsListed), good);
        assert_ne!(code(Verdict::SameUnexpectedly), good);
        assert_ne!(code(Verdict::Differs(String::new())), good);
        assert_ne!(code(Verdict::Void(String::new())), good);
    }
}
