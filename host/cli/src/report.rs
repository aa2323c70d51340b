//! The report of a run: what was asked, allowed and denied, and by which rule.

use std::io::Write;

use anstyle::Style;
use serde_json::json;
use tollgate_audit::{Decision, Row, Sum, Summary};
use tollgate_engine::Usage;
use tollgate_engine::code::CodeUse;
use tollgate_policy::{LimitKey, Limits, Unit};

use crate::args::ReportForm;
use crate::terminal::table;

/// What a finished run comes to.
pub(crate) struct Report<'a> {
    pub(crate) component: &'a str,
    pub(crate) run: &'a str,
    pub(crate) summary: &'a Summary,
    pub(crate) usage: Usage,
    /// Of a program in source: its texts that were long enough to ask for their code, and those that had some.
    pub(crate) code_used: Option<CodeUse>,
    pub(crate) limits: &'a Limits,
    pub(crate) ended: String,
    pub(crate) code: u8,
}

fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Allow => "allowed",
        Decision::Deny => "denied",
        Decision::WouldDeny => "would deny",
    }
}

/// What was used, rounded for people: it is seldom a round number as limits are.
fn readable(key: LimitKey, used: u64) -> String {
    match key.row().unit {
        Unit::Bytes => table::bytes(used),
        Unit::Time | Unit::Count => key.show(used),
    }
}

fn colour(decision: Decision) -> Style {
    match decision {
        Decision::Allow => table::GOOD,
        Decision::Deny => table::BAD,
        Decision::WouldDeny => table::ODD,
    }
}

impl Report<'_> {
    /// Prints on standard error, in the form that was asked for.
    pub(crate) fn print(&self, form: ReportForm) {
        table::to_stderr(|out| match form {
            ReportForm::Table => self.print_table(out),
            ReportForm::Json => writeln!(out, "{}", self.to_json()),
        });
    }

    /// The guest's own operations: what the log says of itself and of the run is not among them.
    fn rows(&self) -> Vec<&Row> {
        self.summary
            .rows
            .iter()
            .filter(|row| !row.operation.starts_with("run."))
            .collect()
    }

    fn print_table(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let rows = self.rows();
        let mut shown = table::table([
            "operation",
            "resource",
            "decision",
            "rule",
            "calls",
            "in",
            "out",
        ]);
        for row in &rows {
            shown.add_row([
                row.operation.clone(),
                table::text(&row.resource),
                word(row.decision).to_owned(),
                row.rule.clone(),
                row.sum.count.to_string(),
                table::bytes(row.sum.bytes_in),
                table::bytes(row.sum.bytes_out),
            ]);
        }
        writeln!(out)?;
        table::print(out, &shown, |row| {
            rows.get(row)
                .map_or_else(Style::new, |row| colour(row.decision))
        })?;
        for (decision, sum) in &self.summary.others {
            if sum.count > 0 {
                writeln!(
                    out,
                    "and {} more calls on further resources, {}",
                    sum.count,
                    word(*decision)
                )?;
            }
        }
        writeln!(out)?;
        let counts = |decision| self.count(decision).count;
        writeln!(
            out,
            "{} allowed, {} denied, {} would deny; {}",
            counts(Decision::Allow),
            counts(Decision::Deny),
            counts(Decision::WouldDeny),
            self.ended
        )?;
        self.print_usage(out)?;
        if let Some(CodeUse { asked, found }) = self.code_used.filter(|used| used.asked > 0) {
            writeln!(out, "{found} of {asked} texts were compiled before")?;
        }
        writeln!(out, "component {}, run {}", self.component, self.run)
    }

    fn print_usage(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let mut shown = table::table(["limit", "used", "of"]);
        for key in LimitKey::ALL {
            let Some(allowed) = self.limits.value(*key) else {
                continue;
            };
            let used = self.usage.of(*key);
            shown.add_row([
                key.to_string(),
                used.map_or_else(|| "–".to_owned(), |used| readable(*key, used)),
                key.show(allowed),
            ]);
        }
        table::print(out, &shown, |_| Style::new())
    }

    fn count(&self, decision: Decision) -> Sum {
        let rows = self.rows();
        let own = rows
            .iter()
            .filter(|row| row.decision == decision)
            .map(|row| row.sum);
        let others = self.summary.others.get(&decision).copied();
        own.chain(others).fold(Sum::default(), |mut sum, more| {
            sum.count = sum.count.saturating_add(more.count);
            sum.bytes_in = sum.bytes_in.saturating_add(more.bytes_in);
            sum.bytes_out = sum.bytes_out.saturating_add(more.bytes_out);
            sum
        })
    }

    /// By limit: what was used and allowed, in bytes, milliseconds or ones; `null` is not counted, or not limited.
    fn used(&self) -> serde_json::Map<String, serde_json::Value> {
        let row = |key: &LimitKey| {
            let (used, of) = (self.usage.of(*key), self.limits.value(*key));
            (key.to_string(), json!({"used": used, "of": of}))
        };
        LimitKey::ALL.iter().map(row).collect()
    }

    fn to_json(&self) -> serde_json::Value {
        json!({
            "component": self.component,
            "run": self.run,
            "exit_code": self.code,
            "ended": self.ended,
            "operations": self.rows(),
            "others": self.summary.others,
            "limits": self.used(),
            "code": self.code_used.map(|used| json!({"asked": used.asked, "found": used.found})),
        })
    }
}
