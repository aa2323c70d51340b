//! Ends in each way that a program can: `return N`, `exit ok`, `exit err`, `code N`, `process N`.

use std::process::ExitCode;
use tollgate_components::host::wasi::cli::exit::{exit, exit_with_code};
use tollgate_components::say;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |word: &str| word.parse::<u8>().unwrap_or(99);
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["return", code] => return ExitCode::from(number(code)),
        ["exit", "ok"] => exit(Ok(())),
        ["exit", _] => exit(Err(())),
        ["code", code] => exit_with_code(number(code)),
        ["process", code] => std::process::exit(i32::from(number(code))),
        _ => {}
    }
    say!("still here");
    ExitCode::SUCCESS
}
