//! The decider of the command line: a question on the terminal.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::sync::Arc;

use tollgate_engine::Decider;
use tollgate_policy::Question;

struct Terminal;

/// Someone to ask, if there is one: questions go to standard error and answers come from standard input, so both
/// have to be a terminal.
pub(crate) fn decider() -> Option<Arc<dyn Decider>> {
    let both = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    both.then(|| Arc::new(Terminal) as Arc<dyn Decider>)
}

#[tollgate_engine::async_trait]
impl Decider for Terminal {
    async fn allows(&self, question: &Question) -> bool {
        let question = tollgate_audit::printable(&question.to_string()).to_string();
        tokio::task::spawn_blocking(move || ask(&question))
            .await
            .unwrap_or(false)
    }
}

/// Anything but a clear yes is a no.
fn ask(question: &str) -> bool {
    let mut stderr = std::io::stderr().lock();
    if write!(stderr, "tollgate: {question} [y/N] ")
        .and_then(|()| stderr.flush())
        .is_err()
    {
        return false;
    }
    let mut answer = String::new();
    match std::io::stdin().lock().read_line(&mut answer) {
        Ok(_) => matches!(answer.trim(), "y" | "Y" | "yes"),
        Err(_) => false,
    }
}
