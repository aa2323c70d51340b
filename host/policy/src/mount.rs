//! Mounts as policy knows them: texts, since nothing here touches a disk.

use serde::Serialize;

use crate::rule::{Origin, RuleId, Statement};

/// A folder of the host that a run gets to see, or that a ceiling lets runs mount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Mount {
    /// The folder, as it was written.
    pub host: String,
    /// What a relative `host` is relative to.
    pub relative_to: RelativeTo,
    /// The exact name of the preopened descriptor.
    pub guest_name: String,
    /// Where it stands in the guest's tree: absolute, without `.`, `..` and empty components. In a
    /// ceiling: the part of the guest's tree in which such a mount may stand.
    pub guest_path: String,
    /// Whether nothing in it may be changed.
    pub read_only: bool,
    /// The name of the rule that grants it.
    pub rule: RuleId,
    /// Where it is stated.
    pub origin: Origin,
}

/// What a relative path of the host is relative to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelativeTo {
    /// The working directory of whoever gave the flag.
    WorkingDirectory,
    /// The folder of the policy file that states it.
    PolicyFile,
}

/// A path of the host that policy carries for others to open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HostPath {
    /// The path, as it was written.
    pub path: String,
    /// What it is relative to.
    pub relative_to: RelativeTo,
}

/// A mount before it becomes one.
#[derive(Clone, Debug)]
pub(crate) struct MountRequest {
    pub(crate) host: String,
    pub(crate) relative_to: RelativeTo,
    /// The name and its canonical place; `None` where the place was left open.
    pub(crate) guest: Option<(String, String)>,
    pub(crate) read_only: bool,
    pub(crate) statement: Statement,
}
