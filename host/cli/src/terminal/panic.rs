//! What a bug of ours says.

use std::panic::PanicHookInfo;

use super::table;

/// Panics of readers of hostile bytes are answered where they happen, and any other is a bug: it is told without the
/// paths of the machine that this was built on.
pub(crate) fn install() {
    std::panic::set_hook(Box::new(|info| {
        if !tollgate_engine::is_guarded() {
            table::complain(&format!("internal error: {}; please report it", what(info)));
        }
    }));
}

fn what<'a>(info: &'a PanicHookInfo<'_>) -> &'a str {
    info.payload_as_str().unwrap_or("of an unknown kind")
}
