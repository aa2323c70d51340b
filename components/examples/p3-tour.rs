//! Tries each operation of each interface of 0.3 that the host links, and prints what came of it.

use tollgate_components::p3::tour;

async fn run() -> Result<(), ()> {
    tour::cli().await;
    tour::filesystem().await;
    tour::clocks().await;
    tour::random();
    Ok(())
}

tollgate_components::p3_command!(run);
