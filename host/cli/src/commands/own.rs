//! Folders of the command's own.

use std::path::PathBuf;

use super::log;
use crate::host::environment;
use crate::host::folders::Own;

/// Folders of which no guest and no program gets what is in them.
pub(crate) fn own_folders(log: &log::Place) -> Vec<Own> {
    let kept = |what, path: Option<PathBuf>| {
        path.map(|path| Own {
            what,
            path,
            secret: false,
            entire: true,
        })
    };
    let cache = kept("the cache of compiled components", environment::cache());
    let runners = kept("the cache of runners", environment::runners());
    cache
        .into_iter()
        .chain(runners)
        .chain(log.own_folders())
        .collect()
}
