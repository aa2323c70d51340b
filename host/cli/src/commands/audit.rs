//! `tollgate audit`: show, verify, stats.

use std::io::Write;

use anstyle::Style;
use tollgate_audit::read::Records;
use tollgate_audit::stats::{Adder, ByDecision, Stats, Table};
use tollgate_audit::verify::{Report, VerifyOptions, verify};
use tollgate_audit::{Decision, Record};

use crate::args::AuditCommand;
use crate::exit::Failure;
use crate::terminal::table;

pub(crate) fn audit(command: &AuditCommand) -> Result<u8, Failure> {
    match command {
        AuditCommand::Show { json, denied, file } => {
            let records = Records::open(file)?;
            let chosen = records.filter(|record| match record {
                Ok(record) => !denied || record.decision != Decision::Allow,
                Err(_) => true,
            });
            show(chosen, *json)?;
        }
        AuditCommand::Verify {
            json,
            public_key,
            file,
        } => {
            let public_key = public_key
                .as_deref()
                .map(str::parse)
                .transpose()
                .map_err(|error| Failure::Usage(format!("--public-key: {error}")))?;
            let report = verify(file, &VerifyOptions { public_key })?;
            verified(&report, *json)?;
        }
        AuditCommand::Stats { json, top, file } => {
            let mut adder = Adder::new();
            for record in Records::open(file)? {
                adder.add(&record?);
            }
            stats(&adder.stats(*top), *json)?;
        }
    }
    Ok(0)
}

type Item = Result<Record, tollgate_audit::verify::VerifyError>;

fn show(records: impl Iterator<Item = Item>, json: bool) -> Result<(), Failure> {
    let mut wrong = None;
    table::to_stdout(|out| {
        for record in records {
            match record {
                Ok(record) if json => writeln!(out, "{}", serde_json::to_string(&record)?)?,
                Ok(record) => line(out, &record)?,
                Err(error) => {
                    wrong = Some(error);
                    break;
                }
            }
        }
        Ok(())
    })?;
    wrong.map_or(Ok(()), |error| Err(error.into()))
}

/// One record a line, so that the longest log begins to show at once.
fn line(out: &mut dyn Write, record: &Record) -> std::io::Result<()> {
    let (style, word) = match record.decision {
        Decision::Allow => (table::GOOD, "allow"),
        Decision::Deny => (table::BAD, "deny"),
        Decision::WouldDeny => (table::ODD, "would-deny"),
    };
    write!(
        out,
        "{:>6}  {}  {style}{word:<10}{style:#}  {:<18}  {}",
        record.seq,
        table::text(&record.time),
        table::text(&record.operation),
        table::text(&record.resource)
    )?;
    write!(
        out,
        "  by {}, {}",
        table::text(&record.rule),
        table::text(&record.outcome)
    )?;
    if record.count != 1 {
        write!(out, ", {} calls", record.count)?;
    }
    if record.bytes_in > 0 {
        write!(out, ", {} in", table::bytes(record.bytes_in))?;
    }
    if record.bytes_out > 0 {
        write!(out, ", {} out", table::bytes(record.bytes_out))?;
    }
    writeln!(out)
}

fn verified(report: &Report, json: bool) -> Result<(), Failure> {
    table::to_stdout(|out| {
        if json {
            return writeln!(out, "{}", serde_json::to_string_pretty(report)?);
        }
        let good = table::GOOD;
        writeln!(
            out,
            "{good}intact{good:#}: {} records, {}, {} {}",
            report.records,
            table::bytes(report.bytes),
            report.files,
            if report.files == 1 { "file" } else { "files" }
        )?;
        writeln!(
            out,
            "signed: {} records by {}",
            report.signed_records,
            report.public_key.as_deref().unwrap_or("nobody")
        )?;
        if !report.pinned {
            writeln!(
                out,
                "        the log's own word for the key; hold it against a known one with --public-key"
            )?;
        }
        if report.unsigned_records > 0 {
            writeln!(
                out,
                "unsigned: {} records after the last flush, chained and intact",
                report.unsigned_records
            )?;
        }
        if report.torn_bytes > 0 {
            writeln!(
                out,
                "torn: {} bytes of an unfinished record at the end, cut when the log is next opened",
                report.torn_bytes
            )?;
        }
        writeln!(
            out,
            "closed: {}",
            if report.closed {
                "yes"
            } else {
                "no, the writer runs or was killed"
            }
        )
    })
}

fn stats(stats: &Stats, json: bool) -> Result<(), Failure> {
    table::to_stdout(|out| {
        if json {
            return writeln!(out, "{}", serde_json::to_string_pretty(stats)?);
        }
        let span = |time: &Option<String>| time.as_deref().map(table::text).unwrap_or_default();
        writeln!(
            out,
            "{} records of {} runs, {} to {}",
            stats.records,
            stats.runs,
            span(&stats.first_time),
            span(&stats.last_time)
        )?;
        for (name, rows) in [
            ("operation", &stats.operations),
            ("rule", &stats.rules),
            ("resource", &stats.resources),
            ("outcome", &stats.outcomes),
        ] {
            writeln!(out)?;
            stats_table(out, name, rows)?;
        }
        Ok(())
    })
}

fn stats_table(out: &mut dyn Write, name: &str, rows: &Table) -> std::io::Result<()> {
    let mut shown = table::table([name, "allowed", "denied", "would deny", "in", "out"]);
    let all = rows
        .rows
        .iter()
        .map(|row| (table::text(&row.name), row.calls));
    let others = (rows.others.count() > 0).then(|| ("(others)".to_owned(), rows.others));
    for (name, calls) in all.chain(others) {
        shown.add_row(cells(name, &calls));
    }
    table::print(out, &shown, |_| Style::new())
}

fn cells(name: String, calls: &ByDecision) -> [String; 6] {
    let sums = [calls.allow, calls.deny, calls.would_deny];
    let bytes_in = sums
        .iter()
        .fold(0_u64, |total, sum| total.saturating_add(sum.bytes_in));
    let bytes_out = sums
        .iter()
        .fold(0_u64, |total, sum| total.saturating_add(sum.bytes_out));
    [
        name,
        calls.allow.count.to_string(),
        calls.deny.count.to_string(),
        calls.would_deny.count.to_string(),
        table::bytes(bytes_in),
        table::bytes(bytes_out),
    ]
}
