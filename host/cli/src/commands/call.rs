//! `tollgate call`: one function, JSON in, JSON out.

use std::path::Path;

use serde_json::Value;
use tollgate::{OutputReceiver, output_queue};
use tollgate_plugins::{BytesAs, Called, Calling, Ran, Reply, Tool, ToolName, json};

use super::hosting::{Asked, Hosting, drive};
use crate::args::{BytesForm, Call, INPUT};
use crate::exit::Failure;
use crate::host::files;
use crate::host::signals::Signals;
use crate::report::Report;
use crate::terminal::{input, table};

/// What is called, and with what.
struct Words {
    function: Option<String>,
    input: Value,
}

pub(crate) fn call(args: &Call, ceiling: Option<&Path>) -> Result<u8, Failure> {
    let bytes = files::component(&args.file)?;
    let words = words(args)?;
    let asked = Asked {
        grants: &args.grants,
        ceiling,
        log: Some(&args.log),
    };
    let (hosting, ()) = asked.host(|_own| Ok(()))?;
    let called = drive(1, async {
        let mut signals = Signals::install()?;
        tokio::select! {
            biased;
            called = one(&hosting, args, bytes, words) => called,
            failure = signals.end() => Err(failure),
        }
    });
    let log = hosting.log.clone();
    drop(hosting);
    let summary = log.close();
    let (component, Called { result, ran }) = called?;
    let result = result.map_err(Failure::from);
    let ended = match &result {
        Ok(_) => "returned".to_owned(),
        Err(failure) => failure.to_string(),
    };
    let code = match &result {
        Ok(reply) => u8::from(reply.is_err),
        Err(failure) => failure.code(),
    };
    if let (Some(form), Some(Ran { run, usage, limits })) = (args.report, &ran) {
        Report {
            component: &component,
            run,
            summary: &summary.as_ref().ok().cloned().unwrap_or_default(),
            usage: *usage,
            code_used: None,
            limits,
            ended,
            code,
        }
        .print(form);
    }
    let Reply { value, .. } = result?;
    summary?;
    table::to_stdout(|out| writeln!(out, "{value}"))?;
    Ok(code)
}

/// Loads the tool and calls it, with what it prints on standard error: standard output is the result's alone.
async fn one(
    hosting: &Hosting,
    args: &Call,
    bytes: Vec<u8>,
    words: Words,
) -> Result<(String, Called), Failure> {
    let tool = Tool::load(&hosting.host, name(&args.file), bytes).await?;
    let component = tool.component().digest().to_string();
    let grants = tool.limited(&hosting.grants);
    let calling = Calling {
        function: words.function.as_deref(),
        bytes: spelling(args.bytes),
    };
    let (queue, printed) = output_queue(None);
    let printing = tokio::spawn(print(printed));
    let options = || hosting.options(&grants).output(queue.clone());
    let called = tool.call(calling, words.input, options).await;
    drop(queue);
    let _cut_off = printing.await;
    Ok((component, called))
}

async fn print(mut printed: OutputReceiver) {
    while let Some((_, bytes)) = printed.recv().await {
        table::of_guest(&bytes);
    }
}

pub(crate) fn spelling(form: BytesForm) -> BytesAs {
    match form {
        BytesForm::Array => BytesAs::Array,
        BytesForm::Base64 => BytesAs::Base64,
    }
}

/// What a tool is called where it comes from a file: the file's name without its ending.
pub(crate) fn name(file: &Path) -> ToolName {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy());
    let named = stem.and_then(|stem| ToolName::new(stem).ok());
    named.unwrap_or_else(ToolName::unnamed)
}

/// A lone word after FILE is the input if it can be.
fn words(args: &Call) -> Result<Words, Failure> {
    let (function, text) = match (&args.function, &args.input) {
        (Some(word), None) if word == INPUT || json::read(word.as_bytes()).is_ok() => {
            (None, Some(word))
        }
        (function, text) => (function.clone(), text.as_ref()),
    };
    let input = match text {
        None => Value::Object(serde_json::Map::new()),
        Some(text) if text == INPUT => parse(&input::all()?, "standard input")?,
        Some(text) => parse(text.as_bytes(), "the input")?,
    };
    Ok(Words { function, input })
}

fn parse(text: &[u8], what: &str) -> Result<Value, Failure> {
    json::read(text).map_err(|error| Failure::Usage(format!("{what} is {error}")))
}
