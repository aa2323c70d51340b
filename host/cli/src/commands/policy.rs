//! `tollgate policy`: show, check, schema.

use std::io::Write;
use std::path::Path;

use anstyle::Style;
use serde_json::json;
use tollgate_policy::{
    Effective, Explanation, LimitKey, Mode, Outcome, RuleRow, ScopeSet, policy_schema,
};

use super::operation::Asked;
use crate::args::{Grants, PolicyCommand};
use crate::exit::Failure;
use crate::policy as loading;
use crate::terminal::table;

pub(crate) fn policy(command: &PolicyCommand, ceiling: Option<&Path>) -> Result<u8, Failure> {
    match command {
        PolicyCommand::Show { grants, json } => show(&load(grants, ceiling)?, *json),
        PolicyCommand::Check {
            grants,
            json,
            operation: Some(operation),
            resource,
        } => {
            let asked = Asked::parse(operation, resource.as_deref().unwrap_or_default())?;
            explain(&load(grants, ceiling)?.explain(&asked.operation()), *json)
        }
        PolicyCommand::Check {
            grants,
            json,
            operation: None,
            ..
        } => {
            let rules = load(grants, ceiling)?.rules().len();
            table::to_stdout(|out| {
                if *json {
                    writeln!(out, "{}", json!({"valid": true, "rules": rules}))
                } else {
                    writeln!(out, "valid: {rules} rules")
                }
            })?;
            Ok(0)
        }
        PolicyCommand::Schema => {
            table::to_stdout(|out| {
                writeln!(out, "{}", serde_json::to_string_pretty(&policy_schema())?)
            })?;
            Ok(0)
        }
    }
}

fn load(grants: &Grants, ceiling: Option<&Path>) -> Result<Effective, Failure> {
    Ok(loading::load(grants, ceiling, None, ScopeSet::NONE, false)?.effective)
}

fn colour(mode: Mode) -> Style {
    match mode {
        Mode::Allow => table::GOOD,
        Mode::Ask => table::ODD,
        Mode::Deny => table::BAD,
    }
}

fn show(policy: &Effective, json: bool) -> Result<u8, Failure> {
    table::to_stdout(|out| {
        if json {
            let shown = json!({"run": policy.run().to_json(), "ceiling": policy.ceiling().map(tollgate_policy::Policy::to_json)});
            return writeln!(out, "{}", serde_json::to_string_pretty(&shown)?);
        }
        rules(out, &policy.rules())?;
        writeln!(out)?;
        mounts(out, policy)?;
        limits(out, policy)
    })?;
    Ok(0)
}

fn rules(out: &mut dyn Write, rules: &[RuleRow]) -> std::io::Result<()> {
    let mut shown = table::table(["rule", "scope", "says", "operations", "on", "from"]);
    for rule in rules {
        shown.add_row([
            rule.rule.to_string(),
            rule.scope.to_string(),
            rule.mode.to_string(),
            rule.operations.to_string(),
            table::text(&rule.pattern),
            table::text(rule.origin.as_str()),
        ]);
    }
    table::print(out, &shown, |row| {
        rules
            .get(row)
            .map_or_else(Style::new, |rule| colour(rule.mode))
    })?;
    writeln!(out, "what no rule speaks about is denied")
}

fn mounts(out: &mut dyn Write, policy: &Effective) -> std::io::Result<()> {
    if policy.mounts().is_empty() {
        return writeln!(out, "no folders are given");
    }
    let mut shown = table::table(["folder", "as", "at", "may", "from"]);
    for mount in policy.mounts() {
        shown.add_row([
            table::text(&mount.host),
            table::text(&mount.guest_name),
            table::text(&mount.guest_path),
            if mount.read_only {
                "be read"
            } else {
                "be read and changed"
            }
            .to_owned(),
            table::text(mount.origin.as_str()),
        ]);
    }
    table::print(out, &shown, |_| Style::new())
}

fn limits(out: &mut dyn Write, policy: &Effective) -> std::io::Result<()> {
    writeln!(out)?;
    let mut shown = table::table(["limit", "of the run", "of the ceiling"]);
    let ceiling = policy.ceiling().map(tollgate_policy::Policy::limit_entries);
    for entry in policy.run().limit_entries() {
        let value = |value: Option<u64>| {
            value.map_or_else(|| "none".to_owned(), |value| entry.key.show(value))
        };
        let above = ceiling
            .as_ref()
            .and_then(|entries| entries.iter().find(|other| other.key == entry.key));
        shown.add_row([
            name(entry.key),
            value(entry.value),
            above.map(|entry| value(entry.value)).unwrap_or_default(),
        ]);
    }
    table::print(out, &shown, |_| Style::new())
}

fn name(key: LimitKey) -> String {
    key.to_string()
}

fn explain(explanation: &Explanation, json: bool) -> Result<u8, Failure> {
    let (style, words) = match explanation.decision {
        Outcome::Allow => (table::GOOD, "allowed"),
        Outcome::WouldDeny => (table::ODD, "let through, though denied,"),
        Outcome::Ask => (table::ODD, "asked about"),
        Outcome::Deny => (table::BAD, "denied"),
    };
    table::to_stdout(|out| {
        if json {
            return writeln!(out, "{}", serde_json::to_string_pretty(explanation)?);
        }
        writeln!(
            out,
            "{} of {} is {style}{words}{style:#} by {}",
            explanation.operation,
            table::text(&explanation.resource),
            explanation.rule
        )?;
        for (title, opinion) in [
            ("run", Some(&explanation.run)),
            ("ceiling", explanation.ceiling.as_ref()),
        ] {
            let Some(opinion) = opinion else { continue };
            writeln!(
                out,
                "\nthe {title}'s rules on this ({} by {}):",
                opinion.mode, opinion.rule
            )?;
            for considered in &opinion.rules {
                let row = &considered.row;
                writeln!(
                    out,
                    "  {} {:<10} {:<6} {} on {}  ({})",
                    if considered.matched { "*" } else { " " },
                    row.rule,
                    row.mode,
                    row.operations,
                    table::text(&row.pattern),
                    table::text(row.origin.as_str())
                )?;
            }
        }
        Ok(())
    })?;
    Ok(match explanation.decision {
        Outcome::Allow | Outcome::WouldDeny => 0,
        Outcome::Ask | Outcome::Deny => 1,
    })
}
