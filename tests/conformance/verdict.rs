//! Whether a program did what the list says.

use std::fs;
use std::path::Path;

use crate::audit::Audit;
use crate::child::Ended;
use crate::folder::Contents;
use crate::list::Run;

/// The result of one run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// As Node's tests expect, and the list says no other.
    Passes,
    /// Not as Node's tests expect, but as the list says.
    Differs,
    /// The list says that it differs, and it no longer does.
    PassesUnexpectedly,
    /// Otherwise than the list says: in which points.
    Fails(Vec<String>),
}

/// The verdict on a run in `place` that `ended` so and `left` this behind.
pub(crate) fn of(run: &Run, place: &Path, ended: &Ended, left: &Contents) -> Verdict {
    let from_node = from_what_node_expects(run, place, ended, left);
    match &run.differs {
        None if from_node.is_empty() => Verdict::Passes,
        None => Verdict::Fails(from_node),
        Some(_) if from_node.is_empty() => Verdict::PassesUnexpectedly,
        Some(differs) => {
            let mut points = Vec::new();
            exit(&mut points, differs.exit, ended);
            // No program prints before the check that stops it, and what one must not read stands in its folder.
            text(&mut points, "standard output", "", &ended.stdout);
            leaves(&mut points, &differs.leaves, left);
            if !ended.stderr.contains(&differs.says) {
                let says = &differs.says;
                points.push(format!("standard error lacks {says:?}: {:?}", ended.stderr));
            }
            audit(&mut points, differs.outcome.as_deref(), &ended.audit);
            if points.is_empty() {
                Verdict::Differs
            } else {
                Verdict::Fails(points)
            }
        }
    }
}

fn from_what_node_expects(run: &Run, place: &Path, ended: &Ended, left: &Contents) -> Vec<String> {
    let expected = &run.expects;
    let mut stdout = expected.stdout.clone();
    for path in &expected.stdout_of {
        let text = fs::read_to_string(place.join(path));
        stdout += &text.unwrap_or_else(|error| panic!("{}: {path}: {error}", run.name()));
    }
    let mut points = Vec::new();
    exit(&mut points, expected.exit, ended);
    text(&mut points, "standard output", &stdout, &ended.stdout);
    text(&mut points, "standard error", "", &ended.stderr);
    leaves(&mut points, &expected.leaves, left);
    audit(&mut points, None, &ended.audit);
    points
}

fn exit(points: &mut Vec<String>, expected: i32, ended: &Ended) {
    match ended.exit {
        Some(code) if code == expected => {}
        Some(code) => points.push(format!("exit code {code}, not {expected}")),
        None => points.push(format!("ended by a signal, not with exit code {expected}")),
    }
}

fn text(points: &mut Vec<String>, stream: &str, expected: &str, found: &str) {
    if found != expected {
        points.push(format!("{stream} is {found:?}, not {expected:?}"));
    }
}

fn leaves(points: &mut Vec<String>, expected: &Contents, left: &Contents) {
    if left != expected {
        points.push(format!("leaves {left:?}, not {expected:?}"));
    }
}

fn audit(points: &mut Vec<String>, expected: Option<&str>, found: &Audit) {
    if !found.verifies {
        points.push("its audit log does not verify".to_owned());
    }
    if let Some(outcome) = expected
        && !found.outcomes.contains(outcome)
    {
        let outcomes = &found.outcomes;
        points.push(format!(
            "no record has the outcome {outcome}, only {outcomes:?}"
        ));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::list::List;

    const PLAIN: &str = "[layout.none]\nmounts = []\n\
        [[run]]\nprogram = 'p'\nlayout = 'none'\nexpects = { exit = 3, stdout = 'out', leaves = { a = '1 bytes' } }\n";

    const DIFFERING: &str = "[layout.none]\nmounts = []\n\
        [[run]]\nprogram = 'p'\nlayout = 'none'\nexpects = { stdout = 'out' }\n\
        differs = { exit = 134, says = 'line 5', outcome = 'loop', reason = 'r' }\n";

    fn ended(exit: i32, stdout: &str, stderr: &str) -> Ended {
        Ended {
            exit: Some(exit),
            stdout: stdout.to_owned(),
            stderr: stderr.to_owned(),
            audit: Audit {
                verifies: true,
                outcomes: BTreeSet::from(["ok".to_owned(), "loop".to_owned()]),
            },
        }
    }

    fn verdict(list: &str, ended: &Ended, left: &[(&str, &str)]) -> Verdict {
        let list = List::parse(list);
        let left = left
            .iter()
            .map(|(path, words)| ((*path).to_owned(), (*words).to_owned()))
            .collect();
        of(list.runs().next().unwrap(), Path::new("."), ended, &left)
    }

    fn points(verdict: Verdict) -> usize {
        match verdict {
            Verdict::Fails(points) => points.len(),
            Verdict::Passes | Verdict::Differs | Verdict::PassesUnexpectedly => 0,
        }
    }

    #[test]
    fn a_run_passes_only_when_every_point_agrees() {
        let left = [("a", "1 bytes")];
        assert_eq!(verdict(PLAIN, &ended(3, "out", ""), &left), Verdict::Passes);
        assert_eq!(points(verdict(PLAIN, &ended(0, "out", ""), &left)), 1);
        assert_eq!(points(verdict(PLAIN, &ended(3, "out\n", ""), &left)), 1);
        assert_eq!(points(verdict(PLAIN, &ended(3, "out", "!"), &left)), 1);
        assert_eq!(points(verdict(PLAIN, &ended(3, "out", ""), &[])), 1);
        let by_signal = Ended {
            exit: None,
            ..ended(3, "out", "")
        };
        assert_eq!(points(verdict(PLAIN, &by_signal, &left)), 1);
        assert_eq!(points(verdict(PLAIN, &ended(134, "", "!"), &[])), 4);
    }

    #[test]
    fn a_listed_difference_is_that_very_one() {
        assert_eq!(
            verdict(DIFFERING, &ended(134, "", "at line 5"), &[]),
            Verdict::Differs
        );
        assert_eq!(
            points(verdict(DIFFERING, &ended(134, "", "at line 6"), &[])),
            1
        );
        assert_eq!(
            points(verdict(DIFFERING, &ended(1, "", "at line 5"), &[])),
            1
        );
        assert_eq!(
            points(verdict(DIFFERING, &ended(134, "secret", "at line 5"), &[])),
            1
        );
        assert_eq!(
            points(verdict(
                DIFFERING,
                &ended(134, "", "at line 5"),
                &[("a", "folder")]
            )),
            1
        );
    }

    #[test]
    fn a_log_that_does_not_verify_or_lacks_the_reason_is_a_failure() {
        let mut unverified = ended(3, "out", "");
        unverified.audit.verifies = false;
        let left = [("a", "1 bytes")];
        assert_eq!(points(verdict(PLAIN, &unverified, &left)), 1);
        let mut without_reason = ended(134, "", "at line 5");
        without_reason.audit.outcomes.remove("loop");
        assert_eq!(points(verdict(DIFFERING, &without_reason, &[])), 1);
    }

    #[test]
    fn a_listed_difference_that_is_gone_is_no_pass() {
        assert_eq!(
            verdict(DIFFERING, &ended(0, "out", ""), &[]),
            Verdict::PassesUnexpectedly
        );
    }
}
