//! The table of medians.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

/// Nanoseconds an operation, of one sample.
struct Sample {
    ours: f64,
    full: Option<f64>,
    bare: [f64; 2],
}

/// One line of the table.
pub(crate) struct Row {
    name: &'static str,
    what: &'static str,
    samples: Vec<Sample>,
}

impl Row {
    pub(crate) fn new(name: &'static str, what: &'static str) -> Self {
        Self {
            name,
            what,
            samples: Vec::new(),
        }
    }

    /// Measures all in turn, `times` operations each, and gives the first one's time. Who comes first changes with each
    /// sample.
    pub(crate) fn measure(
        &mut self,
        times: u64,
        mut ours: impl FnMut() -> Duration,
        mut full: Option<impl FnMut() -> Duration>,
        bare: [&mut dyn FnMut() -> Duration; 2],
    ) -> Duration {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a count of operations is far below 2^52"
        )]
        let each = |took: Duration| took.as_secs_f64() * 1e9 / times as f64;
        let [first, second] = bare;
        let (measured, bare) = if self.samples.len().is_multiple_of(2) {
            let measured = ours();
            (measured, [each(first()), each(second())])
        } else {
            let bare = [each(first()), each(second())];
            (ours(), bare)
        };
        self.samples.push(Sample {
            ours: each(measured),
            full: full.as_mut().map(|full| each(full())),
            bare,
        });
        measured
    }

    fn median(&self, of: impl Fn(&Sample) -> f64) -> f64 {
        let mut values: Vec<f64> = self.samples.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

/// All lines.
#[derive(Default)]
pub(crate) struct Table(Vec<Row>);

impl Table {
    pub(crate) fn add(&mut self, row: Row) {
        if !row.samples.is_empty() {
            self.0.push(row);
        }
    }

    /// Prints the table, and writes it where `TOLLGATE_BENCH` says.
    pub(crate) fn finish(&self) {
        let text = self.text();
        println!("\n{text}");
        if let Some(folder) = std::env::var_os("TOLLGATE_BENCH") {
            let file = Path::new(&folder).join("overhead.md");
            std::fs::write(file, text).unwrap();
        }
    }

    fn text(&self) -> String {
        let mut text = HEAD.to_owned();
        for row in &self.0 {
            let (ours, full) = (
                row.median(|sample| sample.ours),
                row.median(|sample| sample.full.unwrap_or(f64::NAN)),
            );
            let bare = [0, 1].map(|which| row.median(|sample| sample.bare[which]));
            let over = [0, 1].map(|which| row.median(|sample| sample.ours - sample.bare[which]));
            let ratio = [0, 1].map(|which| row.median(|sample| sample.ours / sample.bare[which]));
            let full = if full.is_nan() {
                "–".to_owned()
            } else {
                time(full)
            };
            writeln!(
                text,
                "| {} | {} | {} | {} | {} | {:.2} | {} | {} | {:.2} | {} |",
                row.name,
                row.what,
                time(ours),
                full,
                time(bare[0]),
                ratio[0],
                signed(over[0]),
                time(bare[1]),
                ratio[1],
                signed(over[1]),
            )
            .unwrap();
        }
        text
    }
}

const HEAD: &str = "\
# What the gate costs

Medians of paired samples, per operation, written by `just bench`. *Tollgate* has its policy, its limits and its log in a
file, at the default detail (equal operations in a row share a record); *full detail* writes a record for each.
*wasmtime-wasi* is the same component in the same process with the same folder, pool and epochs, as it comes and with
`allow_blocking_current_thread`. *Ratio* and *over* are Tollgate (default detail) against the column before them.

| operation | where | Tollgate | full detail | wasmtime-wasi | ratio | over | on this thread | ratio | over |
| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: |
";

fn time(nanos: f64) -> String {
    match nanos {
        nanos if nanos < 1e3 => format!("{nanos:.0} ns"),
        nanos if nanos < 1e6 => format!("{:.2} µs", nanos / 1e3),
        nanos => format!("{:.2} ms", nanos / 1e6),
    }
}

fn signed(nanos: f64) -> String {
    if nanos < 0.0 {
        format!("−{}", time(-nanos))
    } else {
        format!("+{}", time(nanos))
    }
}
