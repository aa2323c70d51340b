//! Greets over 0.3: arguments, one environment variable, both standard streams.

use tollgate_components::p3::host::wasi::cli::environment;
use tollgate_components::p3::{arguments, print, write_err};

async fn run() -> Result<(), ()> {
    print("hello over 0.3").await;
    for argument in arguments() {
        print(format!("argument {argument}")).await;
    }
    let variables = environment::get_environment();
    match variables.iter().find(|(name, _)| name == "GREETING") {
        Some((_, greeting)) => print(format!("greeting {greeting}")).await,
        None => print("no greeting").await,
    }
    let _closed = write_err(b"a word on standard error\n".to_vec()).await;
    Ok(())
}

tollgate_components::p3_command!(run);
