//! Every number that limits something: `tollgate limits`.

use anstyle::Style;
use serde_json::{Value, json};
use tollgate_policy::{LIMITS, LimitRow, Who};

use crate::exit::Failure;
use crate::terminal::table;

/// The tables of all crates: first what a run can state, then what nobody can.
fn rows() -> impl Iterator<Item = &'static LimitRow> {
    LIMITS
        .iter()
        .chain(tollgate_policy::FIXED)
        .chain(tollgate_vfs::FIXED)
        .chain(tollgate_engine::FIXED)
        .chain(tollgate_capability::net::FIXED)
        .chain(tollgate_capability::http::FIXED)
        .chain(tollgate_bridge::FIXED)
        .chain(tollgate_languages::FIXED)
        .chain(super::build::FIXED)
        .chain(tollgate_plugins::exec::FIXED)
        .chain(tollgate_protocol::FIXED)
        .chain(tollgate_plugins::FIXED)
        .chain(tollgate_plugins::wit::FIXED)
        .chain(tollgate_plugins::core_abi::FIXED)
        .chain(tollgate_sidecar::FIXED)
        .chain(tollgate_sidecar::fs::FIXED)
        .chain(tollgate_sidecar::defaults::FIXED)
        .chain(tollgate_client::FIXED)
}

pub(crate) fn limits(as_json: bool) -> Result<u8, Failure> {
    table::to_stdout(|out| {
        if as_json {
            let rows: Vec<Value> = rows().map(row).collect();
            return writeln!(out, "{}", serde_json::to_string_pretty(&rows)?);
        }
        let mut shown = table::table(["limit", "default", "who", "what", "why"]);
        for row in rows() {
            shown.add_row([
                row.key,
                &default(row).unwrap_or_else(|| "none".to_owned()),
                who(row.who),
                row.what,
                row.reason,
            ]);
        }
        table::print(out, &shown, |_| Style::new())
    })?;
    Ok(0)
}

fn default(row: &LimitRow) -> Option<String> {
    row.default.map(|value| row.show(value))
}

/// Who may change a number.
fn who(who: Who) -> &'static str {
    match who {
        Who::Run => "run",
        Who::Fixed => "fixed",
    }
}

fn row(row: &LimitRow) -> Value {
    json!({
        "key": row.key,
        "default": default(row),
        "largest": row.show(row.largest),
        "who": who(row.who),
        "what": row.what,
        "reason": row.reason,
    })
}
