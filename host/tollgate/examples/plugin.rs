//! Loads a plugin that nobody vouches for, grants it half of what it asks for, and shows what it did.
//!
//! ```sh
//! cargo run --example plugin
//! ```
#![expect(
    clippy::disallowed_macros,
    reason = "an example shows what it does to the person who started it"
)]

mod store;

use std::error::Error;
use std::sync::Arc;

use store::Notes;
use tollgate::audit::printable;
use tollgate::audit::verify::{VerifyOptions, verify};
use tollgate::engine::CallError;
use tollgate::{Host, Outcome, RunOptions};

const POLICY: &str = r#"
    version = 1
    [keyvalue]
    allow = ["notes/public/**"]
    [limits]
    memory = "1MiB"
    wall = "2s"
"#;

type Copied = (Result<(), String>,);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let (log, key) = (
        folder.path().join("audit.jsonl"),
        folder.path().join("audit.key"),
    );
    let host = store::provide(Host::builder().compile_in_process())
        .log_file(&log, key)
        .build()?;

    let plugin = host
        .load(wat::parse_str(include_str!("copier.wat"))?)
        .await?;
    let grants = host.grants_from_toml("plugin.toml", POLICY)?;
    println!("plugin {}", plugin.digest());
    for (request, said) in plugin.answers(&grants) {
        println!(
            "  it may {} through {}: {}",
            request.words, request.interface, said.says
        );
    }

    let notes = Arc::new(Notes::default());
    notes.put("public/motto", "be kind");
    notes.put("private/diary", "nobody reads this");
    for (from, to) in [
        ("public/motto", "public/copy"),
        ("private/diary", "public/leak"),
        ("public/motto", "private/diary"),
    ] {
        let options = RunOptions::new(&grants)
            .name("copier")
            .state(Arc::clone(&notes));
        let arguments = (from.to_owned(), to.to_owned());
        let outcome: Outcome<Copied, CallError> = plugin.call("copy", arguments, options).await?;
        show(from, to, &outcome);
    }
    assert_eq!(notes.get("public/copy").as_deref(), Some("be kind"));
    assert_eq!(notes.get("public/leak"), None);
    assert_eq!(
        notes.get("private/diary").as_deref(),
        Some("nobody reads this")
    );

    drop(plugin);
    host.close()?;
    let report = verify(&log, &VerifyOptions::default())?;
    println!(
        "\nthe log verifies: {} records, {} unsigned",
        report.records, report.unsigned_records
    );
    Ok(())
}

fn show(from: &str, to: &str, outcome: &Outcome<Copied, CallError>) {
    let answer = match &outcome.result {
        Ok((Ok(()),)) => "done".to_owned(),
        Ok((Err(why),)) => why.clone(),
        Err(error) => error.to_string(),
    };
    println!("\ncopy {from} to {to}: {}", printable(&answer));
    println!(
        "  {:<15} {:<22} {:<9} {:<18} {:>5}",
        "operation", "resource", "decision", "rule", "bytes"
    );
    for row in outcome.asked() {
        let bytes = row.sum.bytes_in + row.sum.bytes_out;
        let (resource, decision) = (printable(&row.resource), row.decision);
        println!(
            "  {:<15} {resource:<22} {decision:<9} {:<18} {bytes:>5}",
            row.operation, row.rule
        );
    }
    for spent in outcome.spent() {
        println!(
            "  {:<15} {} of {}",
            spent.limit,
            spent.limit.show(spent.used),
            spent.limit.show(spent.allowed)
        );
    }
}
