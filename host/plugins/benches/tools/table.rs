//! What was measured, as a table.

use std::fmt::Write as _;
use std::time::Duration;

pub(crate) struct Row {
    size: usize,
    pub(crate) ours: Vec<Duration>,
    pub(crate) bare: Vec<Duration>,
    pub(crate) fresh: Vec<Duration>,
    pub(crate) kept: Vec<Duration>,
    pub(crate) ours_a_second: f64,
    pub(crate) bare_a_second: f64,
}

impl Row {
    pub(crate) fn new(size: usize) -> Self {
        Self {
            size,
            ours: Vec::new(),
            bare: Vec::new(),
            fresh: Vec::new(),
            kept: Vec::new(),
            ours_a_second: 0.0,
            bare_a_second: 0.0,
        }
    }
}

fn median(of: &[Duration]) -> Option<f64> {
    let mut sorted = of.to_vec();
    sorted.sort_unstable();
    let middle = sorted.get(sorted.len() / 2)?;
    Some(middle.as_secs_f64() * 1e6)
}

fn shown(of: &[Duration]) -> String {
    median(of).map_or_else(|| "–".to_owned(), |us| format!("{us:.1} µs"))
}

fn ratio(one: &[Duration], other: &[Duration]) -> String {
    match (median(one), median(other)) {
        (Some(one), Some(other)) => format!("{:.2}", one / other),
        _ => "–".to_owned(),
    }
}

pub(crate) fn written(rows: &[Row]) -> String {
    let mut text = String::from(
        "# A warm call with JSON\n\n\
         A tool that gives back the string that it gets, called with JSON in a fresh instance each time; medians of 3,000 calls, \
         by turns in one\nrun, written by `just bench-tools`. *Tollgate* checks the input by the function's types, and has its \
         policy, its limits and its log in a\nfile. *Bare* is the same component and engine with serde_json and a dynamic call, \
         and no schema, policy or log. *Extism* is its Rust SDK\n1.30.0 with an equal plugin, a new instance for each call from \
         one compiled plugin; *kept* is one instance for all calls, which no other\ncolumn has. *A second* is on two cores, four \
         callers.\n\n\
         | argument | Tollgate | bare | times bare | Extism | times Extism | Extism, kept | Tollgate, a second | bare, a second |\n\
         | --: | --: | --: | --: | --: | --: | --: | --: | --: |\n",
    );
    for row in rows {
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "| {} B | {} | {} | {} | {} | {} | {} | {:.0} | {:.0} |",
            row.size,
            shown(&row.ours),
            shown(&row.bare),
            ratio(&row.ours, &row.bare),
            shown(&row.fresh),
            ratio(&row.ours, &row.fresh),
            shown(&row.kept),
            row.ours_a_second,
            row.bare_a_second,
        );
    }
    text
}
