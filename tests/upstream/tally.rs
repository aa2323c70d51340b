//! What was seen, as numbers, and what was wrong, as sentences.

use std::fmt;

/// Counts over scripts.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) scripts: usize,
    /// Scripts that are not read, for they are written in a proposal's syntax.
    pub(crate) unread: usize,
    /// Asserted to be malformed or invalid, and refused.
    pub(crate) refused: usize,
    /// Asserted to be malformed, and no text either: there is nothing to load.
    pub(crate) textual: usize,
    /// Asserted to be invalid where some feature is as it is not here.
    pub(crate) otherwise: usize,
    /// Valid and loaded.
    pub(crate) loaded: usize,
    /// Valid somewhere, and refused for a feature that is off or a limit.
    pub(crate) off: usize,
    /// Instances made.
    pub(crate) instances: usize,
    /// Valid, but of imports that are not there.
    pub(crate) unlinked: usize,
    /// Calls with the result, or the trap, that was asserted.
    pub(crate) called: usize,
    /// Assertions about what could not be loaded or is not compared.
    pub(crate) passed_over: usize,
    /// What was not as asserted.
    pub(crate) wrong: Vec<String>,
}

impl Tally {
    /// That there was as much to see as there should be: a test that finds nothing to do has not passed.
    pub(crate) fn hold(&self, at_least: &Tally) {
        for (what, seen, wanted) in [
            ("scripts", self.scripts, at_least.scripts),
            ("refused", self.refused, at_least.refused),
            ("loaded", self.loaded, at_least.loaded),
            ("instances", self.instances, at_least.instances),
            ("called", self.called, at_least.called),
        ] {
            assert!(seen >= wanted, "{what}: {seen}, where there were {wanted}");
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (count, what) in [
            (self.scripts, "scripts"),
            (self.unread, "of them not read: a proposal's syntax"),
            (self.loaded, "modules and components loaded"),
            (self.off, "refused: a feature that is off, or a limit"),
            (self.refused, "refused as asserted"),
            (self.textual, "no text either, as asserted"),
            (self.otherwise, "asserted for other features than ours"),
            (self.instances, "instances"),
            (self.unlinked, "of imports that are not there"),
            (self.called, "calls as asserted"),
            (self.passed_over, "assertions passed over"),
            (self.wrong.len(), "not as asserted"),
        ] {
            writeln!(f, "{count:>8} {what}")?;
        }
        Ok(())
    }
}
