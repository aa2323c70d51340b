//! `tollgate tools`: what can be called with JSON.

use std::io::Write;
use std::path::Path;

use serde_json::json;
use tollgate_plugins::{Listed, Tool};

use super::call::name;
use super::hosting::{Asked, Hosting, drive};
use crate::args::ToolsArgs;
use crate::exit::Failure;
use crate::host::files;
use crate::terminal::table;

/// The functions of one file.
struct Found {
    file: String,
    digest: String,
    functions: Vec<Listed>,
}

pub(crate) fn tools(args: &ToolsArgs, ceiling: Option<&Path>) -> Result<u8, Failure> {
    let asked = Asked {
        grants: &args.grants,
        ceiling,
        log: None,
    };
    let (hosting, ()) = asked.host(|_own| Ok(()))?;
    let read = drive(1, async {
        let mut all = Vec::new();
        for file in &args.files {
            all.push(found(&hosting, file).await?);
        }
        Ok(all)
    });
    let closed = hosting.log.clone().close();
    let all = read?;
    closed?;
    if args.json {
        let files: Vec<_> = all.iter().map(Found::to_json).collect();
        table::to_stdout(|out| writeln!(out, "{}", json!(files)))?;
    } else {
        table::to_stdout(|out| all.iter().try_for_each(|found| found.print(out)))?;
    }
    Ok(0)
}

async fn found(hosting: &Hosting, file: &Path) -> Result<Found, Failure> {
    let tool = Tool::load(&hosting.host, name(file), files::component(file)?).await?;
    let options = hosting.options(&tool.limited(&hosting.grants));
    Ok(Found {
        file: file.display().to_string(),
        digest: tool.component().digest().to_string(),
        functions: tool.functions(options).await?,
    })
}

impl Found {
    fn to_json(&self) -> serde_json::Value {
        json!({ "file": self.file, "component": self.digest, "functions": self.functions })
    }

    fn print(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let heading = table::HEADING;
        writeln!(out, "{heading}{}{heading:#}", table::text(&self.file))?;
        if self.functions.is_empty() {
            writeln!(out, "  exports no function that could be called with JSON")?;
        }
        for function in &self.functions {
            function_lines(function, out)?;
        }
        Ok(())
    }
}

fn function_lines(function: &Listed, out: &mut dyn Write) -> std::io::Result<()> {
    let good = table::GOOD;
    writeln!(out, "\n  {good}{}{good:#}", table::text(&function.name))?;
    writeln!(out, "    {}", table::text(&function.signature))?;
    for line in function.types.iter() {
        writeln!(out, "    {}", table::text(line))?;
    }
    for line in function.docs.iter().flat_map(|docs| docs.lines()) {
        writeln!(out, "    /// {}", table::text(line))?;
    }
    if let Some(why) = &function.refused {
        let bad = table::BAD;
        writeln!(
            out,
            "    {bad}cannot be called with JSON{bad:#}: {}",
            table::text(why)
        )?;
    }
    Ok(())
}
