//! `/dev`: where its chance comes from, and what its numbers are.

use std::sync::Arc;

use tollgate::capability::entropy::{self, EntropyError};
use tollgate_policy::{Decision, Effective, Operation, Random};
use tollgate_vfs::{FsError, Mount};

/// The devices for whoever acts under `policy`. Reading chance is reading a file, which is decided and recorded as that; it is
/// drawing entropy too, so that a ceiling which denies entropy denies it here.
pub(super) fn mount(policy: Arc<Effective>) -> Mount {
    Mount::devices(Arc::new(move |bytes| {
        let source = Random::Secure;
        let permit = match policy.decide(&Operation::Random { source }) {
            Decision::Allow(permit, _) | Decision::WouldDeny(permit, _) => permit,
            Decision::Ask(..) | Decision::Deny(_) => return Err(FsError::Access),
        };
        entropy::fill(bytes, permit).map_err(|error| match error {
            EntropyError::Permit(_) => FsError::Access,
            EntropyError::Source => FsError::Io,
        })
    }))
}

/// The device that a path of `/dev` stands for, as Linux numbers it: the major number times 256, and the minor one.
pub(super) fn number(path: &str) -> u64 {
    match path {
        "/dev/null" => 0x103,
        "/dev/zero" => 0x105,
        "/dev/random" => 0x108,
        "/dev/urandom" => 0x109,
        _ => 0,
    }
}
