//! What the guests of WASI 0.3 share.

pub mod act;
pub mod tour;

/// The bindings of every interface of 0.3 that the host links. A guest imports only what it calls.
pub mod host {
    wit_bindgen::generate!({
        path: "../wit/p3",
        world: "tollgate:host-p3/everything",
        generate_all,
    });
}

use std::pin::pin;
use std::task::Poll;

use self::host::wasi::cli::types::ErrorCode as CliError;
use self::host::wasi::cli::{environment, stderr, stdout};
use self::host::wasi::filesystem::types::ErrorCode;
use self::host::wit_stream;

/// Makes an asynchronous function without arguments, which says whether all went well, the program's `run`.
#[macro_export]
macro_rules! p3_command {
    ($run:path) => {
        mod command {
            wit_bindgen::generate!({
                inline: "package tollgate:guest; world guest { export wasi:cli/run@0.3.0; }",
                path: "../wit/p3",
                world: "tollgate:guest/guest",
                generate_all,
            });
        }

        struct Program;

        impl command::exports::wasi::cli::run::Guest for Program {
            async fn run() -> Result<(), ()> {
                $run().await
            }
        }

        command::export!(Program with_types_in command);
    };
}

/// The program's arguments without its name.
pub fn arguments() -> Vec<String> {
    environment::get_arguments().into_iter().skip(1).collect()
}

/// Writes to standard output, and says what came of it.
pub async fn write_out(bytes: Vec<u8>) -> Result<(), CliError> {
    let (mut writer, reader) = wit_stream::new();
    let end = stdout::write_via_stream(reader);
    let _unsent = writer.write_all(bytes).await;
    drop(writer);
    end.await
}

/// Writes to standard error, and says what came of it.
pub async fn write_err(bytes: Vec<u8>) -> Result<(), CliError> {
    let (mut writer, reader) = wit_stream::new();
    let end = stderr::write_via_stream(reader);
    let _unsent = writer.write_all(bytes).await;
    drop(writer);
    end.await
}

/// Prints one line over 0.3.
pub async fn print(line: impl std::fmt::Display) {
    let _closed = write_out(format!("{line}\n").into_bytes()).await;
}

/// Both at once.
pub async fn both<A, B>(first: impl Future<Output = A>, second: impl Future<Output = B>) -> (A, B) {
    let (mut first, mut second) = (pin!(first), pin!(second));
    let (mut one, mut other) = (None, None);
    std::future::poll_fn(move |context| {
        if one.is_none()
            && let Poll::Ready(value) = first.as_mut().poll(context)
        {
            one = Some(value);
        }
        if other.is_none()
            && let Poll::Ready(value) = second.as_mut().poll(context)
        {
            other = Some(value);
        }
        if one.is_some() && other.is_some() {
            let both = one.take().zip(other.take());
            return both.map_or(Poll::Pending, Poll::Ready);
        }
        Poll::Pending
    })
    .await
}

/// `ErrorCode::NoEntry` as WIT spells it.
fn kebab(debug: &str) -> String {
    let name = debug.rsplit("::").next().unwrap_or(debug);
    let mut spelt = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !spelt.is_empty() {
            spelt.push('-');
        }
        spelt.push(letter.to_ascii_lowercase());
    }
    spelt
}

impl crate::Case for ErrorCode {
    fn case(&self) -> String {
        kebab(&format!("{self:?}"))
    }
}

impl crate::Case for CliError {
    fn case(&self) -> String {
        kebab(&format!("{self:?}"))
    }
}
