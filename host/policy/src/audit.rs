//! How a run is recorded, as far as policy says.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mount::HostPath;
use crate::words::words;

words! {
    /// When records become durable.
    #[derive(Deserialize, JsonSchema, Default)]
    #[serde(rename_all = "lowercase")]
    pub enum Flush is "flush" {
        /// In batches: at 100 ms, 1 MiB or the end of a run.
        #[default]
        Batch = "batch",
        /// Each record before its operation goes on.
        Each = "each",
    }
}

words! {
    /// What becomes one record.
    #[derive(Deserialize, JsonSchema, Default)]
    #[serde(rename_all = "lowercase")]
    pub enum Detail is "detail" {
        /// Successive operations that are alike (same operation, resource and rule) become one
        /// record with a count; counts and bytes stay exact.
        #[default]
        Coalesced = "coalesced",
        /// Each operation is a record.
        Full = "full",
    }
}

/// Size at which the audit file rotates where nothing else is stated, in bytes: small enough to
/// open in an editor, large enough that a usual run fits one file.
pub const DEFAULT_ROTATE: u64 = 64 << 20;

/// How a run is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AuditSettings {
    /// The file; `None` keeps records in memory.
    pub file: Option<HostPath>,
    /// Whether the operator's ceiling states the file, so that a relative path begins at the folder of the ceiling's file.
    #[serde(skip)]
    pub is_file_of_ceiling: bool,
    /// When records become durable.
    pub flush: Flush,
    /// What becomes one record.
    pub detail: Detail,
    /// Size of a file, in bytes, at which the next one begins.
    pub rotate: u64,
}

/// What was stated of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AuditStated {
    pub(crate) file: Option<HostPath>,
    pub(crate) flush: Option<Flush>,
    pub(crate) detail: Option<Detail>,
    pub(crate) rotate: Option<u64>,
}

impl AuditStated {
    pub(crate) fn resolved(&self) -> AuditSettings {
        AuditSettings {
            file: self.file.clone(),
            is_file_of_ceiling: false,
            flush: self.flush.unwrap_or_default(),
            detail: self.detail.unwrap_or_default(),
            rotate: self.rotate.unwrap_or(DEFAULT_ROTATE),
        }
    }

    /// The settings of a run under a ceiling: the operator's file and sizes hold where stated, and
    /// the more careful flush and detail of both. A run cannot lead its own records astray.
    pub(crate) fn under(&self, ceiling: &Self) -> AuditSettings {
        let stated = Self {
            file: ceiling.file.clone().or_else(|| self.file.clone()),
            flush: self.flush.max(ceiling.flush),
            detail: self.detail.max(ceiling.detail),
            rotate: ceiling.rotate.or(self.rotate),
        };
        AuditSettings {
            is_file_of_ceiling: ceiling.file.is_some(),
            ..stated.resolved()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mount::RelativeTo;

    #[test]
    fn a_run_can_record_more_carefully_than_its_ceiling_but_not_less() {
        let careful = AuditStated {
            flush: Some(Flush::Each),
            detail: Some(Detail::Full),
            ..AuditStated::default()
        };
        let careless = AuditStated {
            flush: Some(Flush::Batch),
            detail: Some(Detail::Coalesced),
            ..AuditStated::default()
        };
        for (run, ceiling) in [(&careful, &careless), (&careless, &careful)] {
            let settings = run.under(ceiling);
            assert_eq!(
                (settings.flush, settings.detail),
                (Flush::Each, Detail::Full)
            );
        }
    }

    #[test]
    fn the_operators_file_is_the_file() {
        let file = |path: &str| {
            let relative_to = RelativeTo::PolicyFile;
            Some(HostPath {
                path: path.to_owned(),
                relative_to,
            })
        };
        let run = AuditStated {
            file: file("mine"),
            ..AuditStated::default()
        };
        let ceiling = AuditStated {
            file: file("theirs"),
            ..AuditStated::default()
        };
        let settings = run.under(&ceiling);
        assert_eq!(
            (settings.file, settings.is_file_of_ceiling),
            (file("theirs"), true)
        );
        let settings = run.under(&AuditStated::default());
        assert_eq!(
            (settings.file, settings.is_file_of_ceiling),
            (file("mine"), false)
        );
    }
}
